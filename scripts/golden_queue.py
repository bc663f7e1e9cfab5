#!/usr/bin/env python3
"""Write study/truth/queue.csv: reference values of the queue laws, from the definitions, at 60 digits.

Nothing here shares a formula with the crate where the definition itself can be summed: state probabilities are
added up one by one. Inputs are the exact doubles printed. Run from anywhere: python3 scripts/golden_queue.py
Needs mpmath==1.3.0.
"""

from functools import cache
from pathlib import Path

from mpmath import exp, expm1, findroot, inf, log, mp, mpf, nstr, quad, sqrt

mp.dps = 60
NEGLIGIBLE = mpf(10) ** -55
OUT = Path(__file__).resolve().parent.parent / "study" / "truth" / "queue.csv"
rows = []


def row(law, expected, *inputs):
    rows.append(f"{law},{' '.join(repr(i) for i in inputs)},{nstr(expected, 30, min_fixed=0, max_fixed=0)}")


@cache
def below(c, a):
    """Sum of the weights of the states 0..c-1, where state c weighs 1."""
    a, weight, total = mpf(a), mpf(1), mpf(0)
    for k in range(c, 0, -1):
        weight *= k / a
        total += weight
        if k < a and weight < total * NEGLIGIBLE * (1 - k / a):
            break
    return total


def erlang_b(c, a):
    return 1 / (below(c, a) + 1)


def erlang_c(c, a):
    busy = 1 / (1 - mpf(a) / c)
    return busy / (below(c, a) + busy)


def mmc_queue(c, a):
    rho = mpf(a) / c
    return rho / (1 - rho) ** 2 / (below(c, a) + 1 / (1 - rho))


def mmck(c, places, a):
    """Blocking, mean queue, accepted share."""
    rho, room = mpf(a) / c, places - c
    if room <= 20_000:
        weight, busy, waiting = mpf(1), mpf(1), mpf(0)
        for j in range(1, room + 1):
            weight *= rho
            busy += weight
            waiting += j * weight
    elif rho == 1:
        weight, busy, waiting = mpf(1), mpf(room + 1), mpf(room) * (room + 1) / 2
    else:
        weight = rho**room
        busy = (1 - rho ** (room + 1)) / (1 - rho)
        waiting = rho * (1 - (room + 1) * rho**room + room * rho ** (room + 1)) / (1 - rho) ** 2
    total = below(c, a) + busy
    return weight / total, waiting / total, (total - weight) / total


def engset(c, sources, a):
    """Time congestion, call congestion, mean busy, by the binomial weights."""
    weights, weight = [mpf(1)], mpf(1)
    for k in range(1, min(c, sources) + 1):
        weight *= mpf(a) * (sources - k + 1) / k
        weights.append(weight)
    total = sum(weights)
    asked = sum((sources - k) * w for k, w in enumerate(weights))
    full = weights[c] if c <= sources else mpf(0)
    busy = sum(k * w for k, w in enumerate(weights)) / total
    return full / total, full * (sources - c) / asked if asked else mpf(0), busy


@cache
def erlang_a(c, a, service_s, patience_s):
    """Probability of waiting, of giving up, mean wait, mean queue. The ratio of times is rounded, as an f64 rounds it."""
    r, a_ = mpf(service_s / patience_s), mpf(a)
    if c / r < 1e9:
        weight, busy, waiting, j = mpf(1), mpf(1), mpf(0), 0
        while True:
            j += 1
            ratio = a_ / (c + j * r)
            weight *= ratio
            busy += weight
            waiting += j * weight
            if ratio < 1 and j * weight < NEGLIGIBLE * waiting * (1 - ratio) ** 2:
                break
    else:
        # Virtual wait of a patient client, t in units of the service time.
        def density(t):
            return exp(a_ * -expm1(-r * t) / r - c * t)

        slope = a_ - c
        width = 1 / sqrt(r * a_) if slope >= 0 else min(1 / sqrt(r * a_), -1 / slope)
        peak = log(a_ / c) / r if slope > 0 else mpf(0)
        points = [peak + width * s for s in (-16, -8, -4, -2, 0, 2, 4, 8, 16, 32, 64, 128) if peak + width * s > 0]
        busy = c * quad(density, [0, *points])
        waiting = c * quad(lambda t: -expm1(-r * t) * density(t), [0, *points]) * a_ / r
    total = below(c, a) + busy
    queue = waiting / total
    return busy / total, queue * r / a_, queue * r / a_ * mpf(patience_s), queue * r / a_ * mpf(patience_s) * a_ / mpf(service_s)


