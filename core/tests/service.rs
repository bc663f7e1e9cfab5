//! Requests in service against a fine list of parcels: starts evenly over a step, ends by the clock V or by a
//! deadline, each at its exact time.

use proptest::prelude::*;
use slackwater_core::clients::clock::{Clock, Place};
use slackwater_core::clients::line::Line;
use slackwater_core::clients::service::Ended;

/// One class on one server, driven as the step drives it.
struct Server {
    line: Line<f64>,
    running: Vec<f64>,
    attained: Vec<f64>,
    step: u32,
    v: f64,
    dt_s: f64,
    size_s: f64,
    timeout_s: f64,
}

impl Server {
    fn new(dt_s: f64, size_s: f64, timeout_s: f64) -> Self {
        let run = ((timeout_s / dt_s) as usize + 4).next_power_of_two();
        Self {
            line: Line::empty(),
            running: vec![0.0; 2 * run],
            attained: vec![0.0; 2 * run],
            step: 0,
            v: 0.0,
            dt_s,
            size_s,
            timeout_s,
        }
    }

    /// `starts` requests start, `waited_s` seconds after they were sent; everybody is served at `speed` for one step.
    fn step(&mut self, starts: f64, waited_s: f64, speed: f64) -> Ended<f64> {
        let now = Place::of(f64::from(self.step));
        self.line.start(&mut self.running, &now, starts, Some(waited_s));
        let from = self.v;
        self.v += speed * self.dt_s;
        let slot = self.step as usize % self.attained.len();
        self.attained[slot] = from;
        let clock = Clock { attained: &self.attained, now, from, to: self.v, dt_s: self.dt_s, waits: true };
        self.step += 1;
        self.line.end(&mut self.running, &clock, self.size_s, self.timeout_s, |_, _, _| {})
    }
}

/// What ended in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Ends {
    done: f64,
    cut: f64,
    latency_sum_s: f64,
    wasted_s: f64,
}

impl From<Ended<f64>> for Ends {
    fn from(ended: Ended<f64>) -> Self {
        Self { done: ended.done, cut: ended.cut, latency_sum_s: ended.latency_sum_s, wasted_s: ended.wasted_s }
    }
}

/// Every step's starts cut into parcels, each followed to its exact end.
fn parcels(starts: &[f64], speeds: &[f64], dt_s: f64, size_s: f64, timeout_s: f64, fine: u32) -> Vec<Ends> {
    let mut v = vec![0.0];
    for speed in speeds {
        v.push(v[v.len() - 1] + speed * dt_s);
    }
    let v_at = |t_s: f64| {
        let at = ((t_s / dt_s) as usize).min(speeds.len() - 1);
        v[at] + speeds[at] * (t_s - at as f64 * dt_s)
    };
    let mut ends = vec![Ends::default(); speeds.len()];
    for (step, &amount) in starts.iter().enumerate() {
        for part in 0..fine {
            let start_s = (step as f64 + (f64::from(part) + 0.5) / f64::from(fine)) * dt_s;
            let goal = v_at(start_s) + size_s;
            // The step in which V passes the goal, then the time within it.
            let through = (step..speeds.len()).find(|&at| v[at + 1] >= goal);
            let done_s = through.map_or(f64::INFINITY, |at| at as f64 * dt_s + (goal - v[at]) / speeds[at]);
            let end_s = done_s.min(start_s + timeout_s);
            let Some(end) = ends.get_mut((end_s / dt_s) as usize) else { continue };
            let parcel = amount / f64::from(fine);
            if done_s <= start_s + timeout_s {
                end.done += parcel;
                end.latency_sum_s += parcel * (done_s - start_s);
            } else {
                end.cut += parcel;
                end.wasted_s += parcel * (v_at(end_s) - v_at(start_s));
            }
        }
    }
    ends
}

fn near(got: f64, want: f64, bound: f64, what: &str) {
    assert!((got - want).abs() <= bound, "{what}: {got} for {want}");
}

/// Fine enough that an end of the interval falls between two parcels, whatever is tested here.
const FINE: u32 = 1000;

