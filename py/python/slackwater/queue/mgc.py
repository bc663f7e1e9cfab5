"""M/G/c and G/G/c: several servers, any service time. No exact closed form is known, so these are approximations."""

from slackwater.queue._law import Number, Result, law

__all__ = ["allen_cunneen_queue", "allen_cunneen_wait_s"]


def allen_cunneen_wait_s(
    c: Number, a: Number, service_s: Number, arrival_scv: Number, service_scv: Number, *, outside: str = "raise"
) -> Result:
    """Approximate mean wait before service starts, in seconds, by Allen and Cunneen.

    Takes `c` servers (1 to `MAX_SERVERS`), the offered load `a` in erlangs (0 to below `c`), the
    mean service time `service_s` in seconds (`MIN_TIME_S` to
    `MAX_TIME_S`) and the squared coefficients of variation of the times between arrivals and of
    service (0 to `MAX_SCV`). Poisson arrivals have `arrival_scv = 1`.

    **An approximation.** Exact for M/M/c and M/G/1; good in heavy traffic; poor for lightly loaded servers, and
    for arrivals far from Poisson.

    Formula (Allen-Cunneen): Wq = (arrival_scv + service_scv)/2 times Wq of M/M/c.
    Source: A. O. Allen, *Probability, Statistics, and Queueing Theory*, 2nd ed. (1990), chapter 5.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law(
        "mgc.allen_cunneen_wait_s",
        outside,
        c=c,
        a=a,
        service_s=service_s,
        arrival_scv=arrival_scv,
        service_scv=service_scv,
    )


def allen_cunneen_queue(
    c: Number, a: Number, arrival_scv: Number, service_scv: Number, *, outside: str = "raise"
) -> Result:
    """Approximate mean number waiting, by Allen and Cunneen.

    Same arguments, same limits and same source as `allen_cunneen_wait_s`, which it matches by Little's law.

    Formula (Allen-Cunneen): Lq = (arrival_scv + service_scv)/2 times Lq of M/M/c.

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("mgc.allen_cunneen_queue", outside, c=c, a=a, arrival_scv=arrival_scv, service_scv=service_scv)
