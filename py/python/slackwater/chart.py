"""Pictures of other answers than runs and sweeps: what decides, what gets out, how long a queue is, what is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from slackwater.html import SAFE, UNSAFE, duration, short
from slackwater.picture import label, new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from slackwater.chain import Chain
    from slackwater.fleet import Fleet
    from slackwater.region import Hysteresis
    from slackwater.remedies import Remedies
    from slackwater.sensitivity import Sensitivity
    from slackwater.threshold import Threshold

__all__ = ["chain", "fleet", "hysteresis", "remedies", "sensitivity", "threshold"]

SHOWN = 12
"""Bars of a picture; the rest is smaller."""


def sensitivity(shown: Sensitivity, ax: Axes | None) -> Axes:
    """Draw how far a tenth more of each number moves the margin."""
    axes = ax if ax is not None else new()[1]
    moment = shown.of == "moment"
    names, by_tenth = shown.columns["key"][:SHOWN], shown.columns["by_tenth"][:SHOWN]
    points = by_tenth if moment else 100 * by_tenth
    axes.barh(names, points, color=[SAFE if x > 0 else UNSAFE for x in points])
    axes.invert_yaxis()
    axes.axvline(0, color="black", linewidth=0.8)
    decides = f"{names[0]} decides" if len(names) else "nothing that is a number decides"
    moves, unit = ("moment of the fall", "s") if moment else ("margin", "points of %")
    axes.set(xlabel=f"change of the {moves} if it grows by a tenth [{unit}]")
    axes.set_title(f"{decides}: gate {shown.gate}, margin {short(100 * shown.margin)} %")
    return axes


def remedies(shown: Remedies, ax: Axes | None) -> Axes:
    """Draw how soon each remedy alone, and each of the best pairs, gets the cluster out."""
    axes = ax if ax is not None else new(9, 6)[1]
    quick = [tried for tried in shown.pairs if tried.recovered_s is not None][: SHOWN // 2]
    tries = [*quick, *shown.alone]
    out = [tried.recovered_s for tried in tries if tried.recovered_s is not None]
    longest = max([60.0, *out]) / 60
    for at, tried in enumerate(tries):
        minutes = None if tried.recovered_s is None else tried.recovered_s / 60
        axes.barh(at, longest if minutes is None else minutes, color=UNSAFE if minutes is None else SAFE, alpha=0.5)
        said = "never" + (", locked out" if tried.locked_out else "") if minutes is None else f"{minutes:.1f} min"
        axes.text(0.01 * longest, at, said, va="center", color="black", fontsize=8)
    axes.set_yticks(range(len(tries)), [" + ".join(tried.remedies) for tried in tries], fontsize=8)
    axes.invert_yaxis()
    axes.set(xlabel="from the first reaction until well for good [min]", title=shown.text.partition("\n")[0])
    return axes


def chain(shown: Chain, ax: Axes | None) -> Axes:
    """Draw the share of time at each length of the queue."""
    axes = ax if ax is not None else new()[1]
    share = shown.columns["share"]
    axes.semilogy(shown.columns["queue"], share, color="black", drawstyle="steps-mid")
    for well, colour in zip(shown.wells, (SAFE, UNSAFE), strict=False):
        stays = "" if np.isinf(well.escape_s) else f", leaves after {duration(well.escape_s)} on average"
        axes.axvspan(well.low, well.high, color=colour, alpha=0.15, label=f"{100 * well.share:.3g} % of time{stays}")
    axes.set(xlabel="requests at the server", ylabel="share of time", title=shown.text.partition("\n")[0])
    axes.set_ylim(bottom=max(float(share[share > 0].min()), 1e-15))
    axes.margins(x=0)
    axes.legend(fontsize=8)
    return axes


def threshold(shown: Threshold, ax: Axes | None) -> Axes:
    """Draw which values are safe."""
    axes = ax if ax is not None else new(8, 2.2)[1]
    ends = [shown.bands[0].low, *(band.high for band in shown.bands)]
    for band, low in zip(shown.bands, ends, strict=False):
        colour, said = {True: (SAFE, "safe"), False: (UNSAFE, "unsafe"), None: ("grey", "contradicts")}[band.safe]
        why = f": {band.why}" if band.safe is False else ""
        axes.axvspan(low, band.high, color=colour, alpha=0.8, label=said + why)
    if shown.at is not None:
        axes.axvline(shown.at, color="black", linewidth=2, label=f"at hand: {shown.at:g}")
    if ends[0] > 0 and ends[-1] / ends[0] > 20:
        axes.set_xscale("log")
    axes.set_xlim(ends[0], ends[-1])
    axes.set(yticks=[], xlabel=label(shown.key, shown.unit), title=shown.text.partition("\n")[0])
    kinds = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    axes.legend(kinds.values(), kinds.keys(), fontsize=8, loc="upper left")
    return axes


def fleet(shown: Fleet, ax: Axes | None) -> Axes:
    """Draw what becomes of the traffic over time."""
    axes = ax if ax is not None else new()[1]
    parts = {
        "home": ("served at home", SAFE),
        "elsewhere": ("served elsewhere", "#1f6fb4"),
        "shed": ("refused: full", "#c98f00"),
        "outside": ("lost: cluster out of reach", "#555555"),
        "unnamed": ("lost: no name", "#8a4fa3"),
        "overload": ("lost: pods overloaded", UNSAFE),
    }
    minutes = shown.columns["t_s"] / 60
    shares = [100 * shown.columns[name] for name in parts]
    axes.stackplot(minutes, *shares, labels=[said for said, _ in parts.values()], colors=[c for _, c in parts.values()])
    axes.set(xlabel="minutes since rollout start", ylabel="user traffic [%]", title=shown.text.partition("\n")[0])
    axes.set_ylim(0, 105)
    axes.margins(x=0)
    axes.legend(fontsize=8, loc="lower left")
    return axes


def hysteresis(shown: Hysteresis, ax: Axes | None) -> Axes:
    """Draw which triggers the cluster comes back from."""
    axes = ax if ax is not None else new()[1]
    for back, colour, mark, said in ((True, SAFE, "o", "comes back"), (False, UNSAFE, "X", "stays down")):
        points = np.array([(s / 60, 100 * size) for size, s, healed in shown.triggers if healed == back])
        if len(points):
            axes.scatter(points[:, 0], points[:, 1], color=colour, marker=mark, label=said)
    axes.set_xscale("log")
    axes.set(xlabel="CPU is lost for [min]", ylabel="CPU of the API servers lost [%]", ylim=(0, 108))
    axes.set_title(shown.text.partition("\n")[0])
    axes.legend(fontsize=8)
    return axes
