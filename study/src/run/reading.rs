//! What monitoring reads of a cluster, row by row.

use super::path::value;
use super::rule::SCRAPE_S;
use crate::resolve::Signal;
use slackwater_core::system::observe::Row;
use std::collections::VecDeque;

/// Scrapes over which a rate is taken: the fewest with which one that is missed does no harm (the rule of Prometheus'
/// documentation, and `$__rate_interval` of Grafana).
const SCRAPES: f64 = 4.0;

/// The number that an alert watches.
///
/// A share of failures is read from counters, as a rate of failures over a rate of ends. Within a step it is no number
/// at all: requests end in lumps, so the shorter the step, the more often it is all or nothing.
#[derive(Clone, Debug)]
pub(in crate::run) struct Reading {
    column: usize,
    most: usize,
    counts: VecDeque<(f64, f64)>,
    failed: f64,
    ended: f64,
    share: f64,
}

impl Reading {
    /// Nothing read yet of rows that are `dt_s` apart.
    pub(super) fn new(signal: Signal, dt_s: f64) -> Self {
        let counted = matches!(signal, Signal::ApiErrors | Signal::AgentHealth);
        let most = if counted { (SCRAPES * SCRAPE_S / dt_s).round().max(1.0) as usize } else { 0 };
        Self { column: signal.column(), most, counts: VecDeque::new(), failed: 0.0, ended: 0.0, share: 0.0 }
    }

    /// What is read in the middle of the next row's step.
    pub(super) fn see(&mut self, row: &Row) -> f64 {
        let now = value(row, self.column);
        if self.most == 0 {
            return now;
        }
        let ends = [Row::ANSWERED, Row::REJECTED, Row::TIMED_OUT, Row::REFUSED];
        let ended: f64 = ends.iter().map(|&column| value(row, column)).sum();
        let counts = (now * ended, ended);
        let before = self.share;
        self.counts.push_back(counts);
        (self.failed, self.ended) = (self.failed + counts.0, self.ended + counts.1);
        if self.counts.len() > self.most
            && let Some((failed, ended)) = self.counts.pop_front()
        {
            // What rounding leaves of nothing is nothing.
            (self.failed, self.ended) = ((self.failed - failed).max(0.0), (self.ended - ended).max(0.0));
        }
        self.share = if self.ended > 0.0 { (self.failed / self.ended).min(1.0) } else { 0.0 };
        f64::midpoint(before, self.share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slackwater_core::system::observe::COLUMNS;

    fn row(failed: f64, answered: f64) -> Row {
        let mut row = Row { values: [0.0; COLUMNS.len()] };
        let ended = failed + answered;
        row.values[Row::API_ERRORS] = if ended > 0.0 { failed / ended } else { 0.0 };
        (row.values[Row::ANSWERED], row.values[Row::REJECTED]) = (answered, failed);
        row
    }

    #[test]
    fn failures_that_come_in_lumps_are_the_share_they_are() {
        // One failure in ten ends, and never both in one step.
        for dt_s in [1.0, 0.5, 0.125] {
            let mut reading = Reading::new(Signal::ApiErrors, dt_s);
            let last = (0..1000).map(|step| if step % 10 == 0 { row(1.0, 0.0) } else { row(0.0, 1.0) });
            let last = last.map(|row| reading.see(&row)).last();
            assert!((last.unwrap_or(0.0) - 0.1).abs() < 0.02, "{last:?}");
        }
    }

    #[test]
    fn a_minute_without_failures_forgets_them() {
        let mut reading = Reading::new(Signal::ApiErrors, 1.0);
        for _ in 0..100 {
            reading.see(&row(3.0, 1.0));
        }
        for _ in 0..61 {
            reading.see(&row(0.0, 1.0));
        }
        assert!(reading.see(&row(0.0, 1.0)) < 1e-12);
    }

    #[test]
    fn a_load_is_what_it_is_in_each_step() {
        let mut row = row(1.0, 1.0);
        row.values[Row::API_LOAD] = 1.25;
        assert_eq!(Reading::new(Signal::ApiLoad, 1.0).see(&row), 1.25);
    }
}
