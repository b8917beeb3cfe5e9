"""The judge on tensors: values and gradients, told apart and told in words."""

import pytest
import torch
from made_up import Exercise

from answers.grader.report import Report


def scaled(x, w, shift=0.0):
    """The rows of x times w."""
    return x * w + shift


def both(x):
    """The squares and the sum."""
    return x * x, {"sum": x.sum()}


def numbers(*shape, wanted=True, dtype=torch.float64):
    generator = torch.Generator().manual_seed(7)
    made = torch.randn(shape, generator=generator, dtype=torch.float64)
    return made.to(dtype).requires_grad_(wanted)


@pytest.fixture
def scaling():
    exercise = Exercise(scaled, "a-page", ("Hint.",))
    exercise.case("a matrix", numbers(3, 2), numbers(2))
    exercise.case("fixed weights", numbers(3, 2), numbers(2, wanted=False), shift=0.5)
    exercise.case("float32", numbers(3, 2, dtype=torch.float32), numbers(2, dtype=torch.float32))
    return exercise


@pytest.fixture
def pair():
    exercise = Exercise(both, "a-page", ("Hint.",), returns=("squares", "more"))
    exercise.case("a matrix", numbers(3, 2))
    return exercise


def told(exercise, function):
    """All that the function is told, without the call."""
    report = exercise.run(function)
    assert not report.passed
    first, *others = [failure.message for failure in report.failures]
    return " / ".join([first.partition(": ")[2], *others])


@pytest.mark.parametrize(
    "function",
    [
        lambda x, w, shift=0.0: shift + w * x,
        lambda x, w, shift=0.0: torch.einsum("bi,i->bi", x, w) + shift,
        lambda x, w, shift=0.0: torch.stack([row * w for row in x]) + shift,
        lambda x, w, shift=0.0: x.clone().mul_(w).add_(shift),
    ],
)
def test_a_right_value_with_a_right_gradient_passes(scaling, function):
    assert scaling.run(function) == Report()


def test_a_right_value_without_a_gradient_fails(scaling):
    for function in (
        lambda x, w, shift=0.0: (x * w + shift).detach(),
        lambda x, w, shift=0.0: torch.tensor((x * w + shift).tolist(), dtype=x.dtype),
        torch.no_grad()(scaled),
    ):
        said = told(scaling, function)
        assert "the gradient of x is missing: the result has no graph" in said
        assert "the result is" not in said


def test_a_right_value_with_a_wrong_gradient_fails_and_the_gradient_is_told(scaling):
    said = told(scaling, lambda x, w, shift=0.0: x * w + shift + x - x.detach())
    assert said.startswith("the gradient of x is wrong in 6 of 6 entries")
    said = told(scaling, lambda x, w, shift=0.0: x * w.detach() + shift)
    assert said.startswith("the gradient of w is wrong in 2 of 2 entries")
    assert "got 0" in said


def test_a_wrong_value_is_told_with_its_index(scaling):
    said = told(scaling, lambda x, w, shift=0.0: x * w + shift + 1)
    assert said.startswith("the result is wrong in 6 of 6 entries: at index (")


def test_an_array_a_number_and_a_list_are_no_tensors(scaling, pair):
    said = told(scaling, lambda x, w, shift=0.0: (x * w + shift).detach().numpy())
    assert "the result is of type ndarray; return a PyTorch tensor" in said
    said = told(scaling, lambda x, w, shift=0.0: (x * w + shift).tolist())
    assert "the result is a list; return a PyTorch tensor" in said
    said = told(scaling, lambda x, w, shift=0.0: 0.5)
    assert "the result is of type float; return a PyTorch tensor" in said
    said = told(pair, lambda x: x * x)
    assert said.startswith("the result is one tensor; return the tuple (squares, more)")
    said = told(pair, lambda x: (x * x, x.sum()))
    assert 'more is one tensor; return a dict with the keys "sum"' in said


def test_a_tensor_is_no_array_where_an_array_is_asked_for():
    exercise = Exercise(scaled, "a-page", ("Hint.",))
    exercise.case("arrays", numbers(3, wanted=False).numpy(), numbers(3, wanted=False).numpy())
    said = told(exercise, lambda x, w: torch.from_numpy(x * w))
    assert "is a PyTorch tensor; return a NumPy array: tensor.detach().numpy()" in said


def test_a_changed_argument_is_told(scaling):
    def in_place(x, w, shift=0.0):
        y = scaled(x, w, shift)
        with torch.no_grad():
            x.mul_(2)
        return y

    # Autograd finds it for the gradient of w, which needs x as it was.
    assert "it changed its argument `x`" in told(scaling, in_place)


def test_every_entry_of_a_result_counts_in_the_gradient(pair):
    assert pair.run(both) == Report()
    said = told(pair, lambda x: (x * x, {"sum": x.sum().detach()}))
    assert said.startswith("the gradient of x is wrong in 6 of 6 entries")


def test_a_graph_that_cannot_be_walked_is_told(scaling):
    def overwritten(x, w, shift=0.0):
        y = x.exp()
        result = y * w
        with torch.no_grad():
            y.zero_()
        return result - result.detach() + (x * w + shift).detach()

    assert "RuntimeError: one of the variables needed for gradient" in told(scaling, overwritten)


def test_the_reference_is_left_without_gradients(scaling):
    scaling.run(scaled)
    case = scaling.trials[0]
    assert case.want.keys() == {"the result", "the gradient of x", "the gradient of w"}
    assert all(argument.grad is None for argument in case.args)


def test_a_bug_is_recognised_by_its_gradient(scaling):
    @scaling.bug
    def without_a_graph(x, w, shift=0.0):
        """It has no graph. Keep it."""
        return (x * w + shift).detach()

    @scaling.bug
    def half(x, w, shift=0.0):
        """Half of it is without a graph. Keep it."""
        return (x * w + shift) / 2 + (x * w + shift).detach() / 2

    for bug in (without_a_graph, half):
        assert scaling.run(bug).bug == bug.__name__

    def written_otherwise(x, w, shift=0.0):
        y = scaled(x, w, shift)
        return y.detach() + 0.5 * (y - y.detach())

    assert scaling.run(written_otherwise).bug == "half"
    said = told(scaling, written_otherwise)
    assert said.startswith("the gradient of x is 1/2 of what it should be")
    assert "/ the gradient of w is 1/2 of what it should be" in said


def test_the_call_is_told_with_numbers_or_shapes(scaling):
    report = scaling.run(lambda x, w, shift=0.0: x)
    assert report.failures[0].message.startswith("scaled(x, w) with x = [[")
    assert "of float32" in str(scaling.trials[2])


def four(x, w, heads, table):
    """x, whatever the rest is."""
    return x * 1.0


def test_numbers_among_many_arguments_are_told_as_they_are():
    exercise = Exercise(four, "a-page", ("Hint.",))
    names = {str(i): numbers(2) for i in range(9)}
    exercise.case("four", numbers(3, 2), numbers(2), 3, names)
    said = exercise.run(lambda x, w, heads, table: x * 2).failures[0].message
    call, _, told = said.partition(", heads = 3, table = a dict of 9: the result ")
    assert call.startswith("four(x, w, heads, table) with x = [[")
    assert told.startswith("is 2 times")
