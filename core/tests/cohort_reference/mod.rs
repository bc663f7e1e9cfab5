//! Plain convolution: a list of everybody with their due times, added up anew in every step.

/// Members that leave in step `leaves`, counted from the start of the run.
struct Point {
    amount: f64,
    leaves: u64,
}

/// Members spread evenly over `[from, to]`, counted from step `pushed`; `amount` counts those who have left, too.
struct Even {
    amount: f64,
    pushed: u64,
    from: f64,
    to: f64,
}

impl Even {
    /// Members that leave from step `step` on, for `steps` steps.
    fn leaving(&self, step: u64, steps: f64) -> f64 {
        let start = (step - self.pushed) as f64;
        self.amount * (((start + steps).min(self.to) - start.max(self.from)) / (self.to - self.from)).max(0.0)
    }
}

/// The same population as a cohort, by the rules its documentation states and none of its methods.
pub(crate) struct Reference {
    now: u64,
    last: f64,
    points: Vec<Point>,
    evens: Vec<Even>,
    /// Largest population so far.
    pub(crate) peak: f64,
}

impl Reference {
    /// For a ring of `slots` slots.
    pub(crate) fn new(slots: usize) -> Self {
        Self { now: 0, last: slots as f64 - 2.0, points: Vec::new(), evens: Vec::new(), peak: 0.0 }
    }

    /// Holds a figure of the cohort against one of the reference. Sums of numbers that come and go keep the
    /// rounding of the largest: the bound is 1e-12 of the largest population so far.
    pub(crate) fn near(&self, got: f64, want: f64) {
        let off = got - want;
        assert!(got >= 0.0 && off.abs() <= 1e-12 * self.peak, "{got:e} for {want:e}: off by {off:e} of {}", self.peak);
    }

    pub(crate) fn total(&self) -> f64 {
        let points: f64 = self.points.iter().map(|point| point.amount).sum();
        points + self.evens.iter().map(|even| even.leaving(self.now, f64::INFINITY)).sum::<f64>()
    }

    pub(crate) fn push(&mut self, amount: f64, due: f64) {
        let due = due.clamp(1.0, self.last) - 1.0;
        let leaves = self.now + due.floor() as u64;
        self.points.push(Point { amount: amount * (1.0 - due.fract()), leaves });
        self.points.push(Point { amount: amount * due.fract(), leaves: leaves + 1 });
        self.peak = self.peak.max(self.total());
    }

    pub(crate) fn push_even(&mut self, amount: f64, from: f64, to: f64) {
        let from = from.clamp(1.0, self.last) - 1.0;
        let to = (to - 1.0).min(self.last).max(from + 1.0);
        self.evens.push(Even { amount, pushed: self.now, from, to });
        self.peak = self.peak.max(self.total());
    }

    pub(crate) fn expire(&mut self) -> f64 {
        let points: f64 = self.points.iter().filter(|point| point.leaves == self.now).map(|point| point.amount).sum();
        let evens: f64 = self.evens.iter().map(|even| even.leaving(self.now, 1.0)).sum();
        self.now += 1;
        self.points.retain(|point| point.leaves >= self.now);
        self.evens.retain(|even| even.to > (self.now - even.pushed) as f64);
        points + evens
    }

    pub(crate) fn thin(&mut self, factor: f64) -> f64 {
        let before = self.total();
        self.points.iter_mut().for_each(|point| point.amount *= factor);
        self.evens.iter_mut().for_each(|even| even.amount *= factor);
        before - self.total()
    }

    /// Takes from points only; returns the amount and its mean residual life.
    pub(crate) fn take(&mut self, amount: f64) -> (f64, f64) {
        self.points.sort_by_key(|point| point.leaves);
        let (mut left, mut taken, mut weighted) = (amount, 0.0, 0.0);
        for point in &mut self.points {
            let got = point.amount.min(left);
            point.amount -= got;
            left -= got;
            taken += got;
            weighted += got * (point.leaves - self.now + 1) as f64;
        }
        (taken, if taken > 0.0 { weighted / taken } else { 0.0 })
    }
}
