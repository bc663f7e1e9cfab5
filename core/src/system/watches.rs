//! From a list to a watch: the request that opens it, and back to a list if that fails.

use super::scenario::Scenario;
use super::state::{Layout, State};
use super::step::{Now, ring, rings};
use crate::clients::outcome::Failure;
use crate::lane::Lane;

/// Clients whose list was answered in this step send the request that opens their watch in the next one; those whose
/// opening request ended hold a watch, or back off and list again.
pub(super) fn open_watches<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    now: &Now<L>,
) {
    let (zero, one) = (L::zero(), L::one());
    for (at, class) in scenario.classes.iter().enumerate() {
        let Some(next) = class.opens.filter(|&next| next != at) else { continue };
        let (Some(places), Some(opening)) = (layout.classes.get(at), layout.classes.get(next)) else { continue };
        let told_s = scenario
            .classes
            .get(next)
            .and_then(|class| state.levels.get(class.level))
            .map_or(one, |level| level.retry_after_s);
        let ends = state.classes.get(next).filter(|next| !next.asleep).map(|next| next.last);
        let Some(population) = state.classes.get_mut(at) else { continue };
        // A server killed in this step has taken the watches back already.
        let listed = population.last.answered.min(population.watching);
        population.watching -= listed;
        if let Some(ends) = ends {
            population.watching += ends.answered;
            let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
            let failures = [(ends.rejected, told_s, now.turns_s), (ends.timed_out + ends.refused, zero, zero)];
            for (amount, told_s, noticed_s) in failures {
                population.fail(class, idle, backoff, now.dt_s, Failure { amount, again: zero, told_s, noticed_s });
            }
        }
        if let Some(next) = state.classes.get_mut(next) {
            next.idle.push(ring(storage, &opening.idle), listed, one);
        }
    }
}
