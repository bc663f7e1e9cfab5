"""What gets people out of an overload, and how fast."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slackwater import _native
from slackwater.columns import Columns
from slackwater.progress import Progress, bar
from slackwater.scenario import Scenario
from slackwater.threshold import _Found

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Remedies", "Tried", "remedies"]


@dataclass(frozen=True)
class Tried:
    """One try: one remedy, a pair, or all that the scenario uses."""

    remedies: tuple[str, ...]
    """What was done; nothing if nobody acted."""
    recovered_s: float | None
    """Seconds from the first reaction until the cluster was well for good; None if it never was."""
    damage_min: float
    """Minutes of this cluster's user traffic lost from the first reaction on."""
    regret_min: float
    """What of that the best try would have spared, minutes."""
    falls_again: int
    """Times it was well for two minutes or more and fell again although nothing was taken back."""
    relapses_after_s: float | None
    """Seconds until it falls again after temporary remedies are taken back too early; None if it does not."""
    herd: float | None
    """Largest CPU asked for once servers are back, as a share of what there is; None if none was down."""
    locked_out: tuple[str, ...]
    """Remedies that needed the API and never got through."""
    acted_s: tuple[float | None, ...]
    """Seconds until each remedy acted in full; None if it never did."""
    cuts: tuple[tuple[str, str, float], ...]
    """What it took off the servers, the most first: traffic class, cause, share of all CPU asked for."""


def _tried(found: dict[str, Any]) -> Tried:
    return Tried(
        remedies=tuple(found["remedies"]),
        recovered_s=found["recovered_s"],
        damage_min=found["damage_min"],
        regret_min=found["regret_min"],
        falls_again=found["falls_again"],
        relapses_after_s=found["lift"].get("after_s"),
        herd=found["herd"],
        locked_out=tuple(found["locked_out"]),
        acted_s=tuple(found["acted_s"]),
        cuts=tuple((cut["class"], cut["cause"], cut["share"]) for cut in found["cuts"]),
    )


class Remedies(_Found):
    """Every remedy from the first reaction on, alone and in pairs, the best first."""

    def __init__(self, text: str, found: str, csv: str, way_out: bool, columns: Columns) -> None:
        super().__init__(text)
        self._json, self._csv = found, csv
        data = json.loads(found)
        self.way_out: bool = way_out
        """Whether any try gets the cluster out."""
        self.nodes: float = data["nodes"]
        """Nodes of the cluster looked at: the largest that falls."""
        self.t_s: float = data["t_s"]
        """When people begin, seconds since the rollout started."""
        self.clock: str = data["clock"]
        """The same as time of day."""
        self.nobody: Tried = _tried(data["nobody"])
        """Nobody does anything."""
        self.alone: tuple[Tried, ...] = tuple(map(_tried, data["alone"]))
        """Each remedy alone, the best first."""
        self.pairs: tuple[Tried, ...] = tuple(map(_tried, data["pairs"]))
        """Two of them, the best first."""
        self.together: Tried | None = None if data["together"] is None else _tried(data["together"])
        """All that the scenario uses; None if those are fewer than three."""
        self.refused: dict[str, str] = {row["remedy"]: row["why"] for row in data["refused"]}
        """What is not possible here, and why."""
        self.columns: Columns = columns
        """Every try as columns: `remedies`, `recovered_s`, `damage_min`, `regret_min`, `falls_again`,
        `relapses_after_s`, `herd`, `locked_out`; NaN where a number does not apply."""

    def to_csv(self) -> str:
        """Return every try as CSV: the bytes of `slackwater remedies --format csv`."""
        return self._csv

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw how soon each remedy, and the best pairs, get the cluster out. Needs matplotlib; nothing is shown."""
        from slackwater.chart import remedies

        return remedies(self, ax)

    def __reduce__(self) -> tuple[Callable[..., Remedies], tuple[str, str, str, bool, Columns]]:
        return Remedies, (self.text, self._json, self._csv, self.way_out, self.columns)


def remedies(scenario: Scenario, *, at_s: float | None = None, progress: Progress = True) -> Remedies | None:
    """Try every remedy on the largest cluster that falls, alone and in pairs; None if no cluster falls.

    People begin when somebody reacts to the alert, or at `at_s` seconds since the rollout started (0 to 604800). Times
    and sizes of remedies are keys: `slackwater.explain("remedies")`. Takes up to half a minute; `progress` is as for
    `slackwater.sweep`, and counts tries. Ctrl-C ends it at once. Raises `InputError` where keys contradict each other,
    ValueError for `at_s` outside its range.

    >>> import slackwater as sw
    >>> sw.remedies(sw.load("openai-2024-12-11-staging")) is None
    True
    """
    if at_s is not None and not 0.0 <= at_s <= 604_800.0:
        raise ValueError(f"at_s = {at_s} is not between 0 and 604800 seconds")
    with bar(None, progress, "try") as tell:
        found = _native.remedies(scenario._file, at_s, tell)
    if found is None:
        return None
    text, data, csv, way_out, table = found
    return Remedies(text, data, csv, way_out, Columns(table))
