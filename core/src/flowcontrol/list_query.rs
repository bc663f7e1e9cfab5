//! What a list or watch asks for, and how much of it the server holds in memory at once.

use super::seats::{EstimatorRules, WatchCost};

/// Source: `objectsPerSeat` in `request/config.go`.
const OBJECTS_PER_SEAT: f64 = 100.0;
/// Source: `bytesPerSeat` in `request/list_work_estimator.go`.
const BYTES_PER_SEAT: f64 = 100_000.0;
/// Source: `cacheWithStreamingMaxMemoryUsage` in `request/list_work_estimator.go`.
const CACHE_MAX_BYTES: u64 = 1_000_000;
/// Source: `maxObjectSize` in `request/list_work_estimator.go`.
const MAX_OBJECT_BYTES: u64 = 1_500_000;
/// Source: `infiniteObjectCount` in `request/list_work_estimator.go`.
const INFINITE_OBJECTS: u64 = 1_000_000_000;

/// The `resourceVersion` a client asks for.
///
/// ```
/// use slackwater_core::flowcontrol::list_query::Version;
/// assert_eq!(Version::default(), Version::Unset);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Version {
    /// None: the newest state.
    #[default]
    Unset,
    /// `0`: any state.
    Any,
    /// A version of its own.
    Number,
}

/// The `resourceVersionMatch` a client asks for.
///
/// ```
/// use slackwater_core::flowcontrol::list_query::VersionMatch;
/// assert_eq!(VersionMatch::default(), VersionMatch::Unset);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum VersionMatch {
    /// None.
    #[default]
    Unset,
    /// `Exact`.
    Exact,
    /// `NotOlderThan`.
    NotOlderThan,
    /// Any other word, which the server will refuse.
    Unknown,
}

/// Which objects a client asks for.
///
/// ```
/// use slackwater_core::flowcontrol::list_query::Selection;
/// assert_eq!(Selection::default(), Selection::All);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Selection {
    /// All of the type.
    #[default]
    All,
    /// Those that a field or label selector picks.
    Selector,
    /// One, by a field selector on `metadata.name`.
    One,
}

/// The query of a list or watch, as far as its cost goes. The default is a plain consistent list of everything.
///
/// ```
/// use slackwater_core::flowcontrol::list_query::{ListQuery, Version};
/// let cached = ListQuery { version: Version::Any, ..ListQuery::default() };
/// assert_eq!(cached.limit, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ListQuery {
    /// `resourceVersion`.
    pub version: Version,
    /// `resourceVersionMatch`.
    pub version_match: VersionMatch,
    /// `limit`, in objects; 0: none.
    pub limit: u64,
    /// Whether there is a `continue` token.
    pub continues: bool,
    /// Which objects are asked for.
    pub selection: Selection,
    /// `sendInitialEvents`.
    pub send_initial_events: bool,
    /// Whether the query cannot be read at all.
    pub malformed: bool,
}

/// What the server knows about the objects of a type, over all namespaces; measured once a minute.
///
/// ```
/// use slackwater_core::flowcontrol::list_query::ObjectStats;
/// assert_ne!(ObjectStats::Known { count: 5000, average_bytes: 10_000 }, ObjectStats::Stale);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ObjectStats {
    /// Measured in the last 3 minutes.
    Known {
        /// Objects of the type.
        count: u64,
        /// Average size, in bytes as stored. 0 if not known: counts as 1.5 MB.
        average_bytes: u64,
    },
    /// Measured longer ago, or unreadable: counts as a thousand million objects of 1.5 MB.
    Stale,
    /// Never measured, as for types that another API server serves: the request takes one seat.
    Unknown,
}

impl ListQuery {
    /// Whether the estimator takes the answer to come from the watch cache rather than from etcd. Source:
    /// `ShouldDelegateList` in `pkg/storage/cacher/delegator/interface.go`, with a cache without snapshots.
    ///
    /// `consistent`: whether the cache serves consistent lists.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::list_query::ListQuery;
    /// assert!(ListQuery::default().from_cache(true) && !ListQuery::default().from_cache(false));
    /// ```
    pub fn from_cache(&self, consistent: bool) -> bool {
        match self.version_match {
            VersionMatch::NotOlderThan => true,
            VersionMatch::Exact | VersionMatch::Unknown => false,
            VersionMatch::Unset if self.continues => false,
            VersionMatch::Unset => match self.version {
                Version::Unset => consistent,
                Version::Any => true,
                Version::Number => self.limit == 0,
            },
        }
    }

    /// An unreadable query is priced as a list before anything else is known of it.
    pub(super) fn costs_as_list(&self, watch: WatchCost) -> bool {
        match watch {
            WatchCost::OneSeat => false,
            WatchCost::AsListIfAsked => self.malformed || self.send_initial_events,
            WatchCost::AsListIfItSendsState => {
                self.malformed || self.send_initial_events || self.version != Version::Number
            }
        }
    }

    pub(super) fn seats(&self, stats: ObjectStats, rules: EstimatorRules, cached: bool, cap: u32) -> u32 {
        // Before sizes were estimated, a single object was settled before the query was read.
        if self.malformed && (rules.size_based || self.selection != Selection::One) {
            return cap;
        }
        let (count, average_bytes) = match stats {
            ObjectStats::Known { count, average_bytes: 0 } if count > 0 => (count, MAX_OBJECT_BYTES),
            ObjectStats::Known { count, average_bytes } => (count, average_bytes),
            ObjectStats::Stale => (INFINITE_OBJECTS, MAX_OBJECT_BYTES),
            ObjectStats::Unknown => return 1,
        };
        let returned = if self.limit > 0 { self.limit.min(count) } else { count };
        let seats = if rules.size_based {
            let objects = match self.selection {
                Selection::One => 1,
                Selection::Selector if !cached => returned.max(count / 2),
                Selection::Selector | Selection::All => returned,
            };
            let bytes = objects.saturating_mul(average_bytes);
            libm::ceil((if cached { bytes.min(CACHE_MAX_BYTES) } else { bytes }) as f64 / BYTES_PER_SEAT)
        } else {
            let objects = match self.selection {
                Selection::One => 1,
                _ if cached => count,
                Selection::Selector => count.saturating_add(returned),
                Selection::All => returned.saturating_mul(2),
            };
            libm::ceil(objects as f64 / OBJECTS_PER_SEAT)
        };
        (seats as u32).clamp(1, cap)
    }
}
