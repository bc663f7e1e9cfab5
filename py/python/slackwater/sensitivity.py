"""Which number of a scenario decides."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slackwater import _native
from slackwater.columns import Columns
from slackwater.fields import made
from slackwater.scenario import Scenario
from slackwater.threshold import _Found

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Course", "Knob", "Sensitivity", "sensitivity"]


@dataclass(frozen=True)
class Knob:
    """One number of a scenario."""

    key: str
    """Its key."""
    value: float
    """Its value, in the unit of the key."""
    slope: float
    """Change of the margin by the change of the key as a part of itself: d margin / d ln key."""
    typed: bool
    """Whether the scenario sets it; else it is a default."""
    whole: bool
    """Whether it takes whole numbers only, so that the slope is that of one more and one less."""
    exact: bool
    """Whether the slope is one; else it is a difference: of one, or of runs with a tenth more and less."""
    jumps: bool
    """Whether the margin jumps as soon as the key passes its value on one side; the slope is that of the other."""


@dataclass(frozen=True)
class Course:
    """A failing gate that only the run decides, and what moves it."""

    gate: str
    """Name of the gate."""
    nodes: float
    """Nodes of the cluster it is about; 0 where nothing is followed."""
    margin: float
    """Its margin: (limit - value) / limit, above 0 safe."""
    of: str
    """What the slopes are those of: `margin`, `moment` (seconds until the cluster falls) or `nothing`."""
    at_s: float | None
    """The moment that was followed, seconds since the cluster was touched."""
    why: str
    """What happens, or why there is no slope."""
    knobs: tuple[Knob, ...]
    """Every number that moves it, the one that moves it most first."""


class Sensitivity(_Found):
    """The gate that decides, and what moves it."""

    def __init__(self, text: str, found: str, columns: Columns) -> None:
        super().__init__(text)
        self._json = found
        data = json.loads(found)
        self.gate: str = data["gate"]
        """Name of the gate."""
        self.wall: str = data["wall"]
        """What it meets first."""
        self.nodes: float = data["nodes"]
        """Nodes of the cluster in which it does."""
        self.margin: float = data["margin"]
        """Its margin: (limit - value) / limit, above 0 safe."""
        self.of: str = data["of"]
        """What the slopes are those of: `margin`, or `moment` (seconds until the cluster falls) where only the run
        decides."""
        self.why: str = data["why"]
        """Why only the run decides; empty where a closed form does."""
        self.run: tuple[Course, ...] = tuple(
            made(Course, {**course, "knobs": tuple(made(Knob, knob) for knob in course["knobs"])})
            for course in data["run"]
        )
        """Other failing gates, seen in the run only."""
        self.knobs: tuple[Knob, ...] = tuple(made(Knob, knob) for knob in data["knobs"])
        """Every number that moves it, the one that moves it most first."""
        self.columns: Columns = columns
        """The same as columns, with `by_tenth` (change of the margin by a tenth more of the key) and `edge` (the value
        with margin 0, to first order; NaN where that is below 0)."""

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw how far a tenth more of each number moves the margin. Needs matplotlib; nothing is shown."""
        from slackwater.chart import sensitivity

        return sensitivity(self, ax)

    def __reduce__(self) -> tuple[Callable[..., Sensitivity], tuple[str, str, Columns]]:
        return Sensitivity, (self.text, self._json, self.columns)


def sensitivity(scenario: Scenario) -> Sensitivity:
    """Say how far each number of a scenario moves the margin of the gate that decides.

    `slackwater explain CASE --sensitivity`. Slopes are by dual numbers unless `exact` says otherwise. Raises
    `InputError` where keys contradict each other.

    >>> import slackwater as sw
    >>> found = sw.sensitivity(sw.load("openai-2024-12-11-staging"))
    >>> {knob.key: knob.slope < 0 for knob in found.knobs}["cluster.nodes"]
    True
    """
    text, found, table = _native.sensitivity(scenario._file)
    return Sensitivity(text, found, Columns(table))
