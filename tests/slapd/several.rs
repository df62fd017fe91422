//! Several forests in one run, each read in its own way.

use std::fs;

use super::lab::PASSWORD;
use super::lab::report::{assert_same, check, normal};
use super::lab::samples::{SampleRun, runs};
use super::lab::slapd::{READER, SMALL_PAGES};
use super::{plain, samples};

const SAMPLE: &str = "account-resource-forests/command.txt";

fn sample() -> SampleRun {
    runs().into_iter().find(|run| run.name == SAMPLE).unwrap()
}

#[test]
fn one_from_the_directory_and_one_from_a_file() {
    let Some(samples) = samples() else { return };
    let run = sample();
    let expected = normal(check(&run.directory, &run.arguments(str::to_owned)).report());
    for live in ["acc.ldif", "res.ldif"] {
        let source = |file: &str| {
            let url = || format!("{}/{}", samples.server.plain(), samples.domain(file).base);
            if file == live { url() } else { file.to_owned() }
        };
        let report = check(&run.directory, &[run.arguments(source), plain()].concat()).report();
        let formats: Vec<_> =
            report["run"]["inputs"].as_array().unwrap().iter().map(|one| &one["format"]).collect();
        assert_eq!(formats, if live == "acc.ldif" { ["ldap", "ldif"] } else { ["ldif", "ldap"] });
        assert_same(live, &normal(report), &expected);
    }
}

/// Two servers, two accounts, two ways of encryption, and none of it on the command line.
#[test]
fn each_with_the_options_of_its_forest() {
    let (Some(samples), Some(other)) = (samples(), super::Samples::start()) else { return };
    let run = sample();
    let expected = normal(check(&run.directory, &run.arguments(str::to_owned)).report());
    let folder = tempfile::tempdir().unwrap();
    let settings = fs::read_to_string(run.directory.join("presync.toml")).unwrap();
    let live = |account: &str, authority: &std::path::Path, starttls: bool| {
        format!(
            "bind-dn = \"{account}\"\npassword-file = \"password\"\nca = \"{}\"\nstarttls = {starttls}\n",
            authority.display()
        )
    };
    let acc = live(READER.dn, &samples.server.certificates.authority, false);
    let res = live(SMALL_PAGES.dn, &other.server.certificates.authority, true);
    let settings = settings.replace("name    = \"acc\"\n", &format!("name = \"acc\"\n{acc}"));
    let settings = settings.replace("name    = \"res\"\n", &format!("name = \"res\"\n{res}"));
    assert_eq!(settings.matches("bind-dn").count(), 2, "{settings}");
    fs::write(folder.path().join("presync.toml"), settings).unwrap();
    fs::write(folder.path().join("password"), PASSWORD).unwrap();
    let source = |file: &str| {
        let server = if file == "acc.ldif" { samples.server.tls() } else { other.server.plain() };
        format!("{server}/{}", samples.domain(file).base)
    };
    let report = check(folder.path(), &run.arguments(source)).report();
    assert_same("own options", &normal(report), &expected);
}
