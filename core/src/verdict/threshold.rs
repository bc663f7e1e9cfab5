//! The size from which something is always so: scan first, bisect only at the edge the scan shows.

/// Points of the scan: a factor of about 1.06 from 1 to a million.
const POINTS: u32 = 240;
/// Largest size scanned.
const LARGEST: u64 = 1_000_000;
/// Most bands kept.
const BANDS: usize = 8;

/// What a scan over sizes found.
///
/// ```
/// use slackwater_core::verdict::threshold::scan;
/// let unsafe_sizes = scan(|nodes| nodes >= 300);
/// assert_eq!((unsafe_sizes.from, unsafe_sizes.bands.len()), (Some(300), 0));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Smallest size from which the condition holds for every larger scanned size.
    pub from: Option<u64>,
    /// Other sizes at which it held, as closed intervals of scanned sizes.
    pub bands: heapless::Vec<(u64, u64), BANDS>,
}

fn size(point: u32) -> u64 {
    let exponent = f64::from(point) / f64::from(POINTS) * 6.0;
    libm::round(libm::pow(10.0, exponent)) as u64
}

/// Scans sizes from 1 to 1,000,000 for the start of the tail in which `holds` is true; the edge is exact.
///
/// ```
/// use slackwater_core::verdict::threshold::scan;
/// assert_eq!(scan(|n| n >= 2713).from, Some(2713));
/// assert_eq!(scan(|_| false).from, None);
/// let odd = scan(|n| (50..=80).contains(&n) || n > 7000);
/// assert_eq!(odd.from, Some(7001));
/// assert_eq!(odd.bands.len(), 1); // not monotone: the band is reported
/// ```
pub fn scan(mut holds: impl FnMut(u64) -> bool) -> Scan {
    let mut bands = heapless::Vec::new();
    let (mut open, mut last_false, mut first_true): (Option<u64>, Option<u64>, Option<u64>) = (None, None, None);
    let mut before = 0;
    for point in 0..=POINTS {
        let nodes = size(point).min(LARGEST);
        if nodes == before {
            continue;
        }
        if holds(nodes) {
            open = open.or(Some(nodes));
        } else {
            if let Some(start) = open.take() {
                // Bands beyond the capacity are few and small; the first ones are what a reader needs.
                let _ = bands.push((start, before));
            }
            last_false = Some(nodes);
        }
        before = nodes;
    }
    if let Some(start) = open {
        first_true = Some(start);
    }
    let from = first_true.map(|start| match last_false {
        Some(mut low) => {
            let mut high = start;
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                if holds(middle) {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            high
        }
        None => start,
    });
    Scan { from, bands }
}
