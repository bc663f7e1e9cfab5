//! Traffic classes out of keys: the change under study, and whatever else the user declares.

use super::cost::{Cost, From, List, Sent, written_bytes};
use super::flow_control::Levels;
use super::settings::Settings;
pub(super) use super::who::Who;
use crate::scenario::InputError;
use rustc_hash::FxBuildHasher;
use slackwater_core::clients::retry::Retry;
use slackwater_core::flowcontrol::matching::{Request, Target};
use slackwater_core::flowcontrol::schemas::{FlowSchema, classify};
use slackwater_core::server::etcd::Use;
use slackwater_core::system::scenario::{Arrivals, Class, Follows, Label, Name};
use std::cell::RefCell;
use std::collections::HashMap;

/// What the classes of one cluster have in common.
pub(super) struct Setting<'a> {
    pub settings: &'a Settings,
    pub nodes: f64,
    pub minor: u32,
    pub levels: &'a Levels<'a>,
    pub request_timeout_s: f64,
    /// Flow schemas, default and written.
    pub schemas: &'a [FlowSchema<'a>],
    /// Whether levels and schemas are those of a cluster that nobody configured.
    pub standard: bool,
    /// Flows met so far: equal hashes share a hand of queues.
    pub flows: Vec<u64>,
}

/// Where flow control puts a request.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Index of the priority level.
    pub level: usize,
    /// Number of the flow within the scenario.
    pub flow: usize,
    /// Hash of the flow.
    pub flow_hash: u64,
    /// Most seats a request may take there.
    pub most_seats: Option<u32>,
}

/// A class in words, before it is placed.
#[derive(Clone)]
pub(super) struct Sketch<'a> {
    pub name: &'a str,
    pub component: &'a str,
    pub who: Who<'a>,
    pub verb: &'a str,
    pub resource: &'a str,
    pub arrivals: Arrivals,
    pub follows: Follows,
    pub clients: f64,
    pub clients_per_node: f64,
    pub period_s: f64,
    pub rate_per_client: f64,
    pub timeout_s: f64,
    pub retry: Retry<f64>,
}

/// A name that fits the core's fixed length, cut if it must be.
pub(super) fn name(text: &str) -> Name {
    if let Ok(whole) = Name::try_from(text) {
        return whole;
    }
    let mut short = Name::new();
    for letter in text.chars() {
        if short.push(letter).is_err() {
            break;
        }
    }
    short
}

