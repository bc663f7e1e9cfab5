//! Continuous-time Markov chains whose rates lie in a band.

use super::error::ChainError;

/// Most cells of a band: 200 MB.
const MOST_CELLS: usize = 25_000_000;

/// A chain of states 0, 1, 2 ... in which none is left for one that is further away than the band.
///
/// ```
/// use slackwater_study::chain::Chain;
/// // M/M/1 with three places: arrivals 1 a second, service 2 a second.
/// let mut chain = Chain::new(4, 1)?;
/// for state in 0..3 {
///     chain.add(state, state + 1, 1.0);
///     chain.add(state + 1, state, 2.0);
/// }
/// let share = chain.stationary()?;
/// assert!((share[3] - 1.0 / 15.0).abs() < 1e-15);
/// # Ok::<(), slackwater_study::chain::ChainError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Chain {
    states: usize,
    band: usize,
    /// Rates from state `row` to `row - band ..= row + band`, row by row.
    rates: Vec<f64>,
}

impl Chain {
    /// A chain without any rate yet, `band` at least 1.
    ///
    /// # Errors
    /// [`ChainError::TooLarge`] beyond 25 million cells.
    pub fn new(states: usize, band: usize) -> Result<Self, ChainError> {
        let cells = states.saturating_mul(band.saturating_mul(2).saturating_add(1));
        if cells > MOST_CELLS {
            return Err(ChainError::TooLarge { states, band, most: MOST_CELLS });
        }
        Ok(Self { states, band, rates: vec![0.0; cells] })
    }

    /// Number of states.
    pub fn states(&self) -> usize {
        self.states
    }

    /// Adds a rate, 1/s. Rates to the state itself, out of the band or not above 0 add nothing.
    pub fn add(&mut self, from: usize, to: usize, per_s: f64) {
        if from != to && from < self.states && to < self.states && from.abs_diff(to) <= self.band && per_s > 0.0 {
            let at = self.place(from, to);
            self.rates[at] += per_s;
        }
    }

    /// Rate from one state to another, 1/s.
    pub fn rate(&self, from: usize, to: usize) -> f64 {
        let inside = from < self.states && to < self.states && from.abs_diff(to) <= self.band;
        if inside { self.rates[self.place(from, to)] } else { 0.0 }
    }

    fn place(&self, from: usize, to: usize) -> usize {
        from * (2 * self.band + 1) + to + self.band - from
    }

    /// Takes state `last` out of the chain: who passed through it goes on directly. `passes` is told, for every state
    /// before, which part of a stay in `last` it now carries.
    fn take_out(&mut self, last: usize, exit: f64, mut passes: impl FnMut(usize, f64)) -> Result<f64, ChainError> {
        let first = last.saturating_sub(self.band);
        let row = self.place(last, first)..self.place(last, last);
        let leaves = self.rates[row.clone()].iter().sum::<f64>() + exit;
        if leaves <= 0.0 {
            return Err(ChainError::Unreachable { state: last });
        }
        let (before, here) = self.rates.split_at_mut(row.start);
        let onward = &here[..last - first];
        for from in first..last {
            let at = from * (2 * self.band + 1) + last + self.band - from;
            let part = before[at] / leaves;
            before[at] = part;
            if part > 0.0 {
                let start = from * (2 * self.band + 1) + first + self.band - from;
                for (rate, next) in before[start..start + onward.len()].iter_mut().zip(onward) {
                    *rate += part * next;
                }
                passes(from, part);
            }
        }
        Ok(leaves)
    }

    /// Share of the time that the chain spends in each state.
    ///
    /// # Formula
    /// State reduction without subtraction (Grassmann, Taksar and Heyman, Operations Research 33, 1985): rates back to
    /// a state itself never count, so nothing cancels and every share has its digits, however small.
    ///
    /// # Errors
    /// [`ChainError::Unreachable`] if state 0 cannot be reached from every state.
    pub fn stationary(mut self) -> Result<Vec<f64>, ChainError> {
        for last in (1..self.states).rev() {
            self.take_out(last, 0.0, |_, _| ())?;
        }
        let mut share = vec![0.0; self.states];
        if let Some(first) = share.first_mut() {
            *first = 1.0;
        }
        for state in 1..self.states {
            let from = state.saturating_sub(self.band);
            share[state] = (from..state).map(|before| share[before] * self.rates[self.place(before, state)]).sum();
        }
        let whole: f64 = share.iter().sum();
        for share in &mut share {
            *share /= whole;
        }
        Ok(share)
    }

    /// Mean seconds from each state until the chain is first in one of which `there` holds.
    ///
    /// ```
    /// use slackwater_study::chain::Chain;
    /// let mut chain = Chain::new(3, 1)?;
    /// chain.add(0, 1, 4.0);
    /// chain.add(1, 2, 2.0);
    /// assert_eq!(chain.hitting_s(|state| state == 2)?, [0.75, 0.5, 0.0]);
    /// # Ok::<(), slackwater_study::chain::ChainError>(())
    /// ```
    ///
    /// # Formula
    /// Sum over the rates out of a state: rate * (h here - h there) = 1, solved by the same reduction: every stay in a
    /// state that is taken out is carried on by those who passed through it.
    ///
    /// # Errors
    /// [`ChainError::Unreachable`] if some state never gets there.
    pub fn hitting_s(mut self, there: impl Fn(usize) -> bool) -> Result<Vec<f64>, ChainError> {
        let arrived: Vec<bool> = (0..self.states).map(there).collect();
        let mut exit = vec![0.0; self.states];
        for state in 0..self.states {
            for to in state.saturating_sub(self.band)..(state + self.band + 1).min(self.states) {
                let at = self.place(state, to);
                if arrived[to] || arrived[state] {
                    exit[state] += self.rates[at];
                    self.rates[at] = 0.0;
                }
            }
            if arrived[state] {
                exit[state] = 1.0;
            }
        }
        let mut stays: Vec<f64> = arrived.iter().map(|arrived| f64::from(u8::from(!arrived))).collect();
        let mut leaves = vec![0.0; self.states];
        for last in (0..self.states).rev() {
            let (exits, stay) = (exit[last], stays[last]);
            leaves[last] = self.take_out(last, exits, |from, part| {
                exit[from] += part * exits;
                stays[from] += part * stay;
            })?;
        }
        let mut hitting_s = stays;
        for state in 0..self.states {
            let from = state.saturating_sub(self.band);
            let later: f64 = (from..state).map(|to| self.rates[self.place(state, to)] * hitting_s[to]).sum();
            hitting_s[state] = (hitting_s[state] + later) / leaves[state];
        }
        Ok(hitting_s)
    }
}
