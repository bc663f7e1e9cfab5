//! sim
#![allow(missing_docs, clippy::all, clippy::pedantic, clippy::print_stdout)]
use slackwater_core::bounds::TABLE;
use slackwater_study::resolve::Plan;
use slackwater_study::scenario::{ScenarioFile, Source};
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();

    let mut f = match (if let Some(c) = slackwater_study::cases::find(&args[0]) {
        c.file()
    } else {
        let text = std::fs::read_to_string(&args[0]).unwrap();
        ScenarioFile::parse(&Source::new(&args[0], &text), TABLE)
    }) {
        Ok(f) => f,
        Err(e) => {
            println!("{}", e.render(false));
            return;
        }
    };
    for s in &args[1..] {
        if let Err(e) = f.set(s) {
            println!("{}", e.render(false));
            return;
        }
    }
    let t = std::time::Instant::now();
    let plan = match Plan::resolve(f) {
        Ok(p) => p,
        Err(e) => {
            println!("{}", e.render(false));
            return;
        }
    };
    let o = slackwater_study::run::simulate(&plan).unwrap();
    let el = t.elapsed();
    for g in &o.verdict.gates {
        println!("{:10} {:5} {:?} {:?} {} {:?} {}", g.name, g.pass, g.value, g.limit, g.unit, g.margin, g.why);
    }
    println!(
        "safe {} N* {:?} vis {:?} bands {:?}",
        o.verdict.safe, o.verdict.tipping_nodes, o.verdict.visible_from_nodes, o.verdict.unsafe_bands
    );
    for r in &o.verdict.reasons {
        println!("  {r}");
    }
    for e in &o.events {
        println!("{:26} {:?} {:?} {:?} {:?}", e.name, e.t_s, e.clock, e.published_clock, e.residual_s);
    }
    for l in o.ledger.iter().take(8) {
        println!("{:20} {:14} {:10.0} {:.3}", l.class, l.cause, l.cpu_s, l.share);
    }
    println!("{:?}", o.counterfactual);
    for r in &o.orders {
        println!("{} {:?} {:?}", r.order, r.rms_s, r.events.iter().map(|e| (e.name, e.residual_s)).collect::<Vec<_>>());
    }
    for r in &o.remedies {
        println!("{:?}", r);
    }
    let n = o.trajectory[0].1.len();
    let cols = [
        "t_s",
        "user_impact",
        "affected_impact",
        "clusters_touched",
        "clusters_down",
        "clusters_recovered",
        "api_load",
        "api_busy",
        "dns_cached",
        "memory_gib",
        "running",
        "waiting",
        "operator_success",
    ];
    println!("{}", cols.join(" "));
    for k in (0..n).step_by((n / 40).max(1)) {
        for c in cols {
            let v = &o.trajectory.iter().find(|t| t.0 == c).unwrap().1;
            print!("{:10.3}", v[k]);
        }
        println!();
    }
    let bad: Vec<_> = o.measured.iter().filter(|m| !m.pass).collect();
    println!("measured {} bad {}", o.measured.len(), bad.len());
    for b in bad {
        println!("{:?}", b);
    }
    println!("points {n}, {:?}", el);
}
