//! One command that exports what is needed, in the words and the quoting of the tool that wrote the input.
//!
//! Attribute lists come from [`Needs`]. What comes from the input (the names of domains) is put into a command only when
//! it is made of letters, digits, hyphens and underscores: what is to be pasted into a shell must not hold what others
//! may write into a directory.

use super::tenant_file::{PROPERTIES, Place};
use crate::directory::{InputFormat, Origin, PowerShellEdition, Writer};
use crate::predict::Needs;
use crate::tenant::CloudKind;

/// A command to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportCommand {
    /// `ldifde`, `csvde`, `ldapsearch`, `ldbsearch`, `powershell-5.1`, `powershell-7`, `graph-powershell` or `presync`.
    pub tool: &'static str,
    /// The shell it is quoted for: `cmd`, `sh` or `powershell`.
    pub shell: &'static str,
    /// One or more lines.
    pub text: String,
    /// What to know before running it, as sentences.
    pub notes: Vec<String>,
    /// DNs of the domains that it is to be run for, the one in the text first; none when the text holds an example, and
    /// for a tenant.
    pub bases: Vec<String>,
}

/// What to say about the base of commands for these domains, one of which stands in the text.
pub(super) fn base_note(tool: &str, bases: &[String]) -> Option<String> {
    match bases {
        _ if tool == GRAPH || tool == SNAPSHOT => None,
        [] => Some(format!("Put the DN of your domain in the place of {EXAMPLE_BASE}.")),
        [_] => None,
        several => Some(format!("Run it for every domain: {}.", several.join("; "))),
    }
}

const GRAPH: &str = "graph-powershell";
const SNAPSHOT: &str = "presync";

/// The base that stands for one that is not known.
const EXAMPLE_BASE: &str = "DC=corp,DC=example";

/// For a directory. Without a known writer, what its format is usually written by; ldifde is on every domain controller.
pub(super) fn for_directory(
    origin: &Origin,
    format: Option<InputFormat>,
    domains: &[String],
    needs: &Needs,
) -> ExportCommand {
    let names = names(needs);
    let bases: Vec<String> = domains.iter().filter_map(|domain| base_of(domain)).collect();
    let head = bases.first().map_or(EXAMPLE_BASE, String::as_str);
    let mut command = match (origin.writer, format) {
        (Some(Writer::Csvde), _) => windows_tool("csvde", "csv", head, &names),
        (Some(Writer::Ldapsearch(_) | Writer::DirectoryStudio), _) => ldapsearch(head, &names),
        (Some(Writer::Ldbsearch), _) => ldbsearch(head, &names),
        (Some(Writer::PowerShell(PowerShellEdition::Core)), _) => power_shell(true, head, &names),
        (
            Some(
                Writer::PowerShell(_)
                | Writer::ExchangeShell(_)
                | Writer::Graph
                | Writer::GraphPowerShell
                | Writer::Portal,
            ),
            _,
        )
        | (None, Some(InputFormat::Csv)) => power_shell(false, head, &names),
        (None, Some(InputFormat::Ldif)) if origin.line_ends == Some("LF") => ldapsearch(head, &names),
        (Some(Writer::Ldifde | Writer::Csexport) | None, _) => windows_tool("ldifde", "ldf", head, &names),
    };
    if matches!(origin.writer, Some(Writer::ExchangeShell(_))) {
        let note = "Exchange cmdlets show no account state and no anchor; this reads the same objects from the \
                    directory itself, with the ActiveDirectory module.";
        command.notes.push(note.to_owned());
    }
    if origin.writer == Some(Writer::Csexport) {
        let note = "A connector space holds what the connector's filter lets in; this reads the directory itself, on a \
                    domain controller or with its tools.";
        command.notes.push(note.to_owned());
    }
    command.bases = bases;
    command
}

/// For a live directory: a snapshot asks for the same as a check.
pub(super) fn for_live(url: &str) -> ExportCommand {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ":/.,=_-%[]".contains(letter);
    let url = if url.chars().all(plain) { url } else { "ldaps://dc1.corp.example" };
    ExportCommand {
        tool: SNAPSHOT,
        shell: "sh",
        text: format!("presync snapshot {url} --out presync.ldif.gz"),
        notes: vec![
            "With the same options for the account and for TLS. It asks for every attribute that counts, and writes \
             the file only when everything was read."
                .to_owned(),
        ],
        bases: Vec::new(),
    }
}

/// The attributes that count, in the spelling of the directory.
fn names(needs: &Needs) -> Vec<&str> {
    let is_plain = |name: &&str| {
        name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') && !name.is_empty()
    };
    needs.attributes.iter().map(|id| needs.names.name(id)).filter(is_plain).collect()
}

