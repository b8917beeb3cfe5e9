"""How much is checked, counted in the pages as they stand. Needs the `test` extra."""

from answers import figures
from answers.grader import catalog
from answers.pages import pages
from answers.proof.checks import checks
from answers.proof.claims import prose
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
    exercises = [catalog.load(name) for name in catalog.names()]
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
            "numbers in sentences",
            sum(len(block.numbers) for block in said),
            "found in an output of their section or a check under their paragraph",
        ),
        (
            "ratios in words, relations in plain text",
            sum(len(block.worded) for block in said),
            "quoted by a check that is run",
        ),
        (
            "checks under paragraphs",
            sum(len(checks(path)) for path in paths),
            "run with the page",
        ),
        ("figures", len(figures.names()), "drawn again and compared"),
        ("exercises", len(exercises), "reference, right and wrong answers judged"),
        (
            "mistakes that the grader knows",
            sum(len(exercise.bugs) for exercise in exercises),
            "planted, found and named",
        ),
    ]
    lines = (f"| {what} | {number:,} | {how} |" for what, number, how in rows)
    return "\n".join(
        ["| What | How many | How it is checked |", "|---|---:|---|", *lines]
    )
