"""Engset: a finite number of sources, each with at most one request, and no queue."""

from slackwater.queue._law import Number, Result, law

__all__ = ["call_congestion", "mean_busy", "throughput_per_s", "time_congestion"]


def time_congestion(c: Number, sources: Number, a_idle: Number, *, outside: str = "raise") -> Result:
    """Time congestion: the share of time in which all servers are busy.

    Zero if there are more servers than sources.

    Formula (Engset): E = binom(n, c) a^c / sum of binom(n, k) a^k for k = 0..c, by the recursion
    1/E(k) = 1 + k/(a (n - k + 1)) / E(k-1).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("engset.time_congestion", outside, c=c, sources=sources, a_idle=a_idle)


def call_congestion(c: Number, sources: Number, a_idle: Number, *, outside: str = "raise") -> Result:
    """Call congestion: the share of requests that find all servers busy and are lost.

    Lower than the time congestion, because busy sources send nothing. Zero if there is a server for each source.

    Formula: the time congestion with one source fewer (arrival theorem).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("engset.call_congestion", outside, c=c, sources=sources, a_idle=a_idle)


def mean_busy(c: Number, sources: Number, a_idle: Number, *, outside: str = "raise") -> Result:
    """Mean number of busy servers.

    Formula: y = n b/(1 + b), where b = a (1 - call congestion) is what an idle source gets through.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("engset.mean_busy", outside, c=c, sources=sources, a_idle=a_idle)


def throughput_per_s(
    c: Number, sources: Number, a_idle: Number, service_s: Number, *, outside: str = "raise"
) -> Result:
    """Requests completed per second, for a mean service time of `service_s` seconds
    (`MIN_TIME_S` to `MAX_TIME_S`).

    Formula: y/s, with the mean number of busy servers y (Little's law).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("engset.throughput_per_s", outside, c=c, sources=sources, a_idle=a_idle, service_s=service_s)