/// Runs both and holds completions and cut-offs against each other in every step.
fn compare(starts: &[f64], speeds: &[f64], dt_s: f64, size_s: f64, timeout_s: f64, bound: f64) -> Vec<(Ends, Ends)> {
    let mut server = Server::new(dt_s, size_s, timeout_s);
    let wants = parcels(starts, speeds, dt_s, size_s, timeout_s, FINE);
    let mut pairs = Vec::new();
    for (step, (&speed, want)) in speeds.iter().zip(wants).enumerate() {
        let got = Ends::from(server.step(starts.get(step).copied().unwrap_or(0.0), 0.0, speed));
        near(got.done, want.done, bound, &format!("done in step {step}"));
        near(got.cut, want.cut, bound, &format!("cut in step {step}"));
        pairs.push((got, want));
    }
    pairs
}

/// 36 LISTs of 0.4 CPU-seconds on 0.6 core: each gets 1/60 core, and is through after 24 s.
#[test]
fn thirty_six_lists_end_after_24_seconds() {
    let pairs = compare(&[36.0], &[0.6 / 36.0; 40], 1.0, 0.4, 30.0, 1e-9);
    let done: Vec<usize> = (0..40).filter(|&step| pairs[step].0.done > 1e-9).collect();
    assert_eq!(done, [24]);
    near(pairs[24].0.done, 36.0, 1e-9, "all of them");
}

/// 46 of them get 0.6 / 46 core each: 0.391 CPU-seconds in 30 s. None finishes.
#[test]
fn forty_six_lists_are_all_cut_off() {
    let pairs = compare(&[46.0], &[0.6 / 46.0; 40], 1.0, 0.4, 30.0, 1e-9);
    assert!(pairs.iter().all(|(got, _)| got.done == 0.0));
    near(pairs[30].0.cut, 46.0, 1e-9, "all of them");
    near(pairs[30].0.wasted_s, 46.0 * 30.0 * 0.6 / 46.0, 1e-9, "wasted");
}

#[test]
fn a_deadline_between_steps_cuts_in_both() {
    let pairs = compare(&[10.0, 0.0, 4.0], &[0.01; 20], 1.0, 9.0, 7.25, 1e-9);
    let cuts: Vec<f64> = pairs.iter().map(|(got, _)| got.cut).collect();
    near(cuts[7], 7.5, 1e-9, "cut");
    near(cuts[8], 2.5, 1e-9, "cut");
}

/// A quarter of a step of service: a quarter ends in the next step, and all take a quarter.
#[test]
fn service_shorter_than_a_step_takes_its_own_time() {
    for (got, want) in compare(&[100.0; 10], &[1.0; 11], 1.0, 0.25, 30.0, 1e-9) {
        near(got.latency_sum_s, want.latency_sum_s, 1e-9, "latency");
    }
}

/// The share of one step's starts that ended by the end of each step, and of it the share in time: all exact.
fn exact(starts: &[f64], waits_s: &[f64], speeds: &[f64], dt_s: f64, size_s: f64, timeout_s: f64) -> Vec<Ends> {
    let mut v = vec![0.0];
    for speed in speeds {
        v.push(v[v.len() - 1] + speed * dt_s);
    }
    let mut ends = vec![Ends::default(); speeds.len()];
    for (began, &amount) in starts.iter().enumerate() {
        let mut gone: f64 = 0.0;
        let left = (timeout_s - waits_s[began]).max(dt_s) / dt_s;
        for (step, end) in ends.iter_mut().enumerate().skip(began) {
            let (gained, spent) = (v[began + 1] - v[began], v[step + 1] - v[step]);
            let through = ((v[step + 1] - size_s - v[began]) / gained).clamp(0.0, 1.0);
            let late = ((step + 1 - began) as f64 - left).clamp(0.0, 1.0);
            let next = through.max(late).max(gone);
            // Completion minus deadline, in steps, is linear in the moment of the start.
            let ahead =
                |part: f64| (v[began] + part * gained + size_s - v[step]) / spent + (step - began) as f64 - part - left;
            let (first, last) = (ahead(gone), ahead(next));
            let in_time = match (first <= 0.0, last <= 0.0) {
                (true, true) => 1.0,
                (false, false) => 0.0,
                (true, false) => first / (first - last),
                (false, true) => last / (last - first),
            };
            end.done += amount * (next - gone) * in_time;
            end.cut += amount * (next - gone) * (1.0 - in_time);
            gone = next;
        }
    }
    ends
}

