"""What somebody meets who installs the package and imports it: names and links."""

import email
import re
import subprocess
import sys

import pytest
from hatchling.build import prepare_metadata_for_build_wheel

import answers
from answers.pages import ROOT


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
        return email.message_from_string(
            (tmp_path / folder / "METADATA").read_text("utf-8")
        )

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
