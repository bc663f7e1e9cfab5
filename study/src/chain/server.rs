//! One server whose clients lose patience and ask again.

use super::banded::Chain;
use super::error::ChainError;
use serde::Serialize;

/// A server with a queue; who would wait longer than the timeout counts as one who will ask again.
///
/// The state is the number of requests at the server and the number of clients that will ask again (the orbit).
/// A request that arrives where `n` are, itself included, waits longer than the timeout with the probability that fewer
/// than `n` of them are served in it. It is then served for nothing, and its client joins the orbit. A client in the
/// orbit asks again, or gives up, after one timeout on average, so that `retries` tries are made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RetryServer {
    /// New requests a second, above 0.
    pub arrivals_per_s: f64,
    /// Requests one thread serves in a second, above 0; service times are exponential.
    pub service_per_s: f64,
    /// Requests served at the same time, 1 or more.
    pub threads: usize,
    /// Patience of a client, seconds, above 0.
    pub timeout_s: f64,
    /// Tries after the first on average, 0 or more.
    pub retries: f64,
    /// Most requests at the server; who finds so many is refused and asks again.
    pub queue: usize,
    /// Most clients that wait to ask again; more give up at once.
    pub orbit: usize,
}

/// A range of queue lengths in which the server stays for long, and then leaves by luck.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Well {
    /// Shortest queue of it.
    pub from: usize,
    /// Longest queue of it.
    pub to: usize,
    /// The most frequent queue in it.
    pub peak: usize,
    /// Share of all time spent in it.
    pub share: f64,
    /// Mean seconds from its peak, with the orbit that goes with it, until the queue is out of it.
    pub escape_s: f64,
}

/// What the chain of a server comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RetryAnswer {
    /// The server.
    pub server: RetryServer,
    /// States of the chain.
    pub states: usize,
    /// Mean requests at the server.
    pub mean_queue: f64,
    /// Mean clients that wait to ask again.
    pub mean_orbit: f64,
    /// Share of time with a full queue.
    pub full: f64,
    /// Share of arrivals, first tries and others, that will wait longer than the timeout or are refused.
    pub late: f64,
    /// Mean seconds from a full queue and a full orbit until both are empty.
    pub drain_s: f64,
    /// Where the queue dwells: one range, or two if the server is metastable.
    pub wells: Vec<Well>,
    /// Share of time at each queue length.
    pub by_queue: Vec<f64>,
}

impl RetryServer {
    fn check(&self) -> Result<(), ChainError> {
        let numbers = [
            ("arrival rate", self.arrivals_per_s, 1e-9, 1e9, "requests a second"),
            ("service rate", self.service_per_s, 1e-9, 1e9, "requests a second"),
            ("threads", self.threads as f64, 1.0, 1e6, "threads"),
            ("timeout", self.timeout_s, 1e-6, 1e6, "seconds"),
            ("retries", self.retries, 0.0, 1e3, "tries"),
            ("queue", self.queue as f64, 1.0, 1e6, "requests"),
            ("orbit", self.orbit as f64, 1.0, 1e6, "clients"),
        ];
        for (name, value, low, high, unit) in numbers {
            if !(low..=high).contains(&value) {
                return Err(ChainError::OutOfRange { name, value, low, high, unit });
            }
        }
        Ok(())
    }

    /// Probability that request number `n` at the server is not through within the timeout, n from 1 on.
    ///
    /// # Formula
    /// P(Poisson(served in a timeout) < n): with `threads` threads and n beyond them, min(n, threads) * rate.
    fn late(&self, n: usize) -> f64 {
        let mean = n.min(self.threads) as f64 * self.service_per_s * self.timeout_s;
        // Of those beyond the threads all must be served; within them only the request itself.
        let before = if n <= self.threads { 1 } else { n };
        let mean = if n <= self.threads { self.service_per_s * self.timeout_s } else { mean };
        let (mut sum, mut term) = (0.0, -mean);
        for served in 0..before {
            sum += libm::exp(term);
            term += libm::log(mean) - libm::log((served + 1) as f64);
        }
        sum.min(1.0)
    }

    /// Number of a state; the smaller of the two counts runs inside, so that the band is narrow.
    fn state(&self, queue: usize, orbit: usize) -> usize {
        if self.orbit <= self.queue { queue * (self.orbit + 1) + orbit } else { orbit * (self.queue + 1) + queue }
    }

    /// Queue and orbit of a state.
    fn counts(&self, state: usize) -> (usize, usize) {
        if self.orbit <= self.queue {
            (state / (self.orbit + 1), state % (self.orbit + 1))
        } else {
            (state % (self.queue + 1), state / (self.queue + 1))
        }
    }

