"""M/M/1: the one server for which the whole time in the system has closed quantiles."""

from slackwater.queue._law import Number, Result, law

__all__ = ["sojourn_exceeds", "sojourn_quantile_s"]


def sojourn_quantile_s(a: Number, service_s: Number, p: Number, *, outside: str = "raise") -> Result:
    """The time from arrival to departure, in seconds, that a share `p` (0 to below 1) of arrivals does not exceed.

    Takes the offered load `a` in erlangs, 0 to below 1, and the mean service time `service_s` in seconds
    (`MIN_TIME_S` to `MAX_TIME_S`). First come first served.

    Formula: t = -s ln(1 - p)/(1 - a): the time in the system is exponential with mean s/(1 - a).
    Source: L. Kleinrock, *Queueing Systems*, vol. 1 (1975), chapter 5.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mm1.sojourn_quantile_s", outside, a=a, service_s=service_s, p=p)


def sojourn_exceeds(a: Number, service_s: Number, sojourn_s: Number, *, outside: str = "raise") -> Result:
    """Probability that the time from arrival to departure exceeds `sojourn_s` seconds
    (0 to `MAX_TIME_S`).

    Takes the offered load `a` in erlangs, 0 to below 1, and the mean service time `service_s` in seconds.

    Formula: P(T > t) = exp(-(1 - a) t/s). Source: L. Kleinrock, *Queueing Systems*, vol. 1 (1975), chapter 5.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mm1.sojourn_exceeds", outside, a=a, service_s=service_s, sojourn_s=sojourn_s)
