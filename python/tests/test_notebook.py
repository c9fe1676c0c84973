"""The notebook in ``docs/`` runs and produces the committed outputs. ``UPDATE=1`` updates the outputs."""

from __future__ import annotations

import os

import pytest
from conftest import ROOT

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def outputs(notebook) -> list[tuple[str, str]]:
    """The source of each code cell, and its outputs as text and HTML."""
    shown = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            parts = [output.get("text") or "".join(text for _, text in sorted(output.get("data", {}).items())) for output in cell.outputs]
            shown.append((cell.source, "".join(parts)))
    return shown


def test_notebook_outputs_are_up_to_date():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    wanted = outputs(notebook)
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(NOTEBOOK.parent)}})
    client.execute()
    if os.environ.get("UPDATE") == "1":
        for cell in notebook.cells:
            cell.metadata = {}
            for output in cell.get("outputs", []):
                output.pop("metadata", None)
                output.metadata = {}
        notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        nbformat.write(notebook, NOTEBOOK)
        return
    found = outputs(notebook)
    assert len(found) > 8 and all(text for _, text in found[1:])
    for (source, text), (_, old) in zip(found, wanted):
        assert text == old, f"the output of this cell is different; UPDATE=1 updates the notebook:\n{source}"
