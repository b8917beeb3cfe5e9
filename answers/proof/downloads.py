"""How much a page downloads to run Python, and what that is, as `docs/live/config.json` says."""

import json

from answers.pages import ROOT

CONFIG = json.loads((ROOT / "docs/live/config.json").read_text("utf-8"))
LIBRARY = "python_stdlib.zip"


def sentences() -> str:
    """In MB, as sent: compressed where the host does that."""
    packages = CONFIG["lock"]["packages"]
    interpreter = sent(*(name for name in CONFIG["core"] if name != LIBRARY))
    library = sent(LIBRARY)
    numpy = sent(*files("numpy", packages))
    shapes = sent(*files("jaxtyping", packages), *files("beartype", packages))
    sympy = sent(*files("sympy", packages))
    weights = sent(*(each["file"] for each in CONFIG["data"].values()))
    together = interpreter + library + numpy + shapes
    return (
        f"That is {together:.1f} MB, once for all pages: {interpreter:.1f} of Python's "
        f"interpreter, {library:.1f} of its library, {numpy:.1f} of NumPy, {shapes:.1f} of what "
        f"enforces shapes. SymPy ({sympy:.1f} MB) comes with the first cell that derives a "
        f"formula, the weights of a GPT ({weights:.1f} MB) with the first that loads them."
    )


def files(name: str, packages: dict) -> list[str]:
    """The files of a package, and of those that it needs."""
    package = packages[name]
    needed = (file for each in package["depends"] for file in files(each, packages))
    return [package["file_name"], *needed]


def sent(*names: str) -> float:
    pinned, compressed = CONFIG["files"], CONFIG["compressed"]
    return (
        sum(pinned[name]["size"] * compressed.get(name, 1) for name in {*names}) / 1e6
    )
