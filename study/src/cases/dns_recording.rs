//! The recorded DNS experiment beside the model: share of lookups answered, per 20 s and class.

use crate::outcome::MeasuredBin;
use crate::resolve::Plan;
use crate::run::Cluster;
use crate::scenario::InputError;
use crate::truth::Folder;

/// The recording of the case, in the folder of recordings.
const RECORDING: &str = "recordings/dns-ttl120.csv";
/// Length of its bins, seconds.
const RECORDED_S: f64 = 5.0;
/// Length of the bins that are compared, seconds; a whole number of recorded ones.
const BIN_S: f64 = 20.0;
/// Difference that always counts as equal: three points of a share.
pub(crate) const POINTS: f64 = 0.03;
/// Quantile of the normal distribution for a 99 % interval.
const Z99: f64 = 2.5758;

/// Time in which restoration may differ, seconds; bins within it are judged by the time, not by the share.
const RESTORED_S: f64 = 20.0;
/// Share of lookups answered that counts as restored.
const RESTORED: f64 = 0.99;

/// Answers counted in one bin of one class.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    ok: f64,
    failed: f64,
}

/// The comparison that belongs to a case; empty for a case without a recording.
///
/// # Errors
/// As [`Plan::cluster`].
///
/// ```
/// use slackwater_study::cases::{find, measured_for};
/// use slackwater_study::resolve::Plan;
/// let case = find("dns-source-lost").ok_or("no such case")?;
/// let plan = Plan::resolve(case.file()?)?;
/// assert!(!measured_for(case.name, &plan)?.is_empty());
/// assert!(measured_for("openai-2024-12-11", &plan)?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn measured_for(name: &str, plan: &Plan) -> Result<Vec<MeasuredBin>, InputError> {
    if name != "dns-source-lost" {
        return Ok(Vec::new());
    }
    compare(plan, &Folder::built_in().text(RECORDING)?, RECORDED_S)
}

