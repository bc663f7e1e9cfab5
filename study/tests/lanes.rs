//! Eight and sixteen scenarios in one step, over the registers of this machine: each has the bits it has alone, whatever its
//! neighbours are and whenever it came.

#[path = "../../core/tests/system_rig/mod.rs"]
mod storms;
#[path = "../../core/tests/variants/mod.rs"]
mod variants;

use slackwater_core::lane::{F64x4, F64x8, F64x16};
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::Scenario;
use slackwater_core::system::state::Layout;
use slackwater_study::lanes::{Side, Stepped, fits};
use storms::{Run, storms};
use variants::variant;

fn same_bits<L: Stepped>() {
    let mut stepped = 0;
    for (name, scenario) in storms(1.0) {
        let variants: Vec<Scenario<f64>> = (0..20).map(|number| variant(&scenario, number)).collect();
        if !variants.iter().all(|other| fits(&scenario, other)) {
            continue; // It runs alone.
        }
        stepped += 1;
        let layout = variants.iter().map(Layout::of).reduce(|wide, own| wide.wider(&own)).expect("twenty of them");
        let mut side = Side::<L>::laid_out(&scenario, layout);
        let mut alone: Vec<Run> = variants.iter().take(L::LANES).map(|one| Run::new(one.clone())).collect();
        for (lane, one) in variants.iter().take(L::LANES).enumerate() {
            side.fill(lane, one);
        }
        for count in 0..900 {
            // One lane after the other gets another scenario, in the middle of everything.
            if count > 150 && count % 41 == 0 {
                let (lane, next) = (count / 41 % L::LANES, &variants[count / 41 % 20]);
                side.fill(lane, next);
                alone[lane] = Run::new(next.clone());
            }
            let totals = side.step();
            for (lane, one) in alone.iter_mut().enumerate() {
                let wide = Row::read(&side.scenario, &side.state, &totals, lane);
                let (wide, one) = (wide.values.map(f64::to_bits), one.row().values.map(f64::to_bits));
                assert_eq!(wide, one, "{name}, {} lanes of {}, step {count}, lane {lane}", L::LANES, L::kernel());
            }
        }
    }
    assert!(stepped > 8, "most storms can be lanes");
}

/// Runs with room for many copies of a wide scenario on the stack, which an unoptimised build makes.
fn with_room(test: fn()) {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(test).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn sixteen_lanes_have_the_bits_of_one() {
    with_room(same_bits::<F64x16>);
}

#[test]
fn eight_lanes_have_the_bits_of_one() {
    with_room(same_bits::<F64x8>);
}

#[test]
fn four_lanes_have_the_bits_of_one() {
    with_room(same_bits::<F64x4>);
}
