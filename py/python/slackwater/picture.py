"""Pictures in matplotlib. Nothing is shown: what is drawn is returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slackwater.errors import MissingExtraError
from slackwater.html import SAFE, UNSAFE

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from slackwater.outage import Outage
    from slackwater.outcome import Result
    from slackwater.region import RegionMap
    from slackwater.sweep import Sweep
    from slackwater.threshold import Frontier

__all__ = ["frontier", "outage", "region_map", "result", "sweep"]

GATES = ("steady", "surge", "failover", "restart", "masking", "escape")
COLOURS = ("#b3261e", "#e07b39", "#c98f00", "#8a4fa3", "#1f6fb4", "#555555")
"""One a gate, told apart in grey too by the legend's order."""
PANELS = (
    ("api_load", "API load\n[% of capacity]", UNSAFE),
    ("dns_cached", "DNS answers\nfrom caches [%]", "#1f6fb4"),
    ("user_impact", "user impact\n[% of traffic]", "#8a5a00"),
)
MARKED = {
    "api_saturated": "API full",
    "alert": "alert",
    "first_impact": "users notice",
    "rollout_end": "rollout ends",
    "first_cluster_recovered": "first recovered",
    "all_recovered": "all recovered",
}


def new(width: float = 8.0, height: float = 4.5, rows: int = 1) -> tuple[Figure, Any]:
    """Return a new figure and its axes."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise MissingExtraError("a picture", "matplotlib", "plot") from error
    return plt.subplots(rows, 1, sharex=True, figsize=(width, height), layout="constrained")


def label(key: str, unit: str) -> str:
    """Return a key with its unit, as an axis has it."""
    short = {"seconds": "s", "bytes": "B"}.get(unit, unit)
    return f"{key} [{short}]" if short else key


def result(shown: Result, ax: Axes | None) -> Figure | Axes:
    """Draw a run over time."""
    minutes = shown.columns["t_s"] / 60
    panels = [panel for panel in PANELS if panel[0] in shown.columns]
    title = f"{shown.verdict}: {shown.name}"
    if ax is not None:
        for name, text, colour in panels:
            ax.plot(minutes, 100 * shown.columns[name], color=colour, label=text.replace("\n", " "))
        ax.set(xlabel="minutes since rollout start", ylabel="%", title=title)
        ax.legend()
        return ax
    figure, found = new(9, 6, len(panels))
    axes = np.atleast_1d(found)
    for axis, (name, text, colour) in zip(axes, panels, strict=True):
        values = 100 * shown.columns[name]
        axis.plot(minutes, values, color=colour)
        axis.fill_between(minutes, values, color=colour, alpha=0.15)
        axis.set_ylabel(text)
        axis.set_ylim(0, 1.08 * max(100.0, float(np.nanmax(values))))
        axis.axhline(100, color="grey", linewidth=0.6, linestyle=":")
        axis.spines[["top", "right"]].set_visible(False)
    marks = [(shown.events[name].t_s, text) for name, text in MARKED.items() if name in shown.events]
    last, height = -np.inf, 0
    width = float(minutes[-1]) if len(minutes) else 1.0
    for t_s, text in sorted((t_s / 60, text) for t_s, text in marks if t_s is not None):
        # Labels of neighbours stand above each other.
        height = height + 1 if t_s - last < 0.13 * width else 0
        last = t_s
        for axis in axes:
            axis.axvline(t_s, color="grey", linewidth=0.8, linestyle="--")
        place = (t_s, 1.02 + 0.13 * height)
        axes[0].annotate(text, place, xycoords=("data", "axes fraction"), fontsize=8, ha="left", annotation_clip=False)
    axes[-1].set_xlabel("minutes since rollout start")
    figure.suptitle(title, fontweight="bold", color=SAFE if shown.verdict.safe else UNSAFE)
    return figure


def sweep(shown: Sweep, column: str | None, ax: Axes | None) -> Axes:
    """Draw a sweep over one or two keys."""
    axes = ax if ax is not None else new()[1]
    keys = shown.keys
    if len(keys) == 1:
        _line(shown, column, axes)
    elif len(keys) == 2:
        _map(shown, column, axes)
    else:
        raise ValueError(f"a picture has two axes, and {len(keys)} keys vary: plot a part, or the columns yourself")
    return axes


def _unit(shown: Sweep, name: str) -> str:
    return label(name, shown.columns.unit(name))


def _verdicts(shown: Sweep) -> npt.NDArray[np.int64]:
    gates = shown["gate"]
    return np.array([0 if gate is None else 1 + GATES.index(gate) for gate in gates])


def _legend(axes: Axes, found: npt.NDArray[np.int64]) -> None:
    from matplotlib.patches import Patch

    names = {0: ("safe", SAFE), **{at + 1: (f"unsafe: {name}", COLOURS[at]) for at, name in enumerate(GATES)}}
    patches = [Patch(color=names[at][1], label=names[at][0]) for at in np.unique(found).tolist()]
    axes.legend(handles=patches, title="first gate that fails", fontsize=8, loc="best")


def _line(shown: Sweep, column: str | None, axes: Axes) -> None:
    key = shown.keys[0]
    x = shown[key]
    found = _verdicts(shown)
    name = column or ("margin" if "margin" in shown.columns else None)
    if name is None:
        axes.scatter(x, shown.safe.astype(float), c=[(SAFE, *COLOURS)[at] for at in found], s=14)
        axes.set_yticks([0, 1], ["unsafe", "safe"])
    else:
        unit = shown.columns.unit(name)
        y = shown[name] * (100 if not unit else 1)
        axes.plot(x, y, color="grey", linewidth=1)
        axes.scatter(x, y, c=[(SAFE, *COLOURS)[at] for at in found], s=18, zorder=3)
        axes.set_ylabel(label(name.removesuffix("_s"), unit or "%"))
        if name == "margin":
            axes.axhline(0, color="black", linewidth=0.8)
    axes.set_xlabel(_unit(shown, key))
    axes.set_title(shown._answers.tally())
    _legend(axes, found)


def _map(shown: Sweep, column: str | None, axes: Axes) -> None:
    from matplotlib.colors import BoundaryNorm, ListedColormap

    up, across = shown.keys
    rows, at_row = np.unique(shown[up], return_inverse=True)
    columns, at_column = np.unique(shown[across], return_inverse=True)
    grid = np.full((len(rows), len(columns)), np.nan)
    x, y = _edges(axes, "x", columns), _edges(axes, "y", rows)
    if column is None:
        found = _verdicts(shown)
        grid[at_row, at_column] = found
        norm = BoundaryNorm(np.arange(len(GATES) + 2) - 0.5, len(GATES) + 1)
        axes.pcolormesh(x, y, grid, cmap=ListedColormap([SAFE, *COLOURS]), norm=norm)
        _legend(axes, found)
    else:
        grid[at_row, at_column] = shown[column]
        mesh = axes.pcolormesh(x, y, grid, cmap="viridis")
        axes.figure.colorbar(mesh, ax=axes, label=_unit(shown, column))
    axes.set(xlabel=_unit(shown, across), ylabel=_unit(shown, up), title=shown._answers.tally())


def _edges(axes: Axes, which: str, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return edges of cells around values: words get a cell each, numbers reach half way to their neighbours."""
    if values.dtype.kind not in "if" or len(values) < 2:
        ticks = np.arange(len(values))
        getattr(axes, f"set_{which}ticks")(ticks, [str(value) for value in values])
        return np.arange(len(values) + 1) - 0.5
    steps = np.diff(values)
    if values[0] > 0 and steps.max() > 3 * steps.min():
        # Equal ratios look even on a logarithmic axis.
        getattr(axes, f"set_{which}scale")("log")
        ends = _edges_between(np.log(values))
        return np.asarray(np.exp(ends))
    return _edges_between(values.astype(float))


