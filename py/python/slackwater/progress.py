"""Progress of what takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Progress", "bar"]

Progress = bool | Callable[[int], object]
"""Whether to show a bar, or what is told how many more pieces of work are done."""

DELAY_S = 2.0
"""A bar for less than this would only flicker."""


@contextmanager
def bar(rows: int | None, progress: Progress, unit: str = "row") -> Iterator[Callable[[int], object] | None]:
    """Give what is to be told of rows that are done; None where nobody knows how many there will be."""
    if callable(progress):
        yield progress
        return
    tqdm = _tqdm() if progress else None
    if tqdm is None:
        yield None
        return
    with tqdm(total=rows, unit=unit, delay=DELAY_S, leave=False) as shown:
        yield shown.update


def _tqdm() -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm
