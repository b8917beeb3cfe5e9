"""Which of our known mistakes TorchCode's judge accepts: python tests/other_judge.py [--record].

It needs `pip install torch-judge==0.1.1`, and is no part of the tests. An exercise is compared if a
task of TorchCode asks for the same function. A mistake counts if it changes an answer on a call
of the form that the task asks for (attention without a mask, say), by more than its judge's
tolerance of 1e-5. Each mistake is judged in one program, by all tests of the task, as its `check`
runs them; what the task leaves to autograd is handed to it. Our own answer must pass.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import version

import numpy as np
import torch
from torch import nn

from answers.files import write
from answers.grader import catalog
from answers.records.other_judge import RECORD
from answers.transformers.attention import causal_mask

rng = np.random.default_rng(0)


def backward_of(gradient: Callable, forward: Callable, *inputs: torch.Tensor) -> torch.Tensor:
    """`forward` of arrays as a step of PyTorch's graph, with `gradient` for its first input."""

    class Step(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *tensors):
            ctx.arrays = [each.detach().numpy() for each in tensors]
            return torch.as_tensor(np.asarray(forward(*ctx.arrays)), dtype=torch.float32)

        @staticmethod
        def backward(ctx, dout):
            found = np.asarray(gradient(dout.numpy(), *ctx.arrays))
            return torch.as_tensor(found, dtype=torch.float32), *map(
                torch.zeros_like, map(torch.from_numpy, ctx.arrays[1:])
            )

    return Step.apply(*inputs)


def zeros(dout, first, *rest):
    """No test of these tasks looks at the numbers of a gradient."""
    return np.zeros_like(first)


def my_softmax(function):
    return lambda x, dim: torch.as_tensor(function(x.numpy(), dim))


def cross_entropy_loss(function):
    def loss(logits, targets):
        return function(logits, targets)[0]

    return lambda logits, targets: backward_of(zeros, loss, logits, targets)


def scaled_dot_product_attention(function):
    return lambda q, k, v: backward_of(zeros, function, q, k, v)


def causal_attention(function):
    def causal(q, k, v):
        return function(q, k, v, causal_mask(q.shape[-2]))

    return lambda q, k, v: backward_of(zeros, causal, q, k, v)


def relu(function):
    return lambda x: backward_of(function, lambda a: np.maximum(a, 0), x)


def simple_linear(function):
    class SimpleLinear:
        def __init__(self, d_in, d_out):
            self.weight = torch.randn(d_out, d_in, requires_grad=True)
            self.bias = torch.randn(d_out, requires_grad=True)

        def forward(self, x):
            def forward(w, x, b):
                return function(x, w.T, b)

            return backward_of(zeros, forward, self.weight, x, self.bias)

    return SimpleLinear


def accumulated_step(function):
    def step(model, optimizer, loss_fn, batches):
        names, gradients, total = list(model.parameters()), [], 0.0
        for x, y in batches:
            loss = loss_fn(model(x), y)
            gradients.append([g.numpy() for g in torch.autograd.grad(loss, names)])
            total += loss.item() / len(batches)
        sizes = np.array([len(x) for x, _ in batches])
        for parameter, parts in zip(names, zip(*gradients, strict=True), strict=True):
            found = function(np.stack(parts), sizes)
            parameter.grad = torch.as_tensor(found, dtype=torch.float32)
        optimizer.step()
        return total

    return step


def speculative_decode(function):
    draws = np.random.default_rng(0)

    def decode(p, q, drafted):
        p = p.numpy().astype(float)
        row = np.full((1, p.shape[1]), 1 / p.shape[1])
        uniform = draws.random(len(drafted) + 1)
        p, q = (
            a / a.sum(-1, keepdims=True) for a in (np.vstack([p, row]), q.numpy().astype(float))
        )
        found = function(p, q, drafted.numpy(), uniform)
        return [int(token) for token in found[: len(drafted)]]

    return decode


def int8_linear(function):
    class Int8Linear(nn.Module):
        def __init__(self, weight, bias=None):
            super().__init__()
            codes, scale = function(weight.numpy())
            self.register_buffer("weight_int8", torch.as_tensor(codes))
            self.register_buffer("scale", torch.as_tensor(scale, dtype=torch.float32))
            self.bias = bias

        def forward(self, x):
            y = x @ (self.weight_int8 * self.scale).T
            return y if self.bias is None else y + self.bias

    return Int8Linear


def draft(n: int = 4, vocab: int = 6) -> tuple[np.ndarray, ...]:
    p, q = (rng.dirichlet(np.ones(vocab), size) for size in (n + 1, n))
    drafted = np.array([rng.choice(vocab, p=row) for row in q])
    return p, q, drafted, rng.random(n + 1)


