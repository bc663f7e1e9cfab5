//! Tables of recordings: CSV with a header, one number a cell.

use super::folder::Folder;
use crate::bytes::MIB;
use crate::scenario::{Code, InputError, Place, Source, nearest_word};
use crate::trial::{ClassSeries, Observed};
use serde::Serialize;

/// One row of a cost table.
///
/// ```
/// use slackwater_study::truth::CostRow;
/// let row = CostRow { pods: 300.0, path: "/api/v1/pods".into(), ..CostRow::default() };
/// assert_eq!(row.requests, 0.0);
/// ```
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CostRow {
    /// Pods in the cluster.
    pub pods: f64,
    /// Path with query.
    pub path: String,
    /// Protobuf; otherwise JSON.
    pub protobuf: bool,
    /// Requests of the row.
    pub requests: f64,
    /// Bytes of an answer.
    pub bytes: f64,
    /// CPU-seconds a request on the API server.
    pub cpu_s: f64,
    /// CPU-seconds a request on etcd.
    pub etcd_s: f64,
    /// Memory of the API server after it, bytes.
    pub rss_bytes: f64,
}

/// One second of a herd.
///
/// ```
/// use slackwater_study::truth::HerdSecond;
/// assert_eq!(HerdSecond::default().watching, 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize)]
pub struct HerdSecond {
    /// Second.
    pub t_s: f64,
    /// Informers that hold a watch at its end.
    pub watching: f64,
    /// Lists sent.
    pub sent: f64,
    /// Lists answered.
    pub answered: f64,
    /// Lists told to come back later.
    pub rejected: f64,
    /// Lists that failed otherwise.
    pub failed: f64,
    /// Lists given up by the client.
    pub timed_out: f64,
    /// Cores used.
    pub cores: f64,
    /// Memory, bytes.
    pub bytes: f64,
}

/// A kill or a start.
///
/// ```
/// use slackwater_study::truth::Restart;
/// assert!(Restart { t_s: 160.1, killed: true }.killed);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Restart {
    /// When, seconds.
    pub t_s: f64,
    /// A kill; otherwise a start.
    pub killed: bool,
}

/// Answers of one class in one bin.
///
/// ```
/// use slackwater_study::truth::DnsBin;
/// let bin = DnsBin { t_s: 0.0, class: 0, ok: 3.0, failed: 1.0 };
/// assert_eq!(bin.ok / (bin.ok + bin.failed), 0.75);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DnsBin {
    /// Start of the bin, seconds.
    pub t_s: f64,
    /// Class.
    pub class: usize,
    /// Answered.
    pub ok: f64,
    /// Failed, in whatever way.
    pub failed: f64,
}

/// A table in memory, with what messages need.
struct Table {
    source: Source,
    header: Vec<String>,
    rows: Vec<(usize, csv::StringRecord)>,
}

impl Table {
    fn read(folder: &Folder, name: &str) -> Result<Self, InputError> {
        let shown = folder.shown(name);
        let source = Source::new(&shown, &folder.text(name)?);
        let broken = |line: usize, message: &str| {
            let at = Place::new(&source, line_span(source.text(), line));
            InputError::new(Code::BrokenTable, message).at(at).help("write CSV with one header and rows of its length")
        };
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(source.text().as_bytes());
        let header = match reader.headers() {
            Ok(header) => header.iter().map(str::to_owned).collect(),
            Err(error) => return Err(broken(1, &format!("cannot read the header: {error}"))),
        };
        let mut rows = Vec::new();
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(1, csv::Position::line) as usize;
                    rows.push((line, record));
                }
                Err(error) => {
                    let line = error.position().map_or(1, csv::Position::line) as usize;
                    return Err(broken(line, &format!("cannot read line {line}: {error}")));
                }
            }
        }
        if rows.is_empty() {
            return Err(broken(1, "the table has no rows"));
        }
        Ok(Self { source, header, rows })
    }

    fn fail(&self, line: usize, column: &str, message: &str, help: &str) -> InputError {
        let at = Place::new(&self.source, line_span(self.source.text(), line));
        InputError::new(Code::BrokenTable, message).key(column).at(at).help(help)
    }

    fn column(&self, name: &str) -> Result<usize, InputError> {
        self.find(name).ok_or_else(|| {
            let near = nearest_word(self.header.iter().map(String::as_str), name);
            let message = format!("there is no column `{name}`");
            let help = match near {
                Some(near) => format!("is `{near}` meant? columns are {}", self.header.join(", ")),
                None => format!("columns are {}", self.header.join(", ")),
            };
            self.fail(1, name, &message, &help)
        })
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|known| known == name)
    }

    /// A number from `least` up.
    fn number(&self, at: usize, column: usize, least: f64) -> Result<f64, InputError> {
        let Some((line, record)) = self.rows.get(at) else { return Ok(0.0) };
        let cell = record.get(column).unwrap_or_default();
        let name = self.header.get(column).map_or("", String::as_str);
        match cell.parse::<f64>() {
            Ok(x) if x.is_finite() && x >= least => Ok(x),
            Ok(x) => {
                let message = format!("column `{name}` is {x}, and must be a finite number from {least} up");
                Err(self.fail(*line, name, &message, "correct the number"))
            }
            Err(_) => {
                let message = format!("column `{name}` takes a number, not `{}`", cell.escape_default());
                Err(self.fail(*line, name, &message, "write a number"))
            }
        }
    }

    fn text(&self, at: usize, column: usize) -> &str {
        self.rows.get(at).and_then(|(_, record)| record.get(column)).unwrap_or_default()
    }
}

