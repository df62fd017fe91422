//! Every variant of the default rules builds, and the numbers are those of the tables.
//!
//! Numbers are counted by hand in `default-sync-rules` sections B.1, B.2, B.3 and B.5, not taken from the data.

use std::collections::BTreeSet;

use super::*;
use crate::directory::AttributeNames;
use crate::expression::Expression;
use crate::outcome::Reason;
use crate::sync::rule::{Direction, Flow, FlowValue, LinkType, System};

const ANCHORS: [&str; 3] = ["objectGUID", "mS-DS-ConsistencyGuid", "employeeID"];
const GENERATIONS: [RuleGeneration; 2] = [RuleGeneration::Y2016, RuleGeneration::Current];

/// Number of the rule and of its flows: the 2016 generation, objectGUID, SID matching.
const FLOWS_2016: [(u32, usize); 62] = [
    (100, 1),
    (101, 1),
    (102, 12),
    (103, 12),
    (104, 59),
    (105, 59),
    (106, 68),
    (107, 67),
    (108, 59),
    (109, 59),
    (110, 8),
    (111, 7),
    (112, 2),
    (113, 42),
    (114, 14),
    (115, 2),
    (116, 85),
    (117, 5),
    (118, 0),
    (119, 5),
    (120, 2),
    (121, 2),
    (122, 1),
    (123, 10),
    (124, 9),
    (125, 106),
    (126, 21),
    (127, 8),
    (128, 37),
    (129, 66),
    (130, 5),
    (131, 2),
    (132, 5),
    (133, 78),
    (134, 16),
    (135, 5),
    (136, 23),
    (137, 59),
    (138, 2),
    (139, 6),
    (140, 6),
    (141, 52),
    (142, 4),
    (143, 6),
    (144, 8),
    (145, 31),
    (146, 4),
    (147, 3),
    (148, 2),
    (149, 2),
    (150, 14),
    (151, 0),
    (152, 0),
    (153, 0),
    (154, 0),
    (155, 1),
    (156, 1),
    (157, 6),
    (158, 6),
    (159, 13),
    (160, 10),
    (161, 1),
];

/// Rules whose number of flows differs in the current generation with mS-DS-ConsistencyGuid and matching "once".
const FLOWS_CURRENT: [(&str, usize); 20] = [
    ("In from AD - User Join", 2),                           // + sourceAnchorBinary
    ("In from AD - InetOrgPerson Join", 2),                  // + sourceAnchorBinary
    ("In from AD - User AccountEnabled", 13),                // + sourceAnchorBinary
    ("In from AD - InetOrgPerson AccountEnabled", 13),       // + sourceAnchorBinary
    ("In from AD - User Common from Exchange", 59),          // + employeeID - photo
    ("In from AD - InetOrgPerson Common from Exchange", 58), // - photo
    ("In from AD - User Common", 69),                        // + employeeID + sourceAnchorBinary - photo
    ("In from AD - InetOrgPerson Common", 67),               // + sourceAnchorBinary - photo
    ("In from AD - User Exchange", 80),                      // + 21 of the Exchange 2013 schema
    ("In from AD - InetOrgPerson Exchange", 79),             // the same without altRecipient
    ("In from AD - Group Join", 4),                          // + the two anchor flows
    ("In from AD - Group Exchange", 50),                     // + 5 + 2 + 1
    ("In from AD - Group Common", 16),                       // - the two anchor flows + 1 + 3
    ("In from AD - Contact Common", 92),                     // + 5 + 2
    ("In from AAD - User Join", 7),                          // + two certificate attributes
    ("In from AAD - Contact Join", 4),                       // + two certificate attributes
    ("Out to AAD - User ExchangeOnline", 107),               // + altRecipient
    ("Out to AAD - Group Join", 8),                          // - member + three names
    ("Out to AAD - Group Writeup Member Limit", 1),          // new
    ("In from AAD - Device Common", 10),                     // new
];

/// Names that only the Entra side has and the directory model does not list.
const ENTRA_ONLY: &[&str] = &[
    "cloudMSExchTeamMailboxExpiration",
    "cloudMSExchTeamMailboxSharePointUrl",
    "cloudMSExchUCVoiceMailSettings",
    "cloudMSExchUserHoldPolicies",
    "cloudUserCertificate",
    "cloudUserSMIMECertificate",
    "lastPasswordChangeTimestamp",
    "msDsHabSeniorityIndex",
    "msDsPhoneticDisplayName",
    "msOrgIsOrganizational",
    "msRtcSipApplicationOptions",
    "msRtcSipDeploymentLocator",
    "msRtcSipLine",
    "msRtcSipOptionFlags",
    "msRtcSipOwnerUrn",
    "msRtcSipPrimaryUserAddress",
    "msRtcSipUserEnabled",
    "postalAddress",
    "searchableDeviceKey",
    "stkDeviceKey",
];

