"""Progress of what takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["bar"]

DELAY_S = 2.0
"""A bar for less than this would only flicker."""


@contextmanager
def bar(rows: int, progress: bool | Callable[[int], object]) -> Iterator[Callable[[int], object] | None]:
    """Give what is to be told of rows that are done."""
    if callable(progress):
        yield progress
        return
    tqdm = _tqdm() if progress else None
    if tqdm is None:
        yield None
        return
    with tqdm(total=rows, unit="row", delay=DELAY_S, leave=False) as shown:
        yield shown.update


def _tqdm() -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm
