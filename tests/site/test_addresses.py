"""Modules of the page have an address of their build's own."""

import pytest

from answers.site import addresses

EDITOR = 'import {} from "../vendor/codemirror/codemirror.js"\n'


@pytest.fixture
def site(tmp_path):
    """A built site of one page and a few modules."""
    for path, text in {
        "index.html": '<script src="start.js" type="module"></script>',
        "questions/index.html": '<script src="../start.js" type="module"></script>',
        "live/editor.js": EDITOR,
        "live/offline.json": "{}",
        "vendor/codemirror/codemirror.js": "",
        "vendor/ts-fsrs/ts-fsrs.js": "",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    addresses.write(tmp_path)
    return tmp_path


def files(site):
    return {
        path.relative_to(site).as_posix(): path.read_text()
        for path in site.rglob("*")
        if path.is_file()
    }


def build(site):
    return addresses.place(site, "live").name.removeprefix("live-")


def test_pages_name_their_build_and_modules_the_libraries_that_they_import(site):
    library = addresses.place(site, "vendor/codemirror").name
    found = files(site)
    assert found[f"vendor/{library}/codemirror.js"] == ""
    editor = EDITOR.replace("/codemirror/", f"/{library}/")
    assert found[f"live-{build(site)}/editor.js"] == editor
    for page, start in {"index.html": "start.js", "questions/index.html": "../start.js"}.items():
        assert found[page] == f'<script src="{start}?{build(site)}" type="module"></script>'


def test_a_build_is_another_if_and_only_if_a_module_or_a_library_is(site):
    seen = [files(site)]
    (addresses.place(site, "live") / addresses.TOTAL).write_text("{ }")
    addresses.write(site)
    assert files(site).keys() == seen[0].keys()
    for folder, name in {"live": "editor.js", "vendor/codemirror": "codemirror.js"}.items():
        before = build(site)
        with open(addresses.place(site, folder) / name, "a") as script:
            script.write("// newer")
        addresses.write(site)
        assert build(site) != before
        assert len(files(site)) == len(seen[0])  # of the older one nothing is left


def test_what_a_builder_writes_beside_an_older_build_takes_its_place(site):
    (site / "live").mkdir()
    (site / "live/editor.js").write_text(EDITOR)
    before = build(site)
    addresses.write(site)
    folders = [path.name for path in site.glob("live*")]
    assert len(folders) == 1
    assert before not in folders
