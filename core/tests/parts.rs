//! A step compiled without the parts that a scenario does not use has the bits of one with all of them.

mod system_rig;

use slackwater_core::lane::Across;
use slackwater_core::system::levels::Shortage;
use slackwater_core::system::parts::Parts;
use slackwater_core::system::room::Room;
use slackwater_core::system::scenario::{Arrivals, Scenario};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::{step, step_inlined};
use system_rig::lanes::{fewest, with_room};
use system_rig::storms;

fn same_bits(name: &str, scenario: &Scenario<f64>) -> f64 {
    let layout = Layout::of(scenario);
    let (mut all, mut few) = (vec![0.0; layout.length], vec![0.0; layout.length]);
    let mut whole = State::new(scenario, &layout, &mut all);
    let mut bare = State::new(scenario, &layout, &mut few);
    let mut room = Box::new(Room::new());
    let mut impact = 0.0;
    for number in 0..2400 {
        let expected = step(scenario, &layout, &mut whole, &mut all);
        let settle = |short: Shortage<'_, f64>| short.settle();
        let found = step_inlined(scenario, &layout, &mut bare, &mut few, &mut room, settle, Parts::FEWEST);
        assert_eq!(expected, found, "{name}, step {number}");
        assert!(whole == bare && all == few, "{name}, step {number}: the states are not the same");
        impact += found.impact;
    }
    impact + whole.classes.iter().map(|class| class.account.timed_out).sum::<f64>()
}

#[test]
fn what_is_left_out_is_not_missed() {
    with_room(|| {
        let mut harmed = 0;
        for (name, storm) in storms(1.0) {
            let bare = fewest(&storm);
            assert_eq!(Parts::of(&bare), Parts::FEWEST, "{name}");
            harmed += i32::from(same_bits(name, &bare) > 1.0);
        }
        assert!(harmed > 4, "storms in which nothing happens prove nothing: {harmed}");
    });
}

#[test]
fn every_part_is_noticed() {
    with_room(|| {
        let storms: Vec<_> = storms(1.0).into_iter().map(|(_, storm)| fewest(&storm)).collect();
        let fewest = storms.first().expect("a storm");
        let (_, levelled) = system_rig::storms(1.0).into_iter().find(|(_, s)| !s.levels.is_empty()).expect("levels");
        let uses = |change: &dyn Fn(&mut Scenario<f64>)| {
            let mut scenario = fewest.clone();
            change(&mut scenario);
            Parts::of(&scenario)
        };
        let levels = Parts { levels: true, ..Parts::FEWEST };
        assert_eq!(uses(&|s| s.flow_control = true), levels);
        assert_eq!(uses(&|s| s.levels = levelled.levels.clone()), levels);
        assert_eq!(uses(&|s| (s.classes[0].last_seats, s.classes[0].last_s) = (4.0, 0.005)), levels);
        let store = Parts { store: true, ..Parts::FEWEST };
        assert_eq!(uses(&|s| s.etcd.on = true), store);
        assert_eq!(uses(&|s| s.classes[0].etcd_per_node_s = 1e-5), store);
        assert_eq!(uses(&|s| s.classes[0].opens = Some(0)), store);
        assert_eq!(uses(&|s| s.classes[0].arrivals = Arrivals::Watch), store);
        let falls = Parts { falls: true, ..Parts::FEWEST };
        assert_eq!(uses(&|s| s.classes[0].bytes_per_node = 1.0), falls);
        assert_eq!(uses(&|s| s.memory.bytes_per_waiting = 1.0), falls);
        assert_eq!(uses(&|s| s.memory.limit_bytes = -1.0), falls);
        assert_eq!(uses(&|s| s.memory.base_bytes = 1e15), falls);
        assert_eq!(uses(&|s| s.bytes_per_watch = 1.0), falls);
        assert_eq!(uses(&|s| s.actions.restart_s = 600.0), falls);
        assert_eq!(uses(&|s| s.actions.grow_by = 0.5), falls);
        let crowds = Parts { crowds: true, ..Parts::FEWEST };
        assert_eq!(uses(&|s| s.cpu.turn_s = 0.01), crowds);
        assert_eq!(uses(&|s| s.cpu.growth = 0.01), crowds);
        // One lane of several is enough.
        let mut wide: Scenario<slackwater_core::lane::F64x4> = fewest.spread();
        let killed = Scenario {
            actions: slackwater_core::rollout::actions::Actions { kill_s: 60.0, ..fewest.actions },
            ..fewest.clone()
        };
        killed.put(&mut wide, 2);
        assert_eq!(Parts::of(&wide), falls);
    });
}
