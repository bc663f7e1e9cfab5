//! DNS, lookup by lookup. A lookup that a valid entry answers changes nothing, so it is no event: the first one after
//! the entry has expired is drawn instead. That is exact, because lookups are a Poisson stream.

mod ask;
mod servers;

use super::MOST_ENTRIES;
use super::agenda::What;
use super::dice::Dice;
use super::engine::Engine;
use super::error::SystemError;
use super::request::NOBODY;
use super::traffic::ns;
use ask::Lookup;
use servers::NameServer;
use slackwater_core::dns::{Dns, MAX_GROUPS, MAX_TIERS};
use slackwater_core::system::scenario::Scenario;

/// One name in one cache. Times in nanoseconds; 0 stands for never.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    valid_until_ns: u64,
    /// A failure is remembered until then.
    failed_until_ns: u64,
}

/// One tier of caches.
#[derive(Debug)]
struct Tier {
    ttl_ns: u64,
    stale_ns: u64,
    negative_ns: u64,
    /// Caches that belong to no node; the others follow them.
    fixed: u64,
    by_node: u64,
    /// Name by name, cache after cache.
    entries: Vec<Entry>,
}

/// Names that are looked up equally often.
#[derive(Clone, Copy, Debug)]
struct Group {
    mean_gap_ns: u64,
    lookups_per_s: f64,
    names: u64,
    /// Entries of the nearest tier whose node is there, and those of them that can be handed out.
    entries: u64,
    cached: i64,
    /// Lookups without an answer in this second.
    failed: u64,
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
    servers: Vec<NameServer>,
    /// Entries that stop being handed out, by the second and the group.
    expiring: Vec<[i64; MAX_GROUPS]>,
    queries: f64,
    dice: Dice,
}

impl Tier {
    fn caches(&self) -> u64 {
        self.fixed + self.by_node
    }

