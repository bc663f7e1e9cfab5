//! A trial on the step kernel.

use super::observed::{ClassSeries, Observed};
use super::{Drive, Trial};
use slackwater_core::rollout::actions::NEVER_S;
use slackwater_core::system::scenario::{Arrivals, Scenario};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;

/// Runs a trial on the fluid model. The step must divide a second, or be one.
pub fn fluid(trial: &Trial) -> Observed {
    let mut scenario = trial.scenario.clone();
    for (class, drive) in scenario.classes.iter_mut().zip(&trial.drives) {
        if *drive != Drive::Steady {
            (class.clients_fixed, class.clients_per_node) = (0.0, 0.0);
        }
    }
    let layout = Layout::of(&scenario);
    let mut storage = vec![0.0; layout.length];
    let mut state = State::new(&scenario, &layout, &mut storage);
    let per_second = (1.0 / scenario.dt_s).round().max(1.0) as usize;
    let seconds = trial.until_s.ceil() as usize;
    let mut seen = Observed {
        classes: scenario
            .classes
            .iter()
            .map(|class| ClassSeries { name: class.label.name.as_str().to_owned(), ..ClassSeries::default() })
            .collect(),
        ..Observed::default()
    };
    let servers = scenario.servers;
    let mut restarts = state.mode.restarts;
    for second in 0..seconds {
        let mut sums = vec![[0.0; 6]; scenario.classes.len()];
        let (mut used_s, mut thrashing) = (0.0, 0.0);
        for part in 0..per_second {
            let now_s = (second * per_second + part) as f64 * scenario.dt_s;
            drive(trial, &mut scenario, second, (part, per_second), now_s);
            scenario.actions.kill_s = next_kill_s(trial, now_s);
            let totals = step(&scenario, &layout, &mut state, &mut storage);
            used_s += totals.used_s * servers;
            thrashing += state.mode.thrashing / per_second as f64;
            if state.mode.restarts > restarts {
                restarts = state.mode.restarts;
                seen.restarts_s.push(now_s);
            }
            for (sums, population) in sums.iter_mut().zip(&state.classes) {
                let last = &population.last;
                let ends = [last.sent, last.answered, last.rejected, last.timed_out, last.refused, last.latency_sum_s];
                for (sum, end) in sums.iter_mut().zip(ends) {
                    *sum += end * servers;
                }
            }
        }
        for ((series, sums), population) in seen.classes.iter_mut().zip(sums).zip(&state.classes) {
            let [sent, answered, rejected, timed_out, refused, latency_sum] = sums;
            series.sent.push(sent);
            series.answered.push(answered);
            series.rejected.push(rejected);
            series.timed_out.push(timed_out);
            series.refused.push(refused);
            series.latency_sum_s.push(latency_sum);
            series.in_flight.push(population.in_system() * servers);
            series.watching.push(population.watching * servers);
        }
        seen.cores.push(used_s);
        seen.bytes.push(state.bytes);
        seen.thrashing.push(thrashing);
    }
    seen
}

/// Sets the clients of every driven class for the step that starts at `now_s`.
fn drive(trial: &Trial, scenario: &mut Scenario<f64>, second: usize, (part, parts): (usize, usize), now_s: f64) {
    let middle_s = now_s + scenario.dt_s / 2.0;
    for (class, drive) in scenario.classes.iter_mut().zip(&trial.drives) {
        match drive {
            Drive::Steady => {}
            Drive::Clients { .. } if class.arrivals == Arrivals::Open => {
                class.clients_fixed = drive.sending(middle_s);
            }
            Drive::Clients { .. } => class.clients_fixed = drive.sending(now_s + scenario.dt_s),
            Drive::PerSecond(arrivals) => {
                class.clients_fixed = 1.0;
                let arrive = arrivals.get(second).map_or(0.0, |&count| arriving(count, second, part, parts));
                class.rate_per_client = arrive / scenario.dt_s;
            }
        }
    }
}

/// Requests of a second with `amount` of them that arrive in part `part` of `parts`. Whole requests stay whole: half a
/// request served at half speed is not what a server sees. The second is known and the moment is not, so moments follow
/// the golden ratio: as far apart as they can be, and never in step with the parts.
fn arriving(amount: f64, second: usize, part: usize, parts: usize) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    // The plastic number does for seconds what the golden ratio does for requests.
    const PLASTIC: f64 = 0.754_877_666_246_692_8;
    if amount.fract() != 0.0 {
        return amount / parts as f64;
    }
    let moment = |number: usize| (second as f64 * PLASTIC + number as f64 * GOLDEN).fract();
    (0..amount as usize).filter(|&number| (moment(number) * parts as f64) as usize == part).count() as f64
}

/// The first kill at `now_s` or later.
fn next_kill_s(trial: &Trial, now_s: f64) -> f64 {
    trial.faults.iter().map(|fault| fault.kill_s).filter(|&at| at >= now_s).fold(NEVER_S, f64::min)
}
