"""All that is committed is written by hand, or stands in a everything with what makes it."""

import re
from pathlib import PurePath

import pytest

from answers.pages import ROOT
from answers.proof.affected import files
from answers.proof.generated import RECORDED, everything

MADE = {each.path for each in everything()} | {path for each in RECORDED for path in each.files()}
BY_HAND = {".py", ".js", ".ts", ".md", ".css", ".html", ".j2", ".toml", ".yml"}
BY_HAND |= {
    ".ci/run",
    ".gitattributes",
    ".gitignore",
    "CITATION.cff",
    "LICENSE",
    "answers/site/inline_scripts.txt",
    "docs/style/logo.svg",
    "tests/grader/promises.yaml",
    "tests/javascript/.npmrc",
    "tests/javascript/package.json",
    "tests/javascript/service-worker/tsconfig.json",
    "tests/javascript/tsconfig.json",
    "tests/naming/bank.yaml",
}


def test_a_file_stands_in_a_table_or_is_written_by_hand():
    names = {path.relative_to(ROOT).as_posix() for path in MADE}
    others = files() - names
    unknown = [n for n in others if not {n, PurePath(n).suffix} & BY_HAND]
    assert not unknown, f"{unknown}: by which function or command? answers/proof/generated.py"


@pytest.mark.parametrize("each", RECORDED, ids=lambda each: each.paths)
def test_what_a_command_makes_is_there_and_so_are_the_command_and_a_test(each):
    assert each.files()
    place, _, test = each.test.partition("::")
    assert re.search(rf"^def {test}\(", (ROOT / place).read_text("utf-8"), re.M)
    if not each.command.startswith("python "):
        assert list(ROOT.glob(each.command))
        return
    name, *options = each.command.removeprefix("python ").removeprefix("-m ").split()
    path = name if name.endswith(".py") else name.replace(".", "/")
    places = ROOT / path, ROOT / f"{path}.py", ROOT / path / "__main__.py"
    program = next(place for place in places if place.is_file()).read_text("utf-8")
    assert '__name__ == "__main__"' in program
    assert all(option in program for option in options)
