//! `slackwater simulate`

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use slackwater_core::bounds::TABLE;
use slackwater_study::cases;
use slackwater_study::events::beside::{BesideError, every_size};
use slackwater_study::outcome::Outcome;
use slackwater_study::report::{Csv, Json, Report, Terminal, headline};
use slackwater_study::resolve::Plan;
use slackwater_study::run::{Saved, brief, resume, simulate, simulate_and_save};
use slackwater_study::scenario::{MAX_BYTES, ScenarioFile, Source};

use crate::Ending;
use crate::args::{Engine, Format, Simulate};
use crate::failure::{Failure, shown};
use crate::printer;
use crate::target::Target;

/// Largest state file, in bytes.
const MAX_STATE_BYTES: u64 = 1 << 28;

pub(crate) fn run(args: &Simulate, ascii: bool) -> Result<Ending, Failure> {
    let (output, state_file) = targets(args)?;
    let from = args.from.as_deref().map(state).transpose()?;
    let (mut file, name) = scenario(args.input.as_deref(), from.as_ref())?;
    for argument in &args.set {
        file.set(argument)?;
    }
    for (key, value) in [("run.until_s", &args.until), ("run.dt_s", &args.dt)] {
        if let Some(value) = value {
            file.set(&format!("{key}={value}"))?;
        }
    }
    let plan = Plan::resolve(file)?;
    let mut outcome = match (state_file, &from) {
        (Some(target), _) => {
            let (outcome, saved) = simulate_and_save(&plan, from.as_ref())?;
            let bytes = saved.to_bytes().map_err(|error| Failure::refused(error.to_string(), "shorten the run"))?;
            target.write(|out| out.write_all(&bytes))?;
            outcome
        }
        (None, Some(saved)) => resume(&plan, saved)?,
        // One word needs no further runs.
        (None, None) if args.quiet && output.is_none() => brief(&plan)?,
        (None, None) => simulate(&plan)?,
    };
    if args.engine == Engine::Events {
        outcome.engines = every_size(&plan, args.seed).map_err(by_events)?;
        outcome.seed = args.seed;
    }
    if outcome.name.is_empty() {
        outcome.name = name;
    }
    print(args, ascii, &outcome, output)?;
    Ok(if outcome.verdict.safe { Ending::Good } else { Ending::Unsafe })
}

fn by_events(error: BesideError) -> Failure {
    match error {
        BesideError::Input(error) => error.into(),
        other => Failure::refused(other.to_string(), "leave --engine events out: the fluid model takes any size"),
    }
}

/// The files to write, checked before any work is done.
fn targets(args: &Simulate) -> Result<(Option<Target>, Option<Target>), Failure> {
    let to_stdout = args.output.as_deref().is_none_or(|path| path == "-");
    let output = args.output.as_deref().filter(|_| !to_stdout).map(Target::open).transpose()?;
    let state = args.save_state.as_deref().map(Target::open).transpose()?;
    let written = [(&output, &state, "--output"), (&state, &None, "--save-state")];
    for (target, other, flag) in written {
        let Some(target) = target else { continue };
        let other = other.as_ref().map(Target::path);
        let read = if flag == "--output" { args.from.as_deref() } else { None };
        for clash in [args.input.as_deref(), read, other].into_iter().flatten() {
            if target.is(clash) {
                let message = format!("{flag} would overwrite {}", shown(clash));
                return Err(Failure::refused(message, "name another file"));
            }
        }
    }
    Ok((output, state))
}

/// The scenario and a name for it if it has none of its own.
pub(super) fn scenario(input: Option<&Path>, from: Option<&Saved>) -> Result<(ScenarioFile, String), Failure> {
    let source = match (input, from) {
        (Some(path), _) if path == "-" => stdin()?,
        (Some(path), _) => {
            if let Some(case) = path.to_str().filter(|name| !is_path(name)).and_then(cases::find) {
                return Ok((case.file()?, case.name.to_owned()));
            }
            let names = cases::names();
            Source::read(path, &names)?
        }
        (None, Some(saved)) => Source::new("<saved state>", &saved.scenario),
        (None, None) => return Err(Failure::refused("no scenario".to_owned(), "name a case or a file")),
    };
    let stem = input.and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
    let name = stem.filter(|stem| stem != "-").unwrap_or_else(|| source.name().to_owned());
    Ok((ScenarioFile::parse(&source, TABLE)?, name))
}

/// Whether a name is meant as a file even where a case has it too.
fn is_path(name: &str) -> bool {
    name.contains(std::path::is_separator) || [".yaml", ".yml"].iter().any(|ending| name.ends_with(ending))
}

fn stdin() -> Result<Source, Failure> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::system("cannot read", Path::new("<stdin>"), &error, "pipe a scenario in"))?;
    Ok(Source::from_bytes("<stdin>", &bytes)?)
}

fn state(path: &Path) -> Result<Saved, Failure> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_STATE_BYTES).read_to_end(&mut bytes))
        .map_err(|error| Failure::system("cannot read", path, &error, "name a file that --save-state wrote"))?;
    let wrong = |error| Failure::refused(format!("{}: {error}", shown(path)), "name a file that --save-state wrote");
    Saved::from_bytes(&bytes).map_err(wrong)
}

fn print(args: &Simulate, ascii: bool, outcome: &Outcome, output: Option<Target>) -> Result<(), Failure> {
    let format = args.format.unwrap_or_else(|| by_ending(output.as_ref()));
    let text =
        Terminal { colour: output.is_none(), ascii: if output.is_none() { printer::ascii(ascii) } else { ascii } };
    let report: &dyn Report = match format {
        Format::Text => &text,
        Format::Json => &Json,
        Format::Csv => &Csv,
    };
    let to_file = output.is_some();
    if let Some(target) = output {
        target.write(|out| report.write(outcome, out))?;
    }
    match (args.quiet, to_file, format) {
        (true, _, _) => printer::text(if outcome.verdict.safe { "SAFE\n" } else { "UNSAFE\n" }),
        (false, true, _) => printer::text(&(headline(outcome, true) + "\n")),
        (false, false, Format::Text) => printer::report(report, outcome),
        (false, false, _) => printer::data(report, outcome),
    }
}

fn by_ending(output: Option<&Target>) -> Format {
    let ending = output.and_then(|target| target.path().extension()).map(std::ffi::OsStr::to_ascii_lowercase);
    match ending.as_deref().and_then(std::ffi::OsStr::to_str) {
        Some("json") => Format::Json,
        Some("csv") => Format::Csv,
        _ => Format::Text,
    }
}
