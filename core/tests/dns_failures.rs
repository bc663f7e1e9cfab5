//! Failures that a cache remembers, against the process lookup by lookup.

use slackwater_core::cohort::SLOT;
use slackwater_core::dns::cache::Entries;
use slackwater_core::dns::{Group, Tier};

const NEGATIVE_S: f64 = 5.0;

/// Share of lookups that ask upstream: they come at random, and each that asks is told `late_s` seconds later that it
/// failed, which is then remembered for [`NEGATIVE_S`].
fn asking(lookups_per_s: f64, late_s: f64) -> f64 {
    const LOOKUPS: u32 = 300_000;
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    let mut uniform = || {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        ((bits >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    };
    let mut told = std::collections::VecDeque::new();
    let (mut now_s, mut until_s, mut asked) = (0.0_f64, 0.0, 0);
    for _ in 0..LOOKUPS {
        now_s -= uniform().ln() / lookups_per_s;
        while let Some(at_s) = told.pop_front_if(|at_s| *at_s <= now_s) {
            until_s = at_s + NEGATIVE_S;
        }
        if now_s >= until_s {
            asked += 1;
            told.push_back(now_s + late_s);
        }
    }
    f64::from(asked) / f64::from(LOOKUPS)
}

/// The same share by the cache, with nothing in it and nothing upstream.
fn modelled(lookups_per_s: f64, silent: f64) -> f64 {
    let group = Group::new(1.0, lookups_per_s, 1.0, 1.0);
    let tier =
        Tier { ttl_steps: 30.0, stale_steps: 0.0, negative_s: NEGATIVE_S, caches_fixed: 1.0, caches_per_node: 0.0 };
    let (mut valid, mut stale) = ([0.0; 40 * SLOT], [0.0; 8 * SLOT]);
    let mut entries = Entries { upstream: 0.0, silent, ..Entries::new(&mut valid, &group, &tier, 1.0, 1.0) };
    let (touched, rest) = (group.touched, group.untouched_rest);
    entries.step(&mut valid, &mut stale, &tier, lookups_per_s, lookups_per_s, touched, rest, 0.0).asked / lookups_per_s
}

#[track_caller]
fn assert_asks_alike(silent: f64, late_s: f64) {
    for remembered in [0.05, 0.25, 0.5, 1.0, 2.0] {
        let lookups_per_s = remembered / NEGATIVE_S;
        let (exact, model) = (asking(lookups_per_s, late_s), modelled(lookups_per_s, silent));
        assert!((model / exact - 1.0).abs() < 0.01, "{remembered} lookups while remembered: {model}, by hand {exact}");
    }
}

#[test]
fn a_failure_known_at_once_is_remembered_from_then_on() {
    assert_asks_alike(0.0, 0.0);
}

#[test]
fn a_failure_known_late_lets_others_ask_meanwhile() {
    assert_asks_alike(1.0, 10.0);
}
