"""The types that editors show are those of the binary, and user code checks against them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
SAMPLE = PACKAGE / "tests" / "typed" / "sample.py"


@pytest.mark.parametrize(
    "check",
    [
        ["mypy", "--strict", "--config-file", "pyproject.toml", "python", str(SAMPLE)],
        ["mypy.stubtest", "slackwater", "--mypy-config-file", "pyproject.toml"],
        ["pyright", "python", str(SAMPLE)],
    ],
    ids=lambda check: check[0],
)
def test_types(check):
    environment = {**os.environ, "MYPYPATH": str(PACKAGE / "python")}
    done = subprocess.run(
        [sys.executable, "-m", *check], cwd=PACKAGE, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_sample_runs():
    subprocess.run([sys.executable, str(SAMPLE)], check=True)


def test_the_package_says_that_it_is_typed():
    import slackwater

    assert (Path(slackwater.__file__).parent / "py.typed").exists()