fn as_exported_in_2016() -> RuleOptions {
    RuleOptions {
        source_anchor: "objectGUID".to_owned(),
        user_matching: UserMatching::ObjectSid,
        ..everything(RuleGeneration::Y2016)
    }
}

fn matchings() -> [UserMatching; 5] {
    [
        UserMatching::Once,
        UserMatching::Mail,
        UserMatching::ObjectSid,
        UserMatching::SamAccountName,
        UserMatching::Attribute("employeeID".to_owned()),
    ]
}

/// Generation x anchor x matching x login attribute x what forest and server have.
fn every_variant() -> Vec<RuleOptions> {
    let mut variants = Vec::new();
    for (generation, anchor) in GENERATIONS.iter().flat_map(|one| ANCHORS.map(|anchor| (*one, anchor))) {
        for user_matching in matchings() {
            variants.extend((0..32_u8).map(|bits| RuleOptions {
                engine: Engine::Connect,
                generation,
                source_anchor: anchor.to_owned(),
                user_matching: user_matching.clone(),
                login_attribute: if bits & 1 == 0 { "userPrincipalName" } else { "mail" }.to_owned(),
                exchange_hybrid: bits & 2 == 0,
                devices: bits & 4 == 0,
                exchange_schema: bits & 8 == 0,
                lync_schema: bits & 16 == 0,
            }));
        }
    }
    variants
}

fn rule(options: &RuleOptions, name: &str) -> Rule {
    default_rules(options).into_iter().find(|rule| rule.name == name).unwrap()
}

fn flow<'r>(rule: &'r Rule, target: &str) -> &'r Flow {
    rule.flows.iter().find(|flow| flow.target == target).unwrap()
}

fn expression_of(options: &RuleOptions, name: &str, target: &str) -> String {
    let rule = rule(options, name);
    match &flow(&rule, target).value {
        FlowValue::Expression(text) => text.clone(),
        other => panic!("{other:?}"),
    }
}

fn expressions(rule: &Rule) -> Vec<&str> {
    let texts = rule.flows.iter().flat_map(|flow| match &flow.value {
        FlowValue::Expression(text) => vec![text.as_str()],
        FlowValue::Clauses(clauses) => clauses.iter().map(|clause| clause.when.as_str()).collect(),
        FlowValue::Direct(_) | FlowValue::Constant(_) => Vec::new(),
    });
    texts.collect()
}

fn attributes(rule: &Rule) -> BTreeSet<String> {
    let scopes = rule.scope.iter().flat_map(|group| &group.clauses).map(|clause| clause.attribute.clone());
    let conditions = rule.joins.iter().flat_map(|group| &group.conditions);
    let joins = conditions.flat_map(|one| [one.connector_attribute.clone(), one.metaverse_attribute.clone()]);
    let targets = rule.flows.iter().map(|flow| flow.target.clone());
    let sources = rule.flows.iter().filter_map(|flow| match &flow.value {
        FlowValue::Direct(source) => Some(source.clone()),
        _ => None,
    });
    let mentioned = expressions(rule).into_iter().flat_map(|text| {
        text.split('[').skip(1).map(|part| part.split(']').next().unwrap().to_owned()).collect::<Vec<_>>()
    });
    scopes.chain(joins).chain(targets).chain(sources).chain(mentioned).collect()
}

#[test]
fn every_variant_builds_with_unique_numbers_and_targets() {
    for options in every_variant() {
        let rules = default_rules(&options);
        assert!(rules.is_sorted_by(|one, next| one.precedence < next.precedence), "{options:?}");
        for rule in &rules {
            let targets: BTreeSet<_> = rule.flows.iter().map(|flow| &flow.target).collect();
            assert_eq!(targets.len(), rule.flows.len(), "{}", rule.name);
        }
    }
}

