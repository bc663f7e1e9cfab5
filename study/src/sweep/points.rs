//! Points from a CSV file: keys in the first line, one point a line. Checked whole before the work, read again block
//! by block, so that memory does not grow with the file.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use csv::{Position, Reader, ReaderBuilder, StringRecord};
use serde::{Deserialize, Serialize};
use slackwater_core::bounds::{Kind, Row};
use twox_hash::XxHash64;

use crate::scenario::{Code, InputError, ScenarioFile, Value};

/// The option under which the file is named.
const FLAG: &str = "--points";
/// Rows between two remembered places.
const STRIDE: u64 = 4096;

/// A file of points.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::scenario::{ScenarioFile, Value};
/// use slackwater_study::sweep::Points;
/// let path = std::env::temp_dir().join(format!("points-{}.csv", std::process::id()));
/// std::fs::write(&path, "cluster.nodes,agent.period_s\n100,30\n200,60\n")?;
/// let points = Points::open(&ScenarioFile::empty(TABLE), &path)?;
/// assert_eq!((points.print().rows, points.keys().last()), (2, Some("agent.period_s")));
/// assert_eq!(points.block(1, 1)?, [[Value::Number(200.0), Value::Number(60.0)]]);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Points {
    path: PathBuf,
    file: ScenarioFile,
    columns: Vec<(String, &'static Row)>,
    places: Vec<Position>,
    print: Print,
}

/// What a file of points is known by again.
///
/// ```
/// use slackwater_study::sweep::Print;
/// let print = Print { path: "points.csv".into(), rows: 2, hash: 7 };
/// assert!(print != Print { rows: 3, ..print.clone() });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Print {
    /// Path as typed.
    pub path: String,
    /// Points in it.
    pub rows: u64,
    /// Hash of its values.
    pub hash: u64,
}

impl Points {
    /// Opens and checks a file against the keys `file` knows.
    ///
    /// # Errors
    /// A file that cannot be read or holds no point; the first value that its key does not take, with its line.
    pub fn open(file: &ScenarioFile, path: &Path) -> Result<Self, InputError> {
        let name = path.display().to_string();
        let mut reader = reader(path).map_err(|error| unreadable(&name, &error))?;
        let head = reader.headers().map_err(|error| broken(&name, &error))?.clone();
        let mut columns: Vec<(String, &'static Row)> = Vec::new();
        for key in &head {
            let argument = format!("{key}=");
            let (key, row, _) =
                file.key_of(FLAG, &argument).map_err(|error| error.within(&format!("`{name}` line 1")))?;
            if columns.iter().any(|(known, _)| known == key) {
                let message = format!("`{name}` line 1: {key} stands there twice");
                return Err(InputError::new(Code::PointsWanted, message).key(key).help("keep one of the two columns"));
            }
            columns.push((key.to_owned(), row));
        }
        let print = Print { path: name, rows: 0, hash: 0 };
        let mut points = Self { path: path.to_owned(), file: file.clone(), columns, places: Vec::new(), print };
        points.check(&mut reader)?;
        Ok(points)
    }

    fn check(&mut self, reader: &mut Reader<File>) -> Result<(), InputError> {
        let mut record = StringRecord::new();
        loop {
            let place = reader.position().clone();
            if !reader.read_record(&mut record).map_err(|error| broken(&self.print.path, &error))? {
                break;
            }
            if self.print.rows.is_multiple_of(STRIDE) {
                self.places.push(place);
            }
            let line = record.position().map_or(0, Position::line);
            self.point(&record).map_err(|error| error.within(&format!("`{}` line {line}", self.print.path)))?;
            self.print.hash = XxHash64::oneshot(self.print.hash, record.as_byte_record().as_slice());
            self.print.rows += 1;
        }
        if self.print.rows == 0 {
            let message = format!("`{}` holds no point", self.print.path);
            return Err(InputError::new(Code::PointsWanted, message).help("write keys in its first line, values below"));
        }
        Ok(())
    }

    /// Dotted keys of the columns.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(key, _)| key.as_str())
    }

    /// Number of points, and what the file is known by.
    pub fn print(&self) -> &Print {
        &self.print
    }

    /// Points from number `from` on, at most `count`.
    ///
    /// # Errors
    /// A file that is not what it was when it was opened.
    pub fn block(&self, from: u64, count: u64) -> Result<Vec<Vec<Value>>, InputError> {
        let name = &self.print.path;
        let mut reader = reader(&self.path).map_err(|error| unreadable(name, &error))?;
        if let Some(place) = self.places.get((from / STRIDE) as usize) {
            reader.seek(place.clone()).map_err(|error| broken(name, &error))?;
        }
        let records = reader.records().skip((from % STRIDE) as usize).take(count as usize);
        records.map(|record| self.point(&record.map_err(|error| broken(name, &error))?)).collect()
    }

    fn point(&self, record: &StringRecord) -> Result<Vec<Value>, InputError> {
        record.iter().zip(&self.columns).map(|(field, (key, row))| self.value(field, key, row)).collect()
    }

    fn value(&self, field: &str, key: &str, row: &Row) -> Result<Value, InputError> {
        // Numbers in their range are most of what stands there.
        let number = matches!(row.kind, Kind::Number | Kind::Integer);
        if let (true, Ok(x)) = (number, field.trim().parse::<f64>())
            && row.min <= x
            && x <= row.max
            && (row.kind == Kind::Number || x.fract() == 0.0)
        {
            return Ok(Value::Number(x + 0.0));
        }
        let argument = format!("{key}={field}");
        self.file.value_of(FLAG, &argument, key.len() + 1..argument.len())
    }
}

fn reader(path: &Path) -> io::Result<Reader<File>> {
    let file = File::open(path)?;
    Ok(ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(file))
}

fn unreadable(name: &str, error: &io::Error) -> InputError {
    let code = if error.kind() == io::ErrorKind::NotFound { Code::FileNotFound } else { Code::FileUnreadable };
    InputError::new(code, format!("cannot read `{name}`: {error}")).help("name a CSV file of points after --points")
}

fn broken(name: &str, error: &csv::Error) -> InputError {
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or(0, Position::line);
            format!("`{name}` line {line} has {len} fields, and its first line {expected_len}")
        }
        _ => format!("`{name}`: {error}"),
    };
    InputError::new(Code::PointsWanted, message).help("write a value in every field")
}
