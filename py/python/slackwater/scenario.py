"""Scenarios: keys and values, checked against their ranges."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from slackwater import _native

__all__ = ["Input", "Key", "Scenario", "explain", "keys", "load"]


class Input(NamedTuple):
    """A key that was set, its value, and where it came from: file and line, `--set`, or a built-in case."""

    key: str
    value: Any
    origin: str


class Key(NamedTuple):
    """What a key takes."""

    form: str
    """`number`, `integer`, `numbers`, `boolean`, `choice`, `choices`, `text` or `clock`."""
    min: float | None
    """Smallest number, None where numbers do not apply."""
    max: float | None
    """Largest number."""
    unit: str
    """Unit; empty for a share."""
    words: list[str]
    """Words of a choice."""
    meaning: str
    """What the key is."""


class Scenario:
    """A cluster, a change to it, and people: everything that was set; all else has a default with a source.

    A scenario never changes; `set` gives another one. Made by `slackwater.load`, `from_yaml` or `from_dict`.

    >>> import slackwater as sw
    >>> staging = sw.load("openai-2024-12-11-staging")
    >>> staging["cluster.nodes"]
    50
    >>> staging.set(cluster__nodes=2000)["cluster.nodes"]
    2000
    """

    __slots__ = ("_file",)

    def __init__(self, file: _native.ScenarioFile) -> None:
        self._file = file

    @classmethod
    def from_yaml(cls, text: str | os.PathLike[str], *, name: str = "<yaml>") -> Scenario:
        """Read YAML: text, or a `pathlib.Path` of a file.

        Raises `InputError` with file, line, key, value and range.
        """
        if isinstance(text, os.PathLike):
            path = Path(text)
            return cls(_native.ScenarioFile.load(str(path) if path.is_absolute() else f".{os.sep}{path}"))
        return cls(_native.ScenarioFile.parse(name, text))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], *, name: str = "scenario") -> Scenario:
        """Take sections as nested mappings, or dotted keys: `{"cluster": {"nodes": 3400}, "agent.period_s": 30}`."""
        return cls(_native.ScenarioFile.empty(name)).set(values)

    def set(self, values: Mapping[str, Any] | None = None, /, **keys: Any) -> Scenario:
        """Return the scenario with some keys set: `set(cluster__nodes=500)`, `set({"cluster.nodes": 500})`.

        Two underscores stand for a dot; values may be nested (`set(cluster={"nodes": 500})`), and NumPy's.
        Raises `InputError` with key, value and range.
        """
        typed = {key.replace("__", "."): value for key, value in keys.items()}
        return Scenario(self._file.with_values(list(_flat("", {**(values or {}), **typed}))))

    @property
    def name(self) -> str:
        """Name of the case or file, or the scenario's own."""
        return self._file.name

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Keys that were set, sorted, each with its value and where it came from."""
        return tuple(Input(*entry) for entry in self._file.values())

    def __getitem__(self, key: str) -> Any:
        """Return the value of a dotted key as set, or its default; None where that is a rule or nothing."""
        return self._file.value(key)

    def key(self, key: str) -> Key:
        """Return what a key takes: form, range, unit, meaning."""
        return Key(*self._file.row(key))

    def to_yaml(self) -> str:
        """Return what was set as YAML, without where it came from."""
        return self._file.yaml()

    def to_dict(self) -> dict[str, Any]:
        """Return what was set by dotted key."""
        return {entry.key: entry.value for entry in self.inputs}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        return self.name == other.name and self.to_yaml() == other.to_yaml()

    def __hash__(self) -> int:
        return hash((self.name, self.to_yaml()))

    def __reduce__(self) -> tuple[Callable[..., Scenario], tuple[Any, ...]]:
        return _again, self._file.recipe()

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {len(self.inputs)} keys set>\n{self.to_yaml()}"

    def _repr_html_(self) -> str:
        from slackwater.html import scenario

        return scenario(self)


def _again(begin: tuple[str, str, str], arguments: list[str]) -> Scenario:
    return Scenario(_native.ScenarioFile.again(begin, arguments))


def _flat(section: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{section}{key}.", value)
        else:
            yield f"{section}{key}", value


def load(name: str | os.PathLike[str]) -> Scenario:
    """Load a built-in case by its name, or a scenario file by its path.

    Raises `InputError`; `slackwater.cases()` lists the cases.
    """
    if isinstance(name, os.PathLike):
        return Scenario.from_yaml(name)
    return Scenario(_native.ScenarioFile.load(name))


def keys() -> list[str]:
    """Return every key of a scenario; `*` stands for a name of your choice."""
    return _native.keys()


def explain(query: str = "") -> str:
    """Explain a key, a section (empty for all) or an error code: range, unit, default, source."""
    return _native.explain(query)
