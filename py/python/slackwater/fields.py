"""Classes from the JSON of the native part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

__all__ = ["made"]

T = TypeVar("T")

RENAMED = {"pass": "passed", "from": "low", "to": "high"}
"""Names that are words of Python, or that Python says otherwise."""


def made(kind: type[T], found: Mapping[str, Any]) -> T:
    """Return a dataclass from the fields that it has; the native part may say more than it shows."""
    named = {RENAMED.get(key, key): value for key, value in found.items()}
    return kind(**{field.name: named[field.name] for field in fields(kind)})  # type: ignore[arg-type]
