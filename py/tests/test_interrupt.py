"""Ctrl-C, sent to a process of its own."""

import signal
import subprocess
import sys
import time

import pytest

SETUP = """
import os, time, concurrent.futures
import polars, slackwater as sw
scenario = sw.load("openai-2024-12-11")
long = {"cluster.nodes": "1000..9000:5000"}

def until_idle():
    "Wait until nothing computes any more, a minute at most."
    for _ in range(60):
        begun = sum(os.times()[:2])
        time.sleep(0.5)
        if sum(os.times()[:2]) - begun < 0.1:
            return "idle"
        time.sleep(0.5)
    return "busy"

for line in iter(input, "end"):
    call, error = line.split(" # ")
    print("begun", flush=True)
    try:
        eval(call)
    except eval(error):
        print("stopped", flush=True)
    print(until_idle(), flush=True)
"""
# Each takes many seconds, most of them minutes.
CALLS = {
    "sweep": "sw.sweep(scenario, long)",
    "verdicts": 'sw.sweep(scenario, {"agent.period_s": "1..100:9000", **long}, verdict_only=True)',
    "stream": "list(sw.stream(scenario, long))",
    "threshold": 'sw.threshold(scenario, "cluster.nodes", values=1_000_000)',
    "frontier": 'sw.frontier(scenario, "cluster.nodes", "agent.period_s", values_along=10_000)',
    "interval": 'sw.interval(scenario, "cluster.nodes", {"agent.period_s": "30..90"}, sample="sobol:65536")',
    "region": "[sw.region(scenario) for _ in range(99)]",
    "region_map": 'sw.region_map(scenario, ("cluster.nodes", "500..9000:500"), ("agent.period_s", "5..90:500"))',
    "remedies": "sw.remedies(scenario)",
    "hold": "[sw.hold() for _ in range(99)]",
    "fidelity": "[sw.fidelity() for _ in range(99)]",
}
OTHERS = {
    # polars tells of what its source raised with an exception of its own.
    "polars": ("polars.DataFrame(sw.stream(scenario, long))", "BaseException"),
    "processes": (
        "sw.sweep(scenario, long, executor=concurrent.futures.ProcessPoolExecutor(2))",
        "KeyboardInterrupt",
    ),
}


@pytest.fixture(scope="module")
def process():
    process = subprocess.Popen(
        [sys.executable, "-c", SETUP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        start_new_session=True,
    )
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("name", [*CALLS, *OTHERS])
def test_ctrl_c_ends_it_at_once(process, name):
    """The exception comes within a look of 50 ms, and the work ends too; bounds leave room for a busy machine."""
    call, error = OTHERS.get(name, (CALLS.get(name), "KeyboardInterrupt"))
    process.stdin.write(f"{call} # {error}\n")
    assert process.stdout.readline() == "begun\n"
    time.sleep(0.5)
    sent = time.perf_counter()
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "stopped\n"
    took = time.perf_counter() - sent
    if name in CALLS:
        # A hundred looks; what is cut short would take minutes.
        assert took < 5.0
    assert process.stdout.readline() == "idle\n"
