//! `slackwater cases`

use std::fmt::Write as _;

use serde_json::json;
use slackwater_study::cases;

use crate::Ending;
use crate::args::ListFormat;
use crate::failure::Failure;
use crate::printer;

pub(crate) fn run(format: ListFormat) -> Result<Ending, Failure> {
    let text = match format {
        ListFormat::Text => lines(),
        ListFormat::Json => {
            let list = cases::ALL.iter().map(|case| json!({ "name": case.name, "summary": case.summary }));
            format!("{}\n", list.collect::<serde_json::Value>())
        }
    };
    printer::text(&text)?;
    Ok(Ending::Good)
}

fn lines() -> String {
    let width = cases::ALL.iter().map(|case| case.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for case in cases::ALL {
        let _ = writeln!(text, "{:width$}  {}", case.name, case.summary);
    }
    text
}
