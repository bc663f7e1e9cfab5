"""Exceptions: all of them are `SlackwaterError`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypedDict

__all__ = ["Allowed", "FitError", "InputError", "MissingExtraError", "QueueError", "SlackwaterError"]


class SlackwaterError(Exception):
    """Whatever slackwater refuses."""


class Allowed(TypedDict):
    """What a key takes: form in words, smallest and largest number (None without an end), unit, words of a choice."""

    form: str
    min: float | None
    max: float | None
    unit: str
    words: list[str]


class InputError(SlackwaterError, ValueError):
    """A scenario, key or axis that is refused: what stands where, what is allowed, what to do.

    `str(error)` is the text of the command line, with the line of the source and a mark under it.
    """

    code: str
    """Stable code, for example `SW014`; `slackwater.explain(code)` says more."""
    message: str
    """What is wrong, in one sentence."""
    file: str | None
    """File, if it is about one."""
    line: int | None
    """Line in the file, from 1."""
    column: int | None
    """Column in characters, from 1."""
    argument: str | None
    """`key=value`, if a value that was set is at fault."""
    key: str | None
    """Full dotted key."""
    value: str | None
    """Value as typed."""
    allowed: Allowed | None
    """What the key takes."""
    nearest: str | None
    """Nearest known name."""
    help: str
    """What to do."""
    more: int
    """Further errors in the same input."""

    def __init__(self, fields: dict[str, Any], text: str) -> None:
        super().__init__(text)
        self._fields = fields
        self.__dict__.update(fields)

    def __reduce__(self) -> tuple[Callable[..., InputError], tuple[dict[str, Any], str]]:
        return type(self), (self._fields, str(self))


class QueueError(SlackwaterError, ValueError):
    """An argument of a queue law outside its range."""

    def __init__(
        self, law: str, at: int, message: str, argument: str, value: float, low: float | None, high: float | None
    ) -> None:
        super().__init__(f'{law}: {message} (place {at} of the arrays; write outside="nan" for NaN there)')
        self._arguments = (law, at, message, argument, value, low, high)
        self.law: str = law
        """Law that refused, for example `mmc.mean_wait_s`."""
        self.at: int = at
        """Place in the flattened arrays, from 0."""
        self.argument: str = argument
        """Name of the argument."""
        self.value: float = value
        """What was given."""
        self.min: float | None = low
        """Smallest allowed value; None where the load has no steady state."""
        self.max: float | None = high
        """Largest allowed value, or the load it must stay below."""

    def __reduce__(self) -> tuple[Callable[..., QueueError], tuple[Any, ...]]:
        return type(self), self._arguments


class FitError(SlackwaterError):
    """Recordings that do not determine the constants."""


class MissingExtraError(SlackwaterError, ImportError):
    """A package that this call needs and that is not installed; the message says what to install."""

    def __init__(self, what: str, package: str, extra: str) -> None:
        super().__init__(f"{what} needs {package}: pip install 'slackwater[{extra}]'")
        self._arguments = (what, package, extra)

    def __reduce__(self) -> tuple[Callable[..., MissingExtraError], tuple[str, str, str]]:
        return type(self), self._arguments


def _input_error(fields: str, text: str) -> InputError:
    return InputError(json.loads(fields), text)


def _queue_error(*arguments: Any) -> QueueError:
    return QueueError(*arguments)
