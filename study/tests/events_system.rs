//! scratch
mod system_rig;
use slackwater_study::events::system::System;
#[test]
fn scratch() {
    for (list, growth) in [(0.31, 0.0), (0.25, 0.005)] {
        for seed in 1..3 {
            let mut trial = system_rig::storm(list, growth);
            trial.scenario.reject_cpu_s = 1e-4;
            let h = System::new(&trial, seed).run().unwrap();
            for c in h.observed.classes.iter().take(1) {
                let s = |v: &Vec<f64>| v.iter().sum::<f64>();
                println!(
                    "{list} {growth} {} sent {} ok {} 429 {} tmo {} ref {} lat {:?}",
                    c.name,
                    s(&c.sent),
                    s(&c.answered),
                    s(&c.rejected),
                    s(&c.timed_out),
                    s(&c.refused),
                    c.mean_latency_s(0, 420)
                );
                for k in 3..17 {
                    let p = |v: &Vec<f64>| v[k * 20..k * 20 + 20].iter().sum::<f64>();
                    println!(
                        "{} {:?}",
                        k * 20,
                        (p(&c.sent), p(&c.answered), p(&c.rejected), p(&c.timed_out), c.in_flight[k * 20 + 19])
                    );
                }
            }
            println!("   {:?} events {}", h.classes[0], h.events);
        }
    }
}
