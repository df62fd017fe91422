//! The same records as a table: `csvde`, and `Get-ADUser … | Export-Csv` with multi-values joined.

use std::collections::HashMap;
use std::fmt::{self, Display, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::text::{GuidText, Records, SidText};

/// Which program wrote the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `csvde`: `DN` first, quotes where needed, `X'…'` for binary and non-ASCII values, `;` between values.
    Csvde,
    /// Windows PowerShell: byte order mark, every field quoted, its own column names.
    PowerShell,
}

/// First column of csvde.
const DN: &str = "DN";

/// Attribute and column of the PowerShell table; what is not here is not exported.
const POWERSHELL: [(&str, &str); 36] = [
    ("distinguishedName", "DistinguishedName"),
    ("userAccountControl", "Enabled"),
    ("givenName", "GivenName"),
    ("name", "Name"),
    ("objectClass", "ObjectClass"),
    ("objectGUID", "ObjectGUID"),
    ("sAMAccountName", "SamAccountName"),
    ("objectSid", "SID"),
    ("sn", "Surname"),
    ("userPrincipalName", "UserPrincipalName"),
    ("displayName", "DisplayName"),
    ("mail", "EmailAddress"),
    ("proxyAddresses", "proxyAddresses"),
    ("mailNickname", "mailNickname"),
    ("mS-DS-ConsistencyGuid", "mS-DS-ConsistencyGuid"),
    ("department", "Department"),
    ("title", "Title"),
    ("company", "Company"),
    ("l", "City"),
    ("st", "State"),
    ("c", "Country"),
    ("postalCode", "PostalCode"),
    ("streetAddress", "StreetAddress"),
    ("physicalDeliveryOfficeName", "Office"),
    ("telephoneNumber", "OfficePhone"),
    ("mobile", "MobilePhone"),
    ("employeeID", "EmployeeID"),
    ("manager", "Manager"),
    ("memberOf", "MemberOf"),
    ("legacyExchangeDN", "legacyExchangeDN"),
    ("msExchRecipientTypeDetails", "msExchRecipientTypeDetails"),
    ("msExchRecipientDisplayType", "msExchRecipientDisplayType"),
    ("msExchMasterAccountSid", "msExchMasterAccountSid"),
    ("description", "Description"),
    ("cloudSourceAnchor", "cloudSourceAnchor"),
    ("cloudAnchor", "cloudAnchor"),
];

/// Columns of the csvde table behind `DN`.
const CSVDE: [&str; 84] = [
    "objectClass",
    "ou",
    "dc",
    "cn",
    "sn",
    "c",
    "l",
    "st",
    "title",
    "description",
    "postalCode",
    "physicalDeliveryOfficeName",
    "telephoneNumber",
    "givenName",
    "distinguishedName",
    "instanceType",
    "whenCreated",
    "whenChanged",
    "displayName",
    "uSNCreated",
    "memberOf",
    "member",
    "uSNChanged",
    "co",
    "department",
    "company",
    "homeMDB",
    "streetAddress",
    "proxyAddresses",
    "mDBUseDefaults",
    "targetAddress",
    "extensionAttribute1",
    "extensionAttribute6",
    "extensionAttribute11",
    "mailNickname",
    "name",
    "objectGUID",
    "userAccountControl",
    "badPwdCount",
    "codePage",
    "countryCode",
    "employeeID",
    "homeDirectory",
    "homeDrive",
    "badPasswordTime",
    "lastLogoff",
    "lastLogon",
    "pwdLastSet",
    "primaryGroupID",
    "objectSid",
    "accountExpires",
    "logonCount",
    "sAMAccountName",
    "sAMAccountType",
    "showInAddressBook",
    "managedBy",
    "groupType",
    "legacyExchangeDN",
    "userPrincipalName",
    "objectCategory",
    "dSCorePropagationData",
    "lastLogonTimestamp",
    "mail",
    "manager",
    "mobile",
    "thumbnailPhoto",
    "internetEncoding",
    "dNSHostName",
    "operatingSystem",
    "operatingSystemVersion",
    "servicePrincipalName",
    "userCertificate",
    "mS-DS-ConsistencyGuid",
    "cloudSourceAnchor",
    "cloudAnchor",
    "msRTCSIP-PrimaryUserAddress",
    "msRTCSIP-UserEnabled",
    "msRTCSIP-OptionFlags",
    "msExchMailboxGuid",
    "msExchMasterAccountSid",
    "msExchRecipientTypeDetails",
    "msExchRecipientDisplayType",
    "msExchPoliciesExcluded",
    "reportToOriginator",
];

