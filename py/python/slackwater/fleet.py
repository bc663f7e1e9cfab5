"""Traffic of a fleet that is led from clusters in trouble to others: who carries it, and who falls of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slackwater import _native
from slackwater.columns import Columns
from slackwater.fields import made
from slackwater.scenario import Scenario
from slackwater.threshold import _Found

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Booked", "Fleet", "Moved", "fleet"]


@dataclass(frozen=True)
class Booked:
    """Traffic by what became of it, minutes of all user traffic."""

    arrived: float
    """What came."""
    home: float
    """Served where it belongs."""
    elsewhere: float
    """Served in another cluster."""
    shed: float
    """Refused at the entrance of a full cluster."""
    outside: float
    """Lost: it was sent to a cluster that users cannot reach."""
    unnamed: float
    """Lost: a name was not found."""
    overload: float
    """Lost: pods were asked for more than they can do."""


@dataclass(frozen=True)
class Moved:
    """Clusters of one size with one fate."""

    nodes: float
    """Nodes of one of them."""
    clusters: float
    """How many."""
    fate: str
    """`lost`, `falls` (by itself), `tips` (of what is led to it), `sheds` or `carries`."""
    troubled_s: float | None
    """When the first trouble was seen, seconds since the rollout started."""
    most_comes: float
    """Most traffic that came, as a multiple of their own."""
    most_load: float
    """Largest load of a pod, as a multiple of what it carries."""
    away: float
    """Share of its traffic that is still elsewhere at the end."""
    home_s: float | None
    """When it was well again, seconds; None if it never was in trouble or still is."""


class Fleet(_Found):
    """What becomes of the traffic of a fleet: `carries`, `booked`, `clusters`, and `columns` over time."""

    def __init__(
        self, text: str, found: str, csv: str, carries: bool, hindsight: tuple[str, str] | None, columns: Columns
    ) -> None:
        super().__init__(text + (hindsight[0] if hindsight else ""))
        self._parts = (text, found, csv, carries, hindsight, columns)
        self.data: dict[str, Any] = json.loads(found)
        """Everything, as the JSON of the command line has it under `found`."""
        self.hindsight: dict[str, Any] | None = json.loads(hindsight[1]) if hindsight else None
        """Other orders, shares and ways back, and what was best in hindsight; None unless asked for."""
        self.carries: bool = carries
        """Whether every cluster that traffic was led to carries it."""
        self.booked: Booked = made(Booked, self.data["booked"])
        """What became of the traffic."""
        self.clusters: tuple[Moved, ...] = tuple(made(Moved, row) for row in self.data["clusters"])
        """Clusters by size and fate."""
        self.columns: Columns = columns
        """Columns over time, shares of all user traffic; `t_s` counts seconds from rollout start."""

    def to_csv(self) -> str:
        """Return the columns as CSV: the bytes of `slackwater fleet --format csv`."""
        return self._parts[2]

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw what becomes of the traffic over time. Needs matplotlib; nothing is shown."""
        from slackwater.chart import fleet

        return fleet(self, ax)

    def __reduce__(self) -> tuple[Callable[..., Fleet], tuple[Any, ...]]:
        return Fleet, self._parts


def fleet(scenario: Scenario, *, regret: bool = False) -> Fleet:
    """Say whether the other clusters of a fleet carry the traffic that is led away from those in trouble.

    `fleet.load` says how loaded clusters are in usual traffic. `regret` tries other orders of rollout, other shares of
    traffic and other ways back too, and says what was best in hindsight. Raises `InputError` without `fleet.load`, and
    where keys contradict each other.
    """
    text, found, csv, carries, hindsight, table = _native.fleet(scenario._file, regret=regret)
    return Fleet(text, found, csv, carries, hindsight, Columns(table))
