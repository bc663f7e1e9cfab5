//! A lookup that its cache cannot answer: the tiers below, then the servers, then perhaps the API.

use super::super::agenda::What;
use super::super::engine::Engine;
use super::super::error::SystemError;
use super::super::request::{End, NOBODY, Owner};
use super::super::traffic::ns;
use super::{Entry, NOWHERE, Names, Tier};
use slackwater_core::dns::{Dependence, MAX_TIERS};

/// A lookup on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lookup {
    /// Entries to fill, nearest tier first.
    path: [u32; MAX_TIERS],
    /// The client has got an old answer already.
    stale: bool,
    tries_left: u64,
    /// DNS server that was asked.
    pub(super) server: u32,
}

impl Names {
    /// A cache of a tier that a cache of the nearest tier asks: that of the same node, or any.
    fn cache_below(&mut self, number: usize, cache: u64) -> u64 {
        let (nearest, tier) = (&self.tiers[0], &self.tiers[number]);
        match nearest.node_of(cache, self.nodes) {
            Some(node) if tier.by_node > 0 => {
                tier.fixed + (node * tier.by_node / self.nodes.max(1)).min(tier.by_node - 1)
            }
            _ => {
                let caches = tier.caches();
                self.dice.below(caches)
            }
        }
    }

    /// Fills the entries of a path, the deepest first. What comes out of a cache has at most the life left there.
    fn fill(&mut self, path: &[u32; MAX_TIERS], now_ns: u64, mut left_ns: u64) {
        for (number, &entry) in path.iter().enumerate().rev().filter(|(_, entry)| **entry != NOBODY) {
            let tier: &mut Tier = &mut self.tiers[number];
            left_ns = left_ns.min(tier.ttl_ns);
            let place: &mut Entry = &mut tier.entries[entry as usize];
            let (before_ns, stale_ns) = (place.valid_until_ns, tier.stale_ns);
            let until_ns = now_ns.saturating_add(left_ns);
            *place = Entry { valid_until_ns: until_ns, failed_until_ns: 0 };
            if number == 0 {
                let group = self.group(entry);
                if before_ns > 0 && before_ns + stale_ns > now_ns {
                    self.keep(group, before_ns + stale_ns, -1);
                }
                self.keep(group, until_ns.saturating_add(stale_ns), 1);
            }
        }
    }

    /// A lookup found no answer: every cache on its path remembers that.
    fn fail(&mut self, path: &[u32; MAX_TIERS], now_ns: u64, stale: bool) {
        for (tier, &entry) in self.tiers.iter_mut().zip(path).filter(|(_, entry)| **entry != NOBODY) {
            tier.entries[entry as usize].failed_until_ns = now_ns.saturating_add(tier.negative_ns);
        }
        if !stale {
            let group = usize::from(self.group(path[0]));
            self.groups[group].failed += 1;
        }
    }
}

impl Engine<'_> {
    /// Looks for an answer below the nearest tier.
    pub(super) fn resolve(&mut self, entry: u32, cache: u64, stale: bool) -> Result<(), SystemError> {
        let now_ns = self.now_ns;
        let mut path = NOWHERE;
        path[0] = entry;
        let names = &mut self.names;
        let per_cache = names.group_of.len() as u64;
        for number in 1..names.tiers.len() {
            let below = names.cache_below(number, cache);
            let place = below * per_cache + u64::from(entry) % per_cache;
            let tier = &names.tiers[number];
            let Some(&Entry { valid_until_ns, failed_until_ns }) = tier.entries.get(place as usize) else { continue };
            if now_ns < valid_until_ns {
                names.fill(&path, now_ns, valid_until_ns - now_ns);
                return Ok(());
            }
            if valid_until_ns > 0 && now_ns < valid_until_ns + tier.stale_ns {
                // An old answer may not be kept.
                return Ok(());
            }
            if now_ns < failed_until_ns {
                names.fail(&path, now_ns, stale);
                return Ok(());
            }
            path[number] = place as u32;
        }
        let tries_left = names.dice.whole(self.scenario.dns.attempts).max(1);
        let lookup = Lookup { path, stale, tries_left, server: NOBODY };
        let at = if let Some(at) = names.free.pop() {
            names.lookups[at as usize] = lookup;
            at
        } else {
            names.lookups.push(lookup);
            names.lookups.len() as u32 - 1
        };
        self.ask(at)
    }

    /// Asks a server, as long as there are tries left.
    pub(in super::super) fn ask(&mut self, at: u32) -> Result<(), SystemError> {
        let dns = self.dns();
        let (types, search) = (dns.record_types, dns.search);
        let (dependence, timeout_ns) = (dns.dependence, ns(dns.timeout_s));
        loop {
            let lookup = &mut self.names.lookups[at as usize];
            if lookup.tries_left == 0 {
                let Lookup { path, stale, .. } = *lookup;
                self.names.fail(&path, self.now_ns, stale);
                self.names.free.push(at);
                return Ok(());
            }
            lookup.tries_left -= 1;
            self.names.queries += types;
            let server = self.names.dice.below(self.names.servers.len() as u64) as u32;
            self.names.lookups[at as usize].server = server;
            if !self.has_records(server) {
                // A failure is an answer: the next name of the search list is tried.
                self.names.queries += types * (search - 1.0);
                continue;
            }
            if !self.takes_queries(server) {
                self.agenda.plan(self.now_ns.saturating_add(timeout_ns), What::AskAgain { lookup: at });
                return Ok(());
            }
            return match (dependence, self.scenario.dns_class) {
                (Dependence::Live, Some(class)) if class < self.traffic.len() => {
                    self.names.servers[server as usize].asking += 1;
                    self.put(class, Owner::Lookup(at), false, None)
                }
                _ => {
                    self.found(at);
                    Ok(())
                }
            };
        }
    }

    fn found(&mut self, at: u32) {
        let path = self.names.lookups[at as usize].path;
        self.names.fill(&path, self.now_ns, u64::MAX);
        self.names.free.push(at);
    }

    /// The API has answered a lookup, or not.
    pub(in super::super) fn lookup_ended(&mut self, at: u32, end: End) -> Result<(), SystemError> {
        let server = self.names.lookups[at as usize].server;
        self.names.servers[server as usize].asking -= 1;
        if end == End::Answered {
            self.found(at);
            return Ok(());
        }
        if end != End::TimedOut {
            self.names.queries += self.scenario.dns.record_types * (self.scenario.dns.search - 1.0);
        }
        self.ask(at)
    }
}
