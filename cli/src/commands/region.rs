//! `slackwater region`

use slackwater_study::region::{hysteresis, map};
use slackwater_study::run::Trigger;

use super::simulate::scenario;
use super::threshold::print;
use crate::Ending;
use crate::args::Region;
use crate::failure::Failure;

/// Longest trigger, seconds.
const LONGEST_S: f64 = 86_400.0;

pub(crate) fn run(args: &Region) -> Result<Ending, Failure> {
    let trigger = Trigger { size: args.size, duration_s: args.duration };
    if !(0.0..=1.0).contains(&args.size) {
        let message = format!("--size {} is no share", args.size);
        return Err(Failure::refused(message, "write 0 to 1, for example 0.5 for half of the API servers' CPU"));
    }
    if !(0.0..=LONGEST_S).contains(&args.duration) {
        let message = format!("--duration {} is out of range", args.duration);
        return Err(Failure::refused(message, "write 0 to 86400 seconds"));
    }
    let (mut file, name) = scenario(Some(&args.input), None)?;
    for argument in &args.set {
        file.set(argument)?;
    }
    let name = file.text("name").unwrap_or(&name).to_owned();
    if let (Some(across), Some(up)) = (&args.across, &args.up) {
        let found = map(&file, across, up, trigger)?;
        return print(args.format, &name, &found, serde_json::to_value(&found));
    }
    let found = hysteresis(&file, trigger)?;
    print(args.format, &name, &found, serde_json::to_value(&found))
}
