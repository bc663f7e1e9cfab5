//! Clusters of a fleet that share one fate: a control plane and the pods beside it.

use super::couple::Couple;
use super::people::Mode;
use super::rest::Rest;
use crate::resolve::{Plan, Traffic};
use crate::run::{Cluster, DOWN, FALLEN, FALLEN_FOR_S, Rule, WELL_FOR_S, failing, is_well, value};
use crate::scenario::InputError;
use slackwater_core::rollout::actions::NEVER_S;
use slackwater_core::system::observe::Row;
use slackwater_core::traffic::site::Site;
use slackwater_core::traffic::state::State;
use slackwater_core::traffic::step::{self, Offer};

/// Part of the usual pods by which the number of pods must change before lists count as longer: one in a thousand.
const NOTICED: f64 = 1e-3;
const MINUTE_S: f64 = 60.0;

/// Clusters of one size that are touched at about the same time. One is stepped for all.
pub(super) struct Member {
    pub(super) group: usize,
    pub(super) nodes: f64,
    /// Clusters it stands for.
    pub(super) count: f64,
    /// Share of all user traffic that one of them has of its own.
    pub(super) own: f64,
    /// When it is touched, seconds since the rollout started.
    pub(super) touched_s: f64,
    /// Whether users cannot reach it for a while.
    pub(super) lost: bool,
    pub(super) cluster: Cluster,
    couple: Couple,
    rest: Rest,
    pub(super) site: Site,
    pub(super) state: State,
    storage: Vec<f64>,
    /// Traffic that comes to it, as a multiple of its own.
    pub(super) comes: f64,
    pub(super) mode: Mode,
    /// When people begin to work on it.
    pub(super) work_s: Option<f64>,
    /// Share of its traffic that is led away.
    pub(super) away: f64,
    fallen: Rule,
    felt: Rule,
    well_s: f64,
    /// Nodes that are left, as a share.
    left: f64,
    placed: f64,
    was_outside: bool,
    pub(super) seen: Seen,
}

/// What was seen of a cluster in the last step, and at worst.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) row: step::Row,
    /// Whether it is in trouble: the API fails, or users do.
    pub(super) troubled: bool,
    /// When it first was, seconds.
    pub(super) troubled_s: Option<f64>,
    /// For how long it has been well, seconds.
    pub(super) well_s: f64,
    pub(super) most_load: f64,
    pub(super) most_comes: f64,
    pub(super) most_pods: f64,
    pub(super) most_pulling: f64,
    /// How busy its API servers are, over a minute, and were at most.
    busy: f64,
    pub(super) most_busy: f64,
    /// When strangers first made it full, seconds.
    pub(super) full_s: Option<f64>,
    /// Served of what was led here from elsewhere, shares of all user traffic times seconds.
    pub(super) for_others: f64,
}

impl Member {
    pub(super) fn new(
        plan: &Plan,
        traffic: &Traffic,
        (group, nodes, own): (usize, f64, f64),
        count: f64,
        touched_s: f64,
        lost: bool,
    ) -> Result<Self, InputError> {
        let site = traffic.site(&plan.settings, nodes);
        let low = plan.cluster(nodes)?;
        let most = if site.autoscaled { site.autoscaled_most.max(1.0) } else { 1.0 };
        let high = if most > 1.0 { plan.crowded(nodes, most)? } else { low.clone() };
        let cluster = Cluster::new(plan, nodes)?.touched(touched_s);
        Ok(Self {
            group,
            nodes,
            count,
            own,
            touched_s,
            lost,
            couple: Couple::new(low, high, most),
            fallen: Rule::new(FALLEN_FOR_S, FALLEN, plan.dt_s),
            felt: Rule::new(plan.detection.for_s, plan.detection.visible_impact_share, plan.dt_s),
            rest: Rest::new(&cluster),
            cluster,
            state: State::new(&site),
            storage: vec![0.0; site.slots()],
            site,
            comes: 1.0,
            mode: Mode::Home,
            work_s: None,
            away: 0.0,
            well_s: 0.0,
            left: 1.0,
            placed: 0.0,
            was_outside: false,
            seen: Seen::default(),
        })
    }

    /// Nodes that pull images, of all clusters it stands for.
    pub(super) fn pulling_nodes(&self) -> f64 {
        self.state.pulling_nodes(&self.site) * self.count
    }

