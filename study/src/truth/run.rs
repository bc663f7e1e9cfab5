//! One recorded run: what was set up, and what was seen.

use super::audit::Served;
use super::table::{CostRow, DnsBin, HerdSecond, Restart};
use crate::trial::Observed;

/// API server of a run.
///
/// ```
/// use slackwater_study::truth::Truth;
/// let runs = Truth::built_in()?.runs;
/// let knee = runs.iter().find_map(|run| run.kind.plane()).ok_or("no run with a control plane")?;
/// assert_eq!((knee.api_server.cores, knee.api_server.minor), (0.6, 36));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ApiServer {
    /// Minor version of Kubernetes.
    pub minor: u32,
    /// API servers.
    pub replicas: f64,
    /// Cores, or CPU quota, of one.
    pub cores: f64,
    /// --max-requests-inflight; 0 means no limit.
    pub read_in_flight: u32,
    /// --max-mutating-requests-inflight; 0 means no limit.
    pub mutating_in_flight: u32,
    /// API Priority and Fairness.
    pub flow_control: bool,
    /// Memory limit of one, bytes.
    pub memory_limit_bytes: Option<f64>,
    /// From a kill until the process runs again, seconds.
    pub restart_delay_s: f64,
}

/// Objects in the cluster of a run.
///
/// ```
/// use slackwater_study::truth::Objects;
/// let pods = Objects { nodes: 300.0, pods: 3000.0, json_bytes: 4020.0, protobuf_bytes: 3003.0 };
/// assert_eq!(pods.pods * pods.json_bytes, 12_060_000.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Objects {
    /// Nodes.
    pub nodes: f64,
    /// Pods.
    pub pods: f64,
    /// Bytes of one pod as JSON.
    pub json_bytes: f64,
    /// Bytes of one pod as protobuf.
    pub protobuf_bytes: f64,
}

/// A control plane under test.
///
/// ```
/// use slackwater_study::truth::{Kind, Truth};
/// let truth = Truth::built_in()?;
/// let with = truth.runs.iter().filter(|run| run.kind.plane().is_some()).count();
/// assert_eq!(with, 5); // one knee, three storms, one herd
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plane {
    /// Its API servers.
    pub api_server: ApiServer,
    /// Its objects.
    pub objects: Objects,
}

/// Who sends, to flow control.
///
/// ```
/// use slackwater_study::truth::Who;
/// assert_eq!(Who::of("admin"), Who::Admin);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A ServiceAccount outside kube-system.
    Agent,
    /// A kubelet.
    Node,
    /// A person without special rights.
    Dev,
    /// Group system:masters.
    Admin,
}

impl Who {
    /// From the word of the manifest; the reader lets only known ones through.
    pub fn of(word: &str) -> Self {
        match word {
            "node" => Self::Node,
            "dev" => Self::Dev,
            "admin" => Self::Admin,
            _ => Self::Agent,
        }
    }
}

/// What a class asks for.
///
/// ```
/// use slackwater_study::truth::{Ask, Who};
/// let get = Ask { list: false, nodes: false, version: "0".into(), protobuf: false };
/// assert!(!get.list && Who::Node != Who::Admin);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// LIST of all objects; otherwise GET of one.
    pub list: bool,
    /// Nodes; otherwise pods.
    pub nodes: bool,
    /// resourceVersion.
    pub version: String,
    /// Protobuf; otherwise JSON.
    pub protobuf: bool,
}

/// One class of requests.
///
/// ```
/// use slackwater_study::truth::{Kind, Truth};
/// let truth = Truth::built_in()?;
/// let storm = truth.runs.iter().find(|run| run.name == "storm-apf-300x60").ok_or("no storm")?;
/// let Kind::Storm(storm) = &storm.kind else { return Err("no storm".into()) };
/// assert_eq!(storm.agents.timeout_s, 30.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Sender {
    /// Name, as in the table.
    pub name: String,
    /// Identity.
    pub who: Who,
    /// Request.
    pub ask: Ask,
    /// Client timeout, seconds.
    pub timeout_s: f64,
}

