"""Repairs that are not enough, or none, and the mistake that each is told, if it is a known one.

Each is the broken file after somebody has worked on it.
"""

from answers.practice import catalog

EXERCISE = catalog.load("fix_the_layers")
MISTAKES = {mistake.name: mistake for mistake in EXERCISE.mistakes}


def file_with(*mistakes, **edits):
    """The file with only these mistakes left; then edits, each (right, wrong)."""
    code = EXERCISE.with_mistakes(tuple(MISTAKES[name] for name in mistakes))
    for name, (right, wrong) in edits.items():
        assert code.count(right) == 1, name
        code = code.replace(right, wrong)
    namespace = {}
    exec(compile(code, "fix_the_layers.py", "exec"), namespace)
    return namespace["fix_the_layers"]


untouched = file_with(*MISTAKES)
only_the_first_repaired = file_with(*list(MISTAKES)[1:])
only_the_last_repaired = file_with(*list(MISTAKES)[:-1])
every_second_repaired = file_with(*list(MISTAKES)[1::2])
one_sum_for_all = file_with(
    axis=("np.exp(x).sum(axis=1, keepdims=True)", "np.exp(x).sum()")
)
global_maximum = file_with(top=("x.max(axis=1, keepdims=True)", "x.max()"))
axis_without_keepdims = file_with(axis=("sum(axis=1, keepdims=True)", "sum(axis=1)"))
biases_not_summed = file_with(db=("db = dout.sum(axis=0)", "db = dout"))
biases_as_rows = file_with(db=("dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)"))
weights_as_they_are = file_with(dx=("dout @ w.T", "dout @ w"))
mask_of_inputs_not_negative = file_with(mask=("(x > 0)", "(x != 0)"))
summed_and_a_mistake_left = file_with(
    "no_maximum", mean=("dlogits / len(y)", "dlogits / 1")
)

BUGS = {
    untouched: "normalised_over_the_batch",
    only_the_first_repaired: "reshaped_for_transposed",
    only_the_last_repaired: "normalised_over_the_batch",
    every_second_repaired: "reshaped_for_transposed",
    one_sum_for_all: None,
    global_maximum: "no_maximum",
    axis_without_keepdims: None,
    biases_not_summed: None,
    biases_as_rows: None,
    weights_as_they_are: None,
    mask_of_inputs_not_negative: None,
    summed_and_a_mistake_left: None,
}