/// Model and recording, bin by bin. `recording` is CSV with the columns `t_s, class, rate, ok, failed`, in bins of
/// `recorded_s` seconds.
///
/// When the lookups of a bin came is taken from the recording: the model says what share of those of each recorded bin is
/// answered. The bound is three points, or the 99 % interval of the bin, counting both the lookups and the entries of
/// the class as random: the answers of one bin come from a few hundred entries, each valid or not. While the
/// source comes back the bound is on time: restored within 20 s of the recording. Who is not restored before the end is shown
/// as restored then, and does not pass.
///
/// # Errors
/// As [`Plan::cluster`].
///
/// ```
/// use slackwater_study::cases::{compare, find};
/// use slackwater_study::resolve::Plan;
/// let plan = Plan::resolve(find("dns-source-lost").ok_or("no such case")?.file()?)?;
/// // In the first seconds after a cold start, when next to nothing may fail: half of the lookups did.
/// let bins = compare(&plan, "t_s,class,rate,ok,failed\n0,0,0.05,400,400\n", 5.0)?;
/// assert!(bins.len() == 1 && bins[0].measured == 0.5 && !bins[0].pass);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn compare(plan: &Plan, recording: &str, recorded_s: f64) -> Result<Vec<MeasuredBin>, InputError> {
    let mut cluster = Cluster::new(plan, plan.settings.number("cluster.nodes"))?;
    let dns = cluster.scenario.dns.clone();
    let caches = dns.caches(0, cluster.scenario.nodes);
    let counts = counts(recording, dns.groups.len(), recorded_s);
    let back_s = plan.settings.typed("dns.source_back_s");
    let rows_per_bin = (BIN_S / recorded_s).round().max(1.0) as usize;
    let bin_s = rows_per_bin as f64 * recorded_s;
    let mut failing = vec![0.0; dns.groups.len()];
    let mut model_s = None;
    let mut bins = Vec::new();
    for (number, rows) in counts.chunks(rows_per_bin).enumerate() {
        let mut sums = vec![(Count::default(), 0.0); dns.groups.len()];
        let start_s = number as f64 * bin_s;
        for (place, row) in rows.iter().enumerate() {
            let shares = failing_until(&mut cluster, start_s + (place + 1) as f64 * recorded_s);
            for (now_s, shares) in &shares {
                let all: f64 = shares.iter().zip(&dns.groups).map(|(share, group)| share * group.weight).sum();
                if back_s.is_some_and(|back| *now_s > back) && all <= 1.0 - RESTORED {
                    model_s = model_s.or(Some(*now_s));
                }
            }
            // A row shorter than a step may have none of its own.
            if !shares.is_empty() {
                let mean = |class: usize| shares.iter().map(|(_, of)| of[class]).sum::<f64>() / shares.len() as f64;
                failing = (0..dns.groups.len()).map(mean).collect();
            }
            for (((sum, answered), count), failing) in sums.iter_mut().zip(row).zip(&failing) {
                (sum.ok, sum.failed) = (sum.ok + count.ok, sum.failed + count.failed);
                *answered += (count.ok + count.failed) * (1.0 - failing);
            }
        }
        if back_s.is_some_and(|back| start_s + bin_s > back && start_s < back + RESTORED_S) {
            continue;
        }
        for ((class, (count, answered)), group) in sums.iter().enumerate().zip(&dns.groups) {
            let lookups = count.ok + count.failed;
            if lookups <= 0.0 {
                continue;
            }
            let (measured, model) = (count.ok / lookups, answered / lookups);
            let spread = model * (1.0 - model);
            let random = spread / lookups + spread / (group.names * caches).max(1.0);
            let bound = POINTS.max(Z99 * random.sqrt());
            let pass = (measured - model).abs() <= bound;
            let series = format!("answered, class {class}");
            bins.push(MeasuredBin { series, t_s: start_s, measured, model, bound, pass });
        }
    }
    let Some(back) = back_s else { return Ok(bins) };
    let measured_s = counts.iter().enumerate().find_map(|(number, row)| {
        let ok: f64 = row.iter().map(|count| count.ok).sum();
        let all: f64 = row.iter().map(|count| count.ok + count.failed).sum();
        let start_s = number as f64 * recorded_s;
        (start_s >= back && all > 0.0 && ok >= RESTORED * all).then_some(start_s)
    });
    if measured_s.is_some() || model_s.is_some() {
        let end_s = counts.len() as f64 * recorded_s;
        let (measured, model) = (measured_s.unwrap_or(end_s) - back, model_s.unwrap_or(end_s) - back);
        let pass = measured_s.is_some() && model_s.is_some() && (measured - model).abs() <= RESTORED_S;
        let series = "restored, seconds after the source is back".to_owned();
        bins.push(MeasuredBin { series, t_s: back, measured, model, bound: RESTORED_S, pass });
    }
    Ok(bins)
}

/// Steps a cluster until `end_s`: when each step ended, and what share of the lookups of each class failed in it.
fn failing_until(cluster: &mut Cluster, end_s: f64) -> Vec<(f64, Vec<f64>)> {
    let classes = cluster.scenario.dns.groups.len();
    let mut steps = Vec::new();
    while cluster.state.now_s + 0.5 * cluster.scenario.dt_s <= end_s {
        cluster.step();
        let shares = cluster.state.caches.iter().take(classes).map(|entries| entries.failed);
        steps.push((cluster.state.now_s, shares.collect()));
    }
    steps
}

/// Counts by bin and class.
fn counts(recording: &str, classes: usize, bin_s: f64) -> Vec<Vec<Count>> {
    let mut bins: Vec<Vec<Count>> = Vec::new();
    for line in recording.lines().skip(1) {
        let mut cells = line.split(',').map(|cell| cell.trim().parse::<f64>().unwrap_or(0.0));
        let (Some(t_s), Some(class), _, Some(ok), Some(failed)) =
            (cells.next(), cells.next(), cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        let bin = (t_s / bin_s) as usize;
        if bins.len() <= bin {
            bins.resize(bin + 1, vec![Count::default(); classes]);
        }
        if let Some(count) = bins.get_mut(bin).and_then(|bin| bin.get_mut(class as usize)) {
            count.ok += ok;
            count.failed += failed;
        }
    }
    bins
}
