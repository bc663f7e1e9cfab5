//! Watched clusters side by side: sorted so that neighbours share a fate, each lane filled again when its cluster is
//! decided.

use super::watch::{Next, Watch};
use crate::lanes::{Side, Stepped, Wide, fits};
use slackwater_core::lane::{F64x4, F64x8, F64x16};
use slackwater_core::system::observe::Row;
use slackwater_core::system::state::Layout;
use slackwater_core::system::step::step;
use slackwater_core::verdict::gates::steady;
use std::collections::VecDeque;

/// A cluster that has to be run, for one of the owners who ask.
struct Job<'a> {
    owner: usize,
    watch: Watch<'a>,
    layout: Layout,
}

/// Whether any cluster of each owner falls. An owner of whom it is known asks no more.
pub(super) fn fall(watches: Vec<(usize, Watch<'_>)>, owners: usize, wide: Wide) -> Vec<bool> {
    let mut fallen = vec![false; owners];
    let mut jobs: Vec<(f64, Box<Job<'_>>)> = Vec::new();
    for (owner, watch) in watches {
        if wide == Wide::One || watch.apart() {
            fallen[owner] = fallen[owner] || watch.falls();
        } else {
            let layout = Layout::of(&watch.size);
            jobs.push((steady(&watch.size).value, Box::new(Job { owner, watch, layout })));
        }
    }
    // The heaviest first: they fall soonest, and what falls decides for its owner.
    jobs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut left: Vec<Box<Job<'_>>> = jobs.into_iter().map(|(_, job)| job).collect();
    while !left.is_empty() {
        let first = left.remove(0);
        let (mut group, mut rest) = (VecDeque::new(), Vec::new());
        for job in left {
            let joins = fits(&first.watch.size, &job.watch.size) && first.layout.alike(&job.layout);
            if joins { group.push_back(job) } else { rest.push(job) }
        }
        left = rest;
        if group.is_empty() || !fits(&first.watch.size, &first.watch.size) {
            fallen[first.owner] = fallen[first.owner] || first.watch.falls();
            left.splice(0..0, group);
            continue;
        }
        group.push_front(first);
        // No wider than there are clusters to fill it.
        if wide == Wide::Sixteen && group.len() > Wide::Eight.lanes() {
            run::<F64x16>(group, &mut fallen);
        } else if wide != Wide::Four && group.len() > Wide::Four.lanes() {
            run::<F64x8>(group, &mut fallen);
        } else {
            run::<F64x4>(group, &mut fallen);
        }
    }
    fallen
}

/// Runs jobs that fit together.
fn run<L: Stepped>(mut queue: VecDeque<Box<Job<'_>>>, fallen: &mut [bool]) {
    let Some(layout) = queue.iter().map(|job| job.layout.clone()).reduce(|wide, own| wide.wider(&own)) else { return };
    let next = |queue: &mut VecDeque<Box<Job<'_>>>, fallen: &[bool]| {
        while queue.front().is_some_and(|job| fallen[job.owner]) {
            queue.pop_front();
        }
    };
    next(&mut queue, fallen);
    let Some(mut side) = queue.front().map(|job| Side::<L>::laid_out(&job.watch.size, layout)) else { return };
    let mut lanes: Vec<Option<Box<Job<'_>>>> = (0..L::LANES).map(|_| None).collect();
    loop {
        for (lane, place) in lanes.iter_mut().enumerate() {
            if place.as_ref().is_none_or(|job| fallen[job.owner]) {
                next(&mut queue, fallen);
                *place = queue.pop_front();
                if let Some(job) = place {
                    side.fill(lane, &job.watch.size);
                }
            }
        }
        let active = lanes.iter().flatten().count();
        // A wide step costs as much as a few single ones: the last go on alone.
        if queue.is_empty() && 5 * active < 2 * L::LANES {
            break;
        }
        for (lane, job) in lanes.iter().enumerate() {
            if let Some(job) = job {
                side.scenario.creation.share.set_lane(lane, job.watch.share(side.state.now_s.lane(lane)));
            }
        }
        let totals = side.step();
        for (lane, place) in lanes.iter_mut().enumerate() {
            let Some(job) = place else { continue };
            let row = Row::read(&side.scenario, &side.state, &totals, lane);
            match job.watch.see(row, &side.state, lane) {
                Next::On => {}
                Next::Halt(halt_s) => side.scenario.actions.halt_s.set_lane(lane, halt_s),
                Next::Again(halt_s) => {
                    job.watch = job.watch.again(halt_s);
                    side.fill(lane, &job.watch.size);
                }
                Next::Falls(falls) => {
                    fallen[job.owner] |= falls;
                    *place = None;
                }
            }
        }
    }
    for (lane, job) in lanes.into_iter().enumerate() {
        if let Some(job) = job.filter(|job| !fallen[job.owner]) {
            fallen[job.owner] |= alone(job.watch, &side, lane);
        }
    }
}

/// A cluster that leaves its lane goes on by itself.
fn alone<L: Stepped>(mut watch: Watch<'_>, side: &Side<L>, lane: usize) -> bool {
    let (mut scenario, mut state, mut storage) = side.take(lane);
    loop {
        scenario.creation.share = watch.share(state.now_s);
        let totals = step(&scenario, side.layout(), &mut state, &mut storage);
        match watch.see(Row::read(&scenario, &state, &totals, 0), &state, 0) {
            Next::On => {}
            Next::Halt(halt_s) => scenario.actions.halt_s = halt_s,
            Next::Again(halt_s) => return watch.again(halt_s).falls(),
            Next::Falls(falls) => return falls,
        }
    }
}