/// `corp.example` as `DC=corp,DC=example`; `None` when a label has any character that a shell could act on.
fn base_of(domain: &str) -> Option<String> {
    let is_plain = |label: &str| {
        let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
        !label.is_empty() && label.chars().all(plain)
    };
    let labels: Vec<&str> = domain.split('.').collect();
    let parts: Vec<String> = labels.iter().map(|label| format!("DC={label}")).collect();
    labels.into_iter().all(is_plain).then(|| parts.join(","))
}

/// ldifde and csvde have the same options. Double quotes hold the commas together in cmd and in PowerShell alike.
fn windows_tool(tool: &'static str, ending: &str, base: &str, names: &[&str]) -> ExportCommand {
    let list = names.join(",");
    ExportCommand {
        tool,
        shell: "cmd",
        text: format!("{tool} -u -f presync.{ending} -d \"{base}\" -r \"(objectClass=*)\" -l \"{list}\""),
        notes: vec!["Without -m and -n: they leave out what the source anchor is made from.".to_owned()],
        bases: Vec::new(),
    }
}

fn ldapsearch(base: &str, names: &[&str]) -> ExportCommand {
    let mut lines = vec![
        "ldapsearch -H 'ldaps://dc1.corp.example' -x -D 'reader@corp.example' -W \\".to_owned(),
        "  -E pr=1000/noprompt -o ldif-wrap=no \\".to_owned(),
        format!("  -b '{base}' -s sub '(objectClass=*)' \\"),
    ];
    lines.extend(wrapped(names, " ").map(|line| format!("  {line} \\")));
    lines.push("  > presync.ldif".to_owned());
    let notes = vec![
        "Put your domain controller and account in the place of dc1.corp.example and reader@corp.example.".to_owned(),
        "Without -L, so that the file says how the search ended. A server returns groups of more than 1,500 members \
         in slices; the run says so (range-incomplete)."
            .to_owned(),
    ];
    ExportCommand { tool: "ldapsearch", shell: "sh", text: lines.join("\n"), notes, bases: Vec::new() }
}

fn ldbsearch(base: &str, names: &[&str]) -> ExportCommand {
    let mut lines = vec![
        "ldbsearch -H /var/lib/samba/private/sam.ldb \\".to_owned(),
        format!("  -b '{base}' -s sub '(objectClass=*)' \\"),
    ];
    lines.extend(wrapped(names, " ").map(|line| format!("  {line} \\")));
    lines.push("  > presync.ldif".to_owned());
    let notes = vec!["On the domain controller, as root.".to_owned()];
    ExportCommand { tool: "ldbsearch", shell: "sh", text: lines.join("\n"), notes, bases: Vec::new() }
}

/// Asks the schema first: the cmdlet fails on a property that the forest does not have. Values are made plain text, so
/// that no collection turns into the name of its type.
const READ_AND_WRITE: &str = "\
$schema = Get-ADObject -SearchBase (Get-ADRootDSE).schemaNamingContext `
  -LDAPFilter '(lDAPDisplayName=*)' -Properties lDAPDisplayName
