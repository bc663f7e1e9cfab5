"""Erlang"s two laws: loss (B) and delay (C)."""

from slackwater.queue._law import Number, Result, law

__all__ = ["erlang_b", "erlang_c"]


def erlang_b(c: Number, a: Number, *, outside: str = "raise") -> Result:
    """Erlang B: probability that an arrival finds all servers busy and is lost (M/G/c/c).

    Takes `c` servers (1 to `MAX_SERVERS`) and the offered load `a` in erlangs (0 to
    `MAX_LOAD`), which may exceed `c`. Depends on the service time by its mean only.
    Below 2.3e-308 the result is a rounded subnormal number or zero.

    Formula: B = (a^c/c!) / sum of a^k/k! for k = 0..c, by the recursion 1/B(k) = 1 + (k/a)/B(k-1).
    Source: A. K. Erlang (1917); the recursion in R. B. Cooper, *Introduction to Queueing Theory*, 2nd ed. (1981).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("erlang.erlang_b", outside, c=c, a=a)


def erlang_c(c: Number, a: Number, *, outside: str = "raise") -> Result:
    """Erlang C: probability that an arrival has to wait (M/M/c).

    Takes `c` servers (1 to `MAX_SERVERS`) and the offered load `a` in erlangs, 0 to below `c`.

    Formula: C = B / (1 - (a/c)(1 - B)), with Erlang B. Computed from the odds o = 1/B - 1 as
    1 / (1 + o (c - a)/c), where nothing cancels. Source: A. K. Erlang (1917).

    Takes numbers or arrays, and gives an array of their common shape; a number for numbers. Arguments outside
    their range raise `slackwater.QueueError`, or give NaN with `outside="nan"`.
    """
    return law("erlang.erlang_c", outside, c=c, a=a)
