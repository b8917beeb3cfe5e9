"""All that is committed and not written by hand: `table` says what, where and by which function.
`RECORDED` says the same of what only a command makes.

A test makes each of the table anew and compares. `pytest --update` calls `update`, before any test
runs: it alone writes. Parts of pages need no entry. They stand between two lines, of which the
first names the function:

    <!-- generated:answers.proof.index.topics -->

    | what | the function | returned |

    <!-- /generated:answers.proof.index.topics -->
"""

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from textwrap import indent

from answers.files import write
from answers.pages import GENERATED, ROOT

MARKER = re.compile(r".*<!--\s*/?generated.*")


@dataclass(frozen=True)
class Generated:
    """A file, and what makes it.

    Attributes:
        path: Where it stands.
        function: What makes its text of the text that stands there: `module.name`.
        differences: What says how two texts differ, as a list of sentences: `module.name`.
    """

    path: Path
    function: str
    differences: str = "answers.proof.differences.of_text"

    def make(self, old: str) -> str:
        return loaded(self.function)(self.path, old)

    def complaints(self, old: str, new: str) -> list[str]:
        return loaded(self.differences)(self.path, old, new)


@dataclass(frozen=True)
class Recorded:
    """What takes minutes, a browser or the network, and so is made by a command alone.

    Attributes:
        paths: Where it stands, as a pattern.
        command: What makes it; or the files in which that stands.
        test: What of it each run of the tests can check.
    """

    paths: str
    command: str
    test: str

    def files(self) -> list[Path]:
        found = ROOT.glob(self.paths)
        return sorted(path for path in found if path.is_file())


RECORDED = (
    Recorded(
        "answers/records/attention_costs.json",
        "python tests/benchmarks/measure_attention.py",
        "tests/proof/test_records.py::test_what_was_recorded_is_of_what_is_measured_now",
    ),
    Recorded(
        "answers/records/grpo.json",
        "python -m answers.records.grpo",
        "tests/alignment/test_grpo_record.py::test_the_first_steps_see_what_was_recorded",
    ),
    Recorded(
        "answers/records/inference.json",
        "python -m answers.records.inference",
        "tests/proof/test_records.py::test_the_recorded_sizes_are_those_of_the_models",
    ),
    Recorded(
        "answers/records/k_means.json",
        "python -m answers.records.k_means",
        "tests/classical/test_k_means_record.py::test_some_runs_are_as_recorded",
    ),
    Recorded(
        "answers/records/kv_cache_times.json",
        "python tests/benchmarks/measure_kv_cache.py",
        "tests/proof/test_records.py::test_what_was_recorded_is_of_what_is_measured_now",
    ),
    Recorded(
        "answers/records/boosting.json",
        "python -m answers.records.boosting",
        "tests/classical/test_boosting_record.py::test_the_first_rounds_are_as_recorded",
    ),
    Recorded(
        "answers/records/lora.json",
        "python -m answers.records.lora",
        "tests/language_models/test_lora_record.py::test_the_first_steps_have_the_recorded_losses",
    ),
    Recorded(
        "answers/records/lora_source.txt.gz",
        "python -m answers.records.lora --freeze",
        "tests/language_models/test_lora_record.py::test_the_first_steps_have_the_recorded_losses",
    ),
    Recorded(
        "answers/records/ppo.json",
        "python -m answers.records.ppo",
        "tests/alignment/test_ppo_mdp.py::test_a_whole_run_is_as_recorded",
    ),
    Recorded(
        "answers/records/recurrent.json",
        "python -m answers.records.recurrent",
        "tests/training/test_flagged_symbol.py::test_the_first_steps_have_the_recorded_losses",
    ),
    Recorded(
        "answers/records/mutation.json",
        "python -m tests.mutation --record",
        "tests/proof/test_mutation.py::test_a_sample_of_wrong_changes_is_noticed",
    ),
    Recorded(
        "answers/records/other_judge.json",
        "python tests/other_judge.py --record",
        "tests/proof/test_records.py::test_a_judge_of_others_is_counted_in_a_sentence",
    ),
    Recorded(
        "answers/records/training_peaks.json",
        "python -m answers.records.training_peaks",
        "tests/scale/test_training_peaks.py::test_two_blocks_take_the_recorded_bytes",
    ),
    Recorded(
        "tests/proof/tautologies.txt",
        "python -m answers.proof.tautologies",
        "tests/proof/test_tautologies.py::test_an_expression_without_names_is_listed",
    ),
    Recorded(
        "answers/transformers/weights/*",
        "python -m answers.transformers.train_gpt",
        "tests/transformers/test_gpt.py::test_the_committed_weights_give_the_committed_loss",
    ),
    # Its `core`, `files` and `lock`; the other settings are written by hand.
    Recorded(
        "docs/live/config.json",
        "python tests/pyodide.py --pin",
        "tests/site/test_live.py::test_the_pins_are_those_of_the_files",
    ),
    Recorded(
        "docs/screenshot.png",
        "python tests/screenshot.py",
        "tests/proof/test_first_screen.py::"
        "test_the_picture_in_the_readme_shows_what_the_grader_says_and_counts_nothing",
    ),
    Recorded(
        "docs/vendor/*/**/*",
        "docs/vendor/*/README.txt",
        "tests/site/test_live.py::test_what_is_vendored_is_what_its_readme_fetches",
    ),
    # The command in its head makes it.
    Recorded(
        ".ci/site.txt",
        "pyproject.toml",
        "tests/test_workflows.py::test_the_packages_with_hashes_are_what_the_site_needs",
    ),
    # `npm --prefix tests/javascript install` makes it.
    Recorded(
        "tests/javascript/package-lock.json",
        "tests/javascript/package.json",
        "tests/site/test_javascript.py::test_the_lock_pins_each_package_and_names_no_registry",
    ),
)


