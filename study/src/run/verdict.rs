//! Six gates, N* and the size from which anybody could see it.

use super::events::FALLEN;
use super::path::{DOWN, failing, value};
use super::simulate::Paths;
use crate::outcome::{Gate, Verdict};
use crate::resolve::Plan;
use crate::scenario::InputError;
use slackwater_core::rollout::actions::NEVER_S;
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::Scenario;
use slackwater_core::verdict::gates::{self, Check};
use slackwater_core::verdict::threshold::{Scan, scan};
use std::collections::HashMap;

/// Share of an operator's requests that may fail before the way out counts as closed.
const ESCAPE_LIMIT: f64 = 0.5;
/// A soak below a second is none; the limit must be a number to have a margin.
pub(super) const SHORTEST_SOAK_S: f64 = 1.0;

/// Whether one cluster of `nodes` nodes is safe by the closed-form gates, control plane held fixed.
///
/// # Errors
/// As [`Plan::cluster`].
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::Plan;
/// use slackwater_study::run::safe_at;
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("cluster.nodes=50")?;
/// let plan = Plan::resolve(file)?;
/// assert!(safe_at(&plan, 50.0)?);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
pub fn safe_at(plan: &Plan, nodes: f64) -> Result<bool, InputError> {
    Ok(gates::broken(&plan.cluster(nodes)?).is_none())
}

/// N* and other unsafe bands.
///
/// ```
/// use slackwater_study::cases::find;
/// use slackwater_study::resolve::Plan;
/// use slackwater_study::run::{safe_at, tipping};
/// let plan = Plan::resolve(find("openai-2024-12-11").ok_or("no such case")?.file()?)?;
/// let from = tipping(&plan).from.ok_or("safe at any size")? as f64;
/// assert!(safe_at(&plan, from - 1.0)? && !safe_at(&plan, from)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn tipping(plan: &Plan) -> Scan {
    scan(|nodes| !safe_at(plan, nodes as f64).unwrap_or(true))
}

fn closed(name: &'static str, check: Check, unit: &'static str, why: String) -> Gate {
    Gate {
        name,
        pass: check.pass(),
        value: Some(check.value),
        limit: Some(check.limit),
        unit,
        margin: Some(check.margin()),
        why,
    }
}

fn apart(name: &'static str, unit: &'static str, why: &str) -> Gate {
    Gate { name, pass: true, value: None, limit: None, unit, margin: None, why: why.to_owned() }
}

/// The six gates of a plan whose paths are known.
pub(super) fn judged(plan: &Plan, paths: &Paths) -> Result<Vec<Gate>, InputError> {
    // The worst size decides; larger is not always worse.
    let mut sizes: Vec<Scenario<f64>> = Vec::new();
    for group in &plan.fleet.groups {
        sizes.push(plan.cluster(group.nodes)?);
    }
    let worst = |gate: &dyn Fn(&Scenario<f64>) -> Option<Check>| {
        sizes
            .iter()
            .filter_map(|size| Some((gate(size)?, size.nodes)))
            .min_by(|a, b| a.0.margin().total_cmp(&b.0.margin()))
    };
    let mut gates = Vec::new();
    if let Some((check, nodes)) = worst(&|size| Some(gates::steady(size))) {
        let why = format!("{} at {nodes:.0} nodes with every agent running", check.wall.name());
        gates.push(closed("steady", check, "", why));
    }
    if let Some((check, nodes)) = worst(&|size| Some(gates::surge(size))) {
        let why = format!("API server CPU at {nodes:.0} nodes while the pods come up");
        gates.push(closed("surge", check, "", why));
    }
    gates.push(match worst(&gates::failover) {
        Some((check, nodes)) => {
            let why = format!("{} at {nodes:.0} nodes with one API server lost", check.wall.name());
            closed("failover", check, "", why)
        }
        None => apart("failover", "", "there is one API server: nothing takes over when it is lost"),
    });
    if let Some((check, nodes)) = worst(&|size| Some(gates::restart(size))) {
        // The number is then the floor of what counts as free, not a time anybody would see.
        let full = sizes.iter().any(|size| size.nodes == nodes && gates::standing(size, size.servers).cpu >= 1.0);
        let why = if full {
            format!("after a crash at {nodes:.0} nodes nobody gets through: steady load alone leaves nothing free")
        } else {
            format!("everybody lists again after a crash at {nodes:.0} nodes")
        };
        gates.push(closed("restart", check, "s", why));
    }
    // Without a change there is no wave that could do damage.
    let damage = plan.settings.is("agent.enabled") && paths.marks.iter().any(|marks| marks.falls);
    observed(&mut gates, paths, damage);
    gates.push(masking(plan, paths, damage));
    gates.push(escape(paths, damage));
    Ok(gates)
}

