"""Where a cluster runs well, and where a trigger could bring it down for good."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slackwater import _native
from slackwater.progress import Progress, bar
from slackwater.scenario import Scenario
from slackwater.sweep import Values, axis
from slackwater.threshold import _Found

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Hysteresis", "RegionMap", "Trigger", "region", "region_map"]


@dataclass(frozen=True)
class Trigger:
    """What hits the cluster: API servers lose a share of their CPU for some time."""

    size: float = 1.0
    """Share of the CPU lost, 0 to 1."""
    duration_s: float = 600.0
    """For how long, seconds."""


class Hysteresis(_Found):
    """Loads at which a cluster breaks and heals; load 1 is the agent's own of the scenario."""

    def __init__(self, text: str, found: dict[str, Any]) -> None:
        super().__init__(text)
        self.region: str = found["region"]
        """Of the scenario itself: `stable`, `vulnerable` (a trigger brings it down for good) or `metastable`."""
        self.breaks_at: float | None = found["breaks_at"]
        """Smallest load that falls without a trigger; None if none does."""
        self.heals_at: float | None = found["heals_at"]
        """Largest load that comes back after the trigger; None if none does, or all do."""
        self.always_heals: bool = found["always_heals"]
        """Whether all loads come back."""
        self.triggers: tuple[tuple[float, float, bool], ...] = tuple((s, d, b) for s, d, b in found["triggers"])
        """Share of CPU lost, seconds, and whether the cluster comes back."""

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw which triggers the cluster comes back from. Needs matplotlib; nothing is shown."""
        from slackwater.chart import hysteresis

        return hysteresis(self, ax)


class RegionMap(_Found):
    """Regions over two keys."""

    def __init__(self, text: str, found: dict[str, Any]) -> None:
        super().__init__(text)
        self.across: tuple[str, list[Any]] = (found["across"][0], found["across"][1])
        """Key across, and its values."""
        self.up: tuple[str, list[Any]] = (found["up"][0], found["up"][1])
        """Key up, and its values."""
        self.cells: list[list[str | None]] = found["cells"]
        """Region of each cell, a row for each value of `up`; None where keys contradict each other."""

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw the map. Needs matplotlib; nothing is shown."""
        from slackwater.picture import region_map

        return region_map(self, ax)


def region(scenario: Scenario, *, trigger: Trigger = Trigger(), progress: Progress = True) -> Hysteresis:
    """Say whether a cluster that is hit comes back, and at which loads it breaks and heals.

    Takes some seconds; `progress` is as for `slackwater.sweep`, and counts runs. Ctrl-C ends it at once. Raises
    ValueError for a trigger outside its range.

    >>> import slackwater as sw
    >>> sw.region(sw.load("openai-2024-12-11-staging")).region
    'stable'
    """
    with bar(None, progress, "run") as tell:
        text, found = _native.hysteresis(scenario._file, *_checked(trigger), tell)
    return Hysteresis(text, json.loads(found))


def region_map(
    scenario: Scenario,
    across: tuple[str, Values],
    up: tuple[str, Values],
    *,
    trigger: Trigger = Trigger(),
    progress: Progress = True,
) -> RegionMap:
    """Say the same over two keys, each with its values: `("cluster.nodes", "500..8000:16")`."""
    axes = axis(scenario, *across), axis(scenario, *up)
    with bar(None, progress, "run") as tell:
        text, found = _native.region_map(scenario._file, *axes, *_checked(trigger), tell)
    return RegionMap(text, json.loads(found))


def _checked(trigger: Trigger) -> tuple[float, float]:
    if not (0.0 <= trigger.size <= 1.0 and 0.0 <= trigger.duration_s <= 86_400.0):
        raise ValueError(f"{trigger}: size is 0 to 1, duration_s 0 to 86400")
    return trigger.size, trigger.duration_s
