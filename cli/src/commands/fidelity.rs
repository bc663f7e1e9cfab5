//! `slackwater fidelity`

use slackwater_study::fidelity::{Table, text};
use slackwater_study::learn::Calibration;

use crate::Ending;
use crate::args::{Fidelity, ListFormat};
use crate::failure::Failure;
use crate::printer;

pub(crate) fn run(args: &Fidelity) -> Result<Ending, Failure> {
    let help = "the program is damaged: install it again";
    let calibration = Calibration::given().map_err(|error| Failure::refused(format!("constants: {error}"), help))?;
    let table = Table::of(args.truth.as_deref(), &calibration)?;
    match args.format {
        ListFormat::Text => printer::text(&text(&table))?,
        ListFormat::Json => {
            let json = serde_json::to_string_pretty(&table);
            let json = json.map_err(|error| Failure::refused(format!("table: {error}"), help))?;
            printer::text(&(json + "\n"))?;
        }
    }
    Ok(if table.pass { Ending::Good } else { Ending::Unsafe })
}