    /// The chain of this server.
    ///
    /// # Errors
    /// Numbers out of range, or too many states.
    ///
    /// ```
    /// use slackwater_study::chain::RetryServer;
    /// let server = RetryServer { arrivals_per_s: 1.0, service_per_s: 2.0, threads: 1, timeout_s: 3.0, retries: 0.0,
    ///     queue: 3, orbit: 1 };
    /// assert_eq!(server.chain()?.states(), 4 * 2);
    /// # Ok::<(), slackwater_study::chain::ChainError>(())
    /// ```
    pub fn chain(&self) -> Result<Chain, ChainError> {
        self.check()?;
        let states = (self.queue + 1).saturating_mul(self.orbit + 1);
        let mut chain = Chain::new(states, self.orbit.min(self.queue) + 2)?;
        let late: Vec<f64> = (1..=self.queue).map(|n| self.late(n)).collect();
        let again_per_s = self.retries / ((self.retries + 1.0) * self.timeout_s);
        let gives_up_per_s = 1.0 / ((self.retries + 1.0) * self.timeout_s);
        let joins = if self.retries > 0.0 { 1.0 } else { 0.0 };
        for queue in 0..=self.queue {
            for orbit in 0..=self.orbit {
                let here = self.state(queue, orbit);
                let waiting = orbit as f64;
                let mut go = |queue: usize, orbit: usize, per_s: f64| {
                    chain.add(here, self.state(queue, orbit.min(self.orbit)), per_s);
                };
                if queue > 0 {
                    go(queue - 1, orbit, queue.min(self.threads) as f64 * self.service_per_s);
                }
                if orbit > 0 {
                    go(queue, orbit - 1, waiting * gives_up_per_s);
                }
                let Some(&late) = late.get(queue) else {
                    // Full: a new client will ask again, one in the orbit stays there.
                    go(queue, orbit + 1, self.arrivals_per_s * joins);
                    continue;
                };
                go(queue + 1, orbit + 1, self.arrivals_per_s * late * joins);
                go(queue + 1, orbit, self.arrivals_per_s * (1.0 - late * joins));
                if orbit > 0 {
                    go(queue + 1, orbit, waiting * again_per_s * late);
                    go(queue + 1, orbit - 1, waiting * again_per_s * (1.0 - late));
                }
            }
        }
        Ok(chain)
    }

    /// Solves the chain.
    ///
    /// # Errors
    /// As [`RetryServer::chain`].
    pub fn solve(&self) -> Result<RetryAnswer, ChainError> {
        let chain = self.chain()?;
        let share = chain.clone().stationary()?;
        let mut by_queue = vec![0.0; self.queue + 1];
        let (mut mean_queue, mut mean_orbit, mut late, mut tries) = (0.0, 0.0, 0.0, 0.0);
        let again_per_s = self.retries / ((self.retries + 1.0) * self.timeout_s);
        for (state, &share) in share.iter().enumerate() {
            let (queue, orbit) = self.counts(state);
            by_queue[queue] += share;
            mean_queue += share * queue as f64;
            mean_orbit += share * orbit as f64;
            let per_s = share * (self.arrivals_per_s + orbit as f64 * again_per_s);
            tries += per_s;
            late += per_s * if queue < self.queue { self.late(queue + 1) } else { 1.0 };
        }
        let drain_s = chain.clone().hitting_s(|state| state == self.state(0, 0))?;
        let wells = self.wells(&chain, &share, &by_queue)?;
        Ok(RetryAnswer {
            server: *self,
            states: chain.states(),
            mean_queue,
            mean_orbit,
            full: by_queue.last().copied().unwrap_or(0.0),
            late: late / tries,
            drain_s: drain_s.get(self.state(self.queue, self.orbit)).copied().unwrap_or(0.0),
            wells,
            by_queue,
        })
    }

    /// The ranges between the lowest point of the distribution of the queue and its two highest on either side.
    fn wells(&self, chain: &Chain, share: &[f64], by_queue: &[f64]) -> Result<Vec<Well>, ChainError> {
        let highest =
            |range: std::ops::Range<usize>| range.max_by(|a, b| by_queue[*a].total_cmp(&by_queue[*b])).unwrap_or(0);
        // A valley is as deep as it is below the lower of the two peaks beside it.
        let depth = |valley: usize| {
            let (left, right) = (by_queue[highest(0..valley)], by_queue[highest(valley + 1..by_queue.len())]);
            left.min(right) / by_queue[valley]
        };
        let inner = 1..by_queue.len().saturating_sub(1);
        let valley = inner.max_by(|a, b| depth(*a).total_cmp(&depth(*b))).filter(|valley| depth(*valley) > DEEP);
        let ranges = match valley {
            Some(valley) => vec![0..valley, valley..by_queue.len()],
            None => std::iter::once(0..by_queue.len()).collect(),
        };
        let one = ranges.len() == 1;
        let mut wells = Vec::new();
        for range in ranges {
            let peak = highest(range.clone());
            let inside = |state: usize| range.contains(&self.counts(state).0);
            let orbit =
                (0..=self.orbit).max_by(|a, b| share[self.state(peak, *a)].total_cmp(&share[self.state(peak, *b)]));
            let escape_s = if one {
                f64::INFINITY
            } else {
                chain.clone().hitting_s(|state| !inside(state))?[self.state(peak, orbit.unwrap_or(0))]
            };
            let time = by_queue[range.clone()].iter().sum();
            wells.push(Well { from: range.start, to: range.end - 1, peak, share: time, escape_s });
        }
        Ok(wells)
    }
}

/// How many times rarer the valley between two wells must be than either peak.
const DEEP: f64 = 2.0;
