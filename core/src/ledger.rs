//! Who used the server, and why: CPU-seconds, seat-seconds and bytes by class and cause.
//!
//! Every flow of requests has a cause. The sums tell which class overloads a server, and which loop keeps it
//! overloaded after the class has gone.

use crate::lane::{Lane, across};

/// Why a request was there.
///
/// ```
/// use slackwater_core::ledger::{Account, Cause};
/// let mut account = Account::new();
/// account.book(Cause::Retry, 2.0);
/// assert_eq!(account.cpu_s[Cause::Retry as usize], 2.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Cause {
    /// Work that was wanted: a tick, a start, an open arrival.
    New,
    /// The same work again after a failure.
    Retry,
    /// Lists of clients whose watch broke because a server went away.
    RestartHerd,
    /// Lookups that no cache could answer.
    DnsMiss,
    /// Work cut off by a deadline or lost with its server: spent for nothing.
    TimeoutWaste,
    /// Turning requests away.
    Rejection,
}

/// Number of causes.
///
/// ```
/// use slackwater_core::ledger::{CAUSES, Cause};
/// assert_eq!(Cause::ALL.len(), CAUSES);
/// ```
pub const CAUSES: usize = 6;

impl Cause {
    /// All causes, in the order of the ledger.
    ///
    /// ```
    /// use slackwater_core::ledger::Cause;
    /// assert!(Cause::ALL.iter().enumerate().all(|(at, cause)| *cause as usize == at));
    /// ```
    pub const ALL: [Cause; CAUSES] =
        [Cause::New, Cause::Retry, Cause::RestartHerd, Cause::DnsMiss, Cause::TimeoutWaste, Cause::Rejection];

    /// Name in reports.
    ///
    /// ```
    /// use slackwater_core::ledger::Cause;
    /// assert_eq!(Cause::RestartHerd.name(), "restart_herd");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Cause::New => "new",
            Cause::Retry => "retry",
            Cause::RestartHerd => "restart_herd",
            Cause::DnsMiss => "dns_miss",
            Cause::TimeoutWaste => "timeout_waste",
            Cause::Rejection => "rejection",
        }
    }
}

/// What one class has used so far, on one API server.
///
/// ```
/// use slackwater_core::ledger::{Account, Cause};
/// let mut lists = Account::new();
/// lists.book(Cause::New, 3.0);
/// lists.book(Cause::Retry, 1.0);
/// assert_eq!(lists.total_cpu_s(), 4.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Account<L> {
    /// CPU-seconds by cause, in the order of [`Cause::ALL`].
    pub cpu_s: [L; CAUSES],
    /// Seat-seconds held, by cause.
    pub seat_s: [L; CAUSES],
    /// Byte-seconds held while running, by cause.
    pub byte_s: [L; CAUSES],
    /// Requests sent.
    pub sent: L,
    /// Requests answered in time.
    pub answered: L,
    /// Requests told to come back later (429).
    pub rejected: L,
    /// Requests the client gave up on, or that were cut off.
    pub timed_out: L,
    /// Requests that met no server.
    pub refused: L,
}

impl<L: Lane> Account<L> {
    /// Nothing used yet.
    ///
    /// ```
    /// use slackwater_core::ledger::Account;
    /// assert_eq!(Account::<f64>::new().total_cpu_s(), 0.0);
    /// ```
    pub fn new() -> Self {
        let zero = L::zero();
        Self {
            cpu_s: [zero; CAUSES],
            seat_s: [zero; CAUSES],
            byte_s: [zero; CAUSES],
            sent: zero,
            answered: zero,
            rejected: zero,
            timed_out: zero,
            refused: zero,
        }
    }

    /// Books CPU under a cause.
    ///
    /// ```
    /// use slackwater_core::ledger::{Account, Cause};
    /// let mut account = Account::new();
    /// account.book(Cause::New, 0.5);
    /// account.book(Cause::New, 0.25);
    /// assert_eq!(account.cpu_s[Cause::New as usize], 0.75);
    /// ```
    #[inline(always)]
    pub fn book(&mut self, cause: Cause, cpu_s: L) {
        if let Some(cell) = self.cpu_s.get_mut(cause as usize) {
            *cell += cpu_s;
        }
    }

    /// Books seats and bytes held under a cause.
    ///
    /// ```
    /// use slackwater_core::ledger::{Account, Cause};
    /// let mut account = Account::new();
    /// account.hold(Cause::Retry, 10.0, 4e6);
    /// assert_eq!(account.seat_s[Cause::Retry as usize], 10.0);
    /// assert_eq!(account.byte_s[Cause::Retry as usize], 4e6);
    /// ```
    #[inline(always)]
    pub fn hold(&mut self, cause: Cause, seat_s: L, byte_s: L) {
        if let Some(cell) = self.seat_s.get_mut(cause as usize) {
            *cell += seat_s;
        }
        if let Some(cell) = self.byte_s.get_mut(cause as usize) {
            *cell += byte_s;
        }
    }

    /// Moves CPU already booked, in proportion to its causes, to [`Cause::TimeoutWaste`].
    ///
    /// No more is moved than is booked: the sum over all causes stays the same.
    ///
    /// ```
    /// use slackwater_core::ledger::{Account, Cause};
    /// let mut account = Account::new();
    /// account.book(Cause::New, 3.0);
    /// account.book(Cause::Retry, 1.0);
    /// account.waste(2.0);
    /// assert_eq!(account.cpu_s[Cause::New as usize], 1.5);
    /// assert_eq!(account.cpu_s[Cause::TimeoutWaste as usize], 2.0);
    /// assert_eq!(account.total_cpu_s(), 4.0);
    /// ```
    #[inline(always)]
    pub fn waste(&mut self, cpu_s: L) {
        // One by one: a loop over six with one apart stays a loop, and is run wherever somebody is cut off.
        let [new, retry, herd, miss, waste, rejection] = &mut self.cpu_s;
        let useful = *new + *retry + *herd + *miss + *rejection;
        let moved = cpu_s.min(useful);
        let keep = L::one() - moved.over(useful, L::zero());
        (*new, *retry, *herd) = (*new * keep, *retry * keep, *herd * keep);
        (*miss, *rejection) = (*miss * keep, *rejection * keep);
        *waste += moved;
    }

    /// CPU-seconds over all causes.
    ///
    /// ```
    /// use slackwater_core::ledger::{Account, Cause};
    /// let mut account = Account::new();
    /// account.book(Cause::DnsMiss, 1.5);
    /// account.book(Cause::Rejection, 0.5);
    /// assert_eq!(account.total_cpu_s(), 2.0);
    /// ```
    pub fn total_cpu_s(&self) -> L {
        self.cpu_s.iter().fold(L::zero(), |sum, used| sum + *used)
    }
}

impl<L: Lane> Default for Account<L> {
    fn default() -> Self {
        Self::new()
    }
}

across!(Account { cpu_s, seat_s, byte_s, sent, answered, rejected, timed_out, refused });