    /// Node of a cache, if it belongs to one.
    fn node_of(&self, cache: u64, nodes: u64) -> Option<u64> {
        Some(cache.checked_sub(self.fixed)? * nodes / self.by_node.max(1))
    }
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
                mean_gap_ns: (1e9 / group.lookups_per_s) as u64,
                lookups_per_s: group.lookups_per_s,
                names: count,
                entries: 0,
                cached: 0,
                failed: 0,
            });
        }
        for tier in &dns.tiers {
            let caches = tier.caches_fixed + tier.caches_per_node * nodes;
            most("DNS cache entries", caches * names.group_of.len() as f64, MOST_ENTRIES)?;
            let by_node = names.dice.whole(tier.caches_per_node * nodes);
            let mut tier = Tier {
                ttl_ns: ns(tier.ttl_steps * scenario.dt_s),
                stale_ns: ns(tier.stale_steps * scenario.dt_s),
                negative_ns: ns(tier.negative_s),
                fixed: names.dice.whole(tier.caches_fixed),
                by_node,
                entries: Vec::new(),
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

    /// Entries in steady state with even ages, or none at all for the part that starts cold.
    fn even(&mut self, tier: &Tier, cold: f64) -> Vec<Entry> {
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

    fn count_cached(&mut self) {
        let Some(nearest) = self.tiers.first() else { return };
        let stale_ns = nearest.stale_ns;
        let valid: Vec<u64> = nearest.entries.iter().map(|entry| entry.valid_until_ns).collect();
        for group in &mut self.groups {
            group.entries = group.names * nearest.caches();
        }
        for (place, until_ns) in valid.into_iter().enumerate() {
            if until_ns > 0 {
                let group = self.group_of[place % self.group_of.len()];
                self.keep(group, until_ns + stale_ns, 1);
            }
        }
    }

    /// One entry more, or less, that is handed out until a time to come.
    fn keep(&mut self, group: u8, until_ns: u64, more: i64) {
        let group = usize::from(group);
        self.groups[group].cached += more;
        let second = (until_ns.div_ceil(super::engine::SECOND_NS) as usize).min(self.expiring.len() - 1);
        self.expiring[second][group] += more;
    }

    fn group(&self, entry: u32) -> u8 {
        self.group_of[entry as usize % self.group_of.len()]
    }

    fn gap_ns(&mut self, entry: u32) -> u64 {
        let mean_ns = self.groups[usize::from(self.group(entry))].mean_gap_ns;
        self.dice.exponential_ns(mean_ns).max(1)
    }

    /// Share of entries handed out at the end of second `second`, share of lookups that failed in it, and queries.
    pub(super) fn close_second(&mut self, second: usize) -> (f64, f64, f64) {
        if let Some(expiring) = self.expiring.get_mut(second) {
            for (group, gone) in self.groups.iter_mut().zip(std::mem::take(expiring)) {
                group.cached -= gone;
            }
        }
        let lookups = |group: &Group| group.lookups_per_s * group.entries as f64;
        let all: f64 = self.groups.iter().map(lookups).sum();
        let cached: f64 = self.groups.iter().map(|group| group.lookups_per_s * group.cached as f64).sum();
        let failed: u64 = self.groups.iter_mut().map(|group| std::mem::take(&mut group.failed)).sum();
        let queries = std::mem::take(&mut self.queries);
        if all > 0.0 { (cached / all, failed as f64 / all, queries) } else { (0.0, 0.0, queries) }
    }
}

impl Engine<'_> {
    fn dns(&self) -> &Dns<f64> {
        &self.scenario.dns
    }

    /// Draws the first lookup of every entry that finds it expired.
    pub(super) fn begin_lookups(&mut self) {
        let entries = self.names.tiers.first().map_or(0, |tier| tier.entries.len()) as u32;
        for entry in 0..entries {
            self.next_lookup(entry);
        }
        self.begin_servers();
    }

    /// Plans the next lookup of an entry that finds it expired, if it is looked up at all.
    fn next_lookup(&mut self, entry: u32) {
        let valid_ns = self.names.tiers[0].entries[entry as usize].valid_until_ns;
        let at_ns = self.now_ns.max(valid_ns).saturating_add(self.names.gap_ns(entry));
        self.agenda.plan(at_ns, What::Lookup { entry });
    }

    /// A name is looked up in a cache of the nearest tier.
    pub(super) fn look_up(&mut self, entry: u32) -> Result<(), SystemError> {
        let (nearest, now_ns) = (&self.names.tiers[0], self.now_ns);
        let cache = u64::from(entry) / self.names.group_of.len() as u64;
        if let Some(node) = nearest.node_of(cache, self.names.nodes)
            && self.people.is_gone(node as u32, false)
        {
            return Ok(());
        }
        let Entry { valid_until_ns, failed_until_ns } = nearest.entries[entry as usize];
        let stale = valid_until_ns > 0 && now_ns < valid_until_ns + nearest.stale_ns;
        if now_ns >= valid_until_ns {
            if now_ns >= failed_until_ns {
                self.resolve(entry, cache, stale)?;
            } else if !stale {
                let group = usize::from(self.names.group(entry));
                self.names.groups[group].failed += 1;
            }
        }
        self.next_lookup(entry);
        Ok(())
    }

    /// The caches of nodes that go, go with them.
    pub(super) fn forget_names(&mut self, gone: &[u32]) {
        let names = &mut self.names;
        let Some(nearest) = names.tiers.first() else { return };
        let (per_cache, nodes, stale_ns) = (names.group_of.len() as u64, names.nodes, nearest.stale_ns);
        let mut caches = vec![];
        for cache in nearest.fixed..nearest.caches() {
            if nearest.node_of(cache, nodes).is_some_and(|node| gone.binary_search(&(node as u32)).is_ok()) {
                caches.push(cache);
            }
        }
        for cache in caches {
            for entry in cache * per_cache..(cache + 1) * per_cache {
                let group = names.group(entry as u32);
                names.groups[usize::from(group)].entries -= 1;
                let until_ns = names.tiers[0].entries[entry as usize].valid_until_ns;
                if until_ns > 0 && until_ns + stale_ns > self.now_ns {
                    names.keep(group, until_ns + stale_ns, -1);
                }
            }
        }
    }
}

/// No entry in a tier.
const NOWHERE: [u32; MAX_TIERS] = [NOBODY; MAX_TIERS];
