"""How much is checked, counted in the pages as they stand. Needs the `test` extra."""

from collections import Counter

from answers import figures
from answers.grader import catalog
from answers.pages import pages
from answers.proof import tautologies
from answers.proof.blocks import Block, sentences, witnessed
from answers.proof.checks import checks
from answers.proof.claims import prose
from answers.proof.diagnoses import all_diagnosed
from answers.proof.fences import fences
from answers.proof.notation import is_claim


def table() -> str:
    """What stands on the question pages, and what each of it is compared with."""
    paths = [page.path for page in pages()]
    blocks = [fence for path in paths for fence in fences(path)]
    python = [fence for fence in blocks if fence.language == "python"]
    outputs = [fence.output for fence in python if fence.output is not None]
    said = [block for path in paths for block in prose(path).blocks]
    formulas = [formula for block in said for formula, _ in block.formulas]
    claims = sum(map(is_claim, formulas))
    bound = sum(map(bound_numbers, said))
    told = [len(sentences_of(block)) for block in said]
    quoted = sum(map(quoted_sentences, said))
    beside = (
        sum(n for block, n in zip(said, told, strict=True) if block.checks) - quoted
    )
    exercises = [catalog.load(name) for name in catalog.names()]
    standing = Counter(each.standing for each in all_diagnosed())
    rows = [
        ("Python snippets", len(python), "run, from top to bottom"),
        (
            "outputs under them",
            len(outputs),
            "compared with what was printed, letter by letter",
        ),
        (
            "lines of derivations",
            sum(output.count("&=") for output in outputs if "aligned" in output),
            "printed by SymPy, each compared with a computation that shares no algebra with it",
        ),
        (
            "other formulas that claim something",
            claims,
            "quoted by a check that is run",
        ),
        ("formulas that name something", len(formulas) - claims, "not checked"),
        (
            "numbers in sentences, bound",
            bound,
            "computed or asked for by a check under their paragraph",
        ),
        (
            "other numbers in sentences",
            sum(len(block.numbers) for block in said) - bound,
            "found in an output of their section, or of the page where it has none",
        ),
        (
            "ratios in words, relations in plain text",
            sum(len(block.worded) for block in said),
            "quoted by a check that is run",
        ),
        ("sentences that a check quotes", quoted, "a check of their own is run"),
        (
            "sentences beside such a one",
            beside,
            "a check stands under their paragraph, and quotes nothing of them",
        ),
        ("other sentences", sum(told) - quoted - beside, "only read"),
        (
            "checks under paragraphs",
            sum(len(checks(path)) for path in paths),
            "run with the page",
        ),
        (
            "expressions in them that hold whatever the library says",
            len(tautologies.listed()),
            f"found by breaking the library, and listed in `{tautologies.NAME}`",
        ),
        ("figures", len(figures.names()), "drawn again and compared"),
        ("exercises", len(exercises), "reference, right and wrong answers judged"),
        (
            "mistakes that the grader knows",
            sum(len(exercise.bugs) for exercise in exercises),
            "planted, found and named",
        ),
        ("their diagnoses", sum(standing.values()), of_diagnoses(standing)),
    ]
    lines = (f"| {what} | {number:,} | {how} |" for what, number, how in rows)
    return "\n".join(
        ["| What | How many | How it is checked |", "|---|---:|---|", *lines]
    )


def of_diagnoses(standing: Counter) -> str:
    """How many diagnoses are known to be true, by how."""
    return (
        f"{standing['tried']} tried: what is mended as they say passes; "
        f"{standing['held by a fact']} held by a fact that is asked; "
        f"{standing['only read']} only read"
    )


def bound_numbers(block: Block) -> int:
    """How many of its numbers stand in the code of a check under it."""
    held = set().union(*(check.numbers for check in block.checks))
    return sum(
        witnessed(number, percent, held, rounded=False)
        for number, percent, _ in block.numbers
    )


def sentences_of(block: Block) -> list[str]:
    """Its sentences, items and rows; none of a heading."""
    if block.text.lstrip().startswith("#"):
        return []
    found = [" ".join(sentence.split()) for _, sentence in sentences(block.text)]
    return [sentence for sentence in found if any(map(str.isalpha, sentence))]


def quoted_sentences(block: Block) -> int:
    return sum(
        any(quote in sentence for quote in block.quotes)
        for sentence in sentences_of(block)
    )
