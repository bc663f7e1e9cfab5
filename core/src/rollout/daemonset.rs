//! How fast the pods of a new DaemonSet come up.
//!
//! Creation is not a rolling update: `maxUnavailable` does not apply. The controller creates up to 250 pods
//! a sync, in batches of 1, 2, 4 ... (kubernetes pkg/controller/daemon/daemon_controller.go), each call
//! paced by the client's QPS.

use crate::lane::{Lane, across};

/// Entries of the table over one sync.
const KNOTS: usize = 33;

/// Creation of pods over time.
///
/// ```
/// use slackwater_core::rollout::daemonset::Creation;
/// let creation = Creation::new(5.0, 250.0, 0.02, 20.0);
/// assert_eq!((creation.created(5.0), creation.share), (0.0, 1.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Creation<L> {
    /// Seconds from the change until the first pod's process runs.
    pub start_s: L,
    /// Pods created in one sync.
    pub burst: L,
    /// Length of a sync, seconds.
    pub sync_s: L,
    /// Share of the nodes the wave may reach.
    pub share: L,
    /// Pods of the DaemonSet removed per second once its deletion got through.
    pub removed_per_s: L,
    curve: heapless::Vec<L, KNOTS>,
}

impl Creation<f64> {
    /// `burst` pods a sync by slow start, calls of `call_s` seconds, at most `qps` calls a second; the first
    /// process runs after `start_s`.
    ///
    /// ```
    /// use slackwater_core::rollout::daemonset::Creation;
    /// let c = Creation::new(0.0, 250.0, 0.0, 20.0);
    /// assert!((c.created(12.5) - 250.0).abs() < 1e-9); // the controller's 20 calls a second decide
    /// ```
    pub fn new(start_s: f64, burst: f64, call_s: f64, qps: f64) -> Self {
        let batches = || {
            let (mut batch, mut left) = (1.0_f64, burst);
            core::iter::from_fn(move || {
                let now = batch.min(left);
                left -= now;
                batch *= 2.0;
                (now > 0.0).then_some(now)
            })
        };
        let length = |pods: f64| (pods / qps).max(call_s);
        let sync_s: f64 = batches().map(length).sum();
        let mut curve = heapless::Vec::new();
        for knot in 0..KNOTS {
            let at = sync_s * knot as f64 / (KNOTS - 1) as f64;
            let (mut from, mut made) = (0.0, 0.0);
            for pods in batches() {
                made += pods * ((at - from) / length(pods)).clamp(0.0, 1.0);
                from += length(pods);
            }
            let _ = curve.push(made);
        }
        Self { start_s, burst, sync_s, share: 1.0, removed_per_s: qps, curve }
    }
}

impl<L: Lane> Creation<L> {
    /// Pods created `since_s` seconds after the change, if nothing holds the controller up.
    ///
    /// # Formula
    /// Whole syncs times the burst, plus the batches 1, 2, 4 ... done in the sync that is going on, from a table of
    /// 32 even steps.
    ///
    /// ```
    /// use slackwater_core::rollout::daemonset::Creation;
    /// let creation = Creation::new(0.0, 250.0, 0.02, 20.0);
    /// assert!((creation.created(2.0 * creation.sync_s) - 500.0).abs() < 1e-9);
    /// ```
    #[inline(always)]
    pub fn created(&self, since_s: L) -> L {
        let since = (since_s - self.start_s).max(L::zero());
        let syncs = (since / self.sync_s).floor();
        let within = (since - syncs * self.sync_s) / self.sync_s;
        syncs * self.burst + L::interpolate(&self.curve, within * L::splat((KNOTS - 1) as f64))
    }
}

across!(Creation { start_s, burst, sync_s, share, removed_per_s, curve });
