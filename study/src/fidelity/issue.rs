//! kubernetes#132233: LIST cost by size, and what seats do. Thirteen rows, every residual.

use super::row::{Bound, Row};
use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, LevelLimits, limits};

const PART: &str = "LIST size x seats";
const TRUTH: &str = "kubernetes#132233";
/// The clients were never published, and the account of who waits was found with these rows in view.
const FITTED: &str = "these rows: clients, and who holds memory";
/// CPU of a LIST from etcd: base, per object, per byte (facts: the two-term law of the cost keys' defaults).
const BASE_S: f64 = 0.001;
const OBJECT_S: f64 = 1e-5;
const BYTE_S: f64 = 2e-8;
/// Memory a LIST from etcd holds, as a multiple of its bytes (KEP-3157), and that of the idle server, GB.
const MEMORY_FACTOR: f64 = 5.0;
const IDLE_GB: f64 = 0.35;
/// Seats a request was estimated to take in the three columns.
const COLUMNS: [f64; 3] = [1.0, 10.0, 100.0];
/// Clients of the closed loop. Not published: as many as the memory of 100 MB lists at one seat tells.
const CLIENTS: f64 = 100.0;
/// Seats of a server with default flags; the machine's own were not published.
const SERVER_SEATS: u32 = 600;
/// Seconds a list holds its seats per CPU-second: it is also written out (mean over the twelve full lists of the
/// recorded single requests, wall over CPU).
const HELD: f64 = 1.36;
/// Longest wait for seats, seconds: a quarter of the request timeout.
const PATIENCE_S: f64 = 15.0;
/// Bytes a waiting request holds, as in scenarios.
const WAITING_BYTES: f64 = 50_000.0;

/// Response bytes, objects, QPS, CPU in percent of a core, memory in GB and error rate at 1, 10 and 100 seats.
type Published = (f64, f64, f64, f64, [f64; 3], [f64; 3]);

/// As published: response bytes, objects, QPS, CPU in percent of a core, memory in GB and error rate at 1, 10 and 100 seats.
#[rustfmt::skip] // a table
const ROWS: [Published; 13] = [
    (1e5, 100.0, 1902.0, 843.0, [0.55, 2.10, 2.42], [0.0, 0.01, 0.40]),
    (1e5, 10.0, 2020.0, 707.0, [0.49, 2.26, 2.56], [0.0, 0.01, 0.32]),
    (1e5, 1.0, 2154.0, 627.0, [0.58, 1.86, 2.67], [0.0, 0.01, 0.30]),
    (1e6, 1000.0, 237.0, 927.0, [0.95, 0.89, 0.63], [0.0, 0.01, 0.45]),
    (1e6, 100.0, 250.0, 672.0, [0.84, 0.87, 0.65], [0.0, 0.00, 0.32]),
    (1e6, 10.0, 258.0, 640.0, [0.88, 0.81, 0.65], [0.0, 0.00, 0.31]),
    (1e6, 1.0, 261.0, 648.0, [1.02, 0.86, 0.69], [0.0, 0.01, 0.37]),
    (1e7, 10_000.0, 30.0, 851.0, [7.10, 3.40, 0.72], [0.0, 0.08, 0.59]),
    (1e7, 1000.0, 30.0, 640.0, [5.91, 2.12, 0.65], [0.0, 0.01, 0.44]),
    (1e7, 100.0, 32.0, 605.0, [6.03, 1.87, 0.61], [0.0, 0.03, 0.45]),
    (1e7, 10.0, 32.0, 639.0, [6.22, 1.86, 0.64], [0.0, 0.02, 0.43]),
    (1e8, 100_000.0, 3.3, 1420.0, [45.93, 26.83, 3.93], [0.0, 0.26, 0.61]),
    (1e8, 100.0, 3.6, 653.0, [26.06, 13.15, 2.52], [0.0, 0.36, 0.58]),
];

