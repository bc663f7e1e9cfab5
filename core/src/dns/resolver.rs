//! What a lookup costs upstream: tries, record types, search list.

use super::Dns;
use crate::lane::Lane;

/// Queries per lookup that reaches the servers, when a query is answered with chance `answers`.
///
/// # Formula
/// types * (1 + (1 - p) (attempts - 1)) * (1 + (1 - p) (search - 1)): further attempts and further names of
/// the search list are only tried after a failure. A healthy lookup already asks for A and AAAA.
pub fn queries_per_lookup<L: Lane>(dns: &Dns<L>, answers: L) -> L {
    let one = L::one();
    let failing = one - answers;
    dns.record_types * (one + failing * (dns.attempts - one)) * (one + failing * (dns.search - one))
}

/// Chance that a lookup is answered within its attempts, when one attempt is with chance `once`.
///
/// Attempts count as independent; the number of attempts need not be whole.
pub fn answered<L: Lane>(once: L, attempts: L) -> L {
    let failing = L::one() - once;
    // Two attempts are the rule (glibc, Go): square, and linear between one and two.
    let second = (attempts - L::one()).within(L::zero(), L::one());
    L::one() - failing * (L::one() - second + second * failing)
}
