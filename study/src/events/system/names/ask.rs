//! A lookup that its cache cannot answer: the tiers below, then the servers, then perhaps the API.

use super::super::admission::UNCONNECTED;
use super::super::agenda::What;
use super::super::engine::Engine;
use super::super::error::SystemError;
use super::super::request::{End, NOBODY, Owner};
use super::super::server::Mode;
use super::super::traffic::ns;
use super::Names;
use super::table::Entry;
use slackwater_core::dns::{Dependence, MAX_TIERS};

/// What a client has been told before its cache asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing: he waits.
    Nothing,
    /// An old answer.
    Answer,
    /// An old failure; true if he asks again once the cache knows better.
    Failure(bool),
}

impl Told {
    /// Whether the lookup has failed, if its cache finds an answer and if it does not.
    pub(super) fn failed(self, found: bool) -> bool {
        match self {
            Self::Nothing => !found,
            Self::Answer => false,
            Self::Failure(again) => !(again && found),
        }
    }
}

/// A lookup on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lookup {
    /// Entries to fill, nearest tier first.
    path: [u32; MAX_TIERS],
    /// Place of the first among the expired, when this began.
    place: u32,
    told: Told,
    tries_left: u32,
    /// The last try was told that there is no answer; else nobody said anything.
    servfail: bool,
    /// DNS server that was asked.
    pub(super) server: u32,
}

/// A lookup that waits for an API server that will not answer before its time is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) until_ns: u64,
    lookup: u32,
    api_server: u32,
    bytes: f64,
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

    /// A lookup found no answer. Every cache on its path that was told so remembers that, but for the nearest if that had
    /// something old to tell: what it has stays what it is. Where the servers said nothing, the last cache has nothing to
    /// remember; it says SERVFAIL to those before it.
    fn fail(&mut self, path: &[u32; MAX_TIERS], place: usize, now_ns: u64, told: Told, servfail: bool) {
        let first = usize::from(told != Told::Nothing);
        let last = if servfail { MAX_TIERS } else { self.tiers.len().saturating_sub(1) };
        let path_asked = path.iter().enumerate().take(last).skip(first);
        for (number, &entry) in path_asked.filter(|(_, entry)| **entry != NOBODY) {
            let until_ns = now_ns.saturating_add(self.tiers[number].negative_ns);
            self.remember(number, entry, place, until_ns);
        }
        self.end_lookup(path[0], told, false);
    }

    fn keep(&mut self, lookup: Lookup) -> u32 {
        if let Some(at) = self.free.pop() {
            self.lookups[at as usize] = lookup;
            at
        } else {
            self.lookups.push(lookup);
            self.lookups.len() as u32 - 1
        }
    }
}

