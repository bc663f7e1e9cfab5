"""Laws over arrays, against the reference values of the Rust tests and against themselves one by one."""

import csv
import inspect
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slackwater as sw
from slackwater import queue

MODULES = [getattr(queue, name) for name in queue.__all__]
LAWS = [(module, name) for module in MODULES for name in module.__all__]
REFERENCE = Path(__file__).parents[2] / "study" / "truth" / "queue.csv"


def arguments(name: str) -> st.SearchStrategy[float]:
    if name in ("c", "places", "sources", "seats"):
        return st.integers(1, 200).map(float)
    if name.endswith("_s"):
        return st.floats(1e-3, 1e3)
    return st.floats(0, 0.999) if name == "p" else st.floats(0, 50)


@pytest.mark.parametrize(("module", "name"), LAWS, ids=lambda x: x if isinstance(x, str) else x.__name__[17:])
def test_an_array_is_its_elements(module, name):
    law = getattr(module, name)
    names = [p.name for p in inspect.signature(law).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]

    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.tuples(*(arguments(each) for each in names)), min_size=1, max_size=6))
    def check(rows):
        columns = [np.array(column) for column in zip(*rows, strict=True)]
        found = law(*columns, outside="nan")
        for row, answer in zip(rows, found, strict=True):
            try:
                alone = law(*row)
            except sw.QueueError as error:
                assert np.isnan(answer)
                assert error.argument in [*names, "c"]
                assert str(pickle.loads(pickle.dumps(error))) == str(error)
            else:
                assert float(alone).hex() == float(answer).hex()

    check()
    assert "Formula" in inspect.getdoc(law) or "formula" in inspect.getdoc(law), "a law says where it comes from"


def test_reference_values():
    """1e-12 relative, as in the tests of the core: these are the same functions."""
    with REFERENCE.open() as lines:
        rows = list(csv.reader(line for line in lines if not line.startswith("#")))
    short = {"erlang": "", "processor_sharing": "ps_", "erlang_a": "erlang_a_"}
    known = {}
    for module, name in LAWS:
        prefix = module.__name__.split(".")[-1]
        known[short.get(prefix, f"{prefix}_") + name] = getattr(module, name)
    laws = set()
    for law, inputs, expected in rows[1:]:
        if law in known:
            laws.add(law)
            found = float(known[law](*map(float, inputs.split())))
            assert found == pytest.approx(float(expected), rel=1e-12), (law, inputs)
    assert len(laws) > 20, f"not found: {sorted({row[0] for row in rows[1:]} - laws)}"


def test_shapes_broadcast():
    found = queue.mmc.mean_wait_s(np.arange(2, 6)[:, None], np.linspace(0.1, 1.9, 7), 0.01)
    assert found.shape == (4, 7)
    assert isinstance(queue.erlang.erlang_b(3, 1.0), np.float64)
    assert queue.erlang.erlang_b(np.zeros((0,)) + 1, 1.0).shape == (0,)


def test_refusals_name_argument_value_range_and_place():
    with pytest.raises(sw.QueueError) as caught:
        queue.erlang.erlang_c(4, [1.0, 5.0])
    error = caught.value
    assert (error.argument, error.value, error.max, error.at) == ("a", 5.0, 4.0, 1)
    with pytest.raises(sw.QueueError, match=r"c = 1\.5"):
        queue.erlang.erlang_b(1.5, 1.0)
    with pytest.raises(ValueError, match="raise"):
        queue.erlang.erlang_b(1, 1.0, outside="skip")
    assert np.isnan(queue.erlang.erlang_c(4, 5.0, outside="nan"))
