//! The engine: everything there is, and the loop over what is due.

use super::agenda::{Agenda, What};
use super::clients::Client;
use super::deadlines::Deadlines;
use super::dice::Dice;
use super::error::SystemError;
use super::history::{ClassHistory, Ends, History};
use super::leases::Leases;
use super::levels::Levels;
use super::names::Names;
use super::people::People;
use super::request::Requests;
use super::server::Server;
use super::sharing::Sharing;
use super::store::Store;
use super::traffic::{Traffic, ns};
use super::{MOST_EVENTS, MOST_QUEUES, MOST_SECONDS, System};
use crate::events::arrivals::Arrival;
use crate::trial::{ClassSeries, Drive, Trial};
use slackwater_core::flowcontrol::borrowing::ADJUSTMENT_PERIOD_S;
use slackwater_core::system::scenario::{Follows, Scenario};
use slackwater_core::verdict::gates::rate_per_s;

pub(super) const SECOND_NS: u64 = 1_000_000_000;

/// A drive for classes that have none of their own.
const STEADY: &Drive = &Drive::Steady;

pub(super) struct Engine<'a> {
    pub trial: &'a Trial,
    pub scenario: &'a Scenario<f64>,
    pub waves: &'a [(f64, f64)],
    /// Servers of each group, where groups have fates of their own.
    pub groups: &'a [f64],
    pub given: &'a [Vec<Arrival>],
    pub now_ns: u64,
    /// Number of the second that begins next, which is the number of those that have begun.
    pub second: usize,
    pub seconds: usize,
    pub agenda: Agenda,
    pub traffic: Vec<Traffic>,
    pub clients: Vec<Client>,
    pub free_clients: Vec<u32>,
    pub requests: Requests,
    pub deadlines: Deadlines,
    pub servers: Vec<Server>,
    pub store: Store,
    pub store_silent_ns: u64,
    pub leases: Leases,
    /// When people restart silent servers next.
    pub restart_ns: u64,
    pub names: Names,
    pub people: People,
    /// For clients and servers, and for arrivals: what one does must not change what the other draws.
    pub dice: Dice,
    pub arrivals: Dice,
    /// Totals of the present second.
    pub ends: Vec<Ends>,
    pub asked_s: f64,
    pub etcd_asked_s: f64,
    pub history: History,
}

/// Something whose next event follows from its state: the cores of a server, etcd, lookups, deadlines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Station {
    Server(usize),
    Store,
    Names,
    Deadlines,
}

impl<'a> Engine<'a> {
    pub(super) fn new(system: &'a System<'a>) -> Result<Self, SystemError> {
        let (trial, scenario) = (system.trial, &system.trial.scenario);
        let in_range = |what, value: f64, least: f64, most: f64, range| {
            let holds = value >= least && value <= most;
            if holds { Ok(()) } else { Err(SystemError::OutOfRange { what, value, range }) }
        };
        in_range("the end of the trial in seconds", trial.until_s, 0.0, MOST_SECONDS, "0 to 604800")?;
        in_range("the number of API servers", scenario.servers, 1.0, 1000.0, "1 to 1000")?;
        in_range("the speed of a core", scenario.cpu.speed, f64::MIN_POSITIVE, 1e6, "above 0")?;
        in_range("the cores of etcd", scenario.etcd_cores, f64::MIN_POSITIVE, 1e6, "above 0")?;
        let queues = scenario.levels.iter().map(|level| f64::from(level.queues)).sum::<f64>() * scenario.servers;
        if queues > MOST_QUEUES {
            return Err(SystemError::TooMany { what: "queues of priority levels", count: queues, most: MOST_QUEUES });
        }
        let count = scenario.servers.round() as usize;
        let mut servers = Vec::new();
        for _ in 0..count {
            servers.push(Server::new(Levels::new(scenario, 0)?, Sharing::new(scenario.cpu.clone())));
        }
        let traffic = scenario
            .classes
            .iter()
            .enumerate()
            .map(|(at, class)| Traffic::of(scenario, class, drive_of(trial, at), !given_to(system, at).is_empty()))
            .collect::<Result<Vec<_>, _>>()?;
        let mut engine = Self {
            trial,
            scenario,
            waves: &system.waves,
            groups: &system.groups,
            given: &system.given,
            now_ns: 0,
            second: 0,
            seconds: trial.until_s.ceil() as usize,
            agenda: Agenda::new(),
            clients: Vec::new(),
            free_clients: Vec::new(),
            requests: Requests::default(),
            deadlines: Deadlines::new(traffic.len()),
            servers,
            restart_ns: ns(scenario.actions.restart_s),
            store: Store::new(scenario, written_per_s(scenario)),
            store_silent_ns: 0,
            leases: Leases::new(scenario),
            names: Names::new(scenario, system.seed, trial.until_s)?,
            people: People::new(scenario, system.seed)?,
            dice: Dice::new(system.seed, 0),
            arrivals: Dice::new(system.seed, 1),
            ends: vec![Ends::default(); traffic.len()],
            asked_s: 0.0,
            etcd_asked_s: 0.0,
            history: History::default(),
            traffic,
        };
        engine.history.classes = vec![ClassHistory::default(); engine.traffic.len()];
        engine.history.observed.classes = scenario
            .classes
            .iter()
            .map(|class| ClassSeries { name: class.label.name.as_str().to_owned(), ..ClassSeries::default() })
            .collect();
        engine.begin()?;
        Ok(engine)
    }

