//! `checks/README.md`: the catalogue, generated from the pages.

use std::fmt::Write as _;

use super::page::Page;

/// The catalogue of pages, in their order.
pub fn catalogue<'p>(pages: impl IntoIterator<Item = &'p Page>) -> String {
    let mut text = String::from(
        "# Checks\n\nGenerated from the pages in this folder; a test holds it fresh. A page is the only source of a \
         check:\nits front matter runs, its prose explains, its examples are tests. Where it is documented: sections \
         of a page in\n`src/check/page.rs`, keys of the front matter in `src/check/front_matter.rs`, blocks of an \
         example in\n`src/check/example.rs`.\n\n\
         | check | severity | defect | objects | leads to |\n|---|---|---|---|---|\n",
    );
    for page in pages {
        let objects =
            if page.keys.objects.is_empty() { "directory".to_owned() } else { page.keys.objects.join(", ") };
        writeln!(
            text,
            "| [{id}]({id}.md) | {} | {} | {objects} | {} |",
            page.severity.name(),
            page.title.replace('|', "\\|"),
            page.leads_to,
            id = page.id,
        )
        .expect("memory");
    }
    text
}
