//! What is due when: a calendar queue (R. Brown, "Calendar queues", Communications of the ACM 31, 1988).
//!
//! The present day is a heap, the days of the next half hour are heaps-to-be, everything later is one heap. So an
//! event costs the same whether ten or a million others are planned.

use super::super::queueset::Ticket;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::mem;

/// A day lasts 2^24 ns, a sixtieth of a second: some hundred events at the highest rates.
const DAY_BITS: u32 = 24;
/// Days kept apart: half an hour and more, longer than most timers.
const DAYS: u64 = 1 << 17;

/// Later than any run.
pub(super) const NEVER_NS: u64 = u64::MAX;

/// What happens. Numbers are places in the engine's tables; a serial tells whether the thing is still the same.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// A client sends.
    Send { client: u32 },
    /// A request of an open class comes.
    Open { class: u32, serial: u32 },
    /// A request comes that was given with its time.
    Given { class: u32, place: u32 },
    /// One of the requests counted for this second comes.
    Counted { class: u32 },
    /// A request has waited for seats as long as it may.
    WaitOver { request: u32, serial: u32 },
    /// A request that has run holds its seats no longer.
    Release { server: u32, boot: u32, level: u32, ticket: Ticket },
    /// The connection of a request has had a turn of the run queue.
    Connected { request: u32, serial: u32 },
    /// The client of a request hears how it ended.
    Told { request: u32, serial: u32 },
    /// A server adjusts the limits of its levels.
    Adjust { server: u32, boot: u32 },
    /// A server takes requests again.
    Up { server: u32, boot: u32 },
    /// A server whose process runs serves those who have connected.
    Serves { server: u32, boot: u32 },
    /// The informers of its flow control have waited for one more answer; so many are left.
    Informed { server: u32, boot: u32, left: u32 },
    /// A liveness probe has failed often enough.
    Liveness { server: u32, boot: u32 },
    /// etcd has given a request up.
    GivenUp { request: u32, serial: u32 },
    /// A request has been through etcd.
    Committed { request: u32, serial: u32 },
    /// etcd may serve again, or no more.
    Store,
    /// Somebody defragments etcd.
    Defragment,
    /// The probes of API servers fail for lack of etcd.
    StoreProbe,
    /// Every server is killed.
    Kill,
    /// The servers of a group are killed: lost, or restarted in their turn.
    KillGroup { group: u32, lost: bool },
    /// Somebody restarts the servers that answer nobody.
    Restart,
    /// A pod of the agent runs.
    Pod { pod: u32 },
    /// The life of a DNS entry ends.
    Expire { entry: u32 },
    /// A resolver that got no answer asks again.
    AskAgain { lookup: u32 },
    /// A DNS server is lost.
    NamesLost { server: u32 },
    /// A DNS server tries to read its records.
    NamesSync { server: u32 },
}

/// One entry; of entries of the same time the one planned first is first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    pub at_ns: u64,
    order: u64,
    pub what: What,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at_ns, self.order).cmp(&(other.at_ns, other.order))
    }
}

#[derive(Debug)]
pub(super) struct Agenda {
    today: BinaryHeap<Reverse<Due>>,
    day: u64,
    /// Entries by day modulo the number of days.
    days: Vec<Vec<Reverse<Due>>>,
    /// Entries in `days`.
    near: usize,
    later: BinaryHeap<Reverse<Due>>,
    planned: u64,
}

impl Agenda {
    pub(super) fn new() -> Self {
        Self {
            today: BinaryHeap::new(),
            day: 0,
            days: vec![Vec::new(); DAYS as usize],
            near: 0,
            later: BinaryHeap::new(),
            planned: 0,
        }
    }

    /// Plans an event; one that is never due is forgotten.
    pub(super) fn plan(&mut self, at_ns: u64, what: What) {
        if at_ns == NEVER_NS {
            return;
        }
        let due = Reverse(Due { at_ns, order: self.planned, what });
        self.planned += 1;
        self.put(due);
    }

    fn put(&mut self, due: Reverse<Due>) {
        let day = due.0.at_ns >> DAY_BITS;
        if day <= self.day {
            self.today.push(due);
        } else if day < self.day + DAYS {
            self.days[(day % DAYS) as usize].push(due);
            self.near += 1;
        } else {
            self.later.push(due);
        }
    }

    /// Time of the next event.
    pub(super) fn next_ns(&mut self) -> u64 {
        while self.today.is_empty() && (self.near > 0 || !self.later.is_empty()) {
            self.turn();
        }
        self.today.peek().map_or(NEVER_NS, |due| due.0.at_ns)
    }

    /// Takes the next event out.
    pub(super) fn take(&mut self) -> Option<Due> {
        self.next_ns();
        self.today.pop().map(|due| due.0)
    }

    /// Goes on to the next day. Days without anything planned are passed over if all are empty.
    fn turn(&mut self) {
        self.day += 1;
        if let (0, Some(first)) = (self.near, self.later.peek()) {
            self.day = self.day.max(first.0.at_ns >> DAY_BITS);
        }
        let place = (self.day % DAYS) as usize;
        let due = mem::replace(&mut self.days[place], mem::take(&mut self.today).into_vec());
        self.near -= due.len();
        self.today = due.into();
        while let Some(first) = self.later.peek()
            && first.0.at_ns >> DAY_BITS < self.day + DAYS
            && let Some(first) = self.later.pop()
        {
            self.put(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dice::Dice;
    use super::*;

    #[test]
    fn events_come_in_the_order_of_a_plain_heap() {
        let mut dice = Dice::new(1, 0);
        let (mut agenda, mut plain) = (Agenda::new(), BinaryHeap::new());
        let mut now_ns = 0;
        for number in 0..200_000_u32 {
            // From this very nanosecond to hours ahead.
            let bits = dice.below(45) + 1;
            let ahead_ns = dice.below(1 << bits);
            let at_ns = now_ns + ahead_ns;
            agenda.plan(at_ns, What::Send { client: number });
            plain.push(Reverse((at_ns, number)));
            if dice.below(3) == 0 {
                let (Some(due), Some(Reverse(expected))) = (agenda.take(), plain.pop()) else {
                    panic!("both have one")
                };
                let What::Send { client } = due.what else { panic!("nothing else was planned") };
                assert_eq!((due.at_ns, client), expected);
                now_ns = due.at_ns;
            }
        }
        while let Some(Reverse(expected)) = plain.pop() {
            let due = agenda.take().expect("as many as in the heap");
            let What::Send { client } = due.what else { panic!("nothing else was planned") };
            assert_eq!((due.at_ns, client), expected);
        }
        assert_eq!(agenda.next_ns(), NEVER_NS);
    }
}
