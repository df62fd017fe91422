//! Kerberos: SASL GSSAPI (RFC 4752, read 2026-11-25) within TLS, without a security layer of its own.
//!
//! Only within TLS: the security layer of ldap3 0.12.1 loses answers above 64 KiB (`live-ldap-lab` section 6.1).

use cross_krb5::{ClientCtx, InitiateFlags, K5Ctx, Step};
use tokio::io::{AsyncRead, AsyncWrite};

use super::super::connect::Target;
use super::super::explain::failed;
use super::super::message::Answer;
use super::{channel, sasl};
use crate::load::LoadError;

/// Bind in progress.
const GO_ON: u32 = 14;
/// No security layer, and no limit to what it would hold.
const NO_LAYER: [u8; 4] = [1, 0, 0, 0];

/// Makes the bind with the ticket of the current user.
pub(super) async fn bind(
    target: Target<'_>,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    certificate: Option<&[u8]>,
) -> Result<Answer, LoadError> {
    let fail = |error: String| {
        let advice = "Is there a ticket (klist)? The URL must name the server by its full DNS name.";
        failed(target.url, format!("Kerberos failed: {error}"), advice)
    };
    let missing = || fail("the server sent no token".into());
    let name = format!("ldap/{}", target.url.host);
    let binding = certificate.and_then(channel::binding);
    let (pending, token) = ClientCtx::new(InitiateFlags::empty(), None, &name, binding.as_deref())
        .map_err(|error| fail(format!("{error:#}")))?;
    let answer = sasl(target, stream, 2, "GSSAPI", Some(&token)).await?;
    if answer.code != GO_ON {
        return Ok(answer);
    }
    let step = pending.step(&answer.sasl.ok_or_else(missing)?).map_err(|error| fail(format!("{error:#}")))?;
    let Step::Finished((mut context, None)) = step else {
        return Err(fail("the exchange did not end as it should".into()));
    };
    let answer = sasl(target, stream, 3, "GSSAPI", None).await?;
    if answer.code != GO_ON {
        return Ok(answer);
    }
    let offer =
        context.unwrap(&answer.sasl.ok_or_else(missing)?).map_err(|error| fail(format!("{error:#}")))?;
    if offer.first().is_none_or(|layers| layers & 1 == 0) {
        return Err(fail("the server insists on a security layer beside TLS".into()));
    }
    let choice = context.wrap(true, &NO_LAYER).map_err(|error| fail(format!("{error:#}")))?;
    sasl(target, stream, 4, "GSSAPI", Some(&choice)).await
}
