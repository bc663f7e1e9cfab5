//! A request on its way, and the table of all of them.

use super::super::queueset::Ticket;
use super::sharing::Key;

/// No place in a table.
pub(super) const NOBODY: u32 = u32::MAX;

/// Who waits for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// A client of its class.
    Client(u32),
    /// A lookup that no cache answered.
    Lookup(u32),
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// In a queue of its level.
    Waiting,
    /// Has its seats, and waits for etcd.
    Reading,
    /// In service.
    Running,
    /// Turned away, which takes CPU too; the client will be told to come back after so many seconds.
    Rejected { told_s: u32 },
    /// With a server that answers nobody.
    Held,
    /// Connected to a process that does not serve yet.
    Backlog,
    /// Its connection is being made; so many turns of the run queue are left for that.
    Connecting { left: u32 },
    /// On a closed network.
    Swallowed,
    /// Ended on the server; its turns on the CPU are not over, and the client waits.
    Turning(End),
}

/// How a request ends for its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Answered,
    /// 429, with a Retry-After.
    Rejected {
        told_s: u32,
    },
    TimedOut,
    Refused,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    /// Differs between the requests that had this place.
    pub serial: u32,
    pub class: u32,
    pub owner: Owner,
    pub stage: Stage,
    pub server: u32,
    pub sent_ns: u64,
    /// CPU-seconds of its service, and those on etcd before it.
    pub size_s: f64,
    pub etcd_s: f64,
    /// Bytes it holds while it runs.
    pub bytes: f64,
    /// Bytes it holds now.
    pub held_bytes: f64,
    pub seats: u32,
    /// Level of its server that it was put into.
    pub level: u32,
    pub ticket: Option<Ticket>,
    pub key: Key,
}

/// All requests on their way.
#[derive(Debug, Default)]
pub(super) struct Requests {
    places: Vec<(Request, bool)>,
    free: Vec<u32>,
}

impl Requests {
    /// Takes a request in; its serial is set here.
    pub(super) fn insert(&mut self, mut request: Request) -> (u32, u32) {
        if let Some(at) = self.free.pop() {
            let place = &mut self.places[at as usize];
            request.serial = place.0.serial.wrapping_add(1);
            *place = (request, true);
            (at, request.serial)
        } else {
            self.places.push((request, true));
            (self.places.len() as u32 - 1, request.serial)
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub(super) fn get(&mut self, at: u32) -> &mut Request {
        &mut self.places[at as usize].0
    }

    /// Whether the request of this serial is still on its way.
    pub(super) fn lives(&self, at: u32, serial: u32) -> bool {
        self.places.get(at as usize).is_some_and(|(request, lives)| *lives && request.serial == serial)
    }

    pub(super) fn remove(&mut self, at: u32) -> Request {
        let place = &mut self.places[at as usize];
        place.1 = false;
        self.free.push(at);
        place.0
    }

    /// The requests that are with etcd.
    pub(super) fn reading(&self) -> Vec<u32> {
        let reads = |(request, lives): &(Request, bool)| *lives && request.stage == Stage::Reading;
        (0..).zip(&self.places).filter(|(_, place)| reads(place)).map(|(at, _)| at).collect()
    }

    /// The requests that are with a server.
    pub(super) fn with(&self, server: u32) -> Vec<u32> {
        let here = |(request, lives): &(Request, bool)| {
            *lives && request.server == server && request.stage != Stage::Swallowed
        };
        (0..).zip(&self.places).filter(|(_, place)| here(place)).map(|(at, _)| at).collect()
    }
}
