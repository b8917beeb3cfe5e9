"""Labs are notebooks with outputs, which a run gives again, letter by letter."""

import difflib
import json
import os
import re
from types import SimpleNamespace

import nbformat
import pytest
from mkdocs.exceptions import PluginError
from nbclient import NotebookClient

from answers.site import labs
from answers.site.generated import write
from answers.site.pages import ROOT

FOLDER = ROOT / "docs/labs"
LABS = sorted(FOLDER.glob("*.ipynb"))
each_lab = pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def run(notebook):
    """The notebook, run from top to bottom in a new kernel, in the folder of the labs.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell raised.
    """
    ran = nbformat.from_dict(notebook)
    # One thread, as on the slowest machine: a sum in another order may round differently.
    alone = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    client = NotebookClient(
        ran,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": FOLDER}},
    )
    client.execute(env=os.environ | alone)
    return ran


def printed(cell):
    """What a cell printed and the value of its last line, as text.

    Raises:
        ValueError: There is an output that is no text, which nothing here would compare.
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


def tidy(notebook):
    """Like the committed notebook, and nothing of the run but its outputs."""
    cells = []
    for cell in notebook.cells:
        kept = {"cell_type": cell.cell_type, "id": cell.id, "metadata": {}}
        if cell.cell_type == "code":
            said, value = printed(cell)
            outputs = [nbformat.v4.new_output("stream", text=said)] if said else []
            if value is not None:
                outputs.append(
                    nbformat.v4.new_output("execute_result", {"text/plain": value})
                )
            kept |= {"execution_count": None, "outputs": outputs}
        cells.append(kept | {"source": cell.source})
    metadata = {
        "description": notebook.metadata.description,
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return nbformat.writes(nbformat.from_dict(whole))


def differences(old, new):
    """Lines of the outputs that differ, below the code that prints them."""
    found = []
    for a, b in zip(old.cells, new.cells, strict=True):
        if a.cell_type == "code" and printed(a) != printed(b):
            texts = ["".join(part or "" for part in printed(cell)) for cell in (a, b)]
            lines = difflib.unified_diff(
                *(text.splitlines() for text in texts),
                "shown",
                "printed",
                lineterm="",
                n=0,
            )
            found.append("\n".join([a.source, *lines]))
    return "\n\n".join(found)


@each_lab
def test_a_run_prints_what_the_lab_shows(path, update):
    shown = read(path)
    ran = run(shown)
    if update:
        write(path, tidy(ran) + "\n")
    else:
        if found := differences(shown, ran):
            pytest.fail(f"`pytest --update` rewrites it:\n{found}", pytrace=False)


@each_lab
def test_a_lab_is_stored_without_traces_of_a_run(path):
    assert path.read_text(encoding="utf-8") == tidy(read(path)) + "\n"


@each_lab
def test_every_cell_of_code_is_one_that_runs(path):
    notebook = read(path)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not re.search(
                r"^ *(```|~~~)|^\s*\n {4}\S|<pre|<script", cell.source, re.M
            )
        else:
            assert not re.search(r"^\s*[%!?]", cell.source, re.M), "plain Python only"


@each_lab
def test_a_lab_is_described_and_has_one_title_and_no_formulas(path):
    notebook = read(path)
    assert 50 <= len(notebook.metadata.description) <= 160
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", text, re.M)) == 1
    assert "$" not in text
    assert not re.search(r"^#+.*`", text, re.M), (
        "the contents leave out code in a heading"
    )


def test_each_lab_is_told_of_in_the_index():
    index = (FOLDER / "index.md").read_text(encoding="utf-8")
    assert LABS
    for path in LABS:
        assert f"]({path.name})" in index


@pytest.fixture
def small():
    code = nbformat.v4.new_code_cell("print('a'); print(6 * 7)\n(1, 2)")
    notebook = nbformat.v4.new_notebook(cells=[code])
    notebook.metadata.description = "Two lines."
    return notebook


def test_what_a_lab_would_hide_is_found(small):
    ran = run(small)
    assert printed(ran.cells[0]) == ("a\n42\n", "(1, 2)")
    assert "+42" in differences(small, ran)
    assert not differences(ran, nbformat.reads(tidy(ran), 4))
    stored = json.loads(tidy(ran))
    assert stored["cells"][0]["execution_count"] is None
    wrong = nbformat.reads(tidy(ran).replace("42", "43"), 4)
    assert "-43\n+42" in differences(wrong, ran)


def test_an_output_that_is_no_text_is_refused(small):
    small.cells[0].source = "import warnings; warnings.warn('unseen')"
    with pytest.raises(ValueError, match="of another kind"):
        printed(run(small).cells[0])


def test_a_link_to_a_file_leads_to_its_page_from_jupyter_and_from_the_site(site):
    html = (site.folder / "labs/debug-the-gpt/index.html").read_text(encoding="utf-8")
    assert 'href="../../questions/10-debug-a-transformer/"' in html
    assert 'href="../broken_training.py"' in html
    assert 'href="debug-the-gpt.ipynb"' in html


@each_lab
def test_a_lab_can_be_downloaded_as_it_is(path, site):
    assert (
        site.folder / "labs" / path.stem / path.name
    ).read_bytes() == path.read_bytes()


@each_lab
def test_a_lab_brings_no_script_and_no_style_of_its_own(path, site):
    html = (site.folder / "labs" / path.stem / "index.html").read_text(encoding="utf-8")
    article = re.search(r"<article.*</article>", html, re.S)[0]
    assert not re.search(r"<(script|style|link|iframe|clipboard-copy)\b", article)


def test_a_link_to_no_file_stops_the_build():
    file = SimpleNamespace(src_uri="labs/a.ipynb")
    files = SimpleNamespace(get_file_from_path={}.get)
    html = '<a href="../questions/no-such.md">x</a><style></style>'
    with pytest.raises(
        PluginError, match=r"labs/a\.ipynb links to \.\./questions/no-such"
    ):
        labs.on_page_content(html, SimpleNamespace(file=file), None, files)
