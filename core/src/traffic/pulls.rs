//! Images on their way to nodes that have none.
//!
//! Nodes that pull at the same time share the registry evenly, so those that began together end together: a cliff, not a
//! ramp. As for the CPU of an API server one number is enough, the bytes a node has got since the beginning; who began at
//! V ends at V + size.

use crate::cohort::{Cohort, slots_for};
use crate::lane::Lane;

/// Parts of an image set that are told apart: the time of a pull is exact to one of them.
const PARTS: usize = 64;
/// What is nothing is there at once.
const AT_ONCE_PER_S: f64 = 1e6;

/// What a node without images must pull before its pods serve, and how fast it may.
///
/// ```
/// use slackwater_core::traffic::pulls::Images;
/// let images = Images { bytes: 2e9, node_bytes_per_s: 1e8, count: 20.0, per_s: 5.0, burst: 10.0 };
/// assert_eq!(images.least_s(), 20.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Images {
    /// All images of a node, bytes.
    pub bytes: f64,
    /// What a node can receive and unpack, bytes per second.
    pub node_bytes_per_s: f64,
    /// Images of a node.
    pub count: f64,
    /// Pulls a kubelet begins per second (`registryPullQPS`: 5).
    pub per_s: f64,
    /// Pulls it begins at once (`registryBurst`: 10).
    pub burst: f64,
}

impl Images {
    /// Nothing to pull, at the rates of a kubelet as it comes: `registryPullQPS` 5, `registryBurst` 10.
    ///
    /// ```
    /// assert_eq!(slackwater_core::traffic::pulls::Images::none().least_s(), 0.0);
    /// ```
    pub fn none() -> Self {
        Self { bytes: 0.0, node_bytes_per_s: 1.0, count: 0.0, per_s: 5.0, burst: 10.0 }
    }

    /// Seconds a node takes if it is alone.
    ///
    /// # Formula
    /// max(bytes / rate, (count - burst) / pulls a second): a kubelet's token bucket.
    ///
    /// ```
    /// use slackwater_core::traffic::pulls::Images;
    /// let many = Images { bytes: 1e6, node_bytes_per_s: 1e8, count: 110.0, per_s: 5.0, burst: 10.0 };
    /// assert_eq!(many.least_s(), 20.0); // small images, and a hundred of them beyond the burst
    /// ```
    pub fn least_s(&self) -> f64 {
        let bucket = (self.count - self.burst).max(0.0).over(self.per_s, 0.0);
        self.bytes.over(self.node_bytes_per_s, 0.0).max(bucket)
    }

    /// Part of its images that each of `nodes` pulling nodes gets per second from a registry that hands out
    /// `registry_bytes_per_s`.
    ///
    /// # Formula
    /// min(1 / least, registry / (nodes bytes)); all at once if there is nothing to pull.
    ///
    /// ```
    /// use slackwater_core::traffic::pulls::Images;
    /// let images = Images { bytes: 2e9, node_bytes_per_s: 1e8, count: 20.0, per_s: 5.0, burst: 10.0 };
    /// assert_eq!((images.part_per_s(1e9, 5.0), images.part_per_s(1e9, 100.0)), (0.05, 0.005));
    /// ```
    pub fn part_per_s(&self, registry_bytes_per_s: f64, nodes: f64) -> f64 {
        let alone = 1.0.over(self.least_s(), AT_ONCE_PER_S);
        alone.min(registry_bytes_per_s.over(nodes * self.bytes, alone))
    }
}

/// Pods whose nodes pull images.
///
/// ```
/// use slackwater_core::traffic::pulls::Pulls;
/// let mut ring = vec![0.0; Pulls::SLOTS];
/// let mut pulls = Pulls::default();
/// pulls.push(&mut ring, 30.0);
/// // A tenth of the images a step: all come up together in the tenth.
/// let up: Vec<f64> = (0..12).map(|_| pulls.step(&mut ring, 0.1)).collect();
/// assert!(up[..9].iter().all(|pods| *pods == 0.0) && up[9..11].iter().sum::<f64>() == 30.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Pulls {
    waiting: Cohort<f64>,
    /// Part of the next of the parts that everybody has, 0 to 1.
    phase: f64,
}

impl Pulls {
    /// Numbers in its ring.
    ///
    /// ```
    /// assert!(slackwater_core::traffic::pulls::Pulls::SLOTS > 64);
    /// ```
    pub const SLOTS: usize = (PARTS + 8) * crate::cohort::SLOT;

    /// Pods that wait for images.
    ///
    /// ```
    /// assert_eq!(slackwater_core::traffic::pulls::Pulls::default().total(), 0.0);
    /// ```
    pub fn total(&self) -> f64 {
        self.waiting.total()
    }

    /// `pods` are placed on nodes without images; `ring` has [`Self::SLOTS`] numbers.
    ///
    /// ```
    /// use slackwater_core::traffic::pulls::Pulls;
    /// let mut ring = vec![0.0; Pulls::SLOTS];
    /// let mut pulls = Pulls::default();
    /// pulls.push(&mut ring, 30.0);
    /// assert_eq!(pulls.total(), 30.0);
    /// ```
    pub fn push(&mut self, ring: &mut [f64], pods: f64) {
        self.waiting.push(ring, pods, PARTS as f64 + self.phase);
    }

    /// Each node gets the share `part` of its images: the pods whose nodes have all.
    ///
    /// ```
    /// use slackwater_core::traffic::pulls::Pulls;
    /// let mut ring = vec![0.0; Pulls::SLOTS];
    /// let mut pulls = Pulls::default();
    /// pulls.push(&mut ring, 30.0);
    /// assert_eq!((pulls.step(&mut ring, 0.5), pulls.step(&mut ring, 0.5)), (0.0, 30.0));
    /// ```
    pub fn step(&mut self, ring: &mut [f64], part: f64) -> f64 {
        if self.waiting.total() <= 0.0 {
            self.phase = 0.0;
            return 0.0;
        }
        debug_assert!(ring.len() >= slots_for(PARTS as f64, 1.0));
        self.phase += (part * PARTS as f64).within(0.0, (PARTS + 2) as f64);
        let mut up = 0.0;
        while self.phase >= 1.0 {
            up += self.waiting.expire(ring);
            self.phase -= 1.0;
        }
        up
    }
}
