//! Who gets the traffic that is led away.

use crate::lane::Lane;

/// Spreads the traffic of a fleet: cluster `i` has `own[i]` of its own, of which the share `away[i]` is led away. It goes
/// to the clusters that take strangers (`takes[i]` of 1; 0 for those that do not), in proportion to what they have of
/// their own. Where nobody takes it, it stays. What comes to each cluster is written to `comes`; lists of different
/// lengths are cut to the shortest.
///
/// # Formula
/// comes = own (1 - away) + P own takes / sum(own takes), with P = sum(own away). The sum over all clusters is that of
/// `own`, whatever is led where.
///
/// ```
/// use slackwater_core::traffic::spread::spread;
/// // A third of all traffic leaves the first cluster; the other two are equal.
/// let mut comes = [0.0; 3];
/// spread(&[0.5, 0.25, 0.25], &[0.6, 0.0, 0.0], &[0.0, 1.0, 1.0], &mut comes);
/// assert_eq!(comes, [0.2, 0.4, 0.4]);
/// spread(&[0.5, 0.25, 0.25], &[0.6, 0.0, 0.0], &[0.0, 0.0, 0.0], &mut comes);
/// assert_eq!(comes, [0.5, 0.25, 0.25]); // nobody takes it
/// ```
pub fn spread(own: &[f64], away: &[f64], takes: &[f64], comes: &mut [f64]) {
    let clusters = || own.iter().zip(away).zip(takes);
    let (mut pool, mut room) = (0.0, 0.0);
    for ((own, away), takes) in clusters() {
        pool += own * away.within(0.0, 1.0);
        room += own * takes.within(0.0, 1.0);
    }
    for (((own, away), takes), comes) in clusters().zip(comes) {
        let stays = own * (1.0 - away.within(0.0, 1.0));
        *comes = if room > 0.0 { stays + pool * (own * takes.within(0.0, 1.0) / room) } else { *own };
    }
}
