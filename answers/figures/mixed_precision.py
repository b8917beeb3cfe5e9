"""The figure of mixed precision."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.figures import AXIS

# Bits of the fraction and the largest exponent.
FORMATS = {"float32": (23, 127), "bfloat16": (7, 127), "float16": (10, 15)}


# --8<-- [start:float_steps]
def float_steps() -> Figure:
    """The step to the next float as a share of the number, at each power of two: a format is as
    exact as its line is low, and as wide as its line is long. Where it slopes, numbers are
    subnormal; float16 is normal between the vertical lines.

    Three lines. float16 falls from 1 at 6e-8 to 1e-3 at 6e-5, and stays there up to 3e4. bfloat16
    falls from 1 at 9e-41 to 8e-3 at 1e-38, and stays there up to 2e38. float32 falls from 1 at
    1e-45 to 1e-7 at 1e-38, and stays there up to 2e38. Vertical lines stand at 6e-5 and 6.6e4.
    """
    figure, axes = plt.subplots()
    for (name, (p, b)), style in zip(FORMATS.items(), ("-", "--", ":"), strict=True):
        sizes = 2.0 ** np.arange(1 - b - p, b + 1)
        steps = 2.0 ** np.maximum(np.log2(sizes) - p, 1 - b - p)
        axes.loglog(sizes, steps / sizes, style, label=name)
    for end in (2.0**-14, 2.0**16):
        axes.axvline(end, color=AXIS, linewidth=1)
    axes.set(
        xlabel="size of the number",
        ylabel="step / size",
        xticks=10.0 ** np.arange(-45, 46, 15),
    )
    axes.legend(loc="upper right")
    return figure


# --8<-- [end:float_steps]
