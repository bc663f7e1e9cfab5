//! Several API servers, one lost or restarted in turn: separate queues, connections that stay where they are.

mod system_rig;

use slackwater_core::clients::retry::Retry;
use slackwater_core::flowcontrol::levels::LevelLimits;
use slackwater_core::system::apart::{Apart, Server, spread, step_apart};
use slackwater_core::system::observe::{COLUMNS, Row};
use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::verdict::gates::failover;
use system_rig::{Run, WORKLOAD_LOW, class, cluster, of_agent, storms};

/// A cluster whose servers are told apart.
struct Several {
    scenario: Scenario<f64>,
    layout: Layout,
    state: State<f64>,
    storage: Vec<f64>,
    servers: Vec<Server<f64>>,
}

impl Several {
    fn new(mut scenario: Scenario<f64>, counts: &[f64]) -> Self {
        scenario.servers = counts.iter().sum();
        let layout = Layout::of(&scenario);
        let mut storage = vec![0.0; layout.length * counts.len()];
        let state = State::new(&scenario, &layout, &mut storage);
        spread(&layout, &mut storage);
        let servers = counts.iter().map(|&count| Server::of(&state, count)).collect();
        Self { scenario, layout, state, storage, servers }
    }

    fn row(&mut self) -> Row {
        let totals = step_apart(&self.scenario, &self.layout, &mut self.state, &mut self.storage, &mut self.servers);
        Row::read(&self.scenario, &self.state, &totals, 0)
    }

    /// Mean row until a second.
    fn mean(&mut self, until_s: f64) -> Row {
        let mut sum = Row { values: [0.0; COLUMNS.len()] };
        let mut steps = 0.0;
        while self.state.now_s < until_s {
            let row = self.row();
            sum.values.iter_mut().zip(row.values).for_each(|(sum, x)| *sum += x);
            steps += 1.0;
        }
        sum.values.iter_mut().for_each(|sum| *sum /= steps);
        sum
    }

    fn clients(&self, class: usize) -> Vec<f64> {
        self.servers.iter().map(|group| group.classes[class].clients()).collect()
    }

    fn total(&self, class: usize) -> f64 {
        self.servers.iter().map(|group| group.count * group.classes[class].clients()).sum()
    }
}

/// 600 polls a minute and 90 watches: half of three servers' four cores.
fn load(dt_s: f64) -> Scenario<f64> {
    let poll =
        Class { period_s: 30.0, retry: Retry::fixed(1.0, 0.5), ..class("polls", Arrivals::FixedRate, 600.0, 0.3) };
    let watch = Class { retry: Retry::reflector(), ..class("watches", Arrivals::Watch, 90.0, 0.2) };
    let open = Class { retry: Retry::none(), ..class("open", Arrivals::Open, 6.0, 0.01) };
    let mut scenario = cluster(dt_s, [poll, watch, open]);
    scenario.memory.refill_s = 3.0;
    scenario
}

/// Sums that rounding alone may move.
fn same(what: &str, a: &Row, b: &Row) {
    for (column, (a, b)) in COLUMNS.iter().zip(a.values.iter().zip(b.values)) {
        assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0), "{what}, {}: {a} alike, {b} apart", column.name);
    }
}

/// Nothing happens to one of them alone, so telling them apart changes nothing.
#[test]
fn servers_that_stay_alike_behave_as_one_stands_for_all() {
    let mut scenario = load(1.0);
    scenario.servers = 3.0;
    let (mut alike, mut apart) = (Run::new(scenario.clone()), Several::new(scenario, &[1.0, 2.0]));
    for second in 0..600 {
        same(&format!("second {second}"), &alike.row(), &apart.row());
    }
}

