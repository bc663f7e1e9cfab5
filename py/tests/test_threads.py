"""Many threads at once, on shared scenarios and results; with a free-threaded CPython the lock stays off."""

import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import slackwater as sw

THREADS = 8


def answers(scenario: sw.Scenario, found: sw.Sweep, at: int) -> tuple[object, ...]:
    """Ask a little of everything, of objects that other threads ask too."""
    moved = scenario.set(agent__period_s=20 + at % 3, cluster__nodes=900)
    alone = sw.sweep(moved, {"cluster.nodes": "500..4000:9"}, verdict_only=True, threads=1 + at % 2, progress=False)
    return (
        at % 3,
        sw.simulate(moved, brief=True).to_json(),
        alone.safe.tolist(),
        found["margin"].tobytes(),
        found.columns["gate"].tolist(),
        sw.threshold(moved, "cluster.nodes", values=20, progress=False).text,
        sw.queue.mmc.mean_wait_s(np.arange(1, 9), 0.5 + at % 3 / 10, 0.01).tobytes(),
        sw.chain(queue=20, orbit=5, arrivals_per_s=5.0 + at % 3).text,
        sw.outage(moved, down="dns", length="10m").to_json(),
        scenario.to_yaml(),
    )


def test_threads_at_once_give_what_one_gives(staging):
    found = sw.sweep(staging, {"cluster.nodes": "500..4000:5"}, progress=False)
    expected = {of[0]: of for of in (answers(staging, found, at) for at in range(3))}
    with ThreadPoolExecutor(THREADS) as pool:
        for of in pool.map(lambda at: answers(staging, found, at), range(3 * THREADS)):
            assert of == expected[of[0]]


def test_one_error_in_one_thread_is_no_other_threads(staging):
    def judge(at: int) -> str:
        try:
            return str(sw.is_safe(staging.set({"rollout.waves": [0.5, 0.1] if at % 2 else [0.1, 1]})))
        except sw.InputError as error:
            return error.key or ""

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(judge, range(40))) == ["True", "rollout.waves"] * 20


@pytest.mark.skipif(not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this CPython is not free-threaded")
def test_the_lock_stays_off():
    """Importing a module that needs the lock would turn it on again."""
    assert not sys._is_gil_enabled()
