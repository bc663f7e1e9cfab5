//! A run with its slopes: when something happens in a cluster, and how a key moves that moment.

use super::events::{FALLEN, FALLEN_FOR_S, Marks};
use super::path::{Cluster, DOWN, share_at, wave_before};
use super::rule::Rule;
use super::simulate::{Paths, end_s};
use super::verdict::{SHORTEST_SOAK_S, judged};
use crate::outcome::Gate;
use crate::resolve::Plan;
use crate::scenario::InputError;
use slackwater_core::lane::{Across, Dual, Lane, Single};
use slackwater_core::system::observe::Totals;
use slackwater_core::system::scenario::{Arrivals, Scenario};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;

/// Seconds after a moment within which a run in whole steps has shown it.
const LEAST_S: f64 = 60.0;
/// How many times as long again a run with another key is given.
const LONGER: f64 = 3.0;

/// Something that happens in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Users notice.
    Impact,
    /// The API no longer serves, for a minute on end.
    Fallen,
}

/// A moment, in the size of the fleet in which it comes first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct First {
    pub(crate) what: Moment,
    /// Group of the fleet.
    pub(crate) group: usize,
    /// Age of the cluster, seconds.
    pub(crate) at_s: f64,
    /// Start of the wave before it, seconds.
    pub(crate) wave_s: f64,
    /// Whether it can be followed.
    pub(crate) followed: bool,
}

/// The gates of a verdict, the moment from which caches hide nothing any more, and the first fall.
pub(crate) struct Judged {
    pub(crate) gates: Vec<Gate>,
    pub(crate) masked: Option<First>,
    pub(crate) fall: Option<First>,
}

/// Judges a plan by a whole run and keeps what its gates were read from.
pub(crate) fn moments(plan: &Plan) -> Result<Judged, InputError> {
    let paths = Paths::halted(plan, end_s(plan), None)?;
    let gates = judged(plan, &paths)?;
    let first = |by: &dyn Fn(&Marks) -> Option<f64>, at: &dyn Fn(&Marks) -> Option<(Moment, f64)>| {
        let marks = paths.marks.iter().enumerate();
        let (group, marks, _) =
            marks.filter_map(|(group, marks)| Some((group, marks, by(marks)?))).min_by(|a, b| a.2.total_cmp(&b.2))?;
        let ((what, at_s), path) = (at(marks)?, paths.paths.get(group)?);
        // People who halt the rollout before act upon what they see: the moment hangs on theirs too.
        let free = path.last.scenario.actions.halt_s >= at_s && path.last.servers.is_empty();
        Some(First { what, group, at_s, wave_s: path.last.wave_before(at_s), followed: free })
    };
    let impact = |marks: &Marks| marks.impact_s.map(|at_s| (Moment::Impact, at_s));
    let fall = |marks: &Marks| match (marks.fallen_s, marks.impact_s) {
        (Some(fallen_s), Some(impact_s)) if fallen_s == impact_s => Some((Moment::Impact, impact_s)),
        (fallen_s, _) => fallen_s.map(|at_s| (Moment::Fallen, at_s)),
    };
    Ok(Judged {
        masked: first(&|marks| marks.masked_s, &impact),
        fall: first(&|marks| fall(marks).map(|(_, at_s)| at_s), &fall),
        gates,
    })
}

/// Where a run of one cluster starts, and the levels it is held to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Start {
    scenario: Scenario<f64>,
    waves: Vec<(f64, f64)>,
    impact: f64,
    soak_s: f64,
}

impl Start {
    /// A group of a plan at its touch; nothing if the plan has no such group or contradicts itself.
    pub(crate) fn of(plan: &Plan, group: usize) -> Option<Self> {
        let scenario = plan.cluster(plan.fleet.groups.get(group)?.nodes).ok()?;
        let waves = Cluster::outline(plan, scenario.clone()).waves().to_vec();
        let impact = plan.detection.visible_impact_share;
        Some(Self { scenario, waves, impact, soak_s: plan.fleet.soak_s })
    }

