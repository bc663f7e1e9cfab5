//! Containers that fail, wait longer and longer, and try again: CrashLoopBackOff.
//!
//! The kubelet restarts a container without asking anybody: at once the first time, then after 10, 20, 40 ... 300 s
//! (kubernetes `pkg/kubelet/kubelet.go`, `MaxContainerBackOff`). A container that has run for ten minutes starts from
//! the beginning again (`backoff.GC`, twice the longest wait).

use crate::cohort::{Cohort, slots_for};
use crate::lane::Lane;
use crate::server::leader::RESTART_AFTER_S;

/// Groups by failures in a row: those of the first group are restarted at once.
///
/// ```
/// use slackwater_core::nodes::crashloop::LEVELS;
/// use slackwater_core::server::leader::RESTART_AFTER_S;
/// assert_eq!(LEVELS, RESTART_AFTER_S.len() + 1);
/// ```
pub const LEVELS: usize = RESTART_AFTER_S.len() + 1;
/// Seconds after which a container that runs counts as well again.
///
/// ```
/// assert_eq!(slackwater_core::nodes::crashloop::WELL_AFTER_S, 600.0);
/// ```
pub const WELL_AFTER_S: f64 = 600.0;

/// Containers between a failure and the next try, and those that run again but are remembered.
///
/// ```
/// use slackwater_core::nodes::crashloop::CrashLoop;
/// let (mut slots, mut pods) = (vec![0.0; CrashLoop::<f64>::slots(5.0, 1.0)], CrashLoop::new());
/// pods.fail(&mut slots, 1.0, 5.0, 100.0, 100.0);
/// // Nothing can start; each try takes 5 s. Nobody is lost.
/// (0..1800).for_each(|_| { pods.step(&mut slots, 1.0, 5.0, 0.0); });
/// assert!((pods.total() - 100.0).abs() < 1e-9 && (pods.looping() - 100.0).abs() < 1e-9);
/// // It can again: all are back after the longest wait.
/// let back: f64 = (0..306).map(|_| pods.step(&mut slots, 1.0, 5.0, 1.0)).sum();
/// assert!((back - 100.0).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CrashLoop<L> {
    /// By failures in a row, until the next try.
    waiting: [Cohort<L>; LEVELS],
    /// Running again, by failures that are remembered, until they are forgotten.
    mended: [Cohort<L>; LEVELS],
}

impl<L: Lane> CrashLoop<L> {
    /// Nobody has failed.
    ///
    /// ```
    /// use slackwater_core::nodes::crashloop::CrashLoop;
    /// assert_eq!(CrashLoop::<f64>::new().total(), 0.0);
    /// ```
    pub fn new() -> Self {
        Self { waiting: [Cohort::new(); LEVELS], mended: [Cohort::new(); LEVELS] }
    }

    /// Length of one ring: the longest wait and a try of `life_s` seconds that fails.
    fn ring(life_s: f64, dt_s: f64) -> usize {
        slots_for(RESTART_AFTER_S.iter().fold(0.0, |longest: f64, &after_s| longest.max(after_s)) + life_s, dt_s)
    }

    /// Numbers needed in the borrowed storage, where a try that fails takes `life_s` seconds.
    ///
    /// ```
    /// use slackwater_core::nodes::crashloop::CrashLoop;
    /// assert!(CrashLoop::<f64>::slots(5.0, 1.0) > 7 * 900);
    /// ```
    pub fn slots(life_s: f64, dt_s: f64) -> usize {
        LEVELS * (Self::ring(life_s, dt_s) + slots_for(WELL_AFTER_S, dt_s))
    }

    /// Rings of those that wait, and of those that run again.
    fn rings(slots: &mut [L], dt_s: f64, life_s: f64) -> (&mut [L], &mut [L]) {
        slots.split_at_mut_checked(LEVELS * Self::ring(life_s, dt_s)).unwrap_or_default()
    }

