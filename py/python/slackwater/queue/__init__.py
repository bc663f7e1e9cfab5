"""Closed-form queue laws over NumPy arrays: what a queue does in the long run, without simulating it.

`a` is the offered load in erlangs (arrivals per second times seconds of work each), `c` counts servers, names ending
in `_s` are seconds. Every law takes numbers or arrays of any shapes that broadcast.

>>> from slackwater import queue
>>> float(queue.mmc.mean_wait_s(1, 0.5, 0.01))
0.01
>>> queue.erlang.erlang_c([1, 2, 4], 0.5).shape
(3,)
"""

from slackwater.queue import engset, erlang, erlang_a, mg1, mgc, mm1, mmc, mmck, processor_sharing

__all__ = ["engset", "erlang", "erlang_a", "mg1", "mgc", "mm1", "mmc", "mmck", "processor_sharing"]