def loads(c):
    """Loads below c, from nearly none to saturation."""
    return [c * rho for rho in (1e-9, 0.3, 0.7, 0.95, 0.999, 1 - 1e-9)]


SERVERS = (1, 2, 7, 64, 1000, 4096, 10_000)

for c in SERVERS:
    for a in [*loads(c), float(c), 1.5 * c, 40.0 * c, 1e9]:
        if erlang_b(c, a) > 1e-300:
            row("erlang_b", erlang_b(c, a), c, a)
    for a in loads(c):
        if erlang_c(c, a) > 1e-300:
            row("erlang_c", erlang_c(c, a), c, a)
            row("mmc_mean_queue", mmc_queue(c, a), c, a)
            row("mmc_mean_wait_s", mmc_queue(c, a) * mpf(0.3) / mpf(a), c, a, 0.3)
            row("ps_mean_present", mmc_queue(c, a) + mpf(a), c, a)
            row("ps_mean_slowdown", mmc_queue(c, a) / mpf(a) + 1, c, a)
row("erlang_b", erlang_b(20, 1e-13), 20, 1e-13)
row("erlang_b", erlang_b(1, 1e-290), 1, 1e-290)
row("erlang_b", erlang_b(10_000, 7000.0), 10_000, 7000.0)
row("erlang_c", erlang_c(10_000, 7000.0), 10_000, 7000.0)

for c, a, s in [(1, 0.9, 0.02), (16, 15.0, 1e-3), (300, 299.9, 0.4), (10_000, 9999.0, 60.0), (4, 1e-3, 0.1)]:
    mean_s = mpf(s) / (c - mpf(a))
    row("mmc_mean_sojourn_s", mmc_queue(c, a) * mpf(s) / mpf(a) + mpf(s), c, a, s)
    for multiple in (0.0, 0.01, 1.0, 30.0, 600.0):
        t = float(multiple * mean_s)
        row("mmc_wait_exceeds", erlang_c(c, a) * exp(-mpf(t) / mean_s), c, a, s, t)
    for p in (0.0, 1e-12, 0.5, 0.95, 0.999999, 1 - 2.0**-53):
        t = mean_s * log(erlang_c(c, a) / (1 - mpf(p)))
        # Nearer to zero the relative error is not bounded; the crate says so.
        if t > mean_s / 100 or t < 0:
            row("mmc_wait_quantile_s", max(t, mpf(0)), c, a, s, p)
for a in (0.0, 1e-9, 0.5, 0.99, 1 - 1e-9):
    for p in (0.0, 1e-12, 0.5, 0.99, 1 - 2.0**-53):
        row("mm1_sojourn_quantile_s", -log(1 - mpf(p)) * mpf(0.02) / (1 - mpf(a)), a, 0.02, p)
    row("mm1_sojourn_exceeds", exp(-(1 - mpf(a)) * mpf(0.3) / mpf(0.02)), a, 0.02, 0.3)
    row("ps_slowdown", 1 / (1 - mpf(a)), a)
    row("ps_sojourn_s", mpf(0.3) / (1 - mpf(a)), a, 0.3)
    for scv in (0.0, 1.0, 37.5):
        queue = mpf(a) ** 2 * (1 + mpf(scv)) / (2 * (1 - mpf(a)))
        row("mg1_mean_queue", queue, a, scv)
        wait_s = mpf(a) * (1 + mpf(scv)) / (2 * (1 - mpf(a))) * mpf(0.02)
        row("mg1_mean_wait_s", wait_s, a, 0.02, scv)
        row("mg1_mean_sojourn_s", wait_s + mpf(0.02), a, 0.02, scv)
for c, a, ca, cs in [(1, 0.5, 1.0, 4.0), (8, 7.9, 0.2, 0.0), (64, 40.0, 3.0, 1.7), (10_000, 9999.99, 0.0, 1e9)]:
    factor = (mpf(ca) + mpf(cs)) / 2
    row("allen_cunneen_wait_s", factor * mmc_queue(c, a) / mpf(a) * mpf(0.05), c, a, 0.05, ca, cs)
    row("allen_cunneen_queue", factor * mmc_queue(c, a), c, a, ca, cs)

