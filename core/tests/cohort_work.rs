//! The work of the cohort, counted in slots read: it must not depend on the length of a timer.

use slackwater_core::cohort::{Cohort, SLOT, slots_for};
use slackwater_core::lane::Lane;

/// Numbers in [0, 1) from a linear congruence (Knuth, MMIX).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A number that counts how often a slot is read.
#[derive(Clone, Copy, Debug)]
struct Counted(f64);

thread_local! {
    static READS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

fn reads_of(work: impl FnOnce()) -> u64 {
    let before = READS.get();
    work();
    READS.get() - before
}

macro_rules! operator {
    ($($name:ident $method:ident $sign:tt),*) => {
        $(impl std::ops::$name for Counted {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                Self(self.0 $sign other.0)
            }
        })*
    };
}
operator!(Add add +, Sub sub -, Mul mul *, Div div /);

impl std::ops::Neg for Counted {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl std::ops::AddAssign for Counted {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl std::ops::SubAssign for Counted {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Lane for Counted {
    fn splat(x: f64) -> Self {
        Self(x)
    }
    fn min(self, other: Self) -> Self {
        Self(Lane::min(self.0, other.0))
    }
    fn max(self, other: Self) -> Self {
        Self(Lane::max(self.0, other.0))
    }
    fn sqrt(self) -> Self {
        Self(Lane::sqrt(self.0))
    }
    fn floor(self) -> Self {
        Self(Lane::floor(self.0))
    }
    fn ge(self, other: Self) -> Self {
        Self(Lane::ge(self.0, other.0))
    }
    fn gt(self, other: Self) -> Self {
        Self(Lane::gt(self.0, other.0))
    }
    fn pick(flag: Self, a: Self, b: Self) -> Self {
        Self(f64::pick(flag.0, a.0, b.0))
    }
    fn any(flag: Self) -> bool {
        f64::any(flag.0)
    }
    fn gather(memory: &[Self], slot: Self) -> Self {
        READS.set(READS.get() + 1);
        memory.get(slot.0 as usize).copied().unwrap_or(Self(0.0))
    }
    fn gather_row<const N: usize>(memory: &[Self], slot: Self) -> [Self; N] {
        std::array::from_fn(|at| Self::gather(memory, slot + Self(at as f64)))
    }
    fn gather_ring(ring: &[Self], step: Self) -> Self {
        Self::gather(ring, Self((step.0 as usize % ring.len()) as f64))
    }
    fn whole(self) -> Self {
        Self(Lane::whole(self.0))
    }
    fn pair_ring(ring: &[Self], step: Self) -> (Self, Self) {
        (Self::gather_ring(ring, step), Self::gather_ring(ring, step + Self(1.0)))
    }
    fn pair(table: &[Self], slot: Self) -> (Self, Self) {
        (Self::gather(table, slot), Self::gather(table, slot + Self(1.0)))
    }
    fn put_row<const N: usize>(memory: &mut [Self], slot: Self, values: [Self; N], flag: Self) {
        if flag.0 != 0.0 {
            memory[slot.0 as usize..][..N].copy_from_slice(&values);
        }
    }
    fn put_ring(ring: &mut [Self], step: Self, value: Self, flag: Self) {
        if flag.0 != 0.0 {
            ring[step.0 as usize % ring.len()] = value;
        }
    }
    fn scatter_add(memory: &mut [Self], slot: Self, amount: Self) {
        if let Some(cell) = memory.get_mut(slot.0 as usize) {
            cell.0 += amount.0;
        }
    }
    const LANES: usize = 1;
    fn lane(self, _at: usize) -> f64 {
        self.0
    }
    fn set_lane(&mut self, _at: usize, x: f64) {
        self.0 = x;
    }
}

/// Slots read in 20,000 steps of a queue with a wait of `wait` steps and random service.
fn reads_of_queue(wait: u32) -> u64 {
    let mut slots = vec![Counted(0.0); slots_for(f64::from(wait), 1.0)];
    let mut queue = Cohort::new();
    let mut random = Random(3);
    reads_of(|| {
        for _ in 0..20_000 {
            queue.expire(&mut slots);
            queue.push(&mut slots, Counted(random.next()), Counted(f64::from(wait)));
            // Long lean times and short feasts, so that the queue is often long and often emptied at once.
            let served = if random.next() < 0.01 { 1e3 } else { 0.5 * random.next() };
            queue.take(&mut slots, Counted(served));
        }
    })
}

#[test]
fn the_work_does_not_depend_on_the_timer() {
    let reads = [10, 100, 1000, 10_000].map(reads_of_queue);
    // Three reads a slot written, two slots a push, and two for a slot taken from.
    for reads in reads {
        assert!(reads <= 20_000 * 12, "{reads} reads in 20,000 steps");
    }
}

#[test]
fn clearing_and_spreading_read_no_more_for_a_longer_ring() {
    let work = |length: usize| {
        let mut slots = vec![Counted(0.0); length * SLOT];
        let mut cohort = Cohort::new();
        reads_of(|| {
            for _ in 0..100 {
                cohort.push_even(&mut slots, Counted(5.0), Counted(1.0), Counted(length as f64));
                cohort.expire(&mut slots);
                cohort.thin(&mut slots, Counted(0.0));
            }
        })
    };
    assert_eq!(work(100_000), work(20));
}
