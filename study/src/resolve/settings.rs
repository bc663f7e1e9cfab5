//! Values by key: what was typed, or the default of the table.

use crate::scenario::{InputError, ScenarioFile, Value, row_of};
use rustc_hash::FxBuildHasher;
use slackwater_core::bounds::{Default, TABLE};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Read access to a scenario file with the defaults of the table.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::Settings;
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("cluster.nodes=750")?;
/// let settings = Settings::new(file);
/// assert_eq!(settings.number("cluster.nodes"), 750.0); // typed
/// assert_eq!(settings.number("api_server.request_timeout_s"), 60.0); // default
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    file: ScenarioFile,
    /// Values by key, typed ones over defaults: scans and sweeps read every key thousands of times a second.
    known: Known,
}

type Known = HashMap<Cow<'static, str>, Value, FxBuildHasher>;

/// Every default that is a value, hashed once.
fn defaults() -> &'static Known {
    static DEFAULTS: OnceLock<Known> = OnceLock::new();
    DEFAULTS.get_or_init(|| {
        let values = TABLE.iter().filter_map(|row| Some((Cow::Borrowed(row.key), Value::default_of(row)?)));
        values.collect()
    })
}

impl Settings {
    /// Settings of a file.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Settings;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// assert!(Settings::new(file).typed("cluster.nodes").is_none());
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn new(file: ScenarioFile) -> Self {
        let mut known = defaults().clone();
        for (key, value, _) in file.values() {
            known.insert(Cow::Owned(key.to_owned()), value.clone());
        }
        Self { file, known }
    }

    /// Puts in a value that was checked against the row of its key: for sweeps, which set the same keys over and over.
    pub(crate) fn replace(&mut self, key: &str, value: &Value) {
        self.file.replace(key, value);
        if let Some(known) = self.known.get_mut(key) {
            known.clone_from(value);
        } else {
            self.known.insert(Cow::Owned(key.to_owned()), value.clone());
        }
    }

    /// The value of a key, typed or by default.
    fn value(&self, key: &str) -> Option<Cow<'_, Value>> {
        if let Some(value) = self.known.get(key) {
            return Some(Cow::Borrowed(value));
        }
        // A name chosen by the user: the reader of files knows which row it falls under.
        row_of(TABLE, key).and_then(Value::default_of).map(Cow::Owned)
    }

    /// The file.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Settings;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("cluster.nodes=750")?;
    /// assert_eq!(Settings::new(file).file().to_yaml(), "cluster:\n  nodes: 750\n");
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn file(&self) -> &ScenarioFile {
        &self.file
    }

    /// A number that was typed, if it was.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Settings;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("cluster.nodes=750")?;
    /// let settings = Settings::new(file);
    /// assert_eq!(settings.typed("cluster.nodes"), Some(750.0));
    /// assert_eq!(settings.typed("api_server.request_timeout_s"), None);
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn typed(&self, key: &str) -> Option<f64> {
        self.file.number(key)
    }

    /// A number, or its default; 0 where the default is a rule or nothing.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Settings;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// assert_eq!(Settings::new(file).number("api_server.max_requests_inflight"), 400.0);
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn number(&self, key: &str) -> f64 {
        if let Some(Value::Number(x)) = self.value(key).as_deref() { *x } else { 0.0 }
    }

    /// A truth value, or its default.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Settings;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("agent.enabled=false")?;
    /// assert!(!Settings::new(file).is("agent.enabled"));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn is(&self, key: &str) -> bool {
        matches!(self.value(key).as_deref(), Some(Value::Boolean(true)))
    }

    /// A word or text, or its default; empty where there is none.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Settings;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// assert_eq!(Settings::new(file).text("dns.dependence"), "memory");
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn text(&self, key: &str) -> &str {
        if let Some(value) = self.known.get(key) {
            return if let Value::Text(text) = value { text } else { "" };
        }
        match row_of(TABLE, key).map(|row| row.default) {
            Some(Default::Text(text)) => text,
            _ => "",
        }
    }

    /// A list of numbers, or its default.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Settings;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("fleet.sizes=[1, 0.5]")?;
    /// assert_eq!(Settings::new(file).numbers("fleet.sizes"), [1.0, 0.5]);
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn numbers(&self, key: &str) -> Vec<f64> {
        if let Some(Value::Numbers(list)) = self.value(key).as_deref() { list.clone() } else { Vec::new() }
    }

    /// A list of words, or its default.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Settings;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("remedies.use=[halt]")?;
    /// assert_eq!(Settings::new(file).words("remedies.use"), ["halt"]);
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn words(&self, key: &str) -> Vec<String> {
        if let Some(Value::Words(list)) = self.value(key).as_deref() { list.clone() } else { Vec::new() }
    }

    /// An error that blames `key`: where it stands, what is wrong, what to do.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Settings;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("cluster.nodes=750")?;
    /// let error = Settings::new(file).blame("cluster.nodes", "too small", "write a larger number");
    /// assert!(error.to_string().contains("too small"));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn blame(&self, key: &str, message: &str, help: &str) -> InputError {
        self.file.blame(key, message, help)
    }
}
