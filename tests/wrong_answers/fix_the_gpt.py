"""Repairs that are not enough, or none, and the mistake that each is told, if it is a known one.

Each is the broken file after somebody has worked on it.
"""

from answers.practice import catalog

EXERCISE = catalog.load("fix_the_gpt")
MISTAKES = {mistake.name: mistake for mistake in EXERCISE.mistakes}


def file_with(*mistakes, **edits):
    """The file with only these mistakes left; then edits, each (right, wrong)."""
    code = EXERCISE.with_mistakes(tuple(MISTAKES[name] for name in mistakes))
    for name, (right, wrong) in edits.items():
        assert code.count(right) == 1, name
        code = code.replace(right, wrong)
    namespace = {}
    exec(compile(code, "fix_the_gpt.py", "exec"), namespace)
    return namespace["fix_the_gpt"]


untouched = file_with(*MISTAKES)
only_the_first_repaired = file_with(*list(MISTAKES)[1:])
only_the_last_repaired = file_with(*list(MISTAKES)[:-1])
every_second_repaired = file_with(*list(MISTAKES)[1::2])
shifted_twice = file_with(
    shift=("logits[:, :-1], ids[:, 1:]", "logits[:, :-2], ids[:, 2:]")
)
logits_shifted_too = file_with(
    shift=("logits[:, :-1], ids[:, 1:]", "logits[:, 1:], ids[:, 1:]")
)
positions_left_out = file_with(
    add=("self.tokens(ids) + self.positions(positions)", "self.tokens(ids)")
)
positions_from_1 = file_with(
    positions=("torch.arange(ids.shape[1])", "torch.arange(1, ids.shape[1] + 1)")
)
own_key_hidden = file_with(
    mask=("dtype=torch.bool).triu(1)", "dtype=torch.bool).triu(0)")
)
next_key_shown = file_with(
    mask=("dtype=torch.bool).triu(1)", "dtype=torch.bool).triu(2)")
)
no_mask = file_with(mask=("scores.masked_fill(hidden, -torch.inf)", "scores"))
mask_of_small_numbers = file_with(mask=("hidden, -torch.inf", "hidden, -1.0"))
mask_of_zeros = file_with(mask=("hidden, -torch.inf", "hidden, 0.0"))
masked_after_softmax = file_with(
    mask=(
        "scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)",
        "scores.softmax(dim=-1).masked_fill(hidden, 0.0)",
    )
)
softmax_over_queries = file_with(
    axis=("-torch.inf).softmax(dim=-1)", "-torch.inf).softmax(dim=-2)")
)
not_scaled = file_with(scale=(" / (width // self.heads) ** 0.5", ""))
scaled_by_the_model = file_with(scale=("(width // self.heads) ** 0.5", "width**0.5"))
norm_left_out = file_with(norm=("x = self.norm(x)\n", "x = x + 0\n"))
stream_cut = file_with(stream=("return x + self.mlp", "return self.mlp"))
mask_repaired_and_labels_left = file_with(
    "labels_not_shifted",
    mask=("dtype=torch.bool).triu(1)", "dtype=torch.bool).triu(0)"),
)

BUGS = {
    untouched: "probabilities_for_logits",
    only_the_first_repaired: "labels_not_shifted",
    only_the_last_repaired: "probabilities_for_logits",
    every_second_repaired: "labels_not_shifted",
    shifted_twice: None,
    logits_shifted_too: None,
    positions_left_out: None,
    positions_from_1: None,
    own_key_hidden: None,
    next_key_shown: "mask_the_wrong_way_round",
    no_mask: "mask_the_wrong_way_round",
    mask_of_small_numbers: None,
    mask_of_zeros: None,
    masked_after_softmax: None,
    softmax_over_queries: None,
    not_scaled: None,
    scaled_by_the_model: None,
    norm_left_out: None,
    stream_cut: None,
    mask_repaired_and_labels_left: None,
}
