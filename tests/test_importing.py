"""What somebody meets who installs the package and imports it: names, extras, links, the map."""

import email
import os
import re
import subprocess
import sys
import tomllib

import pytest
from hatchling.build import prepare_metadata_for_build_wheel

import answers
from answers.extras import EXTRAS
from answers.pages import ROOT
from answers.site import modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
# Modules that readers import, and their exercises; the machines need the `docs` extra.
READ = [
    name
    for name in modules.files()
    if name.partition(".")[2].partition(".")[0]
    in {*answers.TOPICS, "derivations", "figures", "exercises", "study"}
]
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
    return f'{importer} needs {words}: pip install "{PROJECT["name"]}[{extra}]"'


def test_a_module_without_what_it_needs_says_which_extra_to_install(without):
    code = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        print(name, error.name, error, sep="|")
"""
    told = [line.split("|") for line in without(code, *READ).splitlines()]
    assert {name for name, _, _ in told} == {
        name for name in READ if modules.needs(name) & set(EXTRAS)
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
    required = PROJECT["dependencies"]
    always = {re.split(r"[\[>=<]", each)[0] for each in required}
    imported = set().union(*(modules.imports(modules.file_of(n), True) for n in READ))
    outside = {name.partition(".")[0] for name in imported} - {"answers"}
    outside -= sys.stdlib_module_names | always
    assert outside == set(EXTRAS)
    extras = PROJECT["optional-dependencies"]
    for package, (words, extra) in EXTRAS.items():
        name = {"sklearn": "scikit-learn"}.get(package, package)
        assert [each for each in extras[extra] if re.match(rf"{name}\b", each)], words


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
    assert built["Name"] == "worked-answers"
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
        _, _, path = target.partition("/HEAD/")
        assert (ROOT / path).is_file()


def test_a_package_without_an_address_has_no_link_that_leads_nowhere(metadata):
    built = metadata("")
    assert built.get_all("Project-URL") is None
    readme = built.get_payload()
    assert "CONTRIBUTING.md tells how" in readme
    assert "](" not in readme
