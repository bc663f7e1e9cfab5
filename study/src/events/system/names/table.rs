//! The tables of entries: which are valid, which are not, and which have gone with their node.

use super::super::agenda::What;
use super::super::engine::{Engine, SECOND_NS};
use super::super::request::NOBODY;
use super::{Group, Names};
use slackwater_core::dns::MAX_TIERS;

/// One name in one cache. Times in nanoseconds; 0 stands for never.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    pub valid_until_ns: u64,
    /// A failure is remembered until then; in the nearest tier this stands with the expired entries.
    pub failed_until_ns: u64,
}

/// An entry of the nearest tier that is not valid. Every lookup that fails reads one of them at random, so they are
/// kept small and together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expired {
    pub entry: u32,
    /// A failure is remembered until then, in units of [`GRAIN_BITS`].
    failed_until: u32,
}

/// Times of failures are rounded up to 2^18 ns, a quarter of a millisecond: so 32 bits hold them for 13 days.
const GRAIN_BITS: u32 = 18;

/// Place of an entry that is valid, and of one whose node has gone.
const VALID: u32 = u32::MAX;
const GONE: u32 = u32::MAX - 1;

impl Expired {
    pub(super) fn failed_until_ns(self) -> u64 {
        u64::from(self.failed_until) << GRAIN_BITS
    }
}

/// One tier of caches.
#[derive(Debug)]
pub(super) struct Tier {
    pub ttl_ns: u64,
    pub stale_ns: u64,
    pub negative_ns: u64,
    /// Caches that belong to no node; the others follow them.
    pub fixed: u64,
    pub by_node: u64,
    /// Name by name, cache after cache.
    pub entries: Vec<Entry>,
    /// Places of entries among the expired, in the nearest tier.
    pub places: Vec<u32>,
}

impl Tier {
    pub(super) fn caches(&self) -> u64 {
        self.fixed + self.by_node
    }

    /// Node of a cache, if it belongs to one.
    pub(super) fn node_of(&self, cache: u64, nodes: u64) -> Option<u64> {
        Some(cache.checked_sub(self.fixed)? * nodes / self.by_node.max(1))
    }
}

impl Names {
    /// Entries in steady state with even ages, or none at all for the part that starts cold.
    pub(super) fn even(&mut self, tier: &Tier, cold: f64) -> Vec<Entry> {
        let mut entries = Vec::new();
        let ttl_s = tier.ttl_ns as f64 * 1e-9;
        for _ in 0..tier.caches() {
            for &group in &self.group_of {
                let expected = self.groups[usize::from(group)].lookups_per_s * ttl_s;
                let valid = self.dice.fraction() < expected / (1.0 + expected) * (1.0 - cold);
                let left_ns = (self.dice.fraction() * tier.ttl_ns as f64) as u64;
                entries.push(Entry { valid_until_ns: if valid { left_ns } else { 0 }, failed_until_ns: 0 });
            }
        }
        entries
    }

    /// Sorts the entries of the nearest tier into those that are valid and those that are not.
    pub(super) fn count_cached(&mut self) {
        let Some(nearest) = self.tiers.first() else { return };
        let (stale_ns, caches) = (nearest.stale_ns, nearest.caches());
        for group in &mut self.groups {
            group.entries = group.names * caches;
        }
        self.tiers[0].places = vec![VALID; self.tiers[0].entries.len()];
        for entry in 0..self.tiers[0].entries.len() as u32 {
            let until_ns = self.tiers[0].entries[entry as usize].valid_until_ns;
            if until_ns > 0 {
                self.hand_out(self.group(entry), until_ns + stale_ns, 1);
            } else {
                self.expire(entry);
            }
        }
        for group in &mut self.groups {
            group.expired_before = group.expired.len();
        }
    }

    /// One entry more, or less, that is handed out until a time to come.
    fn hand_out(&mut self, group: usize, until_ns: u64, more: i64) {
        self.groups[group].cached += more;
        let second = (until_ns.div_ceil(SECOND_NS) as usize).min(self.expiring.len() - 1);
        self.expiring[second][group] += more;
    }

    pub(super) fn group(&self, entry: u32) -> usize {
        usize::from(self.group_of[entry as usize % self.group_of.len()])
    }

    /// An entry of the nearest tier is valid no more.
    fn expire(&mut self, entry: u32) {
        let group = self.group(entry);
        let expired = &mut self.groups[group].expired;
        self.tiers[0].places[entry as usize] = expired.len() as u32;
        expired.push(Expired { entry, failed_until: 0 });
    }

