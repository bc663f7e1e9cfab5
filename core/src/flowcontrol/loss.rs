//! Levels without queues, and limits on requests in flight: who finds a free seat.

use crate::lane::Lane;

/// Terms of Erlang's recursion that are summed: enough up to thousands of seats, as it forgets where it began.
const TERMS: usize = 64;
/// Halvings of the share.
const HALVINGS: usize = 20;
/// Odds beyond which everybody finds a seat, and a load that is none.
const SURE: f64 = 1e18;
const NO_LOAD: f64 = 1e-12;

/// Share of arriving requests that find a free seat, where `held` requests stay through a step, `arriving` ones would
/// be there at its end if all got in, and `seats` requests fit.
///
/// The mean of requests present says little about who is turned away: they come in clumps, and 13 seats that are three
/// quarters full on average are all taken one time in ten.
///
/// # Formula
/// Erlang's loss law at the mean that comes out: share = 1 - B(seats, a) with a = (held + share * arriving) / share, the
/// load that keeps so many busy. The law depends on the time of service by its mean only. Source: A. K. Erlang (1917), by the
/// recursion of [`erlang_b`](crate::queue::erlang_b), begun 64 seats below `seats`.
///
/// ```
/// use slackwater_core::{flowcontrol::loss::granted, queue::erlang_b};
/// // At rest 13 seats and a load of 16.9: what ends in a step is what gets in.
/// let busy = 16.9 * (1.0 - erlang_b(13, 16.9)?);
/// let share = granted(13.0, 0.9 * busy, 0.1 * 16.9);
/// assert!((share - busy / 16.9).abs() < 1e-4);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn granted<L: Lane>(seats: L, held: L, arriving: L) -> L {
    let (one, half) = (L::one(), L::splat(0.5));
    let (mut low, mut high) = (L::zero(), one);
    for _ in 0..HALVINGS {
        let share = (low + high) * half;
        let load = (held + share * arriving).over(share, one);
        let more = one.over(one + odds(seats, load), one).gt(one - share);
        // More are turned away than that: fewer get in.
        high = L::pick(more, share, high);
        low = L::pick(more, low, share);
    }
    (low + high) * half
}

/// Whether anybody is turned away, to one in ten thousand: with `present` requests at the end, less than four standard
/// deviations of a Poisson number and four seats are free.
///
/// ```
/// use slackwater_core::flowcontrol::loss::crowded;
/// assert_eq!((crowded(400.0, 300.0), crowded(400.0, 390.0), crowded(2.0, 0.5)), (0.0, 1.0, 1.0));
/// ```
pub fn crowded<L: Lane>(seats: L, present: L) -> L {
    let four = L::splat(4.0);
    (present + present.max(L::zero()).sqrt() * four + four).ge(seats)
}

/// Odds that an arrival finds a free seat, (1 - B) / B.
fn odds<L: Lane>(seats: L, load: L) -> L {
    let (zero, one) = (L::zero(), L::one());
    let first = (seats - L::splat(TERMS as f64)).max(zero);
    // Far below the load nobody finds one but who takes the place of another: a fluid.
    let mut odds = first / (load - first).max(one);
    for term in 1..=TERMS {
        let seat = first + L::splat(term as f64);
        let there = (seats - seat + one).max(zero).min(one);
        // A last part of a seat counts in part.
        let next = ((one + odds) * seat.min(seats) / load.max(L::splat(NO_LOAD))).min(L::splat(SURE));
        odds += (next - odds) * there;
    }
    odds
}
