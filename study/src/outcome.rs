//! What a run says: verdict first, then reasons, numbers, and the picture's data.

use crate::events::beside::Beside;
use serde::Serialize;

/// One gate of the verdict.
///
/// ```
/// # use slackwater_core::bounds::TABLE;
/// # use slackwater_study::resolve::Plan;
/// # use slackwater_study::run::simulate;
/// # use slackwater_study::scenario::ScenarioFile;
/// # let mut file = ScenarioFile::empty(TABLE);
/// # file.set("cluster.nodes=50")?;
/// # file.set("run.until_s=60")?;
/// # let outcome = simulate(&Plan::resolve(file)?)?;
/// let steady = &outcome.verdict.gates[0];
/// assert_eq!(steady.name, "steady");
/// let (value, limit) = (steady.value.unwrap_or(0.0), steady.limit.unwrap_or(1.0));
/// assert_eq!(steady.margin, Some((limit - value) / limit));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gate {
    /// `steady`, `surge`, `failover`, `restart`, `masking` or `escape`.
    pub name: &'static str,
    /// Whether it holds; a gate that does not apply holds.
    pub pass: bool,
    /// What was found; null if the gate does not apply.
    pub value: Option<f64>,
    /// What is allowed.
    pub limit: Option<f64>,
    /// Unit of both; empty for a share.
    pub unit: &'static str,
    /// (limit - value) / limit: above 0 is safe.
    pub margin: Option<f64>,
    /// One line: which wall, and why.
    pub why: String,
}

/// Safe or not, and from which size on.
///
/// ```
/// # use slackwater_core::bounds::TABLE;
/// # use slackwater_study::resolve::Plan;
/// # use slackwater_study::run::simulate;
/// # use slackwater_study::scenario::ScenarioFile;
/// # let mut file = ScenarioFile::empty(TABLE);
/// # file.set("cluster.nodes=50")?;
/// # file.set("run.until_s=60")?;
/// # let outcome = simulate(&Plan::resolve(file)?)?;
/// let verdict = &outcome.verdict;
/// assert_eq!(verdict.safe, verdict.gates.iter().all(|gate| gate.pass));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// No applicable gate fails.
    pub safe: bool,
    /// All six gates, in the order of the documentation.
    pub gates: Vec<Gate>,
    /// N*: smallest size from which all larger scanned sizes are unsafe, control plane held fixed.
    pub tipping_nodes: Option<u64>,
    /// Other unsafe sizes below N*, as closed intervals.
    pub unsafe_bands: Vec<(u64, u64)>,
    /// Smallest size at which a default alert would fire.
    pub visible_from_nodes: Option<u64>,
    /// Sentences a person needs: which wall comes first, why staging cannot know, what hides it.
    pub reasons: Vec<String>,
}

/// Use of the first wall by one class and cause.
///
/// ```
/// # use slackwater_core::bounds::TABLE;
/// # use slackwater_study::resolve::Plan;
/// # use slackwater_study::run::simulate;
/// # use slackwater_study::scenario::ScenarioFile;
/// # let mut file = ScenarioFile::empty(TABLE);
/// # file.set("cluster.nodes=50")?;
/// # file.set("run.until_s=60")?;
/// # let outcome = simulate(&Plan::resolve(file)?)?;
/// let shares: f64 = outcome.ledger.iter().map(|row| row.share).sum();
/// assert!((shares - 1.0).abs() < 1e-9);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LedgerRow {
    /// Traffic class.
    pub class: String,
    /// What sends it.
    pub component: String,
    /// Who it is to the API server.
    pub identity: String,
    /// Verb.
    pub verb: String,
    /// Resource.
    pub resource: String,
    /// `new`, `retry`, `restart_herd`, `dns_miss`, `timeout_waste` or `rejection`.
    pub cause: &'static str,
    /// CPU-seconds over the fleet, from rollout start to the first recovery (or the end).
    pub cpu_s: f64,
    /// Seat-seconds held, over the same time.
    pub seat_s: f64,
    /// Byte-seconds held by running requests, over the same time.
    pub byte_s: f64,
    /// Share of all CPU in the ledger.
    pub share: f64,
    /// Order of the class in the number of nodes: 0, 1 or 2.
    pub order: u8,
}

