//! The cases in the binary: a scenario each, and what was published or measured beside it.

mod dns_recording;

use crate::scenario::{InputError, ScenarioFile, Source};
use slackwater_core::bounds::TABLE;

pub use dns_recording::{compare, measured_for};

/// A built-in case.
///
/// ```
/// assert!(slackwater_study::cases::ALL.iter().all(|case| !case.summary.is_empty()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Name, as typed.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Scenario files, each laid over the ones before.
    layers: &'static [(&'static str, &'static str)],
}

const OPENAI: (&str, &str) = ("openai-2024-12-11.yaml", include_str!("../cases/openai-2024-12-11.yaml"));

macro_rules! over_openai {
    ($file:literal) => {
        &[OPENAI, ($file, include_str!(concat!("../cases/", $file)))]
    };
}

/// All cases, in the order of a list.
///
/// ```
/// assert!(slackwater_study::cases::ALL.iter().all(|case| case.file().is_ok()));
/// ```
pub const ALL: &[Case] = &[
    Case {
        name: "openai-2024-12-11",
        summary: "telemetry agent takes down large clusters, DNS caches hide it (applied 14:51 to 15:20)",
        layers: &[OPENAI],
    },
    Case {
        name: "openai-2024-12-11-1512",
        summary: "the same, under the other reading of the account: deployed at 15:12",
        layers: over_openai!("openai-2024-12-11-1512.yaml"),
    },
    Case {
        name: "openai-2024-12-11-node-scoped",
        summary: "the same rollout with a node-scoped selector: safe",
        layers: over_openai!("openai-2024-12-11-node-scoped.yaml"),
    },
    Case {
        name: "openai-2024-12-11-staging",
        summary: "the same agent on a staging cluster: looks safe, and cannot know",
        layers: over_openai!("openai-2024-12-11-staging.yaml"),
    },
    Case {
        name: "openai-2018-agents",
        summary: "agents on 1,000 nodes list all events from etcd; a longer period cures it",
        layers: &[("openai-2018-agents.yaml", include_str!("../cases/openai-2018-agents.yaml"))],
    },
    Case {
        name: "recorded-storm",
        summary: "300 agents on a real API server of 0.6 core, as recorded: can they still be deleted",
        layers: &[("recorded-storm.yaml", include_str!("../cases/recorded-storm.yaml"))],
    },
    Case {
        name: "network-cut-over",
        summary: "masters and nodes are parted; DNS moves to masters that no route leads to (slackwater outage)",
        layers: &[("network-cut-over.yaml", include_str!("../cases/network-cut-over.yaml"))],
    },
    Case {
        name: "dns-source-lost",
        summary: "a recorded experiment: real DNS caches, their source killed for 200 s",
        layers: &[("dns-source-lost.yaml", include_str!("../cases/dns-source-lost.yaml"))],
    },
];

/// Names of all cases.
///
/// ```
/// assert!(slackwater_study::cases::names().contains(&"dns-source-lost"));
/// ```
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|case| case.name).collect()
}

/// The case of a name.
///
/// ```
/// assert!(slackwater_study::cases::find("openai-2024-12-11").is_some());
/// ```
pub fn find(name: &str) -> Option<&'static Case> {
    ALL.iter().find(|case| case.name == name)
}

impl Case {
    /// Its scenario.
    ///
    /// # Errors
    /// None for the cases in the binary: a test reads them all.
    ///
    /// ```
    /// use slackwater_study::cases::find;
    /// let case = find("openai-2024-12-11-staging").ok_or("no such case")?;
    /// assert_eq!(case.file()?.number("cluster.nodes"), Some(50.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn file(&self) -> Result<ScenarioFile, InputError> {
        let mut file = ScenarioFile::empty(TABLE);
        for (name, text) in self.layers {
            let layer = ScenarioFile::parse(&Source::new(name, text), TABLE)?;
            file = file.overlay(&layer);
        }
        Ok(file.of_case(self.name))
    }
}
