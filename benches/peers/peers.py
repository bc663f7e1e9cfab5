#!/usr/bin/env python3
"""Runs the same problem on slackwater's kernel and on its peers, checks that all give the same answers, and prints one
table. Needs gcc and numpy, scipy, numba, simpy and jax, for example:

    python3 -m venv target/peers/venv && target/peers/venv/bin/pip install numpy scipy numba simpy jax
    taskset -c 0 target/peers/venv/bin/python benches/peers/peers.py
"""

import os

# One thread each: rates are per CPU-second, and one pinned process a core is JAX's best.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import pathlib
import subprocess
import sys

import numpy as np

import arrays
import events
import scalar
from problem import *

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "peers"
COUNT = 64
# Floating-point operations of one step of the C program, counted by hand along the usual path: two rounds of
# forty, and about 120 around them.
FLOP_A_STEP = 2 * 40 + 120


def table():
    text = subprocess.run([peer(), "table"], capture_output=True, text=True, check=True).stdout
    return [float(word) for word in text.split()]


def peer():
    return os.environ.get("PEER") or ROOT / "target" / "release" / "examples" / "peer"


def read(text):
    first, *rest = text.splitlines()
    return float(first.split()[0]), np.array([[float(word) for word in line.split()] for line in rest])


def kernel(lanes):
    done = subprocess.run([peer(), str(lanes), str(COUNT), str(STEPS)], capture_output=True, text=True, check=True)
    return read(done.stdout)


def build(*flags):
    name = WORK / ("kernel" + "".join(flags).replace("-", "_"))
    command = ["gcc", "-O3", "-march=native", "-fopenmp", *flags, "-o", name, ROOT / "benches/peers/kernel.c", "-lm"]
    subprocess.run(command, check=True)
    return name


def c_program(flags, busy):
    text = "\n".join(repr(word) for word in busy)
    done = subprocess.run([build(*flags), str(COUNT), str(STEPS)], input=text, capture_output=True, text=True, check=True)
    return read(done.stdout)


def peak_flops():
    """Most multiply-adds this core was seen to do in a second, two operations each."""
    source = """
#include <stdio.h>
#include <time.h>
int main(void) {
    double a[64]; for (int i = 0; i < 64; i++) a[i] = i * 1e-3;
    struct timespec s, e; double best = 0;
    for (int r = 0; r < 5; r++) {
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &s);
        for (long k = 0; k < 4000000; k++)
            for (int i = 0; i < 64; i++) a[i] = a[i] * 0.9999999 + 1e-9;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &e);
        double t = (e.tv_sec - s.tv_sec) + 1e-9 * (e.tv_nsec - s.tv_nsec);
        if (4e6 * 128 / t > best) best = 4e6 * 128 / t;
    }
    double x = 0; for (int i = 0; i < 64; i++) x += a[i];
    printf("%g %g\\n", best, x); return 0;
}"""
    name = WORK / "peak"
    flags = ["-O3", "-march=native", "-mprefer-vector-width=512", "-ffp-contract=fast", "-x", "c", "-", "-o", name]
    subprocess.run(["gcc", *flags], input=source, text=True, check=True)
    return float(subprocess.run([name], capture_output=True, text=True, check=True).stdout.split()[0])


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    if "PEER" not in os.environ:
        command = ["cargo", "build", "--quiet", "--release", "--package", "slackwater-benches", "--example", "peer"]
        subprocess.run(command, cwd=ROOT, check=True)
    busy = table()
    peak = peak_flops()
    rows = []

    def row(name, solve):
        try:
            seconds, sums = solve()
        except Exception as error:  # a peer that is not installed is a row that says so
            rows.append((name, None, f"not run: {error}".splitlines()[0]))
            return
        worst = np.max(np.abs(sums - reference) / np.maximum(np.abs(reference), 1e-6))
        rows.append((name, COUNT / seconds, f"{worst:.0e}"))
        print(name, f"{COUNT / seconds:.0f} a CPU-second", f"worst difference {worst:.1e}", file=sys.stderr)

    _, reference = kernel(1)
    row("C, gcc -O3 -march=native", lambda: c_program((), busy))
    row("C, the same without contraction", lambda: c_program(("-ffp-contract=off",), busy))
    row("C, a root of twelve rounds in every step", lambda: c_program(("-DFIXED_ROUNDS",), busy))
    row("slackwater, one scenario at a time", lambda: kernel(1))
    row("slackwater, four lanes", lambda: kernel(4))
    row("slackwater, eight lanes", lambda: kernel(8))
    row("slackwater, sixteen lanes", lambda: kernel(16))
    row("numba", lambda: scalar.solve(busy, COUNT, STEPS))
    row("JAX, one process on one core", lambda: arrays.solve_jax(busy, COUNT, STEPS))
    row("numpy, 64 scenarios in an array", lambda: arrays.solve(busy, COUNT, STEPS))
    per_s = rates(COUNT)[COUNT // 4]
    try:
        seconds, seen = events.simpy_server(per_s, STEPS)
        off = abs(seen[0] / reference[COUNT // 4][1] - 1.0)
        rows.append(("SimPy, one server, requests only", 1.0 / seconds, f"answers {100 * off:.1f} % off"))
        servers, full, *knots = busy
        seconds, cached = events.lsoda_server(knots, servers, full, per_s, STEPS)
        off = abs(cached / reference[COUNT // 4][3] - 1.0)
        rows.append(("SciPy LSODA, timers exponential", 1.0 / seconds, f"cached {100 * off:.0f} % off"))
    except ImportError as error:
        rows.append(("SimPy, LSODA", None, f"not run: {error}"))

    base = rows[0][1]
    print("| peer | trajectories a CPU-second | to C | share of peak | worst difference |")
    print("|---|---|---|---|---|")
    for name, rate, difference in rows:
        if rate is None:
            print(f"| {name} | | | | {difference} |")
        else:
            share = 100 * rate * STEPS * FLOP_A_STEP / peak
            print(f"| {name} | {rate:.3g} | {rate / base:.3g} | {share:.2g} % | {difference} |")
    print(f"\n{COUNT} trajectories of {STEPS} steps; peak {peak / 1e9:.0f} Gflop/s on one core, measured")


if __name__ == "__main__":
    main()
