//! What a remedy does to the cluster it acts on.

use super::*;
use crate::scenario::ScenarioFile;
use slackwater_core::bounds::TABLE;

/// A cache that reads another configuration starts empty: what it still had in an outage is gone.
#[test]
fn caches_that_hand_out_more_start_empty() {
    let plan = Plan::resolve(ScenarioFile::empty(TABLE)).expect("a plan");
    for lever in [Lever::ServeStale, Lever::LongerTtl] {
        let cluster = Cluster::new(&plan, 2000.0).expect("a cluster");
        let mut worked = Worked { plan: &plan, cluster, keys: Vec::new(), kept: 1.0, busy: 0.0 };
        let before = worked.cluster.step().values[Row::CACHED];
        assert!(worked.act(lever).expect("keys"), "{lever:?}");
        let after = worked.cluster.step().values[Row::CACHED];
        assert!(before > 0.5 && after < 0.3 * before, "{lever:?}: {after} of the entries are there, {before} before");
    }
}
