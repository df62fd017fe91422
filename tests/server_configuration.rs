//! The default rules of the 2016 generation against a server configuration exported in 2016.
//!
//! The folder is handed over as an administrator would (`Get-ADSyncServerConfiguration`); it is not part of the project.
//! It is looked for under `$PRESYNC_SHARED`, `../shared` and `../../shared`. Every rule is written out as lines, ours and
//! the exported one, and the two sets of lines must be equal but for [`ALLOWED`]. Expressions are compared by the
//! attributes and literals they mention: the text is our own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use presync::config::{Engine, RuleGeneration, UserMatching};
use presync::sync::rule::{Direction, FlowValue, LinkType, MergeType, Rule, System};
use presync::sync::rule_source::{RuleOptions, default_rules};
use serde::Deserialize;

/// Lines that may differ: rule, start of the line, why.
const ALLOWED: &[(&str, &str, &str)] = &[(
    "In from AAD - User NGCKey",
    "flow deviceKey = expression",
    "the original takes the key apart with functions that no document describes; no prediction reads the value",
)];

type Lines = BTreeMap<String, BTreeSet<String>>;

#[test]
fn default_rules_of_2016_are_those_of_an_exported_configuration() {
    let Some(folder) = configuration_folder() else {
        let note = "\nNOT COMPARED: no exported server configuration found; set PRESYNC_SHARED to the folder \
                    that holds data/entra-connect-server-config\n\n";
        std::io::stderr().write_all(note.as_bytes()).unwrap();
        return;
    };
    let exported = exported_lines(&folder);
    let own = own_lines();
    assert_eq!(exported.len(), 62);
    let differences = differences(&exported, &own);
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn allowed_differences_still_exist() {
    let Some(folder) = configuration_folder() else { return };
    let (exported, own) = (exported_lines(&folder), own_lines());
    for (rule, start, _) in ALLOWED {
        let differing = exported[*rule].symmetric_difference(&own[*rule]);
        assert!(differing.into_iter().any(|line| line.starts_with(start)), "{rule}: {start}");
    }
}

fn configuration_folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = [
        std::env::var_os("PRESYNC_SHARED").map(PathBuf::from),
        Some(root.join("../shared")),
        Some(root.join("../../shared")),
    ];
    let folders = places.into_iter().flatten().map(|place| place.join("data/entra-connect-server-config"));
    folders.into_iter().find(|folder| folder.join("SynchronizationRules").is_dir())
}

fn differences(exported: &Lines, own: &Lines) -> String {
    let mut text = String::new();
    let names: BTreeSet<_> = exported.keys().chain(own.keys()).collect();
    let nothing = BTreeSet::new();
    for name in names {
        let theirs = exported.get(name).unwrap_or(&nothing);
        let ours = own.get(name).unwrap_or(&nothing);
        let sides = [("only exported", theirs.difference(ours)), ("only ours", ours.difference(theirs))];
        for (side, lines) in sides {
            for line in lines.filter(|line| !is_allowed(name, line)) {
                writeln!(text, "{name}: {side}: {line}").expect("writing to a String cannot fail");
            }
        }
    }
    text
}

fn is_allowed(name: &str, line: &str) -> bool {
    ALLOWED.iter().any(|(rule, start, _)| *rule == name && line.starts_with(start))
}

// --- ours ---------------------------------------------------------------------------------------------------------

fn own_lines() -> Lines {
    let options = RuleOptions {
        engine: Engine::Connect,
        generation: RuleGeneration::Y2016,
        source_anchor: "objectGUID".to_owned(),
        user_matching: UserMatching::ObjectSid,
        login_attribute: "userPrincipalName".to_owned(),
        exchange_hybrid: true,
        devices: true,
        exchange_schema: true,
        lync_schema: true,
    };
    default_rules(&options).iter().map(|rule| (rule.name.clone(), lines_of_own(rule))).collect()
}

