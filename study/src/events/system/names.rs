//! DNS, lookup by lookup.
//!
//! A lookup that a valid entry answers changes nothing, so it is no event. Those of all other entries of a group are one
//! Poisson stream, whose rate is their number times the rate of one: the time of the next is drawn from that, then the
//! entry it is for. That is exact, whatever happens in between, because such a stream has no memory.

mod ask;
mod servers;
mod table;

use super::MOST_ENTRIES;
use super::agenda::{NEVER_NS, What};
use super::dice::Dice;
use super::engine::{Engine, SECOND_NS};
use super::error::SystemError;
use super::traffic::ns;
use ask::{Held, Lookup, Told};
use servers::NameServer;
use slackwater_core::dns::MAX_GROUPS;
use slackwater_core::system::scenario::Scenario;
use std::collections::{HashSet, VecDeque};
use std::hint;
use table::{Expired, Tier};

/// Names that are looked up equally often.
#[derive(Clone, Debug)]
struct Group {
    lookups_per_s: f64,
    names: u64,
    /// Entries of the nearest tier whose node is there, and those of them that can be handed out.
    entries: u64,
    cached: i64,
    /// Entries of the nearest tier that are not valid.
    expired: Vec<Expired>,
    /// When one of them is looked up next, and its place among them.
    next_ns: u64,
    next: usize,
    /// Lookups of such entries that ended in this second, and those of them that got no answer.
    ended: u64,
    failed: u64,
    /// Share of the last of them that failed.
    failing: f64,
    /// Entries that were not valid at the start of this second.
    expired_before: usize,
}

/// Caches, lookups on their way, and servers.
#[derive(Debug)]
pub(super) struct Names {
    tiers: Vec<Tier>,
    groups: Vec<Group>,
    /// Group of a name.
    group_of: Vec<u8>,
    nodes: u64,
    lookups: Vec<Lookup>,
    free: Vec<u32>,
    held: VecDeque<Held>,
    /// Entries whose cache asks behind an old answer: once at a time.
    refreshing: HashSet<u32>,
    servers: Vec<NameServer>,
    /// Entries that stop being handed out, by the second and the group.
    expiring: Vec<[i64; MAX_GROUPS]>,
    queries: f64,
    dice: Dice,
}

impl Names {
    pub(super) fn new(scenario: &Scenario<f64>, seed: u64, until_s: f64) -> Result<Self, SystemError> {
        let (dns, nodes) = (&scenario.dns, scenario.nodes.round());
        let mut names = Self {
            tiers: Vec::new(),
            groups: Vec::new(),
            group_of: Vec::new(),
            nodes: nodes as u64,
            lookups: Vec::new(),
            free: Vec::new(),
            held: VecDeque::new(),
            refreshing: HashSet::new(),
            servers: Vec::new(),
            expiring: vec![[0; MAX_GROUPS]; until_s.ceil() as usize + 2],
            queries: 0.0,
            dice: Dice::new(seed, 3),
        };
        let most = |what, count: f64, most| {
            if count <= most { Ok(()) } else { Err(SystemError::TooMany { what, count, most }) }
        };
        for (number, group) in (0..).zip(&dns.groups) {
            most("names in a cache", group.names, MOST_ENTRIES)?;
            let count = group.names.round() as u64;
            names.group_of.extend((0..count).map(|_| number));
            names.groups.push(Group {
                lookups_per_s: group.lookups_per_s,
                names: count,
                entries: 0,
                cached: 0,
                expired: Vec::new(),
                next_ns: NEVER_NS,
                next: 0,
                ended: 0,
                failed: 0,
                failing: 0.0,
                expired_before: 0,
            });
        }
        for tier in &dns.tiers {
            let caches = tier.caches_fixed + tier.caches_per_node * nodes;
            most("DNS cache entries", caches * names.group_of.len() as f64, MOST_ENTRIES)?;
            let mut tier = Tier {
                ttl_ns: ns(tier.ttl_steps * scenario.dt_s),
                stale_ns: ns(tier.stale_steps * scenario.dt_s),
                negative_ns: ns(tier.negative_steps * scenario.dt_s),
                fixed: names.dice.whole(tier.caches_fixed),
                by_node: names.dice.whole(tier.caches_per_node * nodes),
                entries: Vec::new(),
                places: Vec::new(),
            };
            tier.entries = names.even(&tier, dns.cold);
            names.tiers.push(tier);
        }
        names.count_cached();
        most("DNS servers", dns.servers, MOST_ENTRIES)?;
        let servers = dns.servers.round().max(1.0) as u32;
        names.servers = (0..servers).map(|number| NameServer::new(number % scenario.servers as u32)).collect();
        Ok(names)
    }

    /// When an entry that is not valid is looked up next, or a lookup that nobody will answer has waited long enough.
    pub(super) fn next_ns(&self) -> u64 {
        let held_ns = self.held.front().map_or(NEVER_NS, |held| held.until_ns);
        self.groups.iter().map(|group| group.next_ns).fold(held_ns, u64::min)
    }

