//! What faults and result codes mean for an administrator: a problem as a sentence part, and what to do.

use super::fence::Fault;
use super::message::Answer;
use super::url::LdapUrl;
use crate::load::LoadError;

/// A connection that could not be made or used.
pub(super) fn failed(url: &LdapUrl, problem: impl Into<String>, advice: impl Into<String>) -> LoadError {
    LoadError::Connection { url: url.text.clone(), problem: problem.into(), advice: advice.into() }
}

/// Text of a server for a terminal: short, without control characters.
pub(super) fn plain(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(300).collect();
    shown.trim().trim_end_matches('.').to_owned()
}

/// What is wrong, and what to do about it.
pub(super) fn fault(fault: &Fault, url: &LdapUrl) -> (String, String) {
    let try_again = "Try again; name a domain controller that is closer or less busy.";
    match fault {
        Fault::Closed { after_bytes: 0 } if !url.tls => (
            "the server closed the connection without an answer".into(),
            "Is this a port for TLS (636, 3269)? Then use ldaps://.".into(),
        ),
        Fault::Closed { .. } => ("the server closed the connection".into(), try_again.into()),
        // In TLS 1.3 a server asks for the certificate after the handshake is over for the client.
        Fault::Cut(error) if error.contains("CertificateRequired") => (
            "the server wants a client certificate".into(),
            "Name one with --client-cert and --client-key, and sign in with --sasl external or --bind-dn."
                .into(),
        ),
        Fault::Cut(error) => (format!("the connection was cut ({})", plain(error)), try_again.into()),
        Fault::TooLarge { announced, limit } => (
            format!(
                "the server announced a message of {announced} bytes, more than the {limit} that are taken"
            ),
            "If an entry is really that large, raise --max-message-mib; otherwise this is no healthy server."
                .into(),
        ),
        Fault::Malformed(what) => (
            format!("the server sent something that is no LDAP ({what})"),
            "Check that this port is that of a directory, and that nothing between changes the traffic."
                .into(),
        ),
        Fault::Unexpected(operation) => (
            format!(
                "the server answered with an operation that answers nothing that was asked (tag {operation:#04x})"
            ),
            "Check that this port is that of a directory, and that nothing between changes the traffic."
                .into(),
        ),
        Fault::SpeaksTls => ("the server speaks TLS on this port".into(), "Use ldaps:// for it.".into()),
        Fault::Disconnected(answer) => {
            (format!("the server ended the connection: {}", result(answer)), try_again.into())
        }
    }
}

/// Name of a result code (RFC 4511 appendix A.1).
pub(super) fn code_name(code: u32) -> &'static str {
    match code {
        0 => "success",
        1 => "operationsError",
        2 => "protocolError",
        3 => "timeLimitExceeded",
        4 => "sizeLimitExceeded",
        7 => "authMethodNotSupported",
        8 => "strongerAuthRequired",
        10 => "referral",
        11 => "adminLimitExceeded",
        12 => "unavailableCriticalExtension",
        13 => "confidentialityRequired",
        14 => "saslBindInProgress",
        21 => "invalidAttributeSyntax",
        32 => "noSuchObject",
        34 => "invalidDNSyntax",
        48 => "inappropriateAuthentication",
        49 => "invalidCredentials",
        50 => "insufficientAccessRights",
        51 => "busy",
        52 => "unavailable",
        53 => "unwillingToPerform",
        80 => "other",
        _ => "a code of its own",
    }
}

/// A result in one line.
pub(super) fn result(answer: &Answer) -> String {
    let text = plain(&answer.text);
    let said = if text.is_empty() { String::new() } else { format!(": {text}") };
    let elsewhere = answer.referrals.first().map(|url| format!(" ({})", plain(url))).unwrap_or_default();
    format!("result {} ({}){said}{elsewhere}", answer.code, code_name(answer.code))
}

/// Reasons that AD gives in hexadecimal after `data` (Win32 error codes; learn.microsoft.com, "Active Directory Domain
/// Services troubleshooting: LDAP error 49", read 2026-11-25).
const LOGON_FAILURES: [(&str, &str); 9] = [
    ("525", "there is no such account"),
    ("52e", "the account or the password is wrong"),
    ("530", "the account may not sign in at this time"),
    ("531", "the account may not sign in from this computer"),
    ("532", "the password has expired"),
    ("533", "the account is disabled"),
    ("701", "the account has expired"),
    ("773", "the password must be changed first"),
    ("775", "the account is locked"),
];

/// Why a bind was refused.
pub(super) fn bind(answer: &Answer) -> (String, String) {
    let refused = format!("the server refused the bind with {}", result(answer));
    let data = answer.text.split("data ").nth(1).and_then(|rest| rest.split(',').next()).map(str::trim);
    let known = LOGON_FAILURES.iter().find(|(code, _)| Some(*code) == data);
    let advice = match answer.code {
        49 if answer.text.contains("80090346") => {
            "The server wants the bind tied to its TLS connection (channel binding): use ldaps:// with a simple bind, \
             or --sasl gssapi or ntlm over ldaps://."
        }
        49 if known.is_some() => {
            let (_, meaning) = known.copied().unwrap_or_default();
            return (format!("{refused}: {meaning}"), advice_for_account(data));
        }
        49 => "Check the name (a DN, user@domain or DOMAIN\\user) and the password.",
        8 | 13 => {
            "The server wants an encrypted connection, or one that is signed: use ldaps://, or --starttls with ldap://."
        }
        48 => "The server does not take this kind of bind; use --bind-dn with a password, or --sasl.",
        7 => "The server does not know this kind of bind; leave --sasl out, or name another mechanism.",
        _ => "Try again, or ask who runs the directory.",
    };
    (refused, advice.to_owned())
}

fn advice_for_account(data: Option<&str>) -> String {
    match data {
        Some("525" | "52e") => "Check the name (a DN, user@domain or DOMAIN\\user) and the password.",
        Some("775") => "Have the account unlocked; repeated tries lock it again.",
        _ => "Have the account put right, or use another.",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: u32, text: &str) -> Answer {
        Answer { code, text: text.into(), ..Answer::default() }
    }

    #[test]
    fn the_reasons_of_ad_are_told_in_words() {
        let text =
            "80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data 775, v4563\0";
        let (problem, advice) = bind(&answer(49, text));
        assert!(
            problem.contains("the account is locked") && advice.contains("unlocked"),
            "{problem} {advice}"
        );
        let (problem, advice) = bind(&answer(49, "data 999, v1"));
        assert!(problem.contains("data 999") && advice.contains("password"));
        assert!(bind(&answer(8, "")).1.contains("ldaps://"));
        assert!(bind(&answer(49, "80090346: data 80090346, v1")).1.contains("channel binding"));
    }

    #[test]
    fn text_of_a_server_cannot_move_the_cursor() {
        assert_eq!(result(&answer(1, "a\u{1b}[2J\nb.\0")), "result 1 (operationsError): a[2Jb");
        assert!(result(&answer(1, &"x".repeat(5000))).len() < 400);
    }
}
