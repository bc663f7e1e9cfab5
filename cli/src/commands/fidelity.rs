//! `slackwater fidelity`

use std::fs;
use std::path::Path;

use slackwater_study::fidelity::{Table, plots, text};
use slackwater_study::learn::Calibration;

use crate::Ending;
use crate::args::{Fidelity, ListFormat};
use crate::failure::Failure;
use crate::printer;
use crate::target::Target;

pub(crate) fn run(args: &Fidelity) -> Result<Ending, Failure> {
    let help = "the program is damaged: install it again";
    let calibration = Calibration::given().map_err(|error| Failure::refused(format!("constants: {error}"), help))?;
    if let Some(folder) = &args.plots {
        return draw(args, folder, &calibration);
    }
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

/// Writes one picture a run; every file is checked before the first is written.
fn draw(args: &Fidelity, folder: &Path, calibration: &Calibration) -> Result<Ending, Failure> {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::system("cannot make", folder, &error, "name a folder you may write in"))?;
    let pictures = plots(args.truth.as_deref(), calibration)?;
    let targets: Vec<Target> =
        pictures.iter().map(|(name, _)| Target::open(&folder.join(name))).collect::<Result<_, _>>()?;
    let mut lines = String::new();
    for (target, (name, svg)) in targets.into_iter().zip(&pictures) {
        target.write(|out| out.write_all(svg.as_bytes()))?;
        lines += &folder.join(name).display().to_string();
        lines.push('\n');
    }
    printer::text(&lines)?;
    Ok(Ending::Good)
}
