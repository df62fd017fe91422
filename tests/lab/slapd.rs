//! slapd of `OpenLDAP` with an AD-like schema: one server that holds any number of domains, each at its own base.
//!
//! It is no Active Directory: no automatic `member;range=`, DNs come back in its own spelling, a page size above its limit is
//! refused instead of shortened (result code 11). But it enforces size limits, runs without rights and is fast. Every
//! account reads everything; they differ in the limits that the server sets for them.

use std::fmt::Write as _;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::certificates::Certificates;
use super::keeper::Kept;
use super::ldif::{self, Record};
use super::{PASSWORD, packages, program, run, schema};

/// An account and the limits for it (slapd.conf(5), `limits`).
#[derive(Debug, Clone, Copy)]
pub struct Account {
    /// Its DN, outside of every domain.
    pub dn: &'static str,
    limits: &'static str,
}

/// As Active Directory by default: 1,000 entries without paging, pages of at most 1,000.
pub const READER: Account = Account {
    dn: "CN=reader,CN=lab",
    limits: "size.soft=1000 size.hard=1000 size.pr=1000 size.prtotal=unlimited",
};
/// Pages of at most 100.
pub const SMALL_PAGES: Account =
    Account { dn: "CN=small pages,CN=lab", limits: "size.pr=100 size.prtotal=unlimited" };
/// At most 25 entries, however they are asked for.
pub const FEW_ENTRIES: Account =
    Account { dn: "CN=few entries,CN=lab", limits: "size.soft=25 size.hard=25 size.pr=10 size.prtotal=25" };

const ACCOUNTS: [Account; 3] = [READER, SMALL_PAGES, FEW_ENTRIES];

/// The programs and where their parts lie.
#[derive(Debug)]
pub struct Programs {
    slapd: PathBuf,
    ldapsearch: Option<PathBuf>,
    /// Empty where the programs are installed.
    library_path: String,
    modules: Option<PathBuf>,
}

impl Programs {
    /// Those of the machine, else those of Debian packages.
    pub fn find() -> Result<Self, String> {
        if let Some(slapd) = program("slapd") {
            let modules = ["/usr/lib/ldap", "/usr/lib64/openldap", "/usr/libexec/openldap"];
            let modules = modules.map(PathBuf::from).into_iter().find(|path| path.is_dir());
            return Ok(Self {
                slapd,
                ldapsearch: program("ldapsearch"),
                library_path: String::new(),
                modules,
            });
        }
        let root = packages::unpacked(&["slapd", "ldap-utils"])?;
        Ok(Self {
            slapd: root.join("usr/sbin/slapd"),
            ldapsearch: Some(root.join("usr/bin/ldapsearch")).filter(|file| file.is_file()),
            library_path: packages::library_path(&root),
            modules: Some(root.join("usr/lib/ldap")),
        })
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if !self.library_path.is_empty() {
            command.env("LD_LIBRARY_PATH", &self.library_path);
        }
        command
    }

    /// `ldapsearch`, where there is one.
    pub fn ldapsearch(&self) -> Option<Command> {
        self.ldapsearch.as_ref().map(|file| self.command(file))
    }
}

/// Where the server listens too, although its certificate does not say so.
const UNNAMED_ADDRESS: &str = "127.0.0.2";

/// A domain and the LDIF text of its entries.
#[derive(Debug)]
pub struct Content {
    /// DN of the domain.
    pub base: String,
    /// Every entry, the domain first.
    pub ldif: String,
}

impl Content {
    /// The entries, and one entry that is a referral for each reference.
    pub fn new(base: &str, records: &[Record], references: &[String]) -> Self {
        let mut ldif = ldif::write(records);
        for address in references {
            ldif.push_str(&ldif::write(&[referral(base, address)]));
        }
        Self { base: base.to_owned(), ldif }
    }
}

/// Named after the first part of the host, as Active Directory names the partition of a subordinate domain.
fn referral(base: &str, address: &str) -> Record {
    let host =
        address.split("//").nth(1).and_then(|rest| rest.split(['.', '/']).next()).unwrap_or("elsewhere");
    let attributes =
        [("objectClass", "referral"), ("objectClass", "extensibleObject"), ("dc", host), ("ref", address)];
    Record::new(&format!("DC={host},{base}"), &attributes)
}

/// The running server.
#[derive(Debug)]
pub struct Slapd {
    /// Programs of the same version as the server.
    pub programs: Programs,
    /// What it shows and what belongs to it.
    pub certificates: Certificates,
    plain_port: u16,
    tls_port: u16,
    kept: Kept,
}

const START_LIMIT: Duration = Duration::from_secs(20);

impl Slapd {
    /// Loads and starts it. The rootDSE names the first domain as its default.
    pub fn start(contents: &[Content]) -> Result<Self, String> {
        let programs = Programs::find()?;
        // Somebody else may take a port before slapd does, unlikely as it is; hardly twice.
        let started = attempt(&programs, contents).or_else(|_| attempt(&programs, contents));
        let (certificates, [plain_port, tls_port], kept) = started?;
        Ok(Self { programs, certificates, plain_port, tls_port, kept })
    }

