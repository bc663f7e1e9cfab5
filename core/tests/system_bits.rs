//! The same input gives the same bits: twice, forked, and through a file.

mod system_rig;

use system_rig::{Run, storms};

#[test]
fn the_same_storm_twice_gives_the_same_bits() {
    for (name, scenario) in storms(1.0) {
        let (mut first, mut second) = (Run::new(scenario.clone()), Run::new(scenario));
        for _ in 0..900 {
            let (a, b) = (first.row(), second.row());
            assert_eq!(a.values.map(f64::to_bits), b.values.map(f64::to_bits), "{name}");
        }
        assert_eq!(first.bits(), second.bits(), "{name}");
    }
}

#[test]
fn a_fork_goes_on_as_the_original_does() {
    for (name, scenario) in storms(0.5) {
        let mut original = Run::new(scenario);
        for _ in 0..700 {
            original.step();
        }
        let mut fork = original.clone();
        for _ in 0..700 {
            let (a, b) = (original.row(), fork.row());
            assert_eq!(a.values.map(f64::to_bits), b.values.map(f64::to_bits), "{name}");
        }
        assert_eq!(original.bits(), fork.bits(), "{name}");
    }
}

/// A fork with other people in it leaves the original alone.
#[test]
fn a_fork_does_not_disturb_the_original() {
    for (name, scenario) in storms(1.0) {
        let (mut alone, mut forked) = (Run::new(scenario.clone()), Run::new(scenario));
        for step in 0..600 {
            alone.step();
            forked.step();
            if step == 200 {
                let mut other = forked.clone();
                other.scenario.actions.delete_s = 0.0;
                for _ in 0..300 {
                    other.step();
                }
            }
        }
        assert_eq!(alone.bits(), forked.bits(), "{name}");
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_state_that_went_through_a_file_goes_on_with_the_same_bits() {
    for (name, scenario) in storms(1.0) {
        let mut original = Run::new(scenario);
        for _ in 0..350 {
            original.step();
        }
        let text = serde_json::to_string(&(&original.scenario, &original.state, &original.storage)).expect(name);
        let (scenario, state, storage) = serde_json::from_str(&text).expect(name);
        let mut read = Run { layout: original.layout.clone(), scenario, state, storage };
        for _ in 0..700 {
            let (a, b) = (original.row(), read.row());
            assert_eq!(a.values.map(f64::to_bits), b.values.map(f64::to_bits), "{name}");
        }
        assert_eq!(original.bits(), read.bits(), "{name}");
    }
}
