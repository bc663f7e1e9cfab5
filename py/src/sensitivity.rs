//! Which number of a scenario decides.

use pyo3::prelude::*;
use slackwater_study::sensitivity as study;

use crate::compute::detached;
use crate::errors::{defect, input};
use crate::scenario::ScenarioFile;
use crate::table::{Table, number, text, truth};

/// How much every number moves the margin of the gate that decides: text, JSON, columns.
#[pyfunction]
pub(crate) fn sensitivity(py: Python<'_>, scenario: &ScenarioFile) -> PyResult<(String, String, Table)> {
    let file = scenario.file.clone();
    let found = detached(py, move || study::sensitivity(&file))?.map_err(|error| input(&error))?;
    let knobs = &found.knobs;
    let table = Table::of(&[
        text("key", "the number", knobs.iter().map(|knob| Some(knob.key.clone()))),
        number("value", "", "its value, in its own unit", knobs.iter().map(|knob| Some(knob.value))),
        number(
            "slope",
            "",
            "d margin / d ln value, or seconds where only the run decides",
            knobs.iter().map(|knob| Some(knob.slope)),
        ),
        number("by_tenth", "", "change of the margin by a tenth more", knobs.iter().map(|knob| Some(knob.by_tenth()))),
        number("edge", "", "value with margin 0, to first order", knobs.iter().map(|knob| edge(&found, knob))),
        truth("typed", "the scenario sets it", knobs.iter().map(|knob| knob.typed)),
        truth("whole", "it moves by whole ones only", knobs.iter().map(|knob| knob.whole)),
        truth("exact", "the slope is one, no difference", knobs.iter().map(|knob| knob.exact)),
        truth("jumps", "the margin jumps as soon as it passes its value", knobs.iter().map(|knob| knob.jumps)),
    ])?;
    Ok((found.to_string(), serde_json::to_string(&found).map_err(defect)?, table))
}

/// A margin has an edge; a moment has none.
fn edge(found: &study::Sensitivity, knob: &study::Knob) -> Option<f64> {
    (found.of == study::Of::Margin).then(|| knob.edge(found.margin)).flatten()
}
