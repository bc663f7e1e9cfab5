//! The cost law from single requests: base, per object scanned, per byte returned.

use super::calibration::Constant;
use super::error::LearnError;
use super::linear::{Solved, solve};
use crate::truth::{CostRow, CostRun};

/// CPU is counted in ticks of so many seconds (USER_HZ 100).
const TICK_S: f64 = 0.01;
/// Quantile of the normal distribution for a 95 % interval.
pub(super) const Z95: f64 = 1.96;
const SOURCE: &str = "cost runs, one request at a time on a whole core";

/// What the rows say.
pub(super) struct Costs {
    pub(super) base_s: Constant,
    pub(super) object_s: Constant,
    pub(super) json_byte_s: Constant,
    pub(super) protobuf_byte_s: Constant,
    pub(super) scatter: Constant,
    pub(super) etcd_base_s: Constant,
    pub(super) etcd_byte_s: Constant,
    pub(super) memory_base: Constant,
    pub(super) memory_per_byte: Constant,
}

/// Objects the server looks at for a request.
pub(super) fn scanned(path: &str, pods: f64) -> f64 {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if !path.ends_with("/pods") && !path.ends_with("/nodes") {
        return 0.0;
    }
    let limit = query.split('&').find_map(|part| part.strip_prefix("limit=")?.parse::<f64>().ok());
    // Pods stand ten to a node in the recordings; a field selector on the node is indexed, and what it returns is
    // counted by its bytes.
    let all = if path.ends_with("/nodes") { pods / 10.0 } else { pods };
    if query.contains("fieldSelector=spec.nodeName") { 0.0 } else { limit.map_or(all, |limit| limit.min(all)) }
}

/// CPU of the API server: ticks give the variance of a row, and a scatter between rows is added until the law fits.
///
/// # Formula
/// variance of the mean of n requests = tick * cpu / n + (scatter * cpu)^2, the scatter such that chi^2 equals the
/// degrees of freedom (Birge; DerSimonian and Laird for the same idea).
pub(super) fn costs(runs: &[&CostRun]) -> Result<Costs, LearnError> {
    let rows: Vec<&CostRow> = runs.iter().flat_map(|run| &run.rows).filter(|row| row.requests > 0.0).collect();
    let regressors = |row: &CostRow| {
        let (json, protobuf) = if row.protobuf { (0.0, row.bytes) } else { (row.bytes, 0.0) };
        [1.0, scanned(&row.path, row.pods), json, protobuf]
    };
    let freedom = rows.len() as f64 - 4.0;
    let at = |scatter: f64| -> Option<Solved<4>> {
        let weighted: Vec<([f64; 4], f64, f64)> = rows
            .iter()
            .map(|row| {
                let ticks = TICK_S * row.cpu_s.max(TICK_S / row.requests) / row.requests;
                (regressors(row), row.cpu_s, ticks + (scatter * row.cpu_s).powi(2))
            })
            .collect();
        solve(&weighted)
    };
    let too_few = LearnError::TooFew { what: "rows of a cost run", have: rows.len(), need: 5 };
    if freedom < 1.0 {
        return Err(too_few);
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let chi2 = at(middle).map_or(0.0, |solved| solved.chi2);
        if chi2 > freedom { low = middle } else { high = middle }
    }
    let solved = at(high).ok_or(too_few)?;
    let constant = |at: usize| {
        let value = solved.value.get(at).copied().unwrap_or(0.0);
        let error = solved.error.get(at).copied().unwrap_or(0.0);
        Constant::around(value, Z95 * error, SOURCE)
    };
    // A variance estimated with f degrees of freedom is known to sqrt(2/f), a deviation to half of that.
    let scatter = Constant::around(high, Z95 * high / (2.0 * freedom).sqrt(), SOURCE);
    let [etcd_base_s, etcd_byte_s] = etcd(&rows)?;
    let [memory_base, memory_per_byte] = memory(&rows)?;
    Ok(Costs {
        base_s: constant(0),
        object_s: constant(1),
        json_byte_s: constant(2),
        protobuf_byte_s: constant(3),
        scatter,
        etcd_base_s,
        etcd_byte_s,
        memory_base,
        memory_per_byte,
    })
}

/// etcd: a request that is not served from the cache alone, and what runs on meanwhile, by bytes.
fn etcd(rows: &[&CostRow]) -> Result<[Constant; 2], LearnError> {
    let weighted: Vec<([f64; 2], f64, f64)> = rows
        .iter()
        .map(|row| {
            let reads = f64::from(u8::from(!row.path.contains("resourceVersion=0")));
            let ticks = TICK_S * row.etcd_s.max(TICK_S / row.requests) / row.requests;
            ([reads, row.bytes], row.etcd_s, ticks)
        })
        .collect();
    let solved = solve(&weighted).ok_or(LearnError::TooFew { what: "kinds of requests", have: 1, need: 2 })?;
    // More scatter than ticks explain widens the interval.
    let wider = (solved.chi2 / (weighted.len() as f64 - 2.0).max(1.0)).max(1.0).sqrt();
    let [base, byte] = solved.value;
    let [base_error, byte_error] = solved.error;
    let constant = |value: f64, error: f64| Constant::around(value, Z95 * error * wider, SOURCE);
    Ok([constant(base, base_error), constant(byte, byte_error)])
}

/// Memory after requests that hold next to nothing: what the server keeps, by the bytes of its objects in etcd.
fn memory(rows: &[&CostRow]) -> Result<[Constant; 2], LearnError> {
    // Bytes of a pod in etcd: what a full list as protobuf has a pod.
    let full =
        rows.iter().filter(|row| row.protobuf && scanned(&row.path, row.pods) == row.pods && row.bytes > row.pods);
    let sizes: Vec<f64> = full.map(|row| row.bytes / row.pods).collect();
    let size = sizes.iter().sum::<f64>() / sizes.len().max(1) as f64;
    let quiet = rows.iter().filter(|row| !row.path.contains("/pods?") && !row.path.ends_with("/pods"));
    let weighted: Vec<([f64; 2], f64, f64)> = quiet
        .filter(|row| !row.path.contains("/nodes"))
        .map(|row| ([1.0, row.pods * size], row.rss_bytes, (0.1 * row.rss_bytes).powi(2)))
        .collect();
    let solved =
        solve(&weighted).ok_or(LearnError::TooFew { what: "sizes of cluster", have: weighted.len(), need: 2 })?;
    let [base, byte] = solved.value;
    let [base_error, byte_error] = solved.error;
    Ok([Constant::around(base, Z95 * base_error, SOURCE), Constant::around(byte, Z95 * byte_error, SOURCE)])
}
