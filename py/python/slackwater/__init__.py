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
many, on this machine or others; `threshold`, `frontier`, `interval`, `region`, `region_map` and `escape` say where the
cliff is; `fidelity` holds the model against what was measured; `queue` has the closed-form laws. `explore` gives
sliders in a notebook.
"""

from slackwater import executors, queue
from slackwater._native import VERSION as __version__
from slackwater.columns import Columns
from slackwater.errors import FitError, InputError, MissingExtraError, QueueError, SlackwaterError
from slackwater.explore import explore
from slackwater.learn import Calibration, Constant, Fidelity, FidelityRow, draw, fidelity, fit
from slackwater.outcome import Event, Gate, LedgerRow, Result, Verdict, WayOut, escape, is_safe, simulate
from slackwater.region import Hysteresis, RegionMap, Trigger, region, region_map
from slackwater.scenario import Input, Key, Scenario, cases, explain, keys, load
from slackwater.sweep import Stream, Sweep, span, stream, sweep
from slackwater.threshold import Band, Edge, Frontier, Interval, Threshold, frontier, interval, threshold

__all__ = [
    "Band",
    "Calibration",
    "Columns",
    "Constant",
    "Edge",
    "Event",
    "Fidelity",
    "FidelityRow",
    "FitError",
    "Frontier",
    "Gate",
    "Hysteresis",
    "Input",
    "InputError",
    "Interval",
    "Key",
    "LedgerRow",
    "MissingExtraError",
    "QueueError",
    "RegionMap",
    "Result",
    "Scenario",
    "SlackwaterError",
    "Stream",
    "Sweep",
    "Threshold",
    "Trigger",
    "Verdict",
    "WayOut",
    "__version__",
    "cases",
    "draw",
    "escape",
    "executors",
    "explain",
    "explore",
    "fidelity",
    "fit",
    "frontier",
    "interval",
    "is_safe",
    "keys",
    "load",
    "queue",
    "region",
    "region_map",
    "simulate",
    "span",
    "stream",
    "sweep",
    "threshold",
]
