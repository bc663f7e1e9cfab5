"""M/M/c: Poisson arrivals, exponential service, `c` servers, first come first served, unlimited queue."""

from slackwater.queue._law import Number, Result, law

__all__ = ["mean_queue", "mean_sojourn_s", "mean_wait_s", "utilisation", "wait_exceeds", "wait_quantile_s"]


def utilisation(c: Number, a: Number, *, outside: str = "raise") -> Result:
    """Utilisation of each server, a fraction from 0 to below 1.

    Formula: rho = a/c.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mmc.utilisation", outside, c=c, a=a)


def mean_queue(c: Number, a: Number, *, outside: str = "raise") -> Result:
    """Mean number waiting, not counting those in service.

    Formula: Lq = C a/(c - a), with Erlang C.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mmc.mean_queue", outside, c=c, a=a)


def mean_wait_s(c: Number, a: Number, service_s: Number, *, outside: str = "raise") -> Result:
    """Mean wait before service starts, in seconds.

    Formula: Wq = C s/(c - a), with Erlang C and mean service time s.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mmc.mean_wait_s", outside, c=c, a=a, service_s=service_s)


def mean_sojourn_s(c: Number, a: Number, service_s: Number, *, outside: str = "raise") -> Result:
    """Mean time from arrival to departure, in seconds.

    Formula: W = s + Wq = s (1 + C/(c - a)).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mmc.mean_sojourn_s", outside, c=c, a=a, service_s=service_s)


def wait_exceeds(c: Number, a: Number, service_s: Number, wait_s: Number, *, outside: str = "raise") -> Result:
    """Probability that the wait exceeds `wait_s` seconds (0 to `MAX_TIME_S`).

    Formula: P(W > t) = C exp(-(c - a) t/s).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mmc.wait_exceeds", outside, c=c, a=a, service_s=service_s, wait_s=wait_s)


def wait_quantile_s(c: Number, a: Number, service_s: Number, p: Number, *, outside: str = "raise") -> Result:
    """The wait in seconds that a share `p` (0 to below 1) of arrivals does not exceed.

    Zero if at least that share does not wait at all. Just above that point the relative error grows; the
    absolute error stays below 1e-13 of `service_s/(c - a)`, the mean wait of those who wait.

    Formula: t = s/(c - a) ln(C/(1 - p)), with Erlang C.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mmc.wait_quantile_s", outside, c=c, a=a, service_s=service_s, p=p)
