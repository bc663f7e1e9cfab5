//! A control plane to which nothing new happens is not stepped again and again: its last window stands for what follows.

use crate::run::{Cluster, alike};
use slackwater_core::rollout::actions::{Actions, NEVER_S};
use slackwater_core::system::observe::Row;

/// Rows so far, and whether the cluster rests.
#[derive(Clone, Debug)]
pub(super) struct Rest {
    rows: Vec<Row>,
    /// Row of the last window that comes next, while it rests.
    next: Option<usize>,
    window: usize,
    /// Rows after which everything planned has happened.
    planned: usize,
    stepped: usize,
    actions: Actions<f64>,
    /// Seconds for which it has rested.
    rested_s: f64,
}

/// Seconds that actions of people go on for.
fn acting_s(actions: &Actions<f64>) -> f64 {
    let ends = [
        (actions.block_s, actions.block_over_s),
        (actions.shrink_s, actions.shrink_over_s),
        (actions.grow_s, actions.grow_over_s),
        (actions.restart_s, 3.0 * actions.restart_every_s),
        (actions.delete_s, 0.0),
        (actions.kill_s, 0.0),
    ];
    ends.into_iter().filter(|(from_s, _)| *from_s < NEVER_S).map(|(from_s, over_s)| from_s + over_s).fold(0.0, f64::max)
}

impl Rest {
    pub(super) fn new(cluster: &Cluster) -> Self {
        let (window, planned) = cluster.windows();
        let actions = cluster.scenario.actions;
        Self { rows: Vec::new(), next: None, window: window.max(1), planned, stepped: 0, actions, rested_s: 0.0 }
    }

    /// Seconds since the run of the cluster began, those in which it rested included.
    pub(super) fn now_s(&self, cluster: &Cluster) -> f64 {
        cluster.state.now_s + self.rested_s
    }

    /// The next row; `changed` says that something about the cluster is not as it was.
    pub(super) fn step(&mut self, cluster: &mut Cluster, changed: bool) -> Row {
        if changed || self.actions != cluster.scenario.actions {
            self.actions = cluster.scenario.actions;
            self.rows.clear();
            self.next = None;
        }
        if let Some(at) = self.next
            && let Some(row) = self.rows.get(self.rows.len() - self.window + at)
        {
            self.next = Some((at + 1) % self.window);
            self.rested_s += cluster.scenario.dt_s;
            return *row;
        }
        let row = cluster.step();
        self.stepped += 1;
        if self.stepped < self.planned || cluster.state.now_s < acting_s(&self.actions) {
            return row;
        }
        self.rows.push(row);
        let count = self.rows.len();
        if count >= 2 * self.window && count.is_multiple_of(self.window) {
            if alike(&self.rows, self.window) {
                self.next = Some(0);
            } else {
                self.rows.drain(..self.window);
            }
        }
        row
    }
}
