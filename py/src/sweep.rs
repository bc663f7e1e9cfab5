//! Many points of a scenario at once.

mod answers;
mod columns;
mod stream;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use slackwater_study::scenario::InputError;
use slackwater_study::sweep::{self, Form, Words, solve_rows};

use crate::compute::interruptible;
use crate::errors::{defect, input};
use crate::scenario::ScenarioFile;
use crate::table::Table;

pub(crate) use answers::Answers;
pub(crate) use stream::Stream;

/// Rows that are written at a time.
const BLOCK: u64 = 8192;

/// Which points a sweep visits; every row is a function of its number.
#[pyclass(frozen, module = "slackwater._native")]
#[derive(Clone, Debug)]
pub(crate) struct Design(Arc<sweep::Design>);

#[pymethods]
impl Design {
    /// The design that a JSON of its words describes.
    #[new]
    fn new(py: Python<'_>, words: &str) -> PyResult<Self> {
        let words: Words = serde_json::from_str(words).map_err(defect)?;
        let design = py.detach(|| sweep::Design::of(words)).map_err(|error| input(&error))?;
        Ok(Self(Arc::new(design)))
    }

    /// The words, from which the design can be made again.
    fn words(&self) -> PyResult<String> {
        serde_json::to_string(self.0.words()).map_err(defect)
    }

    /// Number of rows.
    #[getter]
    fn rows(&self) -> u64 {
        self.0.rows()
    }

    /// Keys that vary, in the order of the columns.
    #[getter]
    fn keys(&self) -> Vec<String> {
        self.0.keys().to_vec()
    }

    /// The scenario of a row.
    fn scenario(&self, row: u64) -> PyResult<ScenarioFile> {
        let made = self.0.scenario(row).and_then(|file| {
            let set = file.values().map(|(key, value, _)| format!("{key}={value}")).collect();
            ScenarioFile::of_arguments(&self.0.words().scenario, set)
        });
        made.map_err(|error| input(&error))
    }

    /// Solves rows. `progress` is told how many more are done; Ctrl-C ends it at once.
    #[pyo3(signature = (first, count, *, threads=None, progress=None))]
    fn solve(
        &self,
        py: Python<'_>,
        first: u64,
        count: u64,
        threads: Option<usize>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Answers> {
        let design = Arc::clone(&self.0);
        interruptible(py, threads, progress.as_ref(), move |task| {
            let mut answers = Answers::for_design(&design);
            solve_rows(&design, first..first.saturating_add(count), task.stop(), |_, solved| {
                answers.add(solved);
                task.done(solved.len());
                Ok::<(), InputError>(())
            })?;
            Ok(answers)
        })?
        .map_err(|error: InputError| input(&error))
    }

    /// Columns of solved rows: row, keys, verdict, numbers.
    fn table(&self, py: Python<'_>, first: u64, answers: &Answers) -> PyResult<Table> {
        py.detach(|| columns::table(&self.0, first, answers))
    }

    /// Writes solved rows as `csv`, `jsonl` or `parquet`: the same bytes as `slackwater sweep -o` writes.
    fn write(&self, py: Python<'_>, answers: &Answers, path: PathBuf, form: &str) -> PyResult<()> {
        let form = match form {
            "csv" => Form::Csv,
            "jsonl" => Form::Jsonl,
            "parquet" => Form::Parquet,
            other => return Err(PyValueError::new_err(format!("no form `{other}`: write csv, jsonl or parquet"))),
        };
        py.detach(|| {
            let beside = beside(&path);
            let written = self.write_to(answers, &beside, form).and_then(|()| Ok(std::fs::rename(&beside, &path)?));
            if written.is_err() {
                // What is left of it is of no use to anybody.
                let _ = std::fs::remove_file(&beside);
            }
            written
        })
    }
}

impl Design {
    fn write_to(&self, answers: &Answers, path: &Path, form: Form) -> PyResult<()> {
        let design = &*self.0;
        let mut table = form.table(design, None, File::create(path)?)?;
        for first in (0..answers.len() as u64).step_by(BLOCK as usize) {
            let rows = answers.rows(first as usize, BLOCK as usize);
            let block = design.block(first, rows.len() as u64).map_err(|error| input(&error))?;
            table.rows(first, &block, &rows)?;
        }
        Ok(table.end()?)
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}
