"""What the reader's browser gets, before a browser looks: sources, wheels, pins."""

import gzip
import hashlib
import json
import math
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from pyodide import CACHE, CDN, CONFIG, checked, own_package, pins
from serving import ROOT

from answers.grader import catalog
from answers.proof import downloads
from answers.site import built, bundle, offline
from answers.site.addresses import place
from answers.site.modules import name_of, runs_in_browser

CONTENT = json.loads(CONFIG.read_text())
VENDORED = sorted(path.parent for path in ROOT.glob("docs/vendor/*/SHA256SUMS"))
# What Pyodide and docs/vendor/wheels have, and what no browser has.
ABSENT = (
    "torch",
    "typer",
    "rich",
    "mkdocs",
    "matplotlib",
    "yaml",
    "platformdirs",
    "scipy",
)


@pytest.fixture(scope="module")
def made():
    return bundle.made()


def test_the_site_serves_what_the_sources_are_now(site, made):
    for path, text in made.items():
        folder = place(site.folder, Path(path).parts[0])
        served = folder.joinpath(*Path(path).parts[1:]).read_text("utf-8")
        if path == "live/hashes.json":  # browser tests configure the site
            served, text = (json.loads(each) | {"config.json": ""} for each in (served, text))
        assert served == text, path


def test_one_command_writes_what_the_browser_loads(monkeypatch, tmp_path, made):
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    for _ in range(2):
        (tmp_path / "docs").mkdir(exist_ok=True)
        bundle.main()
        found = {path: (tmp_path / "docs" / path).read_text("utf-8") for path in made}
        assert found == made
        for path, content in bundle.data().items():
            assert (tmp_path / "docs" / path).read_bytes() == content


