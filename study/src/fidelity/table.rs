//! All rows, and whether every bounded one holds.

use super::row::Row;
use super::{clock, issue, known, laws, of_run, queues, sides, steps, vectors};
use crate::learn::Calibration;
use crate::scenario::InputError;
use crate::stop::{PATIENT, Watch, go_on};
use crate::truth::Truth;
use serde::Serialize;

/// The whole table.
///
/// ```no_run
/// use slackwater_study::fidelity::Table;
/// use slackwater_study::learn::Calibration;
/// let table = Table::of(None, &Calibration::given()?)?;
/// assert_eq!(table.pass, table.failed == 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// Version of slackwater.
    pub version: &'static str,
    /// Where recordings and vectors lie.
    pub truth: String,
    /// Whether every bounded row holds.
    pub pass: bool,
    /// Rows with a bound.
    pub bounded: usize,
    /// Bounded rows that do not hold.
    pub failed: usize,
    /// Rows, in the order of the contract.
    pub rows: Vec<Row>,
    /// The constants, with their intervals and what they were fitted on.
    pub calibration: Calibration,
}

impl Table {
    /// Every row, for the truth in the binary or that of a folder; rows that need neither recordings nor vectors are in
    /// both. Nothing is fitted: the constants are the given ones.
    ///
    /// # Errors
    /// As [`Truth::read`].
    pub fn of(truth: Option<&std::path::Path>, calibration: &Calibration) -> Result<Self, InputError> {
        Self::of_until(truth, calibration, PATIENT)
    }

    /// [`Table::of`] that ends with an error, within a recording, once `watch` says no.
    ///
    /// # Errors
    /// As [`Truth::read`], and [`Code::Stopped`](crate::scenario::Code::Stopped).
    ///
    /// ```
    /// use slackwater_study::fidelity::Table;
    /// use slackwater_study::learn::Calibration;
    /// assert!(Table::of_until(None, &Calibration::given()?, &|| false).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_until(
        truth: Option<&std::path::Path>,
        calibration: &Calibration,
        watch: Watch<'_>,
    ) -> Result<Self, InputError> {
        let truth = match truth {
            Some(path) => Truth::read(path)?,
            None => Truth::built_in()?,
        };
        let mut rows = Vec::new();
        go_on(watch)?;
        laws::rows(&mut rows);
        steps::rows(&mut rows);
        sides::rows(&mut rows);
        go_on(watch)?;
        vectors::rows(&truth.folder, &mut rows);
        queues::rows(&truth.folder, &mut rows);
        for run in &truth.runs {
            go_on(watch)?;
            of_run(run, calibration, &mut rows);
        }
        go_on(watch)?;
        clock::rows(&mut rows);
        issue::rows(&mut rows);
        known::tell(&mut rows);
        let bounded = rows.iter().filter(|row| row.pass.is_some()).count();
        let failed = rows.iter().filter(|row| row.pass == Some(false)).count();
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            truth: truth.folder.name(),
            pass: failed == 0,
            bounded,
            failed,
            rows,
            calibration: calibration.clone(),
        })
    }
}
