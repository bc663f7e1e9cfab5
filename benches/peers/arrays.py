"""The reduced problem over arrays, all scenarios in one step: numpy, and the same lines under JAX."""

import math
import time

import numpy as np

from problem import *

KNOTS, RUNNING, ATTAINED = 65, 64, 128
N = (68, 304)  # slots of backoff, valid entries


class Numpy:
    """Arrays changed in place, loops in Python."""

    xp = np

    @staticmethod
    def put(array, row, value):
        array[row] = value
        return array

    @staticmethod
    def put_each(array, rows, value):
        np.put_along_axis(array, rows[None], value[None], 0)
        return array

    @staticmethod
    def repeat(goes_on, body, state):
        while goes_on(state).any():
            state = body(state)
        return state

    @staticmethod
    def every(flag, body, state):
        return body(state) if flag else state

    @staticmethod
    def steps(body, state, count):
        for step in range(count):
            state = body(step, state)
        return state


def jax_backend():
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    class Jax:
        """The same as one compiled loop."""

        xp = jnp
        put = staticmethod(lambda array, row, value: array.at[row].set(value))
        put_each = staticmethod(
            lambda array, rows, value: array.at[rows, jnp.arange(value.shape[0])].set(value)
        )
        repeat = staticmethod(
            lambda goes_on, body, state: jax.lax.while_loop(lambda s: goes_on(s).any(), body, state)
        )
        every = staticmethod(lambda flag, body, state: jax.lax.cond(flag, body, lambda s: s, state))
        steps = staticmethod(lambda body, state, count: jax.lax.fori_loop(0, count, body, state))

    return jax, Jax


