//! Several scenarios in one step: each has the bits it has alone, whatever its neighbours are and whenever it came. Four
//! here; the study has eight and sixteen, which need registers that are chosen when a program runs.

mod system_rig;

use slackwater_core::lane::{Across, F64x4, Lane};
use slackwater_core::system::levels::Shortage;
use slackwater_core::system::observe::Row;
use slackwater_core::system::parts::Parts;
use slackwater_core::system::room::Room;
use slackwater_core::system::scenario::Scenario;
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step_inlined;
use system_rig::lanes::{self, Lanes, variants, with_room};
use system_rig::storms;

/// Lanes that are filled again while their neighbours go on.
struct Side<L> {
    scenario: Scenario<L>,
    state: State<L>,
    storage: Vec<L>,
    layout: Layout,
    room: Box<Room<L>>,
    fills: usize,
}

fn side<L: Lane>(scenarios: &[Scenario<f64>]) -> Side<L> {
    let layouts: Vec<Layout> = scenarios.iter().map(Layout::of).collect();
    let layout = layouts.iter().skip(1).fold(layouts[0].clone(), |wide, other| {
        assert!(wide.alike(other));
        wide.wider(other)
    });
    let mut scalar = vec![0.0; layout.length];
    let state = State::new(&scenarios[0], &layout, &mut scalar);
    Side {
        scenario: scenarios[0].spread(),
        state: state.spread(),
        storage: vec![L::zero(); layout.length],
        layout,
        room: Box::new(Room::new()),
        fills: 0,
    }
}

impl<L: Lane> Lanes for Side<L> {
    /// Two of three have their rings turned to where those of the next lane stand.
    fn fill(&mut self, lane: usize, scenario: &Scenario<f64>) {
        self.fills += 1;
        let mut scalar = vec![0.0; self.layout.length];
        let mut state = State::new(scenario, &self.layout, &mut scalar);
        if !self.fills.is_multiple_of(3) {
            state.stand_beside(&self.state, (lane + 1) % L::LANES, &self.layout, &mut scalar);
        }
        scenario.put(&mut self.scenario, lane);
        state.put(&mut self.state, lane);
        for (cell, x) in self.storage.iter_mut().zip(scalar) {
            cell.set_lane(lane, x);
        }
    }

    fn rows(&mut self) -> Vec<Row> {
        let Self { scenario, state, storage, layout, room, .. } = self;
        let settle = |short: Shortage<'_, L>| short.settle();
        let totals = step_inlined(scenario, layout, state, storage, room, settle, Parts::ALL);
        (0..L::LANES).map(|lane| Row::read(scenario, state, &totals, lane)).collect()
    }
}

fn same_bits<L: Lane>() {
    for (name, scenario) in storms(1.0) {
        if scenario.etcd.on {
            continue; // Not laned: see the module of the study that packs them.
        }
        let variants = variants(&scenario);
        assert!(variants.iter().all(|other| Across::<L>::alike(&scenario, other)), "{name}");
        lanes::same_bits(name, &variants, L::LANES, &mut side::<L>(&variants));
    }
}

#[test]
fn four_lanes_have_the_bits_of_one() {
    with_room(same_bits::<F64x4>);
}
