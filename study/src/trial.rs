//! One control plane under a load that is given from outside, second by second: what a recording is, and what both
//! engines can run.
//!
//! A [`Trial`] is a core scenario plus what drives it: clients that come and go, recorded arrivals, a server that is
//! killed. [`fluid`] runs it on the step kernel; the event engine runs the same trial request by request. Both answer
//! with [`Observed`], in the form a recording has, so that three of them can stand side by side.

mod fluid;
mod observed;
pub mod queues;

pub use fluid::fluid;
pub use observed::{ClassSeries, Observed};

use slackwater_core::system::scenario::Scenario;

/// How the clients of one class come and go. Times in seconds since the start of the trial.
///
/// ```
/// use slackwater_study::trial::Drive;
/// let agents = Drive::Clients { clients: 300.0, start_s: 60.0, ramp_s: 60.0, first_within_s: 60.0, stop_s: 300.0 };
/// assert_eq!(agents.sending(60.0), 0.0);
/// assert_eq!(agents.sending(120.0), 150.0); // half of them have sent their first request
/// assert_eq!((agents.sending(180.0), agents.sending(301.0)), (300.0, 0.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Drive {
    /// As the scenario says, all the time.
    Steady,
    /// Clients start one after the other, evenly over `ramp_s` seconds; each sends its first request at a random
    /// moment within `first_within_s` seconds after its start; none sends after `stop_s`.
    Clients {
        /// Clients in the end, over all API servers.
        clients: f64,
        /// The first starts here.
        start_s: f64,
        /// Seconds until the last has started.
        ramp_s: f64,
        /// Longest time from the start of a client to its first request, seconds.
        first_within_s: f64,
        /// No client sends from here on; what is on its way is followed to its end.
        stop_s: f64,
    },
    /// Requests that arrive in each second, whatever becomes of them; none after the last second given.
    PerSecond(Vec<f64>),
}

impl Drive {
    /// Clients that have sent their first request by `at_s`, on average; 0 after the stop and for other drives.
    ///
    /// # Formula
    /// The distribution function of the sum of two uniform times (start, first request), times the clients.
    pub fn sending(&self, at_s: f64) -> f64 {
        let Self::Clients { clients, start_s, ramp_s, first_within_s, stop_s } = *self else { return 0.0 };
        if at_s > stop_s {
            return 0.0;
        }
        let since = at_s - start_s;
        let (long, short) = (ramp_s.max(first_within_s), ramp_s.min(first_within_s));
        let ramp = |x: f64| x.max(0.0);
        let share = if long <= 0.0 {
            f64::from(u8::from(since >= 0.0))
        } else if short <= 0.0 {
            (ramp(since) / long).min(1.0)
        } else {
            let square = |x: f64| ramp(x) * ramp(x) / 2.0;
            (square(since) - square(since - long) - square(since - short) + square(since - long - short))
                / (long * short)
        };
        clients * share.clamp(0.0, 1.0)
    }
}

/// Something done to the API servers of a trial.
///
/// ```
/// use slackwater_study::trial::Fault;
/// assert_eq!(Fault { kill_s: 160.0 }.kill_s, 160.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fault {
    /// Every API server is killed at this second; it starts again as the scenario's memory says.
    pub kill_s: f64,
}

/// A control plane and what happens to it.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_study::trial::{Drive, Trial, fluid};
/// let mut scenario = Scenario::idle(1.0, 0.0, 2.0);
/// assert!(scenario.classes.push(Class { rate_per_client: 1.0, ..Class::poll(0.0, 60.0, 0.5) }).is_ok());
/// let drive = Drive::Clients { clients: 60.0, start_s: 0.0, ramp_s: 0.0, first_within_s: 60.0, stop_s: 120.0 };
/// let trial = Trial { scenario, drives: vec![drive], faults: Vec::new(), until_s: 180.0 };
/// let observed = fluid(&trial);
/// let sent: f64 = observed.classes[0].sent.iter().sum();
/// assert!((sent - 120.0).abs() < 2.0); // 60 clients, one request a minute each
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The control plane and its classes; clients of a driven class are taken from its drive.
    pub scenario: Scenario<f64>,
    /// One drive a class, in the order of the classes; a class without one is steady.
    pub drives: Vec<Drive>,
    /// What is done to the servers.
    pub faults: Vec<Fault>,
    /// End, seconds.
    pub until_s: f64,
}