/// Judges a plan whose paths are known.
pub(super) fn verdict(plan: &Plan, paths: &Paths) -> Result<Verdict, InputError> {
    let gates = judged(plan, paths)?;
    // Both scans ask about the same sizes: each is built once.
    let mut known: HashMap<u64, (bool, bool)> = HashMap::new();
    let mut at = |nodes: u64| {
        *known.entry(nodes).or_insert_with(|| match plan.cluster(nodes as f64) {
            Ok(cluster) => (gates::broken(&cluster).is_some(), gates::visible(&cluster)),
            Err(_) => (true, true),
        })
    };
    let found = scan(|nodes| at(nodes).0);
    let seen = scan(|nodes| at(nodes).1);
    Ok(Verdict {
        safe: gates.iter().all(|gate| gate.pass),
        gates,
        tipping_nodes: found.from,
        unsafe_bands: found.bands.to_vec(),
        visible_from_nodes: seen.from,
        reasons: Vec::new(),
    })
}

/// A run that falls is not safe, whatever the closed forms say: they know no retries that feed themselves.
fn observed(gates: &mut [Gate], paths: &Paths, damage: bool) {
    if !damage || gates.iter().any(|gate| !gate.pass) {
        return;
    }
    let busy = paths.paths.iter().zip(&paths.marks).filter(|(_, marks)| marks.falls).map(|(path, _)| {
        let rows = path.last_minute();
        rows.iter().map(|row| value(row, Row::API_BUSY)).sum::<f64>() / rows.len().max(1) as f64
    });
    let check = Check { value: busy.fold(1.0, f64::max), limit: gates::STEADY_LIMIT, wall: gates::Wall::Cpu };
    let stays = paths
        .paths
        .iter()
        .zip(&paths.marks)
        .filter(|(_, marks)| marks.falls)
        .any(|(path, _)| path.last_minute().iter().any(|row| failing(row) >= FALLEN));
    if let Some(steady) = gates.first_mut() {
        let why = if stays {
            "the run shows it fail and stay down: timeouts and retries sustain a load that first requests do not"
        } else {
            "the run shows it fail before it recovers: what begins at once is more than what comes evenly"
        };
        *steady = closed("steady", check, "", why.to_owned());
    }
}

fn masking(plan: &Plan, paths: &Paths, damage: bool) -> Gate {
    if !damage {
        return apart("masking", "s", "no wave does damage");
    }
    let hidden = paths.marks.iter().filter_map(|marks| marks.masked_s).min_by(f64::total_cmp);
    let Some(value) = hidden else {
        return apart("masking", "s", "users never notice by DNS, so no soak can be too short for it");
    };
    let limit = plan.fleet.soak_s.max(SHORTEST_SOAK_S);
    let why = format!("caches hide the damage for {value:.0} s after a wave; the soak is {:.0} s", plan.fleet.soak_s);
    closed("masking", Check { value, limit, wall: gates::Wall::Cpu }, "s", why)
}

fn escape(paths: &Paths, damage: bool) -> Gate {
    if !damage {
        return apart("escape", "", "no wave does damage");
    }
    let mut worst: f64 = 0.0;
    let (mut stuck, mut dying) = (false, false);
    for (path, _) in paths.paths.iter().zip(&paths.marks).filter(|(_, marks)| marks.falls) {
        let rows = path.last_minute();
        let failing = rows.iter().map(|row| 1.0 - value(row, Row::OPERATOR)).sum::<f64>() / rows.len().max(1) as f64;
        worst = worst.max(failing);
        let down = rows.iter().any(|row| value(row, Row::ANSWERING) < DOWN);
        let memory = &path.last.scenario.memory;
        let never_killed = memory.thrashes > 0.0 && memory.kill_over >= NEVER_S;
        // A server that thrashes between kills is one that is killed.
        let hangs = never_killed || rows.iter().all(|row| value(row, Row::THRASHING) >= 1.0);
        stuck = stuck || (down && hangs);
        dying = dying || (down && !hangs);
    }
    let who = paths.paths.first().and_then(|path| {
        let scenario = &path.last.scenario;
        scenario.classes.get(scenario.operator).map(|class| class.label.identity.to_string())
    });
    let who = who.unwrap_or_default();
    let why = if stuck {
        format!("the API server answers nobody, {who} included: only a restart helps")
    } else if dying {
        format!("the API server is killed again and again: {who} gets through only in between")
    } else {
        format!("requests of {who} that fail while the agent saturates the API server")
    };
    closed("escape", Check { value: worst, limit: ESCAPE_LIMIT, wall: gates::Wall::Cpu }, "", why)
}