    /// Those between a failure and the next try.
    ///
    /// ```
    /// use slackwater_core::nodes::crashloop::CrashLoop;
    /// let (mut slots, mut pods) = (vec![0.0; CrashLoop::<f64>::slots(5.0, 1.0)], CrashLoop::new());
    /// pods.fail(&mut slots, 1.0, 5.0, 3.0, 10.0);
    /// assert_eq!(pods.total(), 3.0);
    /// ```
    pub fn total(&self) -> L {
        self.waiting.iter().fold(L::zero(), |sum, group| sum + group.total())
    }

    /// Those of them that failed at least twice in a row: what `kubectl get pods` calls CrashLoopBackOff.
    ///
    /// ```
    /// use slackwater_core::nodes::crashloop::CrashLoop;
    /// let (mut slots, mut pods) = (vec![0.0; CrashLoop::<f64>::slots(5.0, 1.0)], CrashLoop::new());
    /// pods.fail(&mut slots, 1.0, 5.0, 3.0, 10.0);
    /// assert_eq!(pods.looping(), 0.0); // restarted at once
    /// pods.step(&mut slots, 1.0, 5.0, 0.0);
    /// assert_eq!(pods.looping(), 3.0);
    /// ```
    pub fn looping(&self) -> L {
        self.waiting.iter().skip(1).fold(L::zero(), |sum, group| sum + group.total())
    }

    /// Seconds until the next try of those that failed `level` times before.
    fn wait_s(level: usize) -> f64 {
        level.checked_sub(1).and_then(|at| RESTART_AFTER_S.get(at)).copied().unwrap_or(0.0)
    }

    fn push(&mut self, waiting: &mut [L], dt_s: f64, life_s: f64, level: usize, amount: L, after_s: f64) {
        let length = Self::ring(life_s, dt_s);
        let ring = waiting.get_mut(level * length..(level + 1) * length).unwrap_or_default();
        if let Some(group) = self.waiting.get_mut(level) {
            group.push(ring, amount, L::splat((after_s / dt_s).max(1.0)));
        }
    }

    /// `amount` of `running` containers fail now; who failed lately waits longer.
    ///
    /// ```
    /// use slackwater_core::nodes::crashloop::CrashLoop;
    /// let (mut slots, mut pods) = (vec![0.0; CrashLoop::<f64>::slots(5.0, 1.0)], CrashLoop::new());
    /// for _ in 0..3 {
    ///     pods.fail(&mut slots, 1.0, 5.0, 10.0, 10.0);
    ///     while pods.total() > 0.0 {
    ///         pods.step(&mut slots, 1.0, 5.0, 1.0);
    ///     }
    /// }
    /// pods.fail(&mut slots, 1.0, 5.0, 10.0, 10.0);
    /// assert_eq!(pods.looping(), 10.0); // all four kills were within ten minutes
    /// ```
    pub fn fail(&mut self, slots: &mut [L], dt_s: f64, life_s: f64, amount: L, running: L) {
        let (zero, one) = (L::zero(), L::one());
        let keep = one - amount.over(running, zero).min(one);
        let (waiting, mended) = Self::rings(slots, dt_s, life_s);
        let mut left = amount;
        for (level, ring) in mended.chunks_mut(slots_for(WELL_AFTER_S, dt_s)).enumerate().take(LEVELS) {
            let Some(group) = self.mended.get_mut(level) else { continue };
            // A failure more than is remembered; those never seen before are in no group.
            let next = (level + 1).min(LEVELS - 1);
            let failing = group.thin(ring, keep).min(left);
            left -= failing;
            self.push(waiting, dt_s, life_s, next, failing, Self::wait_s(next));
        }
        self.push(waiting, dt_s, life_s, 0, left.max(zero), 0.0);
    }

