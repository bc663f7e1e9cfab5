//! `slackwater cases`

use std::fmt::Write as _;

use serde_json::json;
use slackwater_study::cases::{self, Case, HeldCases, hold_until};

use crate::Ending;
use crate::args::{Cases, Format};
use crate::failure::Failure;
use crate::printer;

pub(crate) fn run(args: &Cases) -> Result<Ending, Failure> {
    let chosen = chosen(&args.names)?;
    if args.run {
        let held = HeldCases { held: hold_until(&chosen, &args.set, &|| true)? };
        let text = match args.format {
            Format::Text => held.to_string(),
            Format::Json => format!("{}\n", held.to_json()),
            Format::Csv => held.to_csv(),
        };
        printer::text(&text)?;
        return Ok(if held.pass() { Ending::Good } else { Ending::Unsafe });
    }
    let text = match args.format {
        Format::Text => lines(&chosen),
        Format::Json => {
            let list = chosen.iter().map(|case| json!({ "name": case.name, "summary": case.summary }));
            format!("{}\n", list.collect::<serde_json::Value>())
        }
        Format::Csv => chosen.iter().fold("name,summary\n".to_owned(), |mut text, case| {
            let _ = writeln!(text, "{},\"{}\"", case.name, case.summary.replace('"', "\"\""));
            text
        }),
    };
    printer::text(&text)?;
    Ok(Ending::Good)
}

/// The cases of these names; all if there are none.
fn chosen(names: &[String]) -> Result<Vec<&'static Case>, Failure> {
    if names.is_empty() {
        return Ok(cases::ALL.iter().collect());
    }
    let find = |name: &String| {
        cases::find(name).ok_or_else(|| {
            let shown: String = name.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
            let help = format!("slackwater cases lists them: {}", cases::names().join(", "));
            Failure::refused(format!("there is no case `{shown}`"), &help)
        })
    };
    names.iter().map(find).collect()
}

fn lines(chosen: &[&Case]) -> String {
    let width = chosen.iter().map(|case| case.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for case in chosen {
        let _ = writeln!(text, "{:width$}  {}", case.name, case.summary);
    }
    text
}
