//! What people can do about an overload, what each needs, and when it makes no sense.

use crate::resolve::Plan;
use serde::Serialize;

/// One thing people can do.
///
/// ```
/// use slackwater_study::remedies::Lever;
/// assert_eq!(Lever::ALL.len(), 16);
/// assert_eq!(Lever::OwnFlowSchema.name(), "own_flow_schema");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lever {
    /// No further pods of the agent are created.
    Halt,
    /// The agent is deleted through the API.
    Delete,
    /// The network to the API is closed for the agent.
    Block,
    /// Nodes are taken away.
    ScaleDown,
    /// API servers get more cores and memory.
    ScaleUp,
    /// API servers that answer nobody are restarted, all at once, again and again.
    Restart,
    /// API servers are restarted one after the other, with time between.
    RestartInTurn,
    /// The in-flight limits are raised.
    RaiseSeats,
    /// The in-flight limits are lowered.
    LowerSeats,
    /// The agent gets a flow schema and a priority level of its own that may borrow nothing.
    OwnFlowSchema,
    /// The agent keeps its state in an etcd of its own and asks the API no more.
    OwnEtcd,
    /// DNS caches hand out expired entries.
    ServeStale,
    /// DNS caches keep entries for longer.
    LongerTtl,
    /// A share of all clients is turned away before the API servers.
    ShedLoad,
    /// etcd is restored from a backup.
    Restore,
    /// User traffic is led to other clusters.
    Shift,
}

/// What must work for a remedy to be possible.
///
/// ```
/// use slackwater_study::remedies::{Lever, Needs};
/// assert_eq!(Lever::Delete.needs(), Needs::Api); // the lock-out of 2024-12-11
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// The API has to answer the operator.
    Api,
    /// The pipeline that rolls the change out.
    Pipeline,
    /// Firewalls or load balancers before the API.
    Network,
    /// The provider's own interface: machines come and go without Kubernetes.
    Provider,
    /// A shell on the machines of the control plane.
    Machines,
}

impl Needs {
    /// In words, for a table.
    ///
    /// ```
    /// assert_eq!(slackwater_study::remedies::Needs::Api.words(), "API");
    /// ```
    pub fn words(self) -> &'static str {
        match self {
            Self::Api => "API",
            Self::Pipeline => "pipeline",
            Self::Network => "network",
            Self::Provider => "provider",
            Self::Machines => "machines",
        }
    }
}

impl Lever {
    /// All of them, in the order of a list.
    pub const ALL: [Self; 16] = [
        Self::Halt,
        Self::Delete,
        Self::Block,
        Self::ScaleDown,
        Self::ScaleUp,
        Self::Restart,
        Self::RestartInTurn,
        Self::RaiseSeats,
        Self::LowerSeats,
        Self::OwnFlowSchema,
        Self::OwnEtcd,
        Self::ServeStale,
        Self::LongerTtl,
        Self::ShedLoad,
        Self::Restore,
        Self::Shift,
    ];

