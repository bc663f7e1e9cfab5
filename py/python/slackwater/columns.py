"""Columns of one length, each with its unit and meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from slackwater import _native

__all__ = ["Columns"]


class Columns(Mapping[str, npt.NDArray[Any]]):
    """Columns by name: `columns["api_load"]` is a NumPy array.

    Numbers are read where they lie, without a copy, so the arrays are read-only; a number that does not apply is NaN.
    Truth values are copied (Arrow keeps a bit, NumPy a byte), texts become arrays of objects.

    Other programs read the whole through Arrow (`__arrow_c_stream__`), again without a copy of the numbers:
    `polars.DataFrame(columns)`, `pandas.DataFrame.from_arrow(columns)`, `pyarrow.table(columns)`, and in DuckDB
    `FROM columns`. Unit and meaning are metadata of Arrow's fields.
    """

    def __init__(self, table: _native.Table) -> None:
        self._table = table
        self._about = {name: (unit, meaning) for name, unit, meaning in table.fields()}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        column = self._table.column(name)
        if column.kind == "number":
            return np.asarray(column)
        if column.kind == "truth":
            return column.truths()
        return np.array(column.texts(), dtype=object)

    def __iter__(self) -> Iterator[str]:
        return iter(self._about)

    def __len__(self) -> int:
        """Return the number of columns; `rows` is their length."""
        return len(self._about)

    @property
    def rows(self) -> int:
        """Length of each column."""
        return len(self._table)

    def unit(self, name: str) -> str:
        """Return the unit of a column; empty for a share, a name or a number of a row."""
        return self._about[name][0]

    def meaning(self, name: str) -> str:
        """Return one sentence on what a column holds."""
        return self._about[name][1]

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Hand the columns to a program that speaks Arrow."""
        return self._table.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """Tell a program that speaks Arrow the types of the columns."""
        return self._table.__arrow_c_schema__()

    def __reduce__(self) -> tuple[Callable[..., Columns], tuple[list[tuple[str, str, str, str, Any]]]]:
        return _again, (self._table.parts(),)

    def __repr__(self) -> str:
        return f"<Columns {self.rows} rows: {', '.join(self)}>"


def _again(parts: list[tuple[str, str, str, str, Any]]) -> Columns:
    return Columns(_native.Table.of_parts(parts))
