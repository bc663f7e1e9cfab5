"""What a run says: verdict, events, who used the server, columns over time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slackwater import _native
from slackwater.columns import Columns
from slackwater.fields import made
from slackwater.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Event", "Gate", "LedgerRow", "Result", "Verdict", "WayOut", "escape", "is_safe", "simulate"]


@dataclass(frozen=True)
class Gate:
    """One gate of the verdict."""

    name: str
    """`steady`, `surge`, `failover`, `restart`, `masking` or `escape`."""
    passed: bool
    """Whether it holds; a gate that does not apply holds."""
    value: float | None
    """What was found; None if the gate does not apply."""
    limit: float | None
    """What is allowed."""
    unit: str
    """Unit of both; empty for a share."""
    margin: float | None
    """(limit - value) / limit: above 0 is safe."""
    why: str
    """One line: which wall, and why."""


@dataclass(frozen=True)
class Verdict:
    """Safe or not, by which gates, and from which size on."""

    safe: bool
    """No applicable gate fails."""
    gates: tuple[Gate, ...]
    """All six gates, in the order of the documentation."""
    tipping_nodes: int | None
    """Smallest size, in nodes, from which all larger scanned sizes are unsafe; control plane held fixed."""
    unsafe_bands: tuple[tuple[int, int], ...]
    """Other unsafe sizes below that, as closed intervals in nodes."""
    visible_from_nodes: int | None
    """Smallest size, in nodes, at which a default alert would fire."""
    reasons: tuple[str, ...]
    """Which wall comes first, why staging cannot know, what hides it."""

    def gate(self, name: str) -> Gate:
        """Return the gate of a name."""
        return next(gate for gate in self.gates if gate.name == name)

    @property
    def failing(self) -> tuple[Gate, ...]:
        """Gates that fail."""
        return tuple(gate for gate in self.gates if not gate.passed)

    def __str__(self) -> str:
        return "SAFE" if self.safe else "UNSAFE"

    def _repr_html_(self) -> str:
        from slackwater.html import verdict

        return verdict(self)


@dataclass(frozen=True)
class Event:
    """Something that happened, or did not."""

    name: str
    """`rollout_start`, `api_saturated`, `alert`, `first_impact`, ... `all_recovered`."""
    t_s: float | None
    """Seconds since rollout start; None if it did not happen."""
    clock: str | None
    """Local time HH:MM:SS."""
    published_clock: str | None
    """Published local time, if there is one."""
    residual_s: float | None
    """Model minus published, seconds."""


@dataclass(frozen=True)
class LedgerRow:
    """Use of the API servers by one class and cause."""

    component: str
    """What sends it."""
    verb: str
    """Verb."""
    resource: str
    """Resource."""
    cause: str
    """`new`, `retry`, `restart_herd`, `dns_miss`, `timeout_waste` or `rejection`."""
    share: float
    """Share of all CPU in the ledger, 0 to 1."""
    cpu_s: float
    """CPU-seconds over the fleet, from rollout start to the first recovery (or the end)."""


class Result:
    """A run: `verdict`, `events`, `ledger`, and `columns` over time. Pickles whole."""

    def __init__(self, scenario: Scenario, head: str, text: str, brief: str, columns: Columns) -> None:
        self.scenario: Scenario = scenario
        """What was run."""
        self.columns: Columns = columns
        """Columns over time, all of one length; `t_s` counts seconds from rollout start."""
        self.text: str = text
        """The report of the command line."""
        self._head, self._brief = head, brief
        self.data: dict[str, Any] = json.loads(head)
        """Everything but the trajectory, as the JSON of the command line has it."""
        found = self.data["verdict"]
        self.verdict: Verdict = Verdict(
            safe=found["safe"],
            gates=tuple(made(Gate, gate) for gate in found["gates"]),
            tipping_nodes=found["tipping_nodes"],
            unsafe_bands=tuple((low, high) for low, high in found["unsafe_bands"]),
            visible_from_nodes=found["visible_from_nodes"],
            reasons=tuple(found["reasons"]),
        )
        """Safe or not, and why."""
        self.events: dict[str, Event] = {event["name"]: made(Event, event) for event in self.data["events"]}
        """What happened when, by name."""
        self.ledger: tuple[LedgerRow, ...] = tuple(made(LedgerRow, row) for row in self.data["ledger"])
        """Who used the API servers and why, largest first."""

    @property
    def name(self) -> str:
        """Name of the case or file."""
        return str(self.data["name"])

    def to_json(self) -> str:
        """Return the run as JSON: the bytes of `slackwater simulate --format json`."""
        return f"{self._head[: self._head.rindex('{') + 1]}{self.columns._table.json()}\n  }}\n}}\n"

    def plot(self, ax: Axes | None = None) -> Figure | Axes:
        """Draw API load, cached DNS and user impact over time, with events.

        A new figure of three panels; with `ax`, all three into those axes, which are returned. Nothing is shown:
        notebooks do that, `matplotlib.pyplot.show()` elsewhere. Needs matplotlib (`pip install 'slackwater[plot]'`).
        """
        from slackwater.picture import result

        return result(self, ax)

    def __reduce__(self) -> tuple[Callable[..., Result], tuple[Any, ...]]:
        return Result, (self.scenario, self._head, self.text, self._brief, self.columns)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self._brief

    def _repr_html_(self) -> str:
        from slackwater.html import result

        return result(self)


def simulate(scenario: Scenario, *, engine: str = "fluid", seed: int = 0, brief: bool = False) -> Result:
    """Run a scenario.

    `engine="events"` asks the second engine too, request by request with this seed, and adds the disagreement
    (`result.data["engines"]`). `brief` leaves out what needs further runs: other orders, remedies alone, recordings.
    Raises `InputError` where keys contradict each other. The interpreter's lock is free meanwhile.
    """
    if engine not in ("fluid", "events"):
        raise ValueError(f'no engine {engine!r}: write "fluid" or "events"')
    found = _native.simulate(scenario._file, brief=brief, events=engine == "events", seed=seed)
    head, text, short, table = found
    return Result(scenario, head, text, short, Columns(table))


def is_safe(scenario: Scenario) -> bool:
    """Say whether a scenario is safe: the verdict of `simulate` with as little work as decides it."""
    return _native.judge(scenario._file) is None


@dataclass(frozen=True)
class WayOut:
    """One way to delete the agent while it overloads the API servers."""

    admission: str
    """`flow_control`, `in_flight` or `own_level` (the agent in a level of its own)."""
    identity: str
    """Who deletes: `system-masters` or `user`."""
    alerted: bool
    """Whether an alert had fired."""
    saturated: bool
    """Whether the servers had nothing to spare when the deletion began."""
    thrashing: bool
    """Whether the servers thrash at their memory limit, and answer nobody."""
    answered: float
    """Share of the operator's requests answered in the first minute, 0 to 1."""
    deleted_s: float | None
    """Seconds from the first try until 99 % of the agent's pods are gone; None within four hours."""


def escape(scenario: Scenario) -> tuple[WayOut, ...]:
    """Say who can still delete the agent, under each kind of admission, for the largest cluster."""
    _, found = _native.escape(scenario._file)
    return tuple(made(WayOut, way) for way in json.loads(found)["ways"])