/// Clients that come and go, and poll.
///
/// ```
/// use slackwater_study::truth::{Kind, Truth};
/// let truth = Truth::built_in()?;
/// let polls = truth.runs.iter().find_map(|run| match &run.kind {
///     Kind::Storm(storm) => Some(storm.polls),
///     _ => None,
/// });
/// assert_eq!(polls.map(|polls| polls.clients / polls.period_s), Some(5.0)); // a second
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Polls {
    /// Clients.
    pub clients: f64,
    /// Seconds between two polls.
    pub period_s: f64,
    /// The first starts, seconds.
    pub start_s: f64,
    /// Seconds until the last has started.
    pub ramp_s: f64,
    /// None sends from here on, seconds.
    pub stop_s: f64,
    /// Least and most seconds until the next try after a failure; nothing: waits for the next tick.
    pub retry_after_s: Option<(f64, f64)>,
    /// A Retry-After multiplies them.
    pub times_retry_after: bool,
}

/// CPU of single requests, one at a time.
///
/// ```
/// use slackwater_study::truth::{Kind, Truth};
/// let truth = Truth::built_in()?;
/// let Some(Kind::Cost(cost)) = truth.runs.first().map(|run| &run.kind) else { panic!("no costs") };
/// assert_eq!(cost.rows.len(), 42);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CostRun {
    /// Cores of the API server.
    pub cores: f64,
    /// Rows of the table.
    pub rows: Vec<CostRow>,
}

/// Poisson arrivals at several rates.
///
/// ```
/// use slackwater_study::truth::{Kind, Truth};
/// let truth = Truth::built_in()?;
/// let knee = truth.runs.iter().find_map(|run| match &run.kind {
///     Kind::Knee(knee) => Some(knee.rates.len()),
///     _ => None,
/// });
/// assert_eq!(knee, Some(8));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct KneeRun {
    /// Control plane.
    pub plane: Plane,
    /// Classes; the one whose rate is that of the file is `driven`.
    pub senders: Vec<Sender>,
    /// Index of the class whose rate is varied.
    pub driven: usize,
    /// Nominal rate and what was seen, in the order of the rates.
    pub rates: Vec<(f64, Observed)>,
}

impl KneeRun {
    /// The control plane as the machine ran it at one rate: with the cores it gave while there was work all the time.
    ///
    /// A quota is what a server may get. Recorded at three of eight rates: 0.52 to 0.54 of 0.6 with fourteen and more
    /// lists in service, 0.60 at the others. Like the arrivals, that belongs to the minute and not to the model.
    ///
    /// ```
    /// use slackwater_study::truth::{Kind, Truth};
    /// let truth = Truth::built_in()?;
    /// let knee = truth.runs.iter().find_map(|run| match &run.kind {
    ///     Kind::Knee(knee) => Some(knee),
    ///     _ => None,
    /// });
    /// let cores = |at| knee.map(|knee| knee.plane_at(at).api_server.cores);
    /// assert_eq!(cores(0), Some(0.6)); // hardly ever at work for a whole second
    /// assert!(cores(4).is_some_and(|cores| cores < 0.55));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn plane_at(&self, rate: usize) -> Plane {
        let given = self.rates.get(rate).and_then(|(_, seen)| seen.cores_given(self.driven));
        let quota = self.plane.api_server.cores;
        let cores = given.map_or(quota, |cores| (cores / self.plane.api_server.replicas).min(quota));
        Plane { api_server: ApiServer { cores, ..self.plane.api_server }, ..self.plane }
    }
}

