"""Labs are notebooks with outputs that a run gives again, and pages of the site."""

import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from mkdocs.exceptions import PluginError
from serving import REPOSITORY

from answers.pages import ROOT
from answers.proof.lab_runs import differences, printed, run, tidy
from answers.site import built, labs

FOLDER = ROOT / "docs/labs"
LABS = sorted(FOLDER.glob("*.ipynb"))
each_lab = pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


@each_lab
def test_a_lab_is_stored_without_traces_of_a_run(path):
    assert path.read_text(encoding="utf-8") == tidy(read(path))


@each_lab
def test_every_cell_of_code_is_one_that_runs(path):
    notebook = read(path)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"^ *(```|~~~)|^\s*\n {4}\S|<pre|<script", cell.source, re.M)
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
    assert not re.search(r"^#+.*`", text, re.M), "the contents leave out code in a heading"


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


def ran(notebook, folder):
    text = run(folder / "small.ipynb", nbformat.writes(notebook))
    return nbformat.reads(text, 4), text


def test_what_a_lab_would_hide_is_found(small, tmp_path):
    after, text = ran(small, tmp_path)
    assert printed(after.cells[0]) == ("a\n42\n", "(1, 2)")
    assert "+42" in differences(tidy(small), text)
    assert not differences(text, text)
    assert after.cells[0].execution_count is None
    assert "-43" in differences(text.replace("42", "43"), text)
    assert differences(text + "\n", text) == ["it is not as `pytest --update` stores it"]


def test_an_output_that_is_no_text_is_refused(small, tmp_path):
    small.cells[0].source = "import warnings; warnings.warn('unseen')"
    with pytest.raises(ValueError, match="of another kind"):
        ran(small, tmp_path)


def test_a_link_to_a_file_leads_to_its_page_from_jupyter_and_from_the_site(site):
    html = (site.folder / "labs/debug-the-gpt/index.html").read_text(encoding="utf-8")
    assert 'href="../../questions/10-debug-a-transformer/"' in html
    assert 'href="../broken_training.py"' in html
    assert 'href="debug-the-gpt.ipynb"' in html


@each_lab
def test_a_lab_can_be_downloaded_and_says_where_the_repository_is(path, site):
    downloaded = (site.folder / "labs" / path.stem / path.name).read_text(encoding="utf-8")
    link = f"[a copy of the repository]({REPOSITORY})"
    assert link in "".join(json.loads(downloaded)["cells"][0]["source"])
    text = path.read_text(encoding="utf-8")
    assert downloaded == text.replace("a copy of the repository", link)


@each_lab
def test_where_no_repository_is_known_a_lab_is_downloaded_as_it_is(path, tmp_path):
    (tmp_path / "labs").mkdir()
    copy = Path(shutil.copy(path, tmp_path / "labs"))
    built.on_post_build(SimpleNamespace(site_dir=tmp_path, extra={"repository": ""}))
    assert copy.read_bytes() == path.read_bytes()


@each_lab
def test_a_lab_brings_no_script_and_no_style_of_its_own(path, site):
    html = (site.folder / "labs" / path.stem / "index.html").read_text(encoding="utf-8")
    article = re.search(r"<article.*</article>", html, re.S)[0]
    assert not re.search(r"<(script|style|link|iframe|clipboard-copy)\b", article)


def test_a_link_to_no_file_stops_the_build():
    file = SimpleNamespace(src_uri="labs/a.ipynb")
    files = SimpleNamespace(get_file_from_path={}.get)
    html = '<a href="../questions/no-such.md">x</a><style></style>'
    with pytest.raises(PluginError, match=r"labs/a\.ipynb links to \.\./questions/no-such"):
        labs.on_page_content(html, SimpleNamespace(file=file), None, files)
