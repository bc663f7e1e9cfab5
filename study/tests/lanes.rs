//! Eight and sixteen scenarios in one step, over the registers of this machine: each has the bits it has alone, whatever its
//! neighbours are and whenever it came.

#[path = "../../core/tests/system_rig/mod.rs"]
mod rig;

use rig::lanes::{self, Lanes, fewest, variants, with_room};
use rig::storms;
use slackwater_core::lane::{F64x4, F64x8, F64x16};
use slackwater_core::system::observe::Row;
use slackwater_core::system::parts::Parts;
use slackwater_core::system::scenario::Scenario;
use slackwater_core::system::state::Layout;
use slackwater_study::lanes::{Side, Stepped, fits};

struct Together<L>(Side<L>);

impl<L: Stepped> Lanes for Together<L> {
    fn fill(&mut self, lane: usize, scenario: &Scenario<f64>) {
        self.0.fill(lane, scenario);
    }

    fn rows(&mut self) -> Vec<Row> {
        let totals = self.0.step();
        (0..L::LANES).map(|lane| Row::read(&self.0.scenario, &self.0.state, &totals, lane)).collect()
    }
}

/// Storms with the fewest parts take another kernel.
fn same_bits_of_the_fewest<L: Stepped>() {
    for (name, scenario) in storms(1.0) {
        let variants: Vec<_> = variants(&scenario).iter().map(fewest).collect();
        assert!(variants.iter().all(|bare| Parts::of(bare) == Parts::FEWEST && fits(&variants[0], bare)), "{name}");
        let layout = variants.iter().map(Layout::of).reduce(|wide, own| wide.wider(&own)).expect("twenty of them");
        let mut side = Together(Side::<L>::laid_out(&variants[0], layout));
        lanes::same_bits(&format!("{name}, the fewest parts, {}", L::kernel()), &variants, L::LANES, &mut side);
    }
}

fn same_bits<L: Stepped>() {
    let mut stepped = 0;
    for (name, scenario) in storms(1.0) {
        let variants = variants(&scenario);
        if !variants.iter().all(|other| fits(&scenario, other)) {
            continue; // It runs alone.
        }
        stepped += 1;
        let layout = variants.iter().map(Layout::of).reduce(|wide, own| wide.wider(&own)).expect("twenty of them");
        let what = format!("{name}, {}", L::kernel());
        lanes::same_bits(&what, &variants, L::LANES, &mut Together(Side::<L>::laid_out(&scenario, layout)));
    }
    assert!(stepped > 8, "most storms can be lanes");
}

#[test]
fn the_fewest_parts_have_the_same_bits() {
    with_room(same_bits_of_the_fewest::<F64x4>);
    with_room(same_bits_of_the_fewest::<F64x8>);
    with_room(same_bits_of_the_fewest::<F64x16>);
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
