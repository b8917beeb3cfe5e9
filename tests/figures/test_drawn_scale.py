"""Figures of training at scale: what they draw is what the library counts."""

import numpy as np
from drawing import Drawing

from answers.scale.memory import activation_memory, training_memory


def test_peak_by_tokens():
    figure = Drawing("peak_by_tokens")
    assert figure.axes() == ("tokens on a device", "peak, GB")
    assert figure.names() == ["all kept", "checkpoints"]
    parameters = 6_738_415_616
    figure.says("devices that train Llama-7B", round(parameters / 1e9) == 7)
    states = sum(training_memory(parameters, 8, 3)) / 1e9
    figure.says(
        "Each point holds 13.5 GB of weights, gradients and optimizer", round(states, 1) == 13.5
    )
    (tokens, kept), (same, checkpointed) = map(figure.line, figure.names())
    assert tokens.tolist() == same.tolist()
    figure.says("Two rising curves", (np.diff([kept, checkpointed]) > 0).all())
    for n, all_kept, few in zip(tokens, kept, checkpointed, strict=True):
        blocks = activation_memory(32, 1, int(n), 4096, 32, 11008, gated=True) / 1e9
        assert np.isclose(all_kept, states + blocks + 12 * n * 32_000 / 1e9)
        # A block alone, or all inputs and the logits.
        one = blocks / 32 + 31 * n * 8192 / 1e9
        assert np.isclose(few, states + max(one, 32 * n * 8192 / 1e9 + 12 * n * 32_000 / 1e9))
    (level,) = (y for style, _, y in figure.lines() if style == "--")
    assert figure.texts() == ["80 GB"]
    figure.says("a level line at 80 GB", {*level} == {80})

    def crossing(peaks):
        return tokens[peaks < 80].max(), tokens[peaks > 80].min()

    low, high = crossing(kept)
    figure.says(
        "between 12 and 16 thousand tokens", [int(n / 1000) for n in (low, high)] == [12, 16]
    )
    out = tokens[kept > figure.panels[0].get_ylim()[1]].min()
    figure.says("leaves the picture before 25 thousand", round(out / 1000) == 25)
    low, high = crossing(checkpointed)
    figure.says(
        "crosses between 98 and 131 thousand", [int(n / 1000) for n in (low, high)] == [98, 131]
    )
    most = [np.interp(80, peaks, tokens) for peaks in (kept, checkpointed)]
    figure.says("eight times as many", 7.5 < most[1] / most[0] < 8.5)
