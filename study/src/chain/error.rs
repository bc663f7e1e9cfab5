//! What a chain cannot be made of.

/// Why a chain was not built.
///
/// ```
/// use slackwater_study::chain::{ChainError, RetryServer};
/// let none = RetryServer { arrivals_per_s: 1.0, service_per_s: 0.0, threads: 1, timeout_s: 1.0, retries: 1.0,
///     queue: 10, orbit: 5 };
/// let error = none.solve().err().ok_or("it was solved")?;
/// assert_eq!(error.to_string(), "service rate 0 is out of range: write 1e-9 to 1e9 requests a second");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ChainError {
    /// A number outside its range.
    #[error("{name} {value} is out of range: write {low:e} to {high:e} {unit}")]
    OutOfRange {
        /// What it is.
        name: &'static str,
        /// What was given.
        value: f64,
        /// Smallest allowed.
        low: f64,
        /// Largest allowed.
        high: f64,
        /// Unit.
        unit: &'static str,
    },
    /// More than can be held and solved in seconds.
    #[error(
        "{states} states in a band of {band} are too many: queue and orbit together may have {most} cells; make the smaller of the two smaller"
    )]
    TooLarge {
        /// States asked for.
        states: usize,
        /// Half width of the band.
        band: usize,
        /// Most cells of the band.
        most: usize,
    },
    /// Some state cannot be left towards the first one, or the set asked for cannot be reached.
    #[error("state {state} never gets there")]
    Unreachable {
        /// Number of the state.
        state: usize,
    },
}