    /// Of those that run, the share `keep` still does: the others were taken away for another reason.
    ///
    /// ```
    /// use slackwater_core::nodes::crashloop::CrashLoop;
    /// let (mut slots, mut pods) = (vec![0.0; CrashLoop::<f64>::slots(5.0, 1.0)], CrashLoop::new());
    /// pods.fail(&mut slots, 1.0, 5.0, 10.0, 10.0);
    /// pods.step(&mut slots, 1.0, 5.0, 1.0);
    /// pods.forget(&mut slots, 1.0, 5.0, 0.0); // evicted
    /// pods.fail(&mut slots, 1.0, 5.0, 10.0, 10.0);
    /// assert_eq!(pods.looping(), 0.0); // others, that have never failed
    /// ```
    pub fn forget(&mut self, slots: &mut [L], dt_s: f64, life_s: f64, keep: L) {
        let (_, mended) = Self::rings(slots, dt_s, life_s);
        for (group, ring) in self.mended.iter_mut().zip(mended.chunks_mut(slots_for(WELL_AFTER_S, dt_s))) {
            group.thin(ring, keep);
        }
    }

    /// The share `1 - keep` of those that wait is taken away; returns them.
    ///
    /// ```
    /// use slackwater_core::nodes::crashloop::CrashLoop;
    /// let (mut slots, mut pods) = (vec![0.0; CrashLoop::<f64>::slots(5.0, 1.0)], CrashLoop::new());
    /// pods.fail(&mut slots, 1.0, 5.0, 8.0, 10.0);
    /// assert_eq!((pods.thin(&mut slots, 1.0, 5.0, 0.25), pods.total()), (6.0, 2.0));
    /// ```
    pub fn thin(&mut self, slots: &mut [L], dt_s: f64, life_s: f64, keep: L) -> L {
        let (waiting, _) = Self::rings(slots, dt_s, life_s);
        let groups = self.waiting.iter_mut().zip(waiting.chunks_mut(Self::ring(life_s, dt_s)));
        groups.fold(L::zero(), |gone, (group, ring)| gone + group.thin(ring, keep))
    }

    /// One step: of those whose wait is over the share `starts` runs again and is returned; the others fail after
    /// `life_s` seconds and wait longer.
    ///
    /// ```
    /// use slackwater_core::nodes::crashloop::CrashLoop;
    /// let (mut slots, mut pods) = (vec![0.0; CrashLoop::<f64>::slots(5.0, 1.0)], CrashLoop::new());
    /// pods.fail(&mut slots, 1.0, 5.0, 3.0, 10.0);
    /// assert_eq!(pods.step(&mut slots, 1.0, 5.0, 1.0), 3.0);
    /// ```
    pub fn step(&mut self, slots: &mut [L], dt_s: f64, life_s: f64, starts: L) -> L {
        let (zero, one) = (L::zero(), L::one());
        let length = Self::ring(life_s, dt_s);
        let remembered = slots_for(WELL_AFTER_S, dt_s);
        let (waiting, mended) = Self::rings(slots, dt_s, life_s);
        for (group, ring) in self.mended.iter_mut().zip(mended.chunks_mut(remembered)) {
            if L::any(group.total().gt(zero)) {
                group.expire(ring);
            }
        }
        let mut back = zero;
        // The latest first: who fails goes into the group behind, and must not try again in this step.
        for level in (0..LEVELS).rev() {
            let ring = waiting.get_mut(level * length..(level + 1) * length).unwrap_or_default();
            let Some(group) = self.waiting.get_mut(level).filter(|group| L::any(group.total())) else { continue };
            let trying = group.expire(ring);
            let started = trying * starts.within(zero, one);
            back += started;
            let ring = mended.get_mut(level * remembered..(level + 1) * remembered).unwrap_or_default();
            if let Some(group) = self.mended.get_mut(level) {
                group.push(ring, started, L::splat(WELL_AFTER_S / dt_s));
            }
            let next = (level + 1).min(LEVELS - 1);
            self.push(waiting, dt_s, life_s, next, trying - started, life_s + Self::wait_s(next));
        }
        back
    }
}

impl<L: Lane> Default for CrashLoop<L> {
    fn default() -> Self {
        Self::new()
    }
}
