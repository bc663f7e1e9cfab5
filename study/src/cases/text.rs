//! Cases and what came out of them, as text and as CSV: the answer first.

use super::held::{Held, Outcome};
use crate::report::{exact, short};
use std::fmt::{self, Write as _};

/// Cases that were run.
///
/// ```
/// use slackwater_study::cases::{HeldCases, find, hold};
/// let held = HeldCases { held: hold(&[find("openai-2024-12-11-staging").ok_or("no such case")?])? };
/// assert!(held.pass() && held.to_string().starts_with("PASS  "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct HeldCases {
    /// One entry an expectation.
    pub held: Vec<Held>,
}

impl HeldCases {
    /// Whether all came out that must.
    ///
    /// ```
    /// assert!(slackwater_study::cases::HeldCases { held: vec![] }.pass());
    /// ```
    pub fn pass(&self) -> bool {
        self.held.iter().all(|row| row.outcome != Outcome::Fail)
    }

    /// Everything, for programs.
    ///
    /// ```
    /// let none = slackwater_study::cases::HeldCases { held: vec![] };
    /// assert_eq!(none.to_json(), r#"{"pass":true,"held":[]}"#);
    /// ```
    pub fn to_json(&self) -> String {
        serde_json::json!({ "pass": self.pass(), "held": self.held }).to_string()
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.held.iter().filter(|row| row.outcome == outcome).count()
    }

    /// One line an expectation, for spreadsheets.
    ///
    /// ```
    /// assert!(slackwater_study::cases::HeldCases { held: vec![] }.to_csv().starts_with("case,name,"));
    /// ```
    pub fn to_csv(&self) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut text = "case,name,must_come_out,came_out,pass,source,gap\n".to_owned();
        for row in &self.held {
            let _ = writeln!(
                text,
                "{},{},{},{},{},{},{}",
                row.case,
                row.name,
                quoted(&row.wanted),
                row.answer.map_or_else(String::new, exact),
                word(row.outcome),
                quoted(&row.source),
                row.gap.as_deref().map_or_else(String::new, quoted)
            );
        }
        text
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Gap => "gap",
        Outcome::Fail => "FAIL",
    }
}

/// What came out: yes and no for questions.
fn came_out(row: &Held) -> String {
    let question = row.wanted.contains(": yes") || row.wanted.contains(": no");
    match row.answer {
        None => "never".to_owned(),
        Some(1.0) if question => "yes".to_owned(),
        Some(0.0) if question => "no".to_owned(),
        Some(answer) => short(answer),
    }
}

impl fmt::Display for HeldCases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pass, gap, fail) = (self.count(Outcome::Pass), self.count(Outcome::Gap), self.count(Outcome::Fail));
        let verdict = if self.pass() { "PASS" } else { "FAIL" };
        let cases = self.held.chunk_by(|a, b| a.case == b.case).count();
        writeln!(f, "{verdict}  {cases} cases: {pass} come out, {fail} do not, {gap} are known gaps")?;
        let width = self.held.iter().map(|row| row.wanted.chars().count()).max().unwrap_or(0).min(84);
        for rows in self.held.chunk_by(|a, b| a.case == b.case) {
            writeln!(f, "\n{}", rows.first().map_or("", |row| row.case))?;
            for row in rows {
                writeln!(f, "  {:<4}  {:<width$}  {:>8}", word(row.outcome), row.wanted, came_out(row))?;
                writeln!(f, "        {}", row.source)?;
                if let Some(gap) = &row.gap {
                    writeln!(f, "        gap: {gap}")?;
                }
            }
        }
        Ok(())
    }
}
