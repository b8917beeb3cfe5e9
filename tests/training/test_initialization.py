"""Initial weights against PyTorch's, and what they do to a signal that goes through many layers."""

import math

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from scipy import stats

from answers.networks.layers import affine, relu
from answers.training.initialization import kaiming_normal


def rng():
    return np.random.default_rng(23)


@pytest.mark.parametrize(("fan_in", "fan_out"), [(400, 300), (300, 400)])
@pytest.mark.parametrize(("gain", "name"), [(math.sqrt(2), "relu"), (1.0, "linear")])
def test_weights_are_drawn_as_pytorch_draws_its_transpose(fan_in, fan_out, gain, name):
    torch.manual_seed(0)
    theirs = torch.empty(fan_out, fan_in)  # PyTorch's fan_in is shape[1]
    torch.nn.init.kaiming_normal_(theirs, nonlinearity=name)
    ours = kaiming_normal(fan_in, fan_out, rng(), gain)
    assert ours.shape == theirs.T.shape
    assert_allclose(ours.std(), theirs.std().item(), rtol=0.01)
    assert stats.ks_2samp(ours.ravel(), theirs.flatten().numpy()).pvalue > 0.001


def test_each_weight_is_drawn_by_itself_and_the_generator_decides():
    first, again = kaiming_normal(50, 40, rng()), kaiming_normal(50, 40, rng())
    assert np.array_equal(first, again)
    assert np.unique(first).size == first.size
    correlations = np.corrcoef(first.T) - np.eye(40)
    assert np.abs(correlations).max() < 0.7


def test_relu_layers_keep_the_mean_square_and_linear_ones_the_variance():
    draw = rng()
    for gain, layer in ((math.sqrt(2), relu), (1.0, lambda x: x)):
        x = start = draw.normal(size=(200, 512))
        for _ in range(10):
            x = layer(affine(x, kaiming_normal(512, 512, draw, gain), np.zeros(512)))
        assert_allclose((x**2).mean(), (start**2).mean(), rtol=0.3)


@pytest.mark.parametrize(
    ("fans", "gain", "said"),
    [
        ((0, 3), 1.0, "`fan_in` is 0"),
        ((3, 0), 1.0, "`fan_out` is 0"),
        ((3, 3), 0.0, "`gain` is 0"),
        ((3, 3), np.inf, "`gain` is inf"),
    ],
)
def test_bad_values_are_refused_in_words(fans, gain, said):
    with pytest.raises(ValueError, match=said):
        kaiming_normal(*fans, rng(), gain)