    /// Plans what is known from the start.
    fn begin(&mut self) -> Result<(), SystemError> {
        if self.scenario.flow_control {
            for server in 0..self.servers.len() as u32 {
                self.agenda.plan(ns(ADJUSTMENT_PERIOD_S), What::Adjust { server, boot: 0 });
            }
        }
        self.begin_apart();
        for fault in &self.trial.faults {
            self.agenda.plan(ns(fault.kill_s), What::Kill);
        }
        self.agenda.plan(ns(self.scenario.actions.kill_s), What::Kill);
        self.agenda.plan(self.restart_ns, What::Restart);
        for (class, given) in (0..).zip(self.given) {
            if let Some(first) = given.first() {
                self.agenda.plan(first.at_ns, What::Given { class, place: 0 });
            }
        }
        self.begin_store();
        self.populate()?;
        self.begin_leases();
        self.begin_names();
        Ok(())
    }

    pub(super) fn drive(&self, class: usize) -> &'a Drive {
        drive_of(self.trial, class)
    }

    pub(super) fn run(mut self) -> Result<History, SystemError> {
        loop {
            let (station_ns, station) = self.next_station();
            let due_ns = self.agenda.next_ns();
            self.history.events += 1;
            if self.history.events > MOST_EVENTS {
                let count = self.history.events as f64;
                return Err(SystemError::TooMany { what: "events", count, most: MOST_EVENTS as f64 });
            }
            // What happens just when a second begins belongs to it. Else an end comes first: it makes room.
            let second_ns = self.second as u64 * SECOND_NS;
            if second_ns <= station_ns.min(due_ns) {
                self.now_ns = second_ns;
                if self.close_second() {
                    return Ok(self.history);
                }
                self.begin_second()?;
            } else if station_ns <= due_ns {
                self.now_ns = station_ns;
                self.complete(station)?;
            } else if let Some(due) = self.agenda.take() {
                self.now_ns = due.at_ns;
                self.handle(due.what)?;
            }
        }
    }

    fn next_station(&self) -> (u64, Station) {
        let mut first = (self.store.cpu.next_ns, Station::Store);
        let names_ns = self.names.next_ns();
        if names_ns < first.0 {
            first = (names_ns, Station::Names);
        }
        if self.deadlines.next_ns() < first.0 {
            first = (self.deadlines.next_ns(), Station::Deadlines);
        }
        for (at, server) in self.servers.iter().enumerate() {
            if server.cpu.next_ns <= first.0 {
                first = (server.cpu.next_ns, Station::Server(at));
            }
        }
        first
    }

    fn complete(&mut self, station: Station) -> Result<(), SystemError> {
        match station {
            Station::Names => self.names_go_on(),
            Station::Deadlines => match self.deadlines.pop(&self.requests) {
                Some((request, serial)) => self.deadline(request, serial),
                None => Ok(()),
            },
            Station::Store => match self.store.cpu.complete(self.now_ns) {
                Some(request) => self.store_has_worked(request),
                None => Ok(()),
            },
            Station::Server(at) => match self.servers[at].cpu.complete(self.now_ns) {
                Some(request) => self.has_run(request),
                None => Ok(()),
            },
        }
    }

    fn handle(&mut self, what: What) -> Result<(), SystemError> {
        match what {
            What::Send { client } => return self.send(client),
            What::Open { class, serial } => return self.arrive_open(class, serial),
            What::Given { class, place } => return self.arrive_given(class, place),
            What::Counted { class } => return self.arrive_alone(class as usize, None),
            What::WaitOver { request, serial } => return self.wait_over(request, serial),
            What::Connected { request, serial } => return self.connected(request, serial),
            What::Told { request, serial } => return self.told(request, serial),
            What::Release { server, boot, level, ticket } => return self.release(server, boot, level as usize, ticket),
            What::Adjust { server, boot } => return self.adjust(server, boot),
            What::Up { server, boot } => return self.comes_up(server, boot),
            What::Serves { server, boot } => return self.serves(server, boot),
            What::Informed { server, boot, left } => return self.informed(server, boot, left),
            What::Liveness { server, boot } => return self.probe(server, boot),
            What::GivenUp { request, serial } => return self.given_up(request, serial),
            What::Committed { request, serial } => return self.committed(request, serial),
            What::StoreProbe => return self.store_probe(),
            What::Kill => return self.kill_all(),
            What::KillGroup { group, lost } => return self.kill_group(group as usize, lost),
            What::Restart => return self.restart_silent(),
            What::Pod { pod } => return self.pod_runs(pod),
            What::AskAgain { lookup } => return self.ask(lookup),
            What::Store => self.check_store(),
            What::Defragment => self.defragment(),
            What::Expire { entry } => self.expire(entry),
            What::NamesLost { server } => self.lose_names(server),
            What::NamesSync { server } => self.sync_names(server),
        }
        Ok(())
    }

    fn adjust(&mut self, at: u32, boot: u32) -> Result<(), SystemError> {
        let server = &mut self.servers[at as usize];
        if server.boot != boot || server.mode != super::server::Mode::Up {
            return Ok(());
        }
        server.levels.adjust(self.now_ns)?;
        self.agenda.plan(self.now_ns + ns(ADJUSTMENT_PERIOD_S), What::Adjust { server: at, boot });
        for level in 0..self.servers[at as usize].levels.count() {
            self.let_in(at, level)?;
        }
        self.watch_memory(at)
    }
}

/// Bytes a second that the cluster wrote to etcd before the trial.
fn written_per_s(scenario: &Scenario<f64>) -> f64 {
    let before = scenario.classes.iter().filter(|class| class.follows != Follows::Agent);
    before.map(|class| rate_per_s(scenario, class) * class.etcd.writes * class.etcd.write_bytes).sum()
}

fn drive_of(trial: &Trial, class: usize) -> &Drive {
    trial.drives.get(class).unwrap_or(STEADY)
}

fn given_to<'a>(system: &'a System<'a>, class: usize) -> &'a [Arrival] {
    system.given.get(class).map_or(&[], Vec::as_slice)
}
