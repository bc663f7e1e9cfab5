//! Scenarios: keys and values in, refusals with their place out.

use std::path::Path;

use pyo3::IntoPyObjectExt as _;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};
use slackwater_core::bounds::{Kind, TABLE};
use slackwater_study::cases as library;
use slackwater_study::scenario::{self, Allowed, InputError, Source, Value};

use crate::errors::input;

/// What a scenario began as: kind (`case`, `text` or `empty`), name, text. With what was set since, it makes the
/// scenario again, places in files included.
type Begin = (String, String, String);

/// A scenario as typed: keys, values, and where each came from. Never changes.
#[pyclass(frozen, module = "slackwater._native")]
#[derive(Clone, Debug)]
pub(crate) struct ScenarioFile {
    pub(crate) file: scenario::ScenarioFile,
    pub(crate) name: String,
    begin: Begin,
    set: Vec<String>,
}

impl ScenarioFile {
    fn begin((kind, name, text): Begin) -> Result<Self, InputError> {
        let file = match kind.as_str() {
            "case" => match library::find(&name) {
                Some(case) => case.file()?,
                None => Source::read(Path::new(&name), &library::names())
                    .and_then(|source| scenario::ScenarioFile::parse(&source, TABLE))?,
            },
            "text" => scenario::ScenarioFile::parse(&Source::new(&name, &text), TABLE)?,
            _ => scenario::ScenarioFile::empty(TABLE),
        };
        let stem = Path::new(&name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let stem = if kind == "text" { stem } else { None };
        Ok(Self { file, name: stem.unwrap_or_else(|| name.clone()), begin: (kind, name, text), set: Vec::new() })
    }

    /// A scenario of defaults with these arguments set.
    pub(crate) fn of_arguments(name: &str, set: Vec<String>) -> Result<Self, InputError> {
        Self::begin(("empty".to_owned(), name.to_owned(), String::new()))?.and(set)
    }

    fn and(mut self, set: Vec<String>) -> Result<Self, InputError> {
        for argument in &set {
            self.file.set(argument)?;
        }
        self.set.extend(set);
        Ok(self)
    }
}

#[pymethods]
impl ScenarioFile {
    /// A built-in case by its name, or a file by its path.
    #[staticmethod]
    fn load(name: &str) -> PyResult<Self> {
        let path = name.contains(std::path::is_separator)
            || Path::new(name).extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        if !path && library::find(name).is_some() {
            let begin = ("case".to_owned(), name.to_owned(), String::new());
            return Self::begin(begin).map_err(|error| input(&error));
        }
        let source = Source::read(Path::new(name), &library::names()).map_err(|error| input(&error))?;
        Self::parse(source.name(), source.text())
    }

    /// A scenario from YAML; the name is shown in errors.
    #[staticmethod]
    pub(crate) fn parse(name: &str, text: &str) -> PyResult<Self> {
        Self::begin(("text".to_owned(), name.to_owned(), text.to_owned())).map_err(|error| input(&error))
    }

    /// A scenario of defaults only.
    #[staticmethod]
    fn empty(name: &str) -> PyResult<Self> {
        Self::of_arguments(name, Vec::new()).map_err(|error| input(&error))
    }

    /// The scenario that [`ScenarioFile::recipe`] describes.
    #[staticmethod]
    fn again(begin: Begin, set: Vec<String>) -> PyResult<Self> {
        Self::begin(begin).and_then(|file| file.and(set)).map_err(|error| input(&error))
    }

    /// What makes the scenario again.
    fn recipe(&self) -> (Begin, Vec<String>) {
        (self.begin.clone(), self.set.clone())
    }

    /// The scenario with values of keys set.
    fn with_values(&self, values: Vec<(String, Bound<'_, PyAny>)>) -> PyResult<Self> {
        let set = values.iter().map(|(key, value)| Ok(format!("{key}={}", typed(key, value)?)));
        let set = set.collect::<PyResult<Vec<_>>>()?;
        self.clone().and(set).map_err(|error| input(&error))
    }

    /// Name of the case or file, or the scenario's own.
    #[getter]
    fn name(&self) -> &str {
        self.file.text("name").unwrap_or(&self.name)
    }

    /// Keys that were set, each with its value and where it came from.
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&str, Bound<'py, PyAny>, String)>> {
        let values = self.file.values();
        values.map(|(key, value, origin)| Ok((key, object(py, value)?, origin.to_string()))).collect()
    }