    /// Lookups that nobody will answer.
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    /// What a cache that hands out what is old has for a client. Failures too, as far as it remembers any.
    fn told(&mut self, looked_up: Expired, now_ns: u64, attempts: f64) -> Told {
        let Some(nearest) = self.tiers.first().filter(|tier| tier.stale_ns > 0) else { return Told::Nothing };
        let stale = |until_ns: u64| until_ns > 0 && now_ns < until_ns.saturating_add(nearest.stale_ns);
        if nearest.entries.get(looked_up.entry as usize).is_some_and(|entry| stale(entry.valid_until_ns)) {
            Told::Answer
        } else if nearest.negative_ns > 0 && stale(looked_up.failed_until_ns()) {
            Told::Failure(self.dice.whole(attempts) > 1)
        } else {
            Told::Nothing
        }
    }

    fn draw_next(&mut self, group: usize, now_ns: u64) {
        let Group { lookups_per_s, expired, next_ns, next, .. } = &mut self.groups[group];
        let rate_per_s = *lookups_per_s * expired.len() as f64;
        if rate_per_s > 0.0 {
            *next_ns = now_ns.saturating_add(self.dice.exponential_ns((SECOND_NS as f64 / rate_per_s) as u64).max(1));
            *next = self.dice.below(expired.len() as u64) as usize;
            // Read here, it is at hand when its time comes: most of the work of a dead cluster is waiting for memory.
            hint::black_box(expired.get(*next));
        } else {
            *next_ns = NEVER_NS;
        }
    }

    /// A lookup of an entry that was not valid has ended, with an answer or without; if its client had been told something
    /// old, it was a refresh.
    fn end_lookup(&mut self, entry: u32, told: Told, found: bool) {
        if told != Told::Nothing {
            self.refreshing.remove(&entry);
        }
        self.count(entry, told.failed(found));
    }

    fn count(&mut self, entry: u32, failed: bool) {
        let group = self.group(entry);
        let group = &mut self.groups[group];
        group.ended += 1;
        group.failed += u64::from(failed);
    }

    /// Share of entries handed out at the end of second `second`, share of lookups that failed in it, and queries.
    pub(super) fn close_second(&mut self, second: usize) -> (f64, f64, f64) {
        if let Some(expiring) = self.expiring.get_mut(second) {
            for (group, gone) in self.groups.iter_mut().zip(std::mem::take(expiring)) {
                group.cached -= gone;
            }
        }
        let (mut all, mut cached, mut failed) = (0.0, 0.0, 0.0);
        for group in &mut self.groups {
            all += group.lookups_per_s * group.entries as f64;
            cached += group.lookups_per_s * group.cached as f64;
            let (ended, failures) = (std::mem::take(&mut group.ended), std::mem::take(&mut group.failed));
            if ended > 0 {
                group.failing = failures as f64 / ended as f64;
            }
            // Lookups are even over entries, so as many find an entry expired as are: known better than by counting.
            let expired = group.expired.len();
            let meanwhile = (expired + group.expired_before) as f64 * 0.5;
            failed += group.lookups_per_s * meanwhile.min(group.entries as f64) * group.failing;
            group.expired_before = expired;
        }
        let share = |part: f64| if all > 0.0 { part / all } else { 0.0 };
        (share(cached), share(failed), std::mem::take(&mut self.queries))
    }
}

impl Engine<'_> {
    /// Plans the end of every valid entry, and draws the first lookups of the others.
    pub(super) fn begin_names(&mut self) {
        if let Some(nearest) = self.names.tiers.first() {
            for (entry, place) in (0..).zip(&nearest.entries) {
                if place.valid_until_ns > 0 {
                    self.agenda.plan(place.valid_until_ns, What::Expire { entry });
                }
            }
        }
        for group in 0..self.names.groups.len() {
            self.names.draw_next(group, 0);
        }
        self.begin_servers();
    }

    /// What is due at [`Names::next_ns`].
    pub(super) fn names_go_on(&mut self) -> Result<(), SystemError> {
        let now_ns = self.now_ns;
        if let Some(held) = self.names.held.pop_front_if(|held| held.until_ns <= now_ns) {
            return self.held_over(held);
        }
        let Some(group) = self.names.groups.iter().position(|group| group.next_ns <= now_ns) else { return Ok(()) };
        let names = &mut self.names;
        let place = names.groups[group].next;
        let Some(&looked_up) = names.groups[group].expired.get(place) else { return Ok(()) };
        let (entry, failed_until_ns) = (looked_up.entry, looked_up.failed_until_ns());
        let told = names.told(looked_up, now_ns, self.scenario.dns.attempts);
        let refreshing = told != Told::Nothing && names.refreshing.contains(&entry);
        if now_ns < failed_until_ns && told != Told::Answer || refreshing {
            names.count(entry, told.failed(false));
        } else {
            self.resolve(entry, place, told)?;
        }
        self.names.draw_next(group, now_ns);
        Ok(())
    }
}
