import pickle

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import slackwater as sw

VARY = {"cluster.nodes": [500, 2000, 2119, 2120, 6000], "agent.selector": ["cluster", "node"]}
TYPED = ["--vary", "cluster.nodes=500,2000,2119,2120,6000", "--vary", "agent.selector=cluster,node"]


@pytest.fixture(scope="module")
def found() -> sw.Sweep:
    return sw.sweep(sw.load("openai-2024-12-11-staging"), VARY, progress=False)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_file_has_the_bytes_of_the_command_line(found, command, tmp_path, ending):
    ours, theirs = tmp_path / f"ours.{ending}", tmp_path / f"theirs.{ending}"
    found.write(ours)
    assert command("sweep", "openai-2024-12-11-staging", *TYPED, "-o", str(theirs), "--quiet")[0] == 0
    assert ours.read_bytes() == theirs.read_bytes()
    assert len(list(tmp_path.iterdir())) == 2, "nothing is left behind"


def test_nothing_is_left_of_a_file_that_cannot_be_written(found, tmp_path):
    with pytest.raises(FileNotFoundError):
        found.write(tmp_path / "no" / "such" / "folder.csv")
    (tmp_path / "taken.csv").mkdir()
    with pytest.raises(OSError, match="directory"):
        found.write(tmp_path / "taken.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.csv"]


def test_rows_are_what_runs_say(found):
    assert found.rows == len(found) == 10
    assert found["cluster.nodes"].dtype == np.int64
    for row in (0, 5, 9):
        scenario = found.scenario(row)
        verdict = sw.simulate(scenario, brief=True).verdict
        assert scenario["cluster.nodes"] == found["cluster.nodes"][row]
        assert verdict.safe == found.safe[row]
        assert min(g.margin for g in verdict.gates if g.margin is not None) == found["margin"][row]


def test_arrow_programs_read_it_alike(found):
    expected = pl.read_csv(_csv(found), comment_prefix="#")
    for table in (
        pl.DataFrame(found),
        pl.from_pandas(pd.DataFrame.from_arrow(found)),
        pl.from_arrow(pa.table(found)),
        duckdb.sql("FROM found").pl(),
    ):
        assert table.columns == expected.columns
        for name in ("row", "cluster.nodes", "margin", "peak_impact"):
            assert table[name].to_list() == expected[name].to_list()
        assert table["agent.selector"].to_list() == expected["agent.selector"].to_list()
        assert table["gate"].fill_null("").to_list() == expected["gate"].fill_null("").to_list()
        assert table["safe"].to_list() == expected["safe"].to_list()
    assert pa.table(found).schema.field("cluster.nodes").metadata[b"unit"] == b"nodes"


def _csv(found: sw.Sweep) -> bytes:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        found.write(path)
        return path.read_bytes()


def test_numbers_reach_arrow_and_polars_without_a_copy(found):
    columns = found.columns
    address = columns["margin"].__array_interface__["data"][0]
    assert pa.table(columns)["margin"].chunk(0).buffers()[1].address == address
    frame = pl.DataFrame(columns)
    assert (
        frame["row"].to_numpy(allow_copy=False).__array_interface__["data"][0]
        == (columns["row"].__array_interface__["data"][0])
    )


def test_verdicts_alone_are_the_same_verdicts(found):
    alone = sw.sweep(sw.load("openai-2024-12-11-staging"), VARY, verdict_only=True)
    assert alone.safe.tolist() == found.safe.tolist()
    assert "margin" not in alone.columns


def test_axes_of_every_kind(staging):
    vary = {
        "cluster.nodes": np.array([100, 200], dtype=np.uint16),
        "agent.period_s": np.linspace(10, 60, 3, dtype=np.float32),
        "api_server.flow_control": [True, False],
        "rollout.waves": [[0.1, 1], [1]],
        "dns.cache_ttl_s": sw.span(30, 3000, 3, log=True),
    }
    found = sw.sweep(staging, vary, verdict_only=True)
    assert found.rows == 2 * 3 * 2 * 2 * 3
    assert found["agent.period_s"].tolist()[::12][:3] == [10.0, 35.0, 60.0]
    assert found["api_server.flow_control"].dtype == bool
    assert set(found["rollout.waves"]) == {"[0.1, 1]", "[1]"}
    assert found["dns.cache_ttl_s"].tolist()[:3] == [30.0, 300.0, 3000.0]


def test_a_long_list_is_read_in_no_time(staging):
    periods = np.linspace(5, 500, 200_000)
    made = sw.stream(staging, {"agent.period_s": periods}, verdict_only=True)
    assert made.rows == len(periods)


def test_samples_are_those_of_the_command_line(staging, command, tmp_path):
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    vary = {"agent.period_s": "lognormal(30,2)", "cluster.nodes": "100..6000"}
    sw.sweep(staging, vary, sample="sobol:64", seed=7, verdict_only=True).write(ours)
    typed = [f"--vary={key}={value}" for key, value in vary.items()]
    command(
        "sweep",
        "openai-2024-12-11-staging",
        *typed,
        "--sample=sobol:64",
        "--seed=7",
        "--verdict-only",
        "-o",
        str(theirs),
    )
    assert ours.read_bytes() == theirs.read_bytes()


def test_points_of_a_file(staging, tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("cluster.nodes,agent.period_s\n100,60\n9000,60\n")
    found = sw.sweep(staging, {}, points=path, verdict_only=True)
    assert found.safe.tolist() == [True, False]


def test_refusals(staging):
    with pytest.raises(sw.InputError, match="nothing varies"):
        sw.sweep(staging, {})
    with pytest.raises(sw.InputError) as caught:
        sw.sweep(staging, {"agent.period_s": [10, -1]})
    assert (caught.value.key, caught.value.value) == ("agent.period_s", "-1")
    with pytest.raises(sw.InputError, match=r"row 1 \(rollout.waves"):
        sw.sweep(staging, {"rollout.waves": [[1], [0.5, 0.1]]})


def test_pickled_whole(found):
    again = pickle.loads(pickle.dumps(found))
    assert repr(again) == repr(found)
    for name in found.columns:
        assert np.array_equal(again[name], found[name], equal_nan=found[name].dtype == float)


def test_threads_and_parts_do_not_show(staging):
    vary = {"cluster.nodes": "50..6000:37"}
    whole = sw.sweep(staging, vary, threads=1, verdict_only=True)
    assert sw.sweep(staging, vary, threads=3, verdict_only=True).safe.tolist() == whole.safe.tolist()
    parts = sw.stream(staging, vary, part=10, verdict_only=True)
    assert [columns.rows for columns in parts] == [10, 10, 10, 7]
    streamed = pl.DataFrame(pa.RecordBatchReader.from_stream(parts).read_all())
    assert streamed.equals(pl.DataFrame(whole))
    assert pl.DataFrame(parts).equals(pl.DataFrame(whole))


def test_progress_counts_every_row(staging):
    told: list[int] = []
    sw.sweep(staging, {"cluster.nodes": "50..6000:20000"}, verdict_only=True, progress=told.append)
    assert sum(told) == 20_000


def test_progress_that_fails_ends_the_sweep(staging):
    def fail(_: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sw.sweep(staging, {"cluster.nodes": "50..6000:20000"}, verdict_only=True, progress=fail)
