//! What a step costs, for counting instructions: `flat KEY=VALUE STEPS` runs so many steps of the test cluster of the
//! reference case, every one of them, whether or not anything moves.

use slackwater_study::cases::find;
use slackwater_study::resolve::Plan;
use slackwater_study::run::Cluster;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
    file.set(arguments.first().ok_or("KEY=VALUE STEPS")?)?;
    let plan = Plan::resolve(file)?;
    let mut cluster = Cluster::new(&plan, plan.settings.number("cluster.nodes"))?;
    for _ in 0..arguments.get(1).and_then(|steps| steps.parse().ok()).unwrap_or(0_u32) {
        std::hint::black_box(cluster.step());
    }
    Ok(())
}
