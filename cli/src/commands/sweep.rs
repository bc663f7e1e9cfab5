//! `slackwater sweep`

use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use slackwater_study::report::Terminal;
use slackwater_study::resolve::Plan;
use slackwater_study::run::simulate;
use slackwater_study::scenario::{InputError, ScenarioFile};
use slackwater_study::sweep::{Design, Form, Journal, JournalError, Print, Tally, Words, solve, solve_row};
use slackwater_study::threads::STACK_BYTES;

use super::simulate::scenario;
use crate::Ending;
use crate::args::{Sweep, TableFormat};
use crate::failure::{Failure, shown};
use crate::printer;
use crate::target::Target;

/// Set by Ctrl-C: rows in work are finished, and what there is is written.
static STOP: AtomicBool = AtomicBool::new(false);

pub(crate) fn run(args: &Sweep, ascii: bool) -> Result<Ending, Failure> {
    let output = target(args)?;
    let form = form(args, output.as_ref());
    let design = design(args)?;
    if let Some(row) = args.row {
        return one(args, &design, row, form, output, ascii);
    }
    // A second Ctrl-C does not wait.
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(2);
        }
    });
    let threads =
        rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).stack_size(STACK_BYTES);
    let threads = threads.build().map_err(|error| Failure::refused(error.to_string(), "ask for fewer --threads"))?;
    let bar = progress(args, design.rows(), output.is_some());
    let work = || match output {
        Some(target) if !target.is_stream() => to_file(args, &design, form, target, &bar),
        Some(target) => {
            let mut stopped = Ok(());
            target.write(|out| {
                stopped = to_stream(&design, form, out, &bar);
                Ok(())
            })?;
            stopped
        }
        None => to_stream(&design, form, &mut io::stdout(), &bar),
    };
    threads.install(work)?;
    Ok(Ending::Good)
}

/// The file to write, checked before any work is done.
fn target(args: &Sweep) -> Result<Option<Target>, Failure> {
    let path = args.output.as_deref().filter(|path| *path != Path::new("-"));
    let target = path.map(Target::open).transpose()?;
    for read in [Some(args.input.as_path()), args.points.as_deref()].into_iter().flatten() {
        if target.as_ref().is_some_and(|target| target.is(read)) {
            return Err(Failure::refused(format!("--output would overwrite {}", shown(read)), "name another file"));
        }
    }
    Ok(target)
}

fn form(args: &Sweep, output: Option<&Target>) -> Form {
    let ending =
        output.and_then(|target| target.path().extension()).map(|ending| ending.to_string_lossy().to_lowercase());
    match (args.format, ending.as_deref()) {
        (Some(TableFormat::Parquet), _) | (None, Some("parquet" | "pq")) => Form::Parquet,
        (Some(TableFormat::Jsonl), _) | (None, Some("jsonl" | "ndjson")) => Form::Jsonl,
        _ => Form::Csv,
    }
}

/// What is to be swept: by the arguments, or by the head of a file of results.
fn design(args: &Sweep) -> Result<Design, Failure> {
    let typed = !args.vary.is_empty() || args.points.is_some() || args.sample.is_some();
    if !typed && args.input.is_file() {
        let found = Words::found_in(&args.input)
            .map_err(|error| Failure::system("cannot read", &args.input, &error, "check that you may read it"))?;
        if let Some(words) = found {
            if args.row.is_none() {
                let message = format!("{} is a file of results", shown(&args.input));
                return Err(Failure::refused(message, "add --row N to run a row of it again"));
            }
            return Ok(Design::of(words)?);
        }
    }
    let (mut file, name) = scenario(Some(&args.input), None)?;
    for argument in &args.set {
        file.set(argument)?;
    }
    Ok(Design::of(words(args, &file, name))?)
}

fn words(args: &Sweep, file: &ScenarioFile, name: String) -> Words {
    let own = file.text("name").map(str::to_owned);
    let points = args.points.as_ref().map(|path| Print { path: path.display().to_string(), rows: 0, hash: 0 });
    Words {
        scenario: own.unwrap_or(name),
        set: file.values().map(|(key, value, _)| format!("{key}={value}")).collect(),
        vary: args.vary.clone(),
        sample: args.sample.clone(),
        seed: args.seed,
        points,
        verdict_only: args.verdict_only,
        ..Words::default()
    }
}

