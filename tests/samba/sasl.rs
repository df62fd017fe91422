//! Binds other than simple ones, where this build has them.

use super::lab::say_left_out;
use super::{Controller, controller};

/// The options, with a mechanism.
fn options(controller: &Controller, mechanism: &str) -> Vec<String> {
    [controller.options(), vec!["--sasl".into(), mechanism.into()]].concat()
}

fn objects(controller: &Controller, url: &str, options: &[String]) -> serde_json::Value {
    controller.check(url, options).report()["run"]["inputs"][0]["objects"].clone()
}

#[test]
fn ntlm() {
    let Some(controller) = controller() else { return };
    if !cfg!(feature = "ntlm") {
        say_left_out::<()>("NTLM", "this build has no feature ntlm");
        return controller
            .check(&controller.url(), &options(controller, "ntlm"))
            .expect(2, &["--features ntlm"]);
    }
    let simple = objects(controller, &controller.url(), &controller.options());
    assert_eq!(objects(controller, &controller.url(), &options(controller, "ntlm")), simple);
    let short = controller.server.realm.split('.').next().unwrap().to_uppercase();
    let down_level = options(controller, "ntlm")
        .into_iter()
        .map(|one| if one.contains('@') { format!("{short}\\Administrator") } else { one });
    assert_eq!(objects(controller, &controller.url(), &down_level.collect::<Vec<_>>()), simple);
    let unknown = options(controller, "ntlm").into_iter().map(|one| one.replace("administrator@", "nobody@"));
    controller.check(&controller.url(), &unknown.collect::<Vec<_>>()).expect(5, &[]);
}

#[test]
fn without_its_feature_kerberos_is_refused_before_anything_is_sent() {
    if cfg!(feature = "gssapi") {
        say_left_out::<()>("the refusal of Kerberos", "this build has the feature gssapi");
        return;
    }
    let Some(controller) = controller() else { return };
    let authority = controller.server.certificates.authority.to_string_lossy().into_owned();
    let options = ["--ca", &authority, "--sasl", "gssapi"].map(str::to_owned);
    controller.check(&controller.url(), &options).expect(2, &["--features gssapi"]);
}
