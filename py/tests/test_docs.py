"""Examples in docstrings and in the README run, and give what stands there."""

import ast
import doctest
import importlib
import pkgutil
import re
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


def test_python_and_manifests_in_the_documentation_can_be_read():
    """That Kubernetes takes the manifests was seen on a real API server; that a worker runs is test_executors.py's."""
    import yaml

    text = (Path(__file__).parents[2] / "docs" / "python.md").read_text()
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        ast.parse(block)
    made = [part for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) for part in yaml.safe_load_all(block)]
    assert [part["kind"] for part in made] == ["Service", "Deployment", "Deployment", "RayCluster"]
    service, scheduler, workers, _ = made
    assert service["spec"]["selector"] == scheduler["spec"]["template"]["metadata"]["labels"]
    (worker,) = workers["spec"]["template"]["spec"]["containers"]
    assert f"tcp://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}" in worker["args"]
