"""Python and Rust give the same bits for any input."""

import json
import subprocess
import sys

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import slackwater as sw

SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
KEYS = {
    "cluster.nodes": st.integers(1, 20_000),
    "cluster.pods_per_node": st.floats(0, 110),
    "agent.period_s": st.floats(1, 600),
    "agent.selector": st.sampled_from(["cluster", "node"]),
    "agent.enabled": st.booleans(),
    "api_server.cores": st.floats(0.5, 64),
    "api_server.flow_control": st.booleans(),
    "dns.cache_ttl_s": st.floats(1, 3600),
    "rollout.waves": st.lists(st.floats(0.01, 1), min_size=1, max_size=4, unique=True).map(sorted),
}
VALUES = st.dictionaries(st.sampled_from(list(KEYS)), st.none(), max_size=5).flatmap(
    lambda chosen: st.fixed_dictionaries({key: KEYS[key] for key in chosen})
)


def run(*arguments: str) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-m", "slackwater", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def typed(value: object) -> str:
    return (
        {True: "true", False: "false"}.get(value, repr(value))
        if isinstance(value, bool)
        else (value if isinstance(value, str) else repr(value))
    )


@SLOW
@given(VALUES)
def test_a_run_is_the_run_of_the_command_line(values):
    """Every byte of the JSON, or the same refusal, whatever is set."""
    sets = [f"--set={key}={typed(value)}" for key, value in values.items()]
    code, text, refused = run("simulate", "openai-2024-12-11-staging", *sets, "--format", "json")
    try:
        result = sw.simulate(sw.load("openai-2024-12-11-staging").set(values))
    except sw.InputError as error:
        assert code == 2
        assert json.loads(refused)["code"] == error.code if refused.startswith("{") else error.code in refused
        return
    assert code == (0 if result.verdict.safe else 1)
    # Origins say how a value was typed, and Python types numbers its own way.
    ours, theirs = result.to_json().splitlines(), text.splitlines()
    assert [line for line in ours if '"origins"' not in line] == [line for line in theirs if '"origins"' not in line]


@SLOW
@given(st.lists(st.floats(1, 600), min_size=1, max_size=30), st.lists(st.integers(1, 9000), min_size=1, max_size=20))
def test_a_sweep_is_each_of_its_rows(periods, nodes):
    """The verdict of every row, solved alone and among others, on one thread and on several."""
    staging = sw.load("openai-2024-12-11-staging")
    vary = {"agent.period_s": np.array(periods), "cluster.nodes": nodes}
    found = sw.sweep(staging, vary, verdict_only=True)
    assert found["cluster.nodes"].tolist() == nodes * len(periods)
    assert np.array_equal(found["agent.period_s"], np.repeat(periods, len(nodes)))
    for row in range(0, found.rows, 17):
        assert found.safe[row] == sw.is_safe(found.scenario(row))
    assert np.array_equal(found.safe, sw.sweep(staging, vary, verdict_only=True, threads=1).safe)


@given(st.dictionaries(st.sampled_from(["cluster.nodes", "agent.period_s", "dns.cache_ttl_s"]), st.floats()))
@settings(deadline=None)
def test_numbers_come_back_as_they_went_in_or_are_refused(values):
    try:
        scenario = sw.Scenario.from_dict(values)
    except sw.InputError as error:
        assert error.key in values
    else:
        assert scenario.to_dict() == values
        assert sw.Scenario.from_yaml(scenario.to_yaml()).to_dict() == values


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_is_a_scenario_or_an_input_error(text):
    try:
        sw.Scenario.from_yaml(text)
    except sw.InputError as error:
        assert error.code.startswith("SW")


FAULTS = st.sampled_from(["api", "api:1", "etcd:2", "dns", "network", "master:1", "scheduler", "api,dns", "etcd-data"])
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(FAULTS, st.floats(1, 7200), st.integers(1, 5000), st.booleans())
def test_an_outage_is_the_outage_of_the_command_line(down, length_s, nodes, shift):
    keys = {"cluster.nodes": nodes, **({"outage.shift_s": 300.0} if shift else {})}
    code, text, _ = run(
        "outage",
        "--format=json",
        f"--down={down}",
        f"--for={length_s!r}",
        *(f"--set={key}={value!r}" for key, value in keys.items()),
    )
    found = sw.outage(sw.Scenario.from_dict(keys, name=""), down=down, length=length_s)
    assert (code, text) == (0 if found.safe else 1, found.to_json())


@FEW
@given(
    st.floats(0.1, 20),
    st.floats(0.1, 20),
    st.integers(1, 8),
    st.floats(0.01, 30),
    st.floats(0, 9),
    st.integers(1, 60),
    st.integers(1, 20),
)
def test_a_chain_is_the_chain_of_the_command_line(arrivals, service, threads, timeout_s, retries, queue, orbit):
    """Every bit of every number: JSON writes each so that it reads back the same."""
    numbers = {
        "--arrivals": arrivals,
        "--service": service,
        "--threads": threads,
        "--timeout": timeout_s,
        "--retries": retries,
        "--queue": queue,
        "--orbit": orbit,
    }
    code, text, _ = run("chain", "--format=json", *(f"{flag}={value!r}" for flag, value in numbers.items()))
    try:
        found = sw.chain(
            arrivals_per_s=arrivals,
            service_per_s=service,
            threads=threads,
            timeout_s=timeout_s,
            retries=retries,
            queue=queue,
            orbit=orbit,
        )
    except sw.SlackwaterError:
        assert code == 2
    else:
        assert code == 0
        assert json.loads(text) == found.data


@FEW
@given(st.integers(30, 300), st.integers(30, 300), st.integers(1, 3000), st.floats(10, 120))
def test_a_run_with_a_break_is_a_run_without(first_s, then_s, nodes, period_s):
    scenario = sw.load("openai-2024-12-11-staging").set({"cluster.nodes": nodes, "agent.period_s": period_s})
    _, state = sw.save_state(scenario.set({"run.until_s": first_s}))
    whole = scenario.set({"run.until_s": first_s + then_s})
    assert sw.resume(sw.State.from_bytes(state.to_bytes()), whole).to_json() == sw.simulate(whole).to_json()
