"""How far a key may go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from slackwater import _native
from slackwater.fields import made
from slackwater.progress import Progress, bar
from slackwater.scenario import Scenario
from slackwater.sweep import Values, axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Band", "Edge", "Frontier", "Interval", "Threshold", "frontier", "interval", "threshold"]

Look = tuple[float | None, float | None]
"""Smallest and largest value to look at; None for a hundredth, or a hundred times, the value at hand."""


@dataclass(frozen=True)
class Edge:
    """The last safe value before an unsafe one."""

    side: str
    """`largest` (safe below) or `smallest` (safe above)."""
    value: float
    """The last safe value, in the unit of the key."""
    beyond: float
    """The first value found unsafe."""
    gate: str
    """Gate that breaks there."""


@dataclass(frozen=True)
class Band:
    """Values next to each other with the same verdict."""

    low: float
    """Smallest value."""
    high: float
    """Largest value."""
    safe: bool | None
    """Whether they are safe; None where a value contradicts other keys."""
    why: str | None
    """Gate that fails next to the nearest safe value, or the contradiction."""


class _Found:
    def __init__(self, text: str) -> None:
        self.text: str = text
        """The answer in words, as the command line gives it."""

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from slackwater.html import words

        return words(self.text)


class Threshold(_Found):
    """Which values of a key are safe, everything else as the scenario has it."""

    def __init__(self, text: str, found: dict[str, Any]) -> None:
        super().__init__(text)
        self.key: str = found["key"]
        """The key."""
        self.unit: str = found["unit"]
        """Its unit."""
        self.at: float | None = found["at"]
        """Value of the scenario at hand; None where the key has none."""
        self.safe: bool = found["safe"]
        """Whether the scenario at hand is safe."""
        self.bands: tuple[Band, ...] = tuple(made(Band, band) for band in found["bands"])
        """Bands from the smallest value looked at to the largest."""
        self.edges: tuple[Edge, ...] = tuple(_edges(self.bands))
        """Every edge between safe and unsafe values, from the smallest."""
        self.edge: Edge | None = None if found["edge"] is None else made(Edge, found["edge"])
        """The edge nearest to the value at hand; None if all values are alike."""

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw which values are safe. Needs matplotlib; nothing is shown."""
        from slackwater.chart import threshold

        return threshold(self, ax)


def _edges(bands: tuple[Band, ...]) -> list[Edge]:
    edges = []
    for below, above in pairwise(bands):
        match (below.safe, above.safe):
            case (True, False):
                edges.append(Edge("largest", below.high, above.low, above.why or ""))
            case (False, True):
                edges.append(Edge("smallest", above.low, below.high, below.why or ""))
    return edges


class Frontier(_Found):
    """Thresholds of a key along another."""

    def __init__(self, text: str, found: dict[str, Any]) -> None:
        super().__init__(text)
        self.key: str = found["key"]
        """The key that has a threshold."""
        self.unit: str = found["unit"]
        """Its unit."""
        self.along: str = found["along"]
        """The key it is found along."""
        self.along_unit: str = found["along_unit"]
        """Unit of that."""
        self.points: tuple[tuple[float, Edge | None], ...] = tuple(
            (x, None if edge is None else made(Edge, edge)) for x, edge in found["points"]
        )
        """Value of the second key, and the edge there; None where all values are alike."""
        self.safe: tuple[bool, ...] = tuple(found["safe"])
        """Whether all values are safe where there is no edge."""

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw the threshold along the other key. Needs matplotlib; nothing is shown."""
        from slackwater.picture import frontier

        return frontier(self, ax)


class Interval(_Found):
    """The threshold of a key where others are uncertain: 5 %, 50 % and 95 % of samples."""

    def __init__(self, text: str, found: dict[str, Any]) -> None:
        super().__init__(text)
        self.key: str = found["key"]
        """The key."""
        self.unit: str = found["unit"]
        """Its unit."""
        self.side: str = found["side"]
        """`largest` (safe below) or `smallest` (safe above)."""
        self.low: float = found["low"]
        """5 % of samples have a threshold below this."""
        self.middle: float = found["middle"]
        """Half of them."""
        self.high: float = found["high"]
        """95 % of them."""
        self.samples: int = found["samples"]
        """Samples."""


def threshold(
    scenario: Scenario, key: str, *, look: Look = (None, None), values: int | None = None, progress: Progress = True
) -> Threshold:
    """Find the values of a key that are safe, each edge to 1e-4 of its value (whole numbers exactly).

    `look` bounds the values scanned, `values` counts them (200 by default). `progress` is as for `slackwater.sweep`,
    and counts what was judged. Ctrl-C ends it at once. Raises `InputError` for a key that takes no number.

    >>> import slackwater as sw
    >>> sw.threshold(sw.load("openai-2024-12-11-staging"), "cluster.nodes").edge.side
    'largest'
    """
    with bar(None, progress, "verdict") as tell:
        text, found = _native.threshold(scenario._file, key, (*look, values), tell)
    return Threshold(text, json.loads(found))


def frontier(
    scenario: Scenario,
    key: str,
    along: str,
    *,
    look: Look = (None, None),
    values: int | None = None,
    look_along: Look = (None, None),
    values_along: int | None = None,
    progress: Progress = True,
) -> Frontier:
    """Find the threshold of a key at values of another (15 by default). Errors as `threshold`."""
    with bar(None, progress, "verdict") as tell:
        ends, ends_along = (*look, values), (*look_along, values_along)
        text, found = _native.frontier(scenario._file, key, ends, along, ends_along, tell)
    return Frontier(text, json.loads(found))


def interval(
    scenario: Scenario,
    key: str,
    vary: Mapping[str, Values],
    *,
    sample: str = "sobol:64",
    seed: int = 0,
    look: Look = (None, None),
    values: int | None = None,
    progress: Progress = True,
) -> Interval:
    """Find the threshold of a key where others are uncertain: at samples of what `slackwater.sweep` takes as `vary`.

    >>> import slackwater as sw
    >>> staging = sw.load("openai-2024-12-11-staging")
    >>> found = sw.interval(staging, "cluster.nodes", {"agent.period_s": "30..90"}, sample="sobol:8", values=20)
    >>> found.low < found.middle < found.high
    True
    """
    typed = [axis(scenario, name, chosen) for name, chosen in vary.items()]
    with bar(None, progress, "verdict") as tell:
        text, found = _native.interval(scenario._file, key, (*look, values), typed, sample, seed, tell)
    return Interval(text, json.loads(found))
