"""Erlang A (M/M/c+M): a delay system whose clients give up after an exponential patience."""

from slackwater.queue._law import Number, Result, law

__all__ = ["abandonment_probability", "delay_probability", "mean_queue", "mean_wait_s"]


def delay_probability(c: Number, a: Number, service_s: Number, patience_s: Number, *, outside: str = "raise") -> Result:
    """Probability that an arrival has to wait, whether or not it gives up later.

    Formula: P(wait) = S/(o + S), where o = 1/B - 1 with Erlang B, and S is the sum over j >= 0 of the products
    a/(c + r) ... a/(c + j r), with r = service_s/patience_s.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("erlang_a.delay_probability", outside, c=c, a=a, service_s=service_s, patience_s=patience_s)


def abandonment_probability(
    c: Number, a: Number, service_s: Number, patience_s: Number, *, outside: str = "raise"
) -> Result:
    """Probability that an arrival gives up before its service starts.

    Formula: P(wait) times the mean of 1 - exp(-V/patience) over the wait V that a patient client would have.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("erlang_a.abandonment_probability", outside, c=c, a=a, service_s=service_s, patience_s=patience_s)


def mean_wait_s(c: Number, a: Number, service_s: Number, patience_s: Number, *, outside: str = "raise") -> Result:
    """Mean time spent waiting, in seconds, over all arrivals: those who do not wait and those who give up included.

    Formula: Wq = patience_s P(abandon): the rate of giving up is Lq/patience_s.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("erlang_a.mean_wait_s", outside, c=c, a=a, service_s=service_s, patience_s=patience_s)


def mean_queue(c: Number, a: Number, service_s: Number, patience_s: Number, *, outside: str = "raise") -> Result:
    """Mean number waiting.

    Formula: Lq = a Wq/service_s (Little's law).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("erlang_a.mean_queue", outside, c=c, a=a, service_s=service_s, patience_s=patience_s)
