//! `slackwater outage`

use slackwater_core::bounds::TABLE;
use slackwater_study::outage::{Outage, seconds, typed};
use slackwater_study::report::OutageText;
use slackwater_study::resolve::OutagePlan;
use slackwater_study::scenario::ScenarioFile;

use super::simulate::scenario;
use crate::Ending;
use crate::args::{ListFormat, Outage as Typed};
use crate::failure::Failure;
use crate::printer;

pub(crate) fn run(args: &Typed, ascii: bool) -> Result<Ending, Failure> {
    let (mut file, name) = match &args.input {
        Some(path) => scenario(Some(path), None)?,
        None => (ScenarioFile::empty(TABLE), String::new()),
    };
    for argument in &args.set {
        file.set(argument)?;
    }
    if let Some(down) = &args.down {
        for argument in typed(down)? {
            file.set(&argument)?;
        }
    }
    if let Some(length) = &args.length {
        let s = seconds(length).ok_or_else(|| {
            let message = format!("--for {length:?} is no length of time");
            Failure::refused(message, "write a number and s, m, h or d, for example 90s, 10m or 1h")
        })?;
        file.set(&format!("outage.for_s={s}"))?;
    }
    if let Some(masters) = &args.masters {
        file.set(&format!("outage.masters={masters}"))?;
    }
    let mut outage = Outage::run(&OutagePlan::resolve(file)?);
    if outage.name.is_empty() {
        outage.name = name;
    }
    match args.format {
        ListFormat::Text => {
            let text = OutageText { colour: true, ascii: printer::ascii(ascii), sources: args.sources };
            printer::text(&text.of(&outage))?;
        }
        ListFormat::Json => {
            let json = serde_json::to_string_pretty(&outage);
            let json = json.map_err(|error| Failure::refused(error.to_string(), "use --format text"))?;
            printer::text(&(json + "\n"))?;
        }
    }
    Ok(if outage.safe { Ending::Good } else { Ending::Unsafe })
}
