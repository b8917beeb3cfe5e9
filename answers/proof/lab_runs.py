"""Labs are notebooks; a run of one gives its outputs again. Needs the `test` extra."""

import difflib
import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

# One thread, as on the slowest machine: a sum in another order may round differently.
ALONE = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def run(path: Path, text: str) -> str:
    """The notebook after a run from top to bottom, in a new kernel, in the folder of its file.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell raised.
        ValueError: A cell has an output that is no text, which nothing here would compare.
    """
    notebook = nbformat.reads(text, 4)
    place = {"metadata": {"path": path.parent}}
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources=place
    ).execute(env=os.environ | ALONE)
    return tidy(notebook)


def tidy(notebook: nbformat.NotebookNode) -> str:
    """The text that is committed: nothing of a run but its outputs."""
    cells = []
    for cell in notebook.cells:
        kept = {"cell_type": cell.cell_type, "id": cell.id, "metadata": {}}
        if cell.cell_type == "code":
            said, value = printed(cell)
            outputs = [nbformat.v4.new_output("stream", text=said)] if said else []
            if value is not None:
                data = {"text/plain": value}
                outputs.append(nbformat.v4.new_output("execute_result", data))
            kept |= {"execution_count": None, "outputs": outputs}
        cells.append(kept | {"source": cell.source})
    metadata = {
        "description": notebook.metadata.description,
        "kernelspec": KERNEL,
        "language_info": {"name": "python"},
    }
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return nbformat.writes(nbformat.from_dict(whole)) + "\n"


def printed(cell: nbformat.NotebookNode) -> tuple[str, str | None]:
    """What a cell printed and the value of its last line, as text.

    Raises:
        ValueError: There is an output that is no text.
    """
    said, value = "", None
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stdout":
            said += output.text
        elif output.output_type == "execute_result":
            value = output.data["text/plain"]
        else:
            raise ValueError(
                f"{cell.source!r} gives an output of another kind: {output}"
            )
    return said, value


def differences(old: str, new: str) -> list[str]:
    """The lines of outputs that differ, below the code that prints them; or, if no output
    differs, that the committed text has traces of a run."""
    found = []
    cells = [nbformat.reads(text, 4).cells for text in (old, new)]
    for a, b in zip(*cells, strict=True):
        if a.cell_type == "code" and printed(a) != printed(b):
            texts = ["".join(part or "" for part in printed(cell)) for cell in (a, b)]
            lines = (text.splitlines() for text in texts)
            diff = difflib.unified_diff(*lines, "shown", "printed", lineterm="", n=0)
            found += [a.source, *diff]
    return found or ["it is not as `pytest --update` stores it"] * (old != new)
