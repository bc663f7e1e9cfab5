//! The limits that hold when API Priority and Fairness is off: two counters, no queue.

/// What a rejected client is told, in seconds. Source: `retryAfter` in `pkg/server/filters/maxinflight.go`.
///
/// ```
/// assert_eq!(slackwater_core::flowcontrol::inflight::RETRY_AFTER_S, 1);
/// ```
pub const RETRY_AFTER_S: u32 = 1;

/// The counter that a request belongs to.
///
/// ```
/// use slackwater_core::flowcontrol::inflight::Counter;
/// assert_eq!(Counter::of("list"), Counter::ReadOnly);
/// assert_eq!(Counter::of("deletecollection"), Counter::Mutating);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// `get`, `list` and `watch`.
    ReadOnly,
    /// Every other verb.
    Mutating,
}

impl Counter {
    /// The counter of a verb, as the server names verbs: `list` and `watch`, not `GET`.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::inflight::Counter;
    /// assert_eq!(Counter::of("patch"), Counter::Mutating);
    /// ```
    pub fn of(verb: &str) -> Self {
        if matches!(verb, "get" | "list" | "watch") { Self::ReadOnly } else { Self::Mutating }
    }
}

/// What happens to a request on arrival.
///
/// ```
/// use slackwater_core::flowcontrol::inflight::{Admission, MaxInFlight};
/// assert_eq!(MaxInFlight::default().admit("get", "", 400, false), Admission::Rejected);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Runs, and holds a place of this counter until it ends.
    Counted(Counter),
    /// Runs, and holds no place.
    Uncounted,
    /// Gets status 429 with `Retry-After` [`RETRY_AFTER_S`].
    Rejected,
}

/// `--max-requests-inflight` and `--max-mutating-requests-inflight`: most requests of each kind in work at once on one
/// API server; 0 means no limit. Source: `WithMaxInFlightLimit` in `pkg/server/filters/maxinflight.go`; defaults 400
/// and 200 from `pkg/server/config.go`.
///
/// ```
/// use slackwater_core::flowcontrol::inflight::MaxInFlight;
/// assert_eq!(MaxInFlight::default(), MaxInFlight { read_only: 400, mutating: 200 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MaxInFlight {
    /// Most `get`, `list` and `watch` requests.
    pub read_only: u32,
    /// Most other requests.
    pub mutating: u32,
}

impl Default for MaxInFlight {
    fn default() -> Self {
        Self { read_only: 400, mutating: 200 }
    }
}

impl MaxInFlight {
    /// The seats that API Priority and Fairness divides when it is on: the sum of both. `None` if it does not fit.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::inflight::MaxInFlight;
    /// assert_eq!(MaxInFlight::default().server_concurrency_limit(), Some(600));
    /// ```
    pub fn server_concurrency_limit(&self) -> Option<u32> {
        self.read_only.checked_add(self.mutating)
    }

    /// The limit of a counter; `None` means no limit.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::inflight::{Counter, MaxInFlight};
    /// assert_eq!(MaxInFlight { read_only: 0, mutating: 200 }.limit(Counter::ReadOnly), None);
    /// ```
    pub fn limit(&self, counter: Counter) -> Option<u32> {
        let limit = match counter {
            Counter::ReadOnly => self.read_only,
            Counter::Mutating => self.mutating,
        };
        (limit > 0).then_some(limit)
    }

    /// What happens to a request for a resource that arrives while `in_flight` requests hold places of its counter.
    ///
    /// Long-running requests are not counted. A request of group system:masters (`masters`) takes a place while there is
    /// one, and runs without a place when there is none.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::inflight::{Admission, Counter, MaxInFlight};
    /// let limits = MaxInFlight::default();
    /// assert_eq!(limits.admit("list", "", 399, false), Admission::Counted(Counter::ReadOnly));
    /// assert_eq!(limits.admit("list", "", 400, true), Admission::Uncounted);
    /// assert_eq!(limits.admit("watch", "", 400, false), Admission::Uncounted);
    /// ```
    pub fn admit(&self, verb: &str, subresource: &str, in_flight: u32, masters: bool) -> Admission {
        let counter = Counter::of(verb);
        match self.limit(counter) {
            _ if is_long_running(verb, subresource) => Admission::Uncounted,
            None => Admission::Uncounted,
            Some(limit) if in_flight < limit => Admission::Counted(counter),
            Some(_) if masters => Admission::Uncounted,
            Some(_) => Admission::Rejected,
        }
    }
}

/// Whether a request for a resource is long-running, and so neither counted here nor held by a seat to its end.
/// Source: `BasicLongRunningRequestCheck` in `pkg/server/filters/longrunning.go`, with the verbs and subresources that
/// kube-apiserver gives it.
///
/// ```
/// use slackwater_core::flowcontrol::inflight::is_long_running;
/// assert!(is_long_running("watch", "") && is_long_running("get", "log") && !is_long_running("get", "status"));
/// ```
pub fn is_long_running(verb: &str, subresource: &str) -> bool {
    matches!(verb, "watch" | "proxy") || matches!(subresource, "attach" | "exec" | "proxy" | "log" | "portforward")
}