#[test]
fn all_killed_together_behave_as_one_stands_for_all_until_they_are_back() {
    let mut scenario = load(1.0);
    (scenario.servers, scenario.actions.kill_s) = (3.0, 100.5);
    let (mut alike, mut apart) = (Run::new(scenario.clone()), Several::new(scenario, &[1.0, 2.0]));
    for second in 0..108 {
        let (a, b) = (alike.row(), apart.row());
        for at in [Row::ANSWERING, Row::REFUSED, Row::ANSWERED, Row::API_BUSY] {
            let (a, b) = (a.values[at], b.values[at]);
            assert!((a - b).abs() <= 1e-6 * a.abs().max(1.0), "second {second}, {}: {a}, {b}", COLUMNS[at].name);
        }
    }
}

/// The closed form of the gate against the run: so busy are the others while one is away.
#[test]
fn one_lost_loads_the_others_as_the_gate_says() {
    for (counts, dt_s) in [([2.0, 1.0], 0.5), ([2.0, 1.0], 1.0), ([4.0, 1.0], 1.0)] {
        let mut scenario = load(dt_s);
        scenario.apart = Apart { lose_s: 120.0, lose_for_s: 1e6, ..Apart::never() };
        let mut several = Several::new(scenario, &counts);
        let gate = failover(&several.scenario).expect("several servers");
        several.mean(900.0);
        let row = several.mean(1500.0);
        let left = counts[0] / (counts[0] + counts[1]);
        let busy = row.values[Row::API_BUSY];
        assert!((busy / gate.value - 1.0).abs() < 0.005, "{counts:?}, dt {dt_s} s: {busy}, gate {}", gate.value);
        assert!((row.values[Row::ANSWERING] - left).abs() < 1e-9);
        assert!(row.values[Row::REFUSED] < 1e-6, "all have found another server");
        assert!(several.clients(0)[1] < 1e-9 && (several.total(0) - 600.0).abs() < 1e-6);
    }
}

#[test]
fn clients_of_a_lost_server_stay_where_they_went() {
    let mut scenario = load(1.0);
    scenario.apart = Apart { lose_s: 120.0, lose_for_s: 60.0, ..Apart::never() };
    let mut several = Several::new(scenario, &[2.0, 1.0]);
    several.mean(3600.0);
    assert_eq!(several.servers[1].mode.up, 1.0);
    // Away for longer than a period, it was missed by every poll; every watch broke at once.
    assert!(several.clients(0)[1] < 1e-6 && several.clients(1)[1] < 1e-6, "{:?}", several.clients(0));
    // Requests of connections of their own find it at once.
    let open = several.servers[1].classes[2].last.sent;
    assert!((open - 2.0).abs() < 1e-9, "{open} a second of six");
    for class in 0..2 {
        assert!((several.total(class) - [600.0, 90.0][class]).abs() < 1e-6);
    }
}

#[test]
fn told_to_connect_anew_they_spread_again() {
    let mut scenario = load(1.0);
    scenario.apart = Apart { lose_s: 120.0, lose_for_s: 60.0, goaway: 0.02, ..Apart::never() };
    let mut several = Several::new(scenario, &[2.0, 1.0]);
    several.mean(200.0);
    let before = several.clients(0)[1];
    // One in fifty answers, one answer in 30 s: a client connects anew every 25 minutes.
    several.mean(200.0 + 1500.0);
    let after = several.clients(0)[1];
    let expected = 200.0 - (200.0 - before) * (-1.0_f64).exp();
    assert!((after / expected - 1.0).abs() < 0.02, "{before}, then {after} of 200, law {expected}");
    several.mean(20_000.0);
    assert!((several.clients(0)[1] - 200.0).abs() < 1.0, "{:?}", several.clients(0));
    assert!((several.total(0) - 600.0).abs() < 1e-6 && (several.total(1) - 90.0).abs() < 1e-6);
}

