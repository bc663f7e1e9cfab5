//! DNS servers: how many are ready, and what they need the API for.

use super::{Dependence, Dns};
use crate::lane::{Lane, across};

/// Seconds a restarted server needs to list services and endpoints once the API answers
/// (CoreDNS plugin/kubernetes, `startup_timeout`).
const SYNC_S: f64 = 5.0;
/// Seconds from the memory limit to a lost server: one scrape of the kernel's patience.
const OOM_S: f64 = 10.0;

/// The servers of a cluster.
///
/// ```
/// use slackwater_core::dns::dependence::Servers;
/// assert_eq!(Servers::<f64>::new().answers, 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Servers<L> {
    /// Share that runs and has its records.
    pub ready: L,
    /// Chance that a query gets an answer.
    pub answers: L,
    /// Chance that it is told that there is none (SERVFAIL): by a server without records, or one whose own request to the
    /// API failed.
    pub servfail: L,
    /// Chance that nobody says anything before it runs into its timeout. What is left finds no server, which shows at once.
    pub silent: L,
    /// Share of the servers' own requests that ran into their timeouts, of those that failed: no answer comes in time.
    pub late: L,
    /// Queries per second that arrived in the last step, retries included.
    pub queries_per_s: L,
    /// Bytes of one server.
    pub bytes: L,
}

impl<L: Lane> Servers<L> {
    /// All ready, nothing asked.
    ///
    /// ```
    /// use slackwater_core::dns::dependence::Servers;
    /// let servers: Servers<f64> = Servers::new();
    /// assert_eq!((servers.ready, servers.queries_per_s), (1.0, 0.0));
    /// ```
    pub fn new() -> Self {
        let (zero, one) = (L::zero(), L::one());
        Self { ready: one, answers: one, servfail: zero, silent: zero, late: one, queries_per_s: zero, bytes: zero }
    }

    /// One step. `queries_per_s` arrive; `api` is the chance that the API answers a live lookup in time,
    /// `sync` the chance that it answers an informer.
    ///
    /// # Formula
    /// ready' = (ready + dt back) / (1 + dt (lost + back)), the implicit Euler step of
    /// d ready/dt = back (1 - ready) - lost ready, with rates lost and back.
    ///
    /// ```
    /// use slackwater_core::dns::dependence::Servers;
    /// use slackwater_core::dns::{Dependence, Dns};
    /// // The API answers nobody. Servers that answer from memory go on; servers that ask it do not.
    /// let memory = Dns { queries_per_server: 1000.0, ..Dns::none() };
    /// let live = Dns { dependence: Dependence::Live, ..memory.clone() };
    /// let (mut frozen, mut asking) = (Servers::new(), Servers::new());
    /// frozen.step(&memory, 1.0, 0.0, 500.0, 0.0, 0.0);
    /// asking.step(&live, 1.0, 0.0, 500.0, 0.0, 0.0);
    /// assert_eq!((frozen.answers, asking.answers), (1.0, 0.0));
    /// ```
    #[inline(always)]
    pub fn step(&mut self, dns: &Dns<L>, dt_s: L, now_s: L, queries_per_s: L, api: L, sync: L) {
        let one = L::one();
        let lost = now_s.ge(dns.source_lost_s) * dns.source_back_s.gt(now_s);
        let capacity = dns.servers * dns.queries_per_server * self.ready;
        // Servers that keep up serve everything, and hold nothing while all is answered.
        let behind = L::any(queries_per_s.ge(capacity));
        let served = if behind { capacity.over(queries_per_s, one).min(one) } else { one };
        let waiting_s = dns.timeout_s * (one - self.answers);
        self.bytes = dns.base_bytes;
        if !(waiting_s.is_nothing() || dns.bytes_per_query.is_nothing()) {
            self.bytes += queries_per_s.per(dns.servers) * waiting_s * dns.bytes_per_query;
        }
        let oom = self.bytes.gt(dns.limit_bytes).rarely_over(L::splat(OOM_S), L::zero());
        let hazard = match dns.dependence {
            Dependence::Restart => dns.lost_per_s + oom,
            Dependence::Memory | Dependence::Live => oom,
        };
        // Implicit in time, so that any step is stable and the resting point does not depend on it.
        let back = sync * (one - lost) / L::splat(SYNC_S);
        let (remain, all) = (self.ready + dt_s * back, one + dt_s * (hazard + back));
        self.ready = if (remain - all).is_nothing() { one } else { remain / all };
        let source = match dns.dependence {
            Dependence::Live => api,
            Dependence::Memory | Dependence::Restart => one,
        };
        self.answers = self.ready * served * source * (one - lost);
        let heard = served * (one - lost);
        let fails = self.ready * (one - source);
        self.servfail = heard * (one - self.ready + fails * (one - self.late));
        self.silent = (one - served) * (one - lost) + heard * fails * self.late;
        self.queries_per_s = queries_per_s;
    }
}

impl<L: Lane> Default for Servers<L> {
    fn default() -> Self {
        Self::new()
    }
}

across!(Servers { ready, answers, servfail, silent, late, queries_per_s, bytes });
