"""Many points of a scenario at once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from slackwater import _native
from slackwater.columns import Columns
from slackwater.executors import solve_on
from slackwater.progress import Progress, bar
from slackwater.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Stream", "Sweep", "span", "stream", "sweep"]

Values = str | Iterable[Any]
"""Values of a key: an array, list or range of them, or text as `--vary` takes it (`"500..8000:40"`)."""


def span(low: float, high: float, count: int, *, log: bool = False) -> str:
    """Return `count` values from `low` to `high`, in equal steps, or equal ratios with `log`."""
    return f"{low!r}..{high!r}:{count}{':log' if log else ''}"


class Sweep:
    """Solved points: columns of keys, verdicts and numbers, in the order of rows. Pickles whole."""

    def __init__(self, design: _native.Design, answers: _native.Answers) -> None:
        self._design, self._answers = design, answers

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys that vary."""
        return tuple(self._design.keys)

    @property
    def rows(self) -> int:
        """Number of points."""
        return len(self._answers)

    @cached_property
    def columns(self) -> Columns:
        """`row`, the keys, `safe`, `gate` (the first that fails), and numbers unless `verdict_only`."""
        return Columns(self._design.table(0, self._answers))

    @property
    def safe(self) -> npt.NDArray[np.bool_]:
        """Whether each point is safe; shape (rows,)."""
        return self.columns["safe"]

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """Return a column; shape (rows,)."""
        return self.columns[name]

    def __len__(self) -> int:
        return self.rows

    def scenario(self, row: int) -> Scenario:
        """Return the scenario of a row, from 0: `simulate` says why it is safe or not."""
        return Scenario(self._design.scenario(row))

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write CSV, JSON lines or Parquet, by the ending: the bytes that `slackwater sweep -o` writes."""
        ending = Path(path).suffix.lower()
        form = {".parquet": "parquet", ".pq": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}.get(ending, "csv")
        self._design.write(self._answers, os.fspath(path), form)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Hand the columns to a program that speaks Arrow, without a copy: `polars.DataFrame(sweep)`."""
        return self.columns.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """Tell a program that speaks Arrow the types of the columns."""
        return self.columns.__arrow_c_schema__()

    def plot(self, column: str | None = None, *, ax: Axes | None = None) -> Axes:
        """Draw a column over one key (a line), or over two (a map).

        Without a column the verdict is drawn: which points are safe, and which gate fails first in the others. Of two
        keys the second runs across. Needs matplotlib; nothing is shown. Raises ValueError for more than two keys.
        """
        from slackwater.picture import sweep

        return sweep(self, column, ax)

    def __reduce__(self) -> tuple[Callable[..., Sweep], tuple[str, bytes, int]]:
        return _again, (self._design.words(), self._answers.bytes(), self.rows)

    def __repr__(self) -> str:
        return f"<Sweep over {', '.join(self.keys)}: {self._answers.tally()}>"

    def _repr_html_(self) -> str:
        from slackwater.html import sweep

        return sweep(self)


def _again(words: str, answers: bytes, rows: int) -> Sweep:
    return Sweep(_native.Design(words), _native.Answers.of_bytes(answers, rows))


class Stream:
    """A sweep that is solved while it is read: iterate over its parts, or hand it to a program that speaks Arrow."""

    def __init__(self, stream: _native.Stream, rows: int) -> None:
        self._stream = stream
        self.rows: int = rows
        """Number of points in all."""

    def __iter__(self) -> Iterator[Columns]:
        at = 0
        while (table := self._stream.part(at)) is not None:
            yield Columns(table)
            at += 1

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Hand parts to a program that speaks Arrow, each solved when it is asked for."""
        return self._stream.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """Tell a program that speaks Arrow the types of the columns."""
        return self._stream.__arrow_c_schema__()


def design(
    scenario: Scenario,
    vary: Mapping[str, Values],
    *,
    sample: str | None,
    seed: int,
    points: str | os.PathLike[str] | None,
    verdict_only: bool,
) -> _native.Design:
    """Return the native design of a sweep."""
    print_of = None if points is None else {"path": os.fspath(points), "rows": 0, "hash": 0}
    words = {
        "slackwater": "",
        "scenario": scenario.name,
        "set": scenario._file.arguments(),
        "vary": [axis(scenario, key, values) for key, values in vary.items()],
        "sample": sample,
        "seed": seed,
        "points": print_of,
        "verdict_only": verdict_only,
        "rows": 0,
    }
    return _native.Design(json.dumps(words))


def axis(scenario: Scenario, key: str, values: Values) -> str:
    """Return an axis as `--vary` takes it."""
    key = key.replace("__", ".")
    if isinstance(values, str):
        return f"{key}={values}"
    # NumPy's numbers one by one cost ten times as much as Python's.
    return _native.ScenarioFile.axis(key, values.tolist() if isinstance(values, np.ndarray) else list(values))


def sweep(
    scenario: Scenario,
    vary: Mapping[str, Values],
    *,
    sample: str | None = None,
    seed: int = 0,
    points: str | os.PathLike[str] | None = None,
    verdict_only: bool = False,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress = True,
) -> Sweep:
    """Solve a scenario at every combination of values; the last key runs fastest.

    `vary` maps dotted keys to values: a list, range or NumPy array of any type the key takes (numbers, truth values,
    words, lists), or text as `--vary` takes it: `"500..8000:40"`, `"30..3600:20:log"`, and with `sample` ("sobol:1024",
    "latin:1024", "random:1024", drawn from `seed`) `"normal(60,10)"`, `"lognormal(30,2)"`, `"triangular(10,30,60)"`,
    `"10..120"`. `points` names a CSV file of points instead.

    `verdict_only` gives `safe` and `gate` alone, some thousand times faster than the numbers beside them. `threads` is
    one a core by default. `executor` spreads chunks of rows over other processes or machines (see
    `slackwater.executors`): the result is the same, bit for bit. `progress` shows a bar where it takes longer than two
    seconds, if tqdm is installed; a function is told how many more rows are done. Ctrl-C ends a sweep at once.

    Raises `InputError` for a key or value that is refused, with the row where keys contradict each other.
    """
    made = design(scenario, vary, sample=sample, seed=seed, points=points, verdict_only=verdict_only)
    with bar(made.rows, progress) as tell:
        if executor is None:
            answers = made.solve(0, made.rows, threads=threads, progress=tell)
        else:
            answers = solve_on(made, executor, tell)
    return Sweep(made, answers)


def stream(
    scenario: Scenario,
    vary: Mapping[str, Values],
    *,
    part: int = 1 << 16,
    sample: str | None = None,
    seed: int = 0,
    points: str | os.PathLike[str] | None = None,
    verdict_only: bool = False,
    threads: int | None = None,
) -> Stream:
    """Solve a sweep while it is read, `part` rows at a time, so that memory does not grow with it.

    >>> import slackwater as sw
    >>> rows = sw.stream(sw.load("openai-2024-12-11-staging"), {"cluster.nodes": "50..5000:10"}, part=4)
    >>> [columns.rows for columns in rows]
    [4, 4, 2]
    """
    made = design(scenario, vary, sample=sample, seed=seed, points=points, verdict_only=verdict_only)
    return Stream(_native.Stream(made, part, threads=threads), made.rows)
