//! probe
#![allow(missing_docs, clippy::all, clippy::pedantic, clippy::print_stdout)]
use slackwater_core::bounds::TABLE;
use slackwater_core::system::observe::{COLUMNS, Row};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;
use slackwater_study::resolve::Plan;
use slackwater_study::scenario::{ScenarioFile, Source};
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let text = std::fs::read_to_string(&args[0]).unwrap();
    let mut f = match ScenarioFile::parse(&Source::new(&args[0], &text), TABLE) {
        Ok(f) => f,
        Err(e) => {
            println!("{}", e.render(false));
            return;
        }
    };
    let every: usize = args[1].parse().unwrap();
    let until: f64 = args[2].parse().unwrap();
    for s in &args[3..] {
        if let Err(e) = f.set(s) {
            println!("{}", e.render(false));
            return;
        }
    }
    let plan = match Plan::resolve(f) {
        Ok(p) => p,
        Err(e) => {
            println!("{}", e.render(false));
            return;
        }
    };
    let sc = plan.cluster(plan.settings.number("cluster.nodes")).unwrap();
    for c in &sc.classes {
        println!(
            "{:24} {:28} {:8} lvl {} flow {} cpu {:.4} bytes {:.1e} seats {} clients {}",
            c.label.name,
            c.label.identity,
            c.label.verb,
            sc.levels[c.level].name,
            c.flow,
            c.cpu_base_s + c.cpu_per_node_s * sc.nodes,
            c.bytes_base + c.bytes_per_node * sc.nodes,
            c.seats,
            c.clients_fixed + c.clients_per_node * sc.nodes
        );
    }
    let layout = Layout::of(&sc);
    let mut mem = vec![0.0; layout.length];
    let mut st = State::new(&sc, &layout, &mut mem);
    for (i, c) in COLUMNS.iter().enumerate() {
        if i < 17 {
            print!("{:>9.9}", c.name);
        }
    }
    println!();
    let n = (until / sc.dt_s) as usize;
    let t0 = std::time::Instant::now();
    for k in 0..n {
        let totals = step(&sc, &layout, &mut st, &mut mem);
        if k % every == 0 {
            let row = Row::read(&sc, &st, &totals, 0);
            print!("{:>7.0}", st.now_s);
            for i in 0..17 {
                print!("{:>9.3}", row.values[i]);
            }
            println!();
        }
    }
    println!("storage {} steps {} ns/step {}", layout.length, n, t0.elapsed().as_nanos() as usize / n);
    for (c, p) in sc.classes.iter().zip(&st.classes) {
        println!(
            "{:24} cpu {:?} sent {:.0} ans {:.0} 429 {:.0} to {:.0} ref {:.0} clients {:.3}",
            c.label.name,
            p.account.cpu_s.map(|x| (x * 10.0).round() / 10.0),
            p.account.sent,
            p.account.answered,
            p.account.rejected,
            p.account.timed_out,
            p.account.refused,
            p.clients()
        );
    }
}
