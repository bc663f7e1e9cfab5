"""A million verdicts from Python beside the command line: one command, both timed in turns, and the ratio.

    pip install dist/slackwater-*.whl polars        # a release wheel: the times are those of what is installed
    cargo build --release && python benches/python.py target/release/slackwater

Each run is a process of its own, start and imports included. The command line writes Parquet; Python hands the result to
polars, and the address of a column in both shows that nothing was copied.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

CASE = "openai-2024-12-11-staging"
VARY = {"cluster.nodes": "50..5000", "agent.period_s": "10..120", "api_server.cores": "4..64"}
PYTHON = f"""
import sys
import polars, slackwater as sw
found = sw.sweep(sw.load({CASE!r}), {VARY!r}, sample=sys.argv[1], verdict_only=True, progress=False)
frame = polars.DataFrame(found)
for name in ("row", *found.keys):
    here = found.columns[name].__array_interface__["data"][0]
    there = frame[name].to_numpy(allow_copy=False).__array_interface__["data"][0]
    assert here == there, name + " was copied"
"""


def timed(arguments: list[str]) -> tuple[float, float]:
    """Run a command; return its wall time and the CPU time of user and system, seconds."""
    begun = time.perf_counter()
    pid = os.posix_spawnp(arguments[0], arguments, os.environ)
    _, status, used = os.wait4(pid, 0)
    wall_s = time.perf_counter() - begun
    if status:
        sys.exit(f"failed: {' '.join(arguments[:4])} ...")
    return wall_s, used.ru_utime + used.ru_stime


def main() -> None:
    """Time both in turns and print every run, the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", help="the slackwater binary, built with --release")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    typed = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "rows.parquet")
        vary = [f"--vary={key}={values}" for key, values in VARY.items()] + [f"--sample=sobol:{typed.rows}"]
        ways = {
            "command line": [typed.command, "sweep", CASE, *vary, "--verdict-only", "--quiet", "-o", file],
            "Python": [sys.executable, "-c", PYTHON, f"sobol:{typed.rows}"],
        }
        times: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        print(f"{typed.rows:,} verdicts       wall s    CPU s")
        for run in range(typed.runs):
            # In turns, and the other one first each time: what the machine does besides falls on both.
            for way, arguments in sorted(ways.items(), reverse=bool(run % 2)):
                wall_s, cpu_s = timed(arguments)
                times[way].append((wall_s, cpu_s))
                print(f"run {run + 1}  {way:14} {wall_s:8.2f} {cpu_s:8.2f}")
    middle = {way: [statistics.median(column) for column in zip(*found, strict=True)] for way, found in times.items()}
    for way, (wall_s, cpu_s) in middle.items():
        print(f"median {way:14} {wall_s:8.2f} {cpu_s:8.2f}")
    wall, cpu = (python / command for python, command in zip(middle["Python"], middle["command line"], strict=True))
    print(f"Python takes {wall:.3f} times the wall time of the command line, {cpu:.3f} times its CPU time")


if __name__ == "__main__":
    main()
