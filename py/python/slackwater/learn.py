"""Constants of a machine, from recordings of it; and the model beside every truth."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slackwater import _native
from slackwater.fields import made
from slackwater.progress import Progress, bar
from slackwater.threshold import _Found

__all__ = ["Calibration", "Constant", "Fidelity", "FidelityRow", "draw", "fidelity", "fit"]


@dataclass(frozen=True)
class Constant:
    """A number, its interval, and what it was found from."""

    value: float
    """The number, in the unit of its name."""
    low: float
    """Lower end of its 95 % interval."""
    high: float
    """Upper end."""
    source: str
    """What it was fitted on."""


class Calibration:
    """The constants that tell one machine from another: `calibration["object_s"].value`."""

    def __init__(self, found: str) -> None:
        self._json = found
        self.constants: dict[str, Constant] = {
            name: made(Constant, constant) for name, constant in json.loads(found).items()
        }
        """Every constant by name; names end in their unit."""

    @classmethod
    def given(cls) -> Calibration:
        """Return the constants in slackwater, fitted on recordings of a real API server."""
        return cls(_native.given())

    def __getitem__(self, name: str) -> Constant:
        return self.constants[name]

    def __eq__(self, other: object) -> bool:
        return self._json == other._json if isinstance(other, Calibration) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._json)

    def __reduce__(self) -> tuple[Callable[..., Calibration], tuple[str]]:
        return Calibration, (self._json,)

    def __repr__(self) -> str:
        lines = (f"  {name:<18}{c.value:.4g}  [{c.low:.4g}, {c.high:.4g}]" for name, c in self.constants.items())
        return "\n".join(["<Calibration", *lines, ">"])

    def _repr_html_(self) -> str:
        from slackwater.html import table

        rows = [
            [name, f"{c.value:.4g}", f"{c.low:.4g} to {c.high:.4g}", c.source] for name, c in self.constants.items()
        ]
        return table(["constant", "value", "95 % interval", "from"], rows)


def fit(truth: str | os.PathLike[str] | None = None) -> Calibration:
    """Fit the constants to the recordings in a folder; to those in slackwater without one.

    The folder holds `recordings/manifest.yaml` and its tables. Raises `InputError` with file, line and key where they
    cannot be read, `FitError` where they do not determine the constants.
    """
    return Calibration(_native.fit(None if truth is None else os.fspath(truth)))


@dataclass(frozen=True)
class FidelityRow:
    """A truth, what the model says, and whether that is near enough."""

    part: str
    """Part of the model."""
    truth: str
    """What it is held against."""
    quantity: str
    """What was measured."""
    by: str
    """Which engine."""
    fitted_on: str
    """What its constants were fitted on; empty for nothing."""
    measured: float | None
    """Measured."""
    predicted: float | None
    """Predicted."""
    unit: str
    """Unit of both; empty for a share."""
    error: float | None
    """Difference, relative or in the unit of the bound."""
    bound: dict[str, Any] | None
    """Allowed difference and its unit."""
    passed: bool | None
    """Whether it holds; None for rows that are only reported."""
    note: str
    """Remark."""


class Fidelity(_Found):
    """Every truth beside the model, the losing rows included."""

    def __init__(self, text: str, found: dict[str, Any]) -> None:
        super().__init__(text)
        self.passed: bool = found["pass"]
        """Whether every bounded row holds."""
        self.bounded: int = found["bounded"]
        """Rows with a bound."""
        self.failed: int = found["failed"]
        """Rows that miss theirs."""
        self.rows: tuple[FidelityRow, ...] = tuple(made(FidelityRow, row) for row in found["rows"])
        """All rows."""


def fidelity(
    truth: str | os.PathLike[str] | None = None, *, calibration: Calibration | None = None, progress: Progress = True
) -> Fidelity:
    """Hold the model against recordings: those in a folder, or those in slackwater.

    Takes up to half a minute; `progress` is as for `slackwater.sweep`, and counts recordings and laws. Ctrl-C ends it
    at once. Raises `InputError` with file, line and key for recordings that cannot be read.
    """
    constants = None if calibration is None else calibration._json
    with bar(None, progress, "part") as tell:
        text, found = _native.fidelity(None if truth is None else os.fspath(truth), constants, tell)
    return Fidelity(text, json.loads(found))


def draw(truth: str | os.PathLike[str] | None = None, *, calibration: Calibration | None = None) -> dict[str, str]:
    """Draw each recording beside both engines: SVG by name of file."""
    constants = None if calibration is None else calibration._json
    return dict(_native.draw(None if truth is None else os.fspath(truth), constants))
