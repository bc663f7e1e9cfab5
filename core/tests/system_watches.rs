//! From a list to a watch by several requests, and what follows when one of them comes to nothing.

mod system_rig;

use slackwater_core::clients::population::Population;
use slackwater_core::clients::retry::Retry;
use slackwater_core::server::cpu::Cpu;
use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
use system_rig::{Run, class, cluster};

const INFORMERS: f64 = 300.0;

/// Informers that list, ask for a version and watch, on a server that is killed at 100 s and too small for them all.
fn informers(dt_s: f64, otherwise: Option<usize>) -> Scenario<f64> {
    let wide = |class: Class<f64>| Class { seats: 10.0, ..class };
    let lists =
        wide(Class { opens: Some(1), retry: Retry::reflector(), ..class("lists", Arrivals::Watch, INFORMERS, 0.15) });
    let version = wide(Class { opens: Some(2), otherwise, ..class("version", Arrivals::Opens, 0.0, 0.005) });
    let watch = class("watch", Arrivals::Opens, 0.0, 0.001);
    let all = wide(class("all", Arrivals::Opens, 0.0, 0.15));
    let mut scenario = cluster(dt_s, [lists, version, watch, all]);
    scenario.cpu = Cpu::new(0.6, 0.0);
    scenario.actions.kill_s = 100.0;
    scenario
}

#[test]
fn who_does_not_look_at_an_answer_goes_on_whatever_it_was() {
    for dt_s in [0.25, 1.0] {
        let mut run = Run::new(informers(dt_s, Some(3)));
        for second in 0..600 {
            run.mean(1.0);
            let clients: f64 = run.state.classes.iter().map(Population::clients).sum();
            assert!((clients - INFORMERS).abs() < 1e-6, "{clients} clients after {second} s");
        }
        let [lists, version, watch, all] = [0, 1, 2, 3].map(|at| run.state.classes[at].account);
        let failed = version.rejected + version.timed_out + version.refused;
        assert!(failed > 10.0, "{failed} versions came to nothing");
        assert!((all.sent - failed).abs() < 1e-6, "{} watch all, {failed} got no version", all.sent);
        assert!((watch.sent - version.answered).abs() < 1e-6);
        assert!((version.sent - lists.answered).abs() < 1e-6);
        assert!((run.state.classes[0].watching - INFORMERS).abs() < 1e-3);
    }
}

#[test]
fn without_another_request_a_failure_leads_back_to_a_list() {
    let mut run = Run::new(informers(0.5, None));
    run.mean(600.0);
    let [lists, version, watch, all] = [0, 1, 2, 3].map(|at| run.state.classes[at].account);
    assert_eq!(all.sent, 0.0);
    let again = lists.answered - INFORMERS;
    let failed = [version, watch].map(|class| class.rejected + class.timed_out + class.refused);
    assert!((again - failed.iter().sum::<f64>()).abs() < 1e-3, "{again} lists again, {failed:?} failures");
}
