//! Standard error and what is known about the terminal.

use std::io::{self, IsTerminal, Write};

use crate::report::TableStyle;

/// Says something on standard error; if nobody listens, so be it.
pub(super) fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// How wide and colourful a table may be on standard output.
pub(super) fn table_style() -> TableStyle {
    let terminal = io::stdout().is_terminal();
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    TableStyle { width: columns.filter(|_| terminal), colour: terminal && !no_colour }
}
