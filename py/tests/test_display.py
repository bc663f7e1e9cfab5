"""What a notebook shows."""

from html.parser import HTMLParser

import matplotlib as mpl
import numpy as np
import pytest

import slackwater as sw

mpl.use("Agg")


class Balanced(HTMLParser):
    """Checks that every element is closed, and collects the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        if tag not in ("line", "polyline", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("line", "polyline", "br"):
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def shown(thing) -> str:
    parser = Balanced()
    parser.feed(thing._repr_html_())
    assert parser.open == []
    return parser.text


def test_html_says_verdict_reason_and_number_first(incident):
    text = shown(incident)
    assert text.index("UNSAFE") < text.index("steady: ") < text.index("first impact")
    assert "since rollout start" in text
    assert "cluster.nodes" in shown(incident.scenario)
    assert "UNSAFE" in shown(incident.verdict)


def test_html_of_answers(staging):
    found = sw.threshold(staging, "cluster.nodes", values=40)
    assert f"{found.edge.value:.0f}" in shown(found).replace(",", "")
    sweep = sw.sweep(staging, {"cluster.nodes": "50..9000:30"}, verdict_only=True)
    assert "30 points" in shown(sweep)
    assert "20 more rows" in shown(sweep)
    assert "object_s" in shown(sw.Calibration.given())


def test_html_is_not_what_a_name_says():
    scenario = sw.Scenario.from_yaml('name: "<script>alert(1)</script>"\n')
    assert "<script>" not in scenario._repr_html_()
    assert "<script>" not in sw.simulate(scenario)._repr_html_()


def test_pictures_have_labels_with_units(incident, staging):
    import matplotlib.pyplot as plt

    figure = incident.plot()
    assert figure.axes[0].get_ylabel() == "API load\n[% of capacity]"
    assert figure.axes[-1].get_xlabel() == "minutes since rollout start"
    ax = plt.figure().add_subplot()
    assert incident.plot(ax=ax) is ax
    one = sw.sweep(staging, {"cluster.nodes": "500..4000:8"}).plot()
    assert (one.get_xlabel(), one.get_ylabel()) == ("cluster.nodes [nodes]", "margin [%]")
    two = sw.sweep(staging, {"agent.period_s": [10, 30, 90], "cluster.nodes": "500..4000:8"}, verdict_only=True)
    drawn = two.plot(ax=plt.figure().add_subplot())
    assert (drawn.get_xlabel(), drawn.get_ylabel()) == ("cluster.nodes [nodes]", "agent.period_s [s]")
    words = sw.sweep(
        staging, {"agent.selector": ["cluster", "node"], "cluster.nodes": "500..4000:8"}, verdict_only=True
    )
    assert [tick.get_text() for tick in words.plot().get_yticklabels()] == ["cluster", "node"]
    along = sw.frontier(staging, "cluster.nodes", "agent.period_s", look_along=(10, 100), values_along=3).plot()
    assert along.get_ylabel() == "largest safe cluster.nodes [nodes]"
    plt.close("all")


@pytest.mark.parametrize("name", ["chain", "sensitivity", "remedies", "threshold", "region", "outage"])
def test_every_answer_draws_itself(staging, name):
    import matplotlib.pyplot as plt

    answer = {
        "chain": lambda: sw.chain(arrivals_per_s=8, queue=60, orbit=15),
        "sensitivity": lambda: sw.sensitivity(staging),
        "remedies": lambda: sw.remedies(sw.load("preply-2020")),
        "threshold": lambda: sw.threshold(staging, "cluster.nodes", values=40),
        "region": lambda: sw.region(staging.set(cluster__nodes=2000)),
        "outage": lambda: sw.outage(down="dns", length="10m"),
    }[name]()
    ax = plt.figure().add_subplot()
    assert answer.plot(ax=ax) is ax
    drawn = answer.plot()
    assert drawn is not ax
    assert "[" in drawn.get_xlabel() or name in ("chain", "outage"), "an axis says its unit"
    assert drawn.get_title()
    plt.close("all")


def test_a_picture_of_three_keys_is_refused(staging):
    found = sw.sweep(
        staging,
        {"agent.period_s": [10, 30], "cluster.nodes": [1, 2], "agent.selector": ["node"]},
        verdict_only=True,
    )
    with pytest.raises(ValueError, match="3 keys vary"):
        found.plot()


def test_regions_are_drawn(staging):
    found = sw.region_map(staging, ("cluster.nodes", "500..8000:3"), ("agent.period_s", [15, 60]))
    assert np.array(found.cells).shape == (2, 3)
    assert found.plot().get_xlabel() == "cluster.nodes"


def test_sliders_recompute_while_they_move(staging):
    explorer = sw.explore(staging)
    assert "SAFE" in explorer.answer.value
    assert explorer.scenario == staging, "nothing was moved"
    slider = explorer.controls["cluster.nodes"]
    assert slider.continuous_update
    (_, largest), (_, quickest) = slider.options[-1], explorer.controls["agent.period_s"].options[0]
    explorer.controls["agent.period_s"].value = quickest
    slider.value = largest
    assert "UNSAFE" in explorer.answer.value
    assert explorer.scenario["cluster.nodes"] == largest == 5000
    assert explorer.result is not None
    assert explorer.result.verdict == sw.simulate(explorer.scenario, brief=True).verdict
    explorer.controls["agent.selector"].value = "node"
    explorer.controls["agent.period_s"].value = 60
    assert "✓ SAFE" in explorer.answer.value


@pytest.mark.parametrize("name", ["openai-2024-12-11", "openai-2018-agents", "zalando-2019"])
def test_sliders_stand_where_the_scenario_does(name):
    """A slider has the very value it was given among its places, and places are in order and in range."""
    scenario = sw.load(name)
    explorer = sw.explore(scenario)
    assert explorer.scenario == scenario
    for key, control in explorer.controls.items():
        if key != "agent.selector":
            places = [value for _, value in control.options if value != "by rule"]
            assert places == sorted(set(places))
            row = scenario.key(key)
            assert row.min <= places[0] and places[-1] <= row.max


def test_lengths_of_time_are_said_as_people_do():
    from slackwater.html import duration

    lengths = [0.5, 59, 60, 125, 3600, 35610, -61, 259200]
    said = ["0.5 s", "59 s", "1 min", "2 min 5 s", "1 h", "9 h 54 min", "-1 min 1 s", "3 days"]
    assert [duration(s) for s in lengths] == said


def test_a_key_without_a_slider_is_refused(staging):
    with pytest.raises(ValueError, match=r"rollout\.waves"):
        sw.explore(staging, ["rollout.waves"])
