//! How long a run must go on because something is still to come.

use super::path::Cluster;

impl Cluster {
    /// Seconds until the last change that is already planned: waves, pods coming up, a lost source.
    pub(super) fn planned_s(&self) -> f64 {
        let creation = &self.scenario.creation;
        let syncs = (self.scenario.nodes / creation.burst).ceil() + 1.0;
        let last_wave = self.wave_before(f64::INFINITY);
        let dns = &self.scenario.dns;
        let etcd = &self.scenario.etcd;
        let apart = &self.scenario.apart;
        let back_s = apart.lose_s + if apart.lose_for_s < 1e12 { apart.lose_for_s } else { 0.0 };
        let rolled_s = apart.roll_s + apart.roll_every_s * self.servers.len() as f64;
        let events = [dns.source_lost_s, dns.source_back_s, self.scenario.actions.kill_s, back_s, rolled_s];
        let of_etcd = [etcd.lost_s, etcd.back_s, etcd.defrag_s].map(|at| if etcd.on { at } else { 0.0 });
        let last_event = events.into_iter().chain(of_etcd).filter(|&at| at < 1e12).fold(0.0, f64::max);
        // Two windows of writes are in its file before it stops growing.
        let filled_s = if etcd.on { 2.0 * etcd.compact_s } else { 0.0 };
        // A process that gave its lease up may be restarted as late as this.
        let election = self.scenario.election.filter(|_| last_event > 0.0);
        let led_s = election.map_or(0.0, |election| election.longest_s());
        (creation.start_s + syncs * creation.sync_s + last_wave).max(last_event + led_s) + filled_s
    }
}
