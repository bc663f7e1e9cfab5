//! Slopes against differences: of single operations, and of whole runs.

mod system_rig;

use proptest::prelude::*;
use slackwater_core::cohort::{Cohort, RECOUNT, SLOT};
use slackwater_core::lane::{Across, Dual, Lane};
use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;
use system_rig::{Run, class, cluster, storms};

fn dual(value: f64) -> Dual {
    Dual { value, slope: 1.0 }
}

/// A central difference of a smooth function is right to about the square of the step.
fn near(of: impl Fn(f64) -> f64, with: Dual, at: f64) {
    let h = 1e-5 * at;
    let difference = (of(at + h) - of(at - h)) / (2.0 * h);
    assert_eq!(with.value.to_bits(), of(at).to_bits());
    assert!((with.slope - difference).abs() <= 1e-6 * (1.0 + difference.abs()), "{} not {difference}", with.slope);
}

proptest! {
    #[test]
    fn operations_follow_the_rules(at in 0.3..4.0_f64) {
        let three = || Dual::splat(3.0);
        near(|x| x * x + x, dual(at) * dual(at) + dual(at), at);
        near(|x| 3.0 / x - x, three() / dual(at) - dual(at), at);
        near(|x| Lane::sqrt(x * 3.0), (dual(at) * three()).sqrt(), at);
        near(|x| Lane::over(x, x * x + 1.0, 0.0), dual(at).over(dual(at) * dual(at) + Dual::one(), Dual::zero()), at);
        let table = [1.0, 2.0, 5.0, 6.0, 9.0, 11.0];
        let fraction = at - at.floor();
        if fraction > 0.01 && fraction < 0.99 {
            near(|x| f64::interpolate(&table, x), Dual::interpolate(&table.map(Dual::splat), dual(at)), at);
        }
    }
}

/// Who waits in a ring after more steps than lie between two recounts, where `amount` are spread anew in every seventh.
fn spread_for_long<L: Lane>(amount: L) -> [L; 2] {
    let mut slots = [L::zero(); 64 * SLOT];
    let (mut waiting, mut gone) = (Cohort::new(), L::zero());
    for step in 0..RECOUNT * 2 + 300 {
        if step % 7 == 0 {
            waiting.push_even(&mut slots, amount, L::splat(2.5), L::splat(40.0));
        }
        waiting.thin(&mut slots, amount / (amount + L::splat(0.01)));
        gone += waiting.expire(&mut slots);
    }
    [waiting.total(), gone]
}

#[test]
fn a_recount_keeps_the_slopes() {
    for at in [1.0, 2.5] {
        let with = spread_for_long(dual(at));
        near(|x| spread_for_long(x)[0], with[0], at);
        near(|x| spread_for_long(x)[1], with[1], at);
    }
}

/// What a run comes to: CPU used and clients waiting, summed over all steps.
fn sums<L: Lane>(scenario: &Scenario<L>, layout: &Layout, mut state: State<L>, mut storage: Vec<L>) -> [L; 2] {
    let mut sums = [L::zero(); 2];
    for _ in 0..600 {
        let totals = step(scenario, layout, &mut state, &mut storage);
        sums[0] += totals.used_s;
        sums[1] += state.classes.iter().fold(L::zero(), |sum, class| sum + class.in_system());
    }
    sums
}

/// The derivative of a run by one number of its scenario, as slopes and as a difference.
fn by(scenario: &Scenario<f64>, turn: impl Fn(&mut Scenario<f64>, f64), turn_dual: impl Fn(&mut Scenario<Dual>)) {
    let run = |factor: f64| {
        let mut other = scenario.clone();
        turn(&mut other, factor);
        let layout = Layout::of(scenario);
        let mut storage = vec![0.0; layout.length];
        let state = State::new(scenario, &layout, &mut storage);
        sums(&other, &layout, state, storage)
    };
    // Closer by, the rounding of a sum of 1,200 CPU-seconds shows.
    let (plain, h) = (run(1.0), 1e-4);
    let (up, down) = (run(1.0 + h), run(1.0 - h));
    let layout = Layout::of(scenario);
    let mut storage = vec![0.0; layout.length];
    let state = State::new(scenario, &layout, &mut storage);
    let mut wide: Scenario<Dual> = scenario.spread();
    turn_dual(&mut wide);
    let found = sums(&wide, &layout, state.spread(), storage.iter().map(|x| Dual::splat(*x)).collect());
    for at in 0..2 {
        assert_eq!(found[at].value.to_bits(), plain[at].to_bits(), "slopes change no value");
        let difference = (up[at] - down[at]) / (2.0 * h);
        let off = (found[at].slope - difference).abs() / difference.abs().max(1.0);
        assert!(off < 1e-5, "sum {at}: slope {}, difference {difference}", found[at].slope);
    }
}

#[test]
fn a_run_has_the_slope_of_its_differences() {
    let polls = Class { timeout_s: 20.0, ..class("polls", Arrivals::FixedRate, 200.0, 0.2) };
    let open = class("open", Arrivals::Open, 6.0, 0.1);
    let scenario = cluster(1.0, [polls, open]);
    by(&scenario, |s, by| s.classes[0].cpu_base_s *= by, |s| s.classes[0].cpu_base_s.slope = 0.2);
    by(&scenario, |s, by| s.classes[1].rate_per_client *= by, |s| s.classes[1].rate_per_client.slope = 1.0);
    by(&scenario, |s, by| s.cpu.speed *= by, |s| s.cpu.speed.slope = 1.0);
}

#[test]
fn slopes_change_no_value_in_any_storm() {
    for (name, scenario) in storms(1.0) {
        let mut plain = Run::new(scenario.clone());
        let start = Run::new(scenario.clone());
        let wide: Scenario<Dual> = scenario.spread();
        let mut state: State<Dual> = start.state.spread();
        let mut storage: Vec<Dual> = start.storage.iter().map(|x| dual(*x)).collect();
        for at in 0..400 {
            let (one, other) = (plain.step(), step(&wide, &start.layout, &mut state, &mut storage));
            assert_eq!(one.used_s.to_bits(), other.used_s.value.to_bits(), "{name}, step {at}");
        }
    }
}
