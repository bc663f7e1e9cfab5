//! The whole system, request by request: clients, API servers with their seats, cores and memory, etcd, DNS.
//!
//! A second engine beside the fluid model, with code of its own, to check it by. It runs the same [`Trial`] and answers
//! in the same form. Here a request is one thing: it is sent over the connection of its client, waits in a queue of its
//! level ([`queueset`](super::queueset)), shares the cores with all that run, and ends in one way. What is random is
//! drawn from a seed: the same trial and seed give the same bits.
//!
//! What a server does:
//!
//! - API servers are apart: each has its levels, its cores, its memory. A client stays with its server; when the server
//!   is lost, or has let it wait for nothing, it connects to another one, and is refused if there is none.
//! - The cores are shared by all requests in service. One that is turned away takes CPU too, and its client hears of it
//!   when that is done.
//! - A request that reads etcd waits for etcd first, holding its seats. etcd shares its cores likewise.
//! - A client gives up `timeout_s` after its send. A request that waits then leaves its queue; one in service is cut
//!   off, and what was done of it is wasted.
//! - Over its memory limit a server is killed, or thrashes: it takes connections and answers nobody.
//! - People, controllers and the rollout act once a second. Everything else happens at its own time.
//!
//! The modules in reading order: `engine` (the loop), `clients`, `admission`, `levels`, `sharing`, `outage`, `start`, `store`, `people`,
//! `leases`, `names`, `rows`.

mod admission;
mod agenda;
mod clients;
mod deadlines;
mod dice;
mod engine;
mod error;
mod history;
mod leases;
mod levels;
mod names;
mod outage;
mod people;
mod request;
mod rows;
mod server;
mod sharing;
mod start;
mod store;
mod traffic;

pub use error::SystemError;
pub use history::{ClassHistory, History};

use super::arrivals::Arrival;
use crate::trial::{Observed, Trial};
use engine::Engine;

/// Longest trial, seconds: a week.
const MOST_SECONDS: f64 = 604_800.0;
/// Most events: some ten minutes of work.
const MOST_EVENTS: u64 = 5_000_000_000;
/// Most requests on their way at once.
const MOST_REQUESTS: usize = 20_000_000;
/// Most queues of all levels and servers.
const MOST_QUEUES: f64 = 1e6;
/// Most clients, and most nodes.
const MOST_CLIENTS: f64 = 2e7;
/// Most entries of DNS caches in a tier.
const MOST_ENTRIES: f64 = 2e7;

/// A trial to be run request by request.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_study::events::system::System;
/// use slackwater_study::trial::{Drive, Trial};
/// let mut scenario = Scenario::idle(1.0, 0.0, 2.0);
/// assert!(scenario.classes.push(Class::poll(0.0, 60.0, 0.5)).is_ok());
/// let drive = Drive::Clients { clients: 60.0, start_s: 0.0, ramp_s: 0.0, first_within_s: 60.0, stop_s: 120.0 };
/// let trial = Trial { scenario, drives: vec![drive], faults: Vec::new(), until_s: 180.0 };
/// let history = System::new(&trial, 7).run()?;
/// assert_eq!(history.classes[0].started, 120); // 60 clients, one request a minute each
/// # Ok::<(), slackwater_study::events::system::SystemError>(())
/// ```
#[derive(Clone, Debug)]
pub struct System<'a> {
    trial: &'a Trial,
    seed: u64,
    waves: Vec<(f64, f64)>,
    groups: Vec<f64>,
    given: Vec<Vec<Arrival>>,
}

impl<'a> System<'a> {
    /// The trial, with the random numbers of `seed`.
    ///
    /// ```
    /// use slackwater_core::system::scenario::Scenario;
    /// use slackwater_study::events::system::System;
    /// use slackwater_study::trial::Trial;
    /// let scenario = Scenario::idle(1.0, 10.0, 2.0);
    /// let trial = Trial { scenario, drives: Vec::new(), faults: Vec::new(), until_s: 5.0 };
    /// assert_eq!(System::new(&trial, 1).run()?.rows.len(), 5);
    /// # Ok::<(), slackwater_study::events::system::SystemError>(())
    /// ```
    pub fn new(trial: &'a Trial, seed: u64) -> Self {
        Self { trial, seed, waves: Vec::new(), groups: Vec::new(), given: Vec::new() }
    }

    /// Share of the nodes that the rollout may reach, from each second on; the scenario's own share without it.
    ///
    /// ```
    /// use slackwater_core::system::observe::Row;
    /// use slackwater_core::system::scenario::Scenario;
    /// use slackwater_study::events::system::System;
    /// use slackwater_study::trial::Trial;
    /// let scenario = Scenario::idle(1.0, 100.0, 2.0);
    /// let trial = Trial { scenario, drives: Vec::new(), faults: Vec::new(), until_s: 40.0 };
    /// let history = System::new(&trial, 1).waves(vec![(0.0, 0.1), (20.0, 1.0)]).run()?;
    /// assert_eq!(history.rows[19].values[Row::AGENTS], 10.0);
    /// assert_eq!(history.rows[39].values[Row::AGENTS], 100.0);
    /// # Ok::<(), slackwater_study::events::system::SystemError>(())
    /// ```
    #[must_use]
    pub fn waves(mut self, waves: Vec<(f64, f64)>) -> Self {
        self.waves = waves;
        self
    }