/// The bytes of a line, counted from 1.
fn line_span(text: &str, line: usize) -> std::ops::Range<usize> {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let length = text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
    start..start + length
}

/// Reads a cost table.
pub(super) fn costs(folder: &Folder, name: &str) -> Result<Vec<CostRow>, InputError> {
    let table = Table::read(folder, name)?;
    let [pods, path, accept, n] = columns(&table, ["pods", "path", "accept", "n"])?;
    let [bytes, cpu, etcd, rss] = columns(&table, ["bytes", "api_cpu_s", "etcd_cpu_s", "rss_mib"])?;
    (0..table.rows.len())
        .map(|at| {
            let number = |column: usize| table.number(at, column, 0.0);
            Ok(CostRow {
                pods: number(pods)?,
                path: table.text(at, path).to_owned(),
                protobuf: table.text(at, accept).contains("protobuf"),
                requests: number(n)?,
                bytes: number(bytes)?,
                cpu_s: number(cpu)?,
                etcd_s: number(etcd)?,
                rss_bytes: number(rss)? * MIB,
            })
        })
        .collect()
}

fn columns<const N: usize>(table: &Table, names: [&str; N]) -> Result<[usize; N], InputError> {
    let mut found = [0; N];
    for (place, name) in found.iter_mut().zip(names) {
        *place = table.column(name)?;
    }
    Ok(found)
}

/// Reads a table of load: one row a class and second. `classes` are the names that must be in it, in this order.
pub(super) fn load(folder: &Folder, name: &str, classes: &[String]) -> Result<Observed, InputError> {
    let table = Table::read(folder, name)?;
    let [t_s, class] = columns(&table, ["t_s", "class"])?;
    let [sent, ok, told, failed] = columns(&table, ["sent", "ok", "http_429", "http_5xx"])?;
    let [timeout, error, in_flight, mean] = columns(&table, ["timeout", "error", "inflight", "mean_s"])?;
    let [cpu, rss] = columns(&table, ["api_cpu_cores", "api_rss_mib"])?;
    let mut seen = Observed {
        classes: classes.iter().map(|name| ClassSeries { name: name.clone(), ..ClassSeries::default() }).collect(),
        ..Observed::default()
    };
    let mut last = -1.0;
    for at in 0..table.rows.len() {
        let number = |column: usize| table.number(at, column, 0.0);
        let second = number(t_s)?;
        let line = table.rows.get(at).map_or(0, |(line, _)| *line);
        if second < last || second > 1e6 {
            let message = format!("second {second} comes after second {last}");
            return Err(table.fail(line, "t_s", &message, "order the rows by second"));
        }
        last = second;
        let index = second as usize;
        grow(&mut seen.cores, index, number(cpu)?);
        grow(&mut seen.bytes, index, number(rss)? * MIB);
        let Some(series) = seen.classes.iter_mut().find(|series| series.name == table.text(at, class)) else {
            continue;
        };
        let answered = number(ok)?;
        let ends = [
            (&mut series.sent, number(sent)?),
            (&mut series.answered, answered),
            (&mut series.rejected, number(told)?),
            (&mut series.timed_out, number(timeout)?),
            (&mut series.refused, number(failed)? + number(error)?),
            (&mut series.in_flight, number(in_flight)?),
            (&mut series.latency_sum_s, answered * number(mean)?),
            (&mut series.watching, 0.0),
        ];
        for (list, value) in ends {
            grow(list, index, value);
        }
    }
    for series in &mut seen.classes {
        if series.sent.is_empty() {
            let message = format!("there is no row of the class `{}`", series.name);
            return Err(table.fail(1, "class", &message, "name the class in the manifest as in the table"));
        }
        let seconds = seen.cores.len();
        for list in [
            &mut series.sent,
            &mut series.answered,
            &mut series.rejected,
            &mut series.timed_out,
            &mut series.refused,
            &mut series.in_flight,
            &mut series.latency_sum_s,
            &mut series.watching,
        ] {
            list.resize(seconds, 0.0);
        }
    }
    seen.thrashing = vec![0.0; seen.cores.len()];
    Ok(seen)
}

