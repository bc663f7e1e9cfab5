//! What comes out of the tries: each with its time, its damage and what it cuts.

use super::lever::Lever;
use serde::Serialize;

/// What happens when temporary remedies are taken back as soon as all seems well.
///
/// ```
/// use slackwater_study::remedies::Lift;
/// assert_ne!(Lift::Relapses { after_s: 90.0 }, Lift::Holds);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Lift {
    /// Nothing in it is temporary, or it never became well.
    #[default]
    Nothing,
    /// It stays well for half an hour.
    Holds,
    /// It falls again.
    Relapses {
        /// Seconds after.
        after_s: f64,
    },
}

/// What a remedy took off the servers, by the names of the ledger.
///
/// ```
/// use slackwater_study::remedies::Cut;
/// let cut = Cut { class: "agent".to_owned(), cause: "new", share: 0.9 };
/// assert_eq!(cut.cause, "new");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cut {
    /// The traffic class.
    pub class: String,
    /// The cause.
    pub cause: &'static str,
    /// Part of all CPU that is asked for if nobody acts.
    pub share: f64,
}

/// One try.
///
/// ```
/// use slackwater_study::remedies::{Lever, Tried};
/// let tried = Tried { remedies: vec![Lever::Delete], recovered_s: Some(30.0), ..Tried::default() };
/// assert!(tried.locked_out.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tried {
    /// What was done.
    pub remedies: Vec<Lever>,
    /// Seconds from the first reaction until the cluster was well for good; nothing if it never was.
    pub recovered_s: Option<f64>,
    /// Minutes of this cluster's user traffic lost from the first reaction on.
    pub damage_min: f64,
    /// Times it was well for two minutes or more and fell again although nothing was taken back.
    pub falls_again: u32,
    /// What happens when temporary remedies are taken back too early.
    pub lift: Lift,
    /// The second herd: largest CPU asked for once servers are back, as a share of what there is; nothing if none was
    /// down.
    pub herd: Option<f64>,
    /// Remedies that needed the API and never got through.
    pub locked_out: Vec<Lever>,
    /// Seconds until each remedy acted in full; nothing if it never did.
    pub acted_s: Vec<Option<f64>>,
    /// What it took off the servers, the most first.
    pub cuts: Vec<Cut>,
    /// Regret: minutes of traffic lost more than with the best of all tries.
    pub regret_min: f64,
}

/// A remedy that is not possible here.
///
/// ```
/// use slackwater_study::remedies::{Lever, Refused};
/// let refused = Refused { remedy: Lever::Restore, why: "etcd has lost nothing" };
/// assert_eq!(refused.remedy.name(), "restore");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The remedy.
    pub remedy: Lever,
    /// Why not.
    pub why: &'static str,
}

/// From which size on bigger API servers help.
///
/// ```
/// use slackwater_study::remedies::Bigger;
/// assert!(Bigger { tried: vec![2.0], alone: None, with_restart: Some(2.0) }.alone.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Bigger {
    /// Cores and memory looked at, as multiples.
    pub tried: Vec<f64>,
    /// The smallest of them that helps alone; nothing if none does.
    pub alone: Option<f64>,
    /// The smallest that helps when what hangs is restarted too.
    pub with_restart: Option<f64>,
}

/// The answer.
///
/// ```
/// use slackwater_study::{cases, remedies, resolve::Plan};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11-staging").ok_or("no such case")?.file()?)?;
/// assert!(remedies::rank(&plan, None)?.is_none()); // nothing falls, so there is nothing to remedy
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Ranking {
    /// Nodes of the cluster looked at.
    pub nodes: f64,
    /// When people begin, seconds since the rollout started.
    pub t_s: f64,
    /// The same as time of day.
    pub clock: String,
    /// Whether an alert had fired; without one people begin when the last pod runs.
    pub alerted: bool,
    /// Clusters of the fleet that fall if nobody does anything.
    pub fallen: u64,
    /// Those of them that a halt spares when somebody first reacts anywhere in the fleet.
    pub spared: u64,
    /// When that is, as time of day.
    pub first_clock: String,
    /// Nobody does anything.
    pub nobody: Tried,
    /// Each remedy alone, the best first.
    pub alone: Vec<Tried>,
    /// Two of them, the best first.
    pub pairs: Vec<Tried>,
    /// All the scenario uses; nothing if that is fewer than three.
    pub together: Option<Tried>,
    /// What is not possible here.
    pub refused: Vec<Refused>,
    /// Bigger API servers.
    pub bigger: Bigger,
    /// What becomes of the other clusters when traffic is led to them; nothing if the scenario does not say how loaded
    /// they are (`fleet.load`).
    pub survivors: Option<String>,
    /// Longest that somebody was given, seconds.
    pub longest_s: f64,
}

impl Ranking {
    /// The best of all tries.
    ///
    /// ```
    /// use slackwater_study::remedies::{Ranking, Tried};
    /// let quick = Tried { recovered_s: Some(30.0), ..Tried::default() };
    /// let ranking = Ranking { alone: vec![Tried::default()], pairs: vec![quick.clone()], ..Ranking::default() };
    /// assert_eq!(ranking.best(), Some(&quick));
    /// ```
    pub fn best(&self) -> Option<&Tried> {
        let first = self.alone.first().into_iter().chain(self.pairs.first()).chain(&self.together);
        first.filter(|tried| tried.recovered_s.is_some()).min_by(|a, b| order(a, b))
    }

    /// Pairs that do better than each of their parts: a minute sooner, or sooner than never, or with half a minute less
    /// lost.
    ///
    /// ```
    /// use slackwater_study::remedies::{Lever::{Block, Restart}, Ranking, Tried};
    /// let tried = |remedies: &[_], recovered_s| Tried { remedies: remedies.to_vec(), recovered_s, ..Tried::default() };
    /// let alone = vec![tried(&[Block], None), tried(&[Restart], None)];
    /// let ranking = Ranking { alone, pairs: vec![tried(&[Block, Restart], Some(600.0))], ..Ranking::default() };
    /// assert_eq!(ranking.better_together().count(), 1);
    /// ```
    pub fn better_together(&self) -> impl Iterator<Item = &Tried> {
        let time = |tried: &Tried| tried.recovered_s.unwrap_or(f64::INFINITY);
        self.pairs.iter().filter(move |pair| {
            let parts =
                || self.alone.iter().filter(|one| one.remedies.iter().all(|lever| pair.remedies.contains(lever)));
            let sooner = parts().all(|one| time(pair) < time(one) - 60.0);
            let less = parts().all(|one| time(pair) <= time(one) && pair.damage_min < one.damage_min - 0.5);
            sooner || less
        })
    }

    /// Whether anything gets people out.
    ///
    /// ```
    /// use slackwater_study::remedies::Ranking;
    /// assert!(!Ranking::default().way_out());
    /// ```
    pub fn way_out(&self) -> bool {
        self.nobody.recovered_s.is_some() || self.best().is_some()
    }
}

/// Quicker first, then less damage, then less to do.
pub(super) fn order(a: &Tried, b: &Tried) -> std::cmp::Ordering {
    let time = |tried: &Tried| tried.recovered_s.unwrap_or(f64::INFINITY);
    let by_time = time(a).total_cmp(&time(b));
    by_time.then(a.damage_min.total_cmp(&b.damage_min)).then(a.remedies.len().cmp(&b.remedies.len()))
}
