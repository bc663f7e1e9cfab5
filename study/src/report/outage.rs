//! An outage for a person: the verdict, what works, what users feel over time, the clock, who was lost.

use super::axis::Axis;
use super::ink::Ink;
use super::numbers::{clock, difference, duration, elapsed, percent, seconds_of_day, short};
use super::spark::{Worst, block};
use super::terminal::headed;
use super::text::{Side, WIDTH, ascii, filled, one_line, table};
use crate::outage::{FunctionRow, Moment, Outage};
use slackwater_core::nodes::functions::Status;
use slackwater_core::nodes::plane::Row;
use std::fmt::Write as _;

/// Cells of the time axis.
const CELLS: usize = 64;
/// Columns before the axis.
const NAMES: usize = 16;
/// Columns before the reasons of the table.
const WHY: usize = 50;

/// How to write an outage as text.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::{outage::Outage, report::OutageText, resolve::OutagePlan, scenario::ScenarioFile};
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("outage.down=[api]")?;
/// let text = OutageText { colour: false, ascii: true, sources: false };
/// assert!(text.of(&Outage::run(&OutagePlan::resolve(file)?)).starts_with("SAFE"));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OutageText {
    /// Whether to colour.
    pub colour: bool,
    /// Whether to draw with ASCII only.
    pub ascii: bool,
    /// Whether to name the source of every rule.
    pub sources: bool,
}

impl OutageText {
    /// The text, with its last line end.
    ///
    /// ```
    /// use slackwater_study::report::OutageText;
    /// assert!(!OutageText { colour: false, ascii: true, sources: false }.colour);
    /// ```
    pub fn of(&self, outage: &Outage) -> String {
        let ink = Ink { colour: self.colour };
        let parts = [
            head(outage, ink),
            functions(outage, ink, self.sources),
            chart(outage, ink),
            moments(outage, ink),
            lost(outage),
            rules(outage, ink),
            assumed(outage),
        ];
        let text = parts.iter().filter(|part| !part.is_empty()).map(|part| part.join("\n") + "\n").collect::<Vec<_>>();
        let text = text.join("\n");
        if self.ascii { ascii_lines(&text) } else { text }
    }
}

fn ascii_lines(text: &str) -> String {
    text.lines().map(|line| ascii(line) + "\n").collect()
}

fn head(outage: &Outage, ink: Ink) -> Vec<String> {
    let word = if outage.safe { "SAFE" } else { "UNSAFE" };
    let name = if outage.name.is_empty() { String::new() } else { format!("{}  ", one_line(&outage.name)) };
    let masters = if outage.masters == 1.0 { "1 master".to_owned() } else { format!("{} masters", outage.masters) };
    let mut lines = vec![format!("{}  {name}{}", ink.judged(outage.safe, word), outage.reason)];
    lines.push(format!("  {}", outage.also));
    if !outage.description.is_empty() {
        lines.push(format!("  {}", one_line(&outage.description)));
    }
    lines.push(format!("  down for {}: {}; {masters}", duration(outage.for_s), outage.down));
    lines
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Works => "works",
        Status::Frozen => "frozen",
        Status::Degraded => "degraded",
        Status::Stopped => "stopped",
    }
}

fn functions(outage: &Outage, ink: Ink, sources: bool) -> Vec<String> {
    let told = |row: &&FunctionRow| row.worst != Status::Works || !row.why.is_empty();
    let mut lines: Vec<String> = Vec::new();
    if outage.functions.iter().any(|row| told(&row)) {
        lines.push(ink.strong(format!("{:<28}{:<10}{:<12}why", "function", "status", "until")));
    }
    for row in outage.functions.iter().filter(told) {
        let until = match row.until_s {
            Some(s) => duration(s),
            None if row.status == Status::Works => String::new(),
            None => "the end".to_owned(),
        };
        let then: Vec<String> =
            row.then.iter().map(|(from_s, status)| format!("{} from {}", word(*status), duration(*from_s))).collect();
        let mut why = row.why.to_owned();
        if !then.is_empty() {
            why = format!("{why}; {}", then.join(", "));
        }
        if sources {
            let _ = write!(why, " [{}]", row.source);
        }
        let mut filled = filled(&why, WHY).into_iter();
        let first = filled.next().unwrap_or_default();
        let status = ink.judged(row.status < Status::Degraded, format!("{:<8}", word(row.status)));
        lines.push(format!("  {:<26}{status}  {until:<12}{}", row.label, first.trim_start()).trim_end().to_owned());
        lines.extend(filled);
    }
    let rest: Vec<&str> = outage.functions.iter().filter(|row| !told(row)).map(|row| row.label).collect();
    if !rest.is_empty() {
        lines.extend(filled(&format!("as ever: {}", rest.join(" · ")), 2));
    }
    lines
}

