//! From a list to a watch: the requests that open it, one after the other, and back to a list if one fails.

use super::people::Now;
use super::rings::{ring, rings};
use super::scenario::{Arrivals, Class, MAX_CLASSES, Scenario};
use super::state::{Layout, State};
use crate::clients::outcome::{Failure, Outcome};
use crate::clients::population::Population;
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
    for (at, class) in scenario.classes.iter().enumerate() {
        let Some(first) = class.opens.filter(|_| class.arrivals == Arrivals::Watch) else { continue };
        let Some(population) = state.classes.get_mut(at) else { continue };
        // A server killed in this step has taken the watches back already.
        let mut through = population.last.answered.min(population.watching);
        population.watching -= through;
        let mut opened = L::zero();
        let mut next = Some(first);
        // No chain is longer than there are classes.
        for _ in 0..MAX_CLASSES {
            let Some((number, follows)) = next.and_then(|number| Some((number, scenario.classes.get(number)?))) else {
                break;
            };
            let ends = send(layout, state, storage, number, through);
            through = ends.answered;
            match follows.otherwise {
                Some(other) => {
                    let ends = send(layout, state, storage, other, ends.failed());
                    opened += ends.answered;
                    list_again(class, layout, state, storage, now, at, ends);
                }
                None => list_again(class, layout, state, storage, now, at, ends),
            }
            next = follows.opens;
        }
        if let Some(population) = state.classes.get_mut(at) {
            population.watching += through + opened;
        }
    }
}

/// `amount` clients send a request of class `number` in the next step. Returns what became in this one of such requests.
fn send<L: Lane>(layout: &Layout, state: &mut State<L>, storage: &mut [L], number: usize, amount: L) -> Outcome<L> {
    let (Some(places), Some(population)) = (layout.classes.get(number), state.classes.get_mut(number)) else {
        return Outcome::none();
    };
    population.idle.push(ring(storage, &places.idle), amount, L::one());
    if population.asleep { Outcome::none() } else { population.last }
}

/// Clients of class `at` whose request for a watch came to nothing back off. They wait as long as they would of
/// themselves: what they were told to wait was told to another request than the one they try again.
fn list_again<L: Lane>(
    class: &Class<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    now: &Now<L>,
    at: usize,
    ends: Outcome<L>,
) {
    let zero = L::zero();
    let (Some(places), Some(population)) = (layout.classes.get(at), state.classes.get_mut(at)) else { return };
    let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
    for (amount, noticed_s) in [(ends.rejected, now.told_after_s(class)), (ends.timed_out + ends.refused, zero)] {
        let failure = Failure { amount, again: zero, told_s: zero, age_s: None, noticed_s };
        population.fail(class, idle, backoff, now.dt_s, failure);
    }
}

/// Clients of class `at` that are opening their watches.
pub(super) fn opening<L: Lane>(scenario: &Scenario<L>, state: &State<L>, at: usize) -> L {
    let mut sum = L::zero();
    let mut next = scenario.classes.get(at).and_then(|class| class.opens);
    for _ in 0..MAX_CLASSES {
        let Some((number, class)) = next.and_then(|number| Some((number, scenario.classes.get(number)?))) else {
            break;
        };
        for number in [Some(number), class.otherwise].into_iter().flatten() {
            sum += state.classes.get(number).map_or(L::zero(), Population::clients);
        }
        next = class.opens;
    }
    sum
}
