"""The figure of "How this guide is checked"."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from answers.figures import TEXT
from answers.records.mutation import recorded


def changes_noticed() -> Figure:
    """The share of changes that were noticed, by what was changed.

    Horizontal bars, one for each kind of change, each with its share in percent. The
    table above has the same shares.
    """
    found = recorded()
    shares = [100 * kind["noticed"] / kind["changes"] for kind in found.values()]
    figure, axes = plt.subplots(figsize=(5.5, 4.2))
    axes.barh(list(found), shares, color="C0", alpha=0.35)
    for row, share in enumerate(shares):
        axes.text(2, row, f"{share:.1f}%", va="center", color=TEXT)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("noticed, %")
    return figure