/// Puts a value at a second; seconds left out repeat nothing.
fn grow(list: &mut Vec<f64>, index: usize, value: f64) {
    if list.len() <= index {
        list.resize(index + 1, 0.0);
    }
    if let Some(place) = list.get_mut(index) {
        *place = value;
    }
}

/// Reads a table of a herd.
pub(super) fn herd(folder: &Folder, name: &str) -> Result<Vec<HerdSecond>, InputError> {
    let table = Table::read(folder, name)?;
    let [t_s, watching, sent, ok] = columns(&table, ["t_s", "watching", "list_sent", "list_ok"])?;
    let [told, failed, timeout, error] = columns(&table, ["http_429", "http_5xx", "timeout", "error"])?;
    let [cpu, rss] = columns(&table, ["api_cpu_cores", "api_rss_mib"])?;
    (0..table.rows.len())
        .map(|at| {
            let number = |column: usize| table.number(at, column, 0.0);
            Ok(HerdSecond {
                t_s: number(t_s)?,
                watching: number(watching)?,
                sent: number(sent)?,
                answered: number(ok)?,
                rejected: number(told)?,
                failed: number(failed)? + number(error)?,
                timed_out: number(timeout)?,
                cores: number(cpu)?,
                bytes: number(rss)? * MIB,
            })
        })
        .collect()
}

/// Reads kills and starts.
pub(super) fn restarts(folder: &Folder, name: &str) -> Result<Vec<Restart>, InputError> {
    let table = Table::read(folder, name)?;
    let [t_s, event] = columns(&table, ["t_s", "event"])?;
    (0..table.rows.len())
        .map(|at| Ok(Restart { t_s: table.number(at, t_s, 0.0)?, killed: table.text(at, event) == "killed" }))
        .collect()
}

/// Reads answers of DNS caches.
pub(super) fn answers(folder: &Folder, name: &str, classes: usize) -> Result<Vec<DnsBin>, InputError> {
    let table = Table::read(folder, name)?;
    let [t_s, class, ok] = columns(&table, ["t_s", "class", "ok"])?;
    // Everything that is not an answer has a column of its own.
    let known = ["t_s", "class", "rate_per_name_per_cache", "ok"];
    let failures: Vec<usize> = (0..table.header.len())
        .filter(|&at| table.header.get(at).is_some_and(|n| !known.contains(&n.as_str())))
        .collect();
    (0..table.rows.len())
        .map(|at| {
            let number = table.number(at, class, 0.0)?;
            if number.fract() != 0.0 || number >= classes as f64 {
                let line = table.rows.get(at).map_or(0, |(line, _)| *line);
                let message = format!("class {number} is not one of the {classes} in the manifest");
                return Err(table.fail(line, "class", &message, "number the classes from 0"));
            }
            let failed = failures.iter().map(|&column| table.number(at, column, 0.0)).sum::<Result<f64, _>>()?;
            Ok(DnsBin {
                t_s: table.number(at, t_s, 0.0)?,
                class: number as usize,
                ok: table.number(at, ok, 0.0)?,
                failed,
            })
        })
        .collect()
}
