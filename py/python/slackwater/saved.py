"""A run's state in a file, to go on from."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from slackwater import _native
from slackwater.columns import Columns
from slackwater.outcome import Result
from slackwater.scenario import Scenario

__all__ = ["State", "resume", "save_state"]


class State:
    """Every size of the fleet at one age, with the rows that led there. The files are those of the command line."""

    def __init__(self, saved: _native.Saved) -> None:
        self._saved = saved

    @classmethod
    def from_bytes(cls, found: bytes) -> State:
        """Read a state from bytes. Raises `SlackwaterError` for anything that is not a state of this version."""
        return cls(_native.Saved.of_bytes(found))

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> State:
        """Read a file that `write` or `slackwater simulate --save-state` wrote. Errors as `from_bytes`, and OSError."""
        return cls.from_bytes(Path(path).read_bytes())

    def to_bytes(self) -> bytes:
        """Return the state as bytes."""
        return self._saved.bytes()

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the state to a file, whole or not at all: `slackwater simulate --from FILE` goes on from it."""
        target = Path(path)
        beside = target.with_name(f"{target.name}.{os.getpid()}.tmp")
        try:
            beside.write_bytes(self.to_bytes())
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)

    @property
    def at_s(self) -> float:
        """Seconds since the touch of each cluster."""
        return self._saved.at_s

    @property
    def scenario(self) -> Scenario:
        """The scenario it was saved under."""
        return Scenario(self._saved.scenario())

    def __reduce__(self) -> tuple[Callable[[bytes], State], tuple[bytes]]:
        return State.from_bytes, (self.to_bytes(),)

    def __repr__(self) -> str:
        return f"<State of {self.scenario.name} after {self.at_s:g} s>"


def save_state(scenario: Scenario, *, start: State | None = None) -> tuple[Result, State]:
    """Run a scenario, from a saved state on if there is one, and keep the state at the end.

    The run ends at `run.until_s`. Raises `InputError` where keys contradict each other, or `start` has another shape.
    """
    found, saved = _native.resume(scenario._file, None if start is None else start._saved, save=True)
    assert saved is not None
    return _result(scenario, found), State(saved)


def resume(state: State, scenario: Scenario | None = None) -> Result:
    """Go on from a saved state, under the scenario it was saved under or another of the same shape.

    Going on gives the bits of a run without a break. Raises `InputError` where the shape differs: sizes, classes and
    timers must be the same.

    >>> import slackwater as sw
    >>> begun = sw.load("openai-2024-12-11-staging").set({"run.until_s": 60})
    >>> _, state = sw.save_state(begun)
    >>> whole = begun.set({"run.until_s": 120})
    >>> sw.resume(state, whole).columns["t_s"][-1]
    np.float64(120.0)
    """
    chosen = scenario or state.scenario
    found, _ = _native.resume(chosen._file, state._saved, save=False)
    return _result(chosen, found)


def _result(scenario: Scenario, found: tuple[str, str, str, _native.Table]) -> Result:
    head, text, short, table = found
    return Result(scenario, head, text, short, Columns(table))
