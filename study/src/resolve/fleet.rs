//! The fleet and the order in which a rollout touches it.

use super::settings::Settings;
use crate::scenario::InputError;
use serde::Serialize;

/// Most clusters of a fleet: each is a line of the sum.
const MOST_CLUSTERS: f64 = 20_000.0;

/// Which clusters come first.
///
/// ```
/// use slackwater_study::resolve::Order;
/// assert_eq!(Order::SmallestFirst.word(), "smallest_first");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Small ones first.
    SmallestFirst,
    /// Large ones first.
    LargestFirst,
    /// Every size evenly.
    Random,
}

impl Order {
    /// All orders, for comparison.
    ///
    /// ```
    /// use slackwater_study::resolve::Order;
    /// assert!(Order::ALL.contains(&Order::Random));
    /// ```
    pub const ALL: [Self; 3] = [Self::SmallestFirst, Self::LargestFirst, Self::Random];

    /// Word of the key `rollout.order`.
    ///
    /// ```
    /// use slackwater_study::resolve::Order;
    /// assert_eq!(Order::LargestFirst.word(), "largest_first");
    /// ```
    pub const fn word(self) -> &'static str {
        match self {
            Self::SmallestFirst => "smallest_first",
            Self::LargestFirst => "largest_first",
            Self::Random => "random",
        }
    }
}

/// Clusters of one size.
///
/// ```
/// use slackwater_study::resolve::Group;
/// let large = Group { nodes: 5000.0, count: 4.0, traffic_share: 0.8 };
/// assert_eq!(large.traffic_share / large.count, 0.2); // of one cluster
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Group {
    /// Nodes of one of them.
    pub nodes: f64,
    /// How many there are.
    pub count: f64,
    /// Share of user traffic that all of them serve.
    pub traffic_share: f64,
}

/// A fleet grouped by size, and its rollout.
///
/// ```
/// use slackwater_study::resolve::{Fleet, Group, Order};
/// let fleet = Fleet {
///     groups: vec![
///         Group { nodes: 5000.0, count: 1.0, traffic_share: 0.5 },
///         Group { nodes: 500.0, count: 4.0, traffic_share: 0.5 },
///     ],
///     window_s: 1200.0,
///     order: Order::SmallestFirst,
///     waves: vec![0.1, 1.0],
///     soak_s: 600.0,
/// };
/// assert_eq!(fleet.clusters(), 5.0);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fleet {
    /// Groups, largest first.
    pub groups: Vec<Group>,
    /// Seconds from the first touch to the last, without soak.
    pub window_s: f64,
    /// Order of the rollout.
    pub order: Order,
    /// Cumulative share of the clusters after each wave.
    pub waves: Vec<f64>,
    /// Seconds between waves.
    pub soak_s: f64,
}