def everything() -> Iterator[Generated]:
    """Everything that is generated; what makes one file, in the order in which it is done."""
    for path in sorted((ROOT / "docs/questions").glob("[0-9]*.md")):
        yield Generated(path, "answers.proof.minutes.with_minutes")
    for path in markdown():
        yield Generated(path, "answers.proof.generated.with_parts")
        yield Generated(path, "answers.proof.session.with_outputs")
    for name in loaded("answers.figures.names")():
        path = ROOT / f"docs/figures/{name}.svg"
        differences = "answers.proof.differences.of_figure"
        yield Generated(path, "answers.proof.generated.figure", differences)
    yield Generated(
        ROOT / "docs/labs/broken_gpt.py", "answers.proof.generated.file_to_repair"
    )
    for path in sorted((ROOT / "docs/labs").glob("*.ipynb")):
        differences = "answers.proof.differences.of_lab"
        yield Generated(path, "answers.proof.lab_runs.run", differences)
    record = ROOT / "answers/records/label_repairs.json"
    yield Generated(record, "answers.proof.generated.label_repairs")
    tests = ROOT / "tests/cards"
    # Pages that are tried without the tests have no readers.
    if tests.is_dir():
        yield Generated(tests / "ids.txt", "answers.proof.generated.card_ids")


def markdown() -> list[Path]:
    """Every page of the site, and the README."""
    return [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]


def update(wanted: Iterable[Generated]) -> dict[Path, str]:
    """Write everything that differs from what is made: the files that were written, and those that
    cannot be made whole, with why."""
    found: dict[Path, list[Generated]] = {}
    for each in wanted:
        found.setdefault(each.path, []).append(each)
    processes = max(1, min(cpu_count(), len(found)))
    with ProcessPoolExecutor(processes, get_context("spawn"), one_thread) as pool:
        made = pool.map(made_anew, found.values())
        return {
            path: why
            for path, (text, why) in zip(found, made, strict=True)
            if (text is not None and write(path, text)) or why
        }


def made_anew(parts: list[Generated]) -> tuple[str | None, str]:
    """The text of a file as far as it can be made, if it differs from what stands there; and why
    the rest cannot be made."""
    path, why = parts[0].path, ""
    text = old = path.read_text("utf-8") if path.exists() else ""
    for part in parts:
        try:
            new = part.make(text)
        except Exception as error:
            first = str(error).partition("\n")[0]
            why = f"{type(error).__name__}: {first}"
            break
        if part.complaints(text, new):
            text = new
    return None if text == old else text, why


def one_thread() -> None:
    """In each process that makes something: as `conftest.py` has it for the tests."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)


# What makes the files


def with_parts(path: Path, text: str) -> str:
    """`text` with every generated part made anew.

    Raises:
        ValueError: A marker stands alone, or names no function.
    """
    for line in MARKER.findall(GENERATED.sub("", text)):
        raise ValueError(
            f"{line.strip()}: a generated part stands between `<!-- generated:module.function -->` "
            "and `<!-- /generated:module.function -->`, each alone on its line"
        )
    return GENERATED.sub(lambda match: indent(block(match[2]), match[1]), text)


def block(function: str) -> str:
    """The lines of a generated part. Empty ones keep the comments apart from the Markdown."""
    try:
        make = loaded(function)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"<!-- generated:{function} -->: {error}") from error
    return f"<!-- generated:{function} -->\n\n{make().strip()}\n\n<!-- /generated:{function} -->"


def figure(path: Path, old: str) -> str:
    return loaded("answers.figures.draw")(path.stem)


def file_to_repair(path: Path, old: str) -> str:
    return loaded("answers.grader.catalog.load")("fix_the_gpt").stub()


def label_repairs(path: Path, old: str) -> str:
    return loaded("answers.records.label_repairs.measured_anew")(old)


def card_ids(path: Path, old: str) -> str:
    """The id of every card: none that stood there may be gone, for it names a reader's history.

    Raises:
        ValueError: One is gone; the message says what to do.
    """
    ids = {card.id for card in loaded("answers.cards.cards.cards")()}
    if gone := sorted(set(old.split()) - ids):
        name = gone[0].rpartition("/")[2]
        raise ValueError(
            f"no card has the id {', '.join(gone)} any more, and readers would lose its history; "
            f"if a follow-up was reworded, write `<!-- card: {name} -->` above it, and if the "
            f"card was taken away for good, take its line out of {path.name}"
        )
    return "".join(f"{id}\n" for id in sorted(ids))


def loaded(function: str):
    """What the dotted name stands for."""
    module, _, name = function.rpartition(".")
    return getattr(import_module(module), name)