#[test]
fn restarted_in_turn_they_are_never_all_away() {
    let mut scenario = load(0.5);
    scenario.memory.restart_s = 5.0;
    scenario.apart = Apart { roll_s: 120.0, roll_every_s: 60.0, ..Apart::never() };
    let mut several = Several::new(scenario, &[1.0, 1.0, 1.0]);
    let mut away = Vec::new();
    while several.state.now_s < 400.0 {
        let row = several.row();
        let up = row.values[Row::ANSWERING];
        assert!(up > 0.6, "at {} s {up} of the servers answer", several.state.now_s);
        if up < 1.0 {
            away.push(several.state.now_s);
        }
    }
    // Three times 8 s, a step more or less.
    assert!((away.len() as f64 * 0.5 - 24.0).abs() <= 1.5, "{} s away", away.len() as f64 * 0.5);
    assert!(several.servers.iter().all(|group| group.mode.restarts == 1.0));
    // Of its watches the last to go gets none back. Polls that came while it was away went elsewhere, 8 of 30 s; the
    // rest found their connection gone and took any of the three.
    let (polls, watches) = (several.clients(0), several.clients(1));
    assert!(watches[2] < 1e-6 && watches[0] > watches[1] && watches[1] > 30.0, "{watches:?}");
    let mut law = [200.0; 3];
    for group in 0..3 {
        let (refused, loose) = (law[group] * 8.0 / 30.0, law[group] * 22.0 / 30.0);
        law[group] = 0.0;
        (0..3).for_each(|other| law[other] += loose / 3.0 + if other == group { 0.0 } else { refused / 2.0 });
    }
    // Those who moved together tick together, so later restarts do not meet an even flow.
    assert!(polls.iter().zip(law).all(|(x, law)| (x / law - 1.0).abs() < 0.15), "{polls:?}, law {law:?}");
    assert!((several.total(0) - 600.0).abs() < 1e-6 && (several.total(1) - 90.0).abs() < 1e-6);
}

/// The survivors of a loss run into their memory limit one after the other, and everybody is refused.
#[test]
fn the_loss_of_one_can_take_the_others_along() {
    let run = |loses: bool| {
        let mut scenario = load(1.0);
        scenario.classes[0].bytes_base = 100e6;
        scenario.classes[1].bytes_base = 100e6;
        // Room for the lists of a server, not for those of one and a half.
        scenario.memory.limit_bytes = 2.2 * system_rig::GIB;
        scenario.apart = Apart { lose_s: if loses { 120.0 } else { 1e15 }, lose_for_s: 600.0, ..Apart::never() };
        let mut several = Several::new(scenario, &[2.0, 1.0]);
        several.mean(600.0);
        several.servers[0].mode.restarts
    };
    assert_eq!(run(false), 0.0);
    assert!(run(true) >= 1.0, "the relists of the lost server's watches do not fit");
}

#[test]
fn every_storm_conserves_everybody_on_servers_apart() {
    for (name, mut scenario) in storms(1.0) {
        scenario.apart = Apart { lose_s: 150.3, lose_for_s: 77.0, roll_s: 400.7, roll_every_s: 31.0, goaway: 0.01 };
        let mut several = Several::new(scenario, &[2.0, 1.0, 1.0]);
        while several.state.now_s < 1200.0 {
            let now_s = several.state.now_s;
            several.row();
            let nodes = several.scenario.nodes * several.scenario.actions.nodes_left(now_s);
            for (at, class) in several.scenario.classes.iter().enumerate() {
                if !matches!(class.arrivals, Arrivals::FixedRate | Arrivals::FixedDelay | Arrivals::Watch) {
                    continue;
                }
                let target = match class.follows {
                    slackwater_core::system::scenario::Follows::Agent => several.state.agents * class.clients_per_node,
                    _ => class.clients_fixed + class.clients_per_node * nodes,
                };
                let have = several.total(at);
                let leaving: f64 = several
                    .servers
                    .iter()
                    .map(|group| {
                        let last = &group.classes[at].last;
                        let ends = last.answered + last.rejected + last.timed_out + last.refused;
                        group.count * (group.classes[at].in_system() + ends)
                    })
                    .sum();
                let over = have - target;
                let shrinks = several.scenario.actions.shrink_to < 1.0 || several.scenario.actions.delete_s < 1e12;
                assert!(
                    over.abs() <= 1e-6 * target.max(1.0) || (shrinks && over > 0.0 && over <= leaving + 1e-6),
                    "{name}, class {at} at {now_s} s: {have} clients, should be {target}"
                );
            }
            for group in &several.servers {
                for people in &group.classes {
                    let account = &people.account;
                    let ends = account.answered + account.rejected + account.timed_out + account.refused;
                    let missing = account.sent - ends - people.in_system();
                    let blocked = several.scenario.actions.block_s < 1e12;
                    assert!(
                        missing.abs() <= 1e-8 * account.sent.max(1.0) || (blocked && missing > 0.0),
                        "{name} at {now_s} s: {} sent, {ends} ended, {} there",
                        account.sent,
                        people.in_system()
                    );
                }
            }
        }
    }
}

