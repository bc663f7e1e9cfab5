"""The command line: `python -m slackwater` and the console script `slackwater`."""

from __future__ import annotations

import signal
import sys

from slackwater import _native


def main() -> int:
    """Run `slackwater` with the arguments of this process and return its exit code."""
    # The command line has its own way with Ctrl-C; Python's would wait until it is done.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.cli(["slackwater", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