    /// One step: `outside` says that users do not reach it, `registry_nodes` how many nodes share the registry.
    pub(super) fn step(&mut self, plan: &Plan, traffic: &Traffic, outside: bool, registry_nodes: f64) {
        let dt_s = plan.dt_s;
        let enters = if outside { 0.0 } else { 1.0 };
        let pods = self.state.desired / self.site.pods;
        let pods = if (pods - 1.0).abs() < NOTICED { 1.0 } else { pods };
        let changed = self.couple.set(&mut self.cluster.scenario, self.comes * enters, pods, self.placed / dt_s);
        let row = self.rest.step(&mut self.cluster, changed);
        let left = self.cluster.scenario.actions.nodes_left(self.cluster.state.now_s);
        if outside && !self.was_outside {
            self.state.empty(traffic.cold_share);
        } else if self.was_outside && !outside {
            self.state.refill(&self.site, &mut self.storage);
        }
        self.was_outside = outside;
        if left < self.left {
            self.state.empty(1.0 - left / self.left);
        }
        self.left = left;
        let controllers = self.cluster.state.classes.get(self.cluster.scenario.controllers);
        let offer = Offer {
            comes: self.comes * self.site.usual_load(),
            enters,
            named: 1.0 - value(&row, Row::IMPACT),
            controlled: value(&row, Row::ANSWERING) >= DOWN && controllers.is_none_or(|class| class.success > 0.5),
            pulled_per_s: self.site.images.part_per_s(traffic.registry_bytes_per_s, registry_nodes),
        };
        let seen = step::step(&self.site, &mut self.state, &mut self.storage, &offer);
        self.placed = seen.placed;
        // Probes find out whether users would reach it.
        self.see(plan, &row, seen, outside);
    }

    fn see(&mut self, plan: &Plan, row: &Row, of_site: step::Row, outside: bool) {
        let dt_s = plan.dt_s;
        let visible = plan.detection.visible_impact_share;
        let taken = of_site.traffic;
        // Who is refused at a full entrance knows why: that is no trouble of the cluster.
        let users_failing = if taken.arrived > 0.0 { taken.lost() / taken.arrived } else { 0.0 };
        let fell = self.fallen.see(failing(row)).is_some();
        let felt = self.felt.see(users_failing).is_some();
        // Nobody leads traffic back to pods that are not there. Whether their caches are cold nobody sees.
        let room = self.state.serving >= self.site.usual_load().min(0.99 * self.site.pods);
        let well = is_well(row, visible) && users_failing < visible && !outside && room;
        self.well_s = if well { self.well_s + dt_s } else { 0.0 };
        let seen = &mut self.seen;
        seen.troubled = fell || felt || (seen.troubled && self.well_s < WELL_FOR_S);
        let now_s = self.rest.now_s(&self.cluster);
        if seen.troubled {
            seen.troubled_s = seen.troubled_s.or(Some(now_s));
        }
        if self.comes > 1.0 && of_site.load > 1.0 {
            seen.full_s = seen.full_s.or(Some(now_s));
        }
        seen.row = of_site;
        seen.well_s = self.well_s;
        seen.most_load = seen.most_load.max(of_site.load.min(1000.0));
        seen.most_comes = seen.most_comes.max(self.comes);
        seen.most_pods = seen.most_pods.max(self.state.desired / self.site.pods);
        seen.most_pulling = seen.most_pulling.max(self.state.pulling_nodes(&self.site));
        seen.busy += (value(row, Row::API_BUSY) - seen.busy) * (dt_s / MINUTE_S).min(1.0);
        seen.most_busy = seen.most_busy.max(seen.busy);
        let foreign = (self.comes - (1.0 - self.away)).max(0.0);
        let served = if taken.arrived > 0.0 { taken.served / taken.arrived } else { 0.0 };
        seen.for_others += foreign * served * self.own * self.count * dt_s;
    }

    /// Whether anybody would lead traffic to it.
    pub(super) fn takes(&self) -> bool {
        self.mode == Mode::Home && !self.seen.troubled
    }

    /// Seconds since the rollout started.
    pub(super) fn now_s(&self) -> f64 {
        self.rest.now_s(&self.cluster)
    }

    /// When it was well again after its last trouble; nothing if it had none or has it still.
    pub(super) fn home_s(&self) -> Option<f64> {
        (self.seen.troubled_s.is_some() && !self.seen.troubled).then_some(self.now_s() - self.seen.well_s)
    }

    /// Whether pods are still on their way.
    pub(super) fn rebuilding(&self) -> bool {
        self.state.serving < 0.999 * self.state.desired
    }

    /// Whether nodes were taken away.
    pub(super) fn shrunk(&self) -> bool {
        self.left < 1.0
    }

    /// Nodes that were taken away or replaced come back, without images.
    pub(super) fn bring_back(&mut self) {
        self.cluster.scenario.actions.shrink_s = NEVER_S;
        self.left = 1.0;
        self.state.refill(&self.site, &mut self.storage);
    }
}
