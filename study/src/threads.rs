//! Threads with room for clusters that run side by side.

/// Stack of a thread, bytes. Eight clusters in one step are some megabytes of plain numbers, and code that is not
/// optimised holds them several times; what is not touched takes no memory.
///
/// ```
/// assert_eq!(slackwater_study::threads::STACK_BYTES, 64 << 20);
/// ```
pub const STACK_BYTES: usize = 64 << 20;

/// Gives the threads of the process that much, if they do not run yet. Whoever starts the process calls it first.
///
/// ```
/// slackwater_study::threads::prepare();
/// slackwater_study::threads::prepare(); // nothing to do
/// ```
pub fn prepare() {
    // Threads that run already are somebody else's.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).build_global();
}
