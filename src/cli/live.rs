//! Options for live directories, what the settings add, and where passwords come from.
//!
//! Everything that is refused is refused here, before a byte is sent. What was typed goes over what the settings say;
//! the settings of a source are those of the `[[forest]]` with its NAME, else of the one whose domain its base or its
//! host is in.

use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};

use super::password::Passwords;
use super::{Failure, progress};
use crate::config::{ForestSettings, LiveSettings, Sasl, Settings};
use crate::load::SourceArgument;
use crate::load::ldap::{
    self, Account, ClientCertificate, LdapUrl, LiveAccess, LiveOptions, Secret, access::PAGE_SIZE,
    access::TIMEOUT_SECONDS,
};

#[derive(Debug, Default, Args)]
#[allow(clippy::struct_excessive_bools, reason = "switches of the command line")]
#[allow(clippy::doc_markdown, reason = "the text is shown as it stands")]
#[command(next_help_heading = "Live directories (ldap://, ldaps://)")]
pub(super) struct LiveArguments {
    /// Account that reads: a DN, user@domain or DOMAIN\user. Its password comes from a prompt, --password-stdin,
    /// --password-file or PRESYNC_LDAP_PASSWORD, never from an argument
    #[arg(long, value_name = "NAME")]
    bind_dn: Option<String>,
    /// Bind with Kerberos, a client certificate, or NTLM
    #[arg(long, value_enum, value_name = "MECHANISM")]
    sasl: Option<SaslName>,
    /// Read the password from the first line of standard input
    #[arg(long, conflicts_with = "password_file")]
    password_stdin: bool,
    /// Read the password from the first line of a file
    #[arg(long, value_name = "FILE")]
    password_file: Option<String>,
    /// Start TLS on the plain port; a server that refuses is an error
    #[arg(long)]
    starttls: bool,
    /// Trust the certificates in this PEM file too
    #[arg(long, value_name = "FILE")]
    ca: Option<String>,
    /// Do not verify the certificate of the server. Anyone on the way can then read the password
    #[arg(long)]
    insecure: bool,
    /// Send the password without encryption if need be
    #[arg(long)]
    allow_plaintext: bool,
    /// Certificate for --sasl external, PEM
    #[arg(long, value_name = "FILE", requires = "client_key")]
    client_cert: Option<String>,
    /// Private key of --client-cert, PEM without a password
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    client_key: Option<String>,
    /// Seconds that each operation may take [default: 30]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: Option<u64>,
    /// Entries asked for at a time [default: 1000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=0x7fff_ffff))]
    page_size: Option<u32>,
    /// Pause between pages
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(0..=3_600_000))]
    page_delay: Option<u64>,
    /// Largest message that is taken from a server [default: 64]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u16).range(1..=2048))]
    max_message_mib: Option<u16>,
    /// Say on standard error what happens; -vv and -vvv say more
    #[arg(short, long, action = ArgAction::Count)]
    verbose: u8,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SaslName {
    Gssapi,
    External,
    Ntlm,
}

impl From<SaslName> for Sasl {
    fn from(name: SaslName) -> Self {
        match name {
            SaslName::Gssapi => Self::Gssapi,
            SaslName::External => Self::External,
            SaslName::Ntlm => Self::Ntlm,
        }
    }
}

impl LiveArguments {
    /// How every live source is reached.
    pub(super) fn access(
        &self,
        sources: &[SourceArgument],
        settings: &Settings,
    ) -> Result<LiveAccess, Failure> {
        let mut access = LiveAccess::default();
        let live: Vec<&SourceArgument> =
            sources.iter().filter(|source| ldap::is_live(&source.path)).collect();
        if live.is_empty() {
            return self.unused().map_or(Ok(access), |option| {
                let advice = "no source is an ldap:// or ldaps:// URL";
                Err(Failure::usage(format!("{option} is for live directories, but {advice}")))
            });
        }
        if self.password_stdin && sources.iter().any(|source| source.path == "-") {
            let message = "--password-stdin and the source - both want standard input; use --password-file";
            return Err(Failure::usage(message));
        }
        let mut passwords = Passwords::new(self.password_stdin, self.password_file.as_deref());
        let none = LiveSettings::default();
        for source in live {
            let url = LdapUrl::parse(&source.path).map_err(|error| Failure::usage(error.to_string()))?;
            let own = of_forest(source, &url, &settings.forests).map_or(&none, |forest| &forest.live);
            let options = self.options(&url, own, &mut passwords)?;
            access.set(source.forest.as_deref(), &source.path, options);
        }
        access.observer = progress::observer(self.verbose);
        Ok(access)
    }

