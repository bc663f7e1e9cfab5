//! Where a cluster stands between stable and metastable.
//!
//! The words are those of Bronson, Aghayev, Charapko and Zhu, Metastable Failures in Distributed Systems (HotOS 2021):
//! a *stable* system comes back from any trigger by itself; a *vulnerable* one runs well, and a trigger can bring it into
//! a failure that outlasts the trigger; a *metastable* one is in such a failure already.

/// What becomes of a cluster under a load.
///
/// ```
/// use slackwater_core::verdict::region::Region;
/// assert_eq!(Region::of(false, true), Region::Stable);
/// assert_eq!(Region::of(true, false).name(), "metastable");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Region {
    /// It runs, and comes back after the trigger.
    Stable,
    /// It runs until the trigger, and does not come back.
    Vulnerable,
    /// It falls by itself and stays down.
    Metastable,
}

impl Region {
    /// From what was seen: whether it fell by itself, and whether it came back after the trigger.
    ///
    /// ```
    /// use slackwater_core::verdict::region::Region;
    /// assert_eq!(Region::of(false, false), Region::Vulnerable);
    /// ```
    pub const fn of(falls: bool, comes_back: bool) -> Self {
        match (falls, comes_back) {
            (true, _) => Self::Metastable,
            (false, true) => Self::Stable,
            (false, false) => Self::Vulnerable,
        }
    }

    /// Its word.
    ///
    /// ```
    /// use slackwater_core::verdict::region::Region;
    /// assert_eq!(Region::Stable.name(), "stable");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Vulnerable => "vulnerable",
            Self::Metastable => "metastable",
        }
    }

    /// Its sign on a map.
    ///
    /// ```
    /// use slackwater_core::verdict::region::Region;
    /// assert_eq!([Region::Stable, Region::Vulnerable, Region::Metastable].map(Region::sign), ['.', '+', '#']);
    /// ```
    pub const fn sign(self) -> char {
        match self {
            Self::Stable => '.',
            Self::Vulnerable => '+',
            Self::Metastable => '#',
        }
    }
}
