//! What traffic asks of a control plane: lookups, longer lists, writes by controllers.

use slackwater_core::dns::Group;
use slackwater_core::system::scenario::Scenario;

/// Writes of controllers and of the scheduler for a pod that is made: three and two of five (`background.rs`).
const WRITES: (f64, f64) = (3.0, 2.0);
/// Part of the usual lookups that goes on without any user: probes, agents, the cluster itself.
const LEAST: f64 = 1e-3;
/// Change below which nothing is set anew.
const SAME: f64 = 1e-6;

/// A control plane in usual traffic, and with the most pods an autoscaler makes.
#[derive(Clone, Debug)]
pub(super) struct Couple {
    low: Scenario<f64>,
    high: Scenario<f64>,
    /// Pods of `high` as a multiple of those of `low`.
    most: f64,
    /// What the scenario was set to last: lookups, pods, pods made per second.
    last: [f64; 3],
}

impl Couple {
    pub(super) fn new(low: Scenario<f64>, high: Scenario<f64>, most: f64) -> Self {
        Self { low, high, most, last: [1.0, 1.0, 0.0] }
    }

    /// Sets a scenario to `traffic` times the usual lookups, `pods` times the usual pods and `made_per_s` new pods a
    /// second; whether that changed anything. In usual traffic it stays as it is, to the bit.
    pub(super) fn set(&mut self, scenario: &mut Scenario<f64>, traffic: f64, pods: f64, made_per_s: f64) -> bool {
        let wanted = [traffic.max(LEAST), pods, made_per_s];
        if wanted.iter().zip(self.last).all(|(wanted, last)| (wanted - last).abs() <= SAME) {
            return false;
        }
        if (wanted[0] - self.last[0]).abs() > SAME {
            let rate = |group: &Group<f64>| group.names * group.lookups_per_s * wanted[0];
            let total: f64 = self.low.dns.groups.iter().map(rate).sum();
            for (group, usual) in scenario.dns.groups.iter_mut().zip(&self.low.dns.groups) {
                *group = Group::new(usual.names, usual.lookups_per_s * wanted[0], total, scenario.dt_s);
            }
        }
        // Everything that a list costs is a straight line in the number of its objects.
        let part = if self.most > 1.0 { (pods - 1.0) / (self.most - 1.0) } else { 0.0 };
        let between = |low: f64, high: f64| if part == 0.0 { low } else { (low + (high - low) * part).max(0.0) };
        let classes = scenario.classes.iter_mut().zip(&self.low.classes).zip(&self.high.classes);
        for (at, ((class, low), high)) in classes.enumerate() {
            class.cpu_base_s = between(low.cpu_base_s, high.cpu_base_s);
            class.cpu_per_node_s = between(low.cpu_per_node_s, high.cpu_per_node_s);
            class.bytes_base = between(low.bytes_base, high.bytes_base);
            class.bytes_per_node = between(low.bytes_per_node, high.bytes_per_node);
            class.etcd_base_s = between(low.etcd_base_s, high.etcd_base_s);
            class.etcd_per_node_s = between(low.etcd_per_node_s, high.etcd_per_node_s);
            // Seats are whole.
            class.seats = between(low.seats, high.seats).round();
            let writes = match low.label.name.as_str() {
                _ if at == self.low.controllers => WRITES.0,
                "scheduler" => WRITES.1,
                _ => 0.0,
            };
            class.clients_fixed = low.clients_fixed + writes * made_per_s;
        }
        scenario.dns.base_bytes = between(self.low.dns.base_bytes, self.high.dns.base_bytes);
        self.last = wanted;
        true
    }
}
