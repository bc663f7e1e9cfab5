//! The problem of `benches/peers` on slackwater's own kernel: `peer LANES COUNT STEPS`.
//!
//! First line: CPU seconds, then the name of the kernel; then five sums a scenario. With `table` in place of numbers it
//! prints the table of busy cores that the peers read.

use slackwater_core::clients::retry::Retry;
use slackwater_core::dns::{Dns, Group, Tier};
use slackwater_core::lane::{F64x4, F64x8, F64x16};
use slackwater_core::server::cpu::Cpu;
use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
use slackwater_study::lanes::{Side, Stepped};
use std::io::Write;

fn scenario(number: usize, count: usize) -> Scenario<f64> {
    let mut scenario = Scenario::idle(1.0, 1.0, 4.0);
    let part = number as f64 / (count.max(2) - 1) as f64;
    let _ = scenario.classes.push(Class {
        arrivals: Arrivals::Open,
        clients_fixed: 1.0,
        rate_per_client: 4.0 / 0.3 * (0.6 + 0.9 * part),
        timeout_s: 30.0,
        retry: Retry::fixed(1.0, 0.0),
        ..Class::poll(0.0, 60.0, 0.3)
    });
    scenario.dns = Dns {
        groups: [Group::new(40.0, 0.05, 2.0, 1.0)].into_iter().collect(),
        tiers: [Tier {
            ttl_steps: 300.0,
            stale_steps: 0.0,
            negative_steps: 5.0,
            caches_fixed: 0.0,
            caches_per_node: 1.0,
        }]
        .into_iter()
        .collect(),
        queries_per_server: 1e9,
        source_lost_s: 600.0,
        source_back_s: 2400.0,
        ..Dns::none()
    };
    scenario
}

/// Passes in a sample: the clock below ticks every few milliseconds.
const PASSES: usize = 25;

/// CPU seconds of this thread.
fn cpu_s() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) * 1e-9
}

fn run<L: Stepped>(count: usize, steps: usize, out: &mut impl Write) -> std::io::Result<()> {
    let all: Vec<_> = (0..count).map(|number| scenario(number, count)).collect();
    let (mut best, mut sums) = (f64::INFINITY, vec![[0.0; 5]; count]);
    let Some(mut side) = Side::<L>::of(all.get(..1).unwrap_or_default()) else { return Ok(()) };
    for _ in 0..5 {
        let start_s = cpu_s();
        let batches = || all.chunks(L::LANES).enumerate();
        for (batch, scenarios) in (0..PASSES).flat_map(|_| batches()) {
            // As a search does it: who is through makes room for the next.
            for (lane, scenario) in (0..L::LANES).zip(scenarios.iter().chain(std::iter::repeat(&scenarios[0]))) {
                side.fill(lane, scenario);
            }
            let mut wide = [L::zero(); 5];
            for _ in 0..steps {
                let totals = side.step();
                // The same five numbers that the peers add up.
                let Some(class) = side.state.classes.first() else { continue };
                let seen = [class.running(), class.last.answered, class.last.timed_out, totals.cached, totals.impact];
                for (sum, x) in wide.iter_mut().zip(seen) {
                    *sum += x;
                }
            }
            for (lane, sums) in sums.iter_mut().skip(batch * L::LANES).take(L::LANES).enumerate() {
                *sums = wide.map(|sum| sum.lane(lane));
            }
        }
        best = best.min((cpu_s() - start_s) / PASSES as f64);
    }
    writeln!(out, "{best} {}", L::kernel())?;
    for sums in sums {
        writeln!(out, "{}", sums.map(|sum| format!("{sum:e}")).join(" "))?;
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut out = std::io::stdout().lock();
    if arguments.first().is_some_and(|first| first == "table") {
        let cpu = Cpu::new(4.0, 0.0);
        writeln!(out, "{} {}", cpu.servers, cpu.speed)?;
        for knot in 0..65 {
            // u = X / (X + c), as the table has it.
            let u = f64::from(knot) / 64.0;
            let busy = if knot < 64 { cpu.sigma(cpu.servers * u / (1.0 - u)) / cpu.servers } else { 1.0 };
            writeln!(out, "{busy:e}")?;
        }
        return Ok(());
    }
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(0_usize);
    match number(0) {
        4 => run::<F64x4>(number(1), number(2), &mut out),
        8 => run::<F64x8>(number(1), number(2), &mut out),
        16 => run::<F64x16>(number(1), number(2), &mut out),
        _ => run::<f64>(number(1), number(2), &mut out),
    }
}
