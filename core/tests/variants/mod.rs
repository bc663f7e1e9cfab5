//! Storms in other sizes, for tests of lanes.

use slackwater_core::system::scenario::Scenario;

/// The same storm in another size: everything a sweep varies, from half to twice. Parts that cost nothing while they are
/// off are on in some and off in their neighbours.
pub(crate) fn variant(scenario: &Scenario<f64>, number: u32) -> Scenario<f64> {
    let mut other = scenario.clone();
    let by = |salt: u32| 0.5 + 1.5 * f64::from((number * 7919 + salt * 104_729) % 1000) / 1000.0;
    other.nodes *= by(1);
    let on = |part: u32, x: f64| if (number >> part).is_multiple_of(2) { x } else { 0.0 };
    other.cpu = slackwater_core::server::cpu::Cpu::new(4.0 * by(2), on(0, 0.3)).with_turns(on(1, 0.02));
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
    }
    other.creation = slackwater_core::rollout::daemonset::Creation::new(5.0 * by(61), 250.0, 0.02, 20.0 * by(62));
    other
}
