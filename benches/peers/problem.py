"""The problem all peers solve: an API server with one class of requests, its CPU, timeouts and retries, and DNS caches
whose source is away for half an hour. Everything is the arithmetic of the step kernel; what this problem has not (flow
control, memory, other classes) is left out here, while slackwater goes through all of it and finds it off."""

STEPS = 3600  # of one second
CORES, SIZE_S, TIMEOUT_S, RETRY_S = 4.0, 0.3, 30.0, 1.0
TTL, NAMES, LOOKUPS_PER_S, NEGATIVE_S = 300.0, 40.0, 0.05, 5.0
LOST_S, BACK_S = 600.0, 2400.0
NEAR_ENOUGH = 16 * 2.0**-52  # of a root
COLUMNS = ("running", "answered", "timed_out", "cached", "impact")


def rates(count):
    """Requests a second of scenario i: from 0.6 to 1.5 of what the cores can serve."""
    return [CORES / SIZE_S * (0.6 + 0.9 * i / max(count - 1, 1)) for i in range(count)]
