//! CPU of one API server by processor sharing, with the attained-service clock.
//!
//! LIST sizes are near-deterministic. With processor sharing every running request is served at the same
//! speed, so attained service is one number per server: V(t), the integral of the share per running
//! request. A request that started at V_a ends when V passes V_a + size.

use crate::clients::population::Population;
use crate::lane::{Flag, Lane, Segment, across, seldom};
use crate::queue::processor_sharing::busy_cores;

/// Most rounds of the root; one or two do while the load is steady, six from anywhere.
const ROUNDS: usize = 24;
/// Work beyond what the busy cores do, as a part of it, at which a root is found: the last digits.
const NEAR_ENOUGH: f64 = 16.0 * f64::EPSILON;
/// Seconds for a CPU-second on a server that stands still: large, and far from what a number can hold.
const ALMOST_NEVER: f64 = 1e200;
/// Entries of the table of busy cores.
const KNOTS: usize = 65;

/// Cores of one API server.
///
/// ```
/// use slackwater_core::server::cpu::Cpu;
/// let quota = Cpu::new(1.5, 0.0);
/// assert_eq!((quota.servers, quota.speed), (2.0, 0.75));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Cpu<L> {
    /// Whole servers of the queue: cores rounded up.
    pub servers: L,
    /// Speed of one of them: cores divided by that.
    pub speed: L,
    /// Growth of CPU per request in the company of many others, as a share; 0 switches it off.
    pub growth: L,
    /// CPU-seconds between two turns of what waits for the network, while others run; 0 switches it off.
    pub turn_s: L,
    /// Busy share at u = X/(X+c), X requests present, even steps of u.
    busy: heapless::Vec<L, KNOTS>,
}

impl Cpu<f64> {
    /// CPU of `cores` cores, above 0. A quota of 0.6 is one server at speed 0.6. `growth` is the part by which
    /// CPU per request grows while many others run on the same cores, 0 or more.
    ///
    /// # Formula
    /// sigma(X), the inverse of the stationary occupancy L = a + C(c, a) a / (c - a) of M/M/c processor
    /// sharing (Erlang C for the probability that all are busy; Kleinrock, Queueing Systems I, 3.5).
    ///
    /// ```
    /// use slackwater_core::server::cpu::Cpu;
    /// let one = Cpu::new(1.0, 0.0);
    /// assert!((one.sigma(3.0) - 0.75).abs() < 1e-9); // M/M/1: X = rho/(1-rho)
    /// ```
    pub fn new(cores: f64, growth: f64) -> Self {
        let servers = libm::ceil(cores).max(1.0);
        let mut busy = heapless::Vec::new();
        for knot in 0..KNOTS {
            let u = knot as f64 / (KNOTS - 1) as f64;
            let present = servers * u / (1.0 - u);
            let share = if u < 1.0 { busy_cores(servers as u32, present).unwrap_or(servers) / servers } else { 1.0 };
            // The capacity equals the number of knots.
            let _ = busy.push(share);
        }
        Self { servers, speed: cores / servers, growth, turn_s: 0.0, busy }
    }

    /// The same CPU for a load in which every arrival is known: as many cores are busy as requests are present, up to
    /// all. The stationary occupancy is for loads of which only the rate is known.
    ///
    /// ```
    /// use slackwater_core::server::cpu::Cpu;
    /// let one = Cpu::new(1.0, 0.0).counted();
    /// assert_eq!((one.sigma(1.0), one.sigma(5.0)), (1.0, 1.0)); // who is alone has the core to itself
    /// ```
    #[must_use]
    pub fn counted(mut self) -> Self {
        let last = (KNOTS - 1) as f64;
        for (knot, share) in self.busy.iter_mut().enumerate() {
            let u = knot as f64 / last;
            *share = if u < 0.5 { u / (1.0 - u) } else { 1.0 };
        }
        self
    }
}

impl<L: Lane> Cpu<L> {
    /// Busy servers when `present` requests are there on average, waiting ones included.
    ///
    /// Above 0 requests, and never more than the whole servers: with many present all are busy.
    ///
    /// ```
    /// use slackwater_core::server::cpu::Cpu;
    /// let two = Cpu::new(2.0, 0.0);
    /// // M/M/2 at half load has 4/3 requests present, and one busy server.
    /// assert!((two.sigma(4.0 / 3.0) - 1.0).abs() < 1e-3);
    /// assert!(two.sigma(1e9) <= 2.0);
    /// ```
    #[inline(always)]
    pub fn sigma(&self, present: L) -> L {
        let u = present / (present + self.servers);
        self.servers * L::interpolate(&self.busy, u * L::splat((KNOTS - 1) as f64))
    }