def three(queries: int = 5, keys: int = 5) -> list[np.ndarray]:
    return [rng.normal(size=(2, n, 6)) for n in (queries, keys, keys)]


# By exercise: the task of TorchCode, what hands it our function, and a call as the task asks.
TASKS = [
    ("softmax", "softmax", my_softmax, lambda: (1000 * rng.normal(size=(3, 5)), -1)),
    (
        "cross_entropy",
        "cross_entropy",
        cross_entropy_loss,
        lambda: (1000 * rng.normal(size=(7, 5)), rng.integers(0, 5, 7)),
    ),
    ("attend", "attention", scaled_dot_product_attention, lambda: three(3, 7)),
    ("attend", "causal_attention", causal_attention, lambda: [*three(), causal_mask(5)]),
    (
        "relu_backward",
        "relu",
        relu,
        lambda: (rng.normal(size=(3, 5)), rng.normal(size=(3, 5))),
    ),
    (
        "affine",
        "linear",
        simple_linear,
        lambda: [rng.normal(size=shape) for shape in ((3, 5), (5, 4), (4,))],
    ),
    (
        "accumulate_gradients",
        "gradient_accumulation",
        accumulated_step,
        lambda: (rng.normal(size=(3, 4, 2)), np.full(3, 8)),
    ),
    ("accept_draft", "speculative_decoding", speculative_decode, draft),
    ("quantize_int8", "int8_quantization", int8_linear, lambda: [rng.normal(size=(5, 7))]),
]


# The part of our answer that the task asks for, if not all: no gradient, no token beyond the draft.
ASKED = {"cross_entropy": lambda answer: answer[0], "accept_draft": lambda answer: answer[:4]}
# Right there: the task leaves to the learner which random number is drawn for what.
NOT_ASKED = {"next_number_for_the_draw"}


def changes_an_answer(mistake: Callable, reference: Callable, call: Callable) -> bool:
    """Whether it differs from ours in one of 100 calls of the task's form."""
    asked = ASKED.get(reference.__name__, lambda answer: answer)
    for _ in range(100):
        arguments = call()
        want = reference(*(np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments))
        try:
            with np.errstate(all="ignore"):
                got = mistake(*arguments)
        except Exception:
            return True
        if not alike(asked(got), asked(want)):
            return True
    return False


def alike(got: object, want: object) -> bool:
    if isinstance(want, tuple):
        return len(got) == len(want) and all(map(alike, got, want))
    got = np.asarray(got)
    return got.shape == np.shape(want) and np.allclose(got, want, atol=1e-5)


def accepts(task: dict, function: object) -> bool:
    """Whether all tests of a task pass, run as `torch_judge.check` runs them."""
    torch.manual_seed(0)  # some draw their inputs
    name = task["function_name"]
    for test in task["tests"]:
        try:
            exec(test["code"].replace("{fn}", name), {name: function})
        except Exception:
            return False
    return True


def wrong_answers() -> Iterator[tuple[str, str, str, Callable]]:
    """By mistake that counts: the exercise, the task, the mistake, and the program to judge."""
    for name, task, _, call in TASKS:
        exercise = catalog.load(name)
        for bug in exercise.bugs.values():
            wrong = [p for p in bug.programs if changes_an_answer(p, exercise.reference, call)]
            if wrong and bug.name not in NOT_ASKED:
                yield name, task, bug.name, wrong[0]


def verdicts() -> Iterator[tuple[str, str, str, bool]]:
    """The same with whether it is accepted."""
    from torch_judge.tasks import get_task

    hands = {task: (name, hand) for name, task, hand, _ in TASKS}
    for task, (name, hand) in hands.items():
        if not accepts(get_task(task), hand(catalog.load(name).reference)):
            raise SystemExit(f"{task} refuses our own {name}")
    for name, task, mistake, program in wrong_answers():
        with np.errstate(all="ignore"):
            yield name, task, mistake, accepts(get_task(task), hands[task][1](program))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="keep the count")
    asked = parser.parse_args()
    found = list(verdicts())
    for name, task, mistake, accepted in found:
        print(f"{name} by {task}: {mistake} {'accepted' if accepted else 'refused'}")
    record = {
        "on": date.today().isoformat(),
        "version": version("torch-judge"),
        "exercises": len({name for name, *_ in found}),
        "mistakes": len(found),
        "accepted": sum(accepted for *_, accepted in found),
    }
    print(record)
    if asked.record:
        write(RECORD, json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
