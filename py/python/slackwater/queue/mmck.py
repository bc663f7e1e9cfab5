"""M/M/c/K: Poisson arrivals, exponential service, `c` servers and `places` in all; one that finds all taken is lost."""

from slackwater.queue._law import Number, Result, law

__all__ = ["blocking", "mean_present", "mean_queue", "mean_wait_s", "throughput_per_s"]


def blocking(c: Number, places: Number, a: Number, *, outside: str = "raise") -> Result:
    """Probability that an arrival finds every place taken and is lost.

    Formula: p(K), with p(n) ~ a^n/n! up to c and p(n) = p(c) (a/c)^(n - c) above.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mmck.blocking", outside, c=c, places=places, a=a)


def mean_queue(c: Number, places: Number, a: Number, *, outside: str = "raise") -> Result:
    """Mean number waiting, not counting those in service.

    Formula: Lq = sum of (n - c) p(n) for n = c..K.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mmck.mean_queue", outside, c=c, places=places, a=a)


def mean_present(c: Number, places: Number, a: Number, *, outside: str = "raise") -> Result:
    """Mean number in the system, waiting and in service.

    Formula: L = a (1 - p(K)) + Lq.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mmck.mean_present", outside, c=c, places=places, a=a)


def mean_wait_s(c: Number, places: Number, a: Number, service_s: Number, *, outside: str = "raise") -> Result:
    """Mean wait of the accepted before their service starts, in seconds, for a mean service time of `service_s`
    seconds (`MIN_TIME_S` to `MAX_TIME_S`).

    Formula: Wq = s Lq / (a (1 - p(K))) (Little's law). Zero without load.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mmck.mean_wait_s", outside, c=c, places=places, a=a, service_s=service_s)


def throughput_per_s(c: Number, places: Number, a: Number, service_s: Number, *, outside: str = "raise") -> Result:
    """Requests completed per second, for a mean service time of `service_s` seconds
    (`MIN_TIME_S` to `MAX_TIME_S`).

    Formula: a (1 - p(K))/s.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mmck.throughput_per_s", outside, c=c, places=places, a=a, service_s=service_s)
