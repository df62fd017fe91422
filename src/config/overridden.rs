//! Settings of the command line over those of the file: `--set tenant.initial-domain=contoso.onmicrosoft.com`.
//!
//! Only `[tenant]`, `[tenant.features]` and `[sync]` can be set so: the choices that one run may want otherwise. A value
//! is written as in the file; a text needs no quotation marks.

use toml::{Table, Value};

use super::Settings;
use super::problem::{Problem, SettingsError, did_you_mean, one_of};

/// How the option is named in what is wrong with it.
const OPTION: &str = "--set";

/// Tables whose keys can be set.
const TABLES: [&str; 3] = ["tenant", "tenant.features", "sync"];

impl Settings {
    /// These settings, read from `text`, with others in the place of some: entries `TABLE.KEY=VALUE`. The report shows what
    /// is in force.
    pub fn overridden(self, text: &str, entries: &[String]) -> Result<Self, SettingsError> {
        if entries.is_empty() {
            return Ok(self);
        }
        let mut table: Table = text.parse().unwrap_or_default();
        let problems: Vec<Problem> =
            entries.iter().filter_map(|entry| set(&mut table, entry).err()).map(problem).collect();
        if !problems.is_empty() {
            return Err(SettingsError { problems });
        }
        table.retain(|name, _| name == "tenant" || name == "sync");
        let merged = Self::from_toml(&table.to_string(), &self.path).map_err(|error| SettingsError {
            problems: error
                .problems
                .into_iter()
                .map(|own| Problem { path: OPTION.into(), line: None, ..own })
                .collect(),
        })?;
        Ok(Self { tenant: merged.tenant, sync: merged.sync, ..self })
    }
}

fn problem((found, suggestion): (String, Option<String>)) -> Problem {
    Problem { path: OPTION.into(), line: None, found, expected: None, suggestion }
}

fn set(table: &mut Table, entry: &str) -> Result<(), (String, Option<String>)> {
    let (key, value) = entry.split_once('=').ok_or_else(|| {
        let example = "write it as tenant.initial-domain=contoso.onmicrosoft.com".to_owned();
        (format!("{entry:?} has no `=`"), Some(example))
    })?;
    let (place, name) = key.trim().rsplit_once('.').unwrap_or(("", key.trim()));
    if !TABLES.contains(&place) {
        let hint =
            did_you_mean(place, TABLES).unwrap_or_else(|| format!("one of {} can be set", one_of(TABLES)));
        return Err((format!("{:?} is in no table that can be set", key.trim()), Some(hint)));
    }
    let mut target = table;
    for part in place.split('.') {
        let inner = target.entry(part).or_insert_with(|| Value::Table(Table::new()));
        target =
            inner.as_table_mut().ok_or_else(|| (format!("`{part}` of the settings is no table"), None))?;
    }
    target.insert(name.to_owned(), read(value.trim()));
    Ok(())
}

/// The value as TOML, else as a text.
fn read(text: &str) -> Value {
    let parsed = format!("value = {text}").parse::<Table>().ok().filter(|table| table.len() == 1);
    let value = parsed.and_then(|mut table| table.remove("value"));
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "[tenant]\nquota = 5\ninitial-domain = \"a.onmicrosoft.com\"\n[checks]\n\"x\" = \"off\"\n";

    fn with(entries: &[&str]) -> Result<Settings, String> {
        let settings = Settings::from_toml(FILE, "presync.toml").unwrap();
        let entries: Vec<String> = entries.iter().map(|entry| (*entry).to_owned()).collect();
        settings.overridden(FILE, &entries).map_err(|error| error.to_string())
    }

    #[test]
    fn values_take_the_place_of_those_of_the_file() {
        let settings = with(&[
            "tenant.initial-domain=contoso.onmicrosoft.com",
            "tenant.verified-domains=[\"contoso.com\"]",
            "tenant.features.block-soft-match=true",
            "sync.login-attribute = mail",
            "sync.deletion-threshold=7",
        ])
        .unwrap();
        assert_eq!(settings.tenant.initial_domain.as_deref(), Some("contoso.onmicrosoft.com"));
        assert_eq!(settings.tenant.verified_domains, ["contoso.com"]);
        assert!(settings.tenant.block_soft_match);
        assert_eq!((settings.sync.login_attribute.as_str(), settings.sync.deletion_threshold), ("mail", 7));
        // What nobody set stays, and so does everything else of the file.
        assert_eq!((settings.tenant.quota, settings.checks.len()), (Some(5), 1));
        assert_eq!(settings.check_lines.get("x"), Some(&5));
    }

    #[test]
    fn what_cannot_be_set_is_named() {
        for (entry, words) in [
            ("tenant.initial-domain", "has no `=`"),
            ("checks.x=off", "no table that can be set"),
            ("tenant.quotta=5", "unknown key `quotta`"),
            ("sync.deletion-threshold=many", "deletion-threshold"),
            ("tennant.quota=5", "did you mean `tenant`"),
        ] {
            let error = with(&[entry]).unwrap_err();
            assert!(error.starts_with("--set: ") && error.contains(words), "{entry}: {error}");
        }
    }
}