$known = @($schema | ForEach-Object { $_.lDAPDisplayName })
$names = @($names | Where-Object { $known -contains $_ })
function Text($value) {
  if ($value -is [byte[]]) { [Convert]::ToBase64String($value) }
  elseif ($value -is [datetime]) { $value.ToUniversalTime().ToString('yyyyMMddHHmmss.0Z') }
  else { \"$value\" }
}
Get-ADObject -SearchBase '{base}' -LDAPFilter '(objectClass=*)' -Properties $names |
  ForEach-Object {
    $object = $_
    $row = [ordered]@{ distinguishedName = $object.DistinguishedName }
    foreach ($name in $names) {
      $value = $object.$name
      if ($value -is [byte[]]) { $row[$name] = Text $value }
      else { $row[$name] = @($value | ForEach-Object { Text $_ }) -join ';' }
    }
    [pscustomobject]$row
  } | Export-Csv -Path presync.csv ";

fn power_shell(is_core: bool, base: &str, names: &[&str]) -> ExportCommand {
    let mut text = quoted_list("$names = @(", names, ")");
    text.push_str(&READ_AND_WRITE.replace("{base}", base));
    text.push_str(if is_core { "-Encoding utf8" } else { "-NoTypeInformation -Encoding UTF8" });
    ExportCommand {
        tool: if is_core { "powershell-7" } else { "powershell-5.1" },
        shell: "powershell",
        text,
        notes: vec!["Needs the ActiveDirectory module (RSAT, or a domain controller).".to_owned()],
        bases: Vec::new(),
    }
}

/// What Exchange Online alone knows: mailboxes, and mail users whose mailbox is elsewhere.
const FROM_EXCHANGE: &str = "\
Connect-ExchangeOnline
@(
  Get-Mailbox -ResultSize Unlimited | Select-Object $names
  Get-MailUser -ResultSize Unlimited | Select-Object $names
) | Export-Csv exchange.csv -NoTypeInformation -Encoding UTF8";

/// For a tenant: all four kinds of objects and the recycle bin, each marked with its type; then what Exchange adds.
pub(super) fn for_tenant() -> ExportCommand {
    let kinds = [
        (CloudKind::User, "user", "Get-MgUser", Some("Get-MgDirectoryDeletedItemAsUser")),
        (CloudKind::Group, "group", "Get-MgGroup", Some("Get-MgDirectoryDeletedItemAsGroup")),
        (CloudKind::Contact, "orgContact", "Get-MgContact", None),
        (CloudKind::Device, "device", "Get-MgDevice", None),
    ];
    let names = |kind: CloudKind, place: Place| -> Vec<&str> {
        let has = PROPERTIES.iter().filter(|own| own.place == place && own.kinds.contains(&kind));
        has.map(|property| property.name).collect()
    };
    let mut text = "Connect-MgGraph -Scopes 'User.Read.All', 'Group.Read.All', `\n  'OrgContact.Read.All', \
                    'Device.Read.All'\n$all = @(\n"
        .to_owned();
    for (kind, type_name, cmdlet, deleted) in kinds {
        text.push_str(&quoted_list("  $names = @(", &names(kind, Place::Graph), ")"));
        let mark = format!("@{{ n = '@odata.type'; e = {{ '#microsoft.graph.{type_name}' }} }}");
        let select = format!("Select-Object ($names + {mark})");
        for cmdlet in [Some(cmdlet), deleted].into_iter().flatten() {
            text.push_str(&["  ", cmdlet, " -All -Property $names |\n    ", &select, "\n"].concat());
        }
    }
    text.push_str(")\nConvertTo-Json -InputObject $all -Depth 5 | Set-Content tenant.json -Encoding UTF8\n");
    let mailbox = ["ExternalDirectoryObjectId", "UserPrincipalName"];
    let mailbox = [mailbox.as_slice(), &names(CloudKind::User, Place::Exchange)].concat();
    text.push_str(&quoted_list("$names = @(", &mailbox, ")"));
    text.push_str(FROM_EXCHANGE);
    ExportCommand {
        tool: GRAPH,
        bases: Vec::new(),
        shell: "powershell",
        text,
        notes: vec![
            "Needs the Microsoft.Graph modules, and ExchangeOnlineManagement for the second half, which may be left out; \
             then give the files with --tenant tenant.json --tenant exchange.csv."
                .to_owned(),
        ],
    }
}

/// An array of texts over as many lines as it takes, with a line end.
fn quoted_list(before: &str, names: &[&str], after: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{}'", name.replace('\'', "''"))).collect();
    let quoted: Vec<&str> = quoted.iter().map(String::as_str).collect();
    let indent = " ".repeat(before.len() - before.trim_start().len() + 2);
    let lines: Vec<String> = wrapped(&quoted, ", ").map(|line| format!("{indent}{line}")).collect();
    format!("{before}\n{}\n{indent}{after}\n", lines.join(",\n"), indent = &indent[2..])
}

/// Words in lines of at most about 72 characters.
fn wrapped<'w>(words: &'w [&str], between: &'w str) -> impl Iterator<Item = String> + 'w {
    let mut rest = words;
    std::iter::from_fn(move || {
        let mut length = 0;
        let fits = rest.iter().take_while(|word| {
            length += word.len() + between.len();
            length <= 72
        });
        let count = fits.count().max(1).min(rest.len());
        let (line, after) = rest.split_at(count);
        rest = after;
        (!line.is_empty()).then(|| line.join(between))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_shell_acts_on_gets_from_the_input_into_a_command() {
        assert_eq!(base_of("corp.example").as_deref(), Some("DC=corp,DC=example"));
        assert_eq!(base_of("müller_1.example").as_deref(), Some("DC=müller_1,DC=example"));
        for evil in ["corp\" & calc & \".example", "a'; id; '.b", "$(id).b", "a`b.c", "a..b", "", "%PATH%.b"]
        {
            assert_eq!(base_of(evil), None, "{evil}");
        }
    }

    #[test]
    fn lines_are_wrapped_without_losing_words() {
        let words = ["a".repeat(50), "b".repeat(30), "c".repeat(100), "d".to_owned()];
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let lines: Vec<String> = wrapped(&words, " ").collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines.join(" "), words.join(" "));
    }

    #[test]
    fn a_list_of_power_shell_is_quoted() {
        assert_eq!(quoted_list("$n = @(", &["a", "b'c"], ")"), "$n = @(\n  'a', 'b''c'\n)\n");
        let tenant = for_tenant().text;
        for property in PROPERTIES.iter().filter(|property| property.place != Place::GraphBeta) {
            assert!(tenant.contains(&format!("'{}'", property.name)), "{}", property.name);
        }
        assert!(!tenant.contains("onPremisesObjectIdentifier"), "version 1.0 of Graph refuses it");
    }
}
