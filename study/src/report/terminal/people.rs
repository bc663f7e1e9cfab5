//! What people could have done: a gate in time, and the remedies afterwards.

use super::super::axis::midnight;
use super::super::ink::Ink;
use super::super::numbers::{clock, count, elapsed};
use super::super::text::{Side, filled, table};
use super::clock::headed;
use crate::outcome::Outcome;

pub(super) fn counterfactual(outcome: &Outcome, ink: Ink) -> Vec<String> {
    let Some(gate) = &outcome.counterfactual else { return Vec::new() };
    let at = gate.clock.clone().or_else(|| gate.halt_t_s.map(|t_s| clock(midnight(outcome) + t_s)));
    let text = match at {
        Some(at) => format!(
            "a gate on the API server would have halted at {at}: {} of {} clusters spared, {} of {} falls prevented",
            count(gate.clusters_spared),
            count(gate.clusters),
            count(gate.falls_prevented),
            count(gate.clusters_fallen)
        ),
        // Nothing to halt and nothing to spare: nothing to say.
        None if gate.clusters_fallen == 0 => return Vec::new(),
        None => format!(
            "a gate on the API server would not have halted this rollout: {} of {} clusters fell",
            count(gate.clusters_fallen),
            count(gate.clusters)
        ),
    };
    std::iter::once(ink.strong("had somebody watched the API server")).chain(filled(&text, 2)).collect()
}

pub(super) fn remedies(outcome: &Outcome, ink: Ink) -> Vec<String> {
    if outcome.remedies.is_empty() {
        return Vec::new();
    }
    let start = midnight(outcome);
    let since = |t_s: Option<f64>| t_s.map_or("not in this run".to_owned(), elapsed);
    let at = |t_s: Option<f64>| t_s.map_or("–".to_owned(), |t_s| clock(start + t_s));
    let head = ["remedy", "first recovered", "clock", "all recovered", "clock"].map(str::to_owned);
    let body = outcome.remedies.iter().map(|remedy| {
        let name = if remedy.name == "together" { "all together".to_owned() } else { format!("{} alone", remedy.name) };
        let (first, all) = (remedy.first_recovered_s, remedy.all_recovered_s);
        [name, since(first), at(first), since(all), at(all)]
    });
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(body).collect();
    headed(table([Side::Left, Side::Right, Side::Right, Side::Right, Side::Right], &rows), ink)
}