fn lines_of_own(rule: &Rule) -> BTreeSet<String> {
    let direction = match rule.direction {
        Direction::Inbound => "Inbound",
        Direction::Outbound => "Outbound",
    };
    let system = match rule.system {
        System::ActiveDirectory => "AD",
        System::Entra => "Entra",
    };
    let link = match rule.link {
        LinkType::Provision => "Provision",
        LinkType::Join => "Join",
        LinkType::StickyJoin => "StickyJoin",
    };
    let mut lines = BTreeSet::from([
        format!("tag {}", rule.tag),
        format!("{direction} {system} {} to {} {link}", rule.source_type, rule.target_type),
        format!("precedence {}", rule.precedence),
    ]);
    for (position, group) in rule.scope.iter().enumerate() {
        let clauses = group.clauses.iter();
        let clauses = clauses.map(|one| scope_clause(&one.attribute, one.operator.token(), &one.value));
        lines.insert(format!("scope {}: {}", position + 1, joined(clauses)));
    }
    for (position, group) in rule.joins.iter().enumerate() {
        let conditions = group.conditions.iter();
        let conditions = conditions.map(|one| {
            join_condition(&one.connector_attribute, &one.metaverse_attribute, one.case_sensitive)
        });
        lines.insert(format!("join {}: {}", position + 1, joined(conditions)));
    }
    for flow in &rule.flows {
        let merge = match flow.merge {
            MergeType::Update => "Update",
            MergeType::Merge => "Merge",
            MergeType::MergeCaseInsensitive => "MergeCaseInsensitive",
        };
        lines.insert(flow_line(&flow.target, &own_value(&flow.value), merge, flow.execute_once));
    }
    lines
}

fn own_value(value: &FlowValue) -> String {
    match value {
        FlowValue::Direct(source) => format!("direct {source}"),
        FlowValue::Constant(text) => format!("constant {text}"),
        FlowValue::Expression(text) => expression(text),
        FlowValue::Clauses(clauses) => expression(&joined(clauses.iter().map(|clause| clause.when.clone()))),
    }
}

// --- the export ---------------------------------------------------------------------------------------------------

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExportedRule {
    name: String,
    #[serde(rename = "immutable-tag")]
    immutable_tag: String,
    direction: String,
    disabled: String,
    connector: String,
    source_object_type: String,
    target_object_type: String,
    link_type: String,
    precedence: u32,
    #[serde(rename = "attribute-mappings", default)]
    attribute_mappings: Mappings,
    #[serde(default)]
    relationship_criteria: Criteria,
    #[serde(default)]
    synchronization_criteria: Criteria,
}

#[derive(Default, Deserialize)]
struct Mappings {
    #[serde(default)]
    mapping: Vec<Mapping>,
}

#[derive(Deserialize)]
struct Mapping {
    #[serde(rename = "@execute-once", default)]
    execute_once: bool,
    dest: String,
    src: Option<Source>,
    expression: Option<String>,
    #[serde(rename = "valueMergeType")]
    merge: String,
}

#[derive(Deserialize)]
struct Source {
    #[serde(default)]
    attr: Vec<String>,
    #[serde(rename = "$text")]
    constant: Option<String>,
}

#[derive(Default, Deserialize)]
struct Criteria {
    #[serde(default)]
    conditions: Vec<Conditions>,
}

#[derive(Deserialize)]
struct Conditions {
    #[serde(default)]
    scope: Vec<ExportedClause>,
    #[serde(default)]
    condition: Vec<ExportedCondition>,
}

#[derive(Deserialize)]
struct ExportedClause {
    #[serde(rename = "csAttribute")]
    attribute: String,
    #[serde(rename = "csOperator")]
    operator: String,
    #[serde(rename = "csValue", default)]
    constant: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExportedCondition {
    cs_attribute: String,
    ilm_attribute: String,
    #[serde(default)]
    case_sensitive: Option<String>,
}

#[derive(Deserialize)]
struct Connector {
    id: String,
    category: String,
}

fn exported_lines(folder: &Path) -> Lines {
    let connectors: Vec<Connector> = read_all(&folder.join("Connectors"));
    let is_directory = |id: &str| {
        let found = connectors.iter().find(|connector| connector.id.eq_ignore_ascii_case(id));
        found.expect("every rule names a connector of the folder").category == "AD"
    };
    let rules: Vec<ExportedRule> = read_all(&folder.join("SynchronizationRules"));
    let rules = rules.iter().map(|rule| {
        let system = if is_directory(&rule.connector) { "AD" } else { "Entra" };
        (rule.name.clone(), lines_of_exported(rule, system))
    });
    rules.collect()
}

fn read_all<T: for<'de> Deserialize<'de>>(folder: &Path) -> Vec<T> {
    let files = fs::read_dir(folder).expect("the folder of the export is readable");
    let files = files.map(|file| file.expect("the folder of the export is readable").path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml")))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("exported files are UTF-8");
            quick_xml::de::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        })
        .collect()
}

