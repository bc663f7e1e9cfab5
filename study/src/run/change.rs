//! A cluster in motion under other keys: everybody in it stays where they are.

use super::path::Cluster;
use crate::resolve::Plan;
use crate::scenario::InputError;
use slackwater_core::clients::population::Population;
use slackwater_core::cohort::Cohort;
use slackwater_core::system::apart::{MAX_APART, Server, spread};
use slackwater_core::system::scenario::Scenario;
use slackwater_core::system::state::{Layout, LevelState, Rings, State};
use std::ops::Range;

/// A scenario and where its state lies.
#[derive(Clone, Copy)]
struct House<'a> {
    scenario: &'a Scenario<f64>,
    layout: &'a Layout,
}

/// What one API server, or each of a group, holds.
struct Held<'a> {
    classes: &'a [Population<f64>],
    levels: &'a [LevelState<f64>],
    fair: &'a [f64],
    storage: &'a [f64],
}

impl Cluster {
    /// This cluster as it stands, under the keys of another plan: requests, clients, cache entries and seats in use stay
    /// what they are. Classes the other plan does not know go away with their requests; new ones start with nobody.
    /// Nothing if a timer would have to be cut short: who is in it has been promised more.
    ///
    /// # Errors
    /// As [`Plan::cluster`].
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Plan;
    /// use slackwater_study::run::Cluster;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// let plan = Plan::resolve(file.clone())?;
    /// file.set("dns.serve_stale_s=3600")?;
    /// let mut cluster = Cluster::new(&plan, 50.0)?;
    /// cluster.step();
    /// let changed = cluster.under(&Plan::resolve(file)?)?.expect("only a longer timer");
    /// assert_eq!((changed.state.now_s, changed.state.population()), (1.0, cluster.state.population()));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn under(&self, plan: &Plan) -> Result<Option<Self>, InputError> {
        let mut scenario = plan.cluster(self.scenario.nodes)?;
        (scenario.actions, scenario.apart) = (self.scenario.actions, self.scenario.apart);
        scenario.creation.share = self.scenario.creation.share;
        let mut new = Self::of(plan, scenario);
        new.storage.resize(new.layout().length * self.servers.len().max(1), 0.0);
        Ok(self.moved(new))
    }

    /// The nearest DNS caches start anew, with nothing in them, as they do when they read another configuration.
    pub(crate) fn empty_caches(&mut self) {
        let groups = self.scenario.dns.groups.len();
        let layout = self.layout().clone();
        for (entries, places) in self.state.caches.iter_mut().zip(&layout.dns).take(groups) {
            entries.empty(places.cut(&mut self.storage));
        }
    }

    fn moved(&self, mut new: Self) -> Option<Self> {
        let old = House { scenario: &self.scenario, layout: self.layout() };
        let (layout, fresh) = (new.layout().clone(), new.state.clone());
        let house = House { scenario: &new.scenario, layout: &layout };
        let mut state = State { classes: fresh.classes.clone(), levels: fresh.levels.clone(), ..self.state.clone() };
        state.fair.clone_from(&fresh.fair);
        let place = self.state.place as u64;
        spread(&layout, &mut new.storage);
        let length = old.layout.length;
        let held = Held {
            classes: &self.state.classes,
            levels: &self.state.levels,
            fair: &self.state.fair,
            storage: self.storage.get(..length)?,
        };
        let block = new.storage.get_mut(..layout.length)?;
        house.take(old, &held, &mut state.classes, &mut state.levels, &mut state.fair, block, place)?;
        if self.state.caches.len() != fresh.caches.len() || layout.dns.len() != old.layout.dns.len() {
            return None;
        }
        let places = old.layout.dns.iter().zip(&layout.dns);
        let mut carry = Carry { from: &self.storage, to: block };
        for (entries, (from, to)) in state.caches.iter_mut().zip(places) {
            carry.cohort(&mut entries.valid, &from.valid, &to.valid)?;
            carry.cohort(&mut entries.stale, &from.stale, &to.stale)?;
            carry.cohort(&mut entries.failures.recent, &from.recent, &to.recent)?;
            carry.cohort(&mut entries.failures.old, &from.old, &to.old)?;
        }
        for (from, to) in [(&old.layout.node_lease, &layout.node_lease), (&old.layout.election, &layout.election)] {
            copy(self.storage.get(from.clone())?, block.get_mut(to.clone())?)?;
        }
        let mut servers = Vec::new();
        for (at, group) in self.servers.iter().enumerate() {
            let mut group_now = group.clone();
            (group_now.classes, group_now.levels) = (fresh.classes.clone(), fresh.levels.clone());
            group_now.fair.clone_from(&fresh.fair);
            let held = Held {
                classes: &group.classes,
                levels: &group.levels,
                fair: &group.fair,
                storage: self.storage.get(at * length..(at + 1) * length)?,
            };
            let block = new.storage.get_mut(at * layout.length..(at + 1) * layout.length)?;
            let Server { classes, levels, fair, .. } = &mut group_now;
            house.take(old, &held, classes, levels, fair, block, place)?;
            servers.push(group_now);
        }
        (new.state, new.servers) = (state, servers);
        Some(new)
    }

    /// Tells the API servers apart from here on, in as many groups as can be followed.
    pub(crate) fn tell_apart(&mut self) {
        let count = self.scenario.servers;
        if !self.servers.is_empty() || count < 2.0 {
            return;
        }
        let groups = count.min(MAX_APART as f64);
        let length = self.layout().length;
        self.storage.resize(length * groups as usize, 0.0);
        let layout = self.layout().clone();
        spread(&layout, &mut self.storage);
        let counts = (0..groups as usize).map(|at| ((count - at as f64) / groups).ceil());
        self.servers = counts.map(|count| Server::of(&self.state, count)).collect();
    }
}