/// A row of the chart: its title, its numbers, which end is bad, and whether it is drawn even if nothing happens.
type Series = (&'static str, fn(&Row) -> f64, Worst, bool);

const SERIES: [Series; 10] = [
    ("user traffic", |row| row.surviving, Worst::Lowest, true),
    ("served here", |row| row.here, Worst::Lowest, false),
    ("pods serving", |row| row.serving, Worst::Lowest, true),
    ("pods waiting", |row| row.pending, Worst::Highest, false),
    ("crash loop", |row| row.crash_loop, Worst::Highest, false),
    ("names found", |row| row.names, Worst::Lowest, false),
    ("DNS moved", |row| row.dns_on_masters, Worst::Highest, false),
    ("nodes gone", |row| row.nodes_gone, Worst::Highest, false),
    ("load", |row| row.load, Worst::Highest, false),
    ("controllers", |row| row.controllers, Worst::Lowest, true),
];
/// Less than this is nothing happening.
const STILL: f64 = 1e-3;

fn chart(outage: &Outage, ink: Ink) -> Vec<String> {
    let end_s = outage.trajectory.last().map_or(0.0, |row| row.t_s);
    let happened = outage.moments.iter().filter_map(|moment| moment.t_s).fold(outage.for_s, f64::max);
    // What did not happen has not happened to the end of the run.
    let open = outage.moments.iter().any(|moment| moment.t_s.is_none() && moment.name.ends_with("_back"));
    let shown_s = if open { end_s } else { (1.25 * happened).min(end_s) };
    let midnight_s = seconds_of_day(&outage.clock_start).unwrap_or(0.0);
    let Some(axis) = Axis::over(0.0, shown_s, CELLS, midnight_s) else { return Vec::new() };
    let mut lines = vec![ink.strong("over time: a full block is 100 %")];
    let elsewhere = outage.trajectory.iter().any(|row| (row.surviving - row.here).abs() > STILL);
    for (title, of, worst, always) in SERIES {
        let moves = outage.trajectory.iter().map(of);
        let (low, high) = moves.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let wanted = match title {
            "served here" => elsewhere,
            // Traffic that is led away is no growth.
            "load" => outage.trajectory.first().is_some_and(|first| high > of(first) + STILL),
            _ => always || high - low > STILL,
        };
        if !wanted {
            continue;
        }
        let end =
            if worst == Worst::Highest { format!("peak {}", percent(high)) } else { format!("least {}", percent(low)) };
        lines.push(format!("  {title:<width$}{}  {end}", spark(outage, &axis, of, worst), width = NAMES - 2));
    }
    let indent = " ".repeat(NAMES);
    if let Some(cell) = axis.cell(outage.for_s) {
        lines.push(format!("{indent}{}| outage ends", " ".repeat(cell)));
    }
    lines.push(format!("{indent}{}", axis.labels()));
    lines
}

fn spark(outage: &Outage, axis: &Axis, of: fn(&Row) -> f64, worst: Worst) -> String {
    let mut cells: Vec<Option<f64>> = vec![None; axis.cells];
    for row in &outage.trajectory {
        // A row stands for the step that ends with it.
        if let Some(cell) = axis.cell(row.t_s - outage.dt_s / 2.0).and_then(|at| cells.get_mut(at)) {
            let x = of(row);
            *cell = Some(cell.map_or(x, |known| worst.of(known, x)));
        }
    }
    let mut last = cells.iter().copied().flatten().next().unwrap_or(0.0);
    cells
        .into_iter()
        .map(|cell| {
            last = cell.unwrap_or(last);
            block(last)
        })
        .collect()
}

fn moments(outage: &Outage, ink: Ink) -> Vec<String> {
    let start_s = seconds_of_day(&outage.clock_start).unwrap_or(0.0);
    let of_day = outage.clock_start != "00:00:00";
    let published = outage.moments.iter().any(|moment| moment.published.is_some());
    let head = [
        "clock",
        "since start",
        if of_day { "model" } else { "" },
        if published { "published" } else { "" },
        if published { "difference" } else { "" },
    ];
    let row = |moment: &Moment| {
        let said = moment.published.as_deref();
        let off = moment
            .t_s
            .zip(said.and_then(seconds_of_day))
            .map(|(t_s, said)| difference((start_s + t_s - said + 43_200.0).rem_euclid(86_400.0) - 43_200.0));
        [
            moment.name.to_owned(),
            moment.t_s.map_or("did not happen".to_owned(), elapsed),
            if of_day { moment.t_s.map_or(String::new(), |t_s| clock(start_s + t_s)) } else { String::new() },
            said.map_or(String::new(), str::to_owned),
            off.unwrap_or_default(),
        ]
    };
    let rows: Vec<[String; 5]> =
        std::iter::once(head.map(str::to_owned)).chain(outage.moments.iter().map(row)).collect();
    let sides = [Side::Left, Side::Right, Side::Left, Side::Left, Side::Right];
    headed(table(sides, &rows), ink)
}

fn lost(outage: &Outage) -> Vec<String> {
    let lost = &outage.lost;
    let causes = [
        (lost.oom, "killed at their memory limit"),
        (lost.probed, "killed by probes"),
        (lost.crashed, "crashed"),
        (lost.evicted, "evicted from nodes that counted as gone"),
        (lost.pressure, "evicted by their node"),
        (lost.failed, "on nodes that failed"),
        (lost.rebooted, "on nodes that were rebooted"),
        (lost.forgotten, "not in the backup"),
    ];
    let told: Vec<String> =
        causes.iter().filter(|(n, _)| *n >= 0.05).map(|(n, what)| format!("{} {what}", short(*n))).collect();
    let mut lines = Vec::new();
    if !told.is_empty() {
        lines.extend(filled(
            &format!("lost of {} pods, each time counted: {}", short(outage.pods), told.join(" · ")),
            2,
        ));
    }
    if outage.lost_traffic_s >= 0.5 {
        lines.push(format!("  user traffic lost: as much as {} of all of it", duration(outage.lost_traffic_s)));
    }
    lines
}

fn rules(outage: &Outage, ink: Ink) -> Vec<String> {
    if outage.rules.is_empty() {
        return Vec::new();
    }
    let head = ["who is evicted, if", "nodes tainted", "first pods leave", "last", "key"].map(str::to_owned);
    let rows = outage.rules.iter().map(|rule| {
        let when = |s: Option<f64>| s.map_or("never".to_owned(), duration);
        [
            format!("{} {}", if rule.here { '>' } else { ' ' }, rule.assumption),
            if rule.rate_per_s > 0.0 { format!("{}/s", short(rule.rate_per_s)) } else { "none".to_owned() },
            when(rule.first_s),
            when(rule.last_s),
            rule.keys.clone(),
        ]
    });
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(rows).collect();
    let sides = [Side::Left, Side::Right, Side::Right, Side::Right, Side::Left];
    headed(table(sides, &rows), ink)
}

fn assumed(outage: &Outage) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, text) in outage.assumed.iter().enumerate() {
        if at == 0 {
            lines.push("assumed".to_owned());
        }
        let mut filled = filled(text, 4).into_iter();
        lines.extend(filled.next().map(|first| format!("  - {}", first.trim_start())));
        lines.extend(filled);
    }
    debug_assert!(lines.iter().all(|line| line.chars().count() <= WIDTH + 40), "{lines:?}");
    lines
}
