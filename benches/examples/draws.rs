//! The cases of `queueset.json` under so many other draws: `draws TIMES`. Prints how many rows the fluid misses, and how many
//! the real queues miss that are told the mean execution of each flow, as the fluid is.

use slackwater_study::fidelity::Draws;
use slackwater_study::truth::Folder;
use std::error::Error;
use std::io::Write;

fn main() -> Result<(), Box<dyn Error>> {
    let times = std::env::args().nth(1).ok_or("draws TIMES")?.parse()?;
    let Draws { rows, missed_by_fluid, missed_by_means } = Draws::of(&Folder::built_in(), times)?;
    writeln!(
        std::io::stdout(),
        "{rows} rows: {missed_by_fluid} missed by the fluid, {missed_by_means} by the real queues told no more"
    )?;
    Ok(())
}