impl Engine<'_> {
    /// Looks for an answer below the nearest tier.
    pub(super) fn resolve(&mut self, entry: u32, place: usize, told: Told) -> Result<(), SystemError> {
        let now_ns = self.now_ns;
        let mut path = [NOBODY; MAX_TIERS];
        path[0] = entry;
        let names = &mut self.names;
        let per_cache = names.group_of.len() as u64;
        for number in 1..names.tiers.len() {
            let below = names.cache_below(number, u64::from(entry) / per_cache);
            let deeper = below * per_cache + u64::from(entry) % per_cache;
            let tier = &names.tiers[number];
            let Some(&Entry { valid_until_ns, failed_until_ns }) = tier.entries.get(deeper as usize) else {
                continue;
            };
            if now_ns < valid_until_ns {
                names.end_lookup(entry, told, true);
                self.fill(&path, valid_until_ns - now_ns);
                return Ok(());
            }
            if valid_until_ns > 0 && now_ns < valid_until_ns + tier.stale_ns {
                // An old answer may not be kept.
                names.end_lookup(entry, told, true);
                return Ok(());
            }
            if now_ns < failed_until_ns {
                names.fail(&path, place, now_ns, told, true);
                return Ok(());
            }
            path[number] = deeper as u32;
        }
        let tries_left = names.dice.whole(self.scenario.dns.attempts).max(1) as u32;
        if told != Told::Nothing {
            names.refreshing.insert(entry);
        }
        let at = names.keep(Lookup { path, place: place as u32, told, tries_left, servfail: false, server: NOBODY });
        self.ask(at)
    }

    /// Asks a server, as long as there are tries left.
    pub(in super::super) fn ask(&mut self, at: u32) -> Result<(), SystemError> {
        let dns = &self.scenario.dns;
        loop {
            let lookup = &mut self.names.lookups[at as usize];
            if lookup.tries_left == 0 {
                let Lookup { path, place, told, servfail, .. } = *lookup;
                self.names.fail(&path, place as usize, self.now_ns, told, servfail);
                self.names.free.push(at);
                return Ok(());
            }
            lookup.tries_left -= 1;
            self.names.queries += dns.record_types;
            let server = self.names.dice.below(self.names.servers.len() as u64) as u32;
            let lookup = &mut self.names.lookups[at as usize];
            (lookup.server, lookup.servfail) = (server, false);
            if !self.has_records(server) {
                // A failure is an answer: the next name of the search list is tried. A source that is gone says nothing.
                self.names.lookups[at as usize].servfail = !self.source_is_lost();
                self.names.queries += dns.record_types * (dns.search - 1.0);
                continue;
            }
            if !self.takes_queries(server) {
                let again_ns = self.now_ns.saturating_add(ns(dns.timeout_s));
                self.agenda.plan(again_ns, What::AskAgain { lookup: at });
                return Ok(());
            }
            return match (dns.dependence, self.scenario.dns_class) {
                (Dependence::Live, Some(class)) if class < self.traffic.len() => {
                    self.names.servers[server as usize].asking += 1;
                    if self.hold(at, class) { Ok(()) } else { self.put(class, Owner::Lookup(at), false, None) }
                }
                _ => {
                    self.found(at);
                    Ok(())
                }
            };
        }
    }

    /// Puts a lookup aside if its API server answers nobody, and will not before the lookup's time is over: it can only
    /// end in one way, and there may be millions of them.
    fn hold(&mut self, at: u32, class: usize) -> bool {
        let (api_server, boot) = self.names.connection(at);
        let traffic = &mut self.traffic[class];
        let until_ns = self.now_ns.saturating_add(traffic.timeout_ns);
        let Some(server) = self.servers.get_mut(api_server as usize) else { return false };
        if server.mode != Mode::Thrashing || server.boot != boot || server.silent_until_ns <= until_ns {
            return false;
        }
        traffic.in_flight += 1;
        self.ends[class].sent += 1;
        self.asked_s += traffic.cpu_s;
        self.etcd_asked_s += traffic.etcd_s;
        server.takes(traffic.bytes);
        self.names.held.push_back(Held { until_ns, lookup: at, api_server, bytes: traffic.bytes });
        true
    }

    /// The time of such a lookup is over.
    pub(super) fn held_over(&mut self, held: Held) -> Result<(), SystemError> {
        self.servers[held.api_server as usize].lets_go(held.bytes);
        if let Some(class) = self.scenario.dns_class {
            self.traffic[class].in_flight -= 1;
            self.ends[class].timed_out += 1;
        }
        if self.servers.iter().any(|server| server.mode == Mode::Up) {
            self.names.connect(held.lookup, UNCONNECTED);
        }
        self.lookup_ended(held.lookup, End::TimedOut)
    }

    fn found(&mut self, at: u32) {
        let Lookup { path, told, .. } = self.names.lookups[at as usize];
        self.names.end_lookup(path[0], told, true);
        self.fill(&path, u64::MAX);
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
            self.names.lookups[at as usize].servfail = true;
            self.names.queries += self.scenario.dns.record_types * (self.scenario.dns.search - 1.0);
        }
        self.ask(at)
    }
}
