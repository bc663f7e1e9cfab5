//! No server does more work than its cores can, whatever waits and however short it is.

mod system_rig;

use proptest::prelude::*;
use slackwater_core::server::cpu::Cpu;
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::{Arrivals, Class, Follows};
use system_rig::{Run, class, cluster};

/// Most that a server works over any minute, as a share of its cores, and what is answered over ten, likewise.
fn worked(classes: Vec<Class<f64>>, cores: f64, exempt: bool) -> (f64, f64) {
    let mut scenario = cluster(1.0, classes);
    scenario.cpu = Cpu::new(cores, 0.0);
    scenario.levels[system_rig::WORKLOAD_LOW].limits.exempt = exempt;
    let mut run = Run::new(scenario);
    let most = (0..10).map(|_| run.mean(60.0).values[Row::API_BUSY]).fold(0.0, f64::max);
    let classes = run.scenario.classes.iter().zip(&run.state.classes);
    let answered_s: f64 = classes.map(|(class, population)| population.account.answered * class.cpu_base_s).sum();
    (most, answered_s / 600.0 / cores)
}

#[test]
fn a_burst_of_short_requests_takes_the_time_its_work_takes() {
    // 100 pods come up in 5 s, each with 2 lists of 40 ms, on one core.
    let agent = Class {
        follows: Follows::Agent,
        clients_fixed: 0.0,
        clients_per_node: 2.0,
        period_s: 60.0,
        ..class("agent", Arrivals::FixedRate, 0.0, 0.04)
    };
    for exempt in [false, true] {
        let mut scenario = cluster(1.0, [agent.clone()]);
        scenario.cpu = Cpu::new(1.0, 0.0);
        scenario.levels[system_rig::WORKLOAD_LOW].limits.exempt = exempt;
        let mut run = Run::new(scenario);
        let busy: Vec<f64> = (0..30).map(|_| run.row().values[Row::API_BUSY]).collect();
        let work = busy.iter().sum::<f64>();
        assert!((work - 8.0).abs() < 0.4, "200 lists of 40 ms are 8 CPU-seconds, booked {work}: {busy:?}");
        let longest = busy.iter().copied().fold(0.0, f64::max);
        assert!(longest < 1.2, "one core did the work of {longest} in a second: {busy:?}");
    }
}

proptest! {
    #[test]
    fn nobody_works_beyond_the_cores(
        offered in 0.2..6.0_f64,
        cpu_s in prop_oneof![0.001..0.1_f64, 0.1..2.0_f64],
        more in prop_oneof![0.001..0.1_f64, 0.1..2.0_f64],
        cores in 0.6..16.0_f64,
        polls in any::<bool>(),
        exempt in any::<bool>(),
    ) {
        let rate = offered * cores / (cpu_s + more);
        let arrivals = if polls { Arrivals::FixedRate } else { Arrivals::Open };
        let clients = if polls { rate * 20.0 } else { rate };
        let classes = vec![class("one", arrivals, clients, cpu_s), class("two", arrivals, clients, more)];
        let (most, answered) = worked(classes, cores, exempt);
        prop_assert!(most < 1.02, "{most} of what the cores can in a minute");
        prop_assert!(answered < 1.005, "answers of {answered} of what the cores can in ten minutes");
    }
}

/// 100 lists at once, each half a CPU-second of etcd and next to nothing of the API server; etcd has 4 cores.
#[test]
fn etcd_is_shared_by_those_who_are_with_it() {
    let agent = Class {
        follows: Follows::Agent,
        clients_fixed: 0.0,
        clients_per_node: 1.0,
        period_s: 300.0,
        timeout_s: 120.0,
        etcd_base_s: 0.5,
        ..class("agent", Arrivals::FixedRate, 0.0, 0.001)
    };
    let mut scenario = cluster(1.0, [agent]);
    scenario.cpu = Cpu::new(64.0, 0.0);
    scenario.etcd_cores = 4.0;
    scenario.levels[system_rig::WORKLOAD_LOW].limits.exempt = true;
    let mut run = Run::new(scenario);
    let answered: Vec<f64> = (0..30)
        .map(|_| {
            run.step();
            run.state.classes[0].last.answered
        })
        .collect();
    // They come in 5 s; 50 CPU-seconds take 4 cores 12.5 s.
    let through = |steps: usize| answered[..steps].iter().sum::<f64>();
    assert!((through(30) - 100.0).abs() < 1e-6, "{answered:?}");
    assert!(through(10) * 0.5 <= 4.0 * 10.0 && through(16) > 90.0, "{answered:?}");
    assert_eq!(run.state.etcd_stretch, 1.0, "nobody is left, so nobody waits");
}