    /// An entry of the nearest tier is not among the expired any more. False if it was not before.
    fn renew(&mut self, entry: u32) -> bool {
        let place = std::mem::replace(&mut self.tiers[0].places[entry as usize], VALID) as usize;
        let group = self.group(entry);
        let Group { expired, .. } = &mut self.groups[group];
        if place >= expired.len() {
            return false;
        }
        expired.swap_remove(place);
        if let Some(moved) = expired.get(place) {
            self.tiers[0].places[moved.entry as usize] = place as u32;
        }
        true
    }

    /// A failure at an entry of a tier is remembered until a time to come. One of the nearest tier was at `place` among
    /// the expired a while ago, and mostly still is.
    pub(super) fn remember(&mut self, number: usize, entry: u32, mut place: usize, until_ns: u64) {
        if number > 0 {
            self.tiers[number].entries[entry as usize].failed_until_ns = until_ns;
            return;
        }
        let group = self.group(entry);
        let expired = &mut self.groups[group].expired;
        if expired.get(place).is_none_or(|expired| expired.entry != entry) {
            place = self.tiers[0].places[entry as usize] as usize;
        }
        if let Some(expired) = expired.get_mut(place) {
            expired.failed_until = until_ns.div_ceil(1 << GRAIN_BITS) as u32;
        }
    }
}

impl Engine<'_> {
    /// The life of an entry of the nearest tier ends, unless it was filled again.
    pub(in super::super) fn expire(&mut self, entry: u32) {
        let nearest = &self.names.tiers[0];
        if nearest.places[entry as usize] != VALID {
            return;
        }
        let until_ns = nearest.entries[entry as usize].valid_until_ns;
        if self.now_ns < until_ns {
            self.agenda.plan(until_ns, What::Expire { entry });
            return;
        }
        self.names.expire(entry);
        self.names.draw_next(self.names.group(entry), self.now_ns);
    }

    /// Fills the entries of a path, the deepest first. What comes out of a cache has at most the life left there.
    pub(super) fn fill(&mut self, path: &[u32; MAX_TIERS], mut left_ns: u64) {
        let now_ns = self.now_ns;
        for (number, &entry) in path.iter().enumerate().rev().filter(|(_, entry)| **entry != NOBODY) {
            let tier = &mut self.names.tiers[number];
            left_ns = left_ns.min(tier.ttl_ns);
            let stale_ns = tier.stale_ns;
            let place = &mut tier.entries[entry as usize];
            let before_ns = place.valid_until_ns;
            let until_ns = now_ns.saturating_add(left_ns);
            *place = Entry { valid_until_ns: until_ns, failed_until_ns: 0 };
            if number > 0 || tier.places[entry as usize] == GONE {
                continue;
            }
            let group = self.names.group(entry);
            if before_ns > 0 && before_ns.saturating_add(stale_ns) > now_ns {
                self.names.hand_out(group, before_ns.saturating_add(stale_ns), -1);
            }
            self.names.hand_out(group, until_ns.saturating_add(stale_ns), 1);
            if left_ns == 0 {
                self.names.remember(0, entry, 0, 0);
            } else if self.names.renew(entry) {
                self.agenda.plan(until_ns, What::Expire { entry });
                self.names.draw_next(group, now_ns);
            }
        }
    }

    /// The caches of nodes that go, go with them. `gone` is in order.
    pub(in super::super) fn forget_names(&mut self, gone: &[u32]) {
        let names = &mut self.names;
        let Some(nearest) = names.tiers.first() else { return };
        let (per_cache, nodes, stale_ns) = (names.group_of.len() as u64, names.nodes, nearest.stale_ns);
        let lost =
            |cache: &u64| nearest.node_of(*cache, nodes).is_some_and(|node| gone.binary_search(&(node as u32)).is_ok());
        let caches: Vec<u64> = (nearest.fixed..nearest.caches()).filter(lost).collect();
        for entry in caches.into_iter().flat_map(|cache| cache * per_cache..(cache + 1) * per_cache) {
            let entry = entry as u32;
            let group = names.group(entry);
            names.groups[group].entries -= 1;
            names.renew(entry);
            names.tiers[0].places[entry as usize] = GONE;
            let until_ns = names.tiers[0].entries[entry as usize].valid_until_ns;
            if until_ns > 0 && until_ns + stale_ns > self.now_ns {
                names.hand_out(group, until_ns + stale_ns, -1);
            }
        }
        for group in 0..names.groups.len() {
            names.draw_next(group, self.now_ns);
        }
    }
}
