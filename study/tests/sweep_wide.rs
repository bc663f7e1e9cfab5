//! Widths and threads change how long a sweep takes and nothing more.

mod sweep_rig;

use slackwater_core::lane::{F64x4, F64x8, F64x16};
use slackwater_study::lanes::{Stepped, Wide};
use slackwater_study::scenario::InputError;
use slackwater_study::sweep::{Design, solve_wide};
use slackwater_study::threads::STACK_BYTES;
use std::sync::atomic::AtomicBool;
use sweep_rig::sweep;

/// The failing gate of every row, on a pool of `threads` threads.
fn gates(design: &Design, wide: Wide, threads: usize) -> Vec<Option<u8>> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK_BYTES).build().expect("a pool");
    pool.install(|| {
        let mut gates = Vec::new();
        let end = solve_wide(design, 0..design.rows(), &AtomicBool::new(false), wide, |_, answers| {
            gates.extend(answers.iter().map(|answer| answer.gate));
            Ok::<(), InputError>(())
        });
        assert_eq!(end.expect("solved"), design.rows());
        gates
    })
}

fn same_at_any_width(design: &Design) {
    let alone = gates(design, Wide::One, 1);
    let open = alone.iter().filter(|gate| gate.is_none()).count();
    assert!(open > 0 && open < alone.len(), "{open} of {} rows are safe: nothing is compared", alone.len());
    for wide in [Wide::One, Wide::Four, Wide::Eight, Wide::Sixteen] {
        for threads in [1, 2, 7] {
            assert!(gates(design, wide, threads) == alone, "{wide:?} lanes, {threads} threads");
        }
    }
}

#[test]
fn one_cluster_near_its_edge() {
    let vary =
        ["cluster.nodes=1400..2400", "agent.period_s=40..80", "api_server.cores=12..20", "dns.cache_ttl_s=5..600"];
    same_at_any_width(&sweep("openai-2024-12-11-staging", &[], &vary, "sobol:160"));
}

#[test]
fn one_cluster_whose_rollout_people_halt() {
    let set =
        ["rollout.waves=[0.01, 0.1, 1]", "rollout.soak_s=300", "remedies.use=[halt]", "agent.arrivals=fixed_delay"];
    let vary = ["cluster.nodes=1400..2400", "agent.period_s=40..80", "detection.human_delay_s=0.1..600:log"];
    same_at_any_width(&sweep("openai-2024-12-11-staging", &set, &vary, "sobol:60"));
}

#[test]
fn a_fleet() {
    same_at_any_width(&sweep(
        "openai-2024-12-11",
        &[],
        &["cluster.nodes=800..2600", "agent.period_s=40..90"],
        "sobol:24",
    ));
}

#[test]
fn clusters_that_cannot_be_lanes_are_solved_all_the_same() {
    let vary = ["cluster.nodes=100..2000", "agent.period_s=20..300:log"];
    same_at_any_width(&sweep("openai-2018-agents", &["run.until_s=3600"], &vary, "sobol:24"));
}

#[test]
fn the_widest_kernel_is_one_this_machine_has() {
    let known = ["portable", "avx2", "avx512"];
    assert!(known.contains(&F64x4::kernel()) && known.contains(&F64x8::kernel()) && known.contains(&F64x16::kernel()));
    assert!(Wide::best().lanes() == 1 || F64x4::kernel() != "portable");
}