#[test]
fn half_the_step_moves_nothing_by_half_a_percent() {
    let run = |dt_s: f64| {
        let mut scenario = load(dt_s);
        let agent = of_agent(Class { retry: Retry::fixed(1.0, 0.5), ..class("agent", Arrivals::FixedRate, 0.0, 0.1) });
        let _ = scenario.classes.push(agent);
        scenario.creation.start_s = 100.0;
        scenario.apart = Apart { lose_s: 120.0, lose_for_s: 80.0, ..Apart::never() };
        let mut several = Several::new(scenario, &[2.0, 1.0]);
        let mean = several.mean(400.0).values;
        let [first, second] = [0, 1].map(|at| several.servers[at].classes[0].account.answered);
        [mean[Row::API_BUSY], mean[Row::ANSWERED], mean[Row::ANSWERING], first, second, several.clients(3)[0]]
    };
    for (coarse, fine) in run(0.25).into_iter().zip(run(0.125)) {
        assert!((coarse / fine - 1.0).abs() < 0.005, "{coarse} at 0.25 s, {fine} at half of it");
    }
}

/// Everybody who could not be served waits, tries again, and is there when the servers are back: in their queues or in
/// service at once, so that next to nothing is sent in the steps after. Nobody is gone, nobody comes a step late.
#[test]
fn all_lost_and_back_behave_as_one_stands_for_all_and_nobody_is_gone() {
    for (dt_s, lost_for_s) in [(1.0, 5.0), (1.0, 60.0), (0.5, 33.0), (1.0, 600.0)] {
        let mut scenario = load(dt_s);
        (scenario.servers, scenario.actions.kill_s, scenario.memory.restart_s) = (3.0, 100.0, lost_for_s);
        // Seats for everybody: which of two queues is the shorter one would be for rounding to say.
        scenario.levels[WORKLOAD_LOW].limits = LevelLimits::fixed(1000);
        let mut alike = Run::new(scenario.clone());
        scenario.actions.kill_s = 1e15;
        scenario.apart = Apart { lose_s: 100.0, lose_for_s: lost_for_s, ..Apart::never() };
        let mut apart = Several::new(scenario, &[3.0]);
        let (mut waiting, mut was_up) = (0.0, true);
        while apart.state.now_s < 900.0 + lost_for_s {
            let (a, b) = (alike.row(), apart.row());
            // Later an answer may come on the very tick of its poll, and rounding says whether the tick was missed.
            if apart.state.now_s < 100.0 + lost_for_s + 20.0 {
                same(&format!("{lost_for_s} s, second {}", apart.state.now_s), &a, &b);
            }
            let group = &apart.servers[0].classes[0];
            assert!((apart.total(0) - 600.0).abs() < 1e-6 && (apart.total(1) - 90.0).abs() < 1e-6);
            // Who waits in the last step without a server (retries after a second) is sent in the first with one.
            let up = apart.servers[0].mode.up > 0.0;
            if up && !was_up && dt_s >= 1.0 {
                assert!(group.last.sent >= 0.99 * waiting, "{} sent, {waiting} waited", group.last.sent);
            }
            (was_up, waiting) = (up, group.backoff.total());
        }
        let answered = [alike.state.classes[0].account.answered, apart.servers[0].classes[0].account.answered];
        assert!((answered[0] / answered[1] - 1.0).abs() < 0.01, "{answered:?}");
    }
}
