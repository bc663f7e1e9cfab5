//! What is written down: totals of every second, and of every class.

use super::super::replay::Rejections;
use crate::trial::{ClassSeries, Observed};
use slackwater_core::system::observe::Row;

/// What became of the requests of a class, over the whole run.
///
/// ```
/// use slackwater_study::events::system::ClassHistory;
/// let none = ClassHistory::default();
/// assert_eq!(none.mean_wait_s(), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClassHistory {
    /// Requests that were let in, whether they waited or not.
    pub started: u64,
    /// Seconds they waited for seats, summed.
    pub waited_s: f64,
    /// Requests turned away by flow control or an in-flight limit, by reason.
    pub turned_away: Rejections,
    /// Requests sent again after a failure.
    pub tried_again: u64,
    /// Failures after which a client stopped trying.
    pub given_up: u64,
    /// CPU-seconds that requests had attained when they were cut off or lost.
    pub wasted_s: f64,
}

impl ClassHistory {
    /// Mean wait for seats of those let in, seconds; nothing if there were none.
    ///
    /// ```
    /// use slackwater_study::events::system::ClassHistory;
    /// let lists = ClassHistory { started: 4, waited_s: 10.0, ..ClassHistory::default() };
    /// assert_eq!(lists.mean_wait_s(), Some(2.5));
    /// ```
    pub fn mean_wait_s(&self) -> Option<f64> {
        (self.started > 0).then(|| self.waited_s / self.started as f64)
    }
}

/// A trial, run request by request.
///
/// ```
/// use slackwater_core::system::observe::Row;
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_study::events::system::System;
/// use slackwater_study::trial::Trial;
/// let mut scenario = Scenario::idle(1.0, 300.0, 8.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// let trial = Trial { scenario, drives: Vec::new(), faults: Vec::new(), until_s: 60.0 };
/// let history = System::new(&trial, 1).run()?;
/// let busy: f64 = history.rows.iter().map(|row| row.values[Row::API_BUSY]).sum::<f64>() / 60.0;
/// assert!((busy - 10.0 * 0.2 / 8.0).abs() < 0.02 * busy); // utilisation law
/// # Ok::<(), slackwater_study::events::system::SystemError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// What somebody outside sees.
    pub observed: Observed,
    /// One row a second, in the columns of the fluid model.
    pub rows: Vec<Row>,
    /// By class, in the order of the scenario.
    pub classes: Vec<ClassHistory>,
    /// Events handled.
    pub events: u64,
}

/// Ends of the requests of a class in the present second.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ends {
    pub sent: u64,
    pub answered: u64,
    pub rejected: u64,
    pub timed_out: u64,
    pub refused: u64,
    pub latency_s: f64,
}

impl Ends {
    pub(super) fn failed(&self) -> u64 {
        self.rejected + self.timed_out + self.refused
    }

    /// Writes the second down, and starts the next.
    pub(super) fn close(&mut self, series: &mut ClassSeries, in_flight: u64, watching: u64) {
        series.sent.push(self.sent as f64);
        series.answered.push(self.answered as f64);
        series.rejected.push(self.rejected as f64);
        series.timed_out.push(self.timed_out as f64);
        series.refused.push(self.refused as f64);
        series.in_flight.push(in_flight as f64);
        series.watching.push(watching as f64);
        series.latency_sum_s.push(self.latency_s);
        *self = Self::default();
    }
}
