"""What users write, for mypy --strict and pyright; it is also run."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

import slackwater as sw


def largest_safe(scenario: sw.Scenario, sizes: npt.NDArray[np.int64]) -> int | None:
    """Return the largest safe size."""
    found: sw.Sweep = sw.sweep(scenario, {"cluster.nodes": sizes}, verdict_only=True, progress=False)
    safe: npt.NDArray[np.bool_] = found.safe
    return int(sizes[safe].max()) if safe.any() else None


def why(scenario: sw.Scenario) -> str:
    """Return the gates that fail."""
    result: sw.Result = sw.simulate(scenario)
    load: float = float(result.columns["api_load"].max())
    failing: list[str] = [gate.name for gate in result.verdict.failing]
    first: float | None = result.events["first_impact"].t_s
    return f"{result.verdict}: {', '.join(failing)} (peak {load:.0%}, first impact {first})"


def main() -> None:
    """Ask a few questions."""
    scenario = sw.load("openai-2024-12-11-staging").set(agent__period_s=30, cluster={"nodes": 900})
    try:
        scenario.set({"cluster.nodes": 0})
    except sw.InputError as error:
        allowed = error.allowed
        assert allowed is not None and allowed["min"] == 1
    edge: sw.Edge | None = sw.threshold(scenario, "cluster.nodes", values=40).edge
    assert edge is not None and edge.value < edge.beyond
    sizes = np.array([100, 900, 5000])
    assert largest_safe(scenario, sizes) is not None
    assert "SAFE" in why(scenario)
    with ThreadPoolExecutor(2) as executor:
        sweep = sw.sweep(scenario, {"dns.cache_ttl_s": sw.span(5, 600, 4)}, executor=executor, verdict_only=True)
    assert sweep.rows == 4
    parts: list[int] = [columns.rows for columns in sw.stream(scenario, {"cluster.nodes": [1, 2, 3]}, part=2)]
    assert parts == [2, 1]
    outage: sw.Outage = sw.outage(down="api", length="10m")
    until: float | None = outage.functions["tokens"].until_s
    assert until is not None and outage.safe
    remedied: sw.Remedies | None = sw.remedies(scenario.set(cluster__nodes=50))
    assert remedied is None or remedied.alone[0].recovered_s is not None
    result, state = sw.save_state(scenario.set({"run.until_s": 60}))
    assert sw.resume(state).verdict == result.verdict
    decides: list[str] = [knob.key for knob in sw.sensitivity(scenario).knobs]
    shares: npt.NDArray[np.float64] = sw.chain(queue=20, orbit=5).columns["share"]
    assert decides and shares.shape == (21,)
    waits = sw.queue.mmc.mean_wait_s(4, np.linspace(0.1, 3.9, 5), 0.02)
    assert waits.shape == (5,)


if __name__ == "__main__":
    main()