/// Something that happened, or did not.
///
/// ```
/// # use slackwater_core::bounds::TABLE;
/// # use slackwater_study::resolve::Plan;
/// # use slackwater_study::run::simulate;
/// # use slackwater_study::scenario::ScenarioFile;
/// # let mut file = ScenarioFile::empty(TABLE);
/// # file.set("cluster.nodes=50")?;
/// # file.set("run.until_s=60")?;
/// # let outcome = simulate(&Plan::resolve(file)?)?;
/// // Nothing recovered in a run in which nothing fell: the event is there, its time is not.
/// let recovered = outcome.events.iter().find(|event| event.name == "all_recovered");
/// assert!(recovered.is_some_and(|event| event.t_s.is_none() && event.clock.is_none()));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Name, see the issue's list: `rollout_start` ... `all_recovered`.
    pub name: &'static str,
    /// Seconds since rollout start; null if it did not happen.
    pub t_s: Option<f64>,
    /// Local time `HH:MM:SS`.
    pub clock: Option<String>,
    /// Published local time, if there is one.
    pub published_clock: Option<String>,
    /// Model minus published, seconds.
    pub residual_s: Option<f64>,
}

/// What a column of the trajectory holds.
///
/// ```
/// # use slackwater_core::bounds::TABLE;
/// # use slackwater_study::resolve::Plan;
/// # use slackwater_study::run::simulate;
/// # use slackwater_study::scenario::ScenarioFile;
/// # let mut file = ScenarioFile::empty(TABLE);
/// # file.set("cluster.nodes=50")?;
/// # file.set("run.until_s=60")?;
/// # let outcome = simulate(&Plan::resolve(file)?)?;
/// let names = outcome.columns.iter().map(|column| &column.name);
/// assert!(names.eq(outcome.trajectory.iter().map(|(name, _)| name)));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnDoc {
    /// Name in the trajectory.
    pub name: String,
    /// Unit; empty for a share.
    pub unit: String,
    /// One sentence.
    pub meaning: String,
}

/// What a gate on the API server would have changed (question Q4).
///
/// ```
/// use slackwater_study::outcome::Counterfactual;
/// let late = Counterfactual {
///     halt_t_s: None,
///     clock: None,
///     clusters: 10,
///     clusters_spared: 0,
///     falls_prevented: 0,
///     clusters_fallen: 4,
/// };
/// assert!(late.falls_prevented <= late.clusters_fallen && late.clusters_spared <= late.clusters);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counterfactual {
    /// When a gate on the API server would have stopped the rollout.
    pub halt_t_s: Option<f64>,
    /// The same as local time.
    pub clock: Option<String>,
    /// Clusters of the fleet.
    pub clusters: u64,
    /// Clusters not yet touched at that moment.
    pub clusters_spared: u64,
    /// Clusters that fell, and would not have fallen.
    pub falls_prevented: u64,
    /// Clusters that fell.
    pub clusters_fallen: u64,
}

/// Events under another order of rollout, beside the published times.
///
/// ```
/// use slackwater_study::outcome::OrderResult;
/// let random = OrderResult { order: "random", chosen: false, events: Vec::new(), rms_s: None };
/// assert!(random.rms_s.is_none()); // nothing published, nothing to compare with
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OrderResult {
    /// Word of `rollout.order`.
    pub order: &'static str,
    /// Whether the scenario uses it.
    pub chosen: bool,
    /// Its events.
    pub events: Vec<Event>,
    /// Root mean square of the residuals of `first_impact` and `peak_impact`, seconds.
    pub rms_s: Option<f64>,
}

