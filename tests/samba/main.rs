//! A live Samba domain controller, read by the binary.
#![cfg(unix)]

#[path = "../lab/mod.rs"]
mod lab;

use lab::samba::Samba;
use lab::samples;

#[test]
fn comes_up() {
    let domain = samples::domains().into_iter().find(|d| d.file.contains("harbourline")).unwrap();
    let server = Samba::start(&domain).unwrap();
    println!("{server:?}");
    if std::env::var("STAY").is_ok() {
        std::thread::sleep(std::time::Duration::from_secs(60));
    }
}
