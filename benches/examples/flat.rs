//! What a step costs, for counting instructions: `flat KEY=VALUE... STEPS` runs so many steps of the test cluster of the
//! reference case, every one of them, whether or not anything moves. The load at the end is printed.

use slackwater_core::system::observe::Row;
use slackwater_study::cases::find;
use slackwater_study::resolve::Plan;
use slackwater_study::run::Cluster;
use std::error::Error;
use std::io::Write;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
    let (steps, settings) = arguments.split_last().ok_or("flat KEY=VALUE... STEPS")?;
    for setting in settings {
        file.set(setting)?;
    }
    let plan = Plan::resolve(file)?;
    let mut cluster = Cluster::new(&plan, plan.settings.number("cluster.nodes"))?;
    let mut load = 0.0;
    for _ in 0..steps.parse()? {
        load = std::hint::black_box(cluster.step()).values[Row::API_LOAD];
    }
    writeln!(std::io::stdout(), "load {load:.3}")?;
    Ok(())
}
