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
/// A share of failures is read from counters, as a rate of failures over a rate of ends, from the touch on. Within a step
/// it is no number at all: requests end in lumps, so the shorter the step, the more often it is all or nothing.
#[derive(Clone, Debug)]
pub(in crate::run) struct Reading {
    share: usize,
    counters: Option<Counters>,
}

/// Failures and ends of the last rows.
#[derive(Clone, Debug)]
struct Counters {
    /// Column of the ends.
    ends: usize,
    most: usize,
    rows: VecDeque<(f64, f64)>,
    failed: f64,
    ended: f64,
    /// Rows until the sums are taken anew, so that rounding does not add up.
    fresh: usize,
    before: f64,
}

impl Reading {
    /// Nothing read yet of rows that are `dt_s` apart.
    pub(super) fn new(signal: Signal, dt_s: f64) -> Self {
        let ends = match signal {
            Signal::ApiErrors => Some(Row::API_ENDS),
            Signal::AgentHealth => Some(Row::AGENT_ENDS),
            Signal::ApiLoad | Signal::DnsErrors | Signal::UserImpact => None,
        };
        let most = (SCRAPES * SCRAPE_S / dt_s).round().max(1.0) as usize;
        let counters = |ends| Counters {
            ends,
            most,
            rows: VecDeque::with_capacity(most + 1),
            failed: 0.0,
            ended: 0.0,
            fresh: most,
            before: 0.0,
        };
        Self { share: signal.column(), counters: ends.map(counters) }
    }

    /// What is read in the middle of the next row's step.
    pub(super) fn see(&mut self, row: &Row) -> f64 {
        let now = value(row, self.share);
        self.counters.as_mut().map_or(now, |counters| counters.see(now, value(row, counters.ends)))
    }
}

impl Counters {
    /// One more row, in which a share of those who ended failed.
    fn see(&mut self, share: f64, ended: f64) -> f64 {
        self.rows.push_back((share * ended, ended));
        let gone = if self.rows.len() > self.most { self.rows.pop_front() } else { None };
        self.fresh -= 1;
        if self.fresh == 0 {
            self.fresh = self.most;
            (self.failed, self.ended) = self.rows.iter().fold((0.0, 0.0), |sums, row| (sums.0 + row.0, sums.1 + row.1));
        } else {
            let (failed, all) = gone.unwrap_or((0.0, 0.0));
            self.failed = (self.failed + share * ended - failed).max(0.0);
            self.ended = (self.ended + ended - all).max(0.0);
        }
        let before = self.before;
        self.before = if self.ended > 0.0 { (self.failed / self.ended).min(1.0) } else { 0.0 };
        f64::midpoint(before, self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slackwater_core::system::observe::COLUMNS;

    /// Requests of the agent, beside as many lookups as there may be.
    fn row(failed: f64, answered: f64, lookups: f64) -> Row {
        let mut row = Row { values: [0.0; COLUMNS.len()] };
        let ended = failed + answered;
        let share = if ended > 0.0 { failed / ended } else { 0.0 };
        (row.values[Row::API_ERRORS], row.values[Row::AGENT_HEALTH]) = (share, share);
        (row.values[Row::API_ENDS], row.values[Row::AGENT_ENDS]) = (ended, ended);
        (row.values[Row::ANSWERED], row.values[Row::REJECTED]) = (answered + lookups, failed);
        row
    }

    #[test]
    fn who_else_ends_does_not_count() {
        for signal in [Signal::ApiErrors, Signal::AgentHealth] {
            // All fail, in one second of ten, beside steady lookups.
            let mut reading = Reading::new(signal, 1.0);
            let last = (0..200).map(|step| row(if step % 10 == 0 { 100.0 } else { 0.0 }, 0.0, 200.0));
            assert!((last.map(|row| reading.see(&row)).last().unwrap_or(0.0) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn failures_that_come_in_lumps_are_the_share_they_are() {
        // One failure in ten ends, and never both in one step.
        for dt_s in [1.0, 0.5, 0.125] {
            let mut reading = Reading::new(Signal::ApiErrors, dt_s);
            let last = (0..1000).map(|step| if step % 10 == 0 { row(1.0, 0.0, 0.0) } else { row(0.0, 1.0, 0.0) });
            let last = last.map(|row| reading.see(&row)).last();
            assert!((last.unwrap_or(0.0) - 0.1).abs() < 0.02, "{last:?}");
        }
    }

    #[test]
    fn a_minute_without_failures_forgets_them() {
        let mut reading = Reading::new(Signal::ApiErrors, 1.0);
        for _ in 0..100 {
            reading.see(&row(3.0, 1.0, 5.0));
        }
        for _ in 0..61 {
            reading.see(&row(0.0, 1.0, 5.0));
        }
        assert!(reading.see(&row(0.0, 1.0, 5.0)) < 1e-12);
    }

    #[test]
    fn a_load_is_what_it_is_in_each_step() {
        let mut row = row(1.0, 1.0, 0.0);
        row.values[Row::API_LOAD] = 1.25;
        assert_eq!(Reading::new(Signal::ApiLoad, 1.0).see(&row), 1.25);
    }
}
