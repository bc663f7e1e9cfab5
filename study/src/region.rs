//! Where a cluster runs well, where a trigger could bring it down for good, and where it falls by itself.

mod text;

use rayon::prelude::*;
use serde::Serialize;
use slackwater_core::verdict::region::Region;

use crate::resolve::{Plan, Settings};
use crate::run::{Trigger, region_of};
use crate::scenario::{InputError, ScenarioFile, Value};
use crate::stop::{PATIENT, Watch, go_on};
use crate::sweep::Axis;

/// Loads scanned, as multiples of the scenario's own: from a twentieth to twenty times.
const LOADS: u32 = 41;
const WIDEST: f64 = 20.0;
/// Bisections of an edge between two loads: to 0.1 % of it.
const HALVINGS: usize = 8;
/// Sizes and durations of the trigger map.
const SIZES: [f64; 8] = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.33, 0.2];
const DURATIONS_S: [f64; 12] = [2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 1200.0, 1800.0];
/// Cells of a map over two keys, unless other numbers are asked for.
pub const CELLS: (u64, u64) = (32, 12);

/// Loads at which a cluster breaks and heals.
///
/// ```
/// use slackwater_study::{cases::find, region::hysteresis, run::Trigger};
/// let mut file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
/// file.set("cluster.nodes=1000")?;
/// let found = hysteresis(&file, Trigger::default())?;
/// assert!(found.heals_at <= found.breaks_at); // what breaks it keeps it down
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hysteresis {
    /// What becomes of it at the load it has.
    pub region: Region,
    /// Smallest load, as a multiple of its own, at which it falls by itself; none if at none looked at.
    pub breaks_at: Option<f64>,
    /// Largest load at which it comes back after the trigger; none if at none looked at, or at all.
    pub heals_at: Option<f64>,
    /// Whether it comes back at every load looked at.
    pub always_heals: bool,
    /// The trigger.
    pub trigger: Trigger,
    /// Smallest and largest load looked at.
    pub looked: (f64, f64),
    /// Whether a higher load always was as bad as a lower one.
    pub monotone: bool,
    /// Load of the trigger map: its own, unless it falls at that without any trigger.
    pub triggers_at: f64,
    /// Share of the CPU lost, seconds, and whether it comes back.
    pub triggers: Vec<(f64, f64, bool)>,
}

/// A map over two keys; [`map()`] draws one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Map {
    /// First key, from left to right, and its values.
    pub across: (String, Vec<Value>),
    /// Second key, from bottom to top, and its values.
    pub up: (String, Vec<Value>),
    /// Regions by the second key, then by the first; none where keys contradict each other.
    pub cells: Vec<Vec<Option<Region>>>,
    /// The trigger.
    pub trigger: Trigger,
}

/// Finds the loads at which the largest cluster of a scenario breaks and heals, and which triggers it survives.
///
/// # Errors
/// Whatever is wrong with the scenario.
pub fn hysteresis(file: &ScenarioFile, trigger: Trigger) -> Result<Hysteresis, InputError> {
    hysteresis_until(file, trigger, PATIENT)
}

