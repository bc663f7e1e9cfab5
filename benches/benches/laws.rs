//! Queue laws: closed forms at the sizes gates use them, and at the largest they take.

#![allow(missing_docs, reason = "the macros of criterion write public functions")]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use slackwater_core::queue::erlang_c;
use slackwater_core::server::cpu::Cpu;
use slackwater_study::chain::RetryServer;
use std::hint::black_box;

fn laws(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("erlang_c");
    for servers in [1_u32, 16, 1000, 10_000] {
        let load = 0.8 * f64::from(servers);
        group.bench_with_input(BenchmarkId::from_parameter(servers), &servers, |bench, &servers| {
            bench.iter(|| erlang_c(black_box(servers), black_box(load)));
        });
    }
    group.finish();
    criterion.bench_function("busy cores of 16", |bench| {
        let cpu = Cpu::new(16.0, 0.0);
        bench.iter(|| cpu.sigma(black_box(12.5)));
    });
    let mut group = criterion.benchmark_group("chain");
    group.sample_size(10);
    // 2,121 and 8,000 states.
    for (queue, orbit) in [(100, 20), (199, 39)] {
        let server = RetryServer {
            arrivals_per_s: 9.5,
            service_per_s: 10.0,
            threads: 1,
            timeout_s: 3.0,
            retries: 4.0,
            queue,
            orbit,
        };
        let states = (queue + 1) * (orbit + 1);
        group.bench_function(BenchmarkId::from_parameter(states), |bench| bench.iter(|| black_box(server).solve()));
    }
    group.finish();
    criterion.bench_function("table of 64 cores", |bench| bench.iter(|| Cpu::new(black_box(64.0), 0.0)));
}

criterion_group!(benches, laws);
criterion_main!(benches);
