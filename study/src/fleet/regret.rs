//! How much worse a choice was than the best in hindsight: the same fleet under other orders of rollout, other shares of
//! traffic led away, other ways back.

use super::outcome::{Fate, Outcome};
use super::run::{check, together};
use crate::resolve::{Order, Plan, Traffic};
use crate::run::uncoupled;
use crate::scenario::InputError;
use rayon::prelude::*;
use serde::Serialize;

/// Shares of the traffic of clusters in trouble that are tried.
const SHARES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// One way to do it.
///
/// ```
/// use slackwater_study::fleet::Choice;
/// let choice = Choice { order: "random", shift_share: 0.5, at_once: false, chosen: true, lost_min: 12.0, regret_min: 2.0,
///     tips: 0.0 };
/// assert_eq!(choice.lost_min - choice.regret_min, 10.0); // the best loses ten minutes
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// Order of the rollout.
    pub order: &'static str,
    /// Share of the traffic of clusters in trouble that is led away.
    pub shift_share: f64,
    /// Whether it is led back all at once.
    pub at_once: bool,
    /// Whether the scenario does it so.
    pub chosen: bool,
    /// Minutes of all user traffic that fail.
    pub lost_min: f64,
    /// What that is more than with the best choice.
    pub regret_min: f64,
    /// Clusters that fall because of what is led to them.
    pub tips: f64,
}

/// All choices, the best first.
///
/// ```
/// use slackwater_study::fleet::Regret;
/// assert!(Regret { choices: Vec::new() }.chosen().is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Regret {
    /// The best first.
    pub choices: Vec<Choice>,
}

impl Regret {
    /// What the scenario does.
    ///
    /// ```
    /// # use slackwater_study::fleet::Regret;
    /// assert_eq!(Regret { choices: Vec::new() }.chosen(), None);
    /// ```
    pub fn chosen(&self) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.chosen)
    }
}

/// Tries every order of rollout with every share led away, and the scenario's own both with its own way back and all at
/// once. Nothing if the scenario does not say how loaded clusters are.
///
/// # Errors
/// As [`super::run`].
///
/// ```
/// use slackwater_study::{cases, fleet, resolve::Plan};
/// let plan = Plan::resolve(cases::find("recorded-storm").ok_or("no such case")?.file()?)?;
/// assert!(fleet::regret(&plan)?.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn regret(plan: &Plan) -> Result<Option<Regret>, InputError> {
    let Some(traffic) = Traffic::resolve(&plan.settings) else { return Ok(None) };
    check(plan, &traffic)?;
    let own = if plan.remedies.shift { plan.remedies.shift_share } else { 0.0 };
    let orders = if plan.settings.is("agent.enabled") && plan.fleet.groups.len() > 1 && plan.fleet.rollout_s() > 0.0 {
        Order::ALL.to_vec()
    } else {
        vec![plan.fleet.order]
    };
    let mut tries = vec![(plan.fleet.order, own, true)];
    for order in orders {
        let others = SHARES.iter().filter(|share| order != plan.fleet.order || **share != own);
        tries.extend(others.map(|share| (order, *share, false)));
    }
    let chosen = together(plan, &traffic, &uncoupled(plan)?)?;
    // Every try is as long, so that minutes can be compared.
    let until_s = plan.until_s().unwrap_or(chosen.until_s);
    let choice = |order: Order, shift_share, at_once, outcome: &Outcome| Choice {
        order: order.word(),
        shift_share,
        at_once,
        chosen: false,
        lost_min: outcome.booked.failed(),
        regret_min: 0.0,
        tips: outcome.count(Fate::Tips),
    };
    let one = |(order, shift_share, at_once): (Order, f64, bool)| {
        let mut other = plan.clone();
        let mut file = plan.settings.file().clone();
        file.set(&format!("run.until_s={until_s}"))?;
        other.settings = crate::resolve::Settings::new(file);
        other.fleet.order = order;
        (other.remedies.shift, other.remedies.shift_share) = (shift_share > 0.0, shift_share);
        let traffic = Traffic { return_over_s: if at_once { plan.dt_s } else { traffic.return_over_s }, ..traffic };
        let outcome = together(&other, &traffic, &uncoupled(&other)?)?;
        Ok(choice(order, shift_share, at_once, &outcome))
    };
    let others: Vec<Choice> = tries.into_par_iter().map(one).collect::<Result<_, InputError>>()?;
    let mut choices = vec![Choice { chosen: true, ..choice(plan.fleet.order, own, false, &chosen) }];
    choices.extend(others);
    let least = choices.iter().map(|choice| choice.lost_min).fold(f64::INFINITY, f64::min);
    for choice in &mut choices {
        choice.regret_min = choice.lost_min - least;
    }
    choices.sort_by(|a, b| a.lost_min.total_cmp(&b.lost_min));
    Ok(Some(Regret { choices }))
}
