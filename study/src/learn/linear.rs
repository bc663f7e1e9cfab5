//! Weighted linear least squares with few unknowns.

/// Solution and its standard errors, given the variance of each observation.
pub(super) struct Solved<const N: usize> {
    pub(super) value: [f64; N],
    pub(super) error: [f64; N],
    /// Sum of squared residuals in units of their variance.
    pub(super) chi2: f64,
}

/// Solves rows * x = y.
///
/// # Formula
/// Normal equations with weights 1/variance; the covariance is the inverse of the normal matrix (Gauss, Aitken).
pub(super) fn solve<const N: usize>(rows: &[([f64; N], f64, f64)]) -> Option<Solved<N>> {
    // Columns are scaled so that bytes and seconds do not spoil the elimination.
    let mut scale = [0.0_f64; N];
    for (row, _, variance) in rows {
        for (scale, x) in scale.iter_mut().zip(row) {
            *scale += x * x / variance;
        }
    }
    let scale = scale.map(|sum| if sum > 0.0 { sum.sqrt() } else { 1.0 });
    let mut normal = [[0.0; N]; N];
    let mut right = [0.0; N];
    for (row, y, variance) in rows {
        for i in 0..N {
            let xi = row.get(i)? / scale.get(i)?;
            *right.get_mut(i)? += xi * y / variance;
            for j in 0..N {
                *normal.get_mut(i)?.get_mut(j)? += xi * row.get(j)? / scale.get(j)? / variance;
            }
        }
    }
    let inverse = invert(normal)?;
    let mut value = [0.0; N];
    let mut error = [0.0; N];
    for (i, line) in inverse.iter().enumerate() {
        let sum: f64 = line.iter().zip(&right).map(|(a, b)| a * b).sum();
        *value.get_mut(i)? = sum / scale.get(i)?;
        *error.get_mut(i)? = line.get(i)?.max(0.0).sqrt() / scale.get(i)?;
    }
    let chi2 = rows
        .iter()
        .map(|(row, y, variance)| {
            let said: f64 = row.iter().zip(&value).map(|(a, b)| a * b).sum();
            (said - y).powi(2) / variance
        })
        .sum();
    Some(Solved { value, error, chi2 })
}

/// Gauss-Jordan elimination with the largest pivot.
fn invert<const N: usize>(mut a: [[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut b = [[0.0; N]; N];
    for (i, line) in b.iter_mut().enumerate() {
        *line.get_mut(i)? = 1.0;
    }
    for column in 0..N {
        let size = |row: usize| a.get(row).and_then(|line| line.get(column)).map_or(0.0, |x: &f64| x.abs());
        let pivot = (column..N).max_by(|&i, &j| size(i).total_cmp(&size(j)))?;
        if size(pivot) < 1e-13 {
            return None;
        }
        a.swap(column, pivot);
        b.swap(column, pivot);
        let by = *a.get(column)?.get(column)?;
        let (pivot_a, pivot_b) = (a.get(column)?.map(|x| x / by), b.get(column)?.map(|x| x / by));
        for row in 0..N {
            let factor = if row == column { 0.0 } else { *a.get(row)?.get(column)? };
            let (line_a, line_b) = (a.get_mut(row)?, b.get_mut(row)?);
            if row == column {
                (*line_a, *line_b) = (pivot_a, pivot_b);
                continue;
            }
            for (x, p) in line_a.iter_mut().zip(pivot_a) {
                *x -= factor * p;
            }
            for (x, p) in line_b.iter_mut().zip(pivot_b) {
                *x -= factor * p;
            }
        }
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::solve;

    #[test]
    fn a_line_through_three_points() {
        // y = 2 + 3 x, with units far apart.
        let rows = [([1.0, 1e6], 5.0, 0.01), ([1.0, 2e6], 8.0, 0.01), ([1.0, 4e6], 14.0, 0.01)];
        let solved = solve(&rows).unwrap();
        assert!((solved.value[0] - 2.0).abs() < 1e-9 && (solved.value[1] - 3e-6).abs() < 1e-15);
        assert!(solved.chi2 < 1e-12);
        // Textbook: variance of the slope is s2 / sum (x - mean)^2, here 0.01 / (14/3 * 1e12).
        assert!((solved.error[1] - (0.01_f64 / (14.0 / 3.0) / 1e12).sqrt()).abs() < 1e-12);
        assert!(solve(&[([1.0, 1.0], 1.0, 1.0)]).is_none());
    }
}
