import shutil
import subprocess
import sys
from pathlib import Path

import slackwater as sw


def test_the_module_is_the_command_line(command):
    assert command("simulate", "openai-2024-12-11-staging", "--quiet") == (0, "SAFE\n")
    assert command("simulate", "openai-2024-12-11", "--quiet") == (1, "UNSAFE\n")
    assert command("simulate", "nowhere")[0] == 2
    assert sw.__version__ in command("--version")[1]


def test_the_wheel_brings_the_command():
    path = shutil.which("slackwater", path=str(Path(sys.executable).parent))
    assert path is not None
    done = subprocess.run([path, "cases"], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] in sw.cases()
