//! One API server: its process, its levels, its cores, and what it holds.

use super::levels::Levels;
use super::sharing::Sharing;

/// What the process of an API server is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Takes and answers requests.
    Up,
    /// Gone, or filling its watch caches: connections are refused.
    Down,
    /// Takes connections, answers nobody.
    Thrashing,
}

#[derive(Debug)]
pub(super) struct Server {
    pub mode: Mode,
    /// Number of its process.
    pub boot: u32,
    pub levels: Levels,
    pub cpu: Sharing,
    /// Requests that have their seats, or are held by a server that answers nobody.
    pub running: u64,
    pub running_bytes: f64,
    pub waiting: u64,
    /// Requests that wait for a turn of its run queue.
    pub line: u32,
    /// Watches that are open.
    pub watching: u64,
    /// Its watch caches are full from then on; before that, what they answer has to wait.
    pub filling_from_ns: u64,
    pub filled_ns: u64,
    /// Requests with etcd: they hold seats, and no answer yet.
    pub reading: u64,
    /// Its caches could not be filled for lack of etcd.
    pub unfilled: bool,
    /// When its process runs again after a kill.
    pub runs_ns: u64,
    /// Since when it thrashes.
    pub since_ns: u64,
    /// Earliest time at which somebody may restart it, while it thrashes.
    pub silent_until_ns: u64,
    /// Nanoseconds of the present second in which it answered nobody, up to `since_ns`.
    pub silent_ns: u64,
    /// CPU-seconds given out up to the start of the present second.
    pub used_before_s: f64,
}

impl Server {
    pub(super) fn new(levels: Levels, cpu: Sharing) -> Self {
        Self {
            mode: Mode::Up,
            boot: 0,
            levels,
            cpu,
            running: 0,
            running_bytes: 0.0,
            waiting: 0,
            line: 0,
            watching: 0,
            filling_from_ns: 0,
            filled_ns: 0,
            reading: 0,
            unfilled: false,
            runs_ns: 0,
            since_ns: 0,
            silent_until_ns: 0,
            silent_ns: 0,
            used_before_s: 0.0,
        }
    }

    /// A request of so many bytes gets its seats.
    pub(super) fn takes(&mut self, bytes: f64) {
        self.running += 1;
        self.running_bytes += bytes;
    }

    /// One that had them goes.
    pub(super) fn lets_go(&mut self, bytes: f64) {
        self.running -= 1;
        // An empty server holds nothing, whatever rounding leaves.
        self.running_bytes = if self.running == 0 { 0.0 } else { self.running_bytes - bytes };
    }
}
