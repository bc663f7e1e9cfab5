"""Sweeps on other processes and machines.

`slackwater.sweep(..., executor=...)` takes any `concurrent.futures.Executor`: `ProcessPoolExecutor`, Dask's
`client.get_executor()`, MPI's; for Ray there is `RayExecutor` here. Chunks of rows travel as text and come back as
bytes; a row is a function of its number, so the result is the same bytes whatever computed it, and a chunk that was
lost with its worker is computed again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from typing import Any

import numpy as np

from slackwater import _native
from slackwater.errors import MissingExtraError, SlackwaterError

__all__ = ["RayExecutor", "chunks", "solve_on"]

logger = logging.getLogger("slackwater")

CHUNK_S = 1.0
"""Seconds a chunk is to take: long beside the milliseconds of sending it, short beside what a lost worker costs."""
PILOTS = 64
"""Rows solved here to learn what rows cost."""
MOST_CHUNKS = 10_000
"""More are more work for a scheduler than for workers."""
TRIES = 5
"""Times a chunk is given out before it is solved here."""


_last: dict[str, _native.Design] = {}
"""The design of the last chunk, as the next one is mostly of the same sweep."""


def _design(words: str) -> _native.Design:
    design = _last.get(words)
    if design is None:
        design = _native.Design(words)
        _last.clear()
        _last[words] = design
    return design


def solve_chunk(words: str, first: int, count: int) -> bytes:
    """Solve some rows of a design on one thread: what a worker does."""
    return _design(words).solve(first, count, threads=1).bytes()


def chunks(design: _native.Design, chunk_s: float = CHUNK_S) -> list[tuple[int, int]]:
    """Cut a design into chunks (first row, rows) of about `chunk_s` seconds each, by what some of its rows cost."""
    rows = design.rows
    pilots = np.unique(np.linspace(0, rows - 1, min(PILOTS, rows)).astype(np.int64))
    seconds = []
    begun_all = time.perf_counter()
    for row in pilots.tolist():
        begun = time.perf_counter()
        design.solve(row, 1, threads=1)
        seconds.append(time.perf_counter() - begun)
        if time.perf_counter() - begun_all > 2 * chunk_s:
            # Dear rows: what was seen has to do for all.
            break
    # Cost is taken as even between two pilots; a row alone costs some more than one among many.
    edges = np.append(pilots[: len(seconds)], rows)
    costs = np.append(0.0, np.cumsum(np.maximum(seconds, 1e-7) * np.diff(edges)))
    count = int(np.clip(np.ceil(costs[-1] / chunk_s), 1, min(rows, MOST_CHUNKS)))
    cuts = np.interp(np.linspace(0.0, costs[-1], count + 1), costs, edges).round().astype(np.int64)
    cuts[0], cuts[-1] = 0, rows
    cuts = np.unique(cuts)
    return list(zip(cuts[:-1].tolist(), np.diff(cuts).tolist(), strict=True))


def solve_on(
    design: _native.Design, executor: Executor, progress: Callable[[int], object] | None = None
) -> _native.Answers:
    """Solve a design on an executor, chunk by chunk.

    A chunk whose worker was lost is given out again; one that was given out five times, or that no executor takes any
    more, is solved here. What slackwater itself refuses is raised at once, and Ctrl-C takes back what has not begun.
    """
    words = design.words()
    todo = chunks(design)
    logger.info("%d rows in %d chunks", design.rows, len(todo))
    solved: dict[int, bytes] = {}
    running: dict[Future[bytes], tuple[int, int, int]] = {}

    def give(first: int, count: int, tries: int) -> None:
        if tries < TRIES:
            try:
                running[executor.submit(solve_chunk, words, first, count)] = (first, count, tries + 1)
                return
            except (RuntimeError, OSError) as error:
                logger.warning("rows %d to %d are solved here: %s", first, first + count - 1, error)
        keep(first, count, solve_chunk(words, first, count))

    def keep(first: int, count: int, answers: bytes) -> None:
        solved[first] = answers
        if progress is not None:
            progress(count)

    try:
        for first, count in todo:
            give(first, count, 0)
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                first, count, tries = running.pop(future)
                try:
                    answers = future.result()
                except SlackwaterError:
                    raise
                except (Exception, CancelledError) as error:
                    logger.warning("rows %d to %d were lost and go out again: %r", first, first + count - 1, error)
                    give(first, count, tries)
                else:
                    keep(first, count, answers)
    finally:
        for future in running:
            future.cancel()
    return _native.Answers.joined([_native.Answers.of_bytes(solved[first], count) for first, count in todo])


class RayExecutor(Executor):
    """Ray as an executor: each call is a task, tried again by Ray when its worker or node is lost.

    >>> import ray, slackwater as sw                                       # doctest: +SKIP
    >>> ray.init(address="auto")                                           # doctest: +SKIP
    >>> sw.sweep(scenario, vary, executor=sw.executors.RayExecutor())      # doctest: +SKIP

    `options` are those of `ray.remote`, for example `num_cpus=1`. Ray is not started or stopped here.
    """

    def __init__(self, **options: Any) -> None:
        try:
            import ray
        except ImportError as error:
            raise MissingExtraError("RayExecutor", "Ray", "ray") from error
        self._ray: Any = ray
        self._call = ray.remote(**{"num_cpus": 1, "max_retries": TRIES, **options})(_call)
        self._tasks: dict[Future[Any], Any] = {}

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Give out a call as a task."""
        task = self._call.remote(fn, args, kwargs)
        future: Future[Any] = task.future()
        self._tasks[future] = task
        future.add_done_callback(lambda done: self._tasks.pop(done, None))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for tasks, or cancel them; Ray itself goes on."""
        tasks = list(self._tasks.values())
        if cancel_futures:
            for task in tasks:
                self._ray.cancel(task)
        elif wait and tasks:
            self._ray.wait(tasks, num_returns=len(tasks))


def _call(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return fn(*args, **kwargs)
