"""Pages are tests: pytest-codeblocks collects the Python of every page and of the README.

`answers.proof.fences` and `answers.proof.session` say what runs and how. `--update` first rewrites
what is generated: see `answers.proof.generated`. This file must stand at the root: pytest asks it
about `docs/` and the README.
"""

import atexit
import contextlib
import gc
import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from pytest_codeblocks.plugin import MarkdownFile, TestBlock
from threadpoolctl import threadpool_limits

from answers.proof import generated
from answers.proof.affected import Affected, changed_files
from answers.proof.checks import checks
from answers.proof.fences import python_fences
from answers.proof.session import Session, location, start_afresh


class Page(MarkdownFile):
    """A Markdown file; its items are the Python fences and the checks, named by their lines."""

    def collect(self):
        try:
            self.fences = python_fences(self.path)
        except RuntimeError as error:
            raise self.CollectError(f"{self.path}: {error}") from None
        items = [
            Snippet.from_parent(self, name=f"line {fence.line}", obj=index)
            for index, fence in enumerate(self.fences)
        ]
        items += [
            Holds.from_parent(self, name=f"holds, line {check.line}", obj=check)
            for check in checks(self.path)
        ]
        yield from sorted(items, key=lambda item: item.line)

    def setup(self):
        start_afresh()
        self.session = Session(self.fences)

    def teardown(self):
        start_afresh()


class Snippet(TestBlock):
    """A Python fence."""

    def runtest(self):
        session, index = self.parent.session, self.obj
        self.user_properties.append(
            ("seconds of a snippet", session.run(index).seconds)
        )
        if complaint := session.complaint(index):
            raise RuntimeError(complaint)

    @property
    def line(self):
        return self.parent.fences[self.obj].line

    def reportinfo(self):
        return self.path, self.line - 1, location(self.path, self.line)


class Holds(TestBlock):
    """A check that stands beside a sentence."""

    def runtest(self):
        if refutation := self.parent.session.refutation(self.obj):
            raise RuntimeError(refutation)

    @property
    def line(self):
        return self.obj.line

    def reportinfo(self):
        return self.path, self.line - 1, location(self.path, self.line)


def pytest_addoption(parser):
    parser.addoption(
        "--update",
        action="store_true",
        help="first rewrite what is generated: outputs, figures, tables; all, or in these paths",
    )
    parser.addoption(
        "--since",
        metavar="COMMIT",
        help="run (and update) only what depends on what has changed since; HEAD: uncommitted",
    )


def since(config) -> set:
    """What has changed since the commit of that option."""
    try:
        return changed_files(config.option.since)
    except SyntaxError as error:
        place = f"{error.filename}, line {error.lineno}"
        raise pytest.UsageError(f"{place} is no Python: {error.msg}") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.partition("\n")[0]
        raise pytest.UsageError(f"--since: git says {said}") from None


def pytest_sessionstart(session):
    config = session.config
    differs = since(config) if config.option.since else set()
    if not config.option.update or hasattr(config, "workerinput"):
        return
    wanted, say = generated.everything(), config.get_terminal_writer().line
    if config.option.since:
        wanted = filter(Affected(differs).concerns, wanted)
    elif config.args_source == config.ArgsSource.ARGS:
        here = [
            config.invocation_params.dir / arg.partition("::")[0] for arg in config.args
        ]
        wanted = [
            w for w in wanted if any(w.path.is_relative_to(place) for place in here)
        ]
    say("making anew what is generated")
    for path, why in generated.update(wanted).items():
        name = path.relative_to(config.rootpath)
        said = f"{name} cannot be made whole: {why}" if why else f"rewrote {name}"
        say(said, red=bool(why), yellow=not why)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    # What is imported and collected stays until the end: searching it for garbage again and again
    # takes long. It is handed back at the end, or PyTorch's compiler says that it leaks.
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        atexit.register(gc.unfreeze)


def pytest_collection_modifyitems(config, items):
    if config.option.since:
        concerned = Affected(since(config)).concerns_test
        chosen = {True: [], False: []}
        for item in items:
            chosen[concerned(item)].append(item)
        config.hook.pytest_deselected(items=chosen[False])
        items[:] = chosen[True]
    # Tests that run alone come first: later, they would wait for whatever long test is under way.
    places = {item.path for item in items if is_alone(item)}
    items.sort(key=lambda item: item.path not in places)


def pytest_xdist_auto_num_workers(config):
    # A few files are sooner done than a second process is started.
    return os.cpu_count() if config.args_source != config.ArgsSource.ARGS else 0


def pytest_configure(config):
    # One thread: sums come out alike on every machine, and two runs do not wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # PyTorch's, and those of processes
    threadpool_limits(1)  # of what is loaded already
    config.option.codeblocks = False  # or each page would be collected twice


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    with turn(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    with turn(item, is_alone(item)):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    with turn(item):
        return (yield)


def is_alone(item):
    return item.get_closest_marker("alone") is not None


@contextlib.contextmanager
def turn(item, alone=False):
    """Runs the block beside tests of other processes (`pytest -n 2`), or `alone`, without any.

    Whatever is to run alone keeps the gate shut until the tests inside have left.
    """
    # Workers of `pytest -n` share this id. A pytest that a test starts has that test's turn.
    run = getattr(item.config, "workerinput", {}).get("testrunuid")
    if run is None:
        yield
        return
    from fcntl import LOCK_EX, LOCK_SH, flock

    place = Path(tempfile.gettempdir(), f"answers-{run}")
    with open(f"{place}.gate", "w") as gate, open(f"{place}.inside", "w") as inside:
        flock(gate, LOCK_EX)
        flock(inside, LOCK_EX if alone else LOCK_SH)
        gate.close()
        yield


def pytest_collect_file(file_path, parent):
    if file_path.suffix == ".md":
        return Page.from_parent(parent, path=file_path)


def pytest_terminal_summary(terminalreporter):
    reports = [
        *terminalreporter.getreports("passed"),
        *terminalreporter.getreports("failed"),
    ]
    times = [
        (value, report.nodeid)
        for report in reports
        if report.when == "call"
        for name, value in report.user_properties
        if name == "seconds of a snippet"
    ]
    if times:
        slowest, where = max(times)
        total = sum(seconds for seconds, _ in times)
        terminalreporter.write_line(
            f"{len(times)} snippets ran in {total:.2f} s, the slowest in {slowest:.2f} s: {where}"
        )
