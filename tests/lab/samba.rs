//! Samba as an Active Directory domain controller: a real rootDSE, schema, SIDs, Configuration partition and global catalog.
//!
//! It needs root: the ports of LDAP are fixed, and provisioning changes owners. So every run takes a loopback address of
//! its own. It is no Windows: no size limits, no automatic `member;range=`, no partial attributes in the global catalog.
//! Steps and reasons: `live-ldap-lab` section 3, read 2026-11-25.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::certificates::Certificates;
use super::keeper::Kept;
use super::ldif::{self, Record};
use super::samples::Domain;
use super::{PASSWORD, program, run, samba_schema};

const PACKAGES: [&str; 5] =
    ["samba", "samba-ad-provision", "samba-dsdb-modules", "samba-vfs-modules", "ldb-tools"];
const START_LIMIT: Duration = Duration::from_secs(60);
const LDAP: u16 = 389;
const GLOBAL_CATALOG: u16 = 3268;

/// The running domain controller.
#[derive(Debug)]
pub struct Samba {
    /// What it shows and what belongs to it.
    pub certificates: Certificates,
    /// `127.…`
    pub address: String,
    /// DN of the domain.
    pub base: String,
    /// `harbourline.example`
    pub realm: String,
    kept: Kept,
}

impl Samba {
    /// Provisions a domain of the sample's name, adds what of the sample a domain controller lets one set, starts it.
    pub fn start(domain: &Domain) -> Result<Self, String> {
        install()?;
        let mut kept = Kept::new()?;
        let directory = kept.directory().to_owned();
        let address = own_address();
        let realm = domain.base.replace("DC=", "").replace(',', ".");
        let certificates = Certificates::write(&directory, &[&address, &host(&realm)]);
        provision(&directory, &address, &realm, &certificates)?;
        seed(&directory, domain)?;
        if cfg!(feature = "gssapi") {
            name_service(&directory, &realm)?;
        }
        let mut command = Command::new(program("samba").expect("installed"));
        command.args(["-F", "--no-process-group", "-M", "single", "-s"]);
        kept.start(command.arg(directory.join("dc/etc/smb.conf")))?;
        let answers = |port| TcpStream::connect((address.as_str(), port)).is_ok();
        kept.wait(START_LIMIT, || answers(LDAP) && answers(GLOBAL_CATALOG))?;
        Ok(Self { certificates, address, base: domain.base.clone(), realm, kept })
    }

    /// `administrator@…`
    pub fn administrator(&self) -> String {
        format!("administrator@{}", self.realm)
    }

    /// The name that only Kerberos and the certificate know it by.
    pub fn host(&self) -> String {
        host(&self.realm)
    }

    /// Files of the server, for what only they can tell.
    pub fn directory(&self) -> &Path {
        self.kept.directory()
    }
}

/// The address is this process's own, so that several runs do not meet at the fixed ports.
fn own_address() -> String {
    let [_, a, b, c] = std::process::id().to_be_bytes();
    format!("127.{}.{b}.{}", 64 + a % 64, c.clamp(1, 254))
}

fn is_installed() -> bool {
    let programs = ["samba", "samba-tool", "ldbadd", "ldbmodify"];
    programs.iter().all(|name| program(name).is_some()) && Path::new("/usr/share/samba/setup").is_dir()
}

fn install() -> Result<(), String> {
    if is_installed() {
        return Ok(());
    }
    let install = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command.args(["-q", "-y", "-o", "DPkg::Lock::Timeout=300", "--no-install-recommends", "install"]);
        run(command.args(PACKAGES))
    };
    let _services = NoServices::set()?;
    if install().is_err() {
        run(Command::new("apt-get").args(["-q", "-o", "DPkg::Lock::Timeout=300", "update"]))?;
        install()?;
    }
    Ok(())
}

/// Where Debian's maintainer scripts ask whether they may start a service.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// As long as this lives, an installation starts no service.
struct NoServices {
    is_ours: bool,
}

impl NoServices {
    fn set() -> Result<Self, String> {
        use std::os::unix::fs::PermissionsExt as _;
        let is_ours = !Path::new(POLICY).exists();
        if is_ours {
            let told = |error| format!("{POLICY}: {error}");
            fs::write(POLICY, "#!/bin/sh\nexit 101\n").map_err(told)?;
            fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755)).map_err(told)?;
        }
        Ok(Self { is_ours })
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if self.is_ours {
            let _ = fs::remove_file(POLICY);
        }
    }
}

