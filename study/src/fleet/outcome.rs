//! What became of the traffic of a fleet, cluster by cluster and as a whole.

use super::member::Member;
use super::people::People;
use crate::resolve::{Plan, Traffic};
use crate::run::{Uncoupled, clock, clock_s};
use serde::Serialize;
use slackwater_core::traffic::state::Account;

/// Traffic by what became of it. As a rate: shares of all user traffic; over a run: minutes of all of it.
///
/// ```
/// use slackwater_study::fleet::Booked;
/// let booked = Booked { arrived: 10.0, home: 6.0, elsewhere: 3.0, shed: 1.0, ..Booked::default() };
/// assert_eq!((booked.failed(), booked.missing()), (1.0, 0.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Booked {
    /// What came.
    pub arrived: f64,
    /// Served where it belongs.
    pub home: f64,
    /// Served in another cluster.
    pub elsewhere: f64,
    /// Refused at the entrance of a full cluster.
    pub shed: f64,
    /// Lost: it was sent to a cluster that users cannot reach.
    pub outside: f64,
    /// Lost: a name was not found.
    pub unnamed: f64,
    /// Lost: pods were asked for more than they can do.
    pub overload: f64,
}

impl Booked {
    /// Refused or lost.
    ///
    /// ```
    /// assert_eq!(slackwater_study::fleet::Booked::default().failed(), 0.0);
    /// ```
    pub fn failed(&self) -> f64 {
        self.shed + self.outside + self.unnamed + self.overload
    }

    /// What is booked nowhere: 0 but for rounding.
    ///
    /// ```
    /// assert_eq!(slackwater_study::fleet::Booked::default().missing(), 0.0);
    /// ```
    pub fn missing(&self) -> f64 {
        self.arrived - self.home - self.elsewhere - self.failed()
    }

    /// What one cluster books, of which `elsewhere` was of others; `by` is a pod of load as a share of all traffic.
    pub(super) fn of(account: &Account, by: f64, elsewhere: f64) -> Self {
        Self {
            arrived: account.arrived * by,
            home: account.served * by - elsewhere,
            elsewhere,
            shed: account.shed * by,
            outside: account.outside * by,
            unnamed: account.unnamed * by,
            overload: account.overload * by,
        }
    }

    /// Adds `by` times as much.
    pub(super) fn add(&mut self, more: &Self, by: f64) {
        self.arrived += more.arrived * by;
        self.home += more.home * by;
        self.elsewhere += more.elsewhere * by;
        self.shed += more.shed * by;
        self.outside += more.outside * by;
        self.unnamed += more.unnamed * by;
        self.overload += more.overload * by;
    }
}

/// What becomes of a cluster.
///
/// ```
/// use slackwater_study::fleet::Fate;
/// assert_eq!(Fate::Tips.words(), "tips");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Users cannot reach it for a while.
    Lost,
    /// It falls by itself.
    Falls,
    /// It falls because of what is led to it.
    Tips,
    /// It refuses some of what is led to it.
    Sheds,
    /// It carries what comes.
    Carries,
}

impl Fate {
    /// In words, for a table.
    ///
    /// ```
    /// assert_eq!(slackwater_study::fleet::Fate::Carries.words(), "carries it");
    /// ```
    pub fn words(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Falls => "falls",
            Self::Tips => "tips",
            Self::Sheds => "sheds",
            Self::Carries => "carries it",
        }
    }
}

/// Clusters with one fate.
///
/// ```
/// use slackwater_study::fleet::{Fate, Moved};
/// let tipped = Moved { nodes: 5000.0, clusters: 2.0, fate: Fate::Tips, most_comes: 1.5, ..Moved::default() };
/// assert!(tipped.home_s.is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Moved {
    /// Nodes of one of them.
    pub nodes: f64,
    /// How many.
    pub clusters: f64,
    /// What becomes of them.
    pub fate: Fate,
    /// When the first trouble was seen, seconds since the rollout started.
    pub troubled_s: Option<f64>,
    /// Most traffic that came, as a multiple of their own.
    pub most_comes: f64,
    /// Largest load of a pod, as a multiple of what it carries.
    pub most_load: f64,
    /// Most pods, as a multiple of the usual.
    pub most_pods: f64,
    /// Busy share of the API servers' cores, the most of a minute.
    pub most_busy: f64,
    /// Most nodes that pulled images at once, in one of them.
    pub most_pulling: f64,
    /// Share of its traffic that is still elsewhere at the end.
    pub away: f64,
    /// When it was last in trouble and well again, seconds; nothing if it never was in trouble or still is.
    pub home_s: Option<f64>,
}

impl Default for Moved {
    fn default() -> Self {
        Self {
            nodes: 0.0,
            clusters: 0.0,
            fate: Fate::Carries,
            troubled_s: None,
            most_comes: 1.0,
            most_load: 0.0,
            most_pods: 1.0,
            most_busy: 0.0,
            most_pulling: 0.0,
            away: 0.0,
            home_s: None,
        }
    }
}

