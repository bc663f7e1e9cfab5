//! `slackwater` alone: twelve lines that show what it is for.

use slackwater_study::cases;
use slackwater_study::report::{Brief, Report as _};
use slackwater_study::resolve::Plan;
use slackwater_study::run;

use crate::Ending;
use crate::failure::Failure;
use crate::printer;

const CASE: &str = "openai-2024-12-11";
const TRY: &str = "
 try  slackwater simulate openai-2024-12-11   the whole answer
      slackwater cases                        every built-in case
      slackwater explain dns.cache_ttl_s      what a number means, and where it comes from
";

pub(crate) fn run(ascii: bool) -> Result<Ending, Failure> {
    let case =
        cases::find(CASE).ok_or_else(|| Failure::refused(format!("no case `{CASE}`"), "reinstall slackwater"))?;
    let outcome = run::brief(&Plan::resolve(case.file()?)?)?;
    let mut brief = Vec::new();
    let report = Brief { colour: true, ascii: printer::ascii(ascii) };
    report.write(&outcome, &mut brief).map_err(|error| Failure::stdout(&error))?;
    let brief = String::from_utf8_lossy(&brief);
    let version = env!("CARGO_PKG_VERSION");
    printer::text(&format!(
        "slackwater {version}: will this change take down my control plane, and will DNS caches hide it?\n\n \
         demo: {CASE}, a public incident; sizes were never published, so they are assumed\n{brief}{TRY}"
    ))?;
    Ok(Ending::Good)
}
