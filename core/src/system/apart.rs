//! API servers that are not alike any more: one of them lost, or restarted before the others.
//!
//! Servers are grouped by what happens to them; each group is a queue of its own, never pooled with another. A client
//! stays with the server it is connected to. When that is gone its request is refused and it tries again with one that
//! takes requests, and there it stays: a server that comes back is empty until clients connect anew.
//!
//! [`step_apart`] does what [`step`](super::step::step) does for servers that are all alike. Its state shows the mean
//! server, so that whoever reads it need not know.

mod faults;
mod moves;
mod server;

pub use faults::Apart;
pub(crate) use moves::Move;
pub use server::{Server, spread};

use super::etcd;
use super::leases::keep;
use super::levels::{Wants, account_levels, adjust_limits, settle, share_seats};
use super::observe::Totals;
use super::parts::Parts;
use super::people::{Others, people};
use super::scenario::{MAX_CLASSES, Scenario};
use super::serve::{serve, survive};
use super::starting::{is_starting, turns_s};
use super::state::{Layout, State};
use super::step::{ask, conclude};
use super::watches::open_watches;
use crate::lane::{Lane, Segment};
use moves::{arrive, reconnect, targets};
use server::blend;

/// Most groups of servers that are told apart.
///
/// ```
/// use slackwater_core::system::apart::MAX_APART;
/// assert_eq!(MAX_APART, 3); // three servers restarted one after the other
/// ```
pub const MAX_APART: usize = 3;

/// Moves a cluster on by one step, its API servers in `servers`. `storage` has a block of [`Layout::length`] for each
/// of them, see [`spread`]; at most [`MAX_APART`] are stepped.
///
/// ```
/// use slackwater_core::system::apart::{Apart, Server, spread, step_apart};
/// use slackwater_core::system::observe::Row;
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::system::state::{Layout, State};
/// let mut scenario = Scenario { servers: 3.0, ..Scenario::idle(1.0, 600.0, 8.0) };
/// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.3)).is_ok());
/// scenario.apart = Apart { lose_s: 60.0, lose_for_s: 1e9, ..Apart::never() };
/// let layout = Layout::of(&scenario);
/// let mut storage = vec![0.0; layout.length * 2];
/// let mut state = State::new(&scenario, &layout, &mut storage);
/// spread(&layout, &mut storage);
/// let mut servers = [Server::of(&state, 2.0), Server::of(&state, 1.0)];
/// for _ in 0..300 {
///     step_apart(&scenario, &layout, &mut state, &mut storage, &mut servers);
/// }
/// // All 600 clients are with the two that are left.
/// assert!((servers[0].classes[0].clients() - 300.0).abs() < 1e-6);
/// assert!(servers[1].classes[0].clients() < 1e-9);
/// ```
pub fn step_apart<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    servers: &mut [Server<L>],
) -> Totals<L> {
    let (zero, one) = (L::zero(), L::one());
    let groups = servers.len().min(MAX_APART);
    let servers = servers.get_mut(..groups).unwrap_or_default();
    let now = people(scenario, state, Parts::ALL);
    let (up, all) =
        servers.iter().fold((zero, zero), |(up, all), group| (up + group.count * group.mode.up, all + group.count));
    let nobody = zero.ge(up);
    let mut wants: [Wants<L>; MAX_APART] = Default::default();
    let mut near = Segment::none();
    let mut moving = [Move::none(); MAX_CLASSES];
    let (mut asked_s, mut etcd_s, mut used_s, mut written) = (zero, zero, zero, zero);
    let mut load = etcd::nobody();
    let mut times = [now; MAX_APART];
    let targets = targets(scenario, servers, &now, up, all);

    let blocks = storage.chunks_exact_mut(layout.length.max(1));
    for (at, (((group, block), (wants, time)), targets)) in
        servers.iter_mut().zip(blocks).zip(wants.iter_mut().zip(&mut times)).zip(&targets).enumerate()
    {
        // New connections are spread over those that take requests.
        let share = L::pick(nobody, one.over(all, zero), group.mode.up.over(up, zero)) * scenario.servers;
        (time.started, time.misses) = (now.started * share, now.misses * share);
        let (kill, before) = scenario.apart.kill(at, groups, state.now_s, now.dt_s);
        time.away_s = scenario.apart.away_s(at, groups, state.now_s, now.dt_s, scenario.memory.restart_s);
        time.alive = L::pick(kill, before.min(now.alive), now.alive);
        time.kill = kill.max(now.kill);
        group.swap(state);
        time.starting = is_starting(&state.mode);
        time.turns_s = turns_s(scenario, state, time.starting);
        let mut others = Others { targets, moving: &mut moving, count: group.count };
        let (asked, of_etcd) = ask(scenario, layout, state, block, wants, time, &mut others);
        asked_s += asked * group.count;
        etcd_s += of_etcd * group.count.over(scenario.servers, zero);
        share_seats(scenario, layout, state, block, wants, time, settle);
        if scenario.etcd.on {
            etcd::gather(scenario, state, wants, now.nodes, group.count, &mut load);
        }
        group.swap(state);
    }
    if scenario.etcd.on {
        let passes = etcd::passes(scenario, state, &load);
        for group in servers.iter_mut() {
            etcd::assign(&mut group.classes, &passes);
        }
        etcd_s = load.asked_s;
    }
    let blocks = storage.chunks_exact_mut(layout.length.max(1));
    for ((group, block), (wants, time)) in servers.iter_mut().zip(blocks).zip(wants.iter().zip(&times)) {
        group.swap(state);
        let (used, wrote) = serve(scenario, layout, state, block, wants, &mut near, time);
        used_s += used * group.count;
        written += wrote * group.count;
        account_levels(scenario, state, time);
        adjust_limits(scenario, state, time);
        survive(
            scenario,
            layout,
            state,
            block,
            time,
            &mut Others { targets: &[], moving: &mut moving, count: group.count },
        );
        open_watches(scenario, layout, state, block, time);
        group.swap(state);
    }
    if scenario.etcd.on {
        let in_flight = servers
            .iter()
            .fold(zero, |sum, group| sum + etcd::in_flight(scenario, &group.classes, now.nodes) * group.count);
        let killed = etcd::close(scenario, state, now.nodes, written, in_flight);
        let blocks = storage.chunks_exact_mut(layout.length.max(1));
        for (group, block) in servers.iter_mut().zip(blocks).filter(|_| L::any(killed)) {
            etcd::lose(scenario, layout, &mut group.classes, block, killed);
        }
    }
    if let [only] = servers {
        // There is no other to connect to: who finds it again is served at once.
        only.classes.iter_mut().for_each(|population| population.loose = zero);
    }
    arrive(scenario, layout, storage, servers, &moving, now.dt_s);
    if L::any(scenario.apart.goaway.gt(zero)) {
        reconnect(scenario, servers, now.dt_s);
    }
    blend(state, servers, now.dt_s);
    keep(scenario, layout, state, storage, now.nodes);
    let per_server = one.over(all, zero);
    let sums = Totals { asked_s: asked_s * per_server, used_s: used_s * per_server, etcd_s, ..Totals::none() };
    let totals = conclude(scenario, layout, state, storage, &now, sums);
    // Cores of a server that is gone are not there.
    let there = L::pick(nobody, one, up * per_server);
    Totals { cores: totals.cores * there, ..totals }
}