    /// How many API servers are in each group that has a fate of its own: the last is lost, or each is restarted in its
    /// turn, as the scenario's `apart` says. Without groups nothing of that happens.
    ///
    /// ```
    /// use slackwater_core::system::apart::Apart;
    /// use slackwater_core::system::observe::Row;
    /// use slackwater_core::system::scenario::Scenario;
    /// use slackwater_study::events::system::System;
    /// use slackwater_study::trial::Trial;
    /// let mut scenario = Scenario { servers: 3.0, ..Scenario::idle(1.0, 10.0, 2.0) };
    /// scenario.apart = Apart { lose_s: 10.0, lose_for_s: 1e9, ..Apart::never() };
    /// let trial = Trial { scenario, drives: Vec::new(), faults: Vec::new(), until_s: 20.0 };
    /// let history = System::new(&trial, 1).groups(vec![2.0, 1.0]).run()?;
    /// let up = |second: usize| history.rows[second].values[Row::ANSWERING];
    /// assert!((up(5) - 1.0).abs() < 1e-12 && (up(15) - 2.0 / 3.0).abs() < 1e-12);
    /// # Ok::<(), slackwater_study::events::system::SystemError>(())
    /// ```
    #[must_use]
    pub fn groups(mut self, groups: Vec<f64>) -> Self {
        self.groups = groups;
        self
    }

    /// Gives the requests of class number `class` one by one, in order of time: when each arrives, the CPU-seconds of
    /// its service (`exec_ns`) and its seats. The class then sends nothing else.
    ///
    /// ```
    /// use slackwater_core::system::scenario::{Class, Scenario};
    /// use slackwater_study::events::arrivals::Arrival;
    /// use slackwater_study::events::system::System;
    /// use slackwater_study::trial::Trial;
    /// let mut scenario = Scenario::idle(1.0, 1.0, 1.0);
    /// assert!(scenario.classes.push(Class::poll(0.0, 60.0, 0.0)).is_ok());
    /// let trial = Trial { scenario, drives: Vec::new(), faults: Vec::new(), until_s: 10.0 };
    /// let lists = [0, 1].map(|at| Arrival { at_ns: at * 1_000_000_000, exec_ns: 2_000_000_000, initial_seats: 1 });
    /// let history = System::new(&trial, 1).given(0, lists.to_vec()).run()?;
    /// // On one core: the first has it for a second, both share it for two, the second has the rest of a second.
    /// assert_eq!(history.observed.classes[0].latency_sum_s.iter().sum::<f64>(), 3.0 + 3.0);
    /// # Ok::<(), slackwater_study::events::system::SystemError>(())
    /// ```
    #[must_use]
    pub fn given(mut self, class: usize, arrivals: Vec<Arrival>) -> Self {
        self.given.resize(self.given.len().max(class + 1), Vec::new());
        self.given[class] = arrivals;
        self
    }

    /// Runs it.
    ///
    /// # Errors
    /// [`SystemError`]: numbers that no run can have, or more clients or cache entries than can be run one by one.
    ///
    /// ```
    /// use slackwater_core::system::scenario::Scenario;
    /// use slackwater_study::events::system::System;
    /// use slackwater_study::trial::Trial;
    /// let scenario = Scenario::idle(1.0, 1e9, 2.0);
    /// let trial = Trial { scenario, drives: Vec::new(), faults: Vec::new(), until_s: 5.0 };
    /// let error = System::new(&trial, 1).run().unwrap_err();
    /// assert!(error.to_string().starts_with("1000000000 nodes, at most"));
    /// ```
    pub fn run(&self) -> Result<History, SystemError> {
        Engine::new(self)?.run()
    }
}

/// Runs a trial request by request.
///
/// # Errors
/// As [`System::run`].
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_study::events::system::run;
/// use slackwater_study::trial::Trial;
/// let mut scenario = Scenario::idle(1.0, 300.0, 8.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// let trial = Trial { scenario, drives: Vec::new(), faults: Vec::new(), until_s: 60.0 };
/// let observed = run(&trial, 1)?;
/// assert_eq!(observed.classes[0].sent.iter().sum::<f64>(), 600.0);
/// assert_eq!(run(&trial, 1)?, observed); // the same seed, the same bits
/// # Ok::<(), slackwater_study::events::system::SystemError>(())
/// ```
pub fn run(trial: &Trial, seed: u64) -> Result<Observed, SystemError> {
    Ok(System::new(trial, seed).run()?.observed)
}
