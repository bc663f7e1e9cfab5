//! Several scenarios in one step: each has the bits it has alone, whatever its neighbours are and whenever it came. Four
//! here; the study has eight and sixteen, which need registers that are chosen when a program runs.

mod system_rig;
mod variants;

use slackwater_core::lane::{Across, F64x4, Lane};
use slackwater_core::system::observe::Row;
use slackwater_core::system::room::Room;
use slackwater_core::system::scenario::Scenario;
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step_inlined;
use system_rig::{Run, storms};
use variants::variant;

/// Lanes that are filled again while their neighbours go on.
struct Side<L> {
    scenario: Scenario<L>,
    state: State<L>,
    storage: Vec<L>,
    layout: Layout,
}

fn side<L: Lane>(scenarios: &[Scenario<f64>]) -> Side<L> {
    let layouts: Vec<Layout> = scenarios.iter().map(Layout::of).collect();
    let layout = layouts.iter().skip(1).fold(layouts[0].clone(), |wide, other| {
        assert!(wide.alike(other));
        wide.wider(other)
    });
    let mut scalar = vec![0.0; layout.length];
    let state = State::new(&scenarios[0], &layout, &mut scalar);
    let mut side = Side {
        scenario: scenarios[0].spread(),
        state: state.spread(),
        storage: vec![L::zero(); layout.length],
        layout,
    };
    for (lane, scenario) in scenarios.iter().take(L::LANES).enumerate() {
        side.fill(lane, scenario, false);
    }
    side
}

impl<L: Lane> Side<L> {
    /// `beside` has the rings turned to where those of the next lane stand.
    fn fill(&mut self, lane: usize, scenario: &Scenario<f64>, beside: bool) {
        let mut scalar = vec![0.0; self.layout.length];
        let mut state = State::new(scenario, &self.layout, &mut scalar);
        if beside {
            state.stand_beside(&self.state, (lane + 1) % L::LANES, &self.layout, &mut scalar);
        }
        scenario.put(&mut self.scenario, lane);
        state.put(&mut self.state, lane);
        for (cell, x) in self.storage.iter_mut().zip(scalar) {
            cell.set_lane(lane, x);
        }
    }
}

fn same_bits<L: Lane>() {
    for (name, scenario) in storms(1.0) {
        if scenario.etcd.on {
            continue; // Not laned: see the module of the study that packs them.
        }
        let variants: Vec<Scenario<f64>> = (0..20).map(|number| variant(&scenario, number)).collect();
        assert!(variants.iter().all(|other| Across::<L>::alike(&scenario, other)), "{name}");
        let mut side = side::<L>(&variants);
        let mut alone: Vec<Run> = variants.iter().take(L::LANES).map(|one| Run::new(one.clone())).collect();
        let mut room = Box::new(Room::new());
        for count in 0..900 {
            // One lane after the other gets another scenario, in the middle of everything.
            if count > 150 && count % 41 == 0 {
                let (lane, next) = (count / 41 % L::LANES, &variants[count / 41 % 20]);
                side.fill(lane, next, count / 41 % 3 > 0);
                alone[lane] = Run::new(next.clone());
            }
            let totals =
                step_inlined(&side.scenario, &side.layout, &mut side.state, &mut side.storage, &mut room, |short| {
                    short.settle();
                });
            for (lane, one) in alone.iter_mut().enumerate() {
                let wide = Row::read(&side.scenario, &side.state, &totals, lane);
                let (wide, one) = (wide.values.map(f64::to_bits), one.row().values.map(f64::to_bits));
                assert_eq!(wide, one, "{name}, {} lanes, step {count}, lane {lane}", L::LANES);
            }
        }
    }
}

/// Runs with room for many copies of a wide state on the stack, which an unoptimised build makes.
fn with_room(test: fn()) {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(test).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn four_lanes_have_the_bits_of_one() {
    with_room(same_bits::<F64x4>);
}
