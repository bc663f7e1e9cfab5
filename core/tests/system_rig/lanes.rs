//! Lanes beside the same scenarios alone, in storms of other sizes.

use super::Run;
use slackwater_core::rollout::actions::NEVER_S;
use slackwater_core::server::cpu::Cpu;
use slackwater_core::server::etcd::{Etcd, Use};
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::{Arrivals, Scenario};

/// Scenarios that are stepped together.
pub(crate) trait Lanes {
    /// Puts a fresh scenario into a lane, whatever is in there.
    fn fill(&mut self, lane: usize, scenario: &Scenario<f64>);
    /// Steps them all and reads a row of each.
    fn rows(&mut self) -> Vec<Row>;
}

/// Steps the first of `variants` in lanes and alone, and compares every row. One lane after the other gets another
/// scenario, in the middle of everything.
pub(crate) fn same_bits(what: &str, variants: &[Scenario<f64>], lanes: usize, together: &mut impl Lanes) {
    let mut alone: Vec<Run> = variants.iter().take(lanes).map(|one| Run::new(one.clone())).collect();
    for (lane, one) in variants.iter().take(lanes).enumerate() {
        together.fill(lane, one);
    }
    for count in 0..900 {
        if count > 150 && count % 41 == 0 {
            let (lane, next) = (count / 41 % lanes, &variants[count / 41 % variants.len()]);
            together.fill(lane, next);
            alone[lane] = Run::new(next.clone());
        }
        let rows = together.rows();
        assert_eq!(rows.len(), alone.len());
        for (lane, (wide, one)) in rows.iter().zip(&mut alone).enumerate() {
            let (wide, one) = (wide.values.map(f64::to_bits), one.row().values.map(f64::to_bits));
            assert_eq!(wide, one, "{what}, {lanes} lanes, step {count}, lane {lane}");
        }
    }
}

/// Runs with room for many copies of a wide scenario on the stack, which an unoptimised build makes.
pub(crate) fn with_room(test: fn()) {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(test).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// Twenty of them.
pub(crate) fn variants(scenario: &Scenario<f64>) -> Vec<Scenario<f64>> {
    (0..20).map(|number| variant(scenario, number)).collect()
}

/// The same storm in another size: everything a sweep varies, from half to twice. Parts that cost nothing while they are
/// off are on in some and off in their neighbours.
fn variant(scenario: &Scenario<f64>, number: u32) -> Scenario<f64> {
    let mut other = scenario.clone();
    let by = |salt: u32| 0.5 + 1.5 * f64::from((number * 7919 + salt * 104_729) % 1000) / 1000.0;
    other.nodes *= by(1);
    let on = |part: u32, x: f64| if (number >> part).is_multiple_of(2) { x } else { 0.0 };
    other.cpu = Cpu::new(4.0 * by(2), on(0, 0.3)).with_turns(on(1, 0.02));
    let begins = |part: u32, now_s: f64, x: f64| if on(part, 1.0) > 0.0 { x } else { now_s };
    other.actions.grow_by = 1.5;
    other.actions.grow_s = begins(2, other.actions.grow_s, 40.0);
    other.actions.block_s = begins(3, other.actions.block_s, 120.0);
    other.actions.shrink_s = begins(1, other.actions.shrink_s, 300.0);
    other.actions.shrink_to = 0.7;
    other.memory.limit_bytes *= by(3);
    for (at, class) in other.classes.iter_mut().enumerate() {
        class.cpu_base_s *= by(4 + at as u32);
        class.period_s *= by(20 + at as u32);
        class.clients_fixed *= by(40 + at as u32);
        class.seats = 1.0 + f64::from(number % 3);
        class.seats_variance = on(1, 0.5);
        (class.last_seats, class.last_s) = (on(0, 4.0), on(2, 0.7));
    }
    for tier in &mut other.dns.tiers {
        tier.ttl_steps *= by(60);
        tier.stale_steps = on(0, 25.0);
        tier.negative_steps = on(1, 5.0);
    }
    other.creation = slackwater_core::rollout::daemonset::Creation::new(5.0 * by(61), 250.0, 0.02, 20.0 * by(62));
    other
}

/// The same storm with the fewest parts: no levels, no etcd, a server that nothing takes down.
pub(crate) fn fewest(storm: &Scenario<f64>) -> Scenario<f64> {
    let mut bare = storm.clone();
    bare.levels.clear();
    (bare.flow_control, bare.node_lease, bare.election) = (false, None, None);
    bare.etcd = Etcd::none();
    bare.cpu = Cpu::new(storm.cpu.servers * storm.cpu.speed, 0.0);
    (bare.memory.base_bytes, bare.memory.bytes_per_node, bare.memory.bytes_per_waiting) = (0.0, 0.0, 0.0);
    bare.bytes_per_watch = 0.0;
    (bare.actions.kill_s, bare.actions.restart_s) = (NEVER_S, NEVER_S);
    bare.actions.grow_by = bare.actions.grow_by.max(1.0);
    for class in &mut bare.classes {
        if matches!(class.arrivals, Arrivals::Watch | Arrivals::Opens) {
            class.arrivals = Arrivals::FixedRate;
        }
        (class.bytes_base, class.bytes_per_node, class.etcd_base_s, class.etcd_per_node_s) = (0.0, 0.0, 0.0, 0.0);
        (class.last_seats, class.last_s, class.etcd) = (0.0, 0.0, Use::none());
        (class.opens, class.otherwise) = (None, None);
    }
    bare
}
