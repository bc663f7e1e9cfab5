"""Sliders in a notebook: the verdict follows while a slider moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slackwater.errors import InputError, MissingExtraError
from slackwater.html import badge, chart, number, words
from slackwater.outcome import Result, simulate
from slackwater.scenario import Scenario

__all__ = ["Explorer", "explore"]

KEYS = ("cluster.nodes", "agent.period_s", "agent.selector", "dns.cache_ttl_s", "rollout.soak_s", "api_server.cores")
AROUND = 100.0
"""Factor to either side of the value at hand that a slider reaches, unless ends are given: as `threshold` looks."""
WIDE = 20.0
"""Ratio of the ends from which a slider goes in equal ratios."""
PLACES = 201
"""Values of a slider."""
BY_RULE = "by rule"
"""Where the slider of a key stands that has no value of its own."""


class Explorer:
    """Sliders of some keys, and what the scenario says as they stand."""

    def __init__(self, scenario: Scenario, keys: Mapping[str, tuple[float, float] | None]) -> None:
        try:
            import ipywidgets
        except ImportError as error:
            raise MissingExtraError("explore", "ipywidgets", "notebook") from error
        self._widgets: Any = ipywidgets
        self._begun = scenario
        self.result: Result | None = None
        """The last run; None while the keys contradict each other."""
        self.controls: dict[str, Any] = {key: self._control(key, ends) for key, ends in keys.items()}
        """The slider, choice or box of each key; setting its `value` is moving it."""
        # A value that no slider holds stays until its slider is moved.
        self._stood = {key: control.value for key, control in self.controls.items()}
        self.answer: Any = ipywidgets.HTML()
        """What is shown below them."""
        self.widget: Any = ipywidgets.VBox([*self.controls.values(), self.answer])
        """All of it."""
        for control in self.controls.values():
            control.observe(self._moved, names="value")
        self._moved(None)

    @property
    def scenario(self) -> Scenario:
        """The scenario as the sliders stand: pass it on to `sweep` or `threshold`."""
        moved = {key: control.value for key, control in self.controls.items() if control.value != self._stood[key]}
        return self._begun.set(moved)

    def _control(self, key: str, ends: tuple[float, float] | None) -> Any:
        row, value = self._begun.key(key), self._begun[key]
        name = f"{key} [{row.unit}]" if row.unit else key
        shape = {
            "description": name,
            "style": {"description_width": "220px"},
            "layout": self._widgets.Layout(width="640px"),
        }
        if row.form == "choice":
            return self._widgets.Dropdown(options=row.words, value=value, **shape)
        if row.form == "boolean":
            return self._widgets.Checkbox(value=bool(value), **shape)
        if row.form not in ("number", "integer"):
            raise ValueError(f"{key} has no slider: it takes {row.form}")
        values = _places(value, *(ends or _around(value, row.min, row.max)), whole=row.form == "integer")
        # A slider over numbers would be put by the browser onto its own steps, off the value at hand.
        options: list[tuple[str, float | str]] = [(f"{x:,.15g}", x) for x in values]
        if value is None:
            options.insert(0, (BY_RULE, BY_RULE))
        at = BY_RULE if value is None else min(values, key=lambda x: abs(x - value))
        return self._widgets.SelectionSlider(options=options, value=at, continuous_update=True, **shape)

    def _moved(self, _: object) -> None:
        try:
            self.result = simulate(self.scenario, brief=True)
        except InputError as error:
            self.result = None
            self.answer.value = words(str(error))
            return
        verdict = self.result.verdict
        first = verdict.failing[0] if verdict.failing else None
        told = (
            f"{first.name}: {number(first.value, first.unit)}, limit {number(first.limit, first.unit)}" if first else ""
        )
        tips = f"tips at {verdict.tipping_nodes:,} nodes" if verdict.tipping_nodes else "no size up to the largest tips"
        self.answer.value = badge(verdict.safe, f"{told or 'every gate holds'} · {tips}") + chart(self.result)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.widget)  # type: ignore[no-untyped-call]


def _around(value: float | None, low: float | None, high: float | None) -> tuple[float, float]:
    least, most = low or 0.0, high if high is not None else 1e6
    if not value or value <= 0:
        return least, most
    return max(least, value / AROUND), min(most, value * AROUND)


def _places(value: float | None, low: float, high: float, *, whole: bool) -> list[float]:
    """Return round values from one end to the other, the value at hand among them."""
    wide = low > 0 and high / low > WIDE
    steps = (at / (PLACES - 1) for at in range(PLACES))
    found = (low * (high / low) ** t if wide else low + (high - low) * t for t in steps)
    rounded = {float(round(x)) if whole else float(f"{x:.3g}") for x in found}
    rounded = {min(max(x, low), high) for x in rounded}
    if value is not None and low <= value <= high:
        rounded.add(value)
    return sorted(int(x) if whole else x for x in rounded)


def explore(scenario: Scenario, keys: Sequence[str] | Mapping[str, tuple[float, float] | None] = KEYS) -> Explorer:
    """Give sliders for some keys; the verdict and the chart follow while one moves.

    `keys` names them, or maps them to smallest and largest value. Needs ipywidgets
    (`pip install 'slackwater[notebook]'`). Raises ValueError for a key that has no slider.
    """
    chosen = keys if isinstance(keys, Mapping) else dict.fromkeys(keys)
    return Explorer(scenario, chosen)
