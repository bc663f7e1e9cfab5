"""The built-in cases, and what must come out of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from slackwater import _native
from slackwater.columns import Columns
from slackwater.fields import made
from slackwater.progress import Progress, bar
from slackwater.threshold import _Found

__all__ = ["Held", "HeldCases", "cases", "hold"]


def cases() -> dict[str, str]:
    """Return the built-in cases: name, and one line on what it is."""
    return dict(_native.cases())


@dataclass(frozen=True)
class Held:
    """One expectation of a case, and what came out."""

    case: str
    """The case."""
    name: str
    """The expectation."""
    wanted: str
    """What must come out, in words."""
    answer: float | None
    """What came out; None if it cannot be said, such as the time of what never happened."""
    outcome: str
    """`pass`, `gap` (it did not come out, and its case says why) or `fail`."""
    source: str
    """What was published, or why it must come out so."""
    gap: str | None
    """Why the model misses it."""


class HeldCases(_Found):
    """Cases held against what was published of them."""

    def __init__(self, text: str, found: str, columns: Columns) -> None:
        super().__init__(text)
        self._json = found
        data = json.loads(found)
        self.passed: bool = data["pass"]
        """Whether all came out that must."""
        self.held: tuple[Held, ...] = tuple(made(Held, row) for row in data["held"])
        """One entry an expectation."""
        self.columns: Columns = columns
        """The same as columns: `case`, `name`, `wanted`, `answer`, `passed`, `gap`, `source`."""

    def __reduce__(self) -> tuple[Callable[..., HeldCases], tuple[str, str, Columns]]:
        return HeldCases, (self.text, self._json, self.columns)


def hold(*names: str, progress: Progress = True) -> HeldCases:
    """Run cases, all without names, and hold each against what must come out of it, with source and tolerance.

    Takes some seconds for all; `progress` is as for `slackwater.sweep`, and counts expectations. Ctrl-C ends it at
    once. Raises `SlackwaterError` for a name that is no case's.

    >>> import slackwater as sw
    >>> sw.hold("openai-2024-12-11-staging").passed
    True
    """
    with bar(None, progress, "expectation") as tell:
        text, found, table = _native.hold(names, tell)
    return HeldCases(text, found, Columns(table))
