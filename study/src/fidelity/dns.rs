//! DNS caches whose source goes away and comes back.

use super::row::{Bound, Row};
use crate::cases::{POINTS, compare, find};
use crate::outcome::MeasuredBin;
use crate::resolve::Plan;
use crate::scenario::InputError;
use crate::truth::DnsRun;
use std::fmt::Write as _;

const PART: &str = "DNS caches";

pub(super) fn rows(name: &str, run: &DnsRun, out: &mut Vec<Row>) {
    let row = |what: String| Row::new(PART, name, what, "fluid");
    let bins = match bins(run) {
        Ok(bins) => bins,
        Err(error) => return out.push(row("share answered".to_owned()).failed(error.to_string())),
    };
    for class in 0..run.lookups_per_s.len() {
        let series = format!("answered, class {class}");
        let mine: Vec<&MeasuredBin> = bins.iter().filter(|bin| bin.series == series).collect();
        let outside = mine.iter().filter(|bin| !bin.pass).count() as f64;
        let farthest = mine.iter().max_by(|a, b| off(a).total_cmp(&off(b)));
        let note = farthest.map_or(String::new(), |bin| {
            format!("farthest at {} s: {:.3}, model {:.3}, bound {:.3}", bin.t_s, bin.measured, bin.model, bin.bound)
        });
        let open = mine.iter().filter(|bin| bin.model > 0.0 && bin.model < 1.0 && bin.bound > POINTS).count();
        let note =
            if outside > 0.0 { format!("{note}; chance alone leaves {:.1} outside", open as f64 * 0.01) } else { note };
        let all = mine.len() as f64;
        let what = row(format!("share answered per 20 s, class {class}: bins within 3 points or 99 %"));
        let what = what.measured(all, "bins").predicted(all - outside).note(note);
        out.push(what.within(outside, Bound { value: 0.0, unit: "bins" }));
    }
    let restored = bins.iter().find(|bin| bin.series.starts_with("restored"));
    let what = row("restored after the source is back".to_owned());
    out.push(match restored {
        Some(bin) => {
            let what = what.measured(bin.measured, "s").predicted(bin.model);
            what.within(bin.model - bin.measured, Bound { value: bin.bound, unit: "s" })
        }
        None => what.note("not before the end"),
    });
}

fn off(bin: &MeasuredBin) -> f64 {
    (bin.measured - bin.model).abs() / bin.bound
}

/// Model and recording bin by bin: the built-in case with the numbers of this run.
pub(super) fn bins(run: &DnsRun) -> Result<Vec<MeasuredBin>, InputError> {
    let Some(case) = find("dns-source-lost") else { return Ok(Vec::new()) };
    let mut file = case.file()?;
    let list = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x.to_string()).collect::<Vec<_>>().join(", ");
    let names = list(&mut run.lookups_per_s.iter().map(|_| run.names));
    let rates = list(&mut run.lookups_per_s.iter().copied());
    for setting in [
        "cluster.nodes=1".to_owned(),
        "dns.caches_per_node=0".to_owned(),
        format!("dns.caches={}", run.caches),
        format!("dns.cache_ttl_s={}", run.ttl_s),
        format!("dns.serve_stale_s={}", run.serve_stale_s),
        format!("dns.names=[{names}]"),
        format!("dns.lookups_per_name_per_s=[{rates}]"),
        format!("dns.source_lost_s={}", run.lost_s),
        format!("dns.source_back_s={}", run.back_s),
        format!("run.until_s={}", run.end_s),
    ] {
        file.set(&setting)?;
    }
    let plan = Plan::resolve(file)?;
    let mut table = String::from("t_s,class,rate,ok,failed\n");
    for bin in run.bins.iter().filter(|bin| bin.t_s < run.end_s) {
        let _ = writeln!(table, "{},{},0,{},{}", bin.t_s, bin.class, bin.ok, bin.failed);
    }
    compare(&plan, &table, run.bin_s)
}
