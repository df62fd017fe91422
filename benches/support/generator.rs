//! Invented exports of an Active Directory with Exchange, of any size, the same bytes for the same seed.
//!
//! In: a number of objects, a seed, a format. Out: the export on any `Write`, and [`Planted`], the defects in it, known
//! before the first byte is written. Everything about an object follows from its index, so that references (members,
//! managers) need no memory of what was written. No other input or output happens here.
//!
//! Of 100 objects 82 are users (60 % of them with a mailbox), 7 groups, 7 contacts, 4 computers. Organizational units
//! and containers come in addition. What is not listed in [`Planted`] is healthy under the default settings.

mod forest;
mod ldif;
mod members;
mod names;
mod other_records;
mod planted;
mod random;
mod table;
#[allow(dead_code)] // not every user of the generator writes tenants
pub mod tenant;
mod text;
mod user_record;

use std::io::{self, Write};

use forest::Forest;
use ldif::Ldif;
use table::{Dialect, Table};
use text::Records;

pub use planted::Planted;

/// What the export looks like on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `ldifde`: CRLF, folded at 76 columns, `changetype: add`.
    Ldif,
    /// `csvde`: one row per object of any class.
    Csvde,
    /// `Get-ADUser … | Export-Csv`: users only, every field quoted.
    PowerShell,
}

impl Format {
    /// The format of this name.
    pub fn from_name(name: &str) -> Result<Self, String> {
        match name {
            "ldif" => Ok(Self::Ldif),
            "csvde" => Ok(Self::Csvde),
            "powershell" => Ok(Self::PowerShell),
            _ => Err(format!("unknown format {name}: not ldif, csvde or powershell")),
        }
    }
}

/// What to generate.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Users, groups, contacts and computers together.
    pub objects: u64,
    /// Another seed, other people.
    pub seed: u64,
    /// How it is written.
    pub format: Format,
}

/// Bytes collected before they are written.
const BLOCK_BYTES: usize = 1 << 20;

/// Writes the export. Ends with the first error of `out`; memory does not grow with the number of objects.
pub fn generate(options: Options, out: &mut impl Write) -> io::Result<Planted> {
    let forest = Forest::new(options.objects, options.seed);
    match options.format {
        Format::Ldif => write_all(&forest, &mut Ldif::new(), out)?,
        Format::Csvde => write_all(&forest, &mut Table::new(Dialect::Csvde), out)?,
        Format::PowerShell => write_users(&forest, &mut Table::new(Dialect::PowerShell), out)?,
    }
    Ok(Planted::new(&forest, options.format))
}

fn write_all(forest: &Forest, records: &mut impl Records, out: &mut impl Write) -> io::Result<()> {
    other_records::write_structure(forest, records);
    for index in 0..forest.objects {
        match forest.locate(index) {
            (forest::Kind::User, user) => user_record::write(forest, user, records),
            (forest::Kind::Group, group) => other_records::write_group(forest, group, records),
            (forest::Kind::Contact, contact) => other_records::write_contact(forest, contact, records),
            (forest::Kind::Computer, computer) => other_records::write_computer(forest, computer, records),
        }
        flush_full(records.written(), out)?;
    }
    flush(records.written(), out)
}

fn write_users(forest: &Forest, records: &mut impl Records, out: &mut impl Write) -> io::Result<()> {
    for user in 0..forest.users {
        user_record::write(forest, user, records);
        flush_full(records.written(), out)?;
    }
    flush(records.written(), out)
}

fn flush_full(bytes: &mut Vec<u8>, out: &mut impl Write) -> io::Result<()> {
    if bytes.len() < BLOCK_BYTES {
        return Ok(());
    }
    flush(bytes, out)
}

fn flush(bytes: &mut Vec<u8>, out: &mut impl Write) -> io::Result<()> {
    out.write_all(bytes)?;
    bytes.clear();
    Ok(())
}
