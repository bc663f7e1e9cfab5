"""Processor sharing: requests that run share the cores equally, each on one core at most."""

from slackwater.queue._law import Number, Result, law

__all__ = ["busy_cores", "mean_present", "mean_running", "mean_slowdown", "slowdown", "sojourn_s"]


def slowdown(a: Number, *, outside: str = "raise") -> Result:
    """Slowdown on one core: mean time in the system over the time the request needs alone. At least 1.

    Takes the offered load `a` in erlangs, 0 to below 1. The same for all sizes.

    Formula (M/G/1-PS): 1/(1 - a).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("processor_sharing.slowdown", outside, a=a)


def sojourn_s(a: Number, size_s: Number, *, outside: str = "raise") -> Result:
    """Mean time in the system, in seconds, of a request that needs `size_s` seconds alone on the one core.

    Takes the offered load `a` in erlangs, 0 to below 1, and `size_s` from 0 to `MAX_TIME_S`.

    Formula (M/G/1-PS): T(x) = x/(1 - a).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("processor_sharing.sojourn_s", outside, a=a, size_s=size_s)


def mean_slowdown(c: Number, a: Number, *, outside: str = "raise") -> Result:
    """Mean slowdown on `c` cores: mean time in the system over mean time alone. At least 1.

    Formula (M/M/c processor sharing, Little's law): D = 1 + C/(c - a), with Erlang C.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("processor_sharing.mean_slowdown", outside, c=c, a=a)


def mean_present(c: Number, a: Number, *, outside: str = "raise") -> Result:
    """Mean number present on `c` cores while `a` of them are busy on average. `busy_cores` is its inverse.

    Formula (M/M/c processor sharing): n(a) = a + C a/(c - a), with Erlang C. With one core a/(1 - a).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("processor_sharing.mean_present", outside, c=c, a=a)


def busy_cores(c: Number, present: Number, *, outside: str = "raise") -> Result:
    """Mean number of cores busy while `present` requests (0 to `MAX_LOAD`) are there on average:
    sigma, the inverse of `mean_present`. Below both `c` and `present`, but for rounding.

    Formula: sigma(X) solves n(sigma) = X, by bisection to the last bit; at most 70 evaluations of Erlang C.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("processor_sharing.busy_cores", outside, c=c, present=present)


def mean_running(c: Number, seats: Number, a: Number, *, outside: str = "raise") -> Result:
    """Mean number running, when at most `seats` (1 or more) of those present run and the rest wait for a seat.

    The load `a` must be below both `c` and `seats`. With fewer seats than cores each runs on a core of its own.

    Formula: E[min(n, K)] = a + C a/(m - a) (1 - (a/m)^(K - m)), where m = min(c, K), with Erlang C for m servers:
    the tail sum of the M/M/m occupancy up to K.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("processor_sharing.mean_running", outside, c=c, seats=seats, a=a)