impl Setting<'_> {
    /// Level and flow of a request, and the cap on its seats.
    pub(super) fn place(&mut self, sketch: &Sketch<'_>) -> Place {
        let mutating = !matches!(sketch.verb, "get" | "list" | "watch");
        if !self.levels.on {
            // The two in-flight limits, and what bypasses them.
            let level = if matches!(sketch.who, Who::Masters) { 2 } else { usize::from(mutating) };
            return Place { level, flow: level, flow_hash: 0, most_seats: Some(1) };
        }
        let (group, namespace) = match sketch.resource {
            "leases" => ("coordination.k8s.io", "kube-system"),
            "endpointslices" => ("discovery.k8s.io", ""),
            "daemonsets" => ("apps", "kube-system"),
            _ => ("", ""),
        };
        let target = Target::Resource { group, resource: sketch.resource, subresource: "", namespace };
        let (level, hash) =
            self.classified(sketch.who, &Request { identity: sketch.who.identity(), verb: sketch.verb, target });
        let number = self.flows.iter().position(|&known| known == hash).unwrap_or_else(|| {
            self.flows.push(hash);
            self.flows.len() - 1
        });
        let most_seats = self.levels.limits.get(level).and_then(|level| level.max_seats);
        Place { level, flow: number, flow_hash: hash, most_seats }
    }

    /// Level and flow hash of a request. The same few are asked for in every cluster of a sweep, and hashing takes
    /// longer than all else about a class.
    fn classified(&self, who: Who<'_>, request: &Request<'_>) -> (usize, u64) {
        thread_local! {
            static KNOWN: RefCell<HashMap<String, (usize, u64), FxBuildHasher>> = RefCell::default();
        }
        let find = || {
            let flow = classify(self.schemas, request);
            let level = self.levels.configs.iter().position(|level| level.name == flow.schema.level).unwrap_or(0);
            (level, flow.hash())
        };
        let Target::Resource { resource, .. } = request.target else { return find() };
        if !self.standard {
            return find();
        }
        let mut key = String::with_capacity(64);
        for part in [self.version(), who.kind(), who.name(), request.verb, resource] {
            key.push_str(part);
            key.push('\n');
        }
        if let Some(known) = KNOWN.with_borrow(|known| known.get(&key).copied()) {
            return known;
        }
        let found = find();
        KNOWN.with_borrow_mut(|known| {
            // Names are the user's choice, and a long-lived program may see many.
            if known.len() > 4096 {
                known.clear();
            }
            known.insert(key, found);
        });
        found
    }

    fn version(&self) -> &str {
        self.settings.text("cluster.version")
    }

    /// A class whose requests are lists.
    pub(super) fn lists(&mut self, sketch: &Sketch<'_>, list: &List<'_>) -> Class<f64> {
        let place = self.place(sketch);
        let at = |nodes: f64| list.cost(self.settings, nodes, self.minor, place.most_seats);
        // Linear in the nodes around the size at hand: the chord from half of it.
        let (near, half) = (at(self.nodes), at(self.nodes / 2.0));
        let base = |near: f64, half: f64| (2.0 * half - near).max(0.0);
        let empty = Cost {
            cpu_s: base(near.cpu_s, half.cpu_s),
            bytes: base(near.bytes, half.bytes),
            etcd_s: base(near.etcd_s, half.etcd_s),
            range_bytes: base(near.range_bytes, half.range_bytes),
            reads: near.reads,
            seats: near.seats,
        };
        self.class(sketch, place, near, empty)
    }

    /// A class whose requests cost the same in any cluster.
    pub(super) fn fixed(&mut self, sketch: &Sketch<'_>, cpu_s: f64) -> Class<f64> {
        let cost = Cost { cpu_s, bytes: 20_000.0, seats: 1.0, ..Cost::default() };
        let place = self.place(sketch);
        self.class(sketch, place, cost, cost)
    }

    /// Writes and reads of single keys on etcd, by the verb.
    fn etcd_use(&self, sketch: &Sketch<'_>, reads: f64) -> Use<f64> {
        let write_bytes = match sketch.verb {
            "create" | "update" | "patch" => written_bytes(self.settings, sketch.resource, self.nodes),
            "delete" => 0.0,
            // A get without a resource version is a linearizable read of one key.
            "get" => return Use { reads: 1.0, ..Use::none() },
            _ => return Use { reads, ..Use::none() },
        };
        Use { writes: 1.0, write_bytes, ..Use::none() }
    }

    fn class(&self, sketch: &Sketch<'_>, place: Place, cost: Cost, empty: Cost) -> Class<f64> {
        let Place { level, flow, flow_hash, .. } = place;
        let per_node = |at: f64, empty: f64| ((at - empty) / self.nodes).max(0.0);
        let grows = cost.cpu_s > empty.cpu_s * (1.0 + 1e-9);
        let by_node = sketch.follows == Follows::Agent || sketch.arrivals == Arrivals::DnsMiss;
        let many = sketch.clients_per_node > 0.0 || by_node;
        Class {
            label: Label {
                name: name(sketch.name),
                component: name(sketch.component),
                identity: name(&sketch.who.words()),
                verb: name(sketch.verb),
                resource: name(sketch.resource),
                order: u8::from(grows) + u8::from(many),
            },
            arrivals: sketch.arrivals,
            follows: sketch.follows,
            clients_fixed: sketch.clients,
            clients_per_node: sketch.clients_per_node,
            period_s: sketch.period_s,
            rate_per_client: sketch.rate_per_client,
            cpu_base_s: empty.cpu_s,
            cpu_per_node_s: per_node(cost.cpu_s, empty.cpu_s),
            bytes_base: empty.bytes,
            bytes_per_node: per_node(cost.bytes, empty.bytes),
            etcd_base_s: empty.etcd_s,
            etcd_per_node_s: per_node(cost.etcd_s, empty.etcd_s),
            cached: f64::from(u8::from(matches!(sketch.verb, "list" | "watch") && cost.etcd_s == 0.0)),
            etcd: Use {
                range_bytes_base: empty.range_bytes,
                range_bytes_per_node: per_node(cost.range_bytes, empty.range_bytes),
                ..self.etcd_use(sketch, cost.reads)
            },
            seats: if self.levels.on { cost.seats } else { 1.0 },
            seats_variance: 0.0,
            last_seats: 0.0,
            last_s: 0.0,
            level,
            flow,
            flow_hash,
            opens: None,
            otherwise: None,
            turns: 1.0,
            timeout_s: sketch.timeout_s.min(self.request_timeout_s),
            retry: sketch.retry.clone(),
        }
    }

    /// The classes declared under `prefix` (`agent` or `traffic.NAME`).
    pub(super) fn declared(&mut self, prefix: &str, label: &str) -> Result<Vec<Class<f64>>, InputError> {
        let settings = self.settings;
        let key = |last: &str| format!("{prefix}.{last}");
        let text = |last: &str| settings.text(&key(last));
        let number = |last: &str| settings.number(&key(last));
        if text("store") == "own_etcd" {
            return Ok(Vec::new());
        }
        let agent = prefix == "agent";
        let resource = text("resource");
        let own_node = text("selector") == "node";
        if own_node && !matches!(resource, "pods" | "nodes") {
            let message = format!("{resource} do not belong to a node, so {} cannot be `node`", key("selector"));
            return Err(settings.blame(&key("selector"), &message, "use resource pods or nodes, or selector cluster"));
        }
        let watches = text("pattern") == "watch";
        let who = Who::of(text("identity"), label);
        let component = match text("component") {
            "" => label,
            written => written,
        };
        let (delay_s, cap_s) = (number("retry_delay_s"), number("retry_cap_s"));
        if cap_s < delay_s && text("retry") == "exponential" {
            let message = format!("{} is {cap_s}, below {} = {delay_s}", key("retry_cap_s"), key("retry_delay_s"));
            return Err(settings.blame(&key("retry_cap_s"), &message, "write a cap of at least the first delay"));
        }
        let retry = match text("retry") {
            "client-go" if !watches => Retry::client_go(),
            "none" if !watches => Retry::none(),
            "exponential" => Retry::exponential(delay_s, cap_s, number("retry_jitter")),
            "fixed" => Retry::fixed(delay_s, number("retry_jitter")),
            _ => Retry::reflector(),
        };
        let (clients, per_node, follows) = if agent {
            (0.0, number("pods_per_node"), Follows::Agent)
        } else {
            (number("clients"), number("clients_per_node"), Follows::Cluster)
        };
        let sketch = Sketch {
            name: label,
            component,
            who,
            verb: "list",
            resource,
            arrivals: match (watches, text("arrivals")) {
                (true, _) => Arrivals::Watch,
                (false, "fixed_delay") => Arrivals::FixedDelay,
                (false, "open") => Arrivals::Open,
                (false, _) => Arrivals::FixedRate,
            },
            follows,
            clients,
            clients_per_node: per_node,
            period_s: number("period_s"),
            rate_per_client: 1.0 / number("period_s"),
            timeout_s: number("timeout_s"),
            retry,
        };
        let list = List {
            resource,
            own_node,
            one: text("selector") == "one",
            returned: number("returned_share"),
            from: match text("read_path") {
                "etcd" => From::Etcd,
                "newest" => From::Newest,
                _ => From::Cache,
            },
            page: number("page"),
            protobuf: text("encoding") == "protobuf",
            sent: match (watches, settings.is(&key("gzip"))) {
                (true, _) => Sent::Events,
                (false, true) => Sent::Gzip,
                (false, false) => Sent::Plain,
            },
        };
        if list.page > 0.0 && (watches || list.from == From::Cache) {
            let message = format!(
                "{} has no effect: {}",
                key("page"),
                if watches {
                    "an informer lists all at once"
                } else {
                    "with resourceVersion=0 the watch cache ignores a limit"
                }
            );
            return Err(settings.blame(&key("page"), &message, "write 0, or a poll with read_path newest or etcd"));
        }
        // Pages are asked for one after the other; for the load they come evenly.
        let pages = list.pages(settings, self.nodes);
        let sketch =
            Sketch { period_s: sketch.period_s / pages, rate_per_client: sketch.rate_per_client * pages, ..sketch };
        let mut classes = vec![self.lists(&sketch, &list)];
        if agent && number("start_requests") > 0.0 {
            let name = format!("{label} start");
            let start = Sketch {
                name: &name,
                arrivals: Arrivals::OnStart,
                rate_per_client: number("start_requests") * pages,
                ..sketch
            };
            classes.push(self.lists(&start, &list));
        }
        Ok(classes)
    }
}
