//! Failures that a cache remembers, against the process lookup by lookup.

use slackwater_core::cohort::{SLOT, slots_for};
use slackwater_core::dns::cache::{Entries, Slots};
use slackwater_core::dns::failures::Failing;
use slackwater_core::dns::{Group, Tier};

const NEGATIVE_S: f64 = 5.0;

/// Numbers between 0 and 1, always the same.
fn dice() -> impl FnMut() -> f64 {
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    move || {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        ((bits >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }
}

/// Share of lookups that ask upstream: they come at random, and of those that ask a part is told that it failed, which is
/// then remembered for [`NEGATIVE_S`]; the others are told nothing.
fn asking(lookups_per_s: f64, told: f64) -> f64 {
    const LOOKUPS: u32 = 300_000;
    let mut uniform = dice();
    let (mut now_s, mut until_s, mut asked) = (0.0_f64, 0.0, 0);
    for _ in 0..LOOKUPS {
        now_s -= uniform().ln() / lookups_per_s;
        if now_s >= until_s {
            asked += 1;
            if uniform() < told {
                until_s = now_s + NEGATIVE_S;
            }
        }
    }
    f64::from(asked) / f64::from(LOOKUPS)
}

fn tier(stale_s: f64) -> Tier<f64> {
    Tier { ttl_steps: 30.0, stale_steps: stale_s, negative_steps: NEGATIVE_S, caches_fixed: 1.0, caches_per_node: 0.0 }
}

/// The same share by the cache, with nothing in it and nothing upstream.
fn modelled(lookups_per_s: f64, told: f64) -> f64 {
    let group = Group::new(1.0, lookups_per_s, 1.0, 1.0);
    let tier = tier(0.0);
    let mut valid = [0.0; 40 * SLOT];
    let mut entries = Entries { upstream: 0.0, ..Entries::new(&mut valid, &group, &tier, 1.0, 1.0) };
    let failing = Failing { servfail: told, ..Failing::unheard() };
    let slots = Slots { valid: &mut valid, stale: &mut [], recent: &mut [], old: &mut [] };
    entries.step(slots, &tier, failing, lookups_per_s, group.touched, group.untouched_rest, 0.0).asked / lookups_per_s
}

#[test]
fn who_is_told_a_failure_remembers_it() {
    for told in [0.0, 0.3, 1.0] {
        for remembered in [0.05, 0.25, 0.5, 1.0, 2.0, 10.0] {
            let lookups_per_s = remembered / NEGATIVE_S;
            let (exact, model) = (asking(lookups_per_s, told), modelled(lookups_per_s, told));
            let off = (model / exact - 1.0).abs();
            assert!(off < 0.01, "{told} told, {remembered} lookups meanwhile: {model}, by hand {exact}");
        }
    }
}

/// Where the source goes and comes back, and what it says meanwhile.
#[derive(Clone, Copy)]
struct Outage {
    from_s: f64,
    to_s: f64,
    /// Share of failures that are answers.
    told: f64,
    /// A lookup that was handed an old failure asks again.
    again: bool,
}

/// Share of lookups that fail and queries upstream, second by second, of a cache that hands out what is old as CoreDNS
/// does: lookup by lookup, over many names.
fn by_hand(lookups_per_s: f64, stale_s: f64, outage: Outage, until_s: usize) -> Vec<(f64, f64)> {
    let names = (4000.0 / lookups_per_s) as usize;
    let mut uniform = dice();
    let mut seconds = vec![(0.0_f64, 0.0_f64, 0.0_f64); until_s];
    for _ in 0..names {
        let warm = uniform() < lookups_per_s * 30.0 / (1.0 + lookups_per_s * 30.0);
        let (mut now_s, mut failed_s) = (0.0_f64, -1e9);
        let mut valid_s = if warm { 30.0 * uniform() } else { -1e9 };
        loop {
            now_s -= uniform().ln() / lookups_per_s;
            let Some((lookups, fails, asked)) = seconds.get_mut(now_s as usize) else { break };
            *lookups += 1.0;
            if now_s < valid_s {
                continue;
            }
            let up = !(outage.from_s..outage.to_s).contains(&now_s);
            let (old_answer, old_failure) = (now_s < valid_s + stale_s, now_s < failed_s + stale_s);
            if !old_answer && now_s < failed_s {
                *fails += 1.0;
                continue;
            }
            *asked += 1.0;
            if up {
                *fails += f64::from(u8::from(!old_answer && old_failure && !outage.again));
                valid_s = now_s + 30.0;
                failed_s = -1e9;
            } else if !old_answer {
                *fails += 1.0;
                if !old_failure && uniform() < outage.told {
                    failed_s = now_s + NEGATIVE_S;
                }
            }
        }
    }
    seconds.iter().map(|(lookups, fails, asked)| (fails / lookups.max(1.0), asked / names as f64)).collect()
}

/// The same by the cache.
fn by_cohorts(lookups_per_s: f64, stale_s: f64, outage: Outage, until_s: usize) -> Vec<(f64, f64)> {
    let group = Group::new(1.0, lookups_per_s, 1.0, 1.0);
    let tier = tier(stale_s);
    let mut valid = [0.0; 40 * SLOT];
    let (mut stale, mut recent, mut old) =
        (vec![0.0; slots_for(stale_s, 1.0)], vec![0.0; slots_for(NEGATIVE_S, 1.0)], vec![0.0; slots_for(stale_s, 1.0)]);
    let mut entries = Entries::new(&mut valid, &group, &tier, 1.0, 0.0);
    let again = f64::from(u8::from(outage.again));
    let failing = Failing { servfail: outage.told, again, ..Failing::unheard() };
    let second = |second: usize| {
        let lost = (outage.from_s..outage.to_s).contains(&(second as f64));
        entries.upstream = if lost { 0.0 } else { 1.0 };
        let slots = Slots { valid: &mut valid, stale: &mut stale, recent: &mut recent, old: &mut old };
        let flow = entries.step(slots, &tier, failing, lookups_per_s, group.touched, group.untouched_rest, 0.0);
        let all = entries.valid.total() + entries.stale.total() + entries.gone;
        assert!((all - 1.0).abs() < 1e-9 && entries.failures.total() <= entries.gone + 1e-9, "{second} s: {all}");
        (flow.failed, flow.asked)
    };
    (0..until_s).map(second).collect()
}

/// Both, in means over ten seconds.
#[track_caller]
fn assert_alike(lookups_per_s: f64, stale_s: f64, outage: Outage) {
    const UNTIL_S: usize = 500;
    let (exact, model) =
        (by_hand(lookups_per_s, stale_s, outage, UNTIL_S), by_cohorts(lookups_per_s, stale_s, outage, UNTIL_S));
    for (ten, (exact, model)) in exact.chunks(10).zip(model.chunks(10)).enumerate() {
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64, rows: &[(f64, f64)]| rows.iter().map(of).sum::<f64>() / 10.0;
        let (fails, said) = (mean(&|row| row.0, exact), mean(&|row| row.0, model));
        assert!((fails - said).abs() < 0.02, "{lookups_per_s}/s, {} s: {said} fail, by hand {fails}", 10 * ten);
        let (asked, said) = (mean(&|row| row.1, exact), mean(&|row| row.1, model));
        assert!(
            (asked - said).abs() < 0.03 * lookups_per_s.max(0.05),
            "{lookups_per_s}/s, {} s: {said} ask, by hand {asked}",
            10 * ten
        );
    }
}

#[test]
fn an_old_failure_is_handed_out_until_its_refresh_is_through() {
    for lookups_per_s in [0.01, 0.05, 0.5] {
        for stale_s in [20.0, 100.0] {
            let outage = Outage { from_s: 150.0, to_s: 350.0, told: 1.0, again: false };
            assert_alike(lookups_per_s, stale_s, outage);
            assert_alike(lookups_per_s, stale_s, Outage { again: true, ..outage });
            assert_alike(lookups_per_s, stale_s, Outage { told: 0.0, ..outage });
        }
    }
}
