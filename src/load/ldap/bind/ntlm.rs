//! NTLM: SASL GSS-SPNEGO with a bare NTLM token, as AD takes it (`[MS-ADTS]` 5.1.1.1.2, read 2026-11-25), within TLS.

use sspi::builders::AcquireCredentialsHandleResult;
use sspi::{
    AuthIdentity, AuthIdentityBuffers, BufferType, ClientRequestFlags, CredentialUse, DataRepresentation,
    Ntlm, SecurityBuffer, SecurityStatus, Sspi, SspiImpl, Username,
};
use tokio::io::{AsyncRead, AsyncWrite};

use super::super::connect::Target;
use super::super::explain::failed;
use super::super::message::Answer;
use super::{channel, sasl};
use crate::load::LoadError;

/// Bind in progress.
const GO_ON: u32 = 14;

/// Makes the bind.
pub(super) async fn bind(
    target: Target<'_>,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    (name, password): (&str, &str),
    certificate: Option<&[u8]>,
) -> Result<Answer, LoadError> {
    let fail = |error: String| {
        failed(target.url, format!("NTLM failed: {error}"), "Write the name as DOMAIN\\user or user@domain.")
    };
    let username = Username::parse(name).map_err(|error| fail(error.to_string()))?;
    let identity = AuthIdentity { username, password: password.to_owned().into() };
    let mut ntlm = Ntlm::new();
    let mut credentials = ntlm
        .acquire_credentials_handle()
        .with_credential_use(CredentialUse::Outbound)
        .with_auth_data(&identity)
        .execute(&mut ntlm)
        .map_err(|error| fail(error.to_string()))?;
    let first = step(&mut ntlm, &mut credentials, &[]).map_err(|error| fail(error.to_string()))?;
    let answer = sasl(target, stream, 2, "GSS-SPNEGO", Some(&first)).await?;
    if answer.code != GO_ON {
        return Ok(answer);
    }
    if let Some(binding) = certificate.and_then(channel::binding) {
        ntlm.set_channel_bindings(&binding);
    }
    let challenge = answer.sasl.ok_or_else(|| fail("the server sent no challenge".into()))?;
    let second = step(&mut ntlm, &mut credentials, &challenge).map_err(|error| fail(error.to_string()))?;
    sasl(target, stream, 3, "GSS-SPNEGO", Some(&second)).await
}

fn step(
    ntlm: &mut Ntlm,
    credentials: &mut AcquireCredentialsHandleResult<Option<AuthIdentityBuffers>>,
    input: &[u8],
) -> sspi::Result<Vec<u8>> {
    let mut input = vec![SecurityBuffer::new(input.to_vec(), BufferType::Token)];
    let mut output = vec![SecurityBuffer::new(Vec::new(), BufferType::Token)];
    let mut builder = ntlm
        .initialize_security_context()
        .with_credentials_handle(&mut credentials.credentials_handle)
        .with_context_requirements(ClientRequestFlags::ALLOCATE_MEMORY)
        .with_target_data_representation(DataRepresentation::Native)
        .with_input(&mut input)
        .with_output(&mut output);
    let result = ntlm.initialize_security_context_impl(&mut builder)?.resolve_to_result()?;
    if matches!(result.status, SecurityStatus::CompleteNeeded | SecurityStatus::CompleteAndContinue) {
        ntlm.complete_auth_token(&mut output)?;
    }
    Ok(output.pop().map(|token| token.buffer).unwrap_or_default())
}
