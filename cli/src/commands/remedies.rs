//! `slackwater remedies`

use slackwater_study::remedies::rank;
use slackwater_study::resolve::Plan;

use super::simulate::scenario;
use super::threshold::print;
use crate::Ending;
use crate::args::{Format, ListFormat, Remedies};
use crate::failure::Failure;
use crate::printer;

pub(crate) fn run(args: &Remedies) -> Result<Ending, Failure> {
    let (mut file, name) = scenario(Some(&args.input), None)?;
    for argument in &args.set {
        file.set(argument)?;
    }
    let name = file.text("name").unwrap_or(&name).to_owned();
    let format = if args.format == Format::Json { ListFormat::Json } else { ListFormat::Text };
    let Some(ranking) = rank(&Plan::resolve(file)?, args.at)? else {
        let text = match args.format {
            Format::Text => format!("SAFE  no cluster falls, so there is nothing to remedy  {name}\n"),
            Format::Json => format!("{}\n", serde_json::json!({ "scenario": name, "found": null })),
            Format::Csv => String::new(),
        };
        printer::text(&text)?;
        return Ok(Ending::Good);
    };
    match args.format {
        Format::Csv => printer::text(&ranking.to_csv())?,
        _ => drop(print(format, &name, &ranking, serde_json::to_value(&ranking))?),
    }
    Ok(if ranking.way_out() { Ending::Good } else { Ending::Unsafe })
}
