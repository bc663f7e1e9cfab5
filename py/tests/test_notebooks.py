"""Notebooks run top to bottom, and end with a decision; their own assertions check what it rests on."""

import os
import warnings
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def said(cell) -> str:
    return "".join(output.text for output in cell.get("outputs", []) if output.output_type == "stream")


def test_all_six_are_there():
    assert [path.name[0] for path in NOTEBOOKS] == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook(path, tmp_path, monkeypatch):
    notebook = nbformat.read(path, as_version=4)
    stored = [said(cell) for cell in notebook.cells]
    assert "**Question.**" in notebook.cells[0].source
    assert any(line.startswith("DECISION") for line in stored), "it was stored with its outputs"
    # Kernels of several tests at once must not share a history file.
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    resources = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute()
    decision = next(said(cell) for cell in notebook.cells if said(cell).startswith("DECISION"))
    if decision not in stored:
        warnings.warn(f"{path.name} says something else than stored: jupyter execute --inplace it", stacklevel=1)
    pictures = [out for cell in notebook.cells for out in cell.get("outputs", []) if "image/png" in out.get("data", {})]
    assert pictures
    assert os.path.getsize(path) < 1_000_000
