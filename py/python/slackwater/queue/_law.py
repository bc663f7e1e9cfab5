"""Laws over arrays: broadcasting around the native part."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from slackwater import _native

__all__ = ["Number", "Result", "law"]

Number = float | npt.NDArray[np.floating] | npt.NDArray[np.integer]
"""A number, or an array of them."""
Result = npt.NDArray[np.float64] | np.float64
"""An array, or a number where numbers were given."""


def law(name: str, outside: str, **arguments: Number) -> Result:
    """Broadcast the arguments, compute, and give the result their shape."""
    if outside not in ("raise", "nan"):
        raise ValueError(f'no way {outside!r} with arguments outside their range: write "raise" or "nan"')
    arrays = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in arguments.values()))
    flat = [np.ascontiguousarray(array).ravel() for array in arrays]
    found = _native.law(name, flat, outside_nan=outside == "nan").reshape(arrays[0].shape)
    return found if found.shape else np.float64(found[()])
