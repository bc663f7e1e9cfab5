//! Who reaches whom: routes between masters, zones of nodes, and the pods on either.

/// Most zones of nodes.
///
/// ```
/// assert_eq!(slackwater_core::nodes::routes::ZONES, 8);
/// ```
pub const ZONES: usize = 8;

/// A place that machines and pods are in.
///
/// ```
/// use slackwater_core::nodes::routes::Place;
/// assert_ne!(Place::Masters, Place::Zone(0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Place {
    /// The machines of the control plane.
    Masters,
    /// The nodes of a zone.
    Zone(usize),
}

/// Routes at a moment.
///
/// ```
/// use slackwater_core::nodes::routes::{Place, Routes};
/// let cut = Routes { cut_zones: 2, isolated: false, masters_announced: true };
/// assert!(!cut.machines(Place::Zone(1), Place::Masters) && cut.machines(Place::Zone(1), Place::Zone(0)));
/// assert!(cut.machines(Place::Zone(2), Place::Masters));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Routes {
    /// The first so many zones have no route to the masters, nor the masters to them.
    pub cut_zones: usize,
    /// Whether those zones are cut off from the other zones and from users, too.
    pub isolated: bool,
    /// Whether addresses of pods on masters are announced to the network of the nodes.
    pub masters_announced: bool,
}

impl Routes {
    /// All there, those of pods on masters announced.
    ///
    /// ```
    /// use slackwater_core::nodes::routes::{Place, Routes};
    /// assert!(Routes::whole().pods(Place::Zone(0), Place::Masters));
    /// ```
    pub fn whole() -> Self {
        Self { cut_zones: 0, isolated: false, masters_announced: true }
    }

    fn cut(&self, place: Place) -> bool {
        matches!(place, Place::Zone(zone) if zone < self.cut_zones)
    }

    /// Whether a machine at `from` reaches a machine at `to`.
    ///
    /// ```
    /// use slackwater_core::nodes::routes::{Place, Routes};
    /// let alone = Routes { cut_zones: 1, isolated: true, masters_announced: true };
    /// assert!(!alone.machines(Place::Zone(1), Place::Zone(0)) && alone.machines(Place::Zone(0), Place::Zone(0)));
    /// ```
    pub fn machines(&self, from: Place, to: Place) -> bool {
        if from == to {
            return true;
        }
        let across = self.cut(from) || self.cut(to);
        !(across && (self.isolated || from == Place::Masters || to == Place::Masters))
    }

    /// Whether users reach machines at `place`.
    ///
    /// ```
    /// use slackwater_core::nodes::routes::{Place, Routes};
    /// let alone = Routes { cut_zones: 1, isolated: true, masters_announced: true };
    /// assert!(!alone.users(Place::Zone(0)) && alone.users(Place::Zone(1)));
    /// ```
    pub fn users(&self, place: Place) -> bool {
        !(self.isolated && self.cut(place))
    }

    /// Whether somebody at `from` reaches a pod at `to`: the machine must be reachable and the pod's address known.
    ///
    /// ```
    /// use slackwater_core::nodes::routes::{Place, Routes};
    /// let silent = Routes { masters_announced: false, ..Routes::whole() };
    /// assert!(silent.machines(Place::Zone(0), Place::Masters) && !silent.pods(Place::Zone(0), Place::Masters));
    /// ```
    pub fn pods(&self, from: Place, to: Place) -> bool {
        self.machines(from, to) && (self.masters_announced || to != Place::Masters || from == Place::Masters)
    }
}
