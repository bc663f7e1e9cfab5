//! `slackwater escape`

use slackwater_study::resolve::Plan;
use slackwater_study::run::{WaysOut, ways_out};

use super::simulate::scenario;
use super::threshold::print;
use crate::Ending;
use crate::args::Escape;
use crate::failure::Failure;

pub(crate) fn run(args: &Escape) -> Result<Ending, Failure> {
    let (mut file, name) = scenario(Some(&args.input), None)?;
    for argument in &args.set {
        file.set(argument)?;
    }
    let name = file.text("name").unwrap_or(&name).to_owned();
    let ways = WaysOut { ways: ways_out(&Plan::resolve(file)?)? };
    print(args.format, &name, &ways, serde_json::to_value(&ways))?;
    Ok(if ways.open() { Ending::Good } else { Ending::Unsafe })
}