/// How much room the others need, by hand.
///
/// # Formula
/// If the share F of all traffic is led to clusters that have S of their own, each gets 1 + F/S of what it had. It is
/// more than pods carry from a load of 1 / (1 + F/S) on, and kills them from oom_at_load / (1 + F/S) on. An autoscaler
/// that is quick enough raises both.
///
/// ```
/// use slackwater_study::fleet::Headroom;
/// let half = Headroom::of(2.0, 1.5);
/// assert_eq!((half.full_from_load, half.kills_from_load), (0.5, 0.75));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Headroom {
    /// 1 + F/S at most: what a cluster that takes strangers got, as a multiple of its own.
    pub factor: f64,
    /// `fleet.load` from which that is more than pods carry.
    pub full_from_load: f64,
    /// `fleet.load` from which it kills them.
    pub kills_from_load: f64,
}

impl Headroom {
    /// From the factor and the load at which pods are killed.
    ///
    /// ```
    /// assert_eq!(slackwater_study::fleet::Headroom::of(1.25, 1.5).full_from_load, 0.8);
    /// ```
    pub fn of(factor: f64, oom_at: f64) -> Self {
        Self { factor, full_from_load: 1.0 / factor, kills_from_load: oom_at / factor }
    }
}

/// A trajectory in shares of all user traffic.
#[derive(Clone, Debug, Default)]
pub(super) struct Sampled {
    columns: [Vec<f64>; 9],
}

/// Names of the columns of a trajectory, in order.
pub(super) const COLUMNS: [&str; 9] =
    ["t_s", "home", "elsewhere", "shed", "outside", "unnamed", "overload", "most_load", "pulling_nodes"];

impl Sampled {
    pub(super) fn push(&mut self, now_s: f64, now: &Booked, members: &[Member]) {
        let load = members.iter().filter(|member| member.away == 0.0).map(|member| member.state.carried.min(1000.0));
        let pulling = members.iter().map(Member::pulling_nodes).sum();
        let values = [
            now_s,
            now.home,
            now.elsewhere,
            now.shed,
            now.outside,
            now.unnamed,
            now.overload,
            load.fold(0.0, f64::max),
            pulling,
        ];
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value);
        }
    }
}

