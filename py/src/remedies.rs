//! What gets people out, and how fast.

use pyo3::prelude::*;
use slackwater_study::remedies::{Lever, Lift, Ranking, rank_until};
use slackwater_study::resolve::Plan;

use crate::compute::interruptible;
use crate::errors::{defect, input};
use crate::scenario::ScenarioFile;
use crate::table::{Table, number, text, whole};

/// Every remedy alone and in pairs: text, JSON, CSV, whether there is a way out, columns. None if no cluster falls.
#[pyfunction]
#[pyo3(signature = (scenario, at_s, progress))]
#[expect(clippy::type_complexity, reason = "a tuple, taken apart in Python at once")]
pub(crate) fn remedies(
    py: Python<'_>,
    scenario: &ScenarioFile,
    at_s: Option<f64>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Option<(String, String, String, bool, Table)>> {
    let file = scenario.file.clone();
    let ranking = interruptible(py, None, progress.as_ref(), move |task| {
        rank_until(&Plan::resolve(file)?, at_s, &|| task.watch())
    })?;
    let Some(ranking) = ranking.map_err(|error| input(&error))? else { return Ok(None) };
    let json = serde_json::to_string(&ranking).map_err(defect)?;
    Ok(Some((ranking.to_string(), json, ranking.to_csv(), ranking.way_out(), table(&ranking)?)))
}

fn table(ranking: &Ranking) -> PyResult<Table> {
    let tries =
        || std::iter::once(&ranking.nobody).chain(&ranking.together).chain(&ranking.alone).chain(&ranking.pairs);
    let joined = |levers: &[Lever]| levers.iter().map(|lever| lever.name()).collect::<Vec<_>>().join("+");
    let relapse = |lift: Lift| if let Lift::Relapses { after_s } = lift { Some(after_s) } else { None };
    Table::of(&[
        text("remedies", "what was done; empty for nothing", tries().map(|tried| Some(joined(&tried.remedies)))),
        number("recovered_s", "s", "from the first reaction until well", tries().map(|tried| tried.recovered_s)),
        number("damage_min", "min", "user traffic lost", tries().map(|tried| Some(tried.damage_min))),
        number("regret_min", "min", "what of that the best spares", tries().map(|tried| Some(tried.regret_min))),
        whole("falls_again", "", "times it was well and fell again", tries().map(|tried| i64::from(tried.falls_again))),
        number("relapses_after_s", "s", "after being taken back", tries().map(|tried| relapse(tried.lift))),
        number("herd", "", "CPU asked for once servers are back", tries().map(|tried| tried.herd)),
        text("locked_out", "never got through to the API", tries().map(|tried| Some(joined(&tried.locked_out)))),
    ])
}
