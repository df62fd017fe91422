//! What happens while a directory is read, for whoever wants to tell the user. Holds no secrets.

use std::fmt;
use std::sync::Arc;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A sentence about the connection or the search, and how much it matters: 1 (steps) to 3 (every detail).
    Said {
        /// 1: steps; 2: what was asked; 3: every page.
        level: u8,
        /// The sentence.
        text: String,
    },
    /// Certificates are not verified.
    Unverified,
    /// A page has come.
    Page {
        /// From 1.
        number: u64,
        /// Entries so far.
        entries: u64,
    },
    /// Nothing more comes.
    Finished,
}

type Listener = dyn Fn(&str, &Event) + Send + Sync;

/// Told of events, with the URL of the source; nobody by default.
#[derive(Clone, Default)]
pub struct Observer(Option<Arc<Listener>>);

impl Observer {
    /// Tells events to a function.
    pub fn new(listener: impl Fn(&str, &Event) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    pub(super) fn tell(&self, url: &str, event: &Event) {
        if let Some(listener) = &self.0 {
            listener(url, event);
        }
    }

    pub(super) fn say(&self, url: &str, level: u8, text: impl FnOnce() -> String) {
        if self.0.is_some() {
            self.tell(url, &Event::Said { level, text: text() });
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Observer(…)" } else { "Observer(nobody)" })
    }
}
