"""Examples in docstrings and in the README run, and give what stands there."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import slackwater


def test_examples_in_docstrings():
    names = [slackwater.__name__]
    names += [module.name for module in pkgutil.walk_packages(slackwater.__path__, "slackwater.")]
    tried = 0
    for name in names:
        if name.endswith(("_native", "__main__")):
            continue
        found = doctest.testmod(importlib.import_module(name))
        tried += found.attempted
        assert found.failed == 0, name
    assert tried > 15


def test_examples_in_the_readme():
    readme = Path(__file__).parents[1] / "README.md"
    found = doctest.testfile(str(readme), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert found.attempted > 5
    assert found.failed == 0
