//! A second implementation of what happens to nodes and pods in an outage: event by event, one node and one pod at a
//! time, at random moments, written from the rules of Kubernetes and not from the model. Bounds were declared before the
//! first comparison.

use slackwater_core::nodes::fault::{Fault, Gone};
use slackwater_core::nodes::plane::{MastersZone, Setup, State, step};
use slackwater_core::nodes::routes::Routes;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Uniform numbers, seeded.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A kubelet renews its lease, every 10 s.
    Renew(usize),
    /// The controller manager looks at all leases, every 5 s.
    Monitor,
    /// A token to taint one node.
    Taint,
    /// The toleration of the pods of a node ends; the taint it belongs to is numbered.
    Evict(usize, u32),
    /// The network is back.
    Back,
}

/// One node as the API records it.
#[derive(Clone, Default)]
struct Node {
    renewed_ms: u64,
    gone: bool,
    tainted: bool,
    taint: u32,
    emptied: bool,
}

/// Nodes that count as gone, and nodes that were emptied, second by second.
struct Course {
    gone: Vec<f64>,
    emptied: Vec<f64>,
}

/// `nodes` nodes of a zone are cut off from the masters for `for_s` seconds; `ready` others of the zone are not, and
/// another zone is well.
fn events(nodes: usize, ready: usize, for_s: u64, until_s: u64, seed: u64) -> Course {
    const SECOND: u64 = 1000;
    let mut dice = Dice(seed);
    let mut zone = vec![Node::default(); nodes];
    let mut agenda = BinaryHeap::new();
    for (at, node) in zone.iter_mut().enumerate() {
        // The cut begins at 100 s, so that every lease is some way into its period.
        let first = (dice.roll() * 10_000.0) as u64;
        node.renewed_ms = first;
        agenda.push(Reverse((first, Event::Renew(at))));
    }
    let cut_ms = 100 * SECOND;
    agenda.push(Reverse(((dice.roll() * 5000.0) as u64, Event::Monitor)));
    agenda.push(Reverse((cut_ms + for_s * SECOND, Event::Back)));
    let (mut back, mut tainting) = (false, false);
    let (mut course, mut last_taint_ms) = (Course { gone: Vec::new(), emptied: Vec::new() }, None::<u64>);
    while let Some(Reverse((now_ms, event))) = agenda.pop() {
        while course.gone.len() as u64 * SECOND + cut_ms < now_ms {
            course.gone.push(zone.iter().filter(|node| node.gone).count() as f64);
            course.emptied.push(zone.iter().filter(|node| node.emptied).count() as f64);
        }
        if now_ms > cut_ms + until_s * SECOND {
            break;
        }
        let cut = now_ms >= cut_ms && !back;
        match event {
            Event::Renew(at) => {
                if !cut {
                    zone[at].renewed_ms = now_ms;
                }
                agenda.push(Reverse((now_ms + 10 * SECOND, Event::Renew(at))));
            }
            Event::Monitor => {
                for node in &mut zone {
                    node.gone = now_ms > node.renewed_ms + 50 * SECOND;
                    if !node.gone && node.tainted {
                        // The taint goes, and with it the clock of the toleration.
                        (node.tainted, node.emptied) = (false, false);
                        node.taint += 1;
                    }
                }
                if !tainting && zone.iter().any(|node| node.gone) {
                    tainting = true;
                    agenda.push(Reverse((now_ms, Event::Taint)));
                }
                agenda.push(Reverse((now_ms + 5 * SECOND, Event::Monitor)));
            }
            Event::Taint => {
                let gone = zone.iter().filter(|node| node.gone).count();
                let well = nodes - gone + ready;
                // Partial: more than two, and 55 % of the zone. As a whole zone, or a small part: a node in ten seconds.
                let partial = well > 0 && gone > 2 && gone as f64 / (gone + well) as f64 >= 0.55;
                let every_s = match (partial, nodes + ready > 50) {
                    (false, _) => Some(10),
                    (true, true) => Some(100),
                    (true, false) => None,
                };
                let due = every_s.is_some_and(|s| last_taint_ms.is_none_or(|last| now_ms >= last + s * SECOND));
                if due && let Some(at) = zone.iter().position(|node| node.gone && !node.tainted) {
                    zone[at].tainted = true;
                    zone[at].taint += 1;
                    last_taint_ms = Some(now_ms);
                    agenda.push(Reverse((now_ms + 300 * SECOND, Event::Evict(at, zone[at].taint))));
                }
                agenda.push(Reverse((now_ms + SECOND, Event::Taint)));
            }
            Event::Evict(at, taint) => zone[at].emptied |= zone[at].tainted && zone[at].taint == taint,
            Event::Back => {
                back = true;
                // Kubelets try again at once, and then in their rhythm.
                for node in &mut zone {
                    node.renewed_ms = now_ms;
                }
            }
        }
    }
    course
}

