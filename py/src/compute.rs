//! Work without the interpreter's lock, on threads of our own, that Ctrl-C ends at once.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::errors::defect;
use slackwater_study::threads::STACK_BYTES;

/// Longest time between two looks for Ctrl-C: too short to be felt, long enough to cost nothing.
const LOOK: Duration = Duration::from_millis(50);

/// Threads that run already, and the process they run in.
struct Pools {
    process: u32,
    /// One a core, shared by all calls that ask for no number of their own.
    all: Option<Arc<ThreadPool>>,
    /// Those of calls that did, while nobody uses them.
    idle: Vec<Arc<ThreadPool>>,
}

static POOLS: Mutex<Pools> = Mutex::new(Pools { process: 0, all: None, idle: Vec::new() });

/// The pools of this process, and of no other: a forked one has no threads but the one that forked.
fn pools<T>(with: impl FnOnce(&mut Pools) -> T) -> T {
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    if pools.process != process {
        // The threads of a parent are not here to be joined.
        std::mem::forget(std::mem::replace(&mut *pools, Pools { process, all: None, idle: Vec::new() }));
    }
    with(&mut pools)
}

fn built(threads: usize) -> PyResult<Arc<ThreadPool>> {
    ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK_BYTES).build().map(Arc::new).map_err(defect)
}

/// So many threads, for this call alone; one a core, for all, where none is said.
fn lent(threads: Option<usize>) -> PyResult<Arc<ThreadPool>> {
    match threads {
        Some(count) => {
            let fits = |pool: &Arc<ThreadPool>| pool.current_num_threads() == count;
            let idle = pools(|pools| pools.idle.iter().position(fits).map(|at| pools.idle.swap_remove(at)));
            idle.map_or_else(|| built(count), Ok)
        }
        None => pools(|pools| {
            let pool = pools.all.take().map_or_else(|| built(0), Ok)?;
            pools.all = Some(Arc::clone(&pool));
            Ok(pool)
        }),
    }
}

/// What work is given: it ends soon when told to, and tells how far it is.
pub(crate) struct Task {
    stop: Arc<AtomicBool>,
    rows: mpsc::Sender<u64>,
}

impl Task {
    /// Set when nobody waits for the answer any more.
    pub(crate) fn stop(&self) -> &AtomicBool {
        &self.stop
    }

    /// Whether somebody still waits; tells of another piece of work.
    pub(crate) fn watch(&self) -> bool {
        self.done(1);
        !self.stop.load(Ordering::Relaxed)
    }

    /// So many more rows are done.
    pub(crate) fn done(&self, rows: usize) {
        // Who does not wait any more need not know.
        let _ = self.rows.send(rows as u64);
    }
}

/// Runs `work` without the interpreter's lock.
pub(crate) fn detached<T: Send + 'static>(py: Python<'_>, work: impl FnOnce() -> T + Send + 'static) -> PyResult<T> {
    interruptible(py, None, None, |_| work())
}

/// Runs `work` on so many threads without the interpreter's lock; the rows that are done are added up and told to
/// `progress`. On Ctrl-C the exception is given at once, and what is in work, told to stop, ends unseen.
pub(crate) fn interruptible<T: Send + 'static>(
    py: Python<'_>,
    threads: Option<usize>,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(&Task) -> T + Send + 'static,
) -> PyResult<T> {
    py.detach(|| {
        let stop = Arc::new(AtomicBool::new(false));
        let (rows, told) = mpsc::channel();
        let (ended, result) = mpsc::sync_channel(1);
        let task = Task { stop: Arc::clone(&stop), rows };
        let pool = lent(threads)?;
        let own = threads.map(|_| Arc::clone(&pool));
        pool.spawn(move || {
            let _ = ended.send(catch_unwind(AssertUnwindSafe(|| work(&task))));
            if let Some(own) = own {
                pools(|pools| pools.idle.push(own));
            }
            // The task goes last: that it is gone is how the other side knows of the end.
            drop(task);
        });
        wait(&told, progress).inspect_err(|_| stop.store(true, Ordering::Relaxed))?;
        match result.recv() {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(lost) => Err(defect(lost)),
        }
    })
}

/// Waits for the end of work; the exception of Ctrl-C, or of `progress`, does not wait for it.
fn wait(told: &mpsc::Receiver<u64>, progress: Option<&Py<PyAny>>) -> PyResult<()> {
    let (mut rows, mut last) = (0, Instant::now());
    loop {
        let ended = match told.recv_timeout(LOOK) {
            Ok(more) => {
                rows += more;
                false
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => true,
        };
        if ended || last.elapsed() >= LOOK {
            last = Instant::now();
            Python::attach(|py| tell(py, progress, std::mem::take(&mut rows)))?;
        }
        if ended {
            return Ok(());
        }
    }
}

fn tell(py: Python<'_>, progress: Option<&Py<PyAny>>, rows: u64) -> PyResult<()> {
    py.check_signals()?;
    match progress {
        Some(progress) if rows > 0 => progress.call1(py, (rows,)).map(drop),
        _ => Ok(()),
    }
}
