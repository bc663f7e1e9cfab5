//! What must come out of a case, declared in its file.

use crate::scenario::ScenarioFile;

/// One thing that must come out.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::{cases::Expectation, scenario::{ScenarioFile, Source}};
/// let text = "expect:\n  no_impact:\n    what: peak_impact\n    at_most: 0.01\n";
/// let all = Expectation::all(&ScenarioFile::parse(&Source::new("mine.yaml", text), TABLE)?);
/// assert_eq!((all[0].name.as_str(), all[0].passes(0.5)), ("no_impact", false));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// Its name in the file.
    pub name: String,
    /// What is looked at.
    pub what: String,
    /// Keys that are changed first.
    pub with: Vec<String>,
    /// Keys of the second run; nothing if there is none.
    pub against: Option<Vec<String>>,
    /// Remedies.
    pub remedies: Vec<String>,
    /// Smallest answer that passes.
    pub at_least: Option<f64>,
    /// Largest answer that passes.
    pub at_most: Option<f64>,
    /// What was published, or why.
    pub source: String,
    /// Why the model misses it.
    pub gap: Option<String>,
}

impl Expectation {
    /// All of a file, in the order of their names.
    pub fn all(file: &ScenarioFile) -> Vec<Self> {
        let of = |name: &str| {
            let key = |last: &str| format!("expect.{name}.{last}");
            let text = |last: &str| file.text(&key(last)).map(str::to_owned);
            let keys = |text: String| {
                let words = text.split_whitespace().filter(|word| *word != "as_it_is");
                words.map(str::to_owned).collect::<Vec<_>>()
            };
            Self {
                name: name.to_owned(),
                what: text("what").unwrap_or_else(|| "safe".to_owned()),
                with: text("with").map(keys).unwrap_or_default(),
                against: text("against").map(keys),
                remedies: file.words(&key("remedies")).map(<[String]>::to_vec).unwrap_or_default(),
                at_least: file.number(&key("at_least")),
                at_most: file.number(&key("at_most")),
                source: text("source").unwrap_or_default(),
                gap: text("gap"),
            }
        };
        file.names("expect.*").into_iter().map(of).collect()
    }

    /// Whether an answer is within its bounds. What cannot be said is in none.
    pub fn passes(&self, answer: f64) -> bool {
        answer.is_finite()
            && self.at_least.is_none_or(|least| answer >= least)
            && self.at_most.is_none_or(|most| answer <= most)
    }

    /// What must come out, in words.
    ///
    /// ```
    /// # use slackwater_core::bounds::TABLE;
    /// # use slackwater_study::{cases::Expectation, scenario::{ScenarioFile, Source}};
    /// # let text = "expect:\n  a:\n    what: heals\n    with: cluster.nodes=10\n    at_least: 1\n";
    /// # let all = Expectation::all(&ScenarioFile::parse(&Source::new("mine.yaml", text), TABLE)?);
    /// assert_eq!(all[0].words(), "heals: yes, with cluster.nodes=10");
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn words(&self) -> String {
        let question =
            matches!(self.what.as_str(), "safe" | "heals" | "recovers" | "relapses") && self.against.is_none();
        let bounds = match (self.at_least, self.at_most) {
            (Some(1.0), None) if question => "yes".to_owned(),
            (None, Some(0.0)) if question => "no".to_owned(),
            (Some(least), Some(most)) => format!("{least} to {most}"),
            (Some(least), None) => format!("at least {least}"),
            (None, Some(most)) => format!("at most {most}"),
            (None, None) => "any number".to_owned(),
        };
        let mut words = vec![format!("{}: {bounds}", self.what)];
        if !self.remedies.is_empty() {
            words.push(format!("by {}", self.remedies.join(" + ")));
        }
        if !self.with.is_empty() {
            words.push(format!("with {}", self.with.join(" ")));
        }
        match self.against.as_deref() {
            Some([]) => words.push("against the case as it is".to_owned()),
            Some(keys) => words.push(format!("against {}", keys.join(" "))),
            None => {}
        }
        words.join(", ")
    }
}
