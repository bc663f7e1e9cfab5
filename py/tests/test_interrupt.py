"""Ctrl-C, sent to a process of its own."""

import signal
import subprocess
import sys
import textwrap
import time

import pytest

SWEEP = """
    import slackwater as sw
    scenario = sw.load("openai-2024-12-11")
    print("begun", flush=True)
    try:
        {call}
    except {error}:
        print("stopped", flush=True)
"""
CALLS = {
    "sweep": ('sw.sweep(scenario, {"cluster.nodes": "1000..9000:5000"})', "KeyboardInterrupt"),
    "stream": ('list(sw.stream(scenario, {"cluster.nodes": "1000..9000:5000"}))', "KeyboardInterrupt"),
    "polars": (
        '__import__("polars").DataFrame(sw.stream(scenario, {"cluster.nodes": "1000..9000:5000"}))',
        "BaseException",
    ),
    "processes": (
        'pool = __import__("concurrent.futures").futures.ProcessPoolExecutor(2); '
        'sw.sweep(scenario, {"cluster.nodes": "1000..9000:5000"}, executor=pool)',
        "KeyboardInterrupt",
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_ctrl_c_ends_it_at_once(name):
    call, error = CALLS[name]
    text = textwrap.dedent(SWEEP).format(call=call, error=error)
    process = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "begun\n"
        time.sleep(1.0)
        sent = time.perf_counter()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
        took = time.perf_counter() - sent
    finally:
        process.kill()
        process.wait()
    # A sweep of minutes; one row is a part of a second even on a busy machine.
    assert took < 20
