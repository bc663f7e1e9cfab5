//! A rule over one number of a path: at a level or above, for so long. Fed row by row, or all at once.

use slackwater_core::lane::Single;

/// Time between two scrapes of a monitored server, seconds: a dip shorter than that does not reset a rule.
pub(super) const SCRAPE_S: f64 = 15.0;

/// A rule in progress, over plain numbers or over numbers with their slopes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule<L = f64> {
    for_s: f64,
    level: L,
    dt_s: f64,
    since: Option<L>,
    before: L,
    below_s: f64,
    rows: usize,
}

impl<L: Single> Rule<L> {
    /// A number at `level` or above for `for_s` seconds on end, in steps of `dt_s`.
    pub(crate) fn new(for_s: f64, level: L, dt_s: f64) -> Self {
        Self { for_s, level, dt_s, since: None, before: level, below_s: 0.0, rows: 0 }
    }

    /// The next row; the age at which the rule holds, if it does from this row on. A row stands for the middle of
    /// its step; between rows the value is a straight line, so the age does not jump with the step.
    pub(crate) fn see(&mut self, x: L) -> Option<L> {
        let at_s = (self.rows as f64 + 0.5) * self.dt_s;
        self.rows += 1;
        let (before, level) = (self.before, self.level);
        self.before = x;
        if x.value() >= level.value() {
            let rises = x.value() > before.value() && before.value() < level.value();
            let part = if rises { (x - level) / (x - before) } else { L::zero() };
            let start_s = *self.since.get_or_insert(L::splat(at_s) - part * L::splat(self.dt_s));
            self.below_s = 0.0;
            return (at_s - start_s.value() >= self.for_s).then_some(start_s + L::splat(self.for_s));
        }
        // What happens between two scrapes nobody sees.
        self.below_s += self.dt_s;
        if self.for_s == 0.0 || self.below_s > SCRAPE_S {
            self.since = None;
        }
        None
    }

    /// Whether it has begun to hold.
    pub(crate) fn pending(&self) -> bool {
        self.since.is_some()
    }
}

impl Rule {
    /// The age at which it holds if what it has read last, `window`, comes again and again.
    pub(crate) fn resting(mut self, mut window: impl Iterator<Item = f64>) -> Option<f64> {
        let start_s = self.since?;
        let found = window.find_map(|x| self.see(x));
        // What holds for a whole window holds in all that follow.
        found.or_else(|| (self.since == Some(start_s)).then_some(start_s + self.for_s))
    }
}