impl House<'_> {
    /// Moves what `held` has in the `old` house into this one.
    #[allow(clippy::too_many_arguments, reason = "parts of two structs that share no type")]
    fn take(
        self,
        old: House<'_>,
        held: &Held<'_>,
        classes: &mut [Population<f64>],
        levels: &mut [LevelState<f64>],
        fair: &mut [f64],
        storage: &mut [f64],
        place: u64,
    ) -> Option<()> {
        for ((class, population), rings) in self.scenario.classes.iter().zip(classes).zip(&self.layout.classes) {
            let Some(at) = old.scenario.classes.iter().position(|other| other.label.name == class.label.name) else {
                continue;
            };
            let (known, places) = (held.classes.get(at)?, old.layout.classes.get(at)?);
            *population = clients(known, places, rings, held.storage, storage)?;
        }
        let name = |house: House<'_>, at: usize| house.scenario.levels.get(at).map(|level| level.name.clone());
        for (at, level) in levels.iter_mut().enumerate() {
            let (Some(now), fresh) = (self.scenario.levels.get(at), *level) else { continue };
            let Some(known) = old.scenario.levels.iter().position(|other| other.name == now.name) else { continue };
            *level = *held.levels.get(known)?;
            // Where its limits are others it begins anew; the next adjustment comes within ten seconds.
            if old.scenario.levels.get(known).is_some_and(|before| before.limits != now.limits) {
                level.limit = fresh.limit;
            }
        }
        for (start, (level, number)) in fair.iter_mut().zip(&self.layout.queues) {
            let mut known = old.layout.queues.iter().zip(held.fair);
            let same = |(of, other): (u16, u32)| {
                other == *number && name(old, usize::from(of)) == name(self, usize::from(*level))
            };
            let begins = || levels.get(usize::from(*level)).map_or(0.0, |level| level.progress);
            *start = known.find(|(queue, _)| same(**queue)).map_or_else(begins, |(_, start)| *start);
        }
        for (at, ring) in self.layout.progress.iter().enumerate() {
            let known = (0..old.layout.progress.len()).find(|known| name(old, *known) == name(self, at));
            if let Some(known) = known.and_then(|known| old.layout.progress.get(known)) {
                recent(held.storage.get(known.clone())?, storage.get_mut(ring.clone())?, place)?;
            }
        }
        recent(held.storage.get(old.layout.attained.clone())?, storage.get_mut(self.layout.attained.clone())?, place)
    }
}

/// From the storage that was into the storage that will be.
struct Carry<'a> {
    from: &'a [f64],
    to: &'a mut [f64],
}

impl Carry<'_> {
    /// A cohort, from its ring that was into the one that will be.
    fn cohort(&mut self, cohort: &mut Cohort<f64>, was: &Range<usize>, will: &Range<usize>) -> Option<()> {
        *cohort = cohort.moved(self.from.get(was.clone())?, self.to.get_mut(will.clone())?)?;
        Some(())
    }
}

/// The clients of a class, in rings of at least the length.
fn clients(known: &Population<f64>, old: &Rings, new: &Rings, from: &[f64], to: &mut [f64]) -> Option<Population<f64>> {
    let mut moved = *known;
    let mut carry = Carry { from, to };
    carry.cohort(&mut moved.idle, &old.idle, &new.idle)?;
    carry.cohort(&mut moved.backoff, &old.backoff, &new.backoff)?;
    let used = known.lines.iter().rposition(|line| line.present() > 0.0).map_or(0, |at| at + 1);
    if used > new.lines.len() {
        return None;
    }
    for (line, (old, new)) in moved.lines.iter_mut().zip(old.lines.iter().zip(&new.lines)) {
        carry.cohort(&mut line.queue, &old.queue, &new.queue)?;
        carry.cohort(&mut line.etcd, &old.etcd, &new.etcd)?;
    }
    for (old, new) in old.lines.iter().zip(&new.lines) {
        copy(from.get(old.running.clone())?, to.get_mut(new.running.clone())?)?;
    }
    Some(moved)
}

/// What one ring by step knows of the steps before `place`, into another.
fn recent(from: &[f64], to: &mut [f64], place: u64) -> Option<()> {
    for back in 1..=(from.len().min(to.len()) as u64).min(place) {
        let step = (place - back) as usize;
        let value = *from.get(step % from.len())?;
        *to.get_mut(step % to.len())? = value;
    }
    Some(())
}

fn copy(from: &[f64], to: &mut [f64]) -> Option<()> {
    (from.len() == to.len()).then(|| to.copy_from_slice(from))
}
