//! Clients that change servers: because theirs is gone, because they are new, or because they are told to.

use super::super::people::{Now, Others, target};
use super::super::rings::rings;
use super::super::scenario::{Arrivals, MAX_CLASSES, Scenario};
use super::super::state::Layout;
use super::{MAX_APART, Server};
use crate::clients::outcome::Failure;
use crate::clients::population::Population;
use crate::lane::Lane;

/// Mean seconds after which a watch is begun anew on the same connection: its timeout is 5 to 10 minutes (client-go
/// `tools/cache/reflector.go`).
const REWATCH_S: f64 = 450.0;

/// Clients of a class on their way from a server that is gone to one that takes requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move<L> {
    /// How many.
    pub amount: L,
    /// Those of them that had failed before.
    pub again: L,
    /// Their failures in a row, summed.
    pub failures: L,
    /// Clients that send to another server in the next step, without having failed.
    pub fresh: L,
}

impl<L: Lane> Move<L> {
    pub(super) fn none() -> Self {
        Self { amount: L::zero(), again: L::zero(), failures: L::zero(), fresh: L::zero() }
    }

    /// Takes clients out of a population that fail as `failure` says, on `count` servers alike.
    pub(crate) fn take(&mut self, population: &mut Population<L>, failure: &Failure<L>, count: L) {
        let again = failure.amount * failure.again;
        let failures = (again * population.failures_in_a_row()).min(population.failures);
        population.failures -= failures;
        self.amount += failure.amount * count;
        self.again += again * count;
        self.failures += failures * count;
    }
}

/// Clients of each class on one server of each group: those it has, its part of those that are new, less those that
/// go away. Who sends at a rate of his own sends to a server that takes requests.
pub(super) fn targets<L: Lane>(
    scenario: &Scenario<L>,
    servers: &[Server<L>],
    now: &Now<L>,
    up: L,
    all: L,
) -> [[L; MAX_CLASSES]; MAX_APART] {
    let (zero, one) = (L::zero(), L::one());
    let nobody = zero.ge(up);
    let mut targets = [[zero; MAX_CLASSES]; MAX_APART];
    for (at, class) in scenario.classes.iter().enumerate() {
        let wanted = target(scenario, class, at, now, &Others::none()) * scenario.servers;
        let closed = matches!(class.arrivals, Arrivals::FixedRate | Arrivals::FixedDelay | Arrivals::Watch);
        let clients = |group: &Server<L>| group.classes.get(at).map_or(zero, Population::clients);
        let have = servers.iter().fold(zero, |sum, group| sum + group.count * clients(group));
        for (group, targets) in servers.iter().zip(&mut targets) {
            let share = L::pick(nobody, one.over(all, zero), group.mode.up.over(up, zero));
            if let Some(target) = targets.get_mut(at) {
                *target = if closed {
                    let stay = clients(group) * (one - (have - wanted).max(zero).over(have, zero));
                    stay + (wanted - have).max(zero) * share
                } else {
                    wanted * share
                };
            }
        }
    }
    targets
}

/// Those who lost their server begin again with one that takes requests; where there is none they keep trying.
pub(super) fn arrive<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    storage: &mut [L],
    servers: &mut [Server<L>],
    moving: &[Move<L>],
    dt_s: L,
) {
    let (zero, one) = (L::zero(), L::one());
    let (up, all) =
        servers.iter().fold((zero, zero), |(up, all), group| (up + group.count * group.mode.up, all + group.count));
    let nobody = zero.ge(up);
    for (group, block) in servers.iter_mut().zip(storage.chunks_exact_mut(layout.length.max(1))) {
        let share = L::pick(nobody, one.over(all, zero), group.mode.up.over(up, zero));
        if !L::any(share.gt(zero)) {
            continue;
        }
        let classes = scenario.classes.iter().zip(&layout.classes).zip(moving).zip(&mut group.classes);
        for (((class, places), coming), population) in classes {
            population.failures += coming.failures * share;
            let (idle, backoff) = rings(block, &places.idle, &places.backoff);
            let again = coming.again.over(coming.amount, zero);
            let failure =
                Failure { amount: coming.amount * share, again, told_s: zero, age_s: Some(zero), noticed_s: zero };
            population.fail(class, idle, backoff, dt_s, failure);
            population.idle.push(idle, coming.fresh * share, one);
        }
    }
}

/// Some answers tell their clients to connect anew: with their next request they come to any server that answers.
pub(super) fn reconnect<L: Lane>(scenario: &Scenario<L>, servers: &mut [Server<L>], dt_s: L) {
    let zero = L::zero();
    let up = servers.iter().fold(zero, |up, group| up + group.count * group.mode.up);
    let goaway = scenario.apart.goaway;
    for at in 0..scenario.classes.len() {
        let mut watches = zero;
        for group in servers.iter_mut() {
            let (count, answering) = (group.count, group.mode.up);
            let Some(population) = group.classes.get_mut(at) else { continue };
            population.loose = (population.loose + population.last.answered * goaway).min(population.idle.total());
            // A watch is begun anew now and then, on another server if it is told so. It misses nothing.
            let anew = population.watching * answering * goaway * dt_s / L::splat(REWATCH_S);
            population.watching -= anew;
            watches += anew * count;
        }
        for group in servers.iter_mut() {
            let share = group.mode.up.over(up, zero);
            if let Some(population) = group.classes.get_mut(at) {
                population.watching += watches * share;
            }
        }
    }
}
