//! The hand of queues as a fluid against the same queues request by request: not one draw, but what many have in common.

use slackwater_core::flowcontrol::shuffle::flow_hash;
use slackwater_study::events::arrivals::{Arrivals, Distribution, Draws};
use slackwater_study::events::queueset::Queuing;
use slackwater_study::events::replay::{Flow, Scenario, replay};
use slackwater_study::trial::queues::fluid;

const SECOND_NS: u64 = 1_000_000_000;
const MS_NS: u64 = 1_000_000;
const SEEDS: u64 = 8;

/// A flow of requests that come at random and last about as long as each other.
fn flow(number: usize, gap_ns: u64, exec_ns: u64) -> Flow {
    Flow {
        hash: flow_hash("service-accounts", &[&number.to_string()]),
        final_seats: 0,
        additional_latency_ns: 0,
        arrivals: Arrivals {
            seed: number as u64 + 1,
            start_ns: 0,
            stop_ns: u64::MAX,
            gap_ns: Distribution::Exponential { mean: gap_ns },
            batch_size: 1,
            batch_spacing_ns: 0,
            exec_ns: Distribution::Uniform { from: exec_ns * 49 / 50, to: exec_ns * 51 / 50 },
            initial_seats: Distribution::Fixed(1),
        },
    }
}

fn level(seats: u32, queues: u32, hand_size: u32, queue_length_limit: usize, flows: Vec<Flow>) -> Scenario {
    Scenario {
        duration_ns: 120 * SECOND_NS,
        queuing: Queuing::Queue { queues, hand_size, queue_length_limit },
        concurrency_limit: seats,
        limit_changes: Vec::new(),
        queue_wait_limit_ns: 15 * SECOND_NS,
        flows,
    }
}

/// Dispatched, rejected and mean wait of all flows together, by events and by fluid; and the standard error of the
/// difference of each.
fn means(scenario: &Scenario) -> [(f64, f64, f64); 3] {
    let mut draws = Vec::new();
    for seed in 0..SEEDS {
        let mut other = scenario.clone();
        for flow in &mut other.flows {
            flow.arrivals.seed = Draws::new(flow.arrivals.seed ^ Draws::new(seed).next_u64()).next_u64();
        }
        let (seen, said) = (replay(&other).expect("it can be replayed"), fluid(&other).expect("there is room"));
        let (mut events, mut by_fluid) = ([0.0; 3], [0.0; 3]);
        for (seen, said) in seen.flows.iter().zip(&said.flows) {
            let dispatched = seen.dispatched as f64;
            let one = [dispatched, seen.rejected.total() as f64, seen.waits.mean_ns * 1e-9 * dispatched];
            events.iter_mut().zip(one).for_each(|(sum, one)| *sum += one);
            let one = [said.dispatched, said.rejected, said.waited_s];
            by_fluid.iter_mut().zip(one).for_each(|(sum, one)| *sum += one);
        }
        for sums in [&mut events, &mut by_fluid] {
            sums[2] /= sums[0];
        }
        draws.push((events, by_fluid));
    }
    let count = draws.len() as f64;
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / count;
    [0, 1, 2].map(|at| {
        let seen: Vec<f64> = draws.iter().map(|(events, _)| events[at]).collect();
        let said: Vec<f64> = draws.iter().map(|(_, fluid)| fluid[at]).collect();
        let apart = mean(&said) - mean(&seen);
        let spread: Vec<f64> = said.iter().zip(&seen).map(|(said, seen)| (said - seen - apart).powi(2)).collect();
        (mean(&seen), mean(&said), (mean(&spread) / count).sqrt())
    })
}

/// Fails where fluid and events differ by more than `share` of the number, three standard errors, and `least`.
#[track_caller]
fn alike(scenario: &Scenario, share: f64, least: [f64; 3]) {
    for (((seen, said, error), least), what) in
        means(scenario).into_iter().zip(least).zip(["dispatched", "rejected", "mean wait"])
    {
        let allowed = (share * seen).max(3.0 * error).max(least);
        assert!((said - seen).abs() <= allowed, "{what}: {said:.3} for {seen:.3}, within {allowed:.3}");
    }
}

