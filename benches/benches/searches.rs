//! Verdicts a second, and thresholds.

#![allow(missing_docs, reason = "the macros of criterion write public functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use slackwater_study::cases::find;
use slackwater_study::sweep::{Design, Words, solve};
use slackwater_study::threshold::{Look, threshold};
use std::sync::atomic::AtomicBool;

const ROWS: u64 = 4096;

/// Three keys from far inside to far beyond what is safe.
fn design(case: &str) -> Design {
    let file = find(case).and_then(|case| case.file().ok()).expect("a built-in case");
    let vary = ["cluster.nodes=50..5000", "agent.period_s=10..120", "api_server.cores=4..64"];
    let words = Words {
        set: file.values().map(|(key, value, _)| format!("{key}={value}")).collect(),
        vary: vary.map(str::to_owned).to_vec(),
        sample: Some(format!("sobol:{ROWS}")),
        verdict_only: true,
        ..Words::default()
    };
    Design::of(words).expect("a design")
}

fn verdicts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("verdicts");
    group.sample_size(10).throughput(Throughput::Elements(ROWS));
    for case in ["openai-2024-12-11-staging", "openai-2024-12-11"] {
        let design = design(case);
        group.bench_function(case, |bench| {
            bench.iter(|| solve(&design, 0, &AtomicBool::new(false), |_, _| Ok::<_, Box<dyn std::error::Error>>(())));
        });
    }
    group.finish();
}

fn thresholds(criterion: &mut Criterion) {
    let file = find("openai-2024-12-11-staging").and_then(|case| case.file().ok()).expect("a built-in case");
    let mut group = criterion.benchmark_group("threshold");
    group.sample_size(10);
    for key in ["cluster.nodes", "agent.period_s"] {
        group.bench_function(key, |bench| bench.iter(|| threshold(&file, key, Look::default())));
    }
    group.finish();
}

criterion_group!(benches, verdicts, thresholds);
criterion_main!(benches);