fn run(starts: &[f64], waits_s: &[f64], speeds: &[f64], dt_s: f64, size_s: f64, timeout_s: f64) -> Vec<Ends> {
    let mut server = Server::new(dt_s, size_s, timeout_s);
    let steps = starts.iter().zip(waits_s).zip(speeds);
    let ends: Vec<Ends> =
        steps.map(|((&start, &waited_s), &speed)| server.step(start, waited_s, speed).into()).collect();
    let left: f64 = ends.iter().map(|end| end.done + end.cut).sum();
    let started: f64 = starts.iter().sum();
    near(left + server.line.running, started, 1e-12 * started, "done, cut off or still there");
    ends
}

fn history() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    prop::collection::vec((0.0..5.0_f64, 0.5..1.5_f64), 20..200).prop_map(|steps| steps.into_iter().unzip())
}

/// Holds both against each other where V needs `share` of the timeout on average to pass a size.
fn agree((starts, speeds): &(Vec<f64>, Vec<f64>), dt_s: f64, timeout_s: f64, share: f64) {
    agree_after(&vec![0.0; starts.len()], (starts, speeds), dt_s, timeout_s, share);
}

/// The same after waits.
fn agree_after(waits_s: &[f64], (starts, speeds): (&[f64], &[f64]), dt_s: f64, timeout_s: f64, share: f64) {
    let size_s = share * timeout_s;
    let got = run(starts, waits_s, speeds, dt_s, size_s, timeout_s);
    let want = exact(starts, waits_s, speeds, dt_s, size_s, timeout_s);
    for (step, (got, want)) in got.into_iter().zip(want).enumerate() {
        near(got.done, want.done, 1e-9, &format!("done in step {step}"));
        near(got.cut, want.cut, 1e-9, &format!("cut in step {step}"));
    }
}

proptest! {
    /// V passes 0.3 timeouts at the lowest speed long before the deadline.
    #[test]
    fn service_in_time_ends_when_v_has_passed(history in history(), steps in 4.0..30.0_f64, dt_s in 0.1..2.0_f64) {
        agree(&history, dt_s, steps * dt_s, 0.3);
    }

    #[test]
    fn service_too_slow_ends_at_the_deadline(history in history(), steps in 4.0..30.0_f64, dt_s in 0.1..2.0_f64) {
        agree(&history, dt_s, steps * dt_s, 2.0);
    }

    #[test]
    fn the_earlier_of_both_ends_it(history in history(), steps in 4.0..30.0_f64, share in 0.8..1.2_f64) {
        agree(&history, 0.5, 0.5 * steps, share);
    }

    /// First in, first out: who starts a step later was not sent before, so a wait grows by no more than the step.
    #[test]
    fn a_wait_takes_from_what_is_left(
        history in history(),
        turns in prop::collection::vec(-1.0..1.0_f64, 200),
        steps in 4.0..30.0_f64,
        share in 0.3..1.2_f64,
    ) {
        let mut waited_s: f64 = 0.0;
        let waits_s: Vec<f64> = history.0.iter().zip(&turns).map(|(_, turn)| {
            waited_s = (waited_s + 0.5 * turn).clamp(0.0, 0.5 * steps - 0.5);
            waited_s
        }).collect();
        agree_after(&waits_s, (&history.0, &history.1), 0.5, 0.5 * steps, share);
    }

    /// A server that stands still now and then, and sizes around what it manages in time.
    #[test]
    fn nobody_is_lost_or_counted_twice(
        history in prop::collection::vec((0.0..5.0_f64, prop_oneof![2 => 0.5..1.5_f64, 1 => Just(0.0)]), 20..300),
        timeout_s in 1.0..30.0_f64,
        share in 0.0..1.5_f64,
    ) {
        let (starts, speeds): (Vec<f64>, Vec<f64>) = history.into_iter().unzip();
        for end in run(&starts, &vec![0.0; starts.len()], &speeds, 1.0, share * timeout_s, timeout_s) {
            prop_assert!(end.done >= 0.0 && end.cut >= 0.0 && end.latency_sum_s >= 0.0 && end.wasted_s >= 0.0, "{:?}", end);
        }
    }
}

/// Stopped for ten steps while requests come in, then fast: all of them are through in the same step.
#[test]
fn a_stopped_server_holds_everybody() {
    let speeds = [vec![0.0; 10], vec![1.0; 3]].concat();
    let ends = run(&[2.0; 13], &[0.0; 13], &speeds, 1.0, 0.5, 30.0);
    assert!(ends[..10].iter().all(|end| end.done == 0.0 && end.cut == 0.0));
    near(ends[10].done, 21.0, 1e-9, "twenty that waited, and half of the new ones");
}