/// Everything that Samba would otherwise look for or leave elsewhere on the machine lies in the directory.
fn configuration(directory: &Path, address: &str, certificates: &Certificates) -> String {
    let dc = directory.join("dc").display().to_string();
    format!(
        "[global]\ninterfaces = {address}/8\nbind interfaces only = yes\nserver services = ldap, cldap, kdc\n\
         ldap server require strong auth = allow_sasl_over_tls\ndsdb:schema update allowed = true\n\
         posix:eadb = {dc}/eadb.tdb\ntls cafile = {}\ntls certfile = {}\ntls keyfile = {}\nlogging = file\n\
         log file = {dc}/log.samba\npid directory = {dc}/run\nncalrpc dir = {dc}/run/ncalrpc\n\
         winbindd socket directory = {dc}/run/winbindd\nntp signd socket directory = {dc}/run/ntp\nload printers = no\n\
         printcap name = /dev/null\ndisable spoolss = yes\n",
        certificates.authority.display(),
        certificates.certificate.display(),
        certificates.key.display()
    )
}

fn provision(
    directory: &Path,
    address: &str,
    realm: &str,
    certificates: &Certificates,
) -> Result<(), String> {
    let dc = directory.join("dc");
    fs::create_dir_all(dc.join("run")).map_err(|error| error.to_string())?;
    let base = directory.join("base.conf");
    fs::write(&base, configuration(directory, address, certificates)).map_err(|error| error.to_string())?;
    let short = realm.split('.').next().unwrap_or(realm).to_uppercase();
    let mut command = Command::new(program("samba-tool").expect("installed"));
    command.args(["domain", "provision", "-s"]).arg(&base);
    command.args(["--use-rfc2307", "--server-role=dc", "--dns-backend=NONE", "--host-name=dc1"]);
    command.arg(format!("--realm={}", realm.to_uppercase())).arg(format!("--domain={short}"));
    command.arg(format!("--adminpass={PASSWORD}")).arg(format!("--host-ip={address}"));
    run(command.arg(format!("--targetdir={}", dc.display()))).map(drop)
}

fn host(realm: &str) -> String {
    format!("dc1.{realm}")
}

/// Kerberos knows services by name; this one's is registered by the part of Samba that is not started.
fn name_service(directory: &Path, realm: &str) -> Result<(), String> {
    let mut command = Command::new(program("samba-tool").expect("installed"));
    command.args(["spn", "add", &format!("ldap/{}", host(realm)), "DC1$"]);
    command.arg("-H").arg(directory.join("dc/private/sam.ldb"));
    command.arg(format!("--configfile={}", directory.join("dc/etc/smb.conf").display()));
    run(&mut command).map(drop)
}

/// Each step reads the schema anew, so their order and number matter.
fn seed(directory: &Path, domain: &Domain) -> Result<(), String> {
    let mut steps = vec![
        ("ldbadd", samba_schema::attributes(&domain.base)),
        ("ldbmodify", samba_schema::class(&domain.base)),
        ("ldbadd", ldif::write(&entries(domain))),
        ("ldbmodify", members(domain)),
    ];
    if HAS_CHILD {
        steps.push(("ldbadd", ldif::write(&[child_domain(&domain.base)])));
    }
    for (number, (name, text)) in steps.into_iter().enumerate() {
        let file = directory.join(format!("step-{number}.ldif"));
        fs::write(&file, text).map_err(|error| error.to_string())?;
        let mut command = Command::new(program(name).expect("installed"));
        command.arg("-H").arg(directory.join("dc/private/sam.ldb"));
        command.arg(format!("--configfile={}", directory.join("dc/etc/smb.conf").display()));
        // The child domain is nowhere but in its name.
        command.args((number == 4).then_some("--relax"));
        let said = run(command.arg(&file))?;
        // Some failures leave the status at 0.
        if !String::from_utf8_lossy(&said).contains("successfully") {
            return Err(format!("{command:?}: {}", String::from_utf8_lossy(&said)));
        }
    }
    Ok(())
}

/// Short name of the domain below the domain: the forest knows of it, no server holds it.
pub const CHILD: &str = "CHILD";
/// Kerberos of Samba 4.17 finds no service any more (`Invalid argument`) once the forest knows of a domain that is
/// nowhere.
pub const HAS_CHILD: bool = !cfg!(feature = "gssapi");

