"""What may be missing, since few need it, and how to install it."""

import sys
from pathlib import Path

NAME = "worked-answers"
# Of each package, its name in words and the extra that brings it.
EXTRAS = {
    "torch": ("PyTorch", "torch"),
    "transformers": ("Transformers", "test"),
    "safetensors": ("safetensors", "torch"),
    "sympy": ("SymPy", "derivations"),
    "matplotlib": ("Matplotlib", "figures"),
    "sklearn": ("scikit-learn", "digits"),
    "scipy": ("SciPy", "digits"),
    "genanki": ("genanki", "study"),
    "markdown": ("Markdown", "study"),
    "mkdocs": ("MkDocs", "docs"),
    "mkdocs_jupyter": ("mkdocs-jupyter", "docs"),
    "py_mini_racer": ("mini-racer", "docs"),
    "pymdownx": ("PyMdown Extensions", "docs"),
    "hatchling": ("Hatchling", "test"),
    "nbclient": ("nbclient", "test"),
    "nbformat": ("nbformat", "test"),
    "pytest": ("pytest", "test"),
    "pytest_codeblocks": ("pytest-codeblocks", "test"),
    "threadpoolctl": ("threadpoolctl", "test"),
}


class Missing:
    """The last finder of modules: it is asked for what no other has found.

    To a module of this package it says what to install. Others may only be trying whether
    PyTorch is there, and hear what Python always says.
    """

    @staticmethod
    def find_spec(name: str, path=None, target=None) -> None:
        if name in EXTRAS and (asking := importer()).startswith("answers."):
            package, extra = EXTRAS[name]
            raise ModuleNotFoundError(
                f"{asking} needs {package}: {how_to_install(extra)}", name=name
            )


def importer() -> str:
    """The module whose import statement is being run, or nothing if it is no module."""
    frame = sys._getframe(2)
    while frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return getattr(frame.f_globals.get("__spec__"), "name", "")


def how_to_install(extra: str) -> str:
    """The command that adds an extra to this package, from where the package came."""
    folder = Path(__file__).parents[1]
    if (folder / "pyproject.toml").is_file():
        return f'pip install -e "{folder}[{extra}]"'
    if address := repository():
        return f'pip install "{NAME}[{extra}] @ {address}"'
    # An index may have another package of this name, or none.
    return f"install {NAME} again, from where you got it, with the extra [{extra}]"


def repository() -> str | None:
    """The address of the repository, for pip: as the package was built, or installed from."""
    import json
    from importlib import metadata

    try:
        package = metadata.distribution(NAME)
    except metadata.PackageNotFoundError:
        return None
    for link in package.metadata.get_all("Project-URL") or []:
        label, _, url = link.partition(", ")
        if label == "Source":
            return f"git+{url}"
    origin = json.loads(package.read_text("direct_url.json") or "{}")
    if "vcs_info" in origin:
        return f"{origin['vcs_info']['vcs']}+{origin['url']}"
    return None
