//! Detection and what people do.

use super::settings::Settings;
use serde::Serialize;
use slackwater_core::system::observe::Row;

/// What an alert watches.
///
/// ```
/// use slackwater_study::resolve::Signal;
/// assert_eq!(Signal::ApiLoad.word(), "api_load");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Share of the agent's requests that fail.
    AgentHealth,
    /// CPU asked of the API servers.
    ApiLoad,
    /// Share of API requests that fail.
    ApiErrors,
    /// Share of lookups that fail in one cluster.
    DnsErrors,
    /// Share of all user traffic that fails.
    UserImpact,
}

impl Signal {
    /// Column of a cluster's trajectory that holds it.
    ///
    /// ```
    /// use slackwater_core::system::observe::COLUMNS;
    /// use slackwater_study::resolve::Signal;
    /// assert_eq!(COLUMNS[Signal::ApiErrors.column()].name, "api_errors");
    /// ```
    pub const fn column(self) -> usize {
        match self {
            Self::AgentHealth => Row::AGENT_HEALTH,
            Self::ApiLoad => Row::API_LOAD,
            Self::ApiErrors => Row::API_ERRORS,
            Self::DnsErrors | Self::UserImpact => Row::IMPACT,
        }
    }

    /// Value that counts as bad unless the scenario says another.
    ///
    /// ```
    /// use slackwater_study::resolve::Signal;
    /// assert_eq!(Signal::AgentHealth.threshold(), 0.5);
    /// ```
    pub const fn threshold(self) -> f64 {
        match self {
            Self::AgentHealth => 0.5,
            Self::ApiLoad => 0.8,
            Self::ApiErrors => 0.05,
            Self::DnsErrors | Self::UserImpact => 0.01,
        }
    }

    /// Word of the key `detection.signal`.
    ///
    /// ```
    /// use slackwater_study::resolve::Signal;
    /// assert_eq!(Signal::DnsErrors.word(), "dns_errors");
    /// ```
    pub const fn word(self) -> &'static str {
        match self {
            Self::AgentHealth => "agent_health",
            Self::ApiLoad => "api_load",
            Self::ApiErrors => "api_errors",
            Self::DnsErrors => "dns_errors",
            Self::UserImpact => "user_impact",
        }
    }
}

/// The alert and those who get it.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::{Detection, Settings};
/// use slackwater_study::scenario::ScenarioFile;
/// let alone = Detection::resolve(&Settings::new(ScenarioFile::empty(TABLE)));
/// assert_eq!(alone.visible_impact_share, 0.01); // one user in a hundred, in every case
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Detection {
    /// What it watches.
    pub signal: Signal,
    /// Value that counts as bad.
    pub threshold: f64,
    /// Seconds it must be bad.
    pub for_s: f64,
    /// Seconds from the alert to the first action.
    pub human_delay_s: f64,
    /// Share of user traffic that counts as impact.
    pub visible_impact_share: f64,
}

impl Detection {
    /// Reads the keys `detection.*`.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::{Detection, Settings};
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("detection.signal=api_load")?;
    /// let alert = Detection::resolve(&Settings::new(file));
    /// assert_eq!((alert.signal.word(), alert.threshold), ("api_load", 0.8));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn resolve(settings: &Settings) -> Self {
        let signal = match settings.text("detection.signal") {
            "agent_health" => Signal::AgentHealth,
            "api_load" => Signal::ApiLoad,
            "dns_errors" => Signal::DnsErrors,
            "user_impact" => Signal::UserImpact,
            _ => Signal::ApiErrors,
        };
        Self {
            signal,
            threshold: settings.typed("detection.threshold").unwrap_or(signal.threshold()),
            for_s: settings.number("detection.for_s"),
            human_delay_s: settings.number("detection.human_delay_s"),
            visible_impact_share: settings.number("detection.visible_impact_share"),
        }
    }
}

/// What is done, and how fast.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::{Remedies, Settings};
/// use slackwater_study::scenario::ScenarioFile;
/// let alone = Remedies::resolve(&Settings::new(ScenarioFile::empty(TABLE)));
/// assert!((0.0..=1.0).contains(&alone.scale_down_to) && alone.scale_up_by >= 1.0);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(clippy::struct_excessive_bools)] // one switch a remedy is what the key says
pub struct Remedies {
    /// Stop the rollout.
    pub halt: bool,
    /// Lead user traffic away.
    pub shift: bool,
    /// Delete the agent through the API.
    pub delete: bool,
    /// Close the network to the API for the agent.
    pub block: bool,
    /// Take nodes away.
    pub scale_down: bool,
    /// Grow the API servers.
    pub scale_up: bool,
    /// Restart servers that answer nobody.
    pub restart: bool,
    /// Seconds from the first reaction to work on the first cluster.
    pub start_s: f64,
    /// Clusters worked on at once.
    pub clusters_at_once: f64,
    /// Seconds of work a cluster.
    pub per_cluster_s: f64,
    /// Seconds from the first reaction until traffic is led away.
    pub shift_after_s: f64,
    /// Share of the traffic of clusters in trouble that is led away.
    pub shift_share: f64,
    /// Seconds a block takes to reach every node.
    pub block_over_s: f64,
    /// Share of the nodes that remains.
    pub scale_down_to: f64,
    /// Seconds until the others are gone.
    pub scale_down_over_s: f64,
    /// Cores and memory in the end, as a multiple.
    pub scale_up_by: f64,
    /// Seconds until then.
    pub scale_up_over_s: f64,
    /// Seconds between restarts.
    pub restart_every_s: f64,
}

impl Remedies {
    /// The same people, who leave every cluster to itself.
    pub(crate) fn hands_off(&self) -> Self {
        Self { delete: false, block: false, scale_down: false, scale_up: false, restart: false, ..self.clone() }
    }

    /// Reads the keys `remedies.*`.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::{Remedies, Settings};
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("remedies.use=[halt, block]")?;
    /// let people = Remedies::resolve(&Settings::new(file));
    /// assert!(people.block && !people.scale_up);
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn resolve(settings: &Settings) -> Self {
        let used = settings.words("remedies.use");
        let uses = |word: &str| used.iter().any(|other| other == word);
        let n = |key: &str| settings.number(key);
        Self {
            halt: uses("halt"),
            shift: uses("shift"),
            delete: uses("delete"),
            block: uses("block"),
            scale_down: uses("scale_down"),
            scale_up: uses("scale_up"),
            restart: uses("restart"),
            start_s: n("remedies.start_s"),
            clusters_at_once: n("remedies.clusters_at_once"),
            per_cluster_s: n("remedies.per_cluster_s"),
            shift_after_s: n("remedies.shift_after_s"),
            shift_share: n("remedies.shift_share"),
            block_over_s: n("remedies.block_over_s"),
            scale_down_to: n("remedies.scale_down_to"),
            scale_down_over_s: n("remedies.scale_down_over_s"),
            scale_up_by: n("remedies.scale_up_by"),
            scale_up_over_s: n("remedies.scale_up_over_s"),
            restart_every_s: n("remedies.restart_every_s"),
        }
    }
}
