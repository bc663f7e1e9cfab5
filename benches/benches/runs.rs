//! One step of the kernel, by nodes and by TTL, and whole runs.

#![allow(missing_docs, reason = "the macros of criterion write public functions")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use slackwater_study::cases::find;
use slackwater_study::resolve::Plan;
use slackwater_study::run::{Cluster, brief, simulate};

/// The reference case with some keys set.
fn plan(case: &str, set: &[String]) -> Plan {
    let mut file = find(case).and_then(|case| case.file().ok()).expect("a built-in case");
    for argument in set {
        file.set(argument).expect("a key and its value");
    }
    Plan::resolve(file).expect("a plan")
}

fn steps(criterion: &mut Criterion) {
    const STEPS: u64 = 600;
    let mut group = criterion.benchmark_group("600 steps");
    group.throughput(Throughput::Elements(STEPS));
    let mut one = |name: &str, value: u32, set: String| {
        let plan = plan("openai-2024-12-11-staging", &[set]);
        let start = Cluster::new(&plan, plan.settings.number("cluster.nodes")).expect("a cluster");
        group.bench_with_input(BenchmarkId::new(name, value), &start, |bench, start| {
            bench.iter(|| {
                let mut cluster = start.clone();
                for _ in 0..STEPS {
                    cluster.step();
                }
                cluster
            });
        });
    };
    for nodes in [100, 1000, 2000, 100_000] {
        one("nodes", nodes, format!("cluster.nodes={nodes}"));
    }
    for ttl_s in [5, 60, 3600] {
        one("ttl_s", ttl_s, format!("dns.cache_ttl_s={ttl_s}"));
    }
    group.finish();
}

fn runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("run");
    group.sample_size(20);
    for case in ["openai-2024-12-11-staging", "openai-2024-12-11"] {
        let plan = plan(case, &[]);
        group.bench_function(format!("{case}, brief"), |bench| bench.iter(|| brief(&plan)));
        group.bench_function(case, |bench| bench.iter(|| simulate(&plan)));
    }
    group.finish();
}

criterion_group!(benches, steps, runs);
criterion_main!(benches);
