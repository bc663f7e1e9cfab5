//! What moves in a cluster that serves users, and what became of the traffic so far.

use super::pulls::Pulls;
use super::site::Site;
use crate::cohort::{Cohort, slots_for};
use crate::lane::Lane;
use crate::nodes::crashloop::CrashLoop;

/// Traffic by what became of it, pod-seconds of load.
///
/// ```
/// use slackwater_core::traffic::state::Account;
/// let account = Account { arrived: 10.0, served: 7.0, shed: 1.0, unnamed: 2.0, ..Account::default() };
/// assert_eq!((account.lost(), account.missing()), (2.0, 0.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Account {
    /// What came.
    pub arrived: f64,
    /// Answered.
    pub served: f64,
    /// Refused at the entrance, because pods have enough.
    pub shed: f64,
    /// Lost: the cluster is not there for users.
    pub outside: f64,
    /// Lost: a name was not found.
    pub unnamed: f64,
    /// Lost: pods were asked for more than they can do, or there were none.
    pub overload: f64,
}

impl Account {
    /// Everything that is lost.
    ///
    /// ```
    /// assert_eq!(slackwater_core::traffic::state::Account::default().lost(), 0.0);
    /// ```
    pub fn lost(&self) -> f64 {
        self.outside + self.unnamed + self.overload
    }

    /// What is booked nowhere: 0 but for rounding.
    ///
    /// ```
    /// assert_eq!(slackwater_core::traffic::state::Account::default().missing(), 0.0);
    /// ```
    pub fn missing(&self) -> f64 {
        self.arrived - self.served - self.shed - self.lost()
    }

    /// Both together.
    ///
    /// ```
    /// use slackwater_core::traffic::state::Account;
    /// let one = Account { arrived: 1.0, served: 1.0, ..Account::default() };
    /// assert_eq!(one.and(&one).served, 2.0);
    /// ```
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            arrived: self.arrived + other.arrived,
            served: self.served + other.served,
            shed: self.shed + other.shed,
            outside: self.outside + other.outside,
            unnamed: self.unnamed + other.unnamed,
            overload: self.overload + other.overload,
        }
    }

    /// `by` times as much of everything.
    ///
    /// ```
    /// use slackwater_core::traffic::state::Account;
    /// let one = Account { arrived: 1.0, shed: 1.0, ..Account::default() };
    /// assert_eq!(one.times(3.0).shed, 3.0);
    /// ```
    #[must_use]
    pub fn times(&self, by: f64) -> Self {
        Self {
            arrived: self.arrived * by,
            served: self.served * by,
            shed: self.shed * by,
            outside: self.outside * by,
            unnamed: self.unnamed * by,
            overload: self.overload * by,
        }
    }
}

/// Rings of a state, cut out of what the caller lends.
pub(super) struct Rings<'a> {
    pub(super) starting: &'a mut [f64],
    pub(super) booting: &'a mut [f64],
    pub(super) pulls: &'a mut [f64],
    pub(super) crash: &'a mut [f64],
}

impl<'a> Rings<'a> {
    pub(super) fn of(site: &Site, storage: &'a mut [f64]) -> Self {
        let cut = |rest: &'a mut [f64], length: usize| rest.split_at_mut_checked(length).unwrap_or_default();
        let (starting, rest) = cut(storage, slots_for(site.pod_start_s, site.dt_s));
        let (booting, rest) = cut(rest, slots_for(site.boot_s, site.dt_s));
        let (pulls, rest) = cut(rest, Pulls::SLOTS);
        let (crash, _) = cut(rest, CrashLoop::<f64>::slots(site.crash_life_s, site.dt_s));
        Self { starting, booting, pulls, crash }
    }
}

/// Pods and caches of a cluster that serves users.
///
/// ```
/// use slackwater_core::traffic::{site::Site, state::State};
/// let site = Site::usual(100.0);
/// assert_eq!(State::new(&site).pods(), 100.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct State {
    /// Pods that serve.
    pub serving: f64,
    /// Pods on nodes that have their images.
    pub starting: Cohort<f64>,
    /// Pods on nodes that boot.
    pub booting: Cohort<f64>,
    /// Pods on nodes that pull images.
    pub pulls: Pulls,
    /// Pods that nobody has placed.
    pub pending: f64,
    /// Pods that were killed and wait.
    pub crash: CrashLoop<f64>,
    /// Pods whose nodes were taken away.
    pub away: f64,
    /// Pods there should be.
    pub desired: f64,
    /// How full caches are, 0 to 1.
    pub warm: f64,
    /// Load of a pod, as a multiple of what it carries.
    pub carried: f64,
    /// Seconds for which fewer pods would have been enough.
    pub calm_s: f64,
    /// What became of the traffic.
    pub account: Account,
}

impl State {
    /// In usual traffic. Its rings lie in [`Site::slots`] numbers, all 0, that go with it.
    ///
    /// ```
    /// use slackwater_core::traffic::{site::Site, state::State};
    /// assert_eq!(State::new(&Site::usual(100.0)).carried, 0.5);
    /// ```
    pub fn new(site: &Site) -> Self {
        Self {
            serving: site.pods,
            starting: Cohort::new(),
            booting: Cohort::new(),
            pulls: Pulls::default(),
            pending: 0.0,
            crash: CrashLoop::new(),
            away: 0.0,
            desired: site.pods,
            warm: site.usual_warmth(),
            carried: site.load,
            calm_s: 0.0,
            account: Account::default(),
        }
    }

    /// All pods, wherever they are: as many as there should be.
    ///
    /// ```
    /// use slackwater_core::traffic::{site::Site, state::State};
    /// let mut state = State::new(&Site::usual(100.0));
    /// state.empty(0.4);
    /// assert_eq!((state.pods(), state.serving), (100.0, 60.0));
    /// ```
    pub fn pods(&self) -> f64 {
        self.serving
            + self.starting.total()
            + self.booting.total()
            + self.pulls.total()
            + self.pending
            + self.crash.total()
            + self.away
    }

    /// Nodes are taken away, with the share `share` of the pods that serve.
    ///
    /// ```
    /// use slackwater_core::traffic::{site::Site, state::State};
    /// let mut state = State::new(&Site::usual(100.0));
    /// state.empty(0.25);
    /// assert_eq!(state.away, 25.0);
    /// ```
    pub fn empty(&mut self, share: f64) {
        let moved = self.serving * share.within(0.0, 1.0);
        self.serving -= moved;
        self.away += moved;
    }

    /// The nodes come back, without images: they boot first.
    ///
    /// ```
    /// use slackwater_core::traffic::{site::Site, state::State};
    /// let site = Site::usual(100.0);
    /// let (mut state, mut storage) = (State::new(&site), vec![0.0; site.slots()]);
    /// state.empty(0.25);
    /// state.refill(&site, &mut storage);
    /// assert_eq!((state.away, state.booting.total()), (0.0, 25.0));
    /// ```
    pub fn refill(&mut self, site: &Site, storage: &mut [f64]) {
        let rings = Rings::of(site, storage);
        self.booting.push(rings.booting, self.away, site.steps(site.boot_s));
        self.away = 0.0;
    }

    /// Nodes that pull images.
    ///
    /// ```
    /// use slackwater_core::traffic::{site::Site, state::State};
    /// let site = Site::usual(100.0);
    /// assert_eq!(State::new(&site).pulling_nodes(&site), 0.0);
    /// ```
    pub fn pulling_nodes(&self, site: &Site) -> f64 {
        self.pulls.total().over(site.pods_per_node, 0.0)
    }
}
