//! Benchmarks of slackwater: `cargo bench --package slackwater-benches`. Timings are looked at, never tested.
