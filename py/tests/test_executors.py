"""Sweeps on other processes: the same bytes, and a killed worker loses nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

import slackwater as sw
from slackwater import executors

# Some seconds of work for one core: long enough to be killed in the middle.
VARY = {"cluster.nodes": "1000..9000:120"}


@pytest.fixture(scope="module")
def scenario() -> sw.Scenario:
    return sw.load("openai-2024-12-11-staging")


@pytest.fixture(scope="module")
def local(scenario, tmp_path_factory) -> bytes:
    return written(sw.sweep(scenario, VARY, progress=False), tmp_path_factory.mktemp("local") / "rows.parquet")


def written(found: sw.Sweep, path) -> bytes:
    found.write(path)
    return path.read_bytes()


def short_chunks(monkeypatch) -> None:
    """Chunks so short that there are many left when a worker dies."""
    monkeypatch.setattr(
        executors, "chunks", lambda design: [(at, min(6, design.rows - at)) for at in range(0, design.rows, 6)]
    )


class Killer:
    """Progress that kills a process once the first chunk is back."""

    def __init__(self, *pids: int) -> None:
        self.pids, self.told, self.killed = list(pids), 0, 0

    def __call__(self, rows: int) -> None:
        self.told += rows
        if self.pids and self.told < 100:
            os.kill(self.pids.pop(), signal.SIGKILL)
            self.killed += 1


def test_chunks_cover_every_row_once(scenario):
    for vary, verdict_only in (("1..9000:5000", True), ("1000..9000:7", False), ("50", True)):
        made = sw.sweep(scenario, {"cluster.nodes": vary}, verdict_only=verdict_only)._design
        rows = [row for first, count in executors.chunks(made, 0.01) for row in range(first, first + count)]
        assert rows == list(range(made.rows))


def test_chunks_are_of_like_cost(monkeypatch):
    """Rows near the tipping point cost a thousand times what others do: chunks there hold fewer."""
    clock = [0.0]

    class Cliff:
        rows = 3000

        def solve(self, row, count, threads):
            clock[0] += count * (1e-3 if 1000 <= row < 1200 else 1e-6)

    monkeypatch.setattr(executors.time, "perf_counter", lambda: clock[0])
    made = executors.chunks(Cliff(), 0.02)
    assert [first for first, _ in made] == [sum(count for _, count in made[:at]) for at in range(len(made))]
    assert sum(count for _, count in made) == 3000
    dear = [count for first, count in made if 1050 <= first < 1150]
    assert dear
    assert max(count for _, count in made) > 2 * max(dear)


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_processes_give_the_same_bytes(scenario, local, tmp_path, start):
    with ProcessPoolExecutor(2, mp_context=get_context(start)) as executor:
        found = sw.sweep(scenario, VARY, executor=executor)
    assert written(found, tmp_path / "rows.parquet") == local


def test_a_killed_process_loses_nothing(scenario, local, tmp_path, monkeypatch, caplog):
    """Its pool is broken for good: what is left is solved here, and that is said."""
    short_chunks(monkeypatch)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        killer = Killer(executor.submit(os.getpid).result())
        found = sw.sweep(scenario, VARY, executor=executor, progress=killer)
    assert killer.killed == 1
    assert "go out again" in caplog.text
    assert killer.told == 120
    assert written(found, tmp_path / "rows.parquet") == local


def test_a_refusal_comes_back_whole(scenario):
    with ThreadPoolExecutor(2) as executor, pytest.raises(sw.InputError, match=r"row 1 \("):
        sw.sweep(scenario, {"rollout.waves": [[1], [0.5, 0.1]]}, executor=executor, progress=False)


class Losing(Executor):
    """Loses every first try of a chunk."""

    def __init__(self) -> None:
        self.seen: set[object] = set()

    def submit(self, fn, /, *args, **kwargs):
        future: Future[object] = Future()
        if args[1:] in self.seen:
            future.set_result(fn(*args, **kwargs))
        else:
            self.seen.add(args[1:])
            future.set_exception(ConnectionError("worker lost"))
        return future


def test_lost_chunks_go_out_again(scenario, local, tmp_path, monkeypatch):
    short_chunks(monkeypatch)
    assert written(sw.sweep(scenario, VARY, executor=Losing()), tmp_path / "rows.parquet") == local


@pytest.fixture
def dask() -> Iterator[tuple[object, list[subprocess.Popen[str]]]]:
    """Run a scheduler and two workers, each a process of its own, on loopback."""
    distributed = pytest.importorskip("distributed")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "dask"]
    scheduler = subprocess.Popen(
        [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-jupyter"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    processes = [scheduler]
    try:
        assert scheduler.stderr is not None
        address = next(line.split()[-1] for line in scheduler.stderr if "Scheduler at:" in line)
        # Nobody else reads what it says, and a full pipe would stop it.
        threading.Thread(target=scheduler.stderr.read, daemon=True).start()
        alone = ["--no-nanny", "--nthreads", "1", "--no-dashboard"]
        processes += [subprocess.Popen([*dask, "worker", address, *alone], **quiet) for _ in range(2)]
        with distributed.Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
            yield client, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_dask_gives_the_same_bytes_though_a_worker_is_killed(scenario, local, tmp_path, monkeypatch, dask):
    client, workers = dask
    found = sw.sweep(scenario, VARY, executor=client.get_executor(pure=False), progress=False)
    assert written(found, tmp_path / "whole.parquet") == local
    short_chunks(monkeypatch)
    killer = Killer(workers[0].pid)
    found = sw.sweep(scenario, VARY, executor=client.get_executor(pure=False), progress=killer)
    assert killer.killed == 1
    assert killer.told == 120
    assert workers[0].wait(timeout=30) == -signal.SIGKILL
    assert written(found, tmp_path / "killed.parquet") == local


def test_ray_gives_the_same_bytes_though_a_worker_is_killed(scenario, local, tmp_path, monkeypatch):
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, _temp_dir=None)
    try:
        executor = executors.RayExecutor()
        found = sw.sweep(scenario, VARY, executor=executor, progress=False)
        assert written(found, tmp_path / "whole.parquet") == local
        short_chunks(monkeypatch)

        def who(_: int) -> int:
            time.sleep(0.5)
            return os.getpid()

        workers = set(executor.map(who, range(2)))
        killer = Killer(workers.pop())
        found = sw.sweep(scenario, VARY, executor=executor, progress=killer)
        assert killer.killed == 1
        assert written(found, tmp_path / "killed.parquet") == local
        executor.shutdown()
    finally:
        ray.shutdown()