#[test]
fn flows_that_share_queues_wait_as_long_as_in_the_real_ones() {
    // Each of 20 flows shares its queues with others, and gets 2.5 times less than it asks for. Within a queue the oldest go
    // first, whoever sent them, and none claims what its queue was owed before it came: else waits are a fifth too short.
    let flows = (0..20).map(|number| flow(number, 1_200 * MS_NS, 1_500 * MS_NS)).collect();
    alike(&level(10, 64, 6, 50, flows), 0.08, [1.0, 1.0, 0.1]);
}

#[test]
fn few_queues_turn_as_many_away_as_the_real_ones() {
    let flows = (0..20).map(|number| flow(number, 103 * MS_NS, 200 * MS_NS)).collect();
    alike(&level(30, 4, 2, 50, flows), 0.03, [1.0, 1.0, 0.05]);
}

#[test]
fn flows_of_other_rates_get_what_the_real_queues_give_them() {
    let flows = (0..12).map(|number| flow(number, 180 * MS_NS / (number as u64 + 1), 400 * MS_NS)).collect();
    alike(&level(90, 128, 6, 50, flows), 0.03, [1.0, 1.0, 0.05]);
}

#[test]
fn of_two_bursts_the_first_goes_first_as_long_as_it_does_in_the_real_queues() {
    // Whose head came first has the earlier claim; how much progress the level had made then does not follow from how fast
    // it goes now, with twice as many queues.
    let burst = |number: usize, start_ns: u64| {
        let mut burst = flow(number, 10 * SECOND_NS, 500 * MS_NS);
        burst.arrivals.start_ns = start_ns;
        burst.arrivals.gap_ns = Distribution::Fixed(10 * SECOND_NS);
        burst.arrivals.exec_ns = Distribution::Fixed(500 * MS_NS);
        (burst.arrivals.batch_size, burst.arrivals.batch_spacing_ns) = (400, 100_057);
        burst
    };
    for apart_ms in (0..900).step_by(80) {
        let flows = vec![burst(0, 0), burst(1, apart_ms * MS_NS)];
        let both = Scenario { duration_ns: 15 * SECOND_NS, ..level(245, 128, 6, 50, flows) };
        let (seen, said) = (replay(&both).expect("it can be replayed"), fluid(&both).expect("there is room"));
        for (number, (seen, said)) in seen.flows.iter().zip(&said.flows).enumerate() {
            let (dispatched, wait_s) = (seen.dispatched as f64, seen.waits.mean_ns * 1e-9);
            let text = format!("burst {number}, {apart_ms} ms apart");
            assert!((said.dispatched - dispatched).abs() <= 1.0, "{text}: {} for {dispatched}", said.dispatched);
            let (mean_s, allowed) = (said.mean_wait_s(), (0.05 * wait_s).max(2e-3));
            assert!((mean_s - wait_s).abs() <= allowed, "{text}: {mean_s:.4} s for {wait_s:.4} s");
        }
    }
}

#[test]
fn wide_requests_last_as_long_whatever_the_step() {
    // 8.4 steps of execution: rounded up to whole steps each of these would hold its seats for 5 % longer.
    for (seats, initial_seats, final_seats, gap_ms) in [(8, 1, 4, 40), (8, 1, 8, 80), (6, 1, 8, 100), (6, 8, 4, 100)] {
        let mut lists = flow(0, gap_ms * MS_NS, 105 * MS_NS);
        lists.arrivals.initial_seats = Distribution::Fixed(initial_seats);
        lists.arrivals.exec_ns = Distribution::Fixed(105 * MS_NS);
        (lists.final_seats, lists.additional_latency_ns) = (final_seats, 50 * MS_NS);
        let busy = level(seats, 64, 6, 1000, vec![lists]);
        let busy = Scenario { duration_ns: 20 * SECOND_NS, queue_wait_limit_ns: 100 * SECOND_NS, ..busy };
        alike(&busy, 0.01, [1.0, 1.0, 0.02]);
    }
}
