//! How many seats a request takes, and for how long after its answer: the work estimator.

use super::list_query::{ListQuery, ObjectStats};

/// Most seats of a list where sizes are estimated. Source: `DefaultWorkEstimatorConfig` in `request/config.go`.
const MAX_LIST_SEATS_BY_SIZE: u32 = 100;
/// Most seats of a list where objects are counted, and of a write. Source: same.
const MAX_SEATS: u32 = 10;
/// Source: `watchesPerSeat` in `request/config.go`.
const WATCHES_PER_SEAT: u32 = 10;
/// Source: `eventAdditionalDuration` in `request/config.go`, 5 ms, in units of 10 ns as `request/seat_seconds.go` counts.
const EVENT_WORK: f64 = 500_000.0;
/// Nanoseconds in a unit of work. Source: `ssScale` in `request/seat_seconds.go`.
const NS_PER_WORK: f64 = 10.0;

/// What a watch costs.
///
/// ```
/// use slackwater_core::flowcontrol::seats::{EstimatorRules, WatchCost};
/// assert_eq!([32, 33, 34].map(|minor| EstimatorRules::of_minor(minor).watch), [
///     WatchCost::AsListIfAsked,
///     WatchCost::OneSeat,
///     WatchCost::AsListIfAsked,
/// ]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum WatchCost {
    /// One seat, whatever it sends: feature gate `WatchList` is off.
    OneSeat,
    /// As a list if it sets `sendInitialEvents`, else one seat.
    AsListIfAsked,
    /// As a list also if it starts from version 0 or without a version.
    AsListIfItSendsState,
}

/// Which of the estimator's rules a Kubernetes version follows, with its default feature gates.
///
/// ```
/// use slackwater_core::flowcontrol::seats::EstimatorRules;
/// assert!(!EstimatorRules::of_minor(33).size_based && EstimatorRules::of_minor(34).size_based);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EstimatorRules {
    /// Lists cost by bytes, not by objects: `SizeBasedListCostEstimate`, on since 1.34.
    pub size_based: bool,
    /// What a watch costs.
    pub watch: WatchCost,
    /// Consistent lists come from the watch cache, where etcd supports it: `ConsistentListFromCache`, on since 1.31.
    pub consistent_from_cache: bool,
}

impl EstimatorRules {
    /// The rules of Kubernetes 1.`minor`. Source: `pkg/features/kube_features.go`, and for watches
    /// `request/list_work_estimator.go` at each version.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::seats::{EstimatorRules, WatchCost};
    /// assert_eq!(EstimatorRules::of_minor(35).watch, WatchCost::AsListIfItSendsState);
    /// ```
    pub const fn of_minor(minor: u32) -> Self {
        Self {
            size_based: minor >= 34,
            watch: match minor {
                0..=31 | 33 => WatchCost::OneSeat,
                32 | 34 => WatchCost::AsListIfAsked,
                35.. => WatchCost::AsListIfItSendsState,
            },
            consistent_from_cache: minor >= 31,
        }
    }
}

/// A request, as far as its cost goes.
///
/// ```
/// use slackwater_core::flowcontrol::seats::Request;
/// assert_ne!(Request::Write { watchers: 0, event: true }, Request::Other);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Request {
    /// `list`.
    List(ListQuery, ObjectStats),
    /// `watch`. Its seats are free again once it has sent what exists.
    Watch(ListQuery, ObjectStats),
    /// `create`, `update`, `patch` or `delete`.
    Write {
        /// Watches that will be told.
        watchers: u32,
        /// Whether there is an event to tell: false for `serviceaccounts/token` only.
        event: bool,
    },
    /// Every other verb, `get` and `deletecollection` among them, and requests for no resource.
    Other,
}