    /// `ldap://127.0.0.1:…`, without a base.
    pub fn plain(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.plain_port)
    }

    /// `ldaps://127.0.0.1:…`, without a base.
    pub fn tls(&self) -> String {
        format!("ldaps://127.0.0.1:{}", self.tls_port)
    }

    /// The same by a name that is in the certificate.
    pub fn tls_by_name(&self) -> String {
        format!("ldaps://localhost:{}", self.tls_port)
    }

    /// The same by an address that is not in the certificate.
    pub fn tls_by_another_address(&self) -> String {
        format!("ldaps://{UNNAMED_ADDRESS}:{}", self.tls_port)
    }

    /// Everything below a base, as `ldapsearch` exports it in pages; `None` where there is no `ldapsearch`.
    pub fn export(&self, base: &str) -> Option<Vec<u8>> {
        let mut command = self.programs.ldapsearch()?;
        command.args(["-x", "-D", READER.dn, "-w", PASSWORD, "-H", &self.plain(), "-b", base]);
        command.args(["-E", "pr=500/noprompt", "-o", "ldif-wrap=no"]);
        Some(run(&mut command).unwrap_or_else(|error| panic!("{error}")))
    }
}

type Started = (Certificates, [u16; 2], Kept);

fn attempt(programs: &Programs, contents: &[Content]) -> Result<Started, String> {
    let mut kept = Kept::new()?;
    let certificates = Certificates::write(kept.directory(), &["127.0.0.1"]);
    configure(kept.directory(), programs, &certificates, contents)?;
    load(kept.directory(), programs, contents)?;
    let ports = free_ports();
    let mut command = programs.command(&programs.slapd);
    let [plain, tls] = ports.map(|port| format!("127.0.0.1:{port}"));
    let unnamed = format!("ldaps://{UNNAMED_ADDRESS}:{}", ports[1]);
    command.args(["-d", "0", "-h", &format!("ldap://{plain} ldaps://{tls} {unnamed}"), "-f"]);
    kept.start(command.arg(kept.directory().join("slapd.conf")))?;
    // The file is there once the ports are bound; a port alone could be somebody else's.
    let is_bound = || kept.directory().join("slapd.pid").is_file();
    kept.wait(START_LIMIT, || is_bound() && TcpStream::connect(&plain).is_ok())?;
    Ok((certificates, ports, kept))
}

fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("bound").port())
}

fn configure(
    directory: &Path,
    programs: &Programs,
    certificates: &Certificates,
    contents: &[Content],
) -> Result<(), String> {
    let write = |name: &str, text: &str| {
        fs::write(directory.join(name), text).map_err(|error| format!("{name}: {error}"))
    };
    write("adlike.schema", &schema::text())?;
    write("rootdse.ldif", &root_dse(&contents[0].base))?;
    write("slapd.conf", &configuration(directory, programs, certificates, contents))?;
    for database in 0..=contents.len() {
        fs::create_dir(directory.join(format!("database-{database}"))).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// What clients read to find the domain.
fn root_dse(base: &str) -> String {
    format!(
        "dn:\ndefaultNamingContext: {base}\nrootDomainNamingContext: {base}\n\
         configurationNamingContext: CN=Configuration,{base}\nschemaNamingContext: CN=Schema,CN=Configuration,{base}\n\
         supportedCapabilities: 1.2.840.113556.1.4.800\nisGlobalCatalogReady: TRUE\n"
    )
}

fn configuration(
    directory: &Path,
    programs: &Programs,
    certificates: &Certificates,
    contents: &[Content],
) -> String {
    let directory = directory.display();
    let mut text = format!("include {directory}/adlike.schema\n");
    if let Some(modules) = &programs.modules {
        writeln!(text, "modulepath {}\nmoduleload back_mdb", modules.display()).expect("a String takes all");
    }
    write!(
        text,
        "pidfile {directory}/slapd.pid\nrootDSE {directory}/rootdse.ldif\nTLSCACertificateFile {}\n\
         TLSCertificateFile {}\nTLSCertificateKeyFile {}\nTLSVerifyClient try\nthreads 4\n\
         access to dn.base=\"\" by * read\naccess to * by users read by anonymous auth\n",
        certificates.authority.display(),
        certificates.certificate.display(),
        certificates.key.display()
    )
    .expect("a String takes all");
    let bases = contents.iter().map(|content| content.base.as_str());
    for (database, base) in bases.chain([ACCOUNTS_BASE]).enumerate() {
        write!(
            text,
            "database mdb\nsuffix \"{base}\"\ndirectory {directory}/database-{database}\nmaxsize 2147483648\ndbnosync\nrequire authc\n"
        )
        .expect("a String takes all");
        for account in ACCOUNTS {
            writeln!(text, "limits dn.exact=\"{}\" {}", account.dn, account.limits)
                .expect("a String takes all");
        }
    }
    text
}

const ACCOUNTS_BASE: &str = "CN=lab";

fn accounts() -> Content {
    let mut records = vec![Record::new(ACCOUNTS_BASE, &[("objectClass", "container"), ("cn", "lab")])];
    records.extend(ACCOUNTS.map(|account| {
        let cn = account.dn.split(['=', ',']).nth(1).expect("a CN");
        Record::new(account.dn, &[("objectClass", "user"), ("cn", cn), ("userPassword", PASSWORD)])
    }));
    Content::new(ACCOUNTS_BASE, &records, &[])
}

fn load(directory: &Path, programs: &Programs, contents: &[Content]) -> Result<(), String> {
    let accounts = accounts();
    for content in contents.iter().chain([&accounts]) {
        let file = directory.join("content.ldif");
        fs::write(&file, &content.ldif).map_err(|error| error.to_string())?;
        let mut command = programs.command(&programs.slapd);
        command.args(["-Tadd", "-q", "-f"]).arg(directory.join("slapd.conf"));
        run(command.args(["-b", &content.base, "-l"]).arg(&file))?;
        fs::remove_file(&file).map_err(|error| error.to_string())?;
    }
    Ok(())
}