impl Fleet {
    /// Reads the keys `fleet.*` and `rollout.*`.
    ///
    /// # Errors
    /// Lists of unequal length, groups without clusters, waves that do not rise to one.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::{Fleet, Settings};
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("fleet.sizes=[1, 0.1]")?;
    /// file.set("fleet.counts=[2, 8]")?;
    /// let fleet = Fleet::resolve(&Settings::new(file))?;
    /// assert_eq!((fleet.groups.len(), fleet.clusters()), (2, 10.0));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn resolve(settings: &Settings) -> Result<Self, InputError> {
        let nodes = settings.number("cluster.nodes");
        let sizes = settings.numbers("fleet.sizes");
        if sizes.is_empty() {
            return Err(settings.blame("fleet.sizes", "fleet.sizes is empty", "write at least one size, such as [1]"));
        }
        let same_length = |key: &str, list: &[f64]| {
            if list.len() == sizes.len() {
                return Ok(());
            }
            let message = format!("{key} has {} entries and fleet.sizes has {}", list.len(), sizes.len());
            Err(settings.blame(key, &message, "give one entry for each group of clusters"))
        };
        let mut counts = settings.numbers("fleet.counts");
        if settings.file().numbers("fleet.counts").is_none() {
            counts = vec![1.0; sizes.len()];
        }
        same_length("fleet.counts", &counts)?;
        if let Some(count) = counts.iter().find(|count| count.fract() != 0.0) {
            let message = format!("fleet.counts has {count}: clusters are whole");
            return Err(settings.blame("fleet.counts", &message, "write whole numbers"));
        }
        if counts.iter().sum::<f64>() > MOST_CLUSTERS {
            let message = format!("the fleet has more than {MOST_CLUSTERS} clusters");
            return Err(settings.blame("fleet.counts", &message, "describe a part of the fleet: shares stay the same"));
        }
        if counts.iter().sum::<f64>() < 1.0 {
            return Err(settings.blame(
                "fleet.counts",
                "the fleet has no cluster",
                "give at least one group a cluster",
            ));
        }
        let mut shares = settings.numbers("fleet.traffic_shares");
        if shares.is_empty() {
            shares = sizes.iter().zip(&counts).map(|(size, count)| size * count).collect();
        }
        same_length("fleet.traffic_shares", &shares)?;
        let total: f64 = shares.iter().sum();
        if total <= 0.0 {
            let help = "give at least one group a share above 0";
            return Err(settings.blame("fleet.traffic_shares", "no group serves any traffic", help));
        }
        let mut groups: Vec<Group> = sizes
            .iter()
            .zip(&counts)
            .zip(&shares)
            .filter(|((_, count), _)| **count > 0.0)
            .map(|((size, &count), share)| Group {
                nodes: (size * nodes).round().max(1.0),
                count,
                traffic_share: share / total,
            })
            .collect();
        groups.sort_by(|a, b| b.nodes.total_cmp(&a.nodes));
        let waves = settings.numbers("rollout.waves");
        let rising = waves.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
        if !rising || waves.last().is_none_or(|&last| last != 1.0) {
            let help = "write cumulative shares that rise to 1, such as [0.01, 0.1, 1]";
            return Err(settings.blame("rollout.waves", "rollout.waves must rise and end at 1", help));
        }
        let order = match settings.text("rollout.order") {
            "largest_first" => Order::LargestFirst,
            "random" => Order::Random,
            _ => Order::SmallestFirst,
        };
        let (window_s, soak_s) = (settings.number("rollout.window_s"), settings.number("rollout.soak_s"));
        Ok(Self { groups, window_s, order, waves, soak_s })
    }

    /// Clusters in the fleet.
    ///
    /// ```
    /// # use slackwater_study::resolve::{Fleet, Group, Order};
    /// # let fleet = Fleet {
    /// #     groups: vec![
    /// #         Group { nodes: 5000.0, count: 1.0, traffic_share: 0.5 },
    /// #         Group { nodes: 500.0, count: 4.0, traffic_share: 0.5 },
    /// #     ],
    /// #     window_s: 1200.0,
    /// #     order: Order::SmallestFirst,
    /// #     waves: vec![0.1, 1.0],
    /// #     soak_s: 600.0,
    /// # };
    /// assert_eq!(fleet.clusters(), 5.0);
    /// ```
    pub fn clusters(&self) -> f64 {
        self.groups.iter().map(|group| group.count).sum()
    }

    /// Whether the fleet is one cluster, so that waves are shares of its nodes.
    ///
    /// ```
    /// # use slackwater_study::resolve::{Fleet, Group, Order};
    /// # let fleet = Fleet {
    /// #     groups: vec![
    /// #         Group { nodes: 5000.0, count: 1.0, traffic_share: 0.5 },
    /// #         Group { nodes: 500.0, count: 4.0, traffic_share: 0.5 },
    /// #     ],
    /// #     window_s: 1200.0,
    /// #     order: Order::SmallestFirst,
    /// #     waves: vec![0.1, 1.0],
    /// #     soak_s: 600.0,
    /// # };
    /// assert!(!fleet.single());
    /// ```
    pub fn single(&self) -> bool {
        self.clusters() <= 1.0
    }

    /// Seconds from the first touch to the last.
    ///
    /// ```
    /// # use slackwater_study::resolve::{Fleet, Group, Order};
    /// # let fleet = Fleet {
    /// #     groups: vec![
    /// #         Group { nodes: 5000.0, count: 1.0, traffic_share: 0.5 },
    /// #         Group { nodes: 500.0, count: 4.0, traffic_share: 0.5 },
    /// #     ],
    /// #     window_s: 1200.0,
    /// #     order: Order::SmallestFirst,
    /// #     waves: vec![0.1, 1.0],
    /// #     soak_s: 600.0,
    /// # };
    /// assert_eq!(fleet.rollout_s(), 1200.0 + 600.0); // the window, and one soak between two waves
    /// ```
    pub fn rollout_s(&self) -> f64 {
        if self.single() { 0.0 } else { self.touched_s(1.0) }
    }

    /// Time at which the cluster at `place` (0 first, 1 last) of the order is touched.
    ///
    /// ```
    /// # use slackwater_study::resolve::{Fleet, Group, Order};
    /// # let fleet = Fleet {
    /// #     groups: vec![
    /// #         Group { nodes: 5000.0, count: 1.0, traffic_share: 0.5 },
    /// #         Group { nodes: 500.0, count: 4.0, traffic_share: 0.5 },
    /// #     ],
    /// #     window_s: 1200.0,
    /// #     order: Order::SmallestFirst,
    /// #     waves: vec![0.1, 1.0],
    /// #     soak_s: 600.0,
    /// # };
    /// assert_eq!((fleet.touched_s(0.0), fleet.touched_s(0.5)), (0.0, 1200.0));
    /// ```
    pub fn touched_s(&self, place: f64) -> f64 {
        let soaks = self.waves.iter().filter(|&&wave| wave < place).count();
        self.window_s * place + self.soak_s * soaks as f64
    }

    /// Part of the order, from 0 to 1, that a group takes: its first and its last cluster.
    ///
    /// ```
    /// # use slackwater_study::resolve::{Fleet, Group, Order};
    /// # let fleet = Fleet {
    /// #     groups: vec![
    /// #         Group { nodes: 5000.0, count: 1.0, traffic_share: 0.5 },
    /// #         Group { nodes: 500.0, count: 4.0, traffic_share: 0.5 },
    /// #     ],
    /// #     window_s: 1200.0,
    /// #     order: Order::SmallestFirst,
    /// #     waves: vec![0.1, 1.0],
    /// #     soak_s: 600.0,
    /// # };
    /// assert_eq!((fleet.span(0), fleet.span(1)), ((1.0, 1.0), (0.0, 0.75)));
    /// ```
    pub fn span(&self, index: usize) -> (f64, f64) {
        if self.order == Order::Random || self.single() {
            return (0.0, if self.single() { 0.0 } else { 1.0 });
        }
        // Places of clusters are 0, 1/(n-1) ... 1.
        let steps = (self.clusters() - 1.0).max(1.0);
        let larger: f64 = self.groups.iter().take(index).map(|group| group.count).sum();
        let count = self.groups.get(index).map_or(1.0, |group| group.count);
        let first = match self.order {
            Order::LargestFirst => larger,
            _ => self.clusters() - larger - count,
        };
        (first / steps, (first + count - 1.0) / steps)
    }
}