    /// Its name, as printed and as in data.
    ///
    /// ```
    /// assert_eq!(slackwater_study::remedies::Lever::ScaleUp.name(), "scale_up");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Halt => "halt",
            Self::Delete => "delete",
            Self::Block => "block",
            Self::ScaleDown => "scale_down",
            Self::ScaleUp => "scale_up",
            Self::Restart => "restart",
            Self::RestartInTurn => "restart_in_turn",
            Self::RaiseSeats => "raise_seats",
            Self::LowerSeats => "lower_seats",
            Self::OwnFlowSchema => "own_flow_schema",
            Self::OwnEtcd => "own_etcd",
            Self::ServeStale => "serve_stale",
            Self::LongerTtl => "longer_ttl",
            Self::ShedLoad => "shed_load",
            Self::Restore => "restore",
            Self::Shift => "shift",
        }
    }

    /// What it needs.
    ///
    /// ```
    /// use slackwater_study::remedies::{Lever, Needs};
    /// assert_eq!(Lever::Block.needs(), Needs::Network);
    /// ```
    pub fn needs(self) -> Needs {
        match self {
            Self::Halt => Needs::Pipeline,
            Self::Delete | Self::OwnFlowSchema | Self::OwnEtcd | Self::ServeStale | Self::LongerTtl => Needs::Api,
            Self::Block | Self::ShedLoad | Self::Shift => Needs::Network,
            Self::ScaleDown | Self::ScaleUp => Needs::Provider,
            Self::Restart | Self::RestartInTurn | Self::RaiseSeats | Self::LowerSeats | Self::Restore => {
                Needs::Machines
            }
        }
    }

    /// Whether people take it back when all is well: nobody leaves a network closed for good.
    ///
    /// ```
    /// use slackwater_study::remedies::Lever;
    /// assert!(Lever::Block.temporary() && !Lever::Delete.temporary());
    /// ```
    pub fn temporary(self) -> bool {
        matches!(self, Self::Block | Self::ScaleDown | Self::ScaleUp | Self::ShedLoad)
    }

    /// Whether two make no sense together.
    pub(super) fn excludes(self, other: Self) -> bool {
        let pair = [self, other];
        let both = |a, b| pair == [a, b] || pair == [b, a];
        both(Self::RaiseSeats, Self::LowerSeats) || both(Self::Restart, Self::RestartInTurn)
    }

    /// Seconds from the moment it may begin until it acts, for what does not act by itself.
    pub(super) fn over_s(self, plan: &Plan) -> f64 {
        let n = |key: &str| plan.settings.number(key);
        match self {
            Self::RaiseSeats | Self::LowerSeats => n("remedies.flags_over_s"),
            Self::OwnEtcd => n("remedies.own_etcd_over_s"),
            Self::ServeStale | Self::LongerTtl => n("remedies.config_over_s"),
            Self::Restore => n("remedies.restore_over_s"),
            _ => 0.0,
        }
    }

    /// Keys that change when it acts; none for what is not a matter of keys.
    pub(super) fn keys(self, plan: &Plan) -> Vec<String> {
        let n = |key: &str| plan.settings.number(key);
        let limits = ["api_server.max_requests_inflight", "api_server.max_mutating_requests_inflight"];
        let scaled = |by: f64| limits.map(|key| format!("{key}={}", (n(key) * by).round().min(100_000.0))).to_vec();
        match self {
            Self::RaiseSeats => scaled(n("remedies.seats_by")),
            Self::LowerSeats => scaled(1.0 / n("remedies.seats_by")),
            Self::OwnFlowSchema => {
                let namespace =
                    if plan.settings.text("agent.identity") == "service-account" { "agent" } else { "kube-system" };
                [
                    "priority_levels.slackwater-agent.shares=1".to_owned(),
                    "priority_levels.slackwater-agent.borrowing_limit_percent=0".to_owned(),
                    "flow_schemas.slackwater-agent.level=slackwater-agent".to_owned(),
                    format!("flow_schemas.slackwater-agent.subjects=serviceaccount:{namespace}:agent"),
                    "flow_schemas.slackwater-agent.precedence=2".to_owned(),
                ]
                .to_vec()
            }
            Self::OwnEtcd => vec!["agent.store=own_etcd".to_owned()],
            Self::ServeStale => vec![format!("dns.serve_stale_s={}", n("remedies.serve_stale_s"))],
            Self::LongerTtl => {
                let ttl_s = (n("dns.cache_ttl_s") * n("remedies.ttl_by")).min(86_400.0);
                vec![format!("dns.cache_ttl_s={ttl_s}")]
            }
            _ => Vec::new(),
        }
    }

    /// Why it cannot be done at all here, or could not change anything.
    pub(super) fn refused(self, plan: &Plan, rolling: bool) -> Option<&'static str> {
        let settings = &plan.settings;
        let agent = settings.is("agent.enabled") && settings.text("agent.store") != "own_etcd";
        let nobody = "there is no agent that asks the API";
        match self {
            Self::Delete | Self::Block | Self::Halt | Self::OwnFlowSchema | Self::OwnEtcd if !agent => Some(nobody),
            Self::Halt if !rolling => Some("every node of this cluster has the agent already"),
            Self::OwnFlowSchema if !settings.is("api_server.flow_control") => Some("flow control is off"),
            Self::OwnFlowSchema
                if !matches!(settings.text("agent.identity"), "service-account" | "kube-system-service-account") =>
            {
                Some("flow control cannot tell the agent from others of its identity")
            }
            Self::RestartInTurn if settings.number("api_server.replicas") < 2.0 => Some("there is one API server"),
            Self::ServeStale if settings.number("dns.serve_stale_s") > 0.0 => Some("caches do so already"),
            Self::Restore if settings.number("etcd.lost_members") == 0.0 => Some("etcd has lost nothing"),
            Self::Restore if settings.typed("etcd.back_s").is_some() => Some("its members come back"),
            _ => None,
        }
    }
}