    /// An option that only a live source could use.
    fn unused(&self) -> Option<&'static str> {
        let given = [
            ("--bind-dn", self.bind_dn.is_some()),
            ("--sasl", self.sasl.is_some()),
            ("--password-stdin", self.password_stdin),
            ("--password-file", self.password_file.is_some()),
            ("--starttls", self.starttls),
            ("--ca", self.ca.is_some()),
            ("--insecure", self.insecure),
            ("--allow-plaintext", self.allow_plaintext),
            ("--client-cert", self.client_cert.is_some()),
            ("--timeout", self.timeout.is_some()),
            ("--page-size", self.page_size.is_some()),
            ("--page-delay", self.page_delay.is_some()),
            ("--max-message-mib", self.max_message_mib.is_some()),
        ];
        given.into_iter().find(|(_, is_given)| *is_given).map(|(option, _)| option)
    }

    fn options(
        &self,
        url: &LdapUrl,
        own: &LiveSettings,
        passwords: &mut Passwords,
    ) -> Result<LiveOptions, Failure> {
        let defaults = LiveOptions::default();
        let starttls = self.starttls || own.starttls;
        if self.starttls && url.tls {
            let message = format!("{}: ldaps:// is encrypted already; leave --starttls out", url.text);
            return Err(Failure::usage(message));
        }
        let mut options = LiveOptions {
            account: Account::Anonymous,
            starttls: starttls && !url.tls,
            ca: self.ca.clone().or_else(|| own.ca.clone()),
            insecure: self.insecure || own.insecure,
            allow_plaintext: self.allow_plaintext || own.allow_plaintext,
            client_certificate: self.client_certificate(own),
            timeout: Duration::from_secs(self.timeout.or(own.timeout_seconds).unwrap_or(TIMEOUT_SECONDS)),
            page_size: self.page_size.or(own.page_size).unwrap_or(PAGE_SIZE),
            page_delay: Duration::from_millis(self.page_delay.or(own.page_delay_ms).unwrap_or_default()),
            max_message_bytes: self
                .max_message_mib
                .map_or(defaults.max_message_bytes, |mib| usize::from(mib) << 20),
        };
        ldap::check_files(url, &options).map_err(|error| Failure::usage(error.to_string()))?;
        options.account = self.account(url, own, &options, passwords)?;
        Ok(options)
    }

    fn client_certificate(&self, own: &LiveSettings) -> Option<ClientCertificate> {
        let typed = self.client_cert.clone().zip(self.client_key.clone());
        let (certificate, key) = typed.or_else(|| own.client_cert.clone().zip(own.client_key.clone()))?;
        Some(ClientCertificate { certificate, key })
    }

    fn account(
        &self,
        url: &LdapUrl,
        own: &LiveSettings,
        options: &LiveOptions,
        passwords: &mut Passwords,
    ) -> Result<Account, Failure> {
        let refuse = |text: String| Err(Failure::usage(format!("{}: {text}", url.text)));
        let typed = self.sasl.map(Sasl::from);
        // A name on the command line asks for a bind with that name, whatever the settings say of tickets.
        let of_settings = own.sasl.filter(|sasl| self.bind_dn.is_none() || *sasl == Sasl::Ntlm);
        let sasl = typed.or(of_settings);
        let name = if self.bind_dn.is_some() || typed.is_none_or(|sasl| sasl == Sasl::Ntlm) {
            self.bind_dn.as_ref().or(own.bind_dn.as_ref())
        } else {
            None
        };
        let encrypted = url.tls || options.starttls;
        if let Some(sasl) = sasl
            && !encrypted
        {
            return refuse(format!("--sasl {} needs TLS: use ldaps:// or --starttls", sasl.name()));
        }
        match (sasl, name) {
            (Some(sasl @ (Sasl::Gssapi | Sasl::External)), Some(_)) if self.bind_dn.is_some() => {
                refuse(format!("--sasl {} brings its own account: leave --bind-dn out", sasl.name()))
            }
            (Some(Sasl::Gssapi), _) => available(url, Account::Gssapi),
            (Some(Sasl::External), _) if options.client_certificate.is_none() => refuse(
                "--sasl external signs in with a client certificate: name it with --client-cert and --client-key"
                    .into(),
            ),
            (Some(Sasl::External), _) => Ok(Account::External),
            (Some(Sasl::Ntlm), None) => refuse("--sasl ntlm needs --bind-dn DOMAIN\\user".into()),
            (Some(Sasl::Ntlm), Some(name)) => {
                let probe = Account::Ntlm { name: name.clone(), password: Secret::new("") };
                available(url, probe)?;
                let password = passwords.of(name, url, own.password_file.as_deref())?;
                Ok(Account::Ntlm { name: name.clone(), password })
            }
            (None, Some(name)) if name.is_empty() => refuse("the name of --bind-dn is empty".into()),
            (None, Some(_)) if !encrypted && !options.allow_plaintext => refuse(
                "the password would be sent without encryption: use ldaps:// or --starttls (--allow-plaintext sends \
                 it all the same)"
                    .into(),
            ),
            (None, Some(name)) => {
                let password = passwords.of(name, url, own.password_file.as_deref())?;
                Ok(Account::Simple { name: name.clone(), password })
            }
            (None, None) if passwords.was_asked_for() => {
                refuse("there is a password, but no account: name it with --bind-dn".into())
            }
            (None, None) => Ok(Account::Anonymous),
        }
    }
}

/// The account, if this build can bind with it.
fn available(url: &LdapUrl, account: Account) -> Result<Account, Failure> {
    match ldap::missing_feature(&account) {
        Some(how) => {
            let message = format!("{}: this build of presync lacks this --sasl. {how}", url.text);
            Err(Failure::usage(message))
        }
        None => Ok(account),
    }
}

/// The settings for a source.
fn of_forest<'s>(
    source: &SourceArgument,
    url: &LdapUrl,
    forests: &'s [ForestSettings],
) -> Option<&'s ForestSettings> {
    if let Some(name) = &source.forest {
        return forests.iter().find(|forest| forest.name.eq_ignore_ascii_case(name));
    }
    let domain = url.base.as_deref().map(domain_of).filter(|domain| !domain.is_empty());
    let place = domain.unwrap_or_else(|| url.host.to_ascii_lowercase());
    let within = |forest: &&ForestSettings| {
        let name = forest.name.to_ascii_lowercase();
        place.strip_suffix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    forests.iter().filter(within).max_by_key(|forest| forest.name.len())
}

fn domain_of(dn: &str) -> String {
    let mut domain = Vec::new();
    crate::directory::dn::write_domain(dn.as_bytes(), &mut domain);
    String::from_utf8_lossy(&domain).into_owned()
}
