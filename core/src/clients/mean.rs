//! The mean of several servers, for whoever looks at a cluster and not at one of them.

use super::line::Line;
use super::population::Population;
use crate::cohort::Cohort;
use crate::lane::Lane;

impl<L: Lane> Population<L> {
    /// Becomes what a mean server has, by `mean` of any part of it: how many are where, what happened in the step and
    /// so far. It shows, and cannot be stepped.
    pub(crate) fn show_mean(&mut self, mean: impl Fn(&dyn Fn(&Self) -> L) -> L, dt_s: L) {
        self.idle = Cohort::holding(mean(&|one| one.idle.total()));
        self.backoff = Cohort::holding(mean(&|one| one.backoff.total()));
        self.wide = 1;
        let [first, ..] = &mut self.lines;
        *first = Line {
            queue: Cohort::holding(mean(&Self::waiting)),
            etcd: Cohort::holding(mean(&Self::at_etcd)),
            running: mean(&Self::running),
            ..Line::empty()
        };
        self.watching = mean(&|one| one.watching);
        self.retrying = mean(&|one| one.retrying);
        self.failures = mean(&|one| one.failures);
        let last = &mut self.last;
        last.sent = mean(&|one| one.last.sent);
        last.answered = mean(&|one| one.last.answered);
        last.rejected = mean(&|one| one.last.rejected);
        last.unready = mean(&|one| one.last.unready);
        last.timed_out = mean(&|one| one.last.timed_out);
        last.refused = mean(&|one| one.last.refused);
        last.latency_sum_s = mean(&|one| one.last.latency_sum_s);
        let account = &mut self.account;
        for cause in 0..account.cpu_s.len() {
            let of = |part: &dyn Fn(&Self) -> Option<L>| mean(&|one| part(one).unwrap_or(L::zero()));
            let sums = [&mut account.cpu_s, &mut account.seat_s, &mut account.byte_s];
            let parts = [
                of(&|one| one.account.cpu_s.get(cause).copied()),
                of(&|one| one.account.seat_s.get(cause).copied()),
                of(&|one| one.account.byte_s.get(cause).copied()),
            ];
            for (sum, part) in sums.into_iter().zip(parts) {
                if let Some(cell) = sum.get_mut(cause) {
                    *cell = part;
                }
            }
        }
        account.sent = mean(&|one| one.account.sent);
        account.answered = mean(&|one| one.account.answered);
        account.rejected = mean(&|one| one.account.rejected);
        account.timed_out = mean(&|one| one.account.timed_out);
        account.refused = mean(&|one| one.account.refused);
        self.remember(dt_s);
    }
}
