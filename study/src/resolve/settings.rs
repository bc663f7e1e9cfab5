//! Values by key: what was typed, or the default of the table.

use crate::scenario::{InputError, ScenarioFile, row_of};
use slackwater_core::bounds::{Default, Row, TABLE};
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
}

/// Scans over sizes read every key hundreds of times, so the table is hashed once.
fn row(key: &str) -> Option<&'static Row> {
    static ROWS: OnceLock<HashMap<&'static str, &'static Row>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| TABLE.iter().map(|row| (row.key, row)).collect());
    if let Some(row) = rows.get(key) {
        return Some(row);
    }
    // A name chosen by the user: the reader of files knows which row it falls under.
    row_of(TABLE, key)
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
        Self { file }
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
        self.file.number(key).unwrap_or_else(|| match row(key).map(|row| row.default) {
            Some(Default::Number(x)) => x,
            _ => 0.0,
        })
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
        self.file.boolean(key).unwrap_or(matches!(row(key).map(|row| row.default), Some(Default::Boolean(true))))
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
        self.file.text(key).unwrap_or(match row(key).map(|row| row.default) {
            Some(Default::Text(text)) => text,
            _ => "",
        })
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
        self.file.numbers(key).map_or_else(
            || match row(key).map(|row| row.default) {
                Some(Default::Numbers(list)) => list.to_vec(),
                _ => Vec::new(),
            },
            <[f64]>::to_vec,
        )
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
        self.file.words(key).map_or_else(
            || match row(key).map(|row| row.default) {
                Some(Default::Words(list)) => list.iter().map(|&word| word.to_owned()).collect(),
                _ => Vec::new(),
            },
            <[String]>::to_vec,
        )
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
