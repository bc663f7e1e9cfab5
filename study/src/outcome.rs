//! What a run says: verdict first, then reasons, numbers, and the picture's data.

use serde::Serialize;

/// One gate of the verdict.
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
    /// Share of all CPU in the ledger.
    pub share: f64,
    /// Order of the class in the number of nodes: 0, 1 or 2.
    pub order: u8,
}

/// Something that happened, or did not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Name, see the list: `rollout_start` ... `all_recovered`.
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
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Name of the case or file.
    pub name: String,
    /// One line on what it is.
    pub description: String,
    /// Version of slackwater.
    pub version: &'static str,
    /// Seed; the fluid needs none, so it is 0.
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
    /// What the columns hold.
    pub columns: Vec<ColumnDoc>,
    /// Columns over time; all of one length, `t_s` first.
    pub trajectory: Vec<(String, Vec<f64>)>,
}
