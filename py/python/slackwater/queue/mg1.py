"""M/G/1, first come first served: one server, any service time, by the Pollaczek-Khinchine formula."""

from slackwater.queue._law import Number, Result, law

__all__ = ["mean_queue", "mean_sojourn_s", "mean_wait_s"]


def mean_queue(a: Number, service_scv: Number, *, outside: str = "raise") -> Result:
    """Mean number waiting, not counting the one in service.

    Formula (Pollaczek-Khinchine): Lq = a^2 (1 + scv) / (2 (1 - a)).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mg1.mean_queue", outside, a=a, service_scv=service_scv)


def mean_wait_s(a: Number, service_s: Number, service_scv: Number, *, outside: str = "raise") -> Result:
    """Mean wait before service starts, in seconds, for a mean service time of `service_s` seconds
    (`MIN_TIME_S` to `MAX_TIME_S`).

    Formula (Pollaczek-Khinchine): Wq = s a (1 + scv) / (2 (1 - a)).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mg1.mean_wait_s", outside, a=a, service_s=service_s, service_scv=service_scv)


def mean_sojourn_s(a: Number, service_s: Number, service_scv: Number, *, outside: str = "raise") -> Result:
    """Mean time from arrival to departure, in seconds, for a mean service time of `service_s` seconds
    (`MIN_TIME_S` to `MAX_TIME_S`).

    Formula: W = s + Wq.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mg1.mean_sojourn_s", outside, a=a, service_s=service_s, service_scv=service_scv)
