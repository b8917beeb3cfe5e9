"""Right and wrong ways to write `layer_norm_backward`."""

from answers.training.normalization import layer_norm_backward


# FILL IN: six right answers or more, written differently. A helper's name begins with _.
def as_on_the_page(dout, x, gain, eps=1e-05):
    return layer_norm_backward(dout, x, gain, eps)


# FILL IN: twelve wrong answers or more, six of them right in at least half of the cases.
def negative(dout, x, gain, eps=1e-05):
    return -layer_norm_backward(dout, x, gain, eps)


# What each is told. FILL IN: list the wrong answers here, each with None; then
# `answers dev check layer_norm_backward --keep` writes down what the grader says.
WRONG = {
    negative: None,
}
