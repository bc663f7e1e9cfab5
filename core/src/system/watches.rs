//! From a list to a watch: the requests that open it, one after the other, and back to a list if one fails.

use super::people::Now;
use super::scenario::{Arrivals, MAX_CLASSES, Scenario};
use super::state::{Layout, State};
use super::step::{ring, rings};
use crate::clients::outcome::Failure;
use crate::lane::Lane;

/// Clients whose list was answered in this step send the first request that opens their watch in the next one; those
/// whose opening request ended send the next, hold a watch, or back off and list again.
pub(super) fn open_watches<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    now: &Now<L>,
) {
    let (zero, one) = (L::zero(), L::one());
    for (at, class) in scenario.classes.iter().enumerate() {
        let Some(first) = class.opens.filter(|_| class.arrivals == Arrivals::Watch) else { continue };
        let (Some(places), Some(population)) = (layout.classes.get(at), state.classes.get_mut(at)) else { continue };
        // A server killed in this step has taken the watches back already.
        let mut through = population.last.answered.min(population.watching);
        population.watching -= through;
        let mut next = Some(first);
        // No chain is longer than there are classes.
        for _ in 0..MAX_CLASSES {
            let Some((number, follows)) = next.and_then(|number| Some((number, scenario.classes.get(number)?))) else {
                break;
            };
            let told_s = state.levels.get(follows.level).map_or(one, |level| level.retry_after_s);
            let (Some(opening), Some(population)) = (layout.classes.get(number), state.classes.get_mut(number)) else {
                break;
            };
            let ends = (!population.asleep).then_some(population.last);
            population.idle.push(ring(storage, &opening.idle), through, one);
            through = ends.map_or(zero, |ends| ends.answered);
            if let (Some(ends), Some(population)) = (ends, state.classes.get_mut(at)) {
                let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
                for (amount, told_s, noticed_s) in
                    [(ends.rejected, told_s, now.turns_s), (ends.timed_out + ends.refused, zero, zero)]
                {
                    population.fail(
                        class,
                        idle,
                        backoff,
                        now.dt_s,
                        Failure { amount, again: zero, told_s, age_s: None, noticed_s },
                    );
                }
            }
            next = follows.opens;
        }
        if let Some(population) = state.classes.get_mut(at) {
            population.watching += through;
        }
    }
}

/// Clients of class `at` that are opening their watches.
pub(super) fn opening<L: Lane>(scenario: &Scenario<L>, state: &State<L>, at: usize) -> L {
    let mut sum = L::zero();
    let mut next = scenario.classes.get(at).and_then(|class| class.opens);
    for _ in 0..MAX_CLASSES {
        let Some(population) = next.and_then(|number| state.classes.get(number)) else { break };
        sum += population.clients();
        next = next.and_then(|number| scenario.classes.get(number)).and_then(|class| class.opens);
    }
    sum
}
