"""Will this change take down my Kubernetes control plane, and will DNS caches hide it until it is too late?

>>> import slackwater as sw
>>> change = sw.load("openai-2024-12-11-staging")
>>> print(sw.simulate(change).verdict)
SAFE
>>> sw.simulate(change).verdict.tipping_nodes          # the size at which the same change is not
2120
>>> found = sw.sweep(change, {"cluster.nodes": range(1000, 4000, 1000)}, verdict_only=True)
>>> found.safe.tolist()
[True, True, False]

`load`, `Scenario.from_yaml` and `from_dict` make scenarios; `simulate` and `is_safe` judge one; `sweep` and `stream`
many, on this machine or others; `threshold`, `frontier`, `interval`, `region` and `region_map` say where the cliff is,
`sensitivity` which number decides; `outage` what still works while something is down, `fleet` whether other clusters
carry the traffic; `escape` and `remedies` what gets you out; `save_state` and `resume` stop and go on; `hold` and
`fidelity` hold the model against what was published and measured; `chain` solves one server exactly, `queue` has the
closed-form laws. `explore` gives sliders in a notebook.
"""

from slackwater import executors, queue
from slackwater._native import VERSION as __version__
from slackwater.cases import Held, HeldCases, cases, hold
from slackwater.chain import Chain, Well, chain
from slackwater.columns import Columns
from slackwater.errors import FitError, InputError, MissingExtraError, QueueError, SlackwaterError
from slackwater.explore import explore
from slackwater.fleet import Booked, Fleet, Moved, fleet
from slackwater.learn import Calibration, Constant, Fidelity, FidelityRow, draw, fidelity, fit
from slackwater.outage import Function, Moment, Outage, outage
from slackwater.outcome import Event, Gate, LedgerRow, Result, Verdict, WayOut, escape, is_safe, simulate
from slackwater.region import Hysteresis, RegionMap, Trigger, region, region_map
from slackwater.remedies import Remedies, Tried, remedies
from slackwater.saved import State, resume, save_state
from slackwater.scenario import Input, Key, Scenario, explain, keys, load
from slackwater.sensitivity import Course, Knob, Sensitivity, sensitivity
from slackwater.sweep import Stream, Sweep, span, stream, sweep
from slackwater.threshold import Band, Edge, Frontier, Interval, Threshold, frontier, interval, threshold

__all__ = [
    "Band",
    "Booked",
    "Calibration",
    "Chain",
    "Columns",
    "Constant",
    "Course",
    "Edge",
    "Event",
    "Fidelity",
    "FidelityRow",
    "FitError",
    "Fleet",
    "Frontier",
    "Function",
    "Gate",
    "Held",
    "HeldCases",
    "Hysteresis",
    "Input",
    "InputError",
    "Interval",
    "Key",
    "Knob",
    "LedgerRow",
    "MissingExtraError",
    "Moment",
    "Moved",
    "Outage",
    "QueueError",
    "RegionMap",
    "Remedies",
    "Result",
    "Scenario",
    "Sensitivity",
    "SlackwaterError",
    "State",
    "Stream",
    "Sweep",
    "Threshold",
    "Tried",
    "Trigger",
    "Verdict",
    "WayOut",
    "Well",
    "__version__",
    "cases",
    "chain",
    "draw",
    "escape",
    "executors",
    "explain",
    "explore",
    "fidelity",
    "fit",
    "fleet",
    "frontier",
    "hold",
    "interval",
    "is_safe",
    "keys",
    "load",
    "outage",
    "queue",
    "region",
    "region_map",
    "remedies",
    "resume",
    "save_state",
    "sensitivity",
    "simulate",
    "span",
    "stream",
    "sweep",
    "threshold",
]
