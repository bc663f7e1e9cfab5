//! What the gate `escape` says of a server at its memory limit: killed, stuck, or one after the other.

mod run_rig;

use run_rig::{OUTAGE, column, gate, run};

/// A server that is killed again and again is up half of the time: another process begins with few seats, and is killed when
/// it has borrowed more.
#[test]
fn the_gate_knows_a_server_that_is_killed_from_one_that_is_stuck() {
    for (law, why, failing) in [
        ("kill", "killed again and again", 0.2..0.8),
        ("thrash", "only a restart helps", 0.99..1.01),
        ("auto", "killed again and again", 0.2..0.8),
    ] {
        let law = format!("api_server.on_memory_limit={law}");
        let outcome =
            run(OUTAGE, &[&law, "fleet.sizes=[1]", "fleet.counts=[1]", "rollout.window_s=0", "remedies.use=[]"]);
        let escape = gate(&outcome, "escape");
        assert!(escape.why.contains(why), "{law}: {}", escape.why);
        let share = escape.value.expect("a share");
        assert!(failing.contains(&share) && escape.pass == (share <= 0.5), "{law}: {share} fail");
    }
}

/// Thrashing is a state of its own: it shows, and with `auto` it ends in a kill while agents go on asking.
#[test]
fn thrashing_is_seen_and_ends_by_a_kill_only_where_it_may() {
    let shares = |law: &str| {
        let law = format!("api_server.on_memory_limit={law}");
        let outcome =
            run(OUTAGE, &[&law, "fleet.sizes=[1]", "fleet.counts=[1]", "rollout.window_s=0", "remedies.use=[]"]);
        let thrashing = column(&outcome, "api_thrashing");
        // Between two rows it may have been back and full again: only a server that was killed thrashes anew.
        let ends = thrashing.windows(2).filter(|pair| pair[0] >= 0.5 && pair[1] < 0.5).count();
        (thrashing.iter().sum::<f64>() / thrashing.len() as f64, ends)
    };
    let ((killed, _), (stuck, ends), (both, returns)) = (shares("kill"), shares("thrash"), shares("auto"));
    assert!(killed == 0.0 && stuck > 0.5 && both > 0.0 && both < stuck, "{killed}, {stuck}, {both} of the time");
    assert!(ends == 0 && returns > 3, "over {ends} times without a kill, {returns} with");
}
