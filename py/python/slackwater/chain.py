"""Small systems solved exactly: one server with timeouts and retries as a Markov chain."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slackwater import _native
from slackwater.columns import Columns
from slackwater.fields import made
from slackwater.threshold import _Found

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Chain", "Well", "chain"]


@dataclass(frozen=True)
class Well:
    """A range of queue lengths in which the server stays for long, and then leaves by luck."""

    low: int
    """Shortest queue of it, requests."""
    high: int
    """Longest queue of it, requests."""
    peak: int
    """The most frequent queue in it."""
    share: float
    """Share of all time spent in it, 0 to 1."""
    escape_s: float
    """Mean seconds from its peak until the queue is out of it; infinite where there is no other."""


class Chain(_Found):
    """What the chain of a server comes to: `str(chain)` says it, `columns` has the distribution of the queue."""

    def __init__(self, text: str, found: str, columns: Columns) -> None:
        super().__init__(text)
        self._json = found
        self.columns: Columns = columns
        """`queue` (requests at the server) and `share` (of time with so many); shape (most requests + 1,)."""
        self.data: dict[str, Any] = json.loads(found)
        """Everything, as the JSON of the command line has it."""
        self.states: int = self.data["states"]
        """States of the chain."""
        self.mean_queue: float = self.data["mean_queue"]
        """Mean requests at the server."""
        self.mean_orbit: float = self.data["mean_orbit"]
        """Mean clients that wait to ask again."""
        self.full: float = self.data["full"]
        """Share of time with a full queue."""
        self.late: float = self.data["late"]
        """Share of arrivals, first tries and others, that wait longer than the timeout or are refused."""
        self.drain_s: float = self.data["drain_s"]
        """Mean seconds from a full queue and a full orbit until both are empty."""
        self.wells: tuple[Well, ...] = tuple(
            made(Well, {**well, "escape_s": math.inf if well["escape_s"] is None else well["escape_s"]})
            for well in self.data["wells"]
        )
        """Where the queue dwells: one range, or two if the server is metastable."""

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw the share of time at each length of the queue. Needs matplotlib; nothing is shown."""
        from slackwater.chart import chain

        return chain(self, ax)

    def __reduce__(self) -> tuple[Callable[..., Chain], tuple[str, str, Columns]]:
        return Chain, (self.text, self._json, self.columns)


def chain(
    *,
    arrivals_per_s: float = 9.5,
    service_per_s: float = 10.0,
    threads: int = 1,
    timeout_s: float = 3.0,
    retries: float = 4.0,
    queue: int = 100,
    orbit: int = 20,
) -> Chain:
    """Say exactly how long one server stays well, and how long it stays down.

    `arrivals_per_s` new requests a second meet `threads` threads that serve `service_per_s` each (service times are
    exponential). A client waits `timeout_s` seconds and asks again `retries` times on average; at most `queue` requests
    are at the server and `orbit` clients wait to ask again.

    Formula: the stationary distribution and mean hitting times of a continuous-time Markov chain, by elimination
    without subtraction (Grassmann, Taksar and Heyman 1985). Raises `SlackwaterError` with name, value and range.

    >>> import slackwater as sw
    >>> healthy = sw.chain(arrivals_per_s=5.0, retries=0.0)
    >>> round(healthy.mean_queue, 6), round(float(healthy.columns["share"].sum()), 12)     # M/M/1 at half load
    (1.0, 1.0)
    """
    text, found, table = _native.chain(arrivals_per_s, service_per_s, threads, timeout_s, retries, queue, orbit)
    return Chain(text, found, Columns(table))
