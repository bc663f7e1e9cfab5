"""Sliders and displays in a real browser: JupyterLab on loopback, driven by Playwright.

Runs where Chromium, Playwright and JupyterLab are installed, which `requirements-test.txt` does not ask for:
`apt-get install chromium && pip install playwright jupyterlab`. Pictures of what was seen lie in the test's folder.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CELLS = (
    'import slackwater as sw\nincident = sw.load("openai-2024-12-11")\nincident',
    "sw.simulate(incident)",
    'sw.sweep(incident, {"cluster.nodes": "500..4000:12"}, verdict_only=True)',
    'sw.threshold(incident, "cluster.nodes")',
    'sw.outage(down="dns", length="10m")',
    'sw.explore(sw.load("openai-2024-12-11-staging"))',
)
WATCH = """() => {
    const answers = document.querySelectorAll('.widget-html-content');
    const answer = answers[answers.length - 1];
    window.seen = [answer.innerText];
    new MutationObserver(() => window.seen.push(answer.innerText)).observe(answer, {childList: true, subtree: true});
}"""
MOVES = 40


@pytest.fixture
def lab(tmp_path):
    """Run JupyterLab on a notebook with a display of every kind; gives its address."""
    pytest.importorskip("jupyterlab")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "shown.ipynb")
    port = 20_000 + os.getpid() % 10_000
    options = [f"--port={port}", "--ip=127.0.0.1", "--IdentityProvider.token=", f"--ServerApp.root_dir={tmp_path}"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5).close()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.5)
        yield f"{address}/lab/tree/shown.ipynb"
    finally:
        server.terminate()
        server.wait()


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")
def test_the_verdict_follows_while_a_slider_moves(lab, tmp_path):
    play = pytest.importorskip("playwright.sync_api")
    with play.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1300, "height": 1400})
        page.goto(lab, timeout=120_000)
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
        page.wait_for_selector("text=Python 3 (ipykernel) | Idle", timeout=120_000)
        page.click("text=Run")
        page.click("text=Run All Cells")
        page.wait_for_selector(".widget-slider", timeout=180_000)
        outputs = page.query_selector_all(".jp-OutputArea-output")
        assert len(outputs) == len(CELLS)
        for at, output in enumerate(outputs):
            output.scroll_into_view_if_needed()
            output.screenshot(path=tmp_path / f"output-{at + 1}.png")
        assert "UNSAFE" in outputs[1].inner_text()
        page.evaluate(WATCH)
        handle = page.query_selector(".widget-slider .noUi-handle").bounding_box()
        track = page.query_selector(".widget-slider .noUi-base").bounding_box()
        x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        for move in range(1, MOVES + 1):
            page.mouse.move(x + (track["x"] + track["width"] - x) * move / MOVES, y)
            time.sleep(0.1)
        seen = page.evaluate("window.seen")
        page.screenshot(path=tmp_path / "while-it-moves.png")
        page.mouse.up()
        browser.close()
    # The button is still down.
    assert "SAFE" in seen[0] and "UNSAFE" not in seen[0]
    assert "tips at 2,120 nodes" in seen[0], "the browser moved no slider by itself"
    assert "UNSAFE" in seen[-1]
    assert len(set(seen)) > MOVES / 4, "it follows, though a move may overtake another on a busy machine"
