//! The catalogue: pages are complete, the list of them is fresh, and every example of every page runs.

mod pipeline {
    use std::fs;

    use presync::check::example::Example;
    use presync::config::Settings;
    use presync::load::SourceArgument;
    use presync::predict::{ObjectSelection, Request, predict};
    use presync::report::{FindingReport, Report};

    /// Findings of one example.
    pub fn findings(example: &Example) -> Result<Vec<FindingReport>, String> {
        report(example).map(|report| report.findings)
    }

    /// Runs one example through the whole pipeline.
    pub fn report(example: &Example) -> Result<Report, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let write = |name: String, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).map_err(|error| error.to_string())?;
            Ok::<_, String>(path.to_string_lossy().into_owned())
        };
        let mut sources = Vec::new();
        for (number, (forest, text)) in example.inputs.iter().enumerate() {
            let path = write(format!("{number}.ldif"), text)?;
            sources.push(SourceArgument { forest: forest.clone(), path });
        }
        let tenant = example.tenant.as_ref().map(|json| write("tenant.json".to_owned(), json)).transpose()?;
        let settings =
            Settings::from_toml(&example.settings, "presync.toml").map_err(|error| error.to_string())?;
        let request = Request {
            sources,
            tenants: tenant.into_iter().collect(),
            settings,
            objects: ObjectSelection::All,
            ..Request::default()
        };
        let prediction = predict(&request).map_err(|error| error.to_string())?;
        if prediction.notices.is_empty() { Ok(prediction.report) } else { Err(prediction.notices.join("\n")) }
    }
}

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use presync::check::catalogue::catalogue;
use presync::check::example::Example;
use presync::check::front_matter::ValueKey;
use presync::check::set::builtin_pages;
use presync::check::{CheckSet, FindingReport, Page};
use presync::config::{CheckSetting, Severity};
use presync::directory::{AttributeNames, attribute};
use presync::entra::validity::Rule;
use presync::entra::validity::limit::{
    LIMITS, MAX_CERTIFICATES, MAX_PHOTO_BYTES, MAX_PROXY_ADDRESSES, ObjectType,
};
use presync::outcome::Outcome;
use presync::report::{ObjectReport, Report};

fn pages() -> Vec<Page> {
    builtin_pages().unwrap_or_else(|error| panic!("{error}"))
}

