//! Processor sharing, job by job: everybody present is served at the same speed, so one clock of attained service
//! says who is done.

use super::agenda::NEVER_NS;
use slackwater_core::server::cpu::Cpu;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Stands for a job until it is done or taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Key {
    slot: u32,
    serial: u32,
}

#[derive(Clone, Copy, Debug)]
struct Job {
    /// Reading of the clock at which it is done.
    end_s: f64,
    order: u64,
    key: Key,
    request: u32,
}

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for Job {}

impl PartialOrd for Job {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Job {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.end_s.total_cmp(&other.end_s).then(self.order.cmp(&other.order))
    }
}

/// Cores shared by all jobs on them.
#[derive(Debug)]
pub(super) struct Sharing {
    cpu: Cpu<f64>,
    /// Cores as a multiple of what they were.
    growth: f64,
    attained_s: f64,
    last_ns: u64,
    present: usize,
    jobs: BinaryHeap<Reverse<Job>>,
    serials: Vec<u32>,
    /// Reading of the clock at which the job of a slot is done.
    ends_s: Vec<f64>,
    free: Vec<u32>,
    issued: u64,
    /// When the first job is done, if nothing changes before.
    pub next_ns: u64,
    /// CPU-seconds given out so far.
    pub used_s: f64,
}

impl Sharing {
    pub(super) fn new(cpu: Cpu<f64>) -> Self {
        Self {
            cpu,
            growth: 1.0,
            attained_s: 0.0,
            last_ns: 0,
            present: 0,
            jobs: BinaryHeap::new(),
            serials: Vec::new(),
            ends_s: Vec::new(),
            free: Vec::new(),
            issued: 0,
            next_ns: NEVER_NS,
            used_s: 0.0,
        }
    }

    /// Whole servers that work, and CPU-seconds a second that each job attains.
    fn speed(&self) -> (f64, f64) {
        let present = self.present as f64;
        let busy = present.min(self.cpu.servers * self.growth);
        (busy, self.cpu.speed * busy / present / self.cpu.overhead(present))
    }

    /// Seconds a request waits for a turn of the run queue beside those present, and the others who wait for one.
    pub(super) fn turns_s(&self, line: u32) -> f64 {
        if self.present > 0 { self.cpu.turns_s(self.speed().1, f64::from(line)) } else { 0.0 }
    }

    /// Lets time pass.
    pub(super) fn advance(&mut self, now_ns: u64) {
        let elapsed_s = (now_ns - self.last_ns) as f64 * 1e-9;
        self.last_ns = now_ns;
        if self.present > 0 {
            let (busy, speed) = self.speed();
            self.attained_s += speed * elapsed_s;
            self.used_s += busy * self.cpu.speed * elapsed_s;
        }
    }

    /// Adds a job of `size_s` CPU-seconds.
    pub(super) fn add(&mut self, now_ns: u64, request: u32, size_s: f64) -> Key {
        self.advance(now_ns);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.serials.push(0);
            self.ends_s.push(0.0);
            (self.serials.len() - 1) as u32
        });
        let key = Key { slot, serial: self.serials[slot as usize] };
        let end_s = self.attained_s + size_s;
        self.ends_s[slot as usize] = end_s;
        self.jobs.push(Reverse(Job { end_s, order: self.issued, key, request }));
        self.issued += 1;
        self.present += 1;
        self.replan();
        key
    }

    /// The job that is done now, taken out. To be called at [`next_ns`](Self::next_ns).
    pub(super) fn complete(&mut self, now_ns: u64) -> Option<u32> {
        self.advance(now_ns);
        self.drop_gone();
        let Reverse(job) = self.jobs.pop()?;
        self.forget(job.key);
        self.replan();
        Some(job.request)
    }

    /// Takes a job out before it is done, and says how many CPU-seconds it still needed.
    pub(super) fn remove(&mut self, now_ns: u64, key: Key) -> f64 {
        if self.serials.get(key.slot as usize) != Some(&key.serial) {
            return 0.0;
        }
        self.advance(now_ns);
        let left_s = self.ends_s[key.slot as usize] - self.attained_s;
        self.forget(key);
        self.replan();
        left_s
    }

    /// Takes everything out.
    pub(super) fn clear(&mut self, now_ns: u64) {
        self.advance(now_ns);
        while let Some(Reverse(job)) = self.jobs.pop() {
            if self.serials[job.key.slot as usize] == job.key.serial {
                self.forget(job.key);
            }
        }
        self.replan();
    }

    /// From now on the cores are `growth` times what they were.
    pub(super) fn grow(&mut self, now_ns: u64, growth: f64) {
        self.advance(now_ns);
        self.growth = growth;
        self.replan();
    }

    fn forget(&mut self, key: Key) {
        self.serials[key.slot as usize] += 1;
        self.free.push(key.slot);
        self.present -= 1;
        if self.present == 0 {
            // A clock that starts again stays exact.
            self.attained_s = 0.0;
            self.jobs.clear();
        }
    }

    fn drop_gone(&mut self) {
        while let Some(Reverse(job)) = self.jobs.peek()
            && self.serials[job.key.slot as usize] != job.key.serial
        {
            self.jobs.pop();
        }
    }

    fn replan(&mut self) {
        self.drop_gone();
        self.next_ns = match self.jobs.peek() {
            Some(Reverse(job)) => {
                let left_s = (job.end_s - self.attained_s).max(0.0) / self.speed().1;
                self.last_ns.saturating_add((left_s * 1e9).round() as u64)
            }
            None => NEVER_NS,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_jobs_share_a_core_and_the_rest_of_the_longer_runs_alone() {
        let mut core = Sharing::new(Cpu::new(1.0, 0.0));
        core.add(0, 7, 1.0);
        core.add(500_000_000, 8, 1.0);
        // 0.5 s alone, then half speed: the first needs another second.
        assert_eq!(core.next_ns, 1_500_000_000);
        assert_eq!(core.complete(1_500_000_000), Some(7));
        // The second got 0.5 in that second, and now runs alone.
        assert_eq!(core.next_ns, 2_000_000_000);
        assert_eq!(core.complete(2_000_000_000), Some(8));
        assert_eq!(core.next_ns, NEVER_NS);
        assert!((core.used_s - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_job_taken_out_leaves_its_share_to_the_others() {
        let mut core = Sharing::new(Cpu::new(1.0, 0.0));
        let first = core.add(0, 1, 1.0);
        core.add(0, 2, 1.0);
        assert_eq!(core.remove(1_000_000_000, first), 0.5);
        assert_eq!(core.remove(1_000_000_000, first), 0.0);
        assert_eq!(core.next_ns, 1_500_000_000);
        core.clear(1_200_000_000);
        assert_eq!((core.next_ns, core.present), (NEVER_NS, 0));
    }

    #[test]
    fn work_costs_more_while_many_run() {
        // One core, two beside each: two thirds of the growth, so a third more CPU a request.
        let mut core = Sharing::new(Cpu::new(1.0, 0.5));
        for request in 0..3 {
            core.add(0, request, 1.0);
        }
        assert_eq!(core.next_ns, 4_000_000_000);
    }
}