fn child_domain(base: &str) -> Record {
    let name = format!("DC=child,{base}");
    let dns = name.replace("DC=", "").replace(',', ".");
    let attributes = [
        ("objectClass", "top"),
        ("objectClass", "crossRef"),
        ("cn", CHILD),
        ("nCName", &name),
        ("nETBIOSName", CHILD),
        ("dnsRoot", &dns),
        // A partition of this forest, and a domain.
        ("systemFlags", "3"),
    ];
    Record::new(&format!("CN={CHILD},CN=Partitions,CN=Configuration,{base}"), &attributes)
}

/// What may be set from outside; the rest a domain controller makes itself.
const SETTABLE: &[&str] = &[
    "objectClass",
    "cn",
    "ou",
    "sAMAccountName",
    "userPrincipalName",
    "displayName",
    "givenName",
    "sn",
    "mail",
    "mailNickname",
    "proxyAddresses",
    "targetAddress",
    "department",
    "company",
    "title",
    "telephoneNumber",
    "description",
    "adminDescription",
    "employeeID",
    "groupType",
    "userAccountControl",
    "mS-DS-ConsistencyGuid",
    "legacyExchangeDN",
    "msExchRecipientTypeDetails",
    "msExchRecipientDisplayType",
    "msExchMasterAccountSid",
    "msExchHideFromAddressLists",
    "msExchMailboxGuid",
    "msRTCSIP-PrimaryUserAddress",
    "msRTCSIP-UserEnabled",
    "msRTCSIP-OriginatorSid",
];
const CLASSES: [&str; 5] = ["user", "group", "contact", "organizationalUnit", "container"];
/// Containers that every domain has from its start.
const PRESENT: &[&str] = &[
    "CN=Users",
    "CN=Computers",
    "CN=System",
    "CN=Builtin",
    "CN=ForeignSecurityPrincipals",
    "CN=Managed Service Accounts",
    "OU=Domain Controllers",
];

/// The records that can be added: of a common class, not made by the server itself, with a name that it takes.
pub fn addable(domain: &Domain) -> impl Iterator<Item = &Record> {
    domain.records.iter().filter(|record| {
        let class = record.texts("objectClass").last().unwrap_or_default();
        let is_present = PRESENT.iter().any(|name| record.dn == format!("{name},{}", domain.base));
        let is_critical = record.texts("isCriticalSystemObject").next() == Some("TRUE");
        CLASSES.contains(&class) && !is_present && !is_critical && !record.dn.contains("\\0A")
    })
}

fn entries(domain: &Domain) -> Vec<Record> {
    let entry = |record: &Record| {
        let kept = record.attributes.iter().filter(|(name, _)| SETTABLE.contains(&name.as_str()));
        Record {
            dn: record.dn.clone(),
            attributes: kept.map(|(name, value)| settable(name, value)).collect(),
        }
    };
    addable(domain).map(entry).collect()
}

/// SIDs are text for `ldbadd`; an account without a password needs the flag that allows it (`0x20`).
fn settable(name: &str, value: &[u8]) -> (String, Vec<u8>) {
    let value = match name {
        "msExchMasterAccountSid" | "msRTCSIP-OriginatorSid" => sid_text(value).into_bytes(),
        "userAccountControl" if value == b"512" => b"544".to_vec(),
        _ => value.to_vec(),
    };
    (name.to_owned(), value)
}

fn sid_text(bytes: &[u8]) -> String {
    let parts = bytes[8..].chunks(4).map(|part| u32::from_le_bytes(part.try_into().expect("four bytes")));
    parts.fold(format!("S-1-{}", bytes[7]), |text, part| format!("{text}-{part}"))
}

/// Members are added when all of them are there.
fn members(domain: &Domain) -> String {
    let there: BTreeSet<&str> = addable(domain).map(|record| record.dn.as_str()).collect();
    let changes = addable(domain).filter_map(|group| {
        let members = group.texts("member").filter(|member| there.contains(member));
        let members: Vec<_> = members.map(|member| ("member", member)).collect();
        let change = [("changetype", "modify"), ("add", "member")];
        (!members.is_empty()).then(|| Record::new(&group.dn, &[change.as_slice(), &members].concat()))
    });
    ldif::write(&changes.collect::<Vec<_>>())
}