/// Columns of the csvde table that only mailboxes and groups fill.
const CSVDE_EXCHANGE: [&str; 8] = [
    "msExchRequireAuthToSendTo",
    "msExchPoliciesIncluded",
    "msExchVersion",
    "msExchUserAccountControl",
    "msExchELCMailboxFlags",
    "msExchWhenMailboxCreated",
    "msExchUMDtmfMap",
    "msExchMailboxSecurityDescriptor",
];

/// The writer.
#[derive(Debug)]
pub struct Table {
    dialect: Dialect,
    columns: HashMap<&'static str, usize>,
    cells: Vec<String>,
    value: String,
    out: Vec<u8>,
}

impl Table {
    /// A table with its header.
    pub fn new(dialect: Dialect) -> Self {
        let (attributes, headers): (Vec<_>, Vec<_>) = match dialect {
            Dialect::Csvde => {
                [DN].into_iter().chain(CSVDE).chain(CSVDE_EXCHANGE).map(|name| (name, name)).unzip()
            }
            Dialect::PowerShell => POWERSHELL.into_iter().unzip(),
        };
        let columns = attributes.iter().enumerate().map(|(column, &name)| (name, column)).collect();
        let cells = headers.into_iter().map(str::to_owned).collect();
        let out = if dialect == Dialect::PowerShell { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
        let mut table = Self { dialect, columns, cells, value: String::new(), out };
        table.end();
        table
    }

    /// Appends `self.value` to its cell. Of `objectClass`, both programs write only the last value.
    fn put(&mut self, name: &str) {
        let attribute = name.split(';').next().unwrap_or(name);
        let Some(&column) = self.columns.get(attribute) else {
            assert!(self.dialect == Dialect::PowerShell, "no column for {attribute}");
            return;
        };
        let cell = &mut self.cells[column];
        if attribute == "objectClass" {
            cell.clear();
        }
        if !cell.is_empty() {
            cell.push(';');
        }
        cell.push_str(&self.value);
    }

    fn put_hexadecimal(&mut self, name: &str, bytes: &[u8]) {
        self.value.clear();
        write!(self.value, "X'").expect("a String takes all");
        for byte in bytes {
            write!(self.value, "{byte:02x}").expect("a String takes all");
        }
        self.value.push('\'');
        self.put(name);
    }
}

impl Records for Table {
    fn begin(&mut self, dn: &dyn Display) {
        if self.dialect == Dialect::Csvde {
            self.text(DN, format_args!("{dn}"));
        }
    }

    fn text(&mut self, name: &str, value: fmt::Arguments<'_>) {
        self.value.clear();
        write!(self.value, "{value}").expect("a String takes all");
        if self.dialect == Dialect::Csvde && !self.value.is_ascii() {
            let text = std::mem::take(&mut self.value);
            return self.put_hexadecimal(name, text.as_bytes());
        }
        if self.dialect == Dialect::PowerShell && name == "userAccountControl" {
            let disabled = self.value.parse::<u64>().is_ok_and(|flags| flags & 2 != 0);
            self.value.clear();
            self.value.push_str(if disabled { "False" } else { "True" });
        }
        self.put(name);
    }

    fn binary(&mut self, name: &str, value: &[u8]) {
        if self.dialect == Dialect::Csvde {
            return self.put_hexadecimal(name, value);
        }
        self.value.clear();
        match name {
            "objectGUID" => write!(self.value, "{}", GuidText(value)).expect("a String takes all"),
            "objectSid" | "msExchMasterAccountSid" => {
                write!(self.value, "{}", SidText(value)).expect("a String takes all");
            }
            _ => STANDARD.encode_string(value, &mut self.value),
        }
        self.put(name);
    }

    fn end(&mut self) {
        for (column, cell) in self.cells.iter_mut().enumerate() {
            if column > 0 {
                self.out.push(b',');
            }
            let quoted = self.dialect == Dialect::PowerShell || cell.contains([',', '"', '\n', '\r']);
            if quoted {
                let inner = cell.replace('"', "\"\"");
                self.out.push(b'"');
                self.out.extend_from_slice(inner.as_bytes());
                self.out.push(b'"');
            } else {
                self.out.extend_from_slice(cell.as_bytes());
            }
            cell.clear();
        }
        self.out.extend_from_slice(b"\r\n");
    }

    fn written(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }
}
