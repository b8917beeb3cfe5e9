"""What checks the JavaScript of the pages is pinned, and checks all of it."""

import json
from glob import glob
from pathlib import Path

from answers.pages import ROOT

FOLDER = ROOT / "tests/javascript"
PACKAGE = json.loads((FOLDER / "package.json").read_text("utf-8"))
SCRIPTS = {path for path in (ROOT / "docs").rglob("*.js") if "vendor" not in path.parts}


def matched(folder: Path, patterns: list[str]) -> set[Path]:
    found = [each for pattern in patterns for each in glob(pattern, root_dir=folder)]
    return {path for each in found if (path := (folder / each).resolve()).suffix == ".js"}


def test_every_script_of_the_site_is_checked():
    projects = FOLDER, FOLDER / "service-worker"
    settings = [json.loads((p / "tsconfig.json").read_text("utf-8")) for p in projects]
    checked = [matched(p, s["include"]) for p, s in zip(projects, settings, strict=True)]
    assert set().union(*checked) == SCRIPTS
    assert settings[0]["compilerOptions"]["checkJs"]


def test_every_script_of_the_site_is_formatted():
    assert matched(FOLDER, PACKAGE["scripts"]["prettier"].split()) == SCRIPTS


def test_the_lock_pins_each_package_and_names_no_registry():
    packages = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))["packages"]
    assert packages.pop("")["devDependencies"] == PACKAGE["devDependencies"]
    for name, version in PACKAGE["devDependencies"].items():
        assert packages[f"node_modules/{name}"]["version"] == version
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not any("resolved" in each for each in packages.values())