fn checks() -> CheckSet {
    CheckSet::bind(pages(), &mut AttributeNames::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// What the example says must be found and was not, and what was found beside it.
fn differences(page: &Page, example: &Example) -> Vec<String> {
    let findings = match pipeline::findings(example) {
        Ok(findings) => findings,
        Err(problem) => return vec![problem],
    };
    let own: Vec<_> = findings.iter().filter(|finding| finding.check == page.id).collect();
    let mut differences = Vec::new();
    for mark in &example.found {
        let is_found = own.iter().any(|finding| {
            finding.dn == mark.dn && (mark.attribute.is_none() || finding.attribute == mark.attribute)
        });
        if !is_found {
            differences.push(format!("not found: {mark:?}"));
        }
    }
    for finding in own {
        if !example.found.iter().any(|mark| mark.dn == finding.dn) {
            differences.push(format!("found: {:?}: {}", finding.dn, finding.message));
        }
    }
    differences
}

#[test]
fn every_example_of_every_page_holds() {
    let only = std::env::var("PRESYNC_PAGE").ok();
    let mut failures = Vec::new();
    for page in pages().iter().filter(|page| only.as_ref().is_none_or(|id| *id == page.id)) {
        for (section, examples) in [("Found", page.found().unwrap()), ("Clean", page.clean().unwrap())] {
            for example in examples {
                let title = &example.title;
                let differences = differences(page, &example);
                failures
                    .extend(differences.iter().map(|one| format!("{} {section} `{title}`: {one}", page.id)));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn pages_have_marks_where_something_is_found_and_none_where_not() {
    for page in pages() {
        for example in page.found().unwrap() {
            assert!(!example.found.is_empty(), "{}: `{}` marks nothing", page.id, example.title);
        }
        assert!(
            page.clean().unwrap().iter().all(|example| example.found.is_empty()),
            "{}: a mark under Clean",
            page.id
        );
    }
}

#[test]
fn the_name_of_a_file_is_its_id_and_every_file_is_embedded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("checks");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.filter(|name| name != "README.md").collect();
    let ids: BTreeSet<String> = pages().iter().map(|page| format!("{}.md", page.id)).collect();
    assert_eq!(ids, files);
    let kebab = |id: &str| id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    assert!(pages().iter().all(|page| kebab(&page.id)));
}

#[test]
fn pages_speak_in_sentences() {
    for page in pages() {
        assert!(page.remedy.ends_with('.'), "{}: the first paragraph says what to do", page.id);
        assert!(!page.keys.message.ends_with('.'), "{}: messages end without a full stop", page.id);
        assert!(!page.title.ends_with('.'), "{}", page.id);
        assert!(page.prose.contains("\n\n"), "{}: says what happens, and why", page.id);
    }
}

#[test]
fn checks_named_by_other_checks_exist() {
    let checks = checks();
    for page in checks.pages() {
        for id in &page.keys.covered_by {
            assert!(checks.require(id).is_ok(), "{}: covered-by names {id}", page.id);
        }
    }
}

/// Run with `PRESYNC_BLESS=1` to write the catalogue.
#[test]
fn the_catalogue_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("checks/README.md");
    let fresh = catalogue(&pages());
    if std::env::var_os("PRESYNC_BLESS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(stored == fresh, "checks/README.md is stale; run the test with PRESYNC_BLESS=1");
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn checks_are_chosen_by_name_and_by_settings() {
    let all = checks();
    let ids = |set: &CheckSet| set.pages().map(|page| page.id.clone()).collect::<Vec<_>>();
    let setting = |setting| [("group-member-limit".to_owned(), setting)].into();
    let one = all.select(&names(&["group-member-limit"]), &[], &BTreeMap::default()).unwrap();
    assert_eq!(ids(&one), ["group-member-limit"]);
    let without = all.select(&[], &names(&["group-member-limit"]), &BTreeMap::default()).unwrap();
    assert_eq!(ids(&without).len(), ids(&all).len() - 1);
    let off = all.select(&[], &[], &setting(CheckSetting::Off)).unwrap();
    assert_eq!(ids(&off), ids(&without));
    let info = all.select(&[], &[], &setting(CheckSetting::Severity(Severity::Info))).unwrap();
    let changed = info.checks().iter().find(|check| check.id() == "group-member-limit");
    assert_eq!(changed.unwrap().severity, Severity::Info);
}

#[test]
fn an_unknown_check_is_refused_with_a_suggestion() {
    let error = checks().select(&names(&["group-members-limit"]), &[], &BTreeMap::default()).unwrap_err();
    assert_eq!(error.suggestion.as_deref(), Some("group-member-limit"));
    // A check that was not chosen is still a known one.
    let one = checks().select(&names(&["mail-join-duplicate"]), &[], &BTreeMap::default()).unwrap();
    assert!(one.require("group-member-limit").is_ok());
}

#[test]
fn what_checks_read_is_loaded() {
    let checks = checks();
    assert!(checks.directory_attributes().contains(attribute::PROXY_ADDRESSES));
    assert!(checks.directory_attributes().contains(attribute::MASTER_ACCOUNT_SID));
    assert!(checks.metaverse_attributes().contains(attribute::PROXY_ADDRESSES));
}

fn example(settings: &str, ldif: &str) -> Example {
    Example { settings: settings.to_owned(), inputs: vec![(None, ldif.to_owned())], ..Example::default() }
}

const DISTRIBUTION_GROUP: &str = "dn: CN=List,OU=Corp,DC=corp,DC=test\nobjectClass: group\ngroupType: 8\n\
    objectGUID: 5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a5a01\nsAMAccountName: list\n";

#[test]
fn an_exception_covers_its_finding_and_leaves_it_in_the_data() {
    let settings = "[[exception]]\ncheck = \"group-not-mail-enabled\"\nobjects = \"OU=Corp,DC=corp,DC=test\"\n\
        reason = \"known\"\nowner = \"us\"\n";
    let findings = pipeline::findings(&example(settings, DISTRIBUTION_GROUP)).unwrap();
    let finding = findings.iter().find(|one| one.check == "group-not-mail-enabled").unwrap();
    assert_eq!(finding.excepted.as_ref().unwrap().reason, "known");
    let elsewhere = settings.replace("OU=Corp", "OU=Other");
    let notice = pipeline::findings(&example(&elsewhere, DISTRIBUTION_GROUP)).unwrap_err();
    assert!(notice.contains("covers no finding"), "{notice}");
}

#[test]
fn a_finding_keeps_its_fingerprint_when_the_object_moves() {
    let moved = DISTRIBUTION_GROUP.replace("OU=Corp", "OU=New");
    let print = |ldif: &str| {
        let findings = pipeline::findings(&example("", ldif)).unwrap();
        findings.into_iter().find(|one| one.check == "group-not-mail-enabled").unwrap().fingerprint
    };
    assert_eq!(print(DISTRIBUTION_GROUP), print(&moved));
    assert_eq!(print(DISTRIBUTION_GROUP).len(), 32);
}

#[test]
fn a_collision_names_all_holders_and_who_keeps_the_place() {
    let page = pages().into_iter().find(|page| page.id == "mail-join-duplicate").unwrap();
    let findings = pipeline::findings(&page.found().unwrap()[0]).unwrap();
    let finding = findings.iter().find(|one| one.check == page.id).unwrap();
    assert_eq!(finding.value.as_deref(), Some("info@corp.test"));
    assert_eq!(finding.related.len(), 1);
    assert_eq!(finding.related[0].value.as_deref(), Some("Info@corp.test"));
    assert_eq!(finding.related[0].keeps, Some(false));
    assert!(finding.message.contains("2 objects"), "{}", finding.message);
}

#[test]
fn values_of_binary_attributes_are_not_shown() {
    let page = pages().into_iter().find(|page| page.id == "linked-mailbox-account-mismatch").unwrap();
    let findings = pipeline::findings(&page.found().unwrap()[0]).unwrap();
    let own: Vec<_> = findings.iter().filter(|one| one.check == page.id).collect();
    assert!(!own.is_empty() && own.iter().all(|finding| finding.value.is_none()));
}

#[test]
fn a_check_without_its_attribute_in_the_input_says_so() {
    let report = pipeline::report(&example("", DISTRIBUTION_GROUP)).unwrap();
    let reason = |check: &str| {
        let not_run = report.checks_not_run.iter().find(|one| one.check == check);
        not_run.map(|one| one.why.as_str())
    };
    assert_eq!(reason("group-without-smtp-address"), Some("no input has attribute proxyAddresses"));
    assert_eq!(reason("group-not-mail-enabled"), None);
}

const GRAPH_USER: &str = r#"[{"id":"c1","userPrincipalName":"nora@corp.test","onPremisesImmutableId":null,
    "onPremisesSyncEnabled":null,"proxyAddresses":[]}]"#;
const ARCHIVE: &str = "dn: CN=Nora,OU=Corp,DC=corp,DC=test\nobjectClass: user\nmailNickname: nora\n\
    objectGUID: 5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a5a01\nsAMAccountName: nora\nuserPrincipalName: nora@corp.test\n\
    msExchArchiveGUID: 6a6a6a6a-6a6a-6a6a-6a6a-6a6a6a6a6a01\n";

#[test]
fn a_check_of_which_no_tenant_file_tells_the_property_says_so() {
    let why = |tenant: Option<&str>, ldif: &str| {
        let tenant = tenant.map(str::to_owned);
        let report = pipeline::report(&Example { tenant, ..example("", ldif) }).unwrap();
        let not_run = report.checks_not_run.into_iter().find(|one| one.check == "archive-guid-mismatch");
        not_run.map(|one| one.why)
    };
    assert_eq!(why(Some(GRAPH_USER), ARCHIVE).as_deref(), Some("no tenant file tells ArchiveGuid"));
    let told = GRAPH_USER.replace(
        "\"proxyAddresses\"",
        "\"ArchiveGuid\":\"00000000-0000-0000-0000-000000000000\",\"proxyAddresses\"",
    );
    assert_eq!(why(Some(&told), ARCHIVE), None);
    // Without a tenant, or users in it, nothing is there that could be told.
    assert_eq!(why(None, ARCHIVE), None);
    let group = GRAPH_USER.replace("\"id\"", "\"@odata.type\":\"#microsoft.graph.group\",\"id\"");
    assert_eq!(why(Some(&group), ARCHIVE), None);
    let attribute = "no input has attribute msExchArchiveGUID";
    assert_eq!(why(Some(GRAPH_USER), DISTRIBUTION_GROUP).as_deref(), Some(attribute));
}

#[test]
fn a_page_that_reads_the_cloud_says_what_it_needs() {
    let text = "# T\n\n```toml\nseverity = \"info\"\nobjects = [\"user\"]\nleads-to = \"synced\"\non = \"tenant\"\n\
        when = 'IsPresent([cloudMail])'\nmessage = \"m\"\nsince = \"0.1.0\"\n```\n\nDo.\n\nBecause.\n\n## Sources\n\
        - A page (read 2026-11-25)\n\n## Found\n```ldif\n# found\ndn: CN=a\n```\n## Clean\n```ldif\ndn: CN=b\n```\n";
    let bind = |text: &str| {
        let page = Page::parse(text, "checks/some-defect.md").unwrap();
        CheckSet::bind(vec![page], &mut AttributeNames::default()).map(|_| ())
    };
    let error = bind(text).unwrap_err();
    assert_eq!(error.problem, "needs names nothing of what is read from the cloud");
    assert!(bind(&text.replace("since", "needs = [\"cloudMail\"]\nsince")).is_ok());
}

#[test]
fn the_order_of_records_changes_positions_only() {
    let page = pages().into_iter().find(|page| page.id == "proxy-address-invalid").unwrap();
    let forward = &page.found().unwrap()[0];
    let mut backward = forward.clone();
    let mut records: Vec<&str> = forward.inputs[0].1.split("\n\n").collect();
    records.reverse();
    backward.inputs[0].1 = records.join("\n\n");
    let without_positions = |example: &Example| {
        let mut findings = pipeline::findings(example).unwrap();
        for finding in &mut findings {
            finding.position = None;
        }
        findings
    };
    assert_eq!(without_positions(forward), without_positions(&backward));
}

/// Every object whose outcome a finding speaks of: its own, else that of the object it was joined to.
fn outcomes<'r>(report: &'r Report, finding: &FindingReport) -> Vec<&'r ObjectReport> {
    let own = report.objects.iter().filter(|object| object.dn == finding.dn);
    let joined = report.objects.iter().filter(|object| {
        finding.dn.as_ref().is_some_and(|dn| object.export.is_some() && object.joined_with.contains(dn))
    });
    own.chain(joined).collect()
}

#[test]
fn a_finding_of_severity_error_has_its_outcome() {
    let pages: BTreeMap<String, Page> = pages().into_iter().map(|page| (page.id.clone(), page)).collect();
    let mut failures = Vec::new();
    for page in pages.values().filter(|page| page.leads_to == Outcome::ExportError) {
        for example in &page.found().unwrap() {
            let report = pipeline::report(example).unwrap();
            let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
            for finding in errors.filter(|finding| finding.dn.is_some()) {
                // Of several holders of a value one may keep it: its outcome is another.
                if pages[&finding.check].keys.collision.is_some() {
                    continue;
                }
                let leads_to = pages[&finding.check].leads_to;
                if !outcomes(&report, finding).iter().any(|object| object.outcome == leads_to) {
                    failures.push(format!("{} {:?}: not {leads_to}", finding.check, finding.dn));
                }
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn a_form_judged_by_the_entra_stage_gives_the_reason_of_the_stage() {
    let mut judged = 0;
    for page in pages() {
        let Some(ValueKey::Table(table)) = &page.keys.value else { continue };
        let Some(rule) = table.judged_by.as_deref().and_then(Rule::from_name) else { continue };
        judged += 1;
        assert_eq!(rule.reason().outcome(), Some(page.leads_to), "{}", page.id);
        for example in &page.found().unwrap() {
            let report = pipeline::report(example).unwrap();
            for finding in report.findings.iter().filter(|finding| finding.check == page.id) {
                let objects = outcomes(&report, finding);
                let found = objects.iter().any(|object| object.reasons.contains(&rule.reason()));
                assert!(found, "{} {:?}: no {}", page.id, finding.dn, rule.reason());
            }
        }
    }
    assert_eq!(judged, Rule::ALL.len(), "every form has its page");
}

/// Object type that the default rules export a class as.
fn object_type(class: &str) -> ObjectType {
    match class {
        "group" => ObjectType::Group,
        "contact" => ObjectType::Contact,
        _ => ObjectType::User,
    }
}

#[test]
fn the_lengths_of_pages_are_those_of_the_entra_stage() {
    let mut of_pages = BTreeMap::new();
    for page in pages().into_iter().filter(|page| page.leads_to == Outcome::ExportError) {
        let Some(ValueKey::Table(table)) = &page.keys.value else { continue };
        for attribute in &table.attributes {
            let Some(limit) = table.max_chars.as_ref().and_then(|limits| limits.of(attribute)) else {
                continue;
            };
            for class in &page.keys.objects {
                let type_name = format!("{:?}", object_type(class));
                of_pages.insert((attribute.clone(), type_name), limit);
            }
        }
    }
    let of_stage: BTreeMap<_, _> = LIMITS
        .iter()
        .flat_map(|limit| limit.types.iter().map(move |of| (limit, of)))
        .map(|(limit, of)| ((limit.attribute.to_owned(), format!("{of:?}")), u64::from(limit.max_chars)))
        .collect();
    assert_eq!(of_pages, of_stage);
}

#[test]
fn counts_and_sizes_of_pages_are_those_of_the_entra_stage() {
    let pages = pages();
    let when =
        |id: &str| pages.iter().find(|page| page.id == id).and_then(|page| page.keys.when.clone()).unwrap();
    assert!(when("proxy-addresses-exceed-object-size").contains(&format!("> {MAX_PROXY_ADDRESSES}")));
    for id in ["too-many-certificates", "too-many-smime-certificates"] {
        assert!(when(id).contains(&format!("> {MAX_CERTIFICATES}")), "{id}");
    }
    let photo = pages.iter().find(|page| page.id == "photo-too-large").unwrap();
    let Some(ValueKey::Table(table)) = &photo.keys.value else { panic!("a value check") };
    assert_eq!(table.max_bytes, u64::try_from(MAX_PHOTO_BYTES).ok());
}

#[test]
fn a_value_that_does_not_reach_the_cloud_has_no_finding() {
    let person = |dn: &str, guid: &str, forest: &str, lines: &str| {
        format!(
            "dn: CN=Nora,{dn}\nobjectClass: user\ncn: Nora\nobjectGUID: 5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a5a{guid}\n\
             sAMAccountName: nora\nuserPrincipalName: nora@{forest}\nuserAccountControl: 512\nmail: nora@corp.test\n{lines}\n"
        )
    };
    let long = format!("title: {}", "t".repeat(129));
    let lines = ["mailNickname: nora\ntitle: Harbour master", long.as_str()];
    let example = Example {
        settings: "[sync]\nuser-matching = \"mail\"\n".to_owned(),
        inputs: vec![
            (Some("a.test".to_owned()), person("DC=a,DC=test", "01", "a.test", lines[0])),
            (Some("b.test".to_owned()), person("DC=b,DC=test", "02", "b.test", lines[1])),
        ],
        ..Example::default()
    };
    let found = |example: &Example| {
        let findings = pipeline::findings(example).unwrap();
        findings.iter().any(|finding| finding.check == "title-too-long")
    };
    assert!(!found(&example), "the title of the mailbox wins");
    let mut alone = example;
    alone.inputs.remove(0);
    assert!(found(&alone));
}

#[test]
fn a_message_names_the_type_of_the_recipient() {
    let page = pages().into_iter().find(|page| page.id == "remote-mailbox-without-routing-address").unwrap();
    let findings = pipeline::findings(&page.found().unwrap()[0]).unwrap();
    let finding = findings.iter().find(|one| one.check == page.id).unwrap();
    assert!(finding.message.starts_with("this RemoteUserMailbox has no address"), "{}", finding.message);
}
