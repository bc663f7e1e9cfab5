//! Clusters side by side.

use super::dispatch::Stepped;
use slackwater_core::lane::Across;
use slackwater_core::system::observe::Totals;
use slackwater_core::system::parts::Parts;
use slackwater_core::system::room::Room;
use slackwater_core::system::scenario::Scenario;
use slackwater_core::system::state::{Layout, State};

/// Whether two clusters can be lanes of one side: alike in everything that is no number, and without the parts whose
/// rare work is not kept apart by lane.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_study::lanes::fits;
/// let poll = |nodes: f64, classes: usize| {
///     let mut scenario = Scenario::idle(1.0, nodes, 4.0);
///     scenario.classes.extend((0..classes).map(|_| Class::poll(1.0, 30.0, 0.1)));
///     scenario
/// };
/// assert!(fits(&poll(50.0, 1), &poll(5000.0, 1)) && !fits(&poll(50.0, 1), &poll(50.0, 2)));
/// ```
pub fn fits(one: &Scenario<f64>, other: &Scenario<f64>) -> bool {
    let plain =
        |scenario: &Scenario<f64>| !scenario.etcd.on && scenario.node_lease.is_none() && scenario.election.is_none();
    plain(one) && plain(other) && Across::<f64>::alike(one, other)
}

/// As many clusters as the lane type is wide, in step with each other.
///
/// ```
/// use slackwater_core::lane::F64x4;
/// use slackwater_core::system::observe::Row;
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_study::lanes::Side;
/// let cluster = |nodes: f64| {
///     let mut scenario = Scenario::idle(1.0, nodes, 4.0);
///     scenario.classes.extend([Class::poll(1.0, 30.0, 0.1)]);
///     scenario
/// };
/// let sizes = [50.0, 100.0, 200.0, 400.0].map(cluster);
/// let mut side = Side::<F64x4>::of(&sizes).ok_or("they do not fit")?;
/// let totals = side.step();
/// let load = |lane| Row::read(&side.scenario, &side.state, &totals, lane).values[Row::API_LOAD];
/// assert_eq!(load(3), 2.0 * load(2));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug)]
pub struct Side<L> {
    /// What they are.
    pub scenario: Box<Scenario<L>>,
    /// What they have come to.
    pub state: Box<State<L>>,
    storage: Vec<L>,
    layout: Layout,
    scratch: Vec<f64>,
    room: Box<Room<L>>,
    parts: Parts,
}

impl<L: Stepped> Side<L> {
    /// Healthy clusters, just touched, in the first lanes; the others hold copies of the last. `None` if there is none
    /// or if they do not [fit](fits) together.
    pub fn of(scenarios: &[Scenario<f64>]) -> Option<Self> {
        let first = scenarios.first()?;
        let mut layout = Layout::of(first);
        for other in scenarios {
            let own = Layout::of(other);
            if !fits(first, other) || !layout.alike(&own) {
                return None;
            }
            layout = layout.wider(&own);
        }
        let mut side = Self::laid_out(first, layout);
        for lane in 0..L::LANES {
            side.fill(lane, scenarios.get(lane).or(scenarios.last())?);
        }
        Some(side)
    }

    /// Room for clusters laid out so, or in shorter rings; every lane is to be [filled](Side::fill) with one that
    /// [fits](fits) the one given.
    pub fn laid_out(like: &Scenario<f64>, layout: Layout) -> Self {
        let mut scratch = vec![0.0; layout.length];
        let state = Box::new(State::new(like, &layout, &mut scratch).spread());
        let storage = vec![L::zero(); layout.length];
        Self {
            scenario: Box::new(like.spread()),
            state,
            storage,
            layout,
            scratch,
            room: Box::default(),
            parts: Parts::of(like),
        }
    }

    /// Whether a cluster laid out so can take the place of one that is through.
    pub fn takes(&self, layout: &Layout) -> bool {
        self.layout.alike(layout) && self.layout.wider(layout) == self.layout
    }

    /// Puts a healthy cluster, just touched, into a lane. It must be one the side [takes](Side::takes).
    pub fn fill(&mut self, lane: usize, scenario: &Scenario<f64>) {
        let mut state = State::new(scenario, &self.layout, &mut self.scratch);
        state.stand_beside(&self.state, (lane + 1) % L::LANES, &self.layout, &mut self.scratch);
        scenario.put(&mut self.scenario, lane);
        state.put(&mut self.state, lane);
        for (cell, x) in self.storage.iter_mut().zip(&self.scratch) {
            cell.set_lane(lane, *x);
        }
        // What one of those that were here used is left in: the same bits, and nothing to ask the others.
        self.parts = self.parts.and(Parts::of(scenario));
    }

    /// The cluster of a lane as it stands, with its rings, laid out as [`Side::layout`] says.
    pub fn take(&self, lane: usize) -> (Scenario<f64>, State<f64>, Vec<f64>) {
        let storage = self.storage.iter().map(|cell| cell.lane(lane)).collect();
        (Scenario::take(&self.scenario, lane), State::take(&self.state, lane), storage)
    }

    /// Where the rings of every lane lie.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Moves every lane on by one step.
    pub fn step(&mut self) -> Totals<L> {
        L::step(&self.scenario, &self.layout, &mut self.state, &mut self.storage, &mut self.room, self.parts)
    }
}
