"""What a notebook shows: verdict first, reason, number, picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape as plain
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from slackwater.outage import Outage
    from slackwater.outcome import Result, Verdict
    from slackwater.scenario import Scenario
    from slackwater.sweep import Sweep

__all__ = ["badge", "chart", "outage", "result", "scenario", "sweep", "table", "verdict", "words"]

SAFE, UNSAFE = "#1a7f5a", "#b3261e"
"""Both stand out on light and on dark, and to those who see no red and green: the words say it too."""
CELL = "padding:2px 10px 2px 0;text-align:left;vertical-align:top;background:none"
SHOWN = 10
"""Rows of a sweep that are shown."""


def badge(safe: bool, text: str) -> str:
    """Return the verdict and a line beside it."""
    word, colour = ("SAFE", SAFE) if safe else ("UNSAFE", UNSAFE)
    mark = "✓" if safe else "✗"
    return (
        f'<div style="margin:4px 0"><span style="background:{colour};color:#fff;font-weight:600;border-radius:4px;'
        f'padding:2px 8px">{mark} {word}</span> <b>{plain(text)}</b></div>'
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of texts."""
    top = "".join(f'<th style="{CELL};font-weight:600">{plain(name)}</th>' for name in head)
    lines = ("".join(f'<td style="{CELL}">{plain(text)}</td>' for text in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<table style="border-collapse:collapse;font-size:90%"><tr>{top}</tr>{body}</table>'


def words(text: str) -> str:
    """Return an answer in words as it stands, in columns."""
    first, _, rest = text.partition("\n")
    style = "background:none;margin:4px 0;white-space:pre;overflow-x:auto"
    return f'<b>{plain(first)}</b><pre style="{style}">{plain(rest.rstrip())}</pre>'


def short(x: float) -> str:
    """Return three digits of a number, never as a power of ten where people would not write one."""
    return f"{x:,.0f}" if 1000 <= abs(x) < 1e9 else f"{x:.3g}"


def number(x: float | None, unit: str = "") -> str:
    """Return a number as people read it; a share in percent."""
    if x is None:
        return "–"
    if unit == "":
        return f"{short(100 * x)} %"
    if unit == "s":
        return duration(x)
    return f"{x:,.4g} {unit}"


def duration(s: float) -> str:
    """Return a length of time as people say it."""
    if s < 0:
        return f"-{duration(-s)}"
    if s < 60:
        return f"{s:.3g} s"
    if s < 3600:
        minutes, rest = divmod(round(s), 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    if s >= 48 * 3600:
        return f"{short(s / 86_400)} days"
    hours, rest = divmod(round(s / 60), 60)
    return f"{hours:,} h {rest} min" if rest else f"{hours:,} h"


def scenario(shown: Scenario) -> str:
    """Return a scenario: every key that was set, with unit and origin."""
    inputs = [entry for entry in shown.inputs if not entry.key.startswith(("assumed.", "published.", "name", "descr"))]
    rows = [[entry.key, str(entry.value), shown.key(entry.key).unit, entry.origin] for entry in inputs]
    description = shown["description"] or ""
    title = f"<b>{plain(shown.name)}</b> {plain(str(description))}"
    return f"{title}{table(['key', 'value', 'unit', 'from'], rows)}<i>Everything else has its default.</i>"


def verdict(shown: Verdict) -> str:
    """Return a verdict: the word, the gates, the sizes, the reasons."""
    failing = shown.failing
    first = failing[0] if failing else min(shown.gates, key=lambda gate: np.inf if gate.margin is None else gate.margin)
    line = f"{first.name}: {number(first.value, first.unit)}, limit {number(first.limit, first.unit)}"
    rows = [
        [
            "–" if gate.value is None else "✓" if gate.passed else "✗",
            gate.name,
            number(gate.value, gate.unit),
            number(gate.limit, gate.unit),
            gate.why,
        ]
        for gate in shown.gates
    ]
    reasons = "".join(f"<li>{plain(reason)}</li>" for reason in shown.reasons)
    gates = table(["", "gate", "found", "limit", "why"], rows)
    return f'{badge(shown.safe, line)}{gates}<ul style="margin:4px 0">{reasons}</ul>'


def result(shown: Result) -> str:
    """Return a run: verdict, chart, events."""
    happened = [event for event in shown.events.values() if event.t_s is not None]
    rows = [
        [
            event.name.replace("_", " "),
            event.clock or "",
            duration(event.t_s or 0.0),
            event.published_clock or "",
            "" if event.residual_s is None else f"{'+' if event.residual_s > 0 else ''}{duration(event.residual_s)}",
        ]
        for event in happened
    ]
    events = table(["event", "clock", "since start", "published", "model - published"], rows) if rows else ""
    return f"<b>{plain(shown.name)}</b>{verdict(shown.verdict)}{chart(shown)}{events}"


def outage(shown: Outage) -> str:
    """Return an outage: verdict, what works and what does not, when things happen."""
    rows = [
        [
            row.label,
            row.status,
            "–" if row.until_s is None else duration(row.until_s),
            row.worst,
            row.why,
        ]
        for row in shown.functions.values()
    ]
    moments = [
        [row.name.replace("_", " "), "never" if row.t_s is None else duration(row.t_s), row.published or ""]
        for row in shown.moments.values()
    ]
    down = f"<i>down for {duration(shown.for_s)}: {plain(shown.data['down'])}</i>"
    functions = table(["function", "at first", "until", "at worst", "why"], rows)
    when = table(["event", "since it began", "published"], moments)
    return f"{badge(shown.safe, shown.reason)}{down}{functions}{when}"


def chart(shown: Result) -> str:
    """Return API load, cached DNS and user impact over time as a small drawing."""
    columns = shown.columns
    minutes = columns["t_s"] / 60
    impact = "user_impact" if "user_impact" in columns else "impact"
    lines = [
        ("API load", "api_load", "#b3261e"),
        ("DNS cached", "dns_cached", "#1f6fb4"),
        ("user impact", impact, "#8a5a00"),
    ]
    rows = []
    for at, (title, name, colour) in enumerate(lines):
        if name not in columns:
            continue
        values = columns[name]
        top = max(1.0, float(np.nanmax(values)))
        rows.append(_strip(at * 56, title, minutes, values, top, colour))
    end = f"{minutes[-1]:.0f} min since rollout start"
    small = 'font-size="11" fill="currentColor"'
    below = len(rows) * 56 + 12
    return (
        f'<svg viewBox="0 0 640 {len(rows) * 56 + 16}" width="640" role="img" style="max-width:100%">'
        f"<title>API load, cached DNS answers and user impact over time</title>{''.join(rows)}"
        f'<text x="110" y="{below}" {small}>0</text>'
        f'<text x="630" y="{below}" {small} text-anchor="end">{end}</text></svg>'
    )


def _strip(y: int, title: str, minutes: npt.NDArray[Any], values: npt.NDArray[Any], top: float, colour: str) -> str:
    at = np.linspace(0, len(values) - 1, min(400, len(values))).astype(int)
    x = 110 + 520 * minutes[at] / max(float(minutes[-1]), 1e-9)
    heights = y + 48 - 40 * np.clip(np.nan_to_num(values[at]) / top, 0, 1)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, heights, strict=True))
    full = y + 48 - 40 / top
    peak = f"peak {short(100 * float(np.nanmax(values)))} %"
    return (
        f'<text x="0" y="{y + 22}" font-size="12" fill="currentColor">{title}</text>'
        f'<text x="0" y="{y + 38}" font-size="11" fill="currentColor">{peak}</text>'
        f'<line x1="110" x2="630" y1="{full:.1f}" y2="{full:.1f}" stroke="currentColor" stroke-opacity=".3" '
        f'stroke-dasharray="3 3"><title>100 %</title></line>'
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    )


def sweep(shown: Sweep) -> str:
    """Return a sweep: how many points are safe, and the first of them."""
    columns = shown.columns
    names = [name for name in columns if name != "row"][: len(shown.keys) + 3]
    count = min(SHOWN, shown.rows)
    cells = [columns[name][:count].tolist() for name in names]
    rows = [[_text(value) for value in row] for row in zip(*cells, strict=True)]
    more = f"<i>and {shown.rows - count:,} more rows, {len(columns)} columns</i>" if shown.rows > count else ""
    heads = [f"{name} [{columns.unit(name)}]" if columns.unit(name) else name for name in names]
    return f"<b>{plain(shown._answers.tally())}</b>{table(heads, rows)}{more}"


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool):
        return "safe" if value else "unsafe"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
