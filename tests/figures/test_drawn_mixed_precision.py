"""The figure of mixed precision: each step is PyTorch's way to the next float."""

import numpy as np
import torch
from drawing import Drawing

FORMATS = torch.float32, torch.bfloat16, torch.float16


def test_float_steps():
    figure = Drawing("float_steps")
    assert figure.axes() == ("size of the number", "step / size")
    lines = {kind: figure.line(str(kind).removeprefix("torch.")) for kind in FORMATS}
    for kind, (sizes, shares) in lines.items():
        x = torch.tensor(sizes).to(kind)
        following = torch.nextafter(x, torch.full_like(x, torch.inf)).double()
        assert np.array_equal(x.double().numpy(), sizes), "they are floats of this type"
        following[following.isinf()] = torch.nan
        steps = (following - x.double()).numpy()
        assert np.allclose(shares, steps / sizes, equal_nan=True)
        assert shares[0] == 1, "the line begins at the smallest float"
        assert sizes[-1] <= torch.finfo(kind).max < 2 * sizes[-1]
    figure.says("at each power of two", all((np.log2(s) % 1 == 0).all() for s, _ in lines.values()))
    figure.says("Three lines", len(figure.lines()) == 3 + 2)
    low, long = (
        [sorted(FORMATS, key=by) for by in keys]
        for keys in (
            [lambda kind: lines[kind][1].min(), lambda kind: torch.finfo(kind).eps],
            [lambda kind: np.ptp(np.log(lines[kind][0])), lambda kind: len(lines[kind][0])],
        )
    )
    figure.says("The step to the next float as a share of the number")
    figure.says("a format is as exact as its line is low", low[0] == low[1])
    figure.says("and as wide as its line is long", long[0] == long[1])
    found = []
    for kind, (sizes, shares) in lines.items():
        flat = sizes[shares == shares.min()]
        assert flat[0] == torch.finfo(kind).smallest_normal
        assert len(flat) == np.log2(flat[-1] / flat[0]) + 1, "from there on it is flat"
        numbers = sizes[0], shares.min(), flat[0], sizes[-1]
        found.append([float(f"{each:.0e}") for each in numbers])
    figure.says(
        "float32 falls from 1 at 1e-45 to 1e-7 at 1e-38, and stays there up to 2e38",
        found[0] == [1e-45, 1e-7, 1e-38, 2e38],
    )
    figure.says(
        "bfloat16 falls from 1 at 9e-41 to 8e-3 at 1e-38, and stays there up to 2e38",
        found[1] == [9e-41, 8e-3, 1e-38, 2e38],
    )
    figure.says(
        "float16 falls from 1 at 6e-8 to 1e-3 at 6e-5, and stays there up to 3e4",
        found[2] == [6e-8, 1e-3, 6e-5, 3e4],
    )
    ends = {line[1][0] for line in figure.lines()[3:]}
    assert ends == {torch.finfo(torch.float16).smallest_normal, 2.0**16}
    figure.says("float16 is normal between the vertical lines")
    figure.says("Where it slopes, numbers are subnormal")  # `flat` begins at the smallest normal
    figure.says("Vertical lines stand at 6e-5 and 6.6e4")