/// The same by the model.
fn model(nodes: f64, masters_zone: MastersZone, for_s: f64, until_s: u64) -> Course {
    let setup = Setup {
        zones: [nodes, 100.0].into_iter().collect(),
        pods: (nodes + 100.0) * 10.0,
        masters_zone,
        gone: Gone::of(Fault::Network, 3.0),
        cut: Routes { cut_zones: 1, isolated: false, masters_announced: true },
        for_s,
        ..Setup::healthy(1.0)
    };
    let mut storage = vec![0.0; State::slots(&setup)];
    let mut state = State::new(&setup, &mut storage);
    let mut course = Course { gone: Vec::new(), emptied: Vec::new() };
    for _ in 0..until_s {
        step(&setup, &mut state, &mut storage);
        course.gone.push(state.zones[0].heard.marked);
        course.emptied.push(state.lost.evicted / 10.0);
    }
    course
}

/// Whether a curve lies between the other, `early` seconds earlier and `late` seconds later, give or take `by`.
fn between(what: &str, model: &[f64], events: &[f64], shift: usize, by: f64) {
    for (at, model) in model.iter().enumerate() {
        let window = &events[at.saturating_sub(shift)..(at + shift + 1).min(events.len())];
        let (low, high) = window.iter().fold((f64::INFINITY, 0.0), |(low, high), x| (x.min(low), x.max(high)));
        assert!(*model >= low - by && *model <= high + by, "{what} at {at} s: {model}, events {low} to {high}");
    }
}

/// Mean of twenty seeds.
fn mean(nodes: usize, ready: usize, for_s: u64, until_s: u64) -> Course {
    let all: Vec<Course> = (1..=20).map(|seed| events(nodes, ready, for_s, until_s, seed * 7919)).collect();
    let of = |part: fn(&Course) -> &Vec<f64>| {
        (0..until_s as usize).map(|at| all.iter().map(|one| part(one)[at]).sum::<f64>() / 20.0).collect()
    };
    Course { gone: of(|one| &one.gone), emptied: of(|one| &one.emptied) }
}

/// Declared: nodes that count as gone within one look of the controller (5 s) and one node; emptied nodes within one
/// taint (10 s), one look and one node.
#[test]
fn a_whole_zone_is_emptied_node_by_node_and_what_is_left_when_it_is_back_stays() {
    // Long enough for all of them; and back while a third is empty.
    for (nodes, for_s, until_s) in [(40, 1000, 1200), (40, 480, 900), (12, 700, 900)] {
        let (ours, theirs) =
            (model(nodes as f64, MastersZone::Own, for_s as f64, until_s), mean(nodes, 0, for_s, until_s));
        let name = format!("{nodes} nodes, {for_s} s");
        between(&format!("{name}: gone"), &ours.gone[..for_s as usize], &theirs.gone, 5, 1.0);
        between(
            &format!("{name}: emptied"),
            &ours.emptied[..for_s as usize],
            &theirs.emptied[..for_s as usize],
            15,
            1.0,
        );
    }
}

/// The zone rules with masters in the zone of the nodes: 40 nodes and three masters evict nobody, sixty a node in 100 s.
#[test]
fn a_zone_of_which_most_is_gone_is_emptied_slowly_or_not_at_all() {
    for nodes in [40, 60] {
        let (ours, theirs) = (model(nodes as f64, MastersZone::First, 1500.0, 1500), mean(nodes, 3, 1500, 1500));
        between(&format!("{nodes}: gone"), &ours.gone, &theirs.gone, 5, 1.0);
        // A taint every 100 s: one of them early or late.
        between(&format!("{nodes}: emptied"), &ours.emptied, &theirs.emptied, 105, 1.0);
    }
}

/// Pods that fail at random, each with its own back-off: at once, 10, 20, ... 300 s, forgotten after ten minutes.
fn crash_loops(pods: usize, mean_life_s: f64, from_s: f64, until_s: f64) -> f64 {
    const WAITS_S: [f64; 7] = [0.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0];
    let mut dice = Dice(20_181_211);
    let mut served_s = 0.0;
    for _ in 0..pods {
        let (mut now_s, mut level) = (0.0, None::<usize>);
        while now_s < until_s {
            let life_s = -mean_life_s * (1.0 - dice.roll()).ln();
            let end_s = now_s + life_s;
            served_s += (end_s.min(until_s) - now_s.max(from_s)).max(0.0);
            level = Some(level.filter(|_| life_s < 600.0).map_or(0, |level| (level + 1).min(6)));
            // A container that is started again takes a second, here as there.
            now_s = end_s + WAITS_S[level.unwrap_or(0)].max(1.0);
        }
    }
    served_s / (pods as f64 * (until_s - from_s))
}

/// Declared: the share that serves within 2 %, of which half a per cent is the luck of four thousand pods.
#[test]
fn crash_loops_pod_by_pod_serve_as_much() {
    for mean_life_s in [60.0, 200.0, 600.0, 3000.0] {
        let setup = Setup { crashes_per_s: 1.0 / mean_life_s, oom_at: 1e9, ..Setup::healthy(40.0) };
        let mut storage = vec![0.0; State::slots(&setup)];
        let mut state = State::new(&setup, &mut storage);
        let rows: Vec<_> = (0..7200).map(|_| step(&setup, &mut state, &mut storage)).collect();
        let ours = rows[3600..].iter().map(|row| row.serving).sum::<f64>() / 3600.0;
        let theirs = crash_loops(4000, mean_life_s, 3600.0, 7200.0);
        assert!((ours / theirs - 1.0).abs() < 0.02, "a life of {mean_life_s} s: {ours}, pod by pod {theirs}");
    }
}