/// Recovery by one remedy alone, or by all together.
///
/// ```
/// use slackwater_study::outcome::RemedyResult;
/// let never = RemedyResult { name: "scale_up".to_owned(), first_recovered_s: Some(5400.0), all_recovered_s: None };
/// assert!(never.all_recovered_s.is_none()); // one cluster came back, not all
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RemedyResult {
    /// `together`, or the word of `remedies.use`.
    pub name: String,
    /// First cluster recovered, seconds since rollout start.
    pub first_recovered_s: Option<f64>,
    /// All clusters recovered.
    pub all_recovered_s: Option<f64>,
}

/// A bin of a recorded experiment beside the model.
///
/// ```
/// use slackwater_study::outcome::MeasuredBin;
/// let series = "answered, class 0".to_owned();
/// let bin = MeasuredBin { series, t_s: 20.0, measured: 0.90, model: 0.92, bound: 0.03, pass: true };
/// assert_eq!(bin.pass, (bin.measured - bin.model).abs() <= bin.bound);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeasuredBin {
    /// What was counted.
    pub series: String,
    /// Start of the bin, seconds.
    pub t_s: f64,
    /// Measured share.
    pub measured: f64,
    /// The model's share.
    pub model: f64,
    /// Allowed difference.
    pub bound: f64,
    /// Whether it holds.
    pub pass: bool,
}

/// A key of the scenario, its value and where it came from.
///
/// ```
/// # use slackwater_core::bounds::TABLE;
/// # use slackwater_study::resolve::Plan;
/// # use slackwater_study::run::simulate;
/// # use slackwater_study::scenario::ScenarioFile;
/// # let mut file = ScenarioFile::empty(TABLE);
/// # file.set("cluster.nodes=50")?;
/// # file.set("run.until_s=60")?;
/// # let outcome = simulate(&Plan::resolve(file)?)?;
/// assert_eq!(outcome.scenario[0].key, "cluster.nodes");
/// assert_eq!(outcome.scenario[0].value, 50.0);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Input {
    /// Dotted key.
    pub key: String,
    /// Value.
    pub value: serde_json::Value,
    /// File and line, `--set`, case or default.
    pub origin: String,
}

/// Everything a run says.
///
/// Plain data, in the order in which a reader wants it: every report is written from this and nothing else.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::Plan;
/// use slackwater_study::run::simulate;
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("cluster.nodes=50")?;
/// file.set("run.until_s=60")?;
/// let plan = Plan::resolve(file)?;
/// let outcome = simulate(&plan)?;
/// assert_eq!(outcome.verdict.gates.len(), 6);
/// assert_eq!(outcome.trajectory[0].0, "t_s");
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Name of the case or file.
    pub name: String,
    /// One line on what it is.
    pub description: String,
    /// Version of slackwater.
    pub version: &'static str,
    /// Seed of the event engine; the fluid needs none, and without events it is 0.
    pub seed: u64,
    /// Keys that were set (not defaults), so that the run can be made again.
    pub scenario: Vec<Input>,
    /// Safe or not.
    pub verdict: Verdict,
    /// Who used the server and why, largest first.
    pub ledger: Vec<LedgerRow>,
    /// What happened when.
    pub events: Vec<Event>,
    /// Question Q4; absent where there is no rollout.
    pub counterfactual: Option<Counterfactual>,
    /// The three orders of rollout; empty unless times are published.
    pub orders: Vec<OrderResult>,
    /// Remedies alone and together; empty unless something fell.
    pub remedies: Vec<RemedyResult>,
    /// Reasons for numbers that were never published.
    pub assumed: Vec<(String, String)>,
    /// Measured beside modelled; empty unless the case is a recording.
    pub measured: Vec<MeasuredBin>,
    /// Request by request beside the fluid, one cluster a size; empty unless that was asked for.
    pub engines: Vec<Beside>,
    /// What the columns hold.
    pub columns: Vec<ColumnDoc>,
    /// Columns over time; all of one length, `t_s` first.
    pub trajectory: Vec<(String, Vec<f64>)>,
}
