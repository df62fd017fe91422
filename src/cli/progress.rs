//! What happens while a directory is read, on standard error: sentences by `-v`, a moving line on a terminal.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::terminal;
use crate::load::ldap::{Event, Observer};

/// Between two pictures of the moving line.
const REFRESH: Duration = Duration::from_millis(100);

/// Blanks take a line away: older consoles of Windows know no escapes.
const WIDTH: usize = 60;

/// The moving line of one source.
#[derive(Debug)]
struct Moving {
    started: Instant,
    shown: Option<Instant>,
}

/// Tells events as loudly as asked for.
pub(super) fn observer(verbosity: u8) -> Observer {
    let is_terminal = io::stderr().is_terminal();
    let moving: Mutex<Option<Moving>> = Mutex::new(None);
    Observer::new(move |url, event| {
        let mut moving = moving.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Unverified => {
                clear(&mut moving);
                terminal::message(&format!(
                    "presync: WARNING: {url}: the certificate of the server is not verified (--insecure): anyone on the \
                     way can read the password and change what is read"
                ));
            }
            Event::Said { level, text } if *level <= verbosity => {
                clear(&mut moving);
                terminal::message(&format!("presync: {url}: {text}"));
            }
            Event::Page { number, entries } if verbosity >= 3 => {
                terminal::message(&format!("presync: {url}: page {number}, {entries} entries"));
            }
            Event::Page { number, entries } if is_terminal => show(&mut moving, *number, *entries),
            Event::Said { .. } | Event::Page { .. } => {}
            Event::Finished => {
                clear(&mut moving);
                *moving = None;
            }
        }
    })
}

fn show(moving: &mut Option<Moving>, number: u64, entries: u64) {
    let now = Instant::now();
    let own = moving.get_or_insert(Moving { started: now, shown: None });
    if own.shown.is_some_and(|shown| now.duration_since(shown) < REFRESH) {
        return;
    }
    own.shown = Some(now);
    let millis = u64::try_from(now.duration_since(own.started).as_millis()).unwrap_or(u64::MAX);
    let rate = entries.saturating_mul(1000).checked_div(millis).unwrap_or_default();
    let text = format!("{entries} entries, page {number}, {rate}/s");
    let _ = write!(io::stderr().lock(), "\r{text:<WIDTH$}");
    let _ = io::stderr().flush();
}

fn clear(moving: &mut Option<Moving>) {
    if moving.as_ref().is_some_and(|own| own.shown.is_some()) {
        let _ = write!(io::stderr().lock(), "\r{:WIDTH$}\r", "");
    }
}
