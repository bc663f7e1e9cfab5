//! The cases in the binary: a scenario each, and what was published or measured beside it.

mod dns_recording;
mod expect;
mod held;
mod text;

use crate::scenario::{InputError, ScenarioFile, Source};
use slackwater_core::bounds::TABLE;

pub(crate) use dns_recording::POINTS;
pub use dns_recording::{compare, measured_for};
pub use expect::Expectation;
pub use held::{Held, Outcome, hold, hold_until};
pub use text::HeldCases;

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

macro_rules! alone {
    ($file:literal) => {
        &[($file, include_str!(concat!("../cases/", $file)))]
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
        name: "openai-2024-12-11-traffic",
        summary: "the same, with its traffic led to the other clusters and back: who carries it",
        layers: over_openai!("openai-2024-12-11-traffic.yaml"),
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
        name: "single-master",
        summary: "the only master is away for an hour: what goes on, what stands still (statements M1 to M12)",
        layers: alone!("single-master.yaml"),
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
    Case {
        name: "openai-2021-endpoints",
        summary: "all endpoints sent to every node at every change: N^2, and slices",
        layers: alone!("openai-2021-endpoints.yaml"),
    },
    Case {
        name: "aws-2025-leases",
        summary: "analogue: leases renewed all at once after an outage collapse, a throttle ends it",
        layers: alone!("aws-2025-leases.yaml"),
    },
    Case {
        name: "google-2025-herd",
        summary: "analogue: the same herd with and without randomised back-off",
        layers: alone!("google-2025-herd.yaml"),
    },
    Case {
        name: "kinesis-2020",
        summary: "analogue: 1 % more nodes pass a hard limit that grows with the fleet",
        layers: alone!("kinesis-2020.yaml"),
    },
    Case {
        name: "roblox-2021",
        summary: "analogue: down again after every restart, well while blocked, down when the block is lifted",
        layers: alone!("roblox-2021.yaml"),
    },
    Case {
        name: "slack-2022",
        summary: "analogue: the third quarter of a rollout meets the peak of the day",
        layers: alone!("slack-2022.yaml"),
    },
    Case {
        name: "zalando-2019",
        summary: "DNS servers killed for memory again and again, ended by a higher limit",
        layers: alone!("zalando-2019.yaml"),
    },
    Case {
        name: "preply-2020",
        summary: "negative control: a short loss of DNS must not collapse",
        layers: alone!("preply-2020.yaml"),
    },
    Case {
        name: "spotify-2018",
        summary: "negative control: a store lost for two hours must not reach users",
        layers: alone!("spotify-2018.yaml"),
    },
    Case {
        name: "grafana-2019",
        summary: "negative control: a harmless rollout must stay harmless",
        layers: alone!("grafana-2019.yaml"),
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
        // What must come out is no part of what is run.
        Ok(file.without("expect").of_case(self.name))
    }

    /// What must come out of it, as written in its own file.
    ///
    /// # Errors
    /// None for the cases in the binary: a test reads them all.
    ///
    /// ```
    /// use slackwater_study::cases::find;
    /// let case = find("openai-2024-12-11").ok_or("no such case")?;
    /// assert!(!case.expectations()?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn expectations(&self) -> Result<Vec<Expectation>, InputError> {
        let Some((name, text)) = self.layers.last() else { return Ok(Vec::new()) };
        Ok(Expectation::all(&ScenarioFile::parse(&Source::new(name, text), TABLE)?))
    }
}