    /// The same as `--set` takes it.
    fn arguments(&self) -> Vec<String> {
        self.file.values().map(|(key, value, _)| format!("{key}={value}")).collect()
    }

    /// The value of a key: as set, or its default; None where the default is a rule or nothing.
    fn value<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let argument = format!("{key}=");
        let (key, row, _) = self.file.key_of("--set", &argument).map_err(|error| input(&error))?;
        let value = self.file.value(key).cloned().or_else(|| Value::default_of(row));
        value.map(|value| object(py, &value)).transpose()
    }

    /// What a key takes: form, smallest, largest, unit, words, meaning.
    #[expect(clippy::type_complexity, reason = "a tuple of a row, taken apart in Python at once")]
    fn row(
        &self,
        key: &str,
    ) -> PyResult<(&'static str, Option<f64>, Option<f64>, &'static str, Vec<&'static str>, &'static str)> {
        let argument = format!("{key}=");
        let (_, row, _) = self.file.key_of("--set", &argument).map_err(|error| input(&error))?;
        let allowed = Allowed::by(row);
        let form = match row.kind {
            Kind::Number => "number",
            Kind::Integer => "integer",
            Kind::Numbers => "numbers",
            Kind::Boolean => "boolean",
            Kind::Choice(_) => "choice",
            Kind::Choices(_) => "choices",
            Kind::Text => "text",
            Kind::Clock => "clock",
        };
        Ok((form, allowed.min, allowed.max, row.unit, allowed.words.to_vec(), row.meaning))
    }

    /// The scenario as YAML.
    fn yaml(&self) -> String {
        self.file.to_yaml()
    }

    /// An axis of a sweep over these values, as `--vary` takes it.
    #[staticmethod]
    fn axis(key: &str, values: Vec<Bound<'_, PyAny>>) -> PyResult<String> {
        let values = values.iter().map(|value| Ok(typed(key, value)?.to_string())).collect::<PyResult<Vec<_>>>()?;
        Ok(format!("{key}={}", values.join(",")))
    }
}

fn object<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        // What is whole reads better without its point, and is equal.
        Value::Number(x) if x.fract() == 0.0 && x.abs() < 1e15 => (*x as i64).into_bound_py_any(py),
        Value::Number(x) => x.into_bound_py_any(py),
        Value::Boolean(x) => x.into_bound_py_any(py),
        Value::Text(text) => text.into_bound_py_any(py),
        Value::Numbers(list) => list.into_bound_py_any(py),
        Value::Words(list) => list.into_bound_py_any(py),
    }
}

/// A Python value as a scenario takes it: truth values, numbers (NumPy's too), text, and lists of numbers or words.
fn typed(key: &str, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Ok(truth) = value.cast::<PyBool>() {
        return Ok(Value::Boolean(truth.is_true()));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::Text(text.to_string()));
    }
    // NumPy's truth values are numbers to those who ask for a number.
    if value.get_type().name()?.to_str()?.starts_with("bool") {
        return Ok(Value::Boolean(value.is_truthy()?));
    }
    if let Ok(x) = value.extract::<f64>() {
        return Ok(Value::Number(x));
    }
    let items = value.try_iter().ok().map(Iterator::collect::<PyResult<Vec<_>>>).transpose()?;
    if let Some(items) = items {
        if let Ok(numbers) = items.iter().map(PyAnyMethods::extract).collect::<PyResult<Vec<f64>>>() {
            return Ok(Value::Numbers(numbers));
        }
        if let Ok(words) = items.iter().map(PyAnyMethods::extract).collect::<PyResult<Vec<String>>>() {
            return Ok(Value::Words(words));
        }
    }
    let kind = value.get_type().name()?;
    Err(PyTypeError::new_err(format!("{key} takes no {kind}: give a number, a truth value, text, or a list of them")))
}

/// Explains a key, a section (empty for all) or an error code.
#[pyfunction]
pub(crate) fn explain(query: &str) -> PyResult<String> {
    scenario::explain(TABLE, query).map_err(|error| input(&error))
}

/// Every key, `*` standing for a name of the user's.
#[pyfunction]
pub(crate) fn keys() -> Vec<&'static str> {
    TABLE.iter().map(|row| row.key).collect()
}