/// [`hysteresis()`] that ends with an error, within a run, once `watch` says no.
///
/// # Errors
/// As [`hysteresis()`], and [`Code::Stopped`](crate::scenario::Code::Stopped).
///
/// ```
/// use slackwater_study::{cases::find, region::hysteresis_until, run::Trigger};
/// let file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
/// assert!(hysteresis_until(&file, Trigger::default(), &|| false).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn hysteresis_until(file: &ScenarioFile, trigger: Trigger, watch: Watch<'_>) -> Result<Hysteresis, InputError> {
    let plan = Plan::resolve(file.clone())?;
    let region_at = |load: f64, trigger: Trigger| {
        go_on(watch)?;
        region_of(&plan, load, trigger)
    };
    let last = f64::from(LOADS - 1);
    let loads: Vec<f64> =
        (0..LOADS).map(|at| libm::exp(libm::log(WIDEST) * (2.0 * f64::from(at) / last - 1.0))).collect();
    let found: Vec<Region> = loads.par_iter().map(|load| region_at(*load, trigger)).collect::<Result<_, _>>()?;
    // The first load from which all higher ones are at least so bad, and the edge below it.
    let edge = |worse: Region| {
        let from = found.iter().rposition(|region| *region < worse).map_or(0, |at| at + 1);
        let (below, above) = (from.checked_sub(1).and_then(|at| loads.get(at)), loads.get(from));
        let (Some(&below), Some(&above)) = (below, above) else { return Ok((below.copied(), above.copied())) };
        let (mut low, mut high) = (below, above);
        for _ in 0..HALVINGS {
            let middle = libm::sqrt(low * high);
            if region_at(middle, trigger)? < worse { low = middle } else { high = middle }
        }
        Ok::<_, InputError>((Some(low), Some(high)))
    };
    let (heals, breaks) = (edge(Region::Vulnerable)?, edge(Region::Metastable)?);
    let region = region_at(1.0, trigger)?;
    // Where it falls without any trigger there is nothing to map: a load at which it depends is.
    let at = match (region, heals.0, breaks.1) {
        (Region::Metastable, Some(heals), Some(breaks)) => libm::sqrt(heals * breaks),
        _ => 1.0,
    };
    let triggers: Vec<(f64, f64, bool)> = SIZES
        .iter()
        .flat_map(|size| DURATIONS_S.iter().map(|duration_s| (*size, *duration_s)))
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(size, duration_s)| {
            let region = region_at(at, Trigger { size, duration_s })?;
            Ok((size, duration_s, region == Region::Stable))
        })
        .collect::<Result<_, InputError>>()?;
    Ok(Hysteresis {
        region,
        breaks_at: breaks.1,
        heals_at: heals.0.filter(|_| heals.1.is_some()),
        always_heals: heals.1.is_none(),
        trigger,
        looked: (1.0 / WIDEST, WIDEST),
        monotone: found.is_sorted(),
        triggers_at: at,
        triggers,
    })
}

/// Maps the regions over two keys, each given as for a sweep: `KEY=a..b:n`, or `KEY=a,b,c`.
///
/// # Errors
/// Whatever is wrong with the scenario or an axis.
///
/// ```
/// use slackwater_study::{cases::find, region::map, run::Trigger};
/// let file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
/// let found = map(&file, "cluster.nodes=100,8000", "agent.period_s=30,60", Trigger::default())?;
/// assert_eq!((found.cells.len(), found.cells[0].len()), (2, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn map(file: &ScenarioFile, across: &str, up: &str, trigger: Trigger) -> Result<Map, InputError> {
    map_until(file, across, up, trigger, PATIENT)
}

/// [`map()`] that ends with an error, within a cell, once `watch` says no.
///
/// # Errors
/// As [`map()`], and [`Code::Stopped`](crate::scenario::Code::Stopped).
///
/// ```
/// use slackwater_study::{cases::find, region::map_until, run::Trigger};
/// let file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
/// assert!(map_until(&file, "cluster.nodes=100,8000", "agent.period_s=30,60", Trigger::default(), &|| false).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn map_until(
    file: &ScenarioFile,
    across: &str,
    up: &str,
    trigger: Trigger,
    watch: Watch<'_>,
) -> Result<Map, InputError> {
    let axis = |typed: &str, cells: u64| {
        let axis = Axis::parse(file, typed)?;
        // What has no number of values gets one.
        if axis.count().is_some() { Ok(axis) } else { Axis::parse(file, &format!("{typed}:{cells}")) }
    };
    let (across, up) = (axis(across, CELLS.0)?, axis(up, CELLS.1)?);
    let values = |axis: &Axis| (0..axis.count().unwrap_or(1)).map(|at| axis.value(at)).collect::<Vec<_>>();
    let (columns, rows) = (values(&across), values(&up));
    let settings = Settings::new(file.clone());
    let pairs: Vec<(&Value, &Value)> =
        rows.iter().flat_map(|row| columns.iter().map(move |column| (row, column))).collect();
    let cells: Vec<Option<Region>> = pairs
        .into_par_iter()
        .map(|(row, column)| {
            go_on(watch)?;
            let mut settings = settings.clone();
            settings.replace(across.key(), column);
            settings.replace(up.key(), row);
            Ok(Plan::of(settings).and_then(|plan| region_of(&plan, 1.0, trigger)).ok())
        })
        .collect::<Result<_, InputError>>()?;
    let cells = cells.chunks(columns.len().max(1)).map(<[_]>::to_vec).collect();
    Ok(Map { across: (across.key().to_owned(), columns), up: (up.key().to_owned(), rows), cells, trigger })
}
