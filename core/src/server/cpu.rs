//! CPU of one API server by processor sharing, with the attained-service clock.
//!
//! LIST sizes are near-deterministic. With processor sharing every running request is served at the same
//! speed, so attained service is one number per server: V(t), the integral of the share per running
//! request. A request that started at V_a ends when V passes V_a + size.

use super::load::Has;
pub use super::load::Load;
use crate::lane::{Flag, Lane, Segment, across, seldom};
use crate::queue::processor_sharing::busy_cores;

/// Most rounds of the root; one or two do while the load is steady, six from anywhere.
const ROUNDS: usize = 24;
/// Work beyond what the busy cores do, as a part of it, at which a root is found: the last digits.
const NEAR_ENOUGH: f64 = 16.0 * f64::EPSILON;
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
