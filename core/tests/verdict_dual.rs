//! Gates over dual numbers: the bits of plain ones, and the slopes of their differences.

mod system_rig;

use proptest::prelude::*;
use slackwater_core::lane::{Across, Dual, Single};
use slackwater_core::queue::{erlang_c, erlang_c_slope};
use slackwater_core::system::scenario::{Class, Scenario};
use slackwater_core::verdict::gates::{Check, failover, restart, standing, steady, surge};
use system_rig::storms;

fn gates<L: Single>(size: &Scenario<L>) -> [Option<Check<L>>; 4] {
    [Some(steady(size)), Some(surge(size)), failover(size), Some(restart(size))]
}

#[test]
fn slopes_change_no_gate_of_any_storm() {
    for (name, scenario) in storms(1.0) {
        let wide: Scenario<Dual> = scenario.spread();
        for (one, other) in gates(&scenario).into_iter().zip(gates(&wide)) {
            let bits = |check: Option<(f64, f64)>| check.map(|(value, margin)| (value.to_bits(), margin.to_bits()));
            let one = one.map(|check| (check.value, check.margin()));
            let other = other.map(|check| (check.value.value, check.margin().value));
            assert_eq!(bits(one), bits(other), "{name}");
        }
    }
}

proptest! {
    /// A central difference over `h` of a smooth function is right to h^2, and to rounding over h.
    #[test]
    fn the_slope_of_erlang_c_is_its_difference(c in 1..200_u32, part in 0.02..0.98_f64) {
        let a = f64::from(c) * part;
        let h = 1e-5 * a.min(f64::from(c) - a);
        let difference = (erlang_c(c, a + h).unwrap() - erlang_c(c, a - h).unwrap()) / (2.0 * h);
        let slope = erlang_c_slope(c, a).unwrap();
        prop_assert!((slope - difference).abs() <= 1e-6 * difference.abs() + 1e-9, "{slope} not {difference}");
    }

    /// Polls below saturation: memory, seats and CPU in turn are the nearest wall.
    #[test]
    fn a_gate_has_the_slope_of_its_differences(
        nodes in 50.0..900.0_f64,
        size_s in 0.001..0.004_f64,
        cores in 2..32_u32,
        memory_gib in 0.5..64.0_f64,
    ) {
        let of = |factor: f64| {
            let mut scenario = Scenario::idle(1.0, nodes * factor, f64::from(cores));
            scenario.memory.limit_bytes = memory_gib * 1e9;
            scenario.memory.bytes_per_node = 1e6;
            let list = Class { cpu_per_node_s: 1e-6, bytes_per_node: 3e3, ..Class::poll(1.0, 5.0, size_s) };
            scenario.classes.push(list).unwrap();
            scenario.servers = 3.0;
            scenario
        };
        let h = 1e-5;
        let (below, here, above) = (of(1.0 - h), of(1.0), of(1.0 + h));
        prop_assume!(standing(&above, 2.0).cpu < 0.95);
        let mut wide: Scenario<Dual> = here.spread();
        Scenario::lean(&mut wide, &below, &above, 0.5 / h);
        for (at, dual) in gates(&wide).into_iter().enumerate() {
            let (below, above) = (gates(&below)[at].unwrap(), gates(&above)[at].unwrap());
            // Where another wall takes over in between there is a corner.
            if below.wall != above.wall {
                continue;
            }
            let difference = (above.margin() - below.margin()) / (2.0 * h);
            let slope = dual.unwrap().margin().slope;
            prop_assert!((slope - difference).abs() <= 1e-6 * difference.abs() + 1e-9, "{at}: {slope} not {difference}");
        }
    }
}

#[test]
fn without_load_nobody_waits_and_one_server_is_the_exception() {
    assert_eq!((erlang_c_slope(1, 0.0), erlang_c_slope(2, 0.0)), (Ok(1.0), Ok(0.0)));
    assert!(erlang_c_slope(2, 2.0).is_err() && erlang_c_slope(0, 0.5).is_err());
    // Odds beyond every number: a wait that never comes does not come sooner either.
    assert_eq!(erlang_c_slope(100_000, 1.0), Ok(0.0));
}