    /// Speed at which each running request is served, CPU-seconds a second; `capacity` is a multiple of the
    /// cores, `last` the speed to try first, above 0: that of the step before; `near` is the piece of the table of busy cores
    /// that was read last, of this server or of any other. The busy cores fall with the speed, and the
    /// work done rises with it, so there is one root, `last` changes its last digits only, and resting points do not depend
    /// on the step. With [`Cpu::growth`] and many requests shorter than a step company makes work, and there can be two: a
    /// crowded server then stays crowded, a quiet one quiet, until its load leaves it no choice.
    ///
    /// # Formula
    /// speed * X(speed) = sigma(X + waiting), by Newton's rule between the speeds known to be too slow and too fast,
    /// each lane until its own root is found.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// use slackwater_core::lane::Segment;
    /// use slackwater_core::server::cpu::{Cpu, Load};
    /// let one = Cpu::new(1.0, 0.0);
    /// let lists = Population::empty();
    /// let mut load = Load::none();
    /// load.add(one.speed, 1.0, 10.0, 0.0, 0.0, 3.0, &lists, 0.0);
    /// // Three long requests keep 3/4 of a core busy on average: a quarter of a core for each.
    /// assert!((one.share(1.0, &load, 1.0, one.speed, &mut Segment::none()) - 0.25).abs() < 1e-9);
    /// ```
    #[inline(always)]
    pub fn share(&self, dt_s: L, load: &Load<L>, capacity: L, last: L, near: &mut Segment<L>) -> L {
        let (zero, one, half) = (L::zero(), L::one(), L::splat(0.5));
        let full = self.speed;
        // Full speed lies within until it has been tried.
        let (mut low, mut high) = (zero, full + full);
        let mut next = L::pick(last.gt(zero), last.min(full), full);
        let (mut open, mut answer) = (one, full);
        // Its length known once, no lane asks for it again.
        let Some(table) = self.busy.first_chunk() else { return full };
        // Asked once: the root takes several rounds.
        let (has, grows) = (load.has(), !self.growth.is_nothing());
        near.of(self.shape());
        for _ in 0..ROUNDS {
            let tried = self.excess(next, dt_s, load, has, capacity, grows, table, near);
            let found = tried.work - tried.busy;
            let better = (next - found.over(tried.slope, zero)).min(full);
            let too_fast = found.gt(zero);
            // An idle server serves at full speed.
            let idle = zero.ge(tried.busy).or(too_fast.not().and(next.ge(full)));
            answer = L::pick(open, L::pick(idle, full, better), answer);
            open = open.and(idle.not().and(found.abs().gt(L::splat(NEAR_ENOUGH) * tried.busy)));
            if !L::any(open) {
                break;
            }
            low = L::pick(too_fast, low, next);
            high = L::pick(too_fast, next, high);
            let within = L::pick(better.gt(low).and(high.gt(better)), better, ((low + high) * half).min(full));
            // A lane that is through stays where it is: what it would read of the table is of no use to anybody.
            next = L::pick(open, within, next);
        }
        answer
    }

    /// Work done at `speed`, above 0, what the busy cores do, and how fast the difference grows with the speed.
    #[inline(always)]
    fn excess(
        &self,
        speed: L,
        dt_s: L,
        load: &Load<L>,
        has: Has,
        capacity: L,
        grows: bool,
        table: &[L; KNOTS],
        near: &mut Segment<L>,
    ) -> Excess<L> {
        let one = L::one();
        let (present, fewer) = load.present_near(one / speed, dt_s, has);
        let all = present + load.waiting;
        let last = L::splat((KNOTS - 1) as f64);
        // A power of two: the same bits before the division as after it.
        let position = all * last / (all + self.servers);
        let (share, steeper) = near.line(table, position);
        // du/dX = (1 - u)^2 / servers.
        let rest = one - position * L::splat(1.0 / (KNOTS - 1) as f64);
        let cores = self.speed * capacity;
        let (busy, busier) = (self.servers * share * cores, steeper * last * rest * rest * cores);
        if !grows {
            return Excess { work: present * speed, busy, slope: present - (speed - busier) * fewer };
        }
        seldom();
        let beside = self.beside(present);
        let part = one / (one + beside);
        let each = one + self.growth * beside * part;
        let more = self.growth * part * part / self.servers * beside.gt(L::zero());
        let slope = each * present - ((each + more * present) * speed - busier) * fewer;
        Excess { work: each * present * speed, busy, slope }
    }

