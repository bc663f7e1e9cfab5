//! Proves that slackwater-core needs neither std nor alloc nor libc: this program has none of them, links it,
//! runs it, and exits with 0 only if the core's answers are right.

#![no_std]
#![no_main]

mod host;

use core::hint::black_box;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, F64Deserializer, StrDeserializer};
use slackwater_core::cohort::{Cohort, SLOT};
use slackwater_core::dns::Dependence;
use slackwater_core::lane::Lane;
use slackwater_core::nodes::fault::{Fault, Gone};
use slackwater_core::nodes::plane::{self, Setup};
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::{Class, Scenario};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;
use slackwater_core::units::{Cores, CpuSeconds, Fraction, PerSecond};

extern "C" fn main() -> ! {
    host::exit(exercise())
}

/// Runs the core on inputs the compiler cannot see. Returns 0, or the number of the first check that failed.
fn exercise() -> u8 {
    if !memory_functions_are_right() {
        return 1;
    }
    if !offered_load_is_right() {
        return 2;
    }
    if !a_checked_read_is_right() {
        return 3;
    }
    if !a_timer_is_right() {
        return 4;
    }
    if !a_root_is_right() {
        return 5;
    }
    if !a_saved_word_is_right() {
        return 6;
    }
    if !a_cluster_is_right() {
        return 7;
    }
    if !an_outage_is_right() {
        return 8;
    }
    0
}

fn memory_functions_are_right() -> bool {
    let mut bytes = [0_u8; 256];
    bytes[..black_box(40)].fill(black_box(7));
    bytes[black_box(0)] = 1;
    bytes.copy_within(..black_box(40), black_box(8));
    bytes.copy_within(black_box(8)..black_box(48), black_box(4));
    let mut expected = [7_u8; 48];
    expected[0] = 1;
    expected[4] = 1;
    bytes[..black_box(44)] == expected[..black_box(44)] && bytes[..black_box(5)] != expected[1..black_box(6)]
}

fn offered_load_is_right() -> bool {
    let rate = PerSecond::new(black_box(50.0));
    let cost = CpuSeconds::new(black_box(0.25));
    let (Ok(rate), Ok(cost)) = (rate, cost) else { return false };
    let utilisation = rate * cost / Cores::whole(black_box(10));
    utilisation.as_ratio() == 1.25
}

fn a_checked_read_is_right() -> bool {
    let read = |value: f64| {
        let number: F64Deserializer<Error> = black_box(value).into_deserializer();
        Fraction::deserialize(number)
    };
    read(1.5).is_err() && read(0.5).is_ok_and(|half| half.as_fraction() == 0.5)
}

fn a_timer_is_right() -> bool {
    let mut slots = [0.0; 8 * SLOT];
    let mut waiting = Cohort::new();
    waiting.push(&mut slots, black_box(10.0), black_box(2.5));
    let left = [(); 3].map(|()| waiting.expire(&mut slots));
    left == [0.0, 5.0, 5.0] && waiting.total() == 0.0
}

// Without std an f64 has no sqrt of its own: this is the one of libm.
fn a_root_is_right() -> bool {
    Lane::sqrt(black_box(6.25_f64)) == 2.5
}

fn a_saved_word_is_right() -> bool {
    let read = |word: &'static str| {
        let word: StrDeserializer<'_, Error> = black_box(word).into_deserializer();
        Dependence::deserialize(word)
    };
    read("Live").is_ok_and(|mode| mode == Dependence::Live) && read("live").is_err()
}

// A hundred steps of a cluster whose agents ask 20 times a second for 0.05 CPU-seconds, on 4 cores.
fn a_cluster_is_right() -> bool {
    const STEPS: u32 = 100;
    let mut storage = [0.0; 1024];
    let mut scenario = Scenario::idle(1.0, black_box(600.0), black_box(4.0));
    if scenario.classes.push(Class::poll(1.0, black_box(30.0), black_box(0.05))).is_err() {
        return false;
    }
    let layout = Layout::of(&scenario);
    let Some(storage) = storage.get_mut(..layout.length) else { return false };
    let mut state = State::new(&scenario, &layout, storage);
    let mut busy = 0.0;
    for _ in 0..STEPS {
        let totals = step(&scenario, &layout, &mut state, storage);
        busy += Row::read(&scenario, &state, &totals, 0).values[Row::API_BUSY];
    }
    let utilisation = 600.0 / 30.0 * 0.05 / 4.0;
    let found = busy / f64::from(STEPS);
    let people = state.population();
    Lane::abs(found - utilisation) < 0.01 * utilisation && Lane::abs(people - 600.0) < 1e-9
}

// Ten minutes without API, and a fifth of the nodes is rebooted meanwhile: their pods are away until it is back.
fn an_outage_is_right() -> bool {
    let mut storage = [0.0; 1024];
    let gone = Gone::of(Fault::Api(black_box(1.0)), 1.0);
    let reboot = (black_box(0.2), 60.0);
    let setup =
        Setup { dt_s: 60.0, gone, for_s: 600.0, rebooted: reboot.0, reboot_s: reboot.1, ..Setup::healthy(40.0) };
    let Some(storage) = storage.get_mut(..plane::State::slots(&setup)) else { return false };
    let mut state = plane::State::new(&setup, storage);
    let mut last = plane::Row::default();
    for _ in 0..10 {
        last = plane::step(&setup, &mut state, storage);
    }
    Lane::abs(last.serving - 0.8) < 1e-9 && Lane::abs(state.pods() - 1200.0) < 1e-9
}
