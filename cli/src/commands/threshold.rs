//! `slackwater threshold`

use std::fmt::Display;

use serde_json::Value;
use slackwater_study::sweep::Words;
use slackwater_study::threshold::{Look, frontier, interval, threshold};

use super::simulate::scenario;
use crate::Ending;
use crate::args::{ListFormat, Threshold};
use crate::failure::Failure;
use crate::printer;

pub(crate) fn run(args: &Threshold) -> Result<Ending, Failure> {
    let (mut file, name) = scenario(Some(&args.input), None)?;
    for argument in &args.set {
        file.set(argument)?;
    }
    let look = Look { from: args.from, to: args.to, values: args.values };
    let (key, name) = (args.key.as_str(), file.text("name").unwrap_or(&name).to_owned());
    if let Some(along) = &args.along {
        let other = Look { from: args.from2, to: args.to2, values: args.values2 };
        let found = frontier(&file, key, look, along, other)?;
        return print(args.format, &name, &found, serde_json::to_value(&found));
    }
    if args.vary.is_empty() {
        let found = threshold(&file, key, look)?;
        return print(args.format, &name, &found, serde_json::to_value(&found));
    }
    let words = Words { vary: args.vary.clone(), sample: args.sample.clone(), seed: args.seed, ..Words::default() };
    let found = interval(&file, key, look, words)?;
    print(args.format, &name, &found, serde_json::to_value(&found))
}

/// The answer, with the scenario's name behind its first line.
pub(super) fn print(
    format: ListFormat,
    name: &str,
    answer: &impl Display,
    data: Result<Value, serde_json::Error>,
) -> Result<Ending, Failure> {
    let text = match format {
        ListFormat::Json => {
            format!("{}\n", serde_json::json!({ "scenario": name, "found": data.unwrap_or_default() }))
        }
        ListFormat::Text => {
            let text = answer.to_string();
            let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
            format!("{first}  {name}\n{rest}")
        }
    };
    printer::text(&text)?;
    Ok(Ending::Good)
}