    /// What tells one table of busy cores from another: its entry in the middle, which grows with the cores and is 1 where
    /// arrivals are counted.
    #[inline(always)]
    fn shape(&self) -> L {
        self.busy.get(KNOTS / 2).copied().unwrap_or(L::zero())
    }

    /// Requests beside one on its core.
    #[inline(always)]
    fn beside(&self, present: L) -> L {
        (present / self.servers - L::one()).max(L::zero())
    }

    /// CPU spent per CPU-second of service: more in company. A slice of CPU finds its caches cold if another request had
    /// the core before it; with many running every slice does, and further ones make it no worse.
    ///
    /// # Formula
    /// 1 + growth * b / (1 + b), b requests beside one on its core: the share of slices that follow another's. Recorded:
    /// alone 0.95, with 1.2 beside 1.11, with 5 beside 1.17, with 19 to 33 beside 1.24 to 1.31 of the cost law; 1.08 in one
    /// storm that was cheaper from one minute on.
    ///
    /// ```
    /// use slackwater_core::server::cpu::Cpu;
    /// let two = Cpu::new(2.0, 0.5);
    /// assert_eq!((two.overhead(2.0), two.overhead(4.0), two.overhead(1e18)), (1.0, 1.25, 1.5));
    /// ```
    #[inline(always)]
    pub fn overhead(&self, present: L) -> L {
        if !L::any(self.growth) {
            return L::one();
        }
        let beside = self.beside(present);
        L::one() + self.growth * beside / (L::one() + beside)
    }
}

/// What runs in one step.
///
/// Requests that one step ends several times over are counted together, all others class by class.
///
/// ```
/// use slackwater_core::server::cpu::Load;
/// assert_eq!(Load::none().present(1.0, 1.0), 0.0);
/// ```
#[derive(Clone, Debug)]
pub struct Load<L> {
    /// Requests that the step finds in service and does not end.
    steady: L,
    /// Those it is expected to end, and the CPU-seconds they still have to get.
    ending: L,
    ending_s: L,
    /// Requests that wait for seats.
    waiting: L,
    /// Requests much shorter than a step: how many start, their CPU-seconds, and the squares of these.
    short: L,
    short_s: L,
    short_s2: L,
    /// Others that start: how many, half of those who do not start at once, and the CPU-seconds of one.
    others: heapless::Vec<(L, L, L), 24>,
}

impl<L: Lane> Load<L> {
    /// Nothing runs.
    ///
    /// ```
    /// use slackwater_core::lane::Segment;
    /// use slackwater_core::server::cpu::{Cpu, Load};
    /// // Nobody there: the next request gets a whole core.
    /// assert_eq!(Cpu::new(4.0, 0.0).share(1.0, &Load::none(), 1.0, 1.0, &mut Segment::none()), 1.0);
    /// ```
    #[inline(always)]
    pub fn none() -> Self {
        let zero = L::zero();
        Self {
            steady: zero,
            ending: zero,
            ending_s: zero,
            waiting: zero,
            short: zero,
            short_s: zero,
            short_s2: zero,
            others: heapless::Vec::new(),
        }
    }