    /// The moment with its slope by a key that is `step` further on in `other`; nothing where the two do not have the same
    /// shape or steps, so that one has no slope towards the other, or if the moment does not come.
    pub(crate) fn moment(&self, other: &Self, step_by: f64, first: &First) -> Option<Dual> {
        let (own, others) = (Layout::of(&self.scenario), Layout::of(&other.scenario));
        if !own.alike(&others) || self.waves != other.waves || !Across::<Dual>::alike(&self.scenario, &other.scenario) {
            return None;
        }
        let layout = own.wider(&others);
        let weight = 1.0 / step_by;
        let (mut slots, mut other_slots) = (vec![0.0; layout.length], vec![0.0; layout.length]);
        let begin = State::new(&self.scenario, &layout, &mut slots);
        let other_begin = State::new(&other.scenario, &layout, &mut other_slots);
        if !Across::<Dual>::alike(&begin, &other_begin) {
            return None;
        }
        let mut scenario: Box<Scenario<Dual>> = Box::new(self.scenario.spread());
        Scenario::lean(&mut scenario, &self.scenario, &other.scenario, weight);
        let mut state: Box<State<Dual>> = Box::new(begin.spread());
        State::lean(&mut state, &begin, &other_begin, weight);
        let lean = |from: f64, to: f64| Dual { value: from, slope: (to - from) * weight };
        let storage: Vec<Dual> = slots.iter().zip(&other_slots).map(|(from, to)| lean(*from, *to)).collect();
        let at_s =
            run(first, (scenario, state, storage), &layout, &self.waves, lean(self.impact, other.impact), LEAST_S)?;
        // Slopes change no value; a run that says otherwise is not the one that was judged.
        (at_s.value == first.at_s).then_some(at_s)
    }

    /// The moment as it comes here; nothing if it does not within some times as long.
    pub(crate) fn alone(&self, first: &First) -> Option<f64> {
        let layout = Layout::of(&self.scenario);
        let mut storage = vec![0.0; layout.length];
        let state = Box::new(State::new(&self.scenario, &layout, &mut storage));
        let cluster = (Box::new(self.scenario.clone()), state, storage);
        run(first, cluster, &layout, &self.waves, self.impact, LONGER * first.at_s + LEAST_S)
    }

    /// Margin of the gate `masking` where the impact comes at a moment.
    pub(crate) fn hides(&self, at_s: f64) -> f64 {
        let wave_s = wave_before(&self.waves, at_s);
        let limit = self.soak_s.max(SHORTEST_SOAK_S);
        (limit - (at_s - wave_s)) / limit
    }

    /// Margin of the gate `masking` where the moment is that of the impact, with its slope.
    pub(crate) fn masking(&self, other: &Self, step_by: f64, first: &First) -> Option<Dual> {
        let hidden = self.moment(other, step_by, first)? - Dual::splat(first.wave_s);
        let slope = (other.soak_s - self.soak_s) / step_by;
        let limit = Dual { value: self.soak_s, slope }.max(Dual::splat(SHORTEST_SOAK_S));
        Some((limit - hidden) / limit)
    }
}

/// Steps a cluster until the moment comes, for `more_s` seconds longer than it took in the run that was judged.
fn run<L: Single>(
    first: &First,
    (mut scenario, mut state, mut storage): (Box<Scenario<L>>, Box<State<L>>, Vec<L>),
    layout: &Layout,
    waves: &[(f64, f64)],
    impact: L,
    more_s: f64,
) -> Option<L> {
    let dt_s = scenario.dt_s;
    let mut rule = match first.what {
        Moment::Impact => Rule::new(0.0, impact, dt_s),
        Moment::Fallen => Rule::new(FALLEN_FOR_S, L::splat(FALLEN), dt_s),
    };
    (0..((first.at_s + more_s) / dt_s).ceil() as usize).find_map(|_| {
        scenario.creation.share = L::splat(share_at(waves, state.now_s.value()));
        let totals = step(&scenario, layout, &mut state, &mut storage);
        rule.see(seen(first.what, &scenario, &state, &totals))
    })
}

/// What the rule of a moment reads in a step, as the columns of a row have it.
fn seen<L: Single>(what: Moment, scenario: &Scenario<L>, state: &State<L>, totals: &Totals<L>) -> L {
    if what == Moment::Impact {
        return totals.impact;
    }
    if state.mode.up.value() < DOWN {
        return L::one();
    }
    let (mut failed, mut answered) = (L::zero(), L::zero());
    for (class, population) in scenario.classes.iter().zip(&state.classes) {
        if class.arrivals != Arrivals::DnsMiss {
            let last = &population.last;
            failed += last.failed();
            answered += last.answered;
        }
    }
    failed.over(failed + answered, L::zero())
}
