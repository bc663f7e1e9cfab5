//! Searches that tell how far they are, and end when they are told to.

use crate::scenario::{Code, InputError};

/// Whoever waits for an answer: called before every piece of work, and the search ends with [`Code::Stopped`] once it
/// says no. Called from several threads at once.
///
/// ```
/// use slackwater_study::cases::find;
/// use slackwater_study::stop::Watch;
/// use slackwater_study::threshold::{Look, threshold_until};
/// use std::sync::atomic::{AtomicU32, Ordering};
/// let file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
/// let asked = AtomicU32::new(0);
/// let ten: Watch<'_> = &|| asked.fetch_add(1, Ordering::Relaxed) < 10;
/// assert!(threshold_until(&file, "cluster.nodes", Look::default(), ten).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Watch<'a> = &'a (dyn Fn() -> bool + Sync);

/// Waits until the end.
pub(crate) const PATIENT: Watch<'static> = &|| true;

/// Refuses to go on once nobody waits any more.
pub(crate) fn go_on(watch: Watch<'_>) -> Result<(), InputError> {
    if watch() {
        return Ok(());
    }
    Err(InputError::new(Code::Stopped, "stopped before its end".to_owned()).help("begin again"))
}
