"""What may be missing, since few need it, and how to install it."""

import sys

# Of each package, its name in words and the extra that brings it.
EXTRAS = {
    "torch": ("PyTorch", "torch"),
    "safetensors": ("safetensors", "torch"),
    "sympy": ("SymPy", "derivations"),
    "matplotlib": ("Matplotlib", "figures"),
    "sklearn": ("scikit-learn", "digits"),
    "scipy": ("SciPy", "digits"),
    "genanki": ("genanki", "study"),
    "markdown": ("Markdown", "study"),
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
                f'{asking} needs {package}: pip install "worked-answers[{extra}]"',
                name=name,
            )


def importer() -> str:
    """The module whose import statement is being run, or nothing if it is no module."""
    frame = sys._getframe(2)
    while frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return getattr(frame.f_globals.get("__spec__"), "name", "")
