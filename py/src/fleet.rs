//! Traffic that is led from clusters in trouble to others.

use pyo3::prelude::*;
use slackwater_study::fleet::{self as study, Regret};
use slackwater_study::resolve::Plan;
use slackwater_study::scenario::InputError;

use crate::compute::detached;
use crate::errors::{defect, input};
use crate::scenario::ScenarioFile;
use crate::table::{Table, number};

/// What becomes of the traffic of a fleet: text, JSON of what was found, CSV, whether the others carry it, the text and
/// JSON of other choices in hindsight, columns.
#[pyfunction]
#[pyo3(signature = (scenario, *, regret))]
#[expect(clippy::type_complexity, reason = "a tuple, taken apart in Python at once")]
pub(crate) fn fleet(
    py: Python<'_>,
    scenario: &ScenarioFile,
    regret: bool,
) -> PyResult<(String, String, String, bool, Option<(String, String)>, Table)> {
    let file = scenario.file.clone();
    let found = detached(py, move || -> Result<(study::Outcome, Option<Regret>), InputError> {
        let plan = Plan::resolve(file)?;
        let Some(outcome) = study::run(&plan)? else {
            return Err(study::unsaid(&plan, "fleet__load=0.6"));
        };
        Ok((outcome, if regret { study::regret(&plan)? } else { None }))
    })?;
    let (outcome, hindsight) = found.map_err(|error| input(&error))?;
    let hindsight =
        hindsight.map(|all| Ok::<_, PyErr>((all.to_string(), serde_json::to_string(&all).map_err(defect)?)));
    let columns = outcome.trajectory.iter().map(|(name, values)| {
        let (unit, meaning) = about(name);
        number(name, unit, meaning, values.iter().copied().map(Some))
    });
    let table = Table::of(&columns.collect::<Vec<_>>())?;
    let json = serde_json::to_string(&outcome).map_err(defect)?;
    Ok((outcome.to_string(), json, outcome.to_csv(), outcome.carries(), hindsight.transpose()?, table))
}

/// Unit and meaning of a column.
fn about(name: &str) -> (&'static str, &'static str) {
    match name {
        "t_s" => ("s", "since the rollout started"),
        "home" => ("", "served where it belongs, of all user traffic"),
        "elsewhere" => ("", "served in another cluster, of all user traffic"),
        "shed" => ("", "refused at the entrance of a full cluster, of all user traffic"),
        "outside" => ("", "lost: sent to a cluster that users cannot reach, of all user traffic"),
        "unnamed" => ("", "lost: a name was not found, of all user traffic"),
        "overload" => ("", "lost: pods were asked for more than they can do, of all user traffic"),
        "most_load" => ("", "largest load of a pod, as a multiple of what it carries"),
        _ => ("nodes", "nodes that pull images"),
    }
}
