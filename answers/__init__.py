"""Worked answers to machine-learning interview questions: the code that the pages show.

The answers, one module a topic of a page:

    networks        layers and their gradients, autograd, broadcasting, matrix calculus
    probability     softmax and cross-entropy, divergences, bounds of a loss, Bayes
    transformers    attention, a small trained GPT, its cache, quantization, debugging
    labels          noisy labels, bad annotators, calibration, metrics, comparisons
    gradient_check  tells whether a gradient is right

What is made of them, for pages and practice:

    derivations     the formulas, by SymPy
    figures         the drawings, by Matplotlib
    explorers       the figures with sliders
    exercises       for each its answer, cases, hints, and mistakes known by name

What these need, and what is made of all:

    practice        judges what a learner writes
    study           what to say aloud, and when to say it again
    site            builds the pages
    records         what was measured once
    pages           reads the questions
    cli             the command `answers`
    inputs          what every answer refuses
    extras          what few need and may be missing
    files           writes a file whole or not at all

Imports run downward only. Every annotated shape of an answer is enforced when its function is
called: jaxtyping's import hook decorates the functions of the four topics. The rest starts twice
as fast undecorated. Importing this loads neither PyTorch nor SymPy.
"""

import os
import sys


def stopped(kind: type, error: BaseException, trace: object) -> None:
    """Ctrl-C while the command is still being loaded is no mistake of anybody."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    print("\nStopped.", file=sys.stderr, flush=True)
    os._exit(130)


if os.path.basename(sys.argv[0]) in ("answers", "answers.exe"):
    sys.excepthook = stopped

from jaxtyping import config, install_import_hook

from answers.extras import Missing
from answers.inputs import kinds  # noqa: F401  (the hook looks `answers.inputs.kinds` up by name)

__version__ = "0.2.0.dev0"

TOPICS = ("networks", "probability", "transformers", "labels", "gradient_check")
# Where JAXTYPING_DISABLE is set nothing would be enforced, and decorating takes its time.
if not config.jaxtyping_disable:
    rooms = [f"answers.{topic}" for topic in TOPICS]
    install_import_hook(rooms, "answers.inputs.kinds.typechecked")
sys.meta_path.append(Missing)
