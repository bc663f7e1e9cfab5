//! `slackwater chain`

use slackwater_study::chain::RetryServer;

use crate::Ending;
use crate::args::{Chain, ListFormat};
use crate::failure::Failure;
use crate::printer;

pub(crate) fn run(args: &Chain) -> Result<Ending, Failure> {
    let server = RetryServer {
        arrivals_per_s: args.arrivals,
        service_per_s: args.service,
        threads: args.threads,
        timeout_s: args.timeout,
        retries: args.retries,
        queue: args.queue,
        orbit: args.orbit,
    };
    let refused = |error: slackwater_study::chain::ChainError| {
        Failure::refused(error.to_string(), "see slackwater chain --help for what each number means")
    };
    let answer = server.solve().map_err(refused)?;
    match args.format {
        ListFormat::Json => printer::text(&format!("{}\n", serde_json::to_value(&answer).unwrap_or_default()))?,
        ListFormat::Text => printer::text(&answer.to_string())?,
    }
    Ok(Ending::Good)
}