/// Everything a run of a fleet with traffic says.
///
/// ```
/// use slackwater_study::{fleet, resolve::Plan, scenario::ScenarioFile};
/// use slackwater_core::bounds::TABLE;
/// let mut file = ScenarioFile::empty(TABLE);
/// for key in ["cluster.nodes=20", "agent.enabled=false", "fleet.counts=[3]", "fleet.load=0.6", "fleet.lost_clusters=1",
///     "fleet.lost_s=60", "fleet.lost_for_s=120", "detection.for_s=30", "detection.human_delay_s=30",
///     "remedies.use=[shift]", "remedies.shift_after_s=0", "remedies.shift_share=1", "run.until_s=300"]
/// {
///     file.set(key)?;
/// }
/// let outcome = fleet::run(&Plan::resolve(file)?)?.ok_or("fleet.load is set")?;
/// assert!(outcome.carries() && outcome.booked.elsewhere > 0.0 && outcome.booked.missing().abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// What became of the traffic, minutes of all of it.
    pub booked: Booked,
    /// Clusters by size and fate.
    pub clusters: Vec<Moved>,
    /// Room of the others, by hand.
    pub headroom: Headroom,
    /// Largest share of all traffic that was led to other clusters and served there.
    pub most_elsewhere: f64,
    /// Times that a cluster was led away from again before it had all its traffic back.
    pub again: u32,
    /// What happened when: name, seconds since the rollout started, time of day.
    pub events: Vec<(&'static str, Option<f64>, Option<String>)>,
    /// Length of the run, seconds.
    pub until_s: f64,
    /// Names and values over time, in shares of all user traffic; loads and nodes as they are.
    pub trajectory: Vec<(&'static str, Vec<f64>)>,
}

impl Outcome {
    /// Whether every cluster that traffic was led to carries it.
    ///
    /// ```
    /// # use slackwater_study::fleet::{Booked, Headroom, Outcome};
    /// # let nothing = Outcome { booked: Booked::default(), clusters: Vec::new(), headroom: Headroom::default(),
    /// #     most_elsewhere: 0.0, again: 0, events: Vec::new(), until_s: 0.0, trajectory: Vec::new() };
    /// assert!(nothing.carries());
    /// ```
    pub fn carries(&self) -> bool {
        self.clusters.iter().all(|row| !matches!(row.fate, Fate::Tips | Fate::Sheds))
    }

    /// Clusters with a fate.
    ///
    /// ```
    /// # use slackwater_study::fleet::{Booked, Headroom, Outcome};
    /// # let nothing = Outcome { booked: Booked::default(), clusters: Vec::new(), headroom: Headroom::default(),
    /// #     most_elsewhere: 0.0, again: 0, events: Vec::new(), until_s: 0.0, trajectory: Vec::new() };
    /// assert_eq!(nothing.count(slackwater_study::fleet::Fate::Tips), 0.0);
    /// ```
    pub fn count(&self, fate: Fate) -> f64 {
        self.clusters.iter().filter(|row| row.fate == fate).map(|row| row.clusters).sum()
    }

    /// When something happened, seconds since the rollout started; nothing if it did not.
    ///
    /// ```
    /// # use slackwater_study::fleet::{Booked, Headroom, Outcome};
    /// # let nothing = Outcome { booked: Booked::default(), clusters: Vec::new(), headroom: Headroom::default(),
    /// #     most_elsewhere: 0.0, again: 0, events: Vec::new(), until_s: 0.0, trajectory: Vec::new() };
    /// assert_eq!(nothing.at_s("survivor_tips"), None);
    /// ```
    pub fn at_s(&self, event: &str) -> Option<f64> {
        self.events.iter().find(|(name, _, _)| *name == event).and_then(|(_, at, _)| *at)
    }

    pub(super) fn of(
        plan: &Plan,
        traffic: &Traffic,
        alone: &Uncoupled,
        members: &[Member],
        people: &People,
        booked: Booked,
        sampled: Sampled,
    ) -> Self {
        let fate = |member: &Member| {
            let falls = alone.falls.get(member.group).copied().unwrap_or(false) && member.touched_s.is_finite();
            let shed = member.state.account.shed > 1e-6 * member.state.account.arrived;
            match member.seen.troubled_s {
                _ if member.lost => Fate::Lost,
                Some(_) if falls => Fate::Falls,
                Some(_) => Fate::Tips,
                None if shed => Fate::Sheds,
                None => Fate::Carries,
            }
        };
        let mut clusters: Vec<Moved> = Vec::new();
        for member in members {
            let seen = &member.seen;
            let now = Moved {
                nodes: member.nodes,
                clusters: member.count,
                fate: fate(member),
                troubled_s: seen.troubled_s,
                most_comes: seen.most_comes,
                most_load: seen.most_load,
                most_pods: seen.most_pods,
                most_busy: seen.most_busy,
                most_pulling: seen.most_pulling,
                away: member.away,
                home_s: member.home_s(),
            };
            match clusters.iter_mut().find(|row| row.nodes == now.nodes && row.fate == now.fate) {
                Some(row) => row.join(&now),
                None => clusters.push(now),
            }
        }
        let strangers = members.iter().filter(|member| !member.lost).map(|member| member.seen.most_comes);
        let first = |fate: Fate| {
            clusters.iter().filter(|row| row.fate == fate).filter_map(|row| row.troubled_s).min_by(f64::total_cmp)
        };
        let start_s = clock_s(plan.settings.text("clock.start")).unwrap_or(0.0);
        let events = [
            ("alert", people.alert_s),
            ("traffic_led_away", people.led_away_s),
            ("survivor_full", members.iter().filter_map(|member| member.seen.full_s).min_by(f64::total_cmp)),
            ("survivor_tips", first(Fate::Tips)),
            ("traffic_led_back", people.returns_s),
            ("all_traffic_home", people.home_s.filter(|_| members.iter().all(|member| member.away == 0.0))),
        ];
        let most_elsewhere = sampled.columns[2].iter().copied().fold(0.0, f64::max);
        Self {
            booked,
            headroom: Headroom::of(strangers.fold(1.0, f64::max), traffic.oom_at),
            clusters,
            most_elsewhere,
            again: people.again,
            events: events.into_iter().map(|(name, at)| (name, at, at.map(|at| clock(start_s + at)))).collect(),
            until_s: members.first().map_or(0.0, Member::now_s),
            trajectory: COLUMNS.into_iter().zip(sampled.columns).collect(),
        }
    }
}

impl Moved {
    /// Both together: counts add up, the worst of each counts.
    fn join(&mut self, other: &Self) {
        self.troubled_s = self.troubled_s.into_iter().chain(other.troubled_s).min_by(f64::total_cmp);
        self.home_s = self.home_s.zip(other.home_s).map(|(a, b)| a.max(b));
        let all = self.clusters + other.clusters;
        self.away = (self.away * self.clusters + other.away * other.clusters) / all;
        self.clusters = all;
        self.most_comes = self.most_comes.max(other.most_comes);
        self.most_load = self.most_load.max(other.most_load);
        self.most_pods = self.most_pods.max(other.most_pods);
        self.most_busy = self.most_busy.max(other.most_busy);
        self.most_pulling = self.most_pulling.max(other.most_pulling);
    }
}
