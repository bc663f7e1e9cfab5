import pickle

import numpy as np
import pytest

import slackwater as sw


def test_every_case_loads_and_says_where_its_values_came_from():
    for name in sw.cases():
        scenario = sw.load(name)
        assert scenario.name == name
        assert all(entry.origin == f"case {name}" for entry in scenario.inputs)


def test_a_file_is_read_and_every_value_has_its_place(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("cluster:\n  nodes: 3400\nagent:\n  period_s: 30\n")
    scenario = sw.load(path)
    assert scenario.name == "mine"
    assert scenario.inputs[1] == ("cluster.nodes", 3400, f"{path}:2:10")
    assert scenario == sw.load(str(path))
    assert sw.Scenario.from_yaml(path).to_yaml() == scenario.to_yaml()


def test_set_takes_dots_underscores_nesting_and_numpy(staging):
    ways = [
        staging.set({"cluster.nodes": 700}),
        staging.set(cluster__nodes=np.int64(700)),
        staging.set(cluster={"nodes": 700.0}),
        staging.set({"cluster": {"nodes": np.float32(700)}}),
    ]
    assert len(set(ways)) == 1
    assert ways[0]["cluster.nodes"] == 700
    assert staging["cluster.nodes"] == 50, "a scenario never changes"


def test_every_kind_of_value_goes_in_and_comes_out(staging):
    values = {
        "api_server.flow_control": np.bool_(False),
        "agent.selector": "node",
        "rollout.waves": np.array([0.01, 0.1, 1]),
        "remedies.use": ["halt", "delete"],
        "clock.start": "14:51",
        "agent.period_s": 12.5,
    }
    changed = staging.set(values)
    assert {key: changed[key] for key in values} == {
        **values,
        "api_server.flow_control": False,
        "rollout.waves": [0.01, 0.1, 1.0],
    }
    assert changed.key("agent.selector").words == ["cluster", "node", "one"]


def test_a_dictionary_gives_what_the_yaml_of_it_gives():
    nested = sw.Scenario.from_dict({"cluster": {"nodes": 400}, "agent.period_s": 20})
    text = sw.Scenario.from_yaml("cluster:\n  nodes: 400\nagent:\n  period_s: 20\n")
    assert nested.to_yaml() == text.to_yaml()


@pytest.mark.parametrize(
    ("change", "code", "key"),
    [
        ({"cluster.nodes": -1}, "SW014", "cluster.nodes"),
        ({"cluster.nodes": 1.5}, "SW018", "cluster.nodes"),
        ({"cluster.nodes": "5000"}, "SW016", "cluster.nodes"),
        ({"cluster.nodse": 5}, "SW020", "cluster.nodse"),
        ({"agent.period_s": float("nan")}, "SW015", "agent.period_s"),
        ({"agent.selector": "nowhere"}, None, "agent.selector"),
        ({"cluster": 5}, None, "cluster"),
    ],
)
def test_a_refusal_carries_key_value_range_and_help(staging, change, code, key):
    with pytest.raises(sw.InputError) as caught:
        staging.set(change)
    error = caught.value
    assert isinstance(error, sw.SlackwaterError)
    assert isinstance(error, ValueError)
    assert error.key == key
    assert code is None or error.code == code
    assert error.help
    assert error.code in sw.explain(error.code)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.__dict__) == (str(error), error.__dict__)


def test_a_refusal_names_file_line_and_range(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("cluster:\n  nodes: 0\n")
    with pytest.raises(sw.InputError) as caught:
        sw.load(path)
    error = caught.value
    assert (error.file, error.line, error.column, error.value) == (str(path), 2, 10, "0")
    assert error.allowed["min"] == 1


def test_what_no_scenario_can_hold_is_a_type_error(staging):
    with pytest.raises(TypeError, match=r"cluster\.nodes takes no object"):
        staging.set({"cluster.nodes": object()})


def test_a_missing_file_names_the_nearest_case():
    with pytest.raises(sw.InputError, match="openai-2024-12-11"):
        sw.load("openai-2024-12-12")


def test_pickles_keep_origins(staging, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("cluster:\n  nodes: 3400\n")
    for scenario in (staging, sw.load(path), sw.Scenario.from_dict({"cluster.nodes": 3})):
        changed = scenario.set(agent__period_s=33)
        again = pickle.loads(pickle.dumps(changed))
        assert again == changed
        assert again.inputs == changed.inputs


def test_every_key_is_explained():
    names = sw.keys()
    for key in names:
        assert key in sw.explain(key)
