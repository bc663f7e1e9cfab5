"""What still works while something is down, what users feel, and when it is over."""

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

__all__ = ["Function", "Moment", "Outage", "outage"]


@dataclass(frozen=True)
class Function:
    """One function of the cluster and what becomes of it."""

    function: str
    """Stable name."""
    label: str
    """Its name in words."""
    status: str
    """Status when the outage begins."""
    until_s: float | None
    """When that ends by itself, seconds since the outage began; None if it lasts as long as the outage."""
    then: tuple[tuple[float, str], ...]
    """What follows, in order: from when (seconds), and which status."""
    worst: str
    """The worst within this outage."""
    why: str
    """Why."""
    source: str
    """Where the rule comes from."""


@dataclass(frozen=True)
class Moment:
    """Something that happened, or did not."""

    name: str
    """Stable name, for example `api_back`."""
    t_s: float | None
    """Seconds since the outage began; None if it did not happen."""
    published: str | None
    """Time of day by a published account."""


class Outage(_Found):
    """An outage and its consequences: `safe`, `functions`, `moments`, and `columns` over time. Pickles whole."""

    def __init__(self, text: str, sources: str, found: str, columns: Columns) -> None:
        super().__init__(text)
        self._sources, self._json = sources, found
        self.data: dict[str, Any] = json.loads(found)
        """Everything, as the JSON of the command line has it."""
        self.columns: Columns = columns
        """Columns over time, all of one length; `t_s` counts seconds from the beginning of the outage."""
        self.safe: bool = self.data["safe"]
        """Whether users are served throughout."""
        self.reason: str = self.data["reason"]
        """What users feel, in a line."""
        self.for_s: float = self.data["for_s"]
        """Length of the outage, seconds."""
        self.least_surviving: float = self.data["least_surviving"]
        """Least share of user traffic that was served, 0 to 1."""
        self.lost_traffic_s: float = self.data["lost_traffic_s"]
        """User traffic that was not served, in seconds of all of it."""
        self.functions: dict[str, Function] = {
            row["function"]: made(Function, {**row, "then": tuple(map(tuple, row["then"]))})
            for row in self.data["functions"]
        }
        """What becomes of each function, users first, by name."""
        self.moments: dict[str, Moment] = {row["name"]: made(Moment, row) for row in self.data["moments"]}
        """What happened when, by name."""
        self.lost: dict[str, float] = self.data["lost"]
        """Pods lost, by cause."""

    def with_sources(self) -> str:
        """Return the text with the source of every rule: `slackwater outage --sources`."""
        return self._sources

    def to_json(self) -> str:
        """Return the outage as JSON: the bytes of `slackwater outage --format json`."""
        return self._json + "\n"

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw user traffic served, lookups that succeed and pods that serve over time. Needs matplotlib."""
        from slackwater.picture import outage

        return outage(self, ax)

    def __reduce__(self) -> tuple[Callable[..., Outage], tuple[str, str, str, Columns]]:
        return Outage, (self.text, self._sources, self._json, self.columns)

    def _repr_html_(self) -> str:
        from slackwater.html import outage

        return outage(self)


def outage(scenario: Scenario | None = None, *, down: str | None = None, length: str | float | None = None) -> Outage:
    """Say what still works while something is down, what users feel of it, and when it is over.

    `down` is what is down: `api`, `etcd`, `master` (`:K` for K of them), `dns`, `network`, `etcd-data`, `scheduler`,
    `controller-manager`, several separated by commas. `length` is for how long: seconds, or text such as "10m" or "1h".
    Both may stand in the scenario (`outage.down`, `outage.for_s`); without one it is a cluster of defaults. Rules and
    their sources: `outage.with_sources()`.

    Raises `InputError` for a word that cannot be down, `SlackwaterError` for a length that is none.

    >>> import slackwater as sw
    >>> found = sw.outage(down="api", length="10m")
    >>> found.safe, found.functions["tokens"].until_s          # users do not notice; tokens last twelve minutes
    (True, 720.0)
    """
    file = (scenario or Scenario.from_dict({}, name=""))._file
    typed = length if length is None or isinstance(length, str) else f"{float(length)!r}s"
    text, sources, found, table = _native.outage(file, down, typed)
    return Outage(text, sources, found, Columns(table))
