//! `slackwater fleet`

use slackwater_study::fleet::{regret, run as carry, unsaid};
use slackwater_study::resolve::Plan;

use super::simulate::scenario;
use crate::Ending;
use crate::args::{Fleet, Format};
use crate::failure::Failure;
use crate::printer;

pub(crate) fn run(args: &Fleet) -> Result<Ending, Failure> {
    let (mut file, name) = scenario(Some(&args.input), None)?;
    for argument in &args.set {
        file.set(argument)?;
    }
    let name = file.text("name").unwrap_or(&name).to_owned();
    let plan = Plan::resolve(file)?;
    let Some(outcome) = carry(&plan)? else {
        return Err(unsaid(&plan, "--set fleet.load=0.6").into());
    };
    let hindsight = if args.regret { regret(&plan)? } else { None };
    let text = match args.format {
        Format::Csv => outcome.to_csv(),
        Format::Json => {
            let found = serde_json::json!({ "scenario": name, "found": outcome, "hindsight": hindsight });
            format!("{found}\n")
        }
        Format::Text => {
            let text = outcome.to_string();
            let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
            let hindsight = hindsight.map_or_else(String::new, |hindsight| hindsight.to_string());
            format!("{first}  {name}\n{rest}{hindsight}")
        }
    };
    printer::text(&text)?;
    Ok(if outcome.carries() { Ending::Good } else { Ending::Unsafe })
}