for c in (1, 16, 10_000):
    for extra in (0, 1, 5, 20_000, 4_000_000_000):
        for rho in (1e-6, 0.9, 1 - 1e-9, 1.0, 1 + 2e-5, 1.05, 3.0):
            a = c * rho
            blocking, queue, accepted = mmck(c, c + extra, a)
            if blocking > 1e-300:
                row("mmck_blocking", blocking, c, c + extra, a)
            if below(c, a) < 1e300:
                row("mmck_mean_queue", queue, c, c + extra, a)
                row("mmck_mean_wait_s", queue / (accepted * mpf(a)) * mpf(0.3), c, c + extra, a, 0.3)
            row("mmck_mean_present", queue + accepted * mpf(a), c, c + extra, a)
            row("mmck_throughput_per_s", accepted * mpf(a) / mpf(0.3), c, c + extra, a, 0.3)

for c, sources in [(1, 1), (1, 2), (2, 2), (3, 2), (5, 12), (16, 17), (50, 400), (999, 1000), (1000, 1000), (2000, 9000)]:
    for a in (1e-12, 0.1, 1.0, 1e9):
        time, call, busy = engset(c, sources, a)
        if time == 0 or time > 1e-300:
            row("engset_time_congestion", time, c, sources, a)
        if call == 0 or call > 1e-300:
            row("engset_call_congestion", call, c, sources, a)
        row("engset_mean_busy", busy, c, sources, a)
        row("engset_throughput_per_s", busy / mpf(0.3), c, sources, a, 0.3)

for c in (1, 100, 10_000):
    for rho in (1e-9, 0.5, 0.9999, 1 - 1e-9, 1.0, 1 + 1e-9, 1.02, 20.0):
        for r in (1e-14, 1e-10, 1e-4, 1e-2, 1.0, 1e6):
            # Far overload: the sums would be long, and the result is the fluid limit, tested as a property.
            if rho > 1 and c * (rho - 1) ** 2 / r > 2e4 or c / r > 1e6 and c / r < 1e9:
                continue
            service_s = 0.25
            patience_s = service_s / r
            if not 1e-9 <= patience_s <= 1e9:
                service_s, patience_s = (1e-5, 1e-5 / r) if r < 1 else (250.0, 250.0 / r)
            if not 1e-9 <= patience_s <= 1e9:
                continue
            args = (c, c * rho, service_s, patience_s)
            for law, value in zip(("delay_probability", "abandonment_probability", "mean_wait_s", "mean_queue"), erlang_a(*args)):
                if value > 1e-290:
                    row("erlang_a_" + law, value, *args)

for c in (1, 2, 16, 300):
    for present in (1e-9, 0.5, 0.99 * c, float(c), 3.0 * c, 1e6):
        x = mpf(present)
        root = findroot(
            lambda a, c=c, x=x: (mmc_queue(c, a) + a - x) * (c - a),
            (x / (x + 2), min(x, c * (1 - mpf(10) ** -20))),
            solver="anderson",
            tol=mpf(10) ** -80,
        )
        row("ps_busy_cores", root, c, present)
    for rho in (1e-3, 0.4, 0.99, 1 - 1e-9):
        for seats in (c, c + 1, 40 * c, 600_000):
            a, working = c * rho, c
            # E[min(n, K)] from the states up to K and the rest of the probability.
            ratio = mpf(a) / working
            extra = seats - working
            total = below(working, a) + 1 / (1 - ratio)
            idle = sum_present = weight = mpf(1)
            weight, sum_present = mpf(1), mpf(0)
            for k in range(working, 0, -1):
                weight *= k / mpf(a)
                sum_present += (k - 1) * weight
            weight, head = mpf(1), mpf(0)
            if extra <= 20_000:
                for j in range(extra):
                    head += (working + j) * weight
                    weight *= ratio
            else:
                weight = ratio**extra
                head = working * (1 - weight) / (1 - ratio) + ratio * (
                    1 - extra * ratio ** (extra - 1) + (extra - 1) * ratio**extra
                ) / (1 - ratio) ** 2
            row("ps_mean_running", (sum_present + head + seats * weight / (1 - ratio)) / total, c, seats, a)
row("ps_mean_running", mpf(2.5), 16, 3, 2.5)

OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text("law,inputs,expected\n" + "\n".join(rows) + "\n")
print(f"{len(rows)} rows")