def _edges_between(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    middle = (values[1:] + values[:-1]) / 2
    return np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])


def frontier(shown: Frontier, ax: Axes | None) -> Axes:
    """Draw thresholds of a key along another."""
    axes = ax if ax is not None else new()[1]
    found = [(x, edge) for x, edge in shown.points if edge is not None]
    x = np.array([x for x, _ in found])
    y = np.array([edge.value for _, edge in found])
    axes.plot(x, y, color="black", marker="o", markersize=3)
    if found:
        below = found[0][1].side == "largest"
        top, bottom = float(y.max()) * 1.25, float(y.min()) / 1.25
        axes.fill_between(x, y, bottom if below else top, color=SAFE, alpha=0.25, label="safe")
        axes.fill_between(x, y, top if below else bottom, color=UNSAFE, alpha=0.2, label="unsafe")
        axes.set_ylim(bottom, top)
        axes.margins(x=0)
        axes.legend()
    side = "largest" if found and found[0][1].side == "largest" else "smallest"
    axes.set(xlabel=label(shown.along, shown.along_unit), ylabel=f"{side} safe {label(shown.key, shown.unit)}")
    return axes


def outage(shown: Outage, ax: Axes | None) -> Axes:
    """Draw what is served over time."""
    axes = ax if ax is not None else new()[1]
    minutes = shown.columns["t_s"] / 60
    for name, text, colour in (
        ("surviving", "user traffic served", UNSAFE),
        ("names", "DNS lookups that succeed", "#1f6fb4"),
        ("serving", "pods that serve", "#8a5a00"),
    ):
        axes.plot(minutes, 100 * shown.columns[name], color=colour, label=text)
    axes.axvspan(0, shown.for_s / 60, color="grey", alpha=0.15, label=f"down: {shown.data['down']}")
    title = f"{'SAFE' if shown.safe else 'UNSAFE'}: {shown.reason}"
    axes.set(xlabel="minutes since it began", ylabel="% of what it was before", title=title)
    axes.set_ylim(-3, max(108.0, 108 * float(shown.columns["serving"].max())))
    axes.margins(x=0)
    axes.legend(fontsize=8)
    return axes


def region_map(shown: RegionMap, ax: Axes | None) -> Axes:
    """Draw regions over two keys."""
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    axes = ax if ax is not None else new()[1]
    names = ("stable", "vulnerable", "metastable")
    colours = (SAFE, "#c98f00", UNSAFE)
    grid = np.array([[np.nan if cell is None else names.index(cell) for cell in row] for row in shown.cells])
    x, y = (_edges(axes, which, np.array(values)) for which, (_, values) in (("x", shown.across), ("y", shown.up)))
    axes.pcolormesh(x, y, grid, cmap=ListedColormap(list(colours)), vmin=-0.5, vmax=2.5)
    axes.set(xlabel=shown.across[0], ylabel=shown.up[0], title="does it come back after a trigger?")
    said = ("comes back", "a trigger brings it down for good", "falls by itself")
    patches = [
        Patch(color=colour, label=f"{name}: {text}") for name, text, colour in zip(names, said, colours, strict=True)
    ]
    axes.legend(handles=patches, fontsize=8)
    return axes