/// Polling agents that overload a server, and what others see of it.
///
/// ```
/// use slackwater_study::truth::{Kind, Truth};
/// let truth = Truth::built_in()?;
/// let storms = truth.runs.iter().filter(|run| matches!(run.kind, Kind::Storm(_))).count();
/// assert_eq!(storms, 3);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StormRun {
    /// Control plane.
    pub plane: Plane,
    /// End, seconds.
    pub duration_s: f64,
    /// The agents.
    pub agents: Sender,
    /// How they come and go.
    pub polls: Polls,
    /// The others, with their nominal rates.
    pub bystanders: Vec<(Sender, f64)>,
    /// What was seen; the agents are the first class.
    pub observed: Observed,
    /// Kills and starts.
    pub restarts: Vec<Restart>,
    /// Lists the server answered, by its audit log; empty without one.
    pub served: Vec<Served>,
}

/// Informers that list again after a restart.
///
/// ```
/// use slackwater_study::truth::{Kind, Truth};
/// let truth = Truth::built_in()?;
/// let killed = truth.runs.iter().find_map(|run| match &run.kind {
///     Kind::Herd(herd) => herd.restarts.first().map(|restart| restart.t_s),
///     _ => None,
/// });
/// assert_eq!(killed, Some(160.1));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct HerdRun {
    /// Control plane.
    pub plane: Plane,
    /// End, seconds.
    pub duration_s: f64,
    /// The informers.
    pub informers: Sender,
    /// How many.
    pub clients: f64,
    /// The first starts, seconds.
    pub start_s: f64,
    /// Seconds until the last has started.
    pub ramp_s: f64,
    /// Backoff: first delay, factor, longest delay, jitter.
    pub backoff: [f64; 4],
    /// Waits at least for a Retry-After.
    pub at_least_told: bool,
    /// What was seen.
    pub seconds: Vec<HerdSecond>,
    /// Kills and starts.
    pub restarts: Vec<Restart>,
}

/// DNS caches whose source goes away.
///
/// ```
/// use slackwater_study::truth::{Kind, Truth};
/// let truth = Truth::built_in()?;
/// let ttl_s = truth.runs.iter().find_map(|run| match &run.kind {
///     Kind::Dns(dns) => Some(dns.ttl_s),
///     _ => None,
/// });
/// assert_eq!(ttl_s, Some(120.0));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DnsRun {
    /// Length of a bin, seconds.
    pub bin_s: f64,
    /// Caches.
    pub caches: f64,
    /// Time an entry is kept, seconds.
    pub ttl_s: f64,
    /// Time an expired entry is handed out, seconds.
    pub serve_stale_s: f64,
    /// Names of each class.
    pub names: f64,
    /// Lookups of one name in one cache a second, by class.
    pub lookups_per_s: Vec<f64>,
    /// The source is lost, seconds.
    pub lost_s: f64,
    /// It is back, seconds.
    pub back_s: f64,
    /// End, seconds.
    pub end_s: f64,
    /// Answers by bin and class.
    pub bins: Vec<DnsBin>,
}

/// What kind of run it is.
///
/// ```
/// use slackwater_study::truth::Kind;
/// assert!(Kind::Unread("unknown kind `tea`".into()).plane().is_none());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// CPU of single requests.
    Cost(CostRun),
    /// Rates around the capacity.
    Knee(KneeRun),
    /// Overload by polling agents.
    Storm(Box<StormRun>),
    /// Restart herd.
    Herd(Box<HerdRun>),
    /// DNS caches.
    Dns(DnsRun),
    /// Not read, and why.
    Unread(String),
}

impl Kind {
    /// The control plane, where there is one.
    pub fn plane(&self) -> Option<&Plane> {
        match self {
            Self::Knee(run) => Some(&run.plane),
            Self::Storm(run) => Some(&run.plane),
            Self::Herd(run) => Some(&run.plane),
            Self::Cost(_) | Self::Dns(_) | Self::Unread(_) => None,
        }
    }
}

/// A recorded run.
///
/// ```
/// use slackwater_study::truth::Truth;
/// let names: Vec<String> = Truth::built_in()?.runs.into_iter().map(|run| run.name).collect();
/// assert!(names.contains(&"herd-300".to_owned()));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Keys of the manifest that are not known, and so not read.
    pub unread: Vec<String>,
}
