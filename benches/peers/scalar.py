"""The reduced problem in numba: the loops of the C program, compiled from Python."""

import math
import sys
import time

import numba
import numpy as np

from problem import *

KNOTS, RUNNING, ATTAINED = 65, 64, 128
N = (68, 304)  # slots of backoff, valid entries
HEAD, COUNTED, TOTAL, SCALE, RATE, ERA = range(6)
jit = numba.njit(cache=True, error_model="numpy", inline="never")


@jit
def over(a, b, otherwise):
    return a / b if b > 0.0 else otherwise


@jit
def within(x, a, b):
    return min(max(x, a), b)


@jit
def fresh(c, slots, n, steps):
    at = int(c[HEAD]) + steps
    if at >= n:
        at -= n
    if slots[at, 2] < c[ERA]:
        slots[at, 0] = slots[at, 1] = 0.0
        slots[at, 2] = c[ERA]
    return at


@jit
def split(c, slots, n, due, x, member):
    whole = math.floor(due)
    part = due - whole
    slots[fresh(c, slots, n, int(whole)), member] += x * (1.0 - part)
    if part > 0.0:
        slots[fresh(c, slots, n, int(whole) + 1), member] += x * part


@jit
def push(c, slots, n, amount, due_steps):
    if amount > 0.0:
        split(c, slots, n, within(due_steps, 1.0, n - 2.0) - 1.0, amount / c[SCALE], 0)
        c[TOTAL] += amount


@jit
def push_even(c, slots, n, amount, from_steps, to_steps):
    if amount > 0.0:
        last = n - 2.0
        start = within(from_steps, 1.0, last) - 1.0
        end = within(to_steps - 1.0, start + 1.0, max(last, start + 1.0))
        rate = amount / c[SCALE] / (end - start)
        split(c, slots, n, start, rate, 1)
        split(c, slots, n, end, -rate, 1)
        c[TOTAL] += amount


@jit
def due(c, slots):
    at = int(c[HEAD])
    current = slots[at, 2] >= c[ERA]
    rate = c[RATE] + (slots[at, 1] if current else 0.0)
    exact = (slots[at, 0] if current else 0.0) * c[SCALE]
    return rate, exact + within(rate * c[SCALE], 0.0, max(c[TOTAL] - exact, 0.0))


@jit
def expire(c, slots, n):
    rate, gone = due(c, slots)
    at = int(c[HEAD])
    c[RATE] = rate
    slots[at, 0] = slots[at, 1] = 0.0
    slots[at, 2] = c[ERA]
    c[HEAD] = 0.0 if at + 1 >= n else at + 1.0
    c[TOTAL] = max(c[TOTAL] - gone, 0.0)
    c[COUNTED] += 1.0
    if c[COUNTED] >= 1024.0:
        c[COUNTED] = 0.0
        amounts = slopes = spread = 0.0
        for k in range(n):
            at = (int(c[HEAD]) + k) % n
            if slots[at, 2] >= c[ERA]:
                amounts += slots[at, 0]
                slopes += slots[at, 1]
                spread += slots[at, 1] * k
        c[RATE] = -slopes
        c[TOTAL] = max((amounts - spread) * c[SCALE], 0.0)
    return gone


@jit
def share(busy, servers, full, there, ending, ending_s, starts, last):
    lo, hi, nxt, answer = 0.0, full + full, min(last, full), full
    for _ in range(24):
        each = 1.0 / nxt
        present, passing, stays, half = there, 0.0, min(SIZE_S * each, 1.0), starts * 0.5
        if ending > 0.0:
            need = ending_s * each
            if ending >= need + need:
                present += need
                passing += need
            else:
                rest = ending * (ending / need) * 0.25
                present += ending - rest
                passing += rest
        present += stays * (starts - half * stays)
        passing += stays * (starts - (half + half) * stays) if 1.0 > stays else 0.0
        fewer = passing * each
        u = present / (present + servers)
        at = u * (KNOTS - 1)
        k = min(int(at), KNOTS - 2)
        steeper = busy[k + 1] - busy[k]
        cores = servers * (busy[k] + steeper * (at - k)) * full
        found, rest = present * nxt - cores, 1.0 - u
        slope = present - (nxt - steeper * (KNOTS - 1) * rest * rest * full) * fewer
        answer = min(nxt - over(found, slope, 0.0), full)
        if not cores > 0.0 or (nxt >= full and not found > 0.0):
            return full
        if not abs(found) > NEAR_ENOUGH * cores:
            break
        if found > 0.0:
            hi = nxt
        else:
            lo = nxt
        nxt = answer if lo < answer < hi else min((lo + hi) * 0.5, full)
    return answer


