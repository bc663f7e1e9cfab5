//! Slopes of a number that depends on one key, from either side of its value.

/// Part of a key by which it is moved: rounding and curvature are then both below 1e-9.
const PART: f64 = 1e-6;
/// Slopes from the two sides that differ by more than this part are those of a corner or of a jump.
const ALIKE: f64 = 1e-3;
/// Over twice the way a jump gives half the slope; what falls below this part of it is one.
const JUMP: f64 = 0.75;

/// A slope by the key itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slope {
    /// Change by the change of the key.
    pub by_key: f64,
    /// Whether the number jumps as soon as the key passes its value on one side.
    pub jumps: bool,
    /// Whether it is a slope; else it is a difference.
    pub exact: bool,
}

/// The slope at `value`, which is above 0. `side` gives that from the value to `value + step`, and nothing where the key
/// cannot go. Where the two sides differ it is that of the flatter one: the other has a corner or a jump in it.
pub(super) fn slope(value: f64, side: impl Fn(f64) -> Option<f64>) -> Option<Slope> {
    let step = PART * value;
    let (left, right) = (side(-step), side(step));
    if let (Some(left), Some(right)) = (left, right)
        && (left - right).abs() <= ALIKE * left.abs().max(right.abs()) + super::NONE / value
    {
        return Some(Slope { by_key: 0.5 * (left + right), jumps: false, exact: true });
    }
    let (flat, way, steep) = match (left, right) {
        (Some(left), Some(right)) if right.abs() < left.abs() => (right, step, Some((left, -step))),
        (Some(left), right) => (left, -step, right.map(|right| (right, step))),
        (None, right) => (right?, step, None),
    };
    // One side alone has the curvature in it; over twice the way it has twice as much.
    let by_key =
        side(2.0 * way).filter(|far| (far - flat).abs() <= ALIKE * flat.abs()).map_or(flat, |far| 2.0 * flat - far);
    let jumps = steep.is_some_and(|(steep, way)| side(2.0 * way).is_none_or(|far| far.abs() < JUMP * steep.abs()));
    Some(Slope { by_key, jumps, exact: true })
}

/// Slope between the numbers `by` below and `by` above, where the key can go both ways; else from the number here.
pub(super) fn between(less: Option<f64>, here: f64, more: Option<f64>, by: f64) -> Option<f64> {
    match (less, more) {
        (Some(less), Some(more)) => Some((more - less) / (2.0 * by)),
        (Some(less), None) => Some((here - less) / by),
        (None, Some(more)) => Some((more - here) / by),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Slope, between, slope};

    fn of(at: f64, f: impl Fn(f64) -> Option<f64>) -> Option<Slope> {
        slope(at, |step| Some((f(at + step)? - f(at)?) / step))
    }

    /// A millionth to either side: curvature 1e-12, rounding 1e-10.
    #[test]
    fn smooth_is_the_derivative() {
        let found = of(3.0, |x| Some(x * x * x)).expect("a slope");
        assert!((found.by_key - 27.0).abs() < 1e-8 && !found.jumps);
    }

    #[test]
    fn beside_a_jump_it_is_that_of_the_side_without() {
        let found = of(4.0, |x| Some(x * x + if x > 4.0 { 1.0 } else { 0.0 })).expect("a slope");
        assert!((found.by_key - 8.0).abs() < 1e-7 && found.jumps);
        let found = of(4.0, |x| Some(x * x + if x < 4.0 { 1.0 } else { 0.0 })).expect("a slope");
        assert!((found.by_key - 8.0).abs() < 1e-7 && found.jumps);
    }

    #[test]
    fn a_difference_goes_as_far_as_the_key_can() {
        let of = |less, more| between(less, 4.0, more, 2.0);
        assert_eq!((of(Some(1.0), Some(9.0)), of(Some(1.0), None)), (Some(2.0), Some(1.5)));
        assert_eq!((of(None, Some(9.0)), of(None, None)), (Some(2.5), None));
    }

    #[test]
    fn a_corner_is_no_jump_and_an_end_has_one_side() {
        let found = of(1.0, |x| Some(if x < 1.0 { x } else { 3.0 * x - 2.0 })).expect("a slope");
        assert!((found.by_key - 1.0).abs() < 1e-8 && !found.jumps);
        let found = of(1.0, |x| (x <= 1.0).then_some(x * x)).expect("a slope");
        assert!((found.by_key - 2.0).abs() < 1e-7 && !found.jumps);
        assert_eq!(of(1.0, |x| (x == 1.0).then_some(x)), None);
    }
}
