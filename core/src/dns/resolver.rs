//! What a lookup costs upstream: tries, record types, search list.

use super::Dns;
use crate::lane::Lane;

/// Queries per lookup that reaches the servers, when a query is answered with chance `answers`.
///
/// # Formula
/// types * (1 + (1 - p) (attempts - 1)) * (1 + (1 - p) (search - 1)): further attempts and further names of
/// the search list are only tried after a failure. A healthy lookup already asks for A and AAAA.
///
/// ```
/// use slackwater_core::dns::Dns;
/// use slackwater_core::dns::resolver::queries_per_lookup;
/// let dns = Dns { attempts: 2.0, record_types: 2.0, search: 4.0, ..Dns::none() };
/// assert_eq!(queries_per_lookup(&dns, 1.0), 2.0);
/// assert_eq!(queries_per_lookup(&dns, 0.0), 16.0); // eight times the load, just when servers fail
/// ```
#[inline(always)]
pub fn queries_per_lookup<L: Lane>(dns: &Dns<L>, answers: L) -> L {
    let one = L::one();
    let failing = one - answers;
    dns.record_types * (one + failing * (dns.attempts - one)) * (one + failing * (dns.search - one))
}

/// Chance that a lookup is answered within its attempts, when one attempt is with chance `once`.
///
/// Attempts count as independent; the number of attempts need not be whole.
///
/// # Formula
/// 1 - (1 - p)^n for one and two attempts, linear between them; further attempts than two count as two.
///
/// ```
/// use slackwater_core::dns::resolver::answered;
/// assert_eq!(answered(0.5, 1.0), 0.5);
/// assert_eq!(answered(0.5, 2.0), 0.75);
/// ```
#[inline(always)]
pub fn answered<L: Lane>(once: L, attempts: L) -> L {
    let failing = L::one() - once;
    // Two attempts are the rule (glibc, Go): square, and linear between one and two.
    let second = (attempts - L::one()).within(L::zero(), L::one());
    L::one() - failing * (L::one() - second + second * failing)
}
