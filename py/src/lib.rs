//! `slackwater._native`: what the Python package asks of Rust, thin over [`slackwater_study`] and under the same names.
//!
//! Python gives scenarios and keys, and gets text, JSON, or columns that NumPy and Arrow read without a copy. The
//! package around it (`python/slackwater`) turns them into classes. Nothing is computed here.

#![expect(clippy::needless_pass_by_value, reason = "arguments come from Python by value")]

mod cases;
mod chain;
mod cli;
mod column;
mod compute;
mod errors;
mod fidelity;
mod fleet;
mod learn;
mod outage;
mod queue;
mod region;
mod remedies;
mod run;
mod saved;
mod scenario;
mod sensitivity;
mod sweep;
mod table;
mod threshold;

#[pyo3::pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use super::cases::{cases, hold};
    #[pymodule_export]
    use super::chain::chain;
    #[pymodule_export]
    use super::cli::cli;
    #[pymodule_export]
    use super::column::Column;
    #[pymodule_export]
    use super::fidelity::{draw, fidelity};
    #[pymodule_export]
    use super::fleet::fleet;
    #[pymodule_export]
    use super::learn::{fit, given};
    #[pymodule_export]
    use super::outage::outage;
    #[pymodule_export]
    use super::queue::law;
    #[pymodule_export]
    use super::region::{hysteresis, region_map};
    #[pymodule_export]
    use super::remedies::remedies;
    #[pymodule_export]
    use super::run::{escape, judge, resume, simulate};
    #[pymodule_export]
    use super::saved::Saved;
    #[pymodule_export]
    use super::scenario::{ScenarioFile, explain, keys};
    #[pymodule_export]
    use super::sensitivity::sensitivity;
    #[pymodule_export]
    use super::sweep::{Answers, Design, Stream};
    #[pymodule_export]
    use super::table::Table;
    #[pymodule_export]
    use super::threshold::{frontier, interval, threshold};

    /// Version of slackwater.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
