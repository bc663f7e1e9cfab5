import json
import pickle
import threading
import time

import numpy as np
import pytest

import slackwater as sw


def test_the_json_is_that_of_the_command_line(incident, command):
    code, text = command("simulate", "openai-2024-12-11", "--format", "json")
    assert code == 1
    assert incident.to_json() == text


def test_the_text_is_that_of_the_command_line(incident, command):
    assert str(incident) == command("simulate", "openai-2024-12-11")[1]


def test_a_result_reads_like_the_question(incident):
    assert not incident.verdict.safe
    assert str(incident.verdict) == "UNSAFE"
    assert incident.verdict.failing[0].name == "steady"
    assert incident.verdict.gate("steady").limit == 0.8
    assert incident.events["first_impact"].published_clock == "15:16"
    assert abs(incident.events["first_impact"].residual_s) < 60
    assert incident.ledger[0].share > 0.9


def test_columns_are_views_of_the_same_memory(incident):
    columns = incident.columns
    one, two = columns["api_load"], columns["api_load"]
    assert one.__array_interface__["data"] == two.__array_interface__["data"]
    assert not one.flags.owndata
    assert not one.flags.writeable
    assert one.dtype == np.float64
    assert columns.unit("t_s") == "s"
    assert len(one) == columns.rows == len(json.loads(incident.to_json())["trajectory"]["t_s"])
    del columns
    assert one.sum() > 0, "a view keeps what it looks at"


def test_an_unknown_column_names_the_others(incident):
    with pytest.raises(KeyError, match="api_load"):
        incident.columns["load"]


def test_a_pickled_result_is_the_same(incident):
    again = pickle.loads(pickle.dumps(incident))
    assert again.to_json() == incident.to_json()
    assert again.verdict == incident.verdict
    assert again.scenario == incident.scenario


def test_the_verdict_alone_is_the_same(staging):
    for nodes in (50, 2119, 2120, 5000):
        scenario = staging.set(cluster__nodes=nodes)
        assert sw.is_safe(scenario) == sw.simulate(scenario, brief=True).verdict.safe


def test_contradictions_are_input_errors(staging):
    with pytest.raises(sw.InputError) as caught:
        sw.simulate(staging.set({"rollout.waves": [0.5, 0.1]}))
    assert caught.value.key == "rollout.waves"


def test_the_second_engine_is_asked(staging):
    result = sw.simulate(staging.set({"run.until_s": 120}), engine="events", seed=3)
    assert result.data["seed"] == 3
    assert result.data["engines"]
    with pytest.raises(ValueError, match="fluid"):
        sw.simulate(staging, engine="other")


def test_escape_says_who_can_delete():
    ways = sw.escape(sw.load("openai-2024-12-11"))
    assert len(ways) == 6
    assert any(way.thrashing and way.deleted_s is None for way in ways)


def test_other_threads_run_meanwhile():
    ticks, done = [], threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    begun = time.perf_counter()
    sw.escape(sw.load("openai-2024-12-11"))
    ended = time.perf_counter()
    done.set()
    thread.join()
    inside = [at for at in ticks if begun < at < ended]
    assert len(inside) > 3, "the interpreter's lock was held"
