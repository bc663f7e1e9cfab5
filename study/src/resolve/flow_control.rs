//! Priority levels and flow schemas: those every cluster starts with, and what a scenario changes or adds.

use super::settings::Settings;
use crate::scenario::InputError;
use slackwater_core::flowcontrol::bootstrap::default_schemas;
use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, LevelConfig, LevelLimits, limits};
use slackwater_core::flowcontrol::matching::{PathRule, PolicyRule, ResourceRule, Subject};
use slackwater_core::flowcontrol::schemas::{DistinguisherMethod, FlowSchema};
use slackwater_core::system::scenario::MAX_LEVELS;

/// The priority levels of one API server.
pub(super) struct Levels<'a> {
    /// As configured; empty while flow control is off.
    pub configs: Vec<LevelConfig<'a>>,
    /// Seats of each; the two in-flight limits and what bypasses them while flow control is off.
    pub limits: Vec<LevelLimits>,
    /// Whether flow control is on.
    pub on: bool,
}

impl<'a> Levels<'a> {
    /// Levels of a scenario.
    ///
    /// # Errors
    /// More levels than the model holds, or numbers that Kubernetes refuses.
    pub(super) fn resolve(settings: &'a Settings) -> Result<Self, InputError> {
        let n = |key: &str| settings.number(key);
        let (read, write) =
            (n("api_server.max_requests_inflight") as u32, n("api_server.max_mutating_requests_inflight") as u32);
        if !settings.is("api_server.flow_control") {
            let plain =
                |seats: u32, exempt: bool| LevelLimits { exempt, max_seats: Some(1), ..LevelLimits::fixed(seats) };
            let limits = vec![plain(read, false), plain(write, false), plain(0, true)];
            return Ok(Self { configs: Vec::new(), limits, on: false });
        }
        let mut configs = DEFAULT_LEVELS.to_vec();
        let named = settings.file().names("priority_levels.*");
        for name in &named {
            let at = configs.iter().position(|config| config.name == *name).unwrap_or_else(|| {
                configs.push(LevelConfig::queueing(name));
                configs.len() - 1
            });
            if let Some(config) = configs.get_mut(at) {
                change(settings, name, config);
            }
        }
        let key = format!("priority_levels.{}", named.last().copied().unwrap_or_default());
        if configs.len() > MAX_LEVELS {
            let message = format!("{} priority levels, the model holds {MAX_LEVELS}", configs.len());
            return Err(settings.blame(&key, &message, "change levels that are there before adding others"));
        }
        let limits = limits(read + write, &configs).map_err(|error| {
            let help = "Kubernetes would refuse it too: see the API reference of PriorityLevelConfiguration";
            settings.blame(&key, &error.to_string(), help)
        })?;
        Ok(Self { configs, limits: limits.to_vec(), on: true })
    }
}

fn change(settings: &Settings, name: &str, config: &mut LevelConfig<'_>) {
    let typed = |key: &str| settings.typed(&format!("priority_levels.{name}.{key}")).map(|x| x as u32);
    config.nominal_concurrency_shares = typed("shares").unwrap_or(config.nominal_concurrency_shares);
    config.lendable_percent = typed("lendable_percent").or(config.lendable_percent);
    config.borrowing_limit_percent = typed("borrowing_limit_percent").or(config.borrowing_limit_percent);
    if !config.exempt {
        config.queues = typed("queues").unwrap_or(config.queues);
        config.hand_size = typed("hand_size").unwrap_or(config.hand_size);
        config.queue_length_limit = typed("queue_length").unwrap_or(config.queue_length_limit);
    }
}

/// A flow schema of a scenario, before it borrows its own subjects.
struct Written<'a> {
    name: &'a str,
    level: &'a str,
    precedence: u32,
    method: DistinguisherMethod,
    subjects: Vec<Subject<'a>>,
}

/// The flow schemas that a scenario adds, as text.
pub(super) struct Schemas<'a> {
    written: Vec<Written<'a>>,
    minor: u32,
}

impl<'a> Schemas<'a> {
    /// Schemas of a scenario for a Kubernetes minor version.
    ///
    /// # Errors
    /// A level that does not exist, or subjects that cannot be read.
    pub(super) fn resolve(settings: &'a Settings, levels: &Levels<'_>, minor: u32) -> Result<Self, InputError> {
        let mut written = Vec::new();
        for name in settings.file().names("flow_schemas.*") {
            let key = |last: &str| format!("flow_schemas.{name}.{last}");
            let level = settings.file().text(&key("level")).unwrap_or("workload-low");
            if levels.on && levels.configs.iter().all(|config| config.name != level) {
                let known: Vec<&str> = levels.configs.iter().map(|config| config.name).collect();
                let message = format!("there is no priority level `{level}`");
                let help = format!("add priority_levels.{level}, or write one of {}", known.join(", "));
                return Err(settings.blame(&key("level"), &message, &help));
            }
            let mut subjects = Vec::new();
            for part in settings.file().text(&key("subjects")).unwrap_or_default().split(',') {
                let subject = subject(part.trim()).ok_or_else(|| {
                    let message = format!("`{}` is no subject", part.trim());
                    let help = "write user:NAME, group:NAME or serviceaccount:NAMESPACE:NAME, separated by commas; \
                                the agent is serviceaccount:agent:agent";
                    settings.blame(&key("subjects"), &message, help)
                })?;
                subjects.push(subject);
            }
            let method = match settings.text(&key("distinguisher")) {
                "none" => DistinguisherMethod::None,
                "by_namespace" => DistinguisherMethod::ByNamespace,
                _ => DistinguisherMethod::ByUser,
            };
            written.push(Written {
                name,
                level,
                precedence: settings.number(&key("precedence")) as u32,
                method,
                subjects,
            });
        }
        Ok(Self { written, minor })
    }

    /// One rule a written schema: these subjects, whatever they ask for.
    pub(super) fn rules(&self) -> Vec<[PolicyRule<'_>; 1]> {
        fn rule<'r>(subjects: &'r [Subject<'r>]) -> [PolicyRule<'r>; 1] {
            [PolicyRule { subjects, resources: &[ResourceRule::ANY], paths: &[PathRule::ANY] }]
        }
        self.written.iter().map(|written| rule(&written.subjects)).collect()
    }

    /// All schemas: the defaults of the version, and the written ones, which replace a default of the same name.
    pub(super) fn all<'s>(&'s self, rules: &'s [[PolicyRule<'s>; 1]]) -> Vec<FlowSchema<'s>> {
        let kept = |schema: &FlowSchema<'_>| self.written.iter().all(|written| written.name != schema.name);
        let written = self.written.iter().zip(rules).map(|(written, rules)| FlowSchema {
            name: written.name,
            level: written.level,
            precedence: written.precedence,
            method: written.method,
            rules,
        });
        default_schemas(self.minor).into_iter().filter(kept).chain(written).collect()
    }
}

fn subject(text: &str) -> Option<Subject<'_>> {
    let (kind, name) = text.split_once(':')?;
    match kind {
        "user" if !name.is_empty() => Some(Subject::User(name)),
        "group" if !name.is_empty() => Some(Subject::Group(name)),
        "serviceaccount" => name.split_once(':').map(|(namespace, name)| Subject::ServiceAccount { namespace, name }),
        _ => None,
    }
}
