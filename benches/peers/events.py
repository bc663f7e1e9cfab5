"""The same server as an event simulation in SimPy, and its names as an ordinary differential equation for LSODA.

Neither is the same model: SimPy counts requests one by one (arrivals even, service shared by all that run), and LSODA has
no timers, so what lives 300 s or waits 30 s does so on average only. They stand here for what their users do, and are
held to what they can meet."""

import math
import time

from problem import *


def simpy_server(per_s, steps):
    """Requests answered and timed out in `steps` seconds of one server."""
    import simpy

    env = simpy.Environment()
    jobs, seen = {}, [0, 0]
    clock = {"at": 0.0, "wake": None}

    def catch_up():
        speed = min(1.0, CORES / len(jobs)) if jobs else 0.0
        for job in jobs:
            jobs[job] -= (env.now - clock["at"]) * speed
        clock["at"] = env.now

    def serve():
        while True:
            clock["wake"] = env.event()
            if not jobs:
                yield clock["wake"]
            else:
                left = min(jobs.values()) / min(1.0, CORES / len(jobs))
                yield env.timeout(max(left, 0.0)) | clock["wake"]
            catch_up()
            for job in [job for job, left in jobs.items() if left <= 1e-9]:
                del jobs[job]
                if not job.triggered:
                    job.succeed()

    def request():
        while True:
            job = env.event()
            catch_up()
            jobs[job] = SIZE_S
            if not clock["wake"].triggered:
                clock["wake"].succeed()
            yield job | env.timeout(TIMEOUT_S)
            if job.processed or job not in jobs:
                seen[0] += 1
                return
            catch_up()
            del jobs[job]
            seen[1] += 1
            yield env.timeout(RETRY_S)

    def arrivals():
        while True:
            yield env.timeout(1.0 / per_s)
            env.process(request())

    env.process(serve())
    env.process(arrivals())
    start = time.process_time()
    env.run(until=steps)
    return time.process_time() - start, seen


def lsoda_server(busy, servers, full, per_s, steps):
    """Mean requests present over `steps` seconds, exponential timers in place of fixed ones."""
    from scipy.integrate import solve_ivp

    def sigma(present):
        at = present / (present + servers) * 64
        k = min(int(at), 63)
        return servers * (busy[k] + (busy[k + 1] - busy[k]) * (at - k)) * full

    def flow(t, y):
        running, waiting, valid, summed = y
        served = sigma(max(running, 0.0)) / SIZE_S
        cut, again = running / TIMEOUT_S, waiting / RETRY_S
        answers = 0.0 if LOST_S <= t < BACK_S else 1.0
        return [per_s + again - served - cut, cut - again, (1.0 - valid) * LOOKUPS_PER_S * answers - valid / TTL, valid]

    start = time.process_time()
    warm = LOOKUPS_PER_S * TTL / (1.0 + LOOKUPS_PER_S * TTL)
    solved = solve_ivp(flow, (0.0, steps), [0.0, 0.0, warm, 0.0], method="LSODA", rtol=1e-6, atol=1e-9, max_step=60.0)
    return time.process_time() - start, solved.y[3, -1]
