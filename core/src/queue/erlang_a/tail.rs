//! The waiting states of Erlang A, relative to the state in which all servers are busy and nobody waits.
//!
//! With x = c/r and y = a/r the sum of their weights is S = sum of y^j/((x+1)...(x+j)), which is also
//! x times the integral of exp(y (1 - e^-w) - x w) over w >= 0; w is the wait of a patient client in units of the mean
//! patience. (F. Baccelli and G. Hebuterne, "On queues with impatient customers", 1981.) The sum is short unless x is
//! large and the load near or above c. There the integrand is a smooth bump, and a fixed Gauss rule does.

/// Where the sum gets long: x above which the integral takes over.
const LONG_SUM: f64 = 5e4;

/// Log of a sum so large that no figure differs from its limit.
const LN_HUGE: f64 = 100.0;

pub(super) struct Tail {
    /// S, at least 1, or infinite if it does not matter any more.
    pub(super) sum: f64,
    /// Share of those who find all servers busy that give up.
    pub(super) loss: f64,
}

impl Tail {
    /// For `c` servers, load `a` and `r`, the mean service time over the mean patience.
    pub(super) fn new(c: f64, a: f64, r: f64) -> Self {
        let x = c / r;
        let (sum, loss) = if a > c && ln_peak(c, a, x) > LN_HUGE {
            (f64::INFINITY, 1.0)
        } else if x < LONG_SUM || a < 0.5 * c {
            state_sum(c, a, r)
        } else {
            wait_integral(c, a, r)
        };
        // Above c the balance of flows gives the loss from S alone, without the mean of small numbers.
        let loss = if a >= c { (a - c) / a + c / (a * sum) } else { loss };
        Self { sum, loss }
    }
}

/// Log of the largest integrand, y - x - x ln(y/x), for a > c.
fn ln_peak(c: f64, a: f64, x: f64) -> f64 {
    let excess = (a - c) / c;
    x * (excess - libm::log1p(excess))
}

/// S and the loss, term by term.
fn state_sum(c: f64, a: f64, r: f64) -> (f64, f64) {
    // Terms in units of the first, which may be too small for an f64.
    let first = a / (c + r);
    let (mut term, mut sum, mut waiting, mut j) = (1.0, 1.0, 1.0, 1.0);
    loop {
        j += 1.0;
        let ratio = a / (c + j * r);
        term *= ratio;
        sum += term;
        waiting += j * term;
        if ratio < 1.0 && j * term < 1e-19 * waiting {
            break;
        }
    }
    let sum = 1.0 + first * sum;
    (sum, r / (c + r) * waiting / sum)
}

/// S and the loss by a composite Gauss rule, in z = w sqrt(y).
fn wait_integral(c: f64, a: f64, r: f64) -> (f64, f64) {
    let y = a / r;
    let root = libm::sqrt(y);
    let slope = (a - c) / r / root;
    let end = if slope > 0.0 { 1.1 * slope + 11.0 } else { 90.0 / (libm::sqrt(slope * slope + 80.0) - slope) };
    let half = 0.5 * end / PANELS;
    let (mut sum, mut loss) = (0.0, 0.0);
    let mut add = |z: f64, weight: f64| {
        let w = z / root;
        let density = weight * libm::exp(z * slope - z * z * curvature(w));
        sum += density;
        loss -= density * libm::expm1(-w);
    };
    let mut centre = half;
    while centre < end {
        for &(node, weight) in &GAUSS {
            add(centre - half * node, weight);
            add(centre + half * node, weight);
        }
        centre += 2.0 * half;
    }
    (c / libm::sqrt(a * r) * half * sum, loss / sum)
}

/// (e^-w - 1 + w)/w^2, for w up to 0.15; the first term left out is below 1e-16.
fn curvature(w: f64) -> f64 {
    let tail = 1.0 / 5040.0 - w * (1.0 / 40_320.0 - w * (1.0 / 362_880.0 - w * (1.0 / 3_628_800.0)));
    0.5 - w * (1.0 / 6.0 - w * (1.0 / 24.0 - w * (1.0 / 120.0 - w * (1.0 / 720.0 - w * tail))))
}

/// Panels of the composite rule.
const PANELS: f64 = 12.0;

/// Positive nodes and weights of the 16-point Gauss-Legendre rule on -1..1.
const GAUSS: [(f64, f64); 8] = [
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_096),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_894),
    (0.865_631_202_387_831_8, 0.095_158_511_682_492_79),
    (0.755_404_408_355_003, 0.124_628_971_255_533_88),
    (0.617_876_244_402_643_8, 0.149_595_988_816_576_74),
    (0.458_016_777_657_227_37, 0.169_156_519_395_002_54),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_58),
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gauss_rule_integrates_even_powers_up_to_thirty() {
        for power in (0..=30).step_by(2) {
            let got: f64 = GAUSS.iter().map(|&(x, w)| 2.0 * w * libm::pow(x, f64::from(power))).sum();
            let want = 2.0 / f64::from(power + 1);
            assert!((got - want).abs() < 1e-14 * want, "power {power}: {got} instead of {want}");
        }
    }

    #[test]
    fn sum_and_integral_agree_where_both_are_practical() {
        for (c, a, r) in [(10.0, 5.0, 1e-4), (10.0, 9.99, 1e-4), (50.0, 50.0, 1e-3), (100.0, 104.0, 1e-3)] {
            let (sum, loss) = state_sum(c, a, r);
            let (integral, integral_loss) = wait_integral(c, a, r);
            assert!((sum - integral).abs() < 1e-12 * sum, "S at c={c} a={a} r={r}: {sum} and {integral}");
            assert!(
                (loss - integral_loss).abs() < 1e-12 * loss,
                "loss at c={c} a={a} r={r}: {loss} and {integral_loss}"
            );
        }
    }
}