@jit
def anybody_due(began, target, age):
    """Whether anybody who started from `began` on, `age` steps ago, can be gone as the clock comes to `target`."""
    return target >= began or age - TIMEOUT_S + 1.0 > 0.0


@jit
def clock_at(attained, step, now, start, end):
    return end if step > now else (start if step >= now else attained[int(step) & (ATTAINED - 1)])


@jit
def place(v, began, to, per):
    return within((v - began) * per if per > 0.0 else (1.0 if v >= to else 0.0), 0.0, 1.0)


@jit
def scenario(busy, servers, full, per_s, steps, sums):
    backoff, valid = np.zeros(6), np.zeros(6)
    backoff[SCALE] = valid[SCALE] = 1.0
    b_slots, v_slots = np.zeros((N[0], 3)), np.zeros((N[1], 3))
    ring, attained = np.zeros(RUNNING), np.zeros(ATTAINED)
    running = front = clock = retrying = failures = 0.0
    speed, ready, answers = full, 1.0, 1.0
    expected = LOOKUPS_PER_S * TTL
    warm = expected / (1.0 + expected)
    push_even(valid, v_slots, N[1], warm, 1.0, TTL + 1.0)
    absent_now = 1.0 - warm
    reaching = NAMES * LOOKUPS_PER_S / (1.0 + expected)
    touched = -math.expm1(-LOOKUPS_PER_S)
    rest = touched / LOOKUPS_PER_S
    for step in range(steps):
        start, ending, ending_s = clock, 0.0, 0.0
        if running > 0.0:
            end = start + speed
            target, past, at = end - SIZE_S, start - SIZE_S, front
            began = clock_at(attained, at, step, start, end)
            while step > at and running > ending:
                to = clock_at(attained, at + 1, step, start, end)
                per, expired = over(1.0, to - began, 0.0), step - at - TIMEOUT_S
                first = min(max(place(past, began, to, per), expired), 1.0)
                complete = max(place(target, began, to, per), first)
                last = min(max(complete, expired + 1.0), 1.0)
                each = over(ring[int(at) & (RUNNING - 1)], 1.0 - first, 0.0)
                through, cut = each * (complete - first), each * (last - complete)
                ending += through + cut
                ending_s += through * max(began + (to - began) * ((first + complete) * 0.5) + SIZE_S - start, 0.0)
                if cut > 0.0:
                    ending_s += cut * within((complete + last) * 0.5 - expired, 0.0, 1.0) * (end - start)
                if last < 1.0:
                    break
                at += 1.0
                began = to
                if not anybody_due(began, target, step - at):
                    break
            ending = min(ending, running)
        again = expire(backoff, b_slots, N[0])
        sent = per_s + again
        retrying += sent * over(again, sent, 0.0)
        there = max(running - ending, 0.0)
        if sent > 0.0:
            ring[step & (RUNNING - 1)] = sent
            if not running > 0.0:
                front = float(step)
            running += sent
        speed = share(busy, servers, full, there, ending, ending_s, sent, speed)
        end = start + speed
        clock = end
        attained[step & (ATTAINED - 1)] = start
        answered = timed_out = 0.0
        if running > 0.0:
            before, done, every = running, 0.0, 0.0
            front = max(front, step - (RUNNING - 2.0))
            target, past, passes = end - SIZE_S, start - SIZE_S, over(1.0, end - start, 0.0)
            began = clock_at(attained, front, step, start, end)
            while step >= front and running > 0.0:
                to = clock_at(attained, front + 1, step, start, end)
                per, expired = over(1.0, to - began, 0.0), step - front - TIMEOUT_S
                first = min(max(place(past, began, to, per), expired), 1.0)
                complete = max(place(target, began, to, per), first)
                last = min(max(complete, expired + 1.0), 1.0)
                slot = int(front) & (RUNNING - 1)
                here = min(ring[slot], running)
                each = over(here, 1.0 - first, 0.0)
                through = here if complete >= 1.0 else each * (complete - first)
                middle = (first + complete) * 0.5
                late = (began + (to - began) * middle + SIZE_S - start) * passes - (middle - expired)
                more, behind = (complete - first) * 0.5 * ((to - began) * passes - 1.0), 0.0
                too_late = max(late - more, 0.0) + max(late + more, 0.0)
                if through * too_late > 0.0:
                    behind = through * over(too_late, abs(late - more) + abs(late + more), 0.0)
                cut = here - through if last >= 1.0 else each * (last - complete)
                done += through - behind
                every += behind
                every += cut
                ring[slot] = 0.0 if last >= 1.0 else here - (through + cut)
                running -= through + cut
                if last < 1.0:
                    break
                front += 1.0
                began = to
                if not anybody_due(began, target, step - front):
                    break
            ring[(step + 1) & (RUNNING - 1)] = 0.0
            if max(before * 1e-13, 1e-12) >= running:
                running = 0.0
            part = min(over(retrying, running + done + every, 0.0), 1.0)
            retrying = max(retrying - (done + every) * part, 0.0)
            mean = max(over(failures, retrying + backoff[TOTAL], 1.0), 1.0)
            failures = max(failures - done * part * mean, 0.0)
            if every > 0.0:
                push_even(backoff, b_slots, N[0], every, RETRY_S, RETRY_S)
                failures = max(failures + every, 0.0)
            answered, timed_out = done, every
        lost = 1.0 if LOST_S <= step < BACK_S else 0.0
        failing = 1.0 - answers
        served = min(over(1e9 * ready, reaching * 2.0 * (1.0 + failing), 1.0), 1.0)
        back = (1.0 - lost) / 5.0
        ready = (ready + back) / (1.0 + back)
        answers = ready * served * (1.0 - lost)
        upstream = 1.0 - (1.0 - answers) * (1.0 - answers)
        gone, leaving = absent_now, expire(valid, v_slots, N[1])
        remembered = LOOKUPS_PER_S * NEGATIVE_S * (1.0 - upstream)
        asks = 1.0 / (1.0 + remembered / (1.0 + remembered * (1.0 - ready) * 0.5))
        renewed = gone * touched * upstream * asks + leaving * (1.0 - rest) * upstream * asks
        absent_now = max(gone + leaving - renewed, 0.0)
        push(valid, v_slots, N[1], renewed, TTL)
        absent = (gone + absent_now) * 0.5
        reaching = (renewed + absent * LOOKUPS_PER_S * asks * (1.0 - upstream)) * NAMES
        sums[0] += running
        sums[1] += answered
        sums[2] += timed_out
        sums[3] += min(valid[TOTAL], 1.0)
        sums[4] += absent * (1.0 - upstream)


@jit
def run(busy, servers, full, per_s, steps, sums):
    for i in range(len(per_s)):
        scenario(busy, servers, full, per_s[i], steps, sums[i])


def solve(table, count, steps):
    servers, full, *busy = table
    busy, per_s = np.array(busy), np.array(rates(count))
    best = math.inf
    run(busy, servers, full, per_s[:1], 2, np.zeros((1, 5)))
    for _ in range(5):
        sums = np.zeros((count, 5))
        start = time.process_time()
        run(busy, servers, full, per_s, steps, sums)
        best = min(best, time.process_time() - start)
    return best, sums