def kernel(of, table, count, steps):
    """A function from rates to sums of the columns."""
    xp = of.xp
    servers, full, *busy = table
    busy = xp.array(busy)

    def over(a, b, otherwise):
        return xp.where(b > 0.0, a / xp.where(b > 0.0, b, 1.0), otherwise)

    def within(x, a, b):
        return xp.minimum(xp.maximum(x, a), b)

    # A cohort: head, steps since the recount; total, scale, rate, era; amounts, slopes, eras by slot.
    def cohort(n):
        zero = xp.zeros(count)
        return (0, 0, zero + 0.0, zero + 1.0, zero + 0.0, zero + 0.0, xp.zeros((n, count)), xp.zeros((n, count)), xp.zeros((n, count)))

    def split(c, n, due, x, member):
        head, counted, total, scale, rate, era, *slots = c
        whole = math.floor(due)
        for steps, part in ((whole, 1.0 - (due - whole)), (whole + 1, due - whole)):
            if part > 0.0:
                row = (head + steps) % n
                for at in (0, 1):
                    kept = xp.where(slots[2][row] >= era, slots[at][row], 0.0)
                    slots[at] = of.put(slots[at], row, kept + x * part if at == member else kept)
                slots[2] = of.put(slots[2], row, era)
        return (head, counted, total, scale, rate, era, *slots)

    def push(c, n, amount, due):
        c = split(c, n, min(max(due, 1.0), n - 2.0) - 1.0, amount / c[3], 0)
        return (*c[:2], c[2] + amount, *c[3:])

    def push_even(c, n, amount, start, end):
        last = n - 2.0
        start = min(max(start, 1.0), last) - 1.0
        end = min(max(end - 1.0, start + 1.0), max(last, start + 1.0))
        rate = amount / c[3] / (end - start)
        c = split(split(c, n, start, rate, 1), n, end, -rate, 1)
        return (*c[:2], c[2] + amount, *c[3:])

    def due(c):
        head, _, total, scale, rate, era, amounts, slopes, eras = c
        current = eras[head] >= era
        rate = rate + xp.where(current, slopes[head], 0.0)
        exact = xp.where(current, amounts[head], 0.0) * scale
        return rate, exact + within(rate * scale, 0.0, xp.maximum(total - exact, 0.0))

    def recount(n):
        def again(c):
            head, _, _, scale, _, era, amounts, slopes, eras = c
            current = eras >= era
            steps = ((xp.arange(n) - head) % n)[:, None]
            rates = xp.where(current, slopes, 0.0)
            left = xp.where(current, amounts, 0.0).sum(0) - (rates * steps).sum(0)
            return (head, head * 0, xp.maximum(left * scale, 0.0), scale, -rates.sum(0), *c[5:])

        return again

    def expire(c, n):
        head, counted, total, scale, _, era, amounts, slopes, eras = c
        rate, gone = due(c)
        gone = gone + 0.0
        zero = xp.zeros(count)
        slots = (of.put(amounts, head, zero), of.put(slopes, head, zero), of.put(eras, head, era))
        c = ((head + 1) % n, counted + 1, xp.maximum(total - gone, 0.0), scale, rate, era, *slots)
        return of.every(c[1] >= 1024, recount(n), c), gone

    def share(there, ending, ending_s, starts, last):
        def look(s):
            lo, hi, nxt, answer, on, round = s
            each = 1.0 / nxt
            stays, half, need = xp.minimum(SIZE_S * each, 1.0), starts * 0.5, ending_s * each
            rest, through = ending * over(ending, need, 0.0) * 0.25, ending >= need + need
            present = there + xp.where(through, need, ending - rest) + stays * (starts - half * stays)
            passing = xp.where(1.0 > stays, stays * (starts - (half + half) * stays), 0.0)
            fewer = (xp.where(through, need, rest) + passing) * each
            u = present / (present + servers)
            at = u * (KNOTS - 1)
            k = xp.minimum(at.astype(int), KNOTS - 2)
            steeper = busy[k + 1] - busy[k]
            cores = servers * (busy[k] + steeper * (at - k)) * full
            found, rest = present * nxt - cores, 1.0 - u
            slope = present - (nxt - steeper * (KNOTS - 1) * rest * rest * full) * fewer
            better = xp.minimum(nxt - over(found, slope, 0.0), full)
            fast = found > 0.0
            idle = ~(cores > 0.0) | ((nxt >= full) & ~fast)
            answer = xp.where(on, xp.where(idle, full, better), answer)
            on = on & ~idle & (abs(found) > NEAR_ENOUGH * cores) & (round < 23)
            lo, hi = xp.where(fast, lo, nxt), xp.where(fast, nxt, hi)
            middle = xp.minimum((lo + hi) * 0.5, full)
            return lo, hi, xp.where((better > lo) & (hi > better), better, middle), answer, on, round + 1

        zero = xp.zeros(count)
        start = (zero, zero + (full + full), xp.minimum(last, full), zero + full, zero == 0.0, 0)
        return of.repeat(lambda s: s[4], look, start)[3]

    def at_rows(array, rows):
        return xp.take_along_axis(array, rows[None], 0)[0]

    def clock_at(attained, at, now, start, end):
        past = at_rows(attained, at.astype(int) & (ATTAINED - 1))
        return xp.where(at > now, end, xp.where(at >= now, start, past))

    expected = LOOKUPS_PER_S * TTL
    touched = -math.expm1(-LOOKUPS_PER_S)
    rest = touched / LOOKUPS_PER_S

    def run(per_s):
        zero = xp.zeros(count)
        warm = expected / (1.0 + expected)
        valid = push_even(cohort(N[1]), N[1], zero + warm, 1.0, TTL + 1.0)
        # running, front, clock, speed, retrying, failures
        server = (zero + 0.0, zero + 0.0, zero + 0.0, zero + full, zero + 0.0, zero + 0.0)
        names = (zero + (1.0 - warm), zero + 1.0, zero + 1.0, zero + NAMES * LOOKUPS_PER_S / (1.0 + expected))
        rings = (xp.zeros((RUNNING, count)), xp.zeros((ATTAINED, count)))
        state = (server, names, rings, cohort(N[0]), valid, xp.zeros((5, count)))

        def step_of(step, state):
            (running, front, clock, speed, retrying, failures), names, (ring, attained), backoff, valid, sums = state
            start, end = clock, clock + speed
            target, past = end - SIZE_S, start - SIZE_S

            def places(at, end, target):
                """Of those who started in a step: who was there, who is complete, who is gone; with V as they started."""
                began, to = clock_at(attained, at, step, start, end), clock_at(attained, at + 1, step, start, end)
                per, expired = over(1.0, to - began, 0.0), step - at - TIMEOUT_S

                def place(v):
                    return within(xp.where(per > 0.0, (v - began) * per, (v >= to) * 1.0), 0.0, 1.0)

                first = xp.minimum(xp.maximum(place(past), expired), 1.0)
                complete = xp.maximum(place(target), first)
                return began, to, expired, first, complete, xp.minimum(xp.maximum(complete, expired + 1.0), 1.0)

            def looks(s):
                ending, ending_s, at, on = s
                is_open = on & (step > at) & (running > ending)
                began, to, expired, first, complete, last = places(at, end, target)
                here = at_rows(ring, at.astype(int) & (RUNNING - 1)) * is_open
                each = over(here, 1.0 - first, 0.0)
                through, cut = each * (complete - first), each * (last - complete)
                middle_s = began + (to - began) * ((first + complete) * 0.5) + SIZE_S - start
                ending_s = ending_s + through * xp.maximum(middle_s, 0.0)
                ending_s = ending_s + cut * within((complete + last) * 0.5 - expired, 0.0, 1.0) * (end - start)
                whole = (last >= 1.0) & is_open
                return ending + (through + cut), ending_s, at + whole, whole

            first = (zero + 0.0, zero + 0.0, front, running > 0.0)
            ending, ending_s, _, _ = of.repeat(lambda s: s[3], looks, first)
            ending = xp.minimum(ending, running)
            backoff, again = expire(backoff, N[0])
            sent = per_s + again
            retrying = retrying + sent * over(again, sent, 0.0)
            there = xp.maximum(running - ending, 0.0)
            ring = of.put(ring, step & (RUNNING - 1), sent)
            front = xp.where(running > 0.0, front, step)
            running = running + sent
            speed = share(there, ending, ending_s, sent, speed)
            end = start + speed
            attained = of.put(attained, step & (ATTAINED - 1), start)
            before = running
            front = xp.maximum(front, step - (RUNNING - 2.0))
            target, passes = end - SIZE_S, over(1.0, end - start, 0.0)

            def ends(s):
                ring, running, front, done, every, on = s
                is_open = on & (step >= front) & (running > 0.0)
                began, to, expired, first, complete, last = places(front, end, target)
                slot = front.astype(int) & (RUNNING - 1)
                kept = at_rows(ring, slot)
                here = xp.minimum(kept, running) * is_open
                each = over(here, 1.0 - first, 0.0)
                through, middle = xp.where(complete >= 1.0, here, each * (complete - first)), (first + complete) * 0.5
                late = (began + (to - began) * middle + SIZE_S - start) * passes - (middle - expired)
                more = (complete - first) * 0.5 * ((to - began) * passes - 1.0)
                too_late = xp.maximum(late - more, 0.0) + xp.maximum(late + more, 0.0)
                behind = through * over(too_late, abs(late - more) + abs(late + more), 0.0)
                cut = xp.where(last >= 1.0, here - through, each * (last - complete))
                left = xp.where(last >= 1.0, 0.0, here - (through + cut))
                ring = of.put_each(ring, slot, xp.where(is_open, left, kept))
                whole = (last >= 1.0) & is_open
                return ring, running - (through + cut), front + whole, done + (through - behind), every + behind + cut, whole

            ring, running, front, done, every, _ = of.repeat(
                lambda s: s[5], ends, (ring, running, front, zero + 0.0, zero + 0.0, running > 0.0)
            )
            ring = of.put(ring, (step + 1) & (RUNNING - 1), zero)
            running = xp.where(xp.maximum(before * 1e-13, 1e-12) >= running, 0.0, running)
            part = xp.minimum(over(retrying, running + done + every, 0.0), 1.0)
            retrying = xp.maximum(retrying - (done + every) * part, 0.0)
            mean = xp.maximum(over(failures, retrying + backoff[2], 1.0), 1.0)
            failures = xp.maximum(failures - done * part * mean + every, 0.0)
            backoff = push_even(backoff, N[0], every, RETRY_S, RETRY_S)

            absent_now, ready, answers, reaching = names
            lost = ((step >= LOST_S) & (step < BACK_S)) * 1.0
            served = xp.minimum(over(1e9 * ready, reaching * 2.0 * (2.0 - answers), 1.0), 1.0)
            back = (1.0 - lost) / 5.0
            ready = (ready + back) / (1.0 + back)
            answers = ready * served * (1.0 - lost)
            upstream = 1.0 - (1.0 - answers) * (1.0 - answers)
            gone = absent_now
            valid, leaving = expire(valid, N[1])
            remembered = LOOKUPS_PER_S * NEGATIVE_S * (1.0 - upstream)
            asks = 1.0 / (1.0 + remembered / (1.0 + remembered * (1.0 - ready) * 0.5))
            renewed = gone * touched * upstream * asks + leaving * (1.0 - rest) * upstream * asks
            absent_now = xp.maximum(gone + leaving - renewed, 0.0)
            valid = push(valid, N[1], renewed, TTL)
            absent = (gone + absent_now) * 0.5
            reaching = (renewed + absent * LOOKUPS_PER_S * asks * (1.0 - upstream)) * NAMES
            seen = xp.stack([running, done, every, xp.minimum(valid[2], 1.0), absent * (1.0 - upstream)])
            server = (running, front, end, speed, retrying, failures)
            return (server, (absent_now, ready, answers, reaching), (ring, attained), backoff, valid, sums + seen)

        return of.steps(step_of, state, steps)[-1].T

    return run


def timed(call, rounds):
    best = math.inf
    for _ in range(rounds):
        start = time.process_time()
        sums = np.asarray(call())
        best = min(best, time.process_time() - start)
    return best, sums


def solve(table, count, steps):
    per_s = np.array(rates(count))
    with np.errstate(all="ignore"):
        return timed(lambda: kernel(Numpy, table, count, steps)(per_s), 2)


def solve_jax(table, count, steps):
    jax, backend = jax_backend()
    per_s = np.array(rates(count))
    compiled = jax.jit(kernel(backend, table, count, steps))
    compiled(per_s).block_until_ready()
    return timed(lambda: compiled(per_s).block_until_ready(), 3)