/// The seats a request takes. It holds the larger number until its additional latency is over.
///
/// ```
/// use slackwater_core::flowcontrol::seats::WorkEstimate;
/// let write = WorkEstimate { initial_seats: 1, final_seats: 4, additional_latency_ns: 5_000_000 };
/// assert_eq!(write.max_seats(), 4);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WorkEstimate {
    /// Seats while the request executes.
    pub initial_seats: u32,
    /// Seats after that, while watches are told.
    pub final_seats: u32,
    /// How long the final seats are held, in nanoseconds. The client does not wait for this.
    pub additional_latency_ns: u64,
}

impl WorkEstimate {
    const fn initial(seats: u32) -> Self {
        Self { initial_seats: seats, final_seats: 0, additional_latency_ns: 0 }
    }

    /// Seats held from dispatch to the end of the additional latency.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::seats::{EstimatorRules, Request};
    /// assert_eq!(Request::Other.estimate(EstimatorRules::of_minor(36), true, None).max_seats(), 1);
    /// ```
    pub fn max_seats(&self) -> u32 {
        self.initial_seats.max(self.final_seats)
    }
}

impl Request {
    /// The seats this request takes.
    ///
    /// `watch_progress`: whether etcd supports progress requests, as every current etcd does. `level_max_seats`: the
    /// level's [`super::levels::LevelLimits::max_seats`].
    ///
    /// # Formula
    ///
    /// Source: `request/width.go`, `list_work_estimator.go`, `mutating_work_estimator.go`. With N objects of b bytes, n =
    /// min(limit, N):
    /// list from 1.34: bytes / 100 kB, where bytes = n b, but at most 1 MB from the cache; from etcd with a selector
    /// max(n, N/2) b; b for a single object.
    /// List before: objects / 100, where objects = N from the cache; from etcd N + n with a selector, 2 n without.
    /// Both rounded up, from 1 to 100 (before 1.34: 10) or the level's limit.
    /// Write with w >= 10 watches: final seats f = ceil(w / 10) for 5 ms, cut to at most 10 or the level's limit, and held
    /// longer in proportion. All else: 1 seat.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::list_query::{ListQuery, ObjectStats};
    /// use slackwater_core::flowcontrol::seats::{EstimatorRules, Request};
    /// let pods = ObjectStats::Known { count: 150_000, average_bytes: 10_000 };
    /// let list = Request::List(ListQuery::default(), pods);
    /// assert_eq!(list.estimate(EstimatorRules::of_minor(36), true, Some(37)).initial_seats, 10);
    /// let from_etcd = Request::List(ListQuery { continues: true, ..ListQuery::default() }, pods);
    /// assert_eq!(from_etcd.estimate(EstimatorRules::of_minor(36), true, Some(37)).initial_seats, 37);
    /// ```
    pub fn estimate(&self, rules: EstimatorRules, watch_progress: bool, level_max_seats: Option<u32>) -> WorkEstimate {
        let cap = |limit: u32| match level_max_seats {
            None | Some(0) => limit,
            Some(seats) => seats.min(limit),
        };
        let list_cap = cap(if rules.size_based { MAX_LIST_SEATS_BY_SIZE } else { MAX_SEATS });
        match self {
            Self::List(query, stats) => {
                let cached = query.from_cache(rules.consistent_from_cache && watch_progress);
                WorkEstimate::initial(query.seats(*stats, rules, cached, list_cap))
            }
            Self::Watch(query, stats) if query.costs_as_list(rules.watch) => {
                WorkEstimate::initial(query.seats(*stats, rules, true, list_cap))
            }
            Self::Write { watchers, event: true } if *watchers >= WATCHES_PER_SEAT => write(*watchers, cap(MAX_SEATS)),
            Self::Watch(..) | Self::Write { .. } | Self::Other => WorkEstimate::initial(1),
        }
    }
}

/// `cap` is at least 1.
fn write(watchers: u32, cap: u32) -> WorkEstimate {
    let wanted = watchers.div_ceil(WATCHES_PER_SEAT);
    let final_seats = wanted.min(cap);
    let work = f64::from(wanted) * EVENT_WORK;
    let latency = work / f64::from(final_seats) * NS_PER_WORK;
    WorkEstimate { initial_seats: 1, final_seats, additional_latency_ns: latency as u64 }
}
