//! `slackwater explain`

use std::fmt::Write as _;
use std::path::PathBuf;

use slackwater_core::bounds::TABLE;
use slackwater_study::scenario::{self, Code};
use slackwater_study::sensitivity::sensitivity;

use super::simulate::scenario as scenario_file;
use super::threshold::print;
use crate::Ending;
use crate::args::ListFormat;
use crate::failure::Failure;
use crate::printer;

pub(crate) fn run(query: Option<&str>) -> Result<Ending, Failure> {
    let text = match query {
        Some(query) if !query.trim().is_empty() => scenario::explain(TABLE, query)?,
        _ => sections(),
    };
    printer::text(&text)?;
    Ok(Ending::Good)
}

/// The number that decides a case.
pub(crate) fn decides(case: &str) -> Result<Ending, Failure> {
    let (file, name) = scenario_file(Some(&PathBuf::from(case)), None)?;
    let name = file.text("name").unwrap_or(&name).to_owned();
    let found = sensitivity(&file)?;
    print(ListFormat::Text, &name, &found, serde_json::to_value(&found))
}

/// Every section with the number of its keys, in the order of the table.
fn sections() -> String {
    let mut sections: Vec<(&str, usize)> = Vec::new();
    for row in TABLE {
        let name = row.key.split_once('.').map_or(row.key, |(section, _)| section);
        match sections.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => sections.push((name, 1)),
        }
    }
    let mut text = format!("{:<12}  keys\n", "section");
    for (name, count) in sections {
        let _ = writeln!(text, "{name:<12}  {count:>4}");
    }
    let codes = Code::ALL.first().zip(Code::ALL.last());
    let codes = codes.map_or(String::new(), |(first, last)| format!(", or a code from {first} to {last}"));
    let _ = writeln!(text, "\nslackwater explain takes a section, a key{codes}");
    text
}
