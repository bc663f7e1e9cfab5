"""Outages, remedies, cases, chains, what decides, saved states: as the command line says them, whole after a pickle."""

import json
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from test_display import shown

import slackwater as sw

CUT = "network-cut-over"


@pytest.fixture(scope="module")
def remedied() -> sw.Remedies:
    found = sw.remedies(sw.load("preply-2020"))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def answers(remedied) -> dict[str, object]:
    staging = sw.load("openai-2024-12-11-staging")
    return {
        "outage": sw.outage(sw.load(CUT)),
        "fleet": sw.fleet(sw.Scenario.from_dict(FLEET), regret=True),
        "remedies": remedied,
        "cases": sw.hold("openai-2024-12-11-staging", "kinesis-2020"),
        "chain": sw.chain(queue=30, orbit=10),
        "sensitivity": sw.sensitivity(staging),
    }


NAMES = ["outage", "fleet", "remedies", "cases", "chain", "sensitivity"]
FLEET = {
    "cluster.nodes": 20,
    "agent.enabled": False,
    "fleet.counts": [3],
    "fleet.load": 0.6,
    "fleet.lost_clusters": 1,
    "fleet.lost_s": 60,
    "fleet.lost_for_s": 120,
    "detection.for_s": 30,
    "detection.human_delay_s": 30,
    "remedies.use": ["shift"],
    "remedies.shift_after_s": 0,
    "remedies.shift_share": 1,
    "run.until_s": 300,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_pickle_is_whole(answers, name):
    one = answers[name]
    again = pickle.loads(pickle.dumps(one))
    assert type(again) is type(one)
    assert str(again) == str(one)
    assert {k: v for k, v in vars(again).items() if k not in ("columns", "_parts")} == {
        k: v for k, v in vars(one).items() if k not in ("columns", "_parts")
    }
    assert pl.DataFrame(again.columns).equals(pl.DataFrame(one.columns))


@pytest.mark.parametrize("name", NAMES)
def test_columns_reach_other_programs_without_a_copy(answers, name):
    columns = answers[name].columns
    table = pa.table(columns)
    assert pl.DataFrame(columns).columns == list(columns) == list(pd.DataFrame.from_arrow(columns).columns)
    for column in columns:
        values = columns[column]
        if values.dtype.kind in "if":
            assert table[column].chunk(0).buffers()[1].address == values.__array_interface__["data"][0]
        assert columns.meaning(column)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_shows_them(answers, name):
    text = shown(answers[name])
    assert text.split()[0] in str(answers[name]) or "SAFE" in text


def test_an_outage_is_that_of_the_command_line(command):
    found = sw.outage(sw.load(CUT))
    code, text = command("outage", CUT, "--format", "json")
    assert (code, text) == (0 if found.safe else 1, found.to_json())
    assert str(found) == command("outage", CUT)[1]
    assert found.with_sources() == command("outage", CUT, "--sources")[1]
    short = sw.outage(down="etcd:2,api:2", length="90m")
    assert short.for_s == 5400.0
    assert str(short) == command("outage", "--down", "etcd:2,api:2", "--for", "90m")[1]
    assert sw.outage(down="dns", length=600).to_json() == sw.outage(down="dns", length="10m").to_json()


def test_an_outage_reads_like_the_question():
    found = sw.outage(down="dns", length="10m")
    assert not found.safe
    assert found.least_surviving == found.columns["surviving"].min()
    rows = json.loads(found.to_json())["trajectory"]
    assert list(found.columns) == list(rows[0]), "every column of the report is there"
    for name in found.columns:
        assert found.columns[name].tolist() == [row[name] for row in rows]
    assert found.moments["outage_ends"].t_s == 600
    assert any(row.worst == "stopped" for row in found.functions.values())
    assert found.plot().get_xlabel() == "minutes since it began"


@pytest.mark.parametrize(
    ("keys", "error", "says"),
    [
        ({"down": "moon"}, sw.InputError, "cannot be down"),
        ({"down": "dns:2"}, sw.InputError, "as a whole"),
        ({"down": "api", "length": "soon"}, sw.SlackwaterError, "no length of time"),
        ({"down": "api", "length": -1}, sw.SlackwaterError, "no length of time"),
        ({"down": "api", "length": float("nan")}, sw.SlackwaterError, "no length of time"),
    ],
)
def test_what_cannot_be_down_is_refused(keys, error, says):
    with pytest.raises(error, match=says):
        sw.outage(**keys)


def test_a_fleet_is_that_of_the_command_line(answers, command, tmp_path):
    path = tmp_path / "three.yaml"
    path.write_text(sw.Scenario.from_dict(FLEET).to_yaml())
    found = answers["fleet"]
    code, text = command("fleet", str(path), "--regret", "--format", "json")
    assert code == (0 if found.carries else 1)
    told = json.loads(text)
    assert (told["found"], told["hindsight"]) == (found.data, found.hindsight)
    assert found.to_csv() == command("fleet", str(path), "--format", "csv")[1]
    first, _, rest = str(found).partition("\n")
    assert command("fleet", str(path), "--regret")[1] == f"{first}  three\n{rest}"
    csv = pl.read_csv(found.to_csv().encode(), infer_schema_length=None)
    assert {name: found.columns[name].tolist() for name in found.columns} == {
        name: csv[name].cast(pl.Float64).to_list() for name in csv.columns
    }
    assert found.booked.elsewhere > 0
    assert found.plot().get_ylabel() == "user traffic [%]"
    with pytest.raises(sw.InputError, match="how loaded"):
        sw.fleet(sw.load("openai-2024-12-11-staging"))


def test_remedies_are_those_of_the_command_line(remedied, command):
    assert remedied.to_csv() == command("remedies", "preply-2020", "--format", "csv")[1]
    best = (remedied.alone[0], *remedied.pairs)
    assert remedied.way_out == any(tried.recovered_s is not None for tried in best)
    csv = pl.read_csv(remedied.to_csv().encode(), infer_schema_length=None)
    assert csv["damage_min"].to_list() == remedied.columns["damage_min"].tolist()
    assert csv["remedies"].fill_null("").to_list() == remedied.columns["remedies"].tolist()
    recovered = remedied.columns["recovered_s"]
    assert csv["recovered_s"].cast(pl.Float64).fill_null(np.nan).to_numpy() == pytest.approx(recovered, nan_ok=True)
    assert len(remedied.alone) + len(remedied.refused) == 16
    assert remedied.nobody.remedies == ()


def test_a_time_before_the_beginning_is_refused(staging):
    with pytest.raises(ValueError, match="604800"):
        sw.remedies(staging, at_s=-1)


def test_cases_are_held_as_on_the_command_line(answers, command):
    code, text = command("cases", "openai-2024-12-11-staging", "kinesis-2020", "--run")
    assert (code, text) == (0, str(answers["cases"]))
    assert answers["cases"].passed
    assert {row.case for row in answers["cases"].held} == {"openai-2024-12-11-staging", "kinesis-2020"}
    with pytest.raises(sw.SlackwaterError, match=r"no case `kinesis`.*kinesis-2020"):
        sw.hold("kinesis")


def test_a_chain_is_that_of_the_command_line(answers, command):
    found = answers["chain"]
    code, text = command("chain", "--queue", "30", "--orbit", "10", "--format", "json")
    assert code == 0
    assert json.loads(text) == found.data
    assert found.columns["queue"].tolist() == list(range(31))
    assert found.columns["share"].tolist() == found.data["by_queue"]
    with pytest.raises(sw.SlackwaterError, match="service rate 0 is out of range"):
        sw.chain(service_per_s=0)


def test_a_chain_without_retries_is_the_closed_form():
    """M/M/1/K: what the chain comes to is what the law says, 1e-12 relative as in the tests of the core."""
    found = sw.chain(arrivals_per_s=7.0, service_per_s=10.0, timeout_s=1e6, retries=0.0, queue=40, orbit=1)
    assert found.full == pytest.approx(float(sw.queue.mmck.blocking(1, 40, 0.7)), rel=1e-12)
    assert found.mean_queue == pytest.approx(float(sw.queue.mmck.mean_present(1, 40, 0.7)), rel=1e-12)


def test_what_decides_is_what_the_command_line_says(answers, command):
    code, text = command("explain", "openai-2024-12-11-staging", "--sensitivity")
    first, _, rest = str(answers["sensitivity"]).partition("\n")
    assert (code, text) == (0, f"{first}  openai-2024-12-11-staging\n{rest}")
    found = answers["sensitivity"]
    assert found.columns["key"].tolist() == [knob.key for knob in found.knobs]
    assert found.columns["by_tenth"].tolist() == [0.1 * knob.slope for knob in found.knobs]


def test_a_slope_is_a_difference_of_margins(staging):
    """A thousandth to either side: the slope to first order, so to a few thousandths of itself."""
    found = sw.sensitivity(staging)
    knob = next(knob for knob in found.knobs if knob.key == "api_server.memory_base_gib")

    def margin(factor: float) -> float:
        moved = sw.simulate(staging.set({knob.key: knob.value * factor}), brief=True)
        return moved.verdict.gate(found.gate).margin

    assert (margin(1.001) - margin(0.999)) / 0.002 == pytest.approx(knob.slope, rel=1e-2)


def test_going_on_is_a_run_without_a_break(staging, tmp_path, command):
    begun, whole = staging.set({"run.until_s": 300}), staging.set({"run.until_s": 900})
    result, state = sw.save_state(begun)
    assert result.to_json() == sw.simulate(begun).to_json()
    assert (state.at_s, state.scenario.to_yaml()) == (300.0, begun.to_yaml())
    path = tmp_path / "state.json"
    state.write(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.json"], "nothing is left behind"
    for begin in (state, sw.State.read(path), pickle.loads(pickle.dumps(state))):
        assert sw.resume(begin, whole).to_json() == sw.simulate(whole).to_json()
    code, text = command(
        "simulate", "openai-2024-12-11-staging", "--from", str(path), "--until", "900", "--format", "json"
    )
    assert code == 0
    theirs = tmp_path / "theirs.json"
    command("simulate", "openai-2024-12-11-staging", "--until", "300", "--save-state", str(theirs))
    assert json.loads(theirs.read_bytes())["sizes"] == json.loads(path.read_bytes())["sizes"]
    # Origins say how a value was typed.
    ours = sw.resume(state, whole).to_json().splitlines()
    strip = [line for line in ours if '"origin' not in line]
    assert strip == [line for line in text.splitlines() if '"origin' not in line]
    middle, later = sw.save_state(staging.set({"run.until_s": 600}), start=state)
    assert middle.columns["t_s"][-1] == 600.0
    assert sw.resume(later, whole).to_json() == sw.simulate(whole).to_json()
    assert str(sw.resume(state).verdict) == "SAFE"


def test_a_state_of_another_shape_is_refused(staging, tmp_path):
    _, state = sw.save_state(staging.set({"run.until_s": 60}))
    with pytest.raises(sw.InputError, match="another shape"):
        sw.resume(state, sw.load("openai-2024-12-11"))
    with pytest.raises(sw.SlackwaterError, match="not a saved state"):
        sw.State.from_bytes(b"{}")
    with pytest.raises(FileNotFoundError):
        sw.State.read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("call", "least"),
    [
        (lambda scenario, tell: sw.threshold(scenario, "cluster.nodes", values=30, progress=tell), 30),
        (lambda scenario, tell: sw.frontier(scenario, "cluster.nodes", "agent.period_s", progress=tell), 15),
        (
            lambda scenario, tell: sw.interval(
                scenario, "cluster.nodes", {"agent.period_s": "30..90"}, sample="sobol:4", values=9, progress=tell
            ),
            4 * 9,
        ),
        (lambda scenario, tell: sw.region(scenario, progress=tell), 41),
        (
            lambda scenario, tell: sw.region_map(
                scenario, ("cluster.nodes", [50, 60]), ("agent.period_s", [30, 60]), progress=tell
            ),
            4,
        ),
        (lambda scenario, tell: sw.hold(scenario.name, progress=tell), 1),
    ],
    ids=["threshold", "frontier", "interval", "region", "region_map", "hold"],
)
def test_what_takes_long_tells_how_far_it_is(staging, call, least):
    told: list[int] = []
    call(staging, told.append)
    assert sum(told) >= least

    def fail(_: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        call(staging, fail)