def test_it_is_made_without_pytorch_and_sympy_and_never_with_old_modules(monkeypatch, made):
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    code = (
        "import sys; sys.modules['torch'] = sys.modules['sympy'] = None; "
        "from answers.site import bundle; print(len(bundle.made()))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert int(done.stdout) == len(made)
    monkeypatch.setattr(bundle, "made", None)
    assert bundle.in_process() == made


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """A package of one module and one page: what is made."""
    calls = []
    for name, made in (("in_process", "made"), ("cards_made", "cards_made")):
        monkeypatch.setattr(bundle, name, lambda made=made: calls.append(made) or {made: ""})
    monkeypatch.setattr(bundle, "made_of", cache(bundle.made_of.__wrapped__))
    monkeypatch.setattr(bundle, "cards_of", cache(bundle.cards_of.__wrapped__))
    monkeypatch.setattr(bundle.modules, "PACKAGE", tmp_path / "package")
    monkeypatch.setattr(bundle, "questions", lambda: tmp_path.glob("*.md"))
    (tmp_path / "package/__pycache__").mkdir(parents=True)
    for name in ("package/a.py", "a.md"):
        (tmp_path / name).write_text("a = 1\n")
    bundle.current()
    return calls


def test_it_is_made_anew_only_when_a_file_of_the_package_has_changed(asked, tmp_path):
    (tmp_path / "package/__pycache__/a.pyc").write_bytes(b"")
    bundle.current()
    assert asked == ["made"]
    os.utime(tmp_path / "package/a.py", ns=(1, 1))
    bundle.current()
    assert asked == ["made"] * 2


def test_of_a_page_that_has_changed_only_the_cards_are_made_anew(asked, tmp_path):
    for time in (1, 2):
        os.utime(tmp_path / "a.md", ns=(time, time))
        assert bundle.current() == bundle.current() == {"made": "", "cards_made": ""}
    assert asked == ["made", "cards_made", "cards_made"]


def test_what_is_shown_of_an_exercise_on_pytorch_is_read_from_its_source():
    for name in catalog.names():
        loaded = catalog.load(name)
        path = bundle.modules.file_of(f"answers.exercises.{name}")
        shown = {"page": loaded.page, "summary": loaded.summary}
        assert bundle.of_source(path) == shown
        assert shown.items() <= bundle.exercise(name).items()


def test_all_that_the_browser_gets_can_be_imported_without_what_it_lacks(tmp_path):
    names = []
    for name in bundle.paths():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(bundle.module(name)["text"], encoding="utf-8")
        names.append(name_of(Path(name)))
    code = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n"
    code += "".join(f"sys.modules[{name!r}] = None\n" for name in ABSENT)
    code += "".join(f"import {name}\n" for name in names)
    code += f"assert answers.__file__.startswith({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_module_says_which_packages_it_and_its_functions_import():
    code = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
import answers.gradient_check  # what enforces the annotations, as the first answer does
print(json.dumps(sorted({"numpy", "sympy", "jaxtyping", "beartype"} & set(sys.modules))))
"""
    for name, path in {
        "answers.probability.softmax": "answers/probability/softmax.py",
        "answers.derivations.softmax": "answers/derivations/softmax.py",
        "answers.exercises.softmax": "answers/exercises/softmax.py",
    }.items():
        command = [sys.executable, "-c", code, name]
        loaded = json.loads(subprocess.check_output(command))
        assert bundle.module(path)["packages"] == loaded


@pytest.mark.parametrize(
    ("module", "there"),
    [
        ("answers", True),
        ("answers.probability.softmax", True),
        ("answers.derivations.softmax", True),
        ("answers.exercises.softmax", True),
        ("answers.grader.browser_judge", True),
        ("answers.networks.two_layer_net_torch", False),
        ("answers.cli", False),
        ("answers.cli.terminal", False),
        ("answers.grader.process", False),
        ("answers.figures.softmax", False),
    ],
)
def test_a_module_is_there_if_all_that_it_imports_is(module, there):
    assert runs_in_browser(module) is there


@pytest.mark.parametrize("folder", VENDORED, ids=lambda path: path.name)
def test_what_is_vendored_is_what_its_readme_fetches(folder):
    sums = dict(
        reversed(line.split("  ", 1)) for line in (folder / "SHA256SUMS").read_text().splitlines()
    )
    for name, expected in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert files == {*sums, "README.txt", "SHA256SUMS"}


def test_every_wheel_of_the_site_is_pinned_as_it_is():
    folder = ROOT / "docs/vendor/wheels"
    for path in folder.glob("*.whl"):
        package = own_package(path)
        assert CONTENT["lock"]["packages"][package["name"]] == package
        pin = CONTENT["files"][path.name]
        data = path.read_bytes()
        assert pin == {
            "from": "wheels",
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
    assert {p.name for p in folder.glob("*.whl")} == {
        name for name, pin in CONTENT["files"].items() if pin["from"] == "wheels"
    }


def test_the_weights_are_pinned_and_served_as_they_are(site):
    ((file, path),) = (each.values() for each in CONTENT["data"].values())
    weights = (ROOT / path).read_bytes()
    pin = {"from": "live", "size": len(weights), "sha256": hashlib.sha256(weights).hexdigest()}
    assert CONTENT["files"][file] == pin
    there = place(site.folder, "live") / file
    assert there.read_bytes() == weights
    assert there.relative_to(site.folder).as_posix() in json.loads(
        offline.HELD.search((site.folder / "offline.js").read_text("utf-8"))[0]
    )


def test_numpy_is_pinned_as_in_the_lock_of_pyodide():
    numpy = CONTENT["lock"]["packages"]["numpy"]
    assert CONTENT["files"][numpy["file_name"]]["sha256"] == numpy["sha256"]


def test_every_package_that_is_needed_is_there():
    packages = CONTENT["lock"]["packages"]
    for package in packages.values():
        assert set(package["depends"]) <= set(packages)
    assert {n for names in CONTENT["foresee"].values() for n in names} <= set(packages)


def test_a_host_is_named_beside_a_cell_only_if_it_is_another_than_the_sites():
    own = built.cell_buttons("../../pyodide/")
    assert 'const HOST = ""\n' in own
    elsewhere = built.cell_buttons("https://example.org/pyodide/")
    assert elsewhere == own.replace('HOST = ""', 'HOST = "example.org"')


def test_pyodide_comes_from_the_cdn_unless_the_setting_is_changed():
    assert CONTENT["pyodide"] == CDN


def test_of_what_is_said_to_be_sent_compressed_gzip_makes_as_much():
    if not checked(CACHE):
        pytest.skip("no Pyodide here; `python tests/pyodide.py` fetches it")
    for path in CACHE.iterdir():
        data = path.read_bytes()
        share = len(gzip.compress(data, 6)) / len(data)
        assert share == pytest.approx(CONTENT["compressed"].get(path.name, 1), abs=0.03)


def test_an_exercise_says_before_it_is_started_how_much_it_downloads():
    compressed, files = CONTENT["compressed"], CONTENT["files"]
    packages = CONTENT["lock"]["packages"]
    asked = [*CONTENT["foresee"]["answers"]]
    for name in asked:
        asked += packages[name]["depends"]
    names = {*CONTENT["core"], *(packages[name]["file_name"] for name in asked)}
    needed = sum(files[name]["size"] * compressed.get(name, 1) for name in names)
    (said,) = re.findall(r"^export const MB = (\d+)$", SCRIPTS["elements.js"], re.MULTILINE)
    assert int(said) == math.ceil(needed / 1e6)
    assert f", {said} MB, while" in (ROOT / "docs/practice.md").read_text("utf-8")
    assert f"That is {needed / 1e6:.1f} MB" in downloads.sentences()


def test_the_pins_are_those_of_the_files():
    if not checked(CACHE):
        pytest.skip("no Pyodide here; `python tests/pyodide.py` fetches it")
    files = {
        name: (CACHE / name).read_bytes()
        for name, pin in CONTENT["files"].items()
        if pin["from"] == "pyodide"
    }
    made = pins(files, CONTENT["lock"])
    assert made == {key: CONTENT[key] for key in made}


# The files that a button fetches before it imports the first of them, or lists of such files.
LOADED = re.compile(r"""\bload\(([^()]+)\)""")
LISTS = re.compile(r"""const ([A-Z]+) = (\[[^;=]*?\]\n|"[^"]+")""")
FILES = re.compile(r"""(?<=")(?:\./)?([\w/.-]+\.js)(?=")|\b([A-Z]+)\b""")
IMPORTED = re.compile(r"""(?:^import |\bfrom )"\./(\w+\.js)\"""", re.M)
SCRIPTS = {path.name: path.read_text("utf-8") for path in (ROOT / "docs/live").glob("*.js")}


def needed_by(script):
    """A script and those that it imports, directly or not."""
    found, todo = set(), {script}
    while todo:
        found.add(name := todo.pop())
        todo |= set(IMPORTED.findall(SCRIPTS.get(name, ""))) - found
    return found


def test_what_a_button_loads_comes_before_it_is_imported_so_that_it_can_be_tried_again():
    """A browser does not ask again for a module that has once failed to come."""
    lists = {name: text for script in SCRIPTS.values() for name, text in LISTS.findall(script)}
    lists_of = {script: dict(LISTS.findall(text)) for script, text in SCRIPTS.items()}

    def files(script, text):
        found = []
        for file, name in FILES.findall(text):
            found += [file] if file else files(script, (lists | lists_of[script])[name])
        return found

    seen = 0
    for script, text in SCRIPTS.items():
        for asked in LOADED.findall(text):
            if found := files(script, asked):
                seen += 1
                missing = needed_by(found[0]) - needed_by(script) - set(found)
                assert not missing, f"{script}: load({asked}) lacks {sorted(missing)}"
    assert seen >= 8
