use slackwater_core::system::observe::Row;
use slackwater_study::{cases, events::beside::beside, events::system::System, resolve::Plan, trial::Trial};
fn main() {
    let case = std::env::args().nth(1).unwrap();
    let secs: f64 = std::env::args().nth(2).unwrap().parse().unwrap();
    let mut file = cases::find(&case).unwrap().file().unwrap();
    for a in std::env::args().skip(4) {
        file.set(&a).unwrap();
    }
    let seeds: u64 = std::env::args().nth(3).unwrap().parse().unwrap();
    let plan = Plan::resolve(file).unwrap();
    for g in plan.fleet.groups.iter().take(if seeds > 0 { 1 } else { 99 }) {
        let t = std::time::Instant::now();
        let b = beside(&plan, g.nodes, secs, &(1..=seeds.max(1)).collect::<Vec<_>>()).unwrap();
        println!("{} nodes, {} events, {:?}", b.nodes, b.events, t.elapsed());
        for m in &b.measures {
            println!(
                "  {:10} fluid {:12.4} events {:12.4} se {:?} diff {:?} {}",
                m.name,
                m.fluid,
                m.events,
                m.standard_error,
                m.difference(),
                m.agrees()
            );
        }
    }
    // rows
    let g = &plan.fleet.groups[0];
    let mut cluster = slackwater_study::run::Cluster::new(&plan, g.nodes).unwrap();
    let trial = Trial { scenario: cluster.scenario.clone(), drives: vec![], faults: vec![], until_s: secs };
    let h = System::new(&trial, 1).run().unwrap();
    let mut rows = vec![];
    for _ in 0..secs as usize {
        rows.push(cluster.step());
    }
    let every = (secs as usize / 40).max(1);
    for k in (0..secs as usize).step_by(every) {
        let f = |r: &Row, c: usize| r.values[c];
        println!(
            "{k:5} | busy {:.3} {:.3} | run {:.0} {:.0} | wait {:.0} {:.0} | ans {:.1} {:.1} | rej {:.1} {:.1} | tmo {:.1} {:.1} | mem {:.2} {:.2} | up {} {} | cached {:.3} {:.3} | imp {:.3} {:.3} | agents {} {} | q {:.0} {:.0}",
            f(&rows[k], Row::API_BUSY),
            f(&h.rows[k], Row::API_BUSY),
            f(&rows[k], Row::RUNNING),
            f(&h.rows[k], Row::RUNNING),
            f(&rows[k], Row::WAITING),
            f(&h.rows[k], Row::WAITING),
            f(&rows[k], Row::ANSWERED),
            f(&h.rows[k], Row::ANSWERED),
            f(&rows[k], Row::REJECTED),
            f(&h.rows[k], Row::REJECTED),
            f(&rows[k], Row::TIMED_OUT),
            f(&h.rows[k], Row::TIMED_OUT),
            f(&rows[k], Row::MEMORY),
            f(&h.rows[k], Row::MEMORY),
            f(&rows[k], Row::ANSWERING),
            f(&h.rows[k], Row::ANSWERING),
            f(&rows[k], Row::CACHED),
            f(&h.rows[k], Row::CACHED),
            f(&rows[k], Row::IMPACT),
            f(&h.rows[k], Row::IMPACT),
            f(&rows[k], Row::AGENTS) as u32,
            f(&h.rows[k], Row::AGENTS),
            f(&rows[k], Row::DNS_QUERIES),
            f(&h.rows[k], Row::DNS_QUERIES)
        );
    }
}