#[test]
fn every_source_type_of_a_forest_has_one_rule_that_joins() {
    for options in every_variant() {
        let rules = default_rules(&options);
        let joining = rules.iter().filter(|rule| {
            rule.system == System::ActiveDirectory
                && rule.direction == Direction::Inbound
                && !rule.joins.is_empty()
        });
        let types: Vec<_> = joining.map(|rule| rule.source_type.as_str()).collect();
        let expected: &[&str] = &["user", "inetOrgPerson", "group", "contact", "foreignSecurityPrincipal"];
        let devices: &[&str] = if options.devices { &["computer", "msDS-Device"] } else { &[] };
        assert_eq!(types, [expected, devices].concat());
    }
}

#[test]
fn no_placeholder_is_left() {
    for options in every_variant() {
        let text = format!("{:?}", default_rules(&options));
        for placeholder in ["{attribute}", "{anchor}", "{login}", "{matching}", "{member-limit}"] {
            assert!(!text.contains(placeholder), "{placeholder} with {options:?}");
        }
    }
}

#[test]
fn every_attribute_is_known() {
    let names = AttributeNames::default();
    let all: BTreeSet<_> =
        every_variant().iter().flat_map(default_rules).flat_map(|rule| attributes(&rule)).collect();
    let unknown: Vec<_> = all
        .iter()
        .filter(|name| names.lookup(name.as_bytes()).is_none() && !ENTRA_ONLY.contains(&name.as_str()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn every_expression_parses() {
    let mut names = AttributeNames::default();
    let rules: Vec<_> = every_variant().iter().flat_map(default_rules).collect();
    let texts: BTreeSet<_> = rules.iter().flat_map(expressions).collect();
    assert!(texts.len() > 100, "only {} expressions", texts.len());
    for text in texts {
        Expression::parse(text, &mut names).unwrap_or_else(|error| panic!("{error:?} in {text}"));
    }
}

#[test]
fn flows_of_2016_are_those_of_the_table() {
    let rules = default_rules(&as_exported_in_2016());
    let counted: Vec<_> = rules.iter().map(|rule| (rule.precedence, rule.flows.len())).collect();
    assert_eq!(counted, FLOWS_2016);
}

#[test]
fn flows_of_the_current_generation_are_those_of_2016_and_the_differences() {
    let before = default_rules(&as_exported_in_2016());
    let rules = default_rules(&everything(RuleGeneration::Current));
    assert_eq!(rules.len(), 64);
    for rule in &rules {
        let changed = FLOWS_CURRENT.iter().find(|(name, _)| *name == rule.name).map(|(_, flows)| *flows);
        let expected =
            changed.unwrap_or_else(|| before.iter().find(|old| old.name == rule.name).unwrap().flows.len());
        assert_eq!(rule.flows.len(), expected, "{}", rule.name);
    }
}

#[test]
fn what_forest_and_server_lack_is_left_out() {
    let all = as_exported_in_2016();
    let no_exchange = RuleOptions { exchange_schema: false, ..all.clone() };
    assert_eq!(default_rules(&no_exchange).len(), 57);
    assert_eq!(rule(&no_exchange, "In from AD - Contact Common").flows.len(), 85 - 38);
    assert_eq!(default_rules(&RuleOptions { lync_schema: false, ..all.clone() }).len(), 59);
    assert_eq!(default_rules(&RuleOptions { exchange_hybrid: false, ..all.clone() }).len(), 55);
    assert_eq!(default_rules(&RuleOptions { devices: false, ..all }).len(), 59);
}

#[test]
fn user_matching_chooses_the_join_groups() {
    let groups = |anchor: &str, user_matching| {
        let options = RuleOptions {
            source_anchor: anchor.to_owned(),
            user_matching,
            ..everything(RuleGeneration::Current)
        };
        let groups = rule(&options, "In from AD - User Join").joins;
        groups.iter().map(|group| group.reason).collect::<Vec<_>>()
    };
    let [once, mail, sid, sam, attribute] = matchings();
    assert_eq!(groups("mS-DS-ConsistencyGuid", once.clone()), [Reason::JoinedBySourceAnchor; 2]);
    assert_eq!(groups("objectGUID", once.clone()), [Reason::JoinedBySourceAnchor]);
    assert_eq!(groups("employeeID", once), [Reason::JoinedBySourceAnchor]);
    assert_eq!(groups("objectGUID", mail), [Reason::JoinedByMail]);
    assert_eq!(
        groups("objectGUID", sid),
        [[Reason::JoinedByObjectSid; 3].as_slice(), &[Reason::JoinedByOriginatorSid; 2]].concat()
    );
    assert_eq!(groups("objectGUID", sam), [Reason::JoinedBySamAccountName; 2]);
    assert_eq!(groups("objectGUID", attribute), [Reason::JoinedByAttribute]);
}

#[test]
fn the_anchor_attribute_decides_the_anchor() {
    let anchor = |name: &str, generation, rule| {
        let options = RuleOptions { source_anchor: name.to_owned(), ..everything(generation) };
        expression_of(&options, rule, "sourceAnchor")
    };
    for generation in GENERATIONS {
        let of_user = |name| anchor(name, generation, "In from AD - User AccountEnabled");
        assert!(!of_user("objectGUID").contains("ConsistencyGuid"));
        assert!(of_user("ms-ds-consistencyguid").contains("[objectGUID]"));
        assert!(of_user("employeeID").contains("[employeeID]") && !of_user("employeeID").contains("GUID"));
    }
    let of_group = |name| anchor(name, RuleGeneration::Current, "In from AD - Group Join");
    assert!(of_group("mS-DS-ConsistencyGuid").contains("[mS-DS-ConsistencyGuid]"));
    assert_eq!(of_group("employeeID"), "ConvertToBase64([objectGUID])");
}

#[test]
fn the_generations_differ_where_the_documents_say_so() {
    let [old, new] = GENERATIONS.map(everything);
    let upn = |options| expression_of(options, "In from AD - User Common", "userPrincipalName");
    assert!(!upn(&old).contains("RecipientType") && upn(&new).contains("[msExchRecipientTypeDetails] = 2"));
    let mail = |options| expression_of(options, "In from AD - Contact Join", "mailEnabled");
    assert!(!mail(&old).contains("CaseInsensitive") && mail(&new).contains("\"CaseInsensitive\""));
    assert!(expression_of(&old, "Out to AAD - Group Join", "member").contains("> 50000,"));
    let limit = expression_of(&new, "Out to AAD - Group Writeup Member Limit", "member");
    assert!(limit.contains("> 250000,"));
    let new_group = |options| rule(options, "Out to AAD - Group Join").scope[1].clauses[4].clone();
    assert_eq!((new_group(&old).value.as_str(), new_group(&new).value.as_str()), ("50000", "250000"));
    assert_eq!(new_group(&new).reason, Some(Reason::GroupTooLarge));
}

#[test]
fn every_filter_clause_has_its_reason() {
    let clauses = |generation, name| {
        let rule = rule(&everything(generation), name);
        match &flow(&rule, "cloudFiltered").value {
            FlowValue::Clauses(clauses) => {
                clauses.iter().map(|clause| clause.reason).collect::<BTreeSet<_>>()
            }
            other => panic!("{other:?}"),
        }
    };
    for generation in GENERATIONS {
        assert_eq!(clauses(generation, "In from AD - User Join").len(), 10);
        assert_eq!(clauses(generation, "In from AD - InetOrgPerson Join").len(), 10);
        assert_eq!(clauses(generation, "In from AD - Contact Join").len(), 4);
        assert_eq!(clauses(generation, "In from AD - Group Join").len(), 4);
    }
    assert_eq!(clauses(RuleGeneration::Y2016, "In from AD - Computer Join").len(), 1);
    assert_eq!(clauses(RuleGeneration::Current, "In from AD - Computer Join").len(), 2);
}

#[test]
fn an_alternate_login_id_takes_the_place_of_the_user_principal_name() {
    let options = RuleOptions { login_attribute: "mail".to_owned(), ..everything(RuleGeneration::Current) };
    let name = "In from AD - User AccountEnabled";
    assert!(expression_of(&options, name, "userPrincipalName").contains("[mail]"));
    assert!(expression_of(&options, name, "onPremisesUserPrincipalName").contains("[userPrincipalName]"));
}

#[test]
fn the_catalogue_lists_every_rule_and_what_it_takes() {
    let listed = all_rules(Engine::Connect);
    assert_eq!(listed.len(), 64);
    assert!(listed.iter().all(|one| one.rule.tag.starts_with("Microsoft.") && !one.rule.source.is_empty()));
    let provisioning = listed.iter().filter(|one| one.rule.link == LinkType::Provision);
    assert_eq!(provisioning.count(), 9);
    let only_new: Vec<_> = listed.iter().filter(|one| one.generations.len() == 1).collect();
    assert_eq!(only_new.len(), 2);
    let hybrid = listed.iter().filter(|one| one.requires == ["exchange-hybrid"]);
    assert_eq!(hybrid.count(), 7);
}

fn of_cloud_sync(exchange_schema: bool, lync_schema: bool, login: &str) -> RuleOptions {
    RuleOptions {
        engine: Engine::CloudSync,
        devices: false,
        exchange_schema,
        lync_schema,
        login_attribute: login.to_owned(),
        ..everything(RuleGeneration::Current)
    }
}

#[test]
fn rules_of_cloud_sync_build_parse_and_name_known_attributes() {
    let mut names = AttributeNames::default();
    for bits in 0..8_u8 {
        let login = if bits & 4 == 0 { "userPrincipalName" } else { "mail" };
        let rules = default_rules(&of_cloud_sync(bits & 1 == 0, bits & 2 == 0, login));
        assert!(rules.is_sorted_by(|one, next| one.precedence < next.precedence));
        for rule in &rules {
            let targets: BTreeSet<_> = rule.flows.iter().map(|flow| &flow.target).collect();
            assert_eq!(targets.len(), rule.flows.len(), "{}", rule.name);
            assert!(!format!("{rule:?}").contains("-limit}"), "{}", rule.name);
            for text in expressions(rule) {
                Expression::parse(text, &mut names).unwrap_or_else(|error| panic!("{error:?} in {text}"));
            }
            let known = AttributeNames::default();
            let unknown: Vec<_> = attributes(rule)
                .into_iter()
                .filter(|name| {
                    known.lookup(name.as_bytes()).is_none() && !ENTRA_ONLY.contains(&name.as_str())
                })
                .collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", rule.name);
        }
    }
}

#[test]
fn nothing_flows_into_what_cloud_sync_joins_on() {
    let rules = default_rules(&of_cloud_sync(true, true, "userPrincipalName"));
    let inbound = || {
        rules
            .iter()
            .filter(|rule| rule.direction == Direction::Inbound && rule.system == System::ActiveDirectory)
    };
    let joined: BTreeSet<&str> = inbound()
        .flat_map(|rule| rule.joins.iter().flat_map(|group| &group.conditions))
        .map(|condition| condition.metaverse_attribute.as_str())
        .collect();
    assert_eq!(joined.into_iter().collect::<Vec<_>>(), ["objectGUID"]);
    assert!(rules.iter().all(|rule| rule.flows.iter().all(|flow| flow.target != "objectGUID")));
    let types: Vec<&str> =
        inbound().filter(|rule| !rule.joins.is_empty()).map(|rule| rule.source_type.as_str()).collect();
    assert_eq!(types, ["user", "inetOrgPerson", "group", "contact"]);
}

#[test]
fn cloud_sync_filters_like_connect_and_limits_by_its_own_number() {
    let options = of_cloud_sync(true, true, "userPrincipalName");
    for (own, of_connect) in [
        ("Cloud Sync from AD - User", "In from AD - User Join"),
        ("Cloud Sync from AD - InetOrgPerson", "In from AD - InetOrgPerson Join"),
        ("Cloud Sync from AD - Group", "In from AD - Group Join"),
        ("Cloud Sync from AD - Contact", "In from AD - Contact Join"),
    ] {
        let connect = rule(&everything(RuleGeneration::Current), of_connect);
        assert_eq!(flow(&rule(&options, own), "cloudFiltered"), flow(&connect, "cloudFiltered"));
        assert_eq!(rule(&options, own).scope, connect.scope);
    }
    let group = rule(&options, "Cloud Sync to Entra - Group");
    let text = format!("{:?}", group.scope);
    assert_eq!(text.matches("\"50001\"").count(), 2, "{text}");
    let limit = expression_of(&options, "Cloud Sync to Entra - Group", "member");
    assert!(limit.contains("> 50000"), "{limit}");
}

#[test]
fn the_catalogue_of_cloud_sync_is_its_own() {
    let listed = all_rules(Engine::CloudSync);
    assert_eq!(listed.len(), 21);
    assert!(listed.iter().all(|one| one.rule.tag.starts_with("CloudSync.") && !one.rule.source.is_empty()));
    let tags: BTreeSet<&str> = listed.iter().map(|one| one.rule.tag.as_str()).collect();
    assert_eq!(tags.len(), listed.len());
}