/// CPU of a request, memory at each width of a request, and whether more seats move memory and errors the right way.
pub(super) fn rows(out: &mut Vec<Row>) {
    for (bytes, objects, qps, percent, memory, errors) in ROWS {
        let name = format!("{} of {objects} objects", size(bytes));
        let row = |what: String| Row::new(PART, TRUTH, format!("{name}: {what}"), "code").fitted_on(FITTED);
        let (seen, said) = (percent / 100.0 / qps, BASE_S + OBJECT_S * objects + BYTE_S * bytes);
        let cpu = row("CPU a request".to_owned()).measured(1e3 * seen, "ms").predicted(1e3 * said);
        out.push(cpu.fitted_on("these rows: published law").off_by(said / seen - 1.0, ""));
        let modelled = COLUMNS.map(|seats| memory_gb(bytes, seats, said, qps));
        for ((seats, seen), said) in COLUMNS.into_iter().zip(memory).zip(modelled) {
            let row = row(format!("memory at {seats} seats")).measured(seen, "GB").predicted(said);
            out.push(row.off_by(said / seen - 1.0, ""));
        }
        out.push(sign(row("sign of memory, 1 to 100 seats".to_owned()), memory, modelled));
        let failing = COLUMNS.map(|seats| rejected_share(seats, said, qps));
        for ((seats, seen), said) in COLUMNS.into_iter().zip(errors).zip(failing) {
            let row = row(format!("errors at {seats} seats")).measured(100.0 * seen, "%").predicted(100.0 * said);
            out.push(row.off_by(100.0 * (said - seen), "points"));
        }
        out.push(sign(row("sign of errors, 1 to 100 seats".to_owned()), errors, failing));
    }
}

/// The level of a ServiceAccount outside kube-system.
fn level() -> Option<LevelLimits> {
    let at = DEFAULT_LEVELS.iter().position(|level| level.name == "workload-low")?;
    limits(SERVER_SEATS, &DEFAULT_LEVELS).ok()?.get(at).copied()
}

/// Lists that run at once: what the seats of the level allow, a list taking no more than its cap; at most the clients.
fn at_once(seats: f64) -> f64 {
    let Some(level) = level() else { return CLIENTS };
    let width = seats.min(level.max_seats.map_or(seats, f64::from));
    (f64::from(level.nominal) / width).floor().clamp(1.0, CLIENTS)
}

/// Seats that would be held if every request had a core of its own, over the seats of the level.
fn demand(seats: f64, cpu_s: f64, qps: f64) -> f64 {
    let Some(level) = level() else { return 0.0 };
    seats.min(level.max_seats.map_or(seats, f64::from)) * HELD * cpu_s * qps / f64::from(level.nominal)
}

/// Memory: idle, lists that run, and where seats are short requests that wait until their patience ends.
fn memory_gb(bytes: f64, seats: f64, cpu_s: f64, qps: f64) -> f64 {
    let waiting = if demand(seats, cpu_s, qps) > 1.0 { qps * PATIENCE_S } else { 0.0 };
    IDLE_GB + (at_once(seats) * MEMORY_FACTOR * bytes + waiting * WAITING_BYTES) * 1e-9
}

/// Share of the requests for which there are no seats.
fn rejected_share(seats: f64, cpu_s: f64, qps: f64) -> f64 {
    (1.0 - 1.0 / demand(seats, cpu_s, qps).max(1e-9)).max(0.0)
}

/// The effect of wider requests: up, down, or none within a tenth.
fn sign(row: Row, seen: [f64; 3], said: [f64; 3]) -> Row {
    let direction = |of: [f64; 3]| {
        let change = of[2] - of[0];
        if change.abs() <= 0.1 * of[0].abs().max(0.01) { 0.0 } else { change.signum() }
    };
    let (seen, said) = (direction(seen), direction(said));
    row.measured(seen, "").predicted(said).within(said - seen, Bound { value: 0.0, unit: "" })
}

fn size(bytes: f64) -> String {
    if bytes < 1e6 { format!("{} KB", bytes / 1e3) } else { format!("{} MB", bytes / 1e6) }
}
