"""What tests share."""

import logging
import subprocess
import sys

import pytest

import slackwater as sw

STAGING = "openai-2024-12-11-staging"


@pytest.fixture(scope="session")
def incident() -> sw.Result:
    return sw.simulate(sw.load("openai-2024-12-11"))


@pytest.fixture
def staging() -> sw.Scenario:
    return sw.load(STAGING)


@pytest.fixture
def command():
    """Run the command line and give its exit code and output."""

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([sys.executable, "-m", "slackwater", *arguments], capture_output=True, check=False)
        return done.returncode, done.stdout.decode()

    return run


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("slackwater").setLevel(logging.DEBUG)