fn lines_of_exported(rule: &ExportedRule, system: &str) -> BTreeSet<String> {
    let (source, target) = (&rule.source_object_type, &rule.target_object_type);
    let mut lines = BTreeSet::from([
        format!("tag {}", rule.immutable_tag),
        format!("{} {system} {source} to {target} {}", rule.direction, rule.link_type),
        format!("precedence {}", rule.precedence),
    ]);
    assert_eq!(rule.disabled, "False", "{}", rule.name);
    for (position, group) in rule.synchronization_criteria.conditions.iter().enumerate() {
        let clauses = group.scope.iter();
        let clauses = clauses.map(|one| scope_clause(&one.attribute, &one.operator, &one.constant));
        lines.insert(format!("scope {}: {}", position + 1, joined(clauses)));
    }
    for (position, group) in rule.relationship_criteria.conditions.iter().enumerate() {
        let conditions = group.condition.iter().map(|one| {
            let case_sensitive = one.case_sensitive.as_deref() == Some("True");
            join_condition(&one.cs_attribute, &one.ilm_attribute, case_sensitive)
        });
        lines.insert(format!("join {}: {}", position + 1, joined(conditions)));
    }
    for mapping in &rule.attribute_mappings.mapping {
        let value = exported_value(mapping);
        lines.insert(flow_line(&mapping.dest, &value, &mapping.merge, mapping.execute_once));
    }
    lines
}

/// With an expression the sources are only its dependencies; else one attribute is direct, and text a constant.
fn exported_value(mapping: &Mapping) -> String {
    match (&mapping.expression, &mapping.src) {
        (Some(text), _) => expression(text),
        (None, Some(Source { attr, .. })) if attr.len() == 1 => format!("direct {}", attr[0]),
        (None, Some(Source { constant: Some(text), .. })) => format!("constant {text}"),
        (None, _) => "nothing".to_owned(),
    }
}

// --- lines --------------------------------------------------------------------------------------------------------

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" && ")
}

fn scope_clause(attribute: &str, operator: &str, value: &str) -> String {
    format!("{attribute} {operator} {value}").trim_end().to_owned()
}

fn join_condition(connector: &str, metaverse: &str, case_sensitive: bool) -> String {
    format!("{connector} = {metaverse}{}", if case_sensitive { " in the same letter case" } else { "" })
}

fn flow_line(target: &str, value: &str, merge: &str, once: bool) -> String {
    format!("flow {target} = {value} [{merge}{}]", if once { ", once" } else { "" })
}

/// The attributes and literals that an expression mentions; a quoted attribute name counts as a literal.
fn expression(text: &str) -> String {
    let mut mentioned = BTreeSet::new();
    let mut rest = text;
    while let Some(start) = rest.find(['[', '"', '%', '&', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    {
        rest = &rest[start..];
        let length = match rest.as_bytes()[0] {
            b'[' => rest.find(']').map(|end| end + 1),
            quote @ (b'"' | b'%') => rest[1..].find(char::from(quote)).map(|end| end + 2),
            b'&' if !rest.starts_with("&H") => {
                rest = &rest[1..];
                continue;
            }
            _ => rest[1..].find(|other: char| !other.is_ascii_alphanumeric()).map(|end| end + 1),
        };
        let (word, behind) = rest.split_at(length.unwrap_or(rest.len()));
        mentioned.insert(word);
        rest = behind;
    }
    format!("expression with {}", mentioned.into_iter().collect::<Vec<_>>().join(" "))
}
