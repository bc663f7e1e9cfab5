//! Work without the interpreter's lock, on threads of our own, that Ctrl-C ends at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::errors::defect;
use slackwater_study::threads::STACK_BYTES;

/// Longest time between two looks for Ctrl-C: too short to be felt, long enough to cost nothing.
const LOOK: Duration = Duration::from_millis(50);

/// Threads shared by all calls that ask for no number of their own, and the process they belong to.
static SHARED: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// A pool of so many threads; one a core where none is said.
///
/// A forked process has no threads but the one that forked, so a pool is never taken over from a parent.
fn pool(threads: Option<usize>) -> Result<Arc<ThreadPool>, PyErr> {
    let build = |count: usize| {
        ThreadPoolBuilder::new().num_threads(count).stack_size(STACK_BYTES).build().map(Arc::new).map_err(defect)
    };
    if let Some(count) = threads {
        return build(count);
    }
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    let own = std::process::id();
    match shared.take() {
        Some((process, pool)) if process == own => {
            *shared = Some((own, Arc::clone(&pool)));
            Ok(pool)
        }
        of_parent => {
            // Its threads are not here to be joined.
            std::mem::forget(of_parent);
            let pool = build(0)?;
            *shared = Some((own, Arc::clone(&pool)));
            Ok(pool)
        }
    }
}

/// Runs `work` without the interpreter's lock.
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    py.detach(|| Ok(pool(None)?.install(work)))
}

/// Runs `work` on `threads` threads without the interpreter's lock, and looks for Ctrl-C while it runs: then `stop` is
/// set, and the exception is given once the rows in work are done. What `work` sends is added up and told to `progress`.
pub(crate) fn interruptible<T: Send>(
    py: Python<'_>,
    threads: Option<usize>,
    stop: &AtomicBool,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(Sender<u64>) -> T + Send,
) -> PyResult<T> {
    py.detach(|| {
        let pool = pool(threads)?;
        std::thread::scope(|scope| {
            let (sender, done) = mpsc::channel();
            let running = scope.spawn(move || pool.install(|| work(sender)));
            let (mut rows, mut told, mut last) = (0, 0, Instant::now());
            let mut failed = None;
            loop {
                let ended = match done.recv_timeout(LOOK) {
                    Ok(more) => {
                        rows += more;
                        false
                    }
                    Err(RecvTimeoutError::Timeout) => false,
                    Err(RecvTimeoutError::Disconnected) => true,
                };
                if failed.is_none() && (ended || last.elapsed() >= LOOK) {
                    last = Instant::now();
                    failed = Python::attach(|py| tell(py, progress, rows - told)).err();
                    told = rows;
                    if failed.is_some() {
                        stop.store(true, Ordering::Relaxed);
                    }
                }
                if ended {
                    break;
                }
            }
            let result = running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            failed.map_or(Ok(result), Err)
        })
    })
}

fn tell(py: Python<'_>, progress: Option<&Py<PyAny>>, rows: u64) -> PyResult<()> {
    py.check_signals()?;
    match progress {
        Some(progress) if rows > 0 => progress.call1(py, (rows,)).map(drop),
        _ => Ok(()),
    }
}