/// Rate and time left on a terminal; nothing anywhere else, or where rows are printed on it.
fn progress(args: &Sweep, rows: u64, to_file: bool) -> ProgressBar {
    if args.quiet || (!to_file && io::stdout().is_terminal()) {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr());
    let template = "{wide_bar} {percent}%  {human_pos} of {human_len} rows  {per_sec}  {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

/// Everything about one row, or the row itself.
fn one(
    args: &Sweep,
    design: &Design,
    row: u64,
    form: Form,
    output: Option<Target>,
    ascii: bool,
) -> Result<Ending, Failure> {
    let file = design.scenario(row)?;
    if args.format.is_some() || output.is_some() {
        let text = one_as_table(design, row, form)?;
        match output {
            Some(target) => target.write(|out| out.write_all(&text))?,
            None => io::stdout().write_all(&text).map_err(|error| Failure::stdout(&error))?,
        }
        return Ok(Ending::Good);
    }
    let set: Vec<String> = design.keys().iter().filter_map(|key| Some(format!("{key}={}", file.value(key)?))).collect();
    let mut outcome = simulate(&Plan::resolve(file)?)?;
    outcome.name = format!("{} row {row}", design.words().scenario);
    printer::report(&Terminal { colour: true, ascii: printer::ascii(ascii) }, &outcome)?;
    printer::text(&format!("\nrow {row}: {}\n", set.join("  ")))?;
    Ok(if outcome.verdict.safe { Ending::Good } else { Ending::Unsafe })
}

fn one_as_table(design: &Design, row: u64, form: Form) -> Result<Vec<u8>, Failure> {
    let answer = solve_row(design, row)?;
    let block = design.block(row, 1)?;
    let mut text = Vec::new();
    let write = |text: &mut Vec<u8>| {
        let mut table = form.table(design, None, text)?;
        table.rows(row, &block, &[answer])?;
        table.end()
    };
    write(&mut text).map_err(|error| Failure::stdout(&error))?;
    Ok(text)
}

/// Why solving stopped before its end.
enum Stopped {
    Input(InputError),
    Io(io::Error),
}

impl From<InputError> for Stopped {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl Stopped {
    fn into_failure(self, path: Option<&Path>) -> Failure {
        match (self, path) {
            (Self::Input(error), _) => error.into(),
            (Self::Io(error), Some(path)) => {
                Failure::system("cannot write", path, &error, "make room, then add --resume")
            }
            (Self::Io(error), None) => Failure::stdout(&error),
        }
    }
}

/// Rows as they come.
fn to_stream(design: &Design, form: Form, out: &mut (dyn Write + Send), bar: &ProgressBar) -> Result<(), Failure> {
    let mut table = form.table(design, None, out).map_err(|error| Failure::stdout(&error))?;
    let end = solve(design, 0, &STOP, |first, answers| {
        let block = design.block(first, answers.len() as u64)?;
        table.rows(first, &block, answers).map_err(Stopped::Io)?;
        bar.inc(answers.len() as u64);
        Ok(())
    })
    .map_err(|stopped: Stopped| stopped.into_failure(None))?;
    table.end().map_err(|error| Failure::stdout(&error))?;
    bar.finish_and_clear();
    if end < design.rows() {
        return Err(Failure::refused(
            interrupted(design, end),
            "begin again, or write to a file with -o: that can be resumed",
        ));
    }
    Ok(())
}

fn interrupted(design: &Design, end: u64) -> String {
    format!("interrupted after {end} of {} rows", design.rows())
}

/// Rows into a journal, and in the end, whole, into the file.
fn to_file(args: &Sweep, design: &Design, form: Form, target: Target, bar: &ProgressBar) -> Result<(), Failure> {
    let path = target.path().to_owned();
    let beside = unfinished(&path);
    let mut journal = open(args, design, &beside)?;
    bar.set_position(journal.rows());
    bar.reset_eta();
    let solved = solve(design, journal.rows(), &STOP, |_, answers| {
        journal.append(answers).map_err(Stopped::Io)?;
        bar.inc(answers.len() as u64);
        Ok(())
    });
    let end = match solved {
        Ok(end) => end,
        Err(stopped) => {
            if matches!(stopped, Stopped::Input(_)) {
                // It could never be gone on with.
                let _ = fs::remove_file(&beside);
            }
            return Err(stopped.into_failure(Some(&beside)));
        }
    };
    let whole = end == design.rows();
    let mut tally = Tally::default();
    target.write(|out| {
        let mut table = form.table(design, (!whole).then_some(end), out)?;
        journal.read(|first, answers| {
            let block = design.block(first, answers.len() as u64).map_err(io::Error::other)?;
            tally.add(answers);
            table.rows(first, &block, answers)
        })?;
        table.end()
    })?;
    bar.finish_and_clear();
    if !whole {
        let message = format!("{}; {} holds them", interrupted(design, end), shown(&path));
        return Err(Failure::refused(message, "go on with the same command and --resume"));
    }
    let _ = fs::remove_file(&beside);
    if args.quiet { Ok(()) } else { printer::text(&format!("{tally}\nwritten to {}\n", path.display())) }
}

fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    path.with_file_name(name)
}

fn open(args: &Sweep, design: &Design, path: &Path) -> Result<Journal, Failure> {
    let found = if args.resume { Journal::resume(path, design.words()) } else { Ok(None) };
    let opened = found.and_then(|journal| journal.map_or_else(|| Journal::begin(path, design.words()), Ok));
    opened.map_err(|error| match error {
        JournalError::Io(error) => Failure::system("cannot write", path, &error, "check that you may write there"),
        JournalError::Locked => {
            Failure::refused(format!("{}: {error}", shown(path)), "wait for it, or name another file")
        }
        JournalError::Other(_) => {
            let help = "repeat the command that was stopped, or leave out --resume to begin again";
            Failure::refused(format!("cannot go on with {}: {error}", shown(path)), help)
        }
    })
}