    /// Adds a class: `starts` requests of `size_s` CPU-seconds, `at_once` of them as the step begins and the others at any
    /// moment of it, on top of `there` that the step does not end and of those of `population` that it is expected to end;
    /// what it rejected in this step costs `reject_s` CPU-seconds each. Whether that is short is told by `last`, the speed of
    /// the step before: on a crowded server nothing may be.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// use slackwater_core::server::cpu::Load;
    /// let mut load = Load::none();
    /// load.add(1.0, 1.0, 30.0, 2.0, 0.0, 7.0, &Population::empty(), 0.0);
    /// // Who starts is there for half the step on average.
    /// assert_eq!(load.present(1.0, 1.0), 8.0);
    /// ```
    #[inline(always)]
    pub fn add(
        &mut self,
        last: L,
        dt_s: L,
        size_s: L,
        starts: L,
        at_once: L,
        there: L,
        population: &Population<L>,
        reject_s: L,
    ) {
        self.waiting += population.waiting();
        self.steady += there;
        self.ending += population.ending();
        self.ending_s += population.ending_s();
        let rejected_s = population.last.rejected * reject_s;
        self.short += population.last.rejected;
        self.short_s += rejected_s;
        self.short_s2 += rejected_s * reject_s;
        // Each lane books a class where its own size belongs; none of it adds nothing to the other sum.
        let room = L::splat(f64::from(u8::from(!self.others.is_full())));
        let long = size_s.ge(last * dt_s * L::splat(0.25)) * room;
        if L::any(long) {
            let half = (starts - at_once) * L::splat(0.5);
            let _ = self.others.push((L::pick(long, starts, L::zero()), L::pick(long, half, L::zero()), size_s));
        }
        let short = L::pick(long, L::zero(), starts);
        let short_s = short * size_s;
        self.short += short;
        self.short_s += short_s;
        self.short_s2 += short_s * size_s;
    }

    /// Requests in service on average over the step if each is served at `speed`.
    ///
    /// # Formula
    /// The clock V moves on by a = speed dt. Who needs r when the step begins is there for min(r, a) / a of it; who needs
    /// less than a step by its end needs anything up to twice the mean r. Who starts in the step, at any moment of it, is
    /// there for q - q^2 / 2 of it with q = size / a, or for half of it where q >= 1. Times a this is the work done, so
    /// what all classes get is what the cores give.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// use slackwater_core::server::cpu::Load;
    /// let mut load = Load::none();
    /// load.add(1.0, 1.0, 0.01, 50.0, 0.0, 0.0, &Population::empty(), 0.0);
    /// // Little's law: 50 a second, each there for 0.01 s, less what the last of them get in the next step.
    /// assert!((load.present(1.0, 1.0) - (0.5 - 50.0 * 0.01 * 0.01 / 2.0)).abs() < 1e-12);
    /// ```
    #[inline(always)]
    pub fn present(&self, speed: L, dt_s: L) -> L {
        // A server that stands still keeps everybody.
        self.present_near(L::one().over(speed, L::splat(ALMOST_NEVER)), dt_s, self.has()).0
    }

    /// What of it there is in any lane.
    #[inline(always)]
    fn has(&self) -> Has {
        Has { ending: L::any(self.ending), short: L::any(self.short) }
    }

    /// [`Load::present`], and how many fewer are there for each unit of speed more.
    #[inline(always)]
    fn present_near(&self, each_s: L, dt_s: L, has: Has) -> (L, L) {
        let (zero, one, half) = (L::zero(), L::one(), L::splat(0.5));
        let (mut present, mut passing) = (self.steady, zero);
        let a_step = each_s.per(dt_s);
        if has.ending {
            let need = self.ending_s * a_step;
            let rest = self.ending * self.ending.over(need, zero) * L::splat(0.25);
            let through = self.ending.ge(need + need);
            present += L::pick(through, need, self.ending - rest);
            passing += L::pick(through, need, rest);
        }
        if has.short {
            // Should the speed have fallen so far that some of them stay, nobody is there for more than half of the step.
            let (stays, late) = (self.short_s * a_step, self.short_s2 * a_step * a_step);
            let (most, through) = (half * self.short, stays.ge(late));
            let there = L::pick(through, stays - half * late, half * stays);
            present += there.min(most);
            passing += L::pick(through, stays - late, half * stays * most.gt(there));
        }
        for &(starts, late, size_s) in &self.others {
            let stays = (size_s * a_step).min(one);
            present += stays * (starts - late * stays);
            passing += L::pick(one.gt(stays), stays * (starts - (late + late) * stays), zero);
        }
        (present, passing * each_s)
    }
}

/// Whether a load has any that end, and any that are short, in any lane.
#[derive(Clone, Copy)]
struct Has {
    ending: bool,
    short: bool,
}

/// Two sides of the balance at one speed.
struct Excess<L> {
    /// Work done, CPU-seconds a second.
    work: L,
    /// What the busy cores do, CPU-seconds a second.
    busy: L,
    /// Growth of the difference with the speed.
    slope: L,
}

across!(Cpu { servers, speed, growth, turn_s, busy });
