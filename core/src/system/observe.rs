//! What an observer sees of each step.

use super::scenario::Scenario;
use super::state::State;
use crate::lane::{Lane, across};

/// Numbers of one step, declared once: name, unit and meaning are in [`COLUMNS`], in the same order.
///
/// ```
/// use slackwater_core::system::observe::{COLUMNS, Row};
/// let row = Row { values: [0.0; COLUMNS.len()] };
/// assert_eq!(row.values[Row::API_BUSY], 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Values in the order of [`COLUMNS`].
    pub values: [f64; COLUMNS.len()],
}

/// Name, unit and meaning of a column.
///
/// ```
/// use slackwater_core::system::observe::{COLUMNS, Row};
/// assert_eq!((COLUMNS[Row::MEMORY].name, COLUMNS[Row::MEMORY].unit), ("memory_gib", "GiB"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name in files.
    pub name: &'static str,
    /// Unit; empty for a share.
    pub unit: &'static str,
    /// One sentence.
    pub meaning: &'static str,
}

macro_rules! columns {
    ($($index:ident = $at:expr, $name:literal, $unit:literal, $meaning:literal;)*) => {
        /// Every column of a cluster's trajectory.
        ///
        /// ```
        /// use slackwater_core::system::observe::{COLUMNS, Row};
        /// assert_eq!(COLUMNS[Row::API_BUSY].name, "api_busy");
        /// ```
        pub const COLUMNS: &[Column] = &[$(Column { name: $name, unit: $unit, meaning: $meaning }),*];
        impl Row {
            $(#[doc = $meaning] pub const $index: usize = $at;)*
        }
    };
}

columns! {
    API_LOAD = 0, "api_load", "", "CPU that requests sent in this step ask for, as a share of the API servers' cores";
    API_BUSY = 1, "api_busy", "", "busy share of the API servers' cores";
    RUNNING = 2, "running", "requests", "requests in service, all API servers";
    WAITING = 3, "waiting", "requests", "requests waiting for seats, all API servers";
    ANSWERED = 4, "answered_per_s", "1/s", "requests answered in time";
    REJECTED = 5, "rejected_per_s", "1/s", "requests told to come back later (429)";
    TIMED_OUT = 6, "timed_out_per_s", "1/s", "requests given up by their client";
    REFUSED = 7, "refused_per_s", "1/s", "requests that met no server, or an error of its store";
    MEMORY = 8, "memory_gib", "GiB", "memory one API server wants";
    ANSWERING = 9, "api_up", "", "share of the API servers that take and answer requests";
    AGENTS = 10, "agents", "pods", "pods of the agent";
    CACHED = 11, "dns_cached", "", "share of cached DNS entries that can still be handed out";
    DNS_QUERIES = 12, "dns_queries_per_s", "1/s", "queries that reach the DNS servers, retries included";
    IMPACT = 13, "impact", "", "share of lookups without an answer: what users of this cluster feel";
    OPERATOR = 14, "operator_success", "", "share of an operator's requests that are answered";
    ETCD = 15, "etcd_busy", "", "CPU asked of etcd, as a share of its cores";
    AGENT_HEALTH = 16, "agent_failing", "", "share of the agent's requests that fail";
    API_ERRORS = 17, "api_errors", "", "share of requests that fail, DNS lookups not counted";
    ETCD_SERVING = 18, "etcd_serving", "", "share of the step in which etcd commits";
    ETCD_FILE = 19, "etcd_file_gib", "GiB", "size of etcd's file, free pages included; 0 where etcd is off";
    NOT_READY = 20, "not_ready_nodes", "nodes", "nodes marked NotReady because their lease lapsed; 0 where leases are not followed";
    LEADING = 21, "leading", "", "share of the controllers that lead; 1 where elections are not followed";
    THRASHING = 22, "api_thrashing", "", "share of the API servers that take requests and answer nobody";
    API_ENDS = 23, "api_ends_per_s", "1/s", "requests that end, answered or not, DNS lookups not counted: those api_errors is a share of";
    AGENT_ENDS = 24, "agent_ends_per_s", "1/s", "requests of the agent that end, answered or not: those agent_failing is a share of";
}

/// What the step adds up besides the state.
///
/// ```
/// # use slackwater_core::system::scenario::{Class, Scenario};
/// # use slackwater_core::system::state::{Layout, State};
/// # let mut scenario = Scenario::idle(1.0, 300.0, 8.0);
/// # assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// # let layout = Layout::of(&scenario);
/// # let mut storage = vec![0.0; layout.length];
/// # let mut state = State::new(&scenario, &layout, &mut storage);
/// use slackwater_core::system::step::step;
/// let totals = step(&scenario, &layout, &mut state, &mut storage);
/// assert!((totals.asked_s - 10.0 * 0.2).abs() < 1e-12); // 300 polls over 30 s, 0.2 CPU-seconds each
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Totals<L> {
    /// CPU asked by requests sent, CPU-seconds on one server.
    pub asked_s: L,
    /// CPU used, CPU-seconds on one server.
    pub used_s: L,
    /// etcd CPU asked, CPU-seconds over all servers.
    pub etcd_s: L,
    /// Share of DNS entries that can be handed out.
    pub cached: L,
    /// Share of lookups without an answer.
    pub impact: L,
    /// Cores of one server in this step.
    pub cores: L,
}

impl<L: Lane> Totals<L> {
    /// Nothing yet.
    pub(super) fn none() -> Self {
        let zero = L::zero();
        Self { asked_s: zero, used_s: zero, etcd_s: zero, cached: zero, impact: zero, cores: zero }
    }
}

across!(Totals { asked_s, used_s, etcd_s, cached, impact, cores });

const GIB: f64 = 1_073_741_824.0;

impl Row {
    /// Reads lane `at` of a state after a step.
    ///
    /// ```
    /// # use slackwater_core::system::scenario::{Class, Scenario};
    /// # use slackwater_core::system::state::{Layout, State};
    /// # let mut scenario = Scenario::idle(1.0, 300.0, 8.0);
    /// # assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
    /// # let layout = Layout::of(&scenario);
    /// # let mut storage = vec![0.0; layout.length];
    /// # let mut state = State::new(&scenario, &layout, &mut storage);
    /// use slackwater_core::system::observe::Row;
    /// use slackwater_core::system::step::step;
    /// let totals = step(&scenario, &layout, &mut state, &mut storage);
    /// let row = Row::read(&scenario, &state, &totals, 0);
    /// assert!((row.values[Row::API_LOAD] - 2.0 / 8.0).abs() < 1e-12);
    /// ```
    pub fn read<L: Lane>(scenario: &Scenario<L>, state: &State<L>, totals: &Totals<L>, at: usize) -> Self {
        let dt_s = scenario.dt_s;
        let servers = scenario.servers.lane(at);
        let one = |x: L| x.lane(at);
        let cores_s = one(totals.cores) * dt_s;
        let mut row = Self { values: [0.0; COLUMNS.len()] };
        let (mut answered, mut rejected, mut timed_out, mut refused) = (0.0, 0.0, 0.0, 0.0);
        let (mut running, mut waiting) = (0.0, 0.0);
        let (mut agent_failed, mut agent_ends) = (0.0, 0.0);
        let (mut failed, mut succeeded) = (0.0, 0.0);
        for (class, population) in scenario.classes.iter().zip(&state.classes) {
            let last = &population.last;
            running += one(population.running());
            if scenario.etcd.on {
                running += one(population.at_etcd());
            }
            waiting += one(population.waiting());
            answered += one(last.answered);
            rejected += one(last.rejected);
            timed_out += one(last.timed_out);
            refused += one(last.refused);
            if class.arrivals != super::scenario::Arrivals::DnsMiss {
                failed += one(last.failed());
                succeeded += one(last.answered);
            }
            if class.follows == super::scenario::Follows::Agent {
                let failed = one(last.failed());
                agent_failed += failed;
                agent_ends += failed + one(last.answered);
            }
        }
        let per_s = servers / dt_s;
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let operator = state.classes.get(scenario.operator).map_or(1.0, |class| one(class.success));
        let v = &mut row.values;
        v[Self::API_LOAD] = share(one(totals.asked_s), cores_s);
        v[Self::API_BUSY] = share(one(totals.used_s), cores_s);
        v[Self::RUNNING] = running * servers;
        v[Self::WAITING] = waiting * servers;
        v[Self::ANSWERED] = answered * per_s;
        v[Self::REJECTED] = rejected * per_s;
        v[Self::TIMED_OUT] = timed_out * per_s;
        v[Self::REFUSED] = refused * per_s;
        v[Self::MEMORY] = one(state.bytes) / GIB;
        v[Self::ANSWERING] = one(state.mode.up);
        v[Self::AGENTS] = one(state.agents);
        v[Self::CACHED] = one(totals.cached);
        v[Self::DNS_QUERIES] = one(state.servers.queries_per_s);
        v[Self::IMPACT] = one(totals.impact);
        v[Self::OPERATOR] = operator;
        v[Self::ETCD] = share(one(totals.etcd_s), one(scenario.etcd_cores) * dt_s);
        v[Self::AGENT_HEALTH] = share(agent_failed, agent_ends);
        v[Self::API_ERRORS] = share(failed, failed + succeeded);
        v[Self::API_ENDS] = (failed + succeeded) * per_s;
        v[Self::AGENT_ENDS] = agent_ends * per_s;
        if scenario.etcd.on {
            v[Self::ETCD_FILE] = one(state.etcd.file_bytes) / GIB;
        }
        v[Self::THRASHING] = one(state.mode.thrashing);
        v[Self::NOT_READY] = one(state.not_ready);
        v[Self::LEADING] = one(state.leaders.leading);
        v[Self::ETCD_SERVING] = one(state.etcd.serving);
        row
    }
}
