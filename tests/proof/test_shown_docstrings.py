"""Docstrings that a page shows are prose: their numbers and ratios have a witness.

A number may stand in the code of its module, or in the docstring's example, which is run. Any
other, and a ratio in words, stands in a phrase of `HELD`, beside what it follows from.
"""

import ast
import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from inspect import getsource, signature
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
import torch

from answers import figures
from answers.gradient_check import bound, check_gradient
from answers.labels.annotation import fleiss_kappa
from answers.labels.binormal import two_models
from answers.labels.calibration import zero_of_slope
from answers.labels.crowd import fit_words
from answers.labels.metrics import roc_auc
from answers.labels.model_comparison import mcnemar
from answers.labels.noisy_digits import digits, repairs
from answers.language_models.lora import lora_forward, merge_lora
from answers.language_models.sampling import min_p, top_p
from answers.networks.two_layer_net import TwoLayerNet
from answers.pages import ROOT, pages
from answers.probability import gaussian_fit, reverse_descent
from answers.probability.diffusion import ddim_step, q_sample, x0_and_noise
from answers.probability.loss_bounds import confidence_loss_bounds
from answers.probability.softmax import softmax
from answers.proof.blocks import values
from answers.proof.fences import python_fences
from answers.proof.word_claims import ratios
from answers.training.convolution import max_pool2d, max_pool2d_backward
from answers.training.newton_schulz import newton_schulz
from answers.training.scans import associative_scan, hillis_steele, odd_even
from answers.training.schedules import cosine_schedule
from answers.transformers.attention import attend_backward
from answers.transformers.quantization import quantize, quantize_int8
from answers.transformers.quantization_torch import has_int8_kernel
from answers.transformers.rotary import rotate

EXAMPLE = re.compile(r"^ *>>> .*(?:\n(?! *$).*)*", re.MULTILINE)
SOURCE = re.compile(r"^ *Source:\n.*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
CITED = re.compile(r"https?://\S+|\d{4}, arXiv [\d.]+|scikit-learn [\d.]+|[\d.]+ raises too")
NUMBER = re.compile(r"(?<![\w.])\d[\d.,]*\d|(?<![\w.])\d")
CHECKS = "tests/transformers/test_transformer_checks.py"
HERE = "tests/proof/test_shown_docstrings.py"
PAGES = [page.path for page in pages()]
SMALL = re.compile(r"\d|1[0-2]")  # as on pages, these need no witness


def epsilon_of_rms_norm() -> bool:
    for kind in (torch.bfloat16, torch.float16, torch.float32, torch.float64):
        epsilon = torch.finfo(torch.float64 if kind is torch.float64 else torch.float32).eps
        small = torch.full((4,), 1e-4, dtype=kind)
        expected = 1e-4 / math.sqrt(1e-8 + epsilon)
        if abs(torch.nn.functional.rms_norm(small, (4,))[0].item() / expected - 1) > 0.01:
            return False
    return True


def initial_weights() -> list[np.ndarray]:
    return list(TwoLayerNet(400, 400, 400, np.random.default_rng(0)).params.values())


def farthest_from_a_code() -> float:
    w = np.random.default_rng(0).normal(size=(6, 128))
    codes, scale = quantize_int8(w)
    return np.max(np.abs(codes * scale - w) / scale)


def depth(scan: Callable, steps: int = 1024) -> int:
    """How many combinations in a row the last of all prefixes needs."""

    def join(earlier, later):
        return (np.maximum(earlier[0], later[0]) + 1,)

    return scan(join, (np.zeros(steps, int),))[0].max()


def kept_updates() -> Iterator[bool]:
    """Whether float32 keeps an update of 1 by 0.49 and by 0.51 of the distance to the next
    number, upwards, where it is its step, and downwards, where it is half of that."""
    for distance in (np.finfo(np.float32).eps, -np.finfo(np.float32).epsneg):
        for share in (0.49, 0.51):
            b = np.array([[share * distance]])
            yield merge_lora(np.ones((1, 1), np.float32), np.ones((1, 1)), b, 1.0).item() != 1


def noised(kept: float) -> list[float]:
    """What is left of data of 1 and of noise of 1."""
    both = np.array([[1.0], [0.0]]), np.array([0, 0]), np.array([[0.0], [1.0]])
    return q_sample(*both, np.array([kept])).round(9).ravel().tolist()


def stepped(after: float) -> float:
    return ddim_step(np.array([10.0]), np.array([10.0]), 0.64, after).item()


def both_parts(v: float = 5.0) -> list[float]:
    return [part.item() for part in x0_and_noise(np.array([10.0]), np.array([v]), 0.64, "v")]


def updated_by_lora() -> float:
    x, w = np.array([[1.0, 2.0]]), np.array([[1.0, 1.0]])
    return lora_forward(x, w, np.array([[0.0, 1.0]]), np.array([[10.0]]), 0.5).item()


def says(defined, code: str) -> bool:
    """Whether a function or a module does in code what a docstring says in words."""
    return code in getsource(defined)


def on_a_page(name: str, code: str) -> bool:
    """The same of a function that only a page defines."""
    return any(
        code in beside
        for page in PAGES
        for (called, _), beside in shown(page).items()
        if called == name
    )


def p_value_of(a_alone: int, b_alone: int) -> float:
    a = np.repeat([1, 0], [a_alone, b_alone])
    return mcnemar(a, 1 - a)


def float32_sum(classes: int) -> float:
    logits = np.random.default_rng(0).normal(size=classes).astype(np.float32)
    return softmax(logits).sum(dtype=float)


def blind_auc() -> float:
    rng = np.random.default_rng(0)
    drawn = [roc_auc(rng.permutation([0] * 9 + [1] * 6), rng.normal(size=15)) for _ in range(4000)]
    return np.mean(drawn)


@cache
def five_steps() -> np.ndarray:
    """What becomes of singular values, of a matrix of norm 1."""
    values = np.geomspace(0.002, 1, 1000)
    return np.array([newton_schulz(np.diag([s, (1 - s * s) ** 0.5]))[0, 0] for s in values])


def pads_half_of_the_kernel_and_no_more(pool: Callable) -> bool:
    pool(np.ones((1, 1, 4, 4)), 3, padding=1)
    with pytest.raises(ValueError, match="more than half"):
        pool(np.ones((1, 1, 4, 4)), 3, padding=2)
    return True


def pool_back(x: np.ndarray, kernel: int, padding: int) -> np.ndarray:
    size = (x.shape[-1] + 2 * padding - kernel) // kernel + 1
    return max_pool2d_backward(np.ones((1, 1, size, size)), x, kernel, padding=padding)


def kept_by_top_p(dtype):
    """How many of ten equal tokens are the nucleus of 0.8."""
    return np.isfinite(top_p(np.zeros(10, dtype), 0.8)).sum()


HELD = {
    **{
        pool.__name__: [
            (
                "at most half of the kernel",
                lambda call=call: pads_half_of_the_kernel_and_no_more(call),
            )
        ]
        for pool, call in ((max_pool2d, max_pool2d), (max_pool2d_backward, pool_back))
    },
    "associative_scan": [
        ("each pair covers twice as many steps", lambda: says(associative_scan, "2**doubling")),
    ],
    "odd_even": [
        ("in about twice the depth", lambda: depth(odd_even) / depth(hillis_steele) == 1.8),
    ],
    "sample": [
        (
            "0, one of 2**53 of its numbers",
            lambda: np.random.default_rng(0).random() * 2**53 % 1 == 0,
        ),
        (
            "The noise is 0.37 for both tokens at U = 1/2, and 2.25 at U = 0.9",
            lambda: [round(-math.log(-math.log(u)), 2) for u in (0.5, 0.9)] == [0.37, 2.25],
        ),
    ],
    "min_p": [
        (
            "A tenth of the largest is a margin of log 10, 2.3",
            lambda: (
                np.isfinite(min_p(np.array([2.31, 2.3, 0.0]), 0.1)).tolist()
                == [True, True, False]
                == [*np.isfinite(min_p(np.array([2.31, 1.0, 0.0]), 0.1))]
            ),
        ),
    ],
    "merge_lora": [
        (
            "An update below half of the distance to the next number of that format is lost",
            lambda: [*kept_updates()] == [0, 1, 0, 1],
        ),
    ],
    "top_p": [
        (
            "Four tokens of probability 1/4: two of them hold a half",
            lambda: np.isfinite(top_p(np.zeros(4), 0.5)).sum() == 2,
        ),
        (
            "0.8 of ten equal tokens are nine, as 0.1 added eight times in a row is less",
            # Python's `sum` keeps what is lost by rounding, from 3.12 on.
            lambda: (
                kept_by_top_p(np.float64) == 9 != kept_by_top_p(np.float32)
                and [*accumulate(8 * [0.1])][-1] < 0.8
            ),
        ),
    ],
    "lora_forward": [
        ("B makes 20 of it; alpha / r is 0.5 / 1", lambda: updated_by_lora() == 3 + 0.5 / 1 * 20),
    ],
    "q_sample": [("the factors are 0.8 and 0.6", lambda: noised(0.64) == [0.8, 0.6])],
    "ddim_step": [
        ("10 is 0.8 · 5 + 0.6 · 10", lambda: np.isclose(stepped(1.0), 5)),
        (
            "behind the step it is 0.96 · 5 + 0.28 · 10",
            lambda: np.isclose(stepped(0.9216), 0.96 * 5 + 0.28 * 10),
        ),
    ],
    "x0_and_noise": [
        ("5 and 10, mixed by 0.8 and 0.6, are 10", lambda: np.allclose(both_parts(), (5, 10))),
        ("v is 0.8 · 10 - 0.6 · 5", lambda: np.allclose(both_parts(0.8 * 10 - 0.6 * 5), (5, 10))),
    ],
    "llama_block": [
        ("in halves, at base 10,000", lambda: signature(rotate).parameters["base"].default == 1e4),
    ],
    "rms_norm": [
        ("mean square of 1 and 7 is 25", lambda: np.mean(np.array([1.0, 7.0]) ** 2) == 25),
        ("of float64 there, of float32 for 32 and 16 bits", epsilon_of_rms_norm),
    ],
    "newton_schulz": [
        (
            "Five steps leave each between 0.68 and 1.21 if it was above 0.002 of the norm",
            lambda: (0.675 < five_steps().min() < 0.685) and (1.2 < five_steps().max() < 1.21),
        ),
        (
            "3.4445 - 4.775 + 2.0315",
            lambda: newton_schulz(np.eye(1), 1) == pytest.approx(3.4445 - 4.775 + 2.0315),
        ),
    ],
    "cosine_schedule": [
        (
            "then half a cosine down",
            lambda: [cosine_schedule(step, 4, 0, 2.0) for step in (0, 2, 4)] == [2, 1, 0],
        ),
        ("half of it midway", lambda: cosine_schedule(7, 11, 3, 8.0) == 8.0 / 2),
    ],
    "TwoLayerNet": [
        ("starts 10 times smaller", lambda: says(TwoLayerNet, "0.1 *")),
        ("keeps the size of the activations", lambda: 0.06 < initial_weights()[0].std() < 0.08),
    ],
    "softmax": [
        (
            "larger by log 3 is 3 times as probable, at 1000 too",
            lambda: softmax(np.array([1000.0, 1000 + math.log(3)])) == pytest.approx([0.25, 0.75]),
        )
    ],
    "below_max": [
        (
            "overflows above 709 in float64 and above 88 in float32",
            lambda: [int(math.log(np.finfo(t).max)) for t in (float, np.float32)] == [709, 88],
        )
    ],
    "refuse_no_distribution": [
        (
            "wide enough for float32 probabilities of 100,000 classes",
            lambda: abs(float32_sum(100_000) - 1) < 1e-5,
        )
    ],
    "warm_up_missing": [
        (
            "A rate that 20 steps of warm-up would lead up to",
            lambda: "warm_up=20" in (ROOT / CHECKS).read_text("utf-8"),
        )
    ],
    "below_likeliest": [
        ("underflows below -745", lambda: math.exp(-745) > 0 == math.exp(-746)),
    ],
    "check_gradient": [
        ("four times as much may be rounding", lambda: says(check_gradient, "noise = 4 *"))
    ],
    "attend_backward": [("each value gets half of what arrives", lambda: halves_the_gradient())],
    "quantize": [
        (
            "One for every 64 entries of a row: `quantize(w.reshape(-1, 64))`",
            lambda: quantize(np.ones((2, 128)).reshape(-1, 64))[1].size == 2 * 128 / 64,
        )
    ],
    "weight_bytes": [
        ("a scale for every 128 weights are 4.125 bits", lambda: 4 + 16 / 128 == 4.125),
    ],
    "quantize_int8": [("most half a scale away", lambda: farthest_from_a_code() <= 0.5 + 1e-9)],
    "accept_draft": [("Token 0 is half as likely as the draft said", lambda: 0.4 / 0.8 == 0.5)],
    "fleiss_kappa": [
        (
            "3 pairs agree, and chance would make 2.125 agree",
            lambda: (
                fleiss_kappa(np.array([[2, 0], [2, 0], [0, 2], [1, 1]]))
                == pytest.approx((3 - 2.125) / (4 - 2.125))
            ),
        )
    ],
    "fit_words": [
        ("penalty / 2 times the squared weights", lambda: says(fit_words, "+ ridge * w")),
    ],
    "fit_temperature": [
        (
            "right three times in four: log 3 would be honest",
            lambda: softmax(np.array([0, math.log(3)]))[1] == pytest.approx(3 / 4),
        )
    ],
    "zero_of_slope": [
        ("or half the bracket", lambda: says(zero_of_slope, "(low + high) / 2")),
    ],
    "confident_joint": [
        (
            "Both classes ask for 0.7. The third example is labelled 0 and looks like a 1",
            lambda: (0.9 + 1 + 0.2) / 3 == pytest.approx((0.8 + 0.6) / 2) == 0.7,
        )
    ],
    "repairs": [
        (
            "Half of the images train",
            lambda: says(repairs, "order[:900]") and len(digits()[1]) == 1797,
        )
    ],
    "Wrong": [("a gradient 3.5 times too large", lambda: on_a_page("Wrong", "3.5 * dout"))],
    "awq": [("a hundred times the others", lambda: 100.0 / 1.0 == 100)],
    "has_int8_kernel": [
        (
            "a kernel that adds pairs of products in 16 bits where the processor has no VNNI: two "
            "products of 127 · 255 do not fit",
            lambda: 127 * 255 < 2**15 < 2 * 127 * 255,
        ),
        ("Before its repair in late 2024", lambda: says(has_int8_kernel, "pytorch/issues/136746")),
    ],
    "kl_from_logits": [("exp(-800) is 0 in float64", lambda: math.exp(-800) == 0)],
    "loss": [("Half the squared error of a row", lambda: on_a_page("loss", "/ 2"))],
    "errors_by_step": [("right gradient of 1,600 weights", lambda: 40 * 40 == 1600)],
    "bound": [
        (
            "A power of 1000 above `error`",
            lambda: [bound(e) for e in (3e-7, 2e-5, 2e-3)] == ["1e-6", "1e-3", "1e0"],
        )
    ],
    "cache_bytes": [
        ("one KV head for four queries it would be a quarter", lambda: 18 / 72 == 3 / 12)
    ],
    "fit_gaussian": [
        ("a function is summed at 16,001", lambda: says(gaussian_fit, "16001")),
        ("within 8.5 deviations of a q", lambda: says(reverse_descent, "8.5")),
    ],
    "mcnemar": [
        (
            "A alone is right 4 times, B alone never: two of 16 ways for the coins to fall",
            lambda: p_value_of(4, 0) == pytest.approx(2 / 2**4),
        )
    ],
    "roc_auc": [
        ("a tie counts one half", lambda: roc_auc(np.array([0, 1]), np.zeros(2)) == 0.5),
        ("0.5 on average for scores that know nothing", lambda: abs(blind_auc() - 0.5) < 0.01),
    ],
    "matthews_correlation": [
        ("Three of four right in each class", lambda: (3 * 3 - 1) / math.sqrt(4**4) == 0.5),
    ],
    "two_models": [("Truth of 1,000 examples", lambda: len(two_models()[0]) == 1000)],
    "confidence_loss_bounds": [
        (
            "99% sure: nearly free if right, and more than 4.6 nats if wrong",
            lambda: 4.6 < confidence_loss_bounds(10, 0.99, False)[0] < 4.7,
        )
    ],
    "threshold_loss_bounds": [
        ("cost more than log 2, which is 0.693", lambda: round(math.log(2), 3) == 0.693),
    ],
}


def halves_the_gradient() -> bool:
    q, k = np.zeros((1, 2)), np.zeros((2, 2))
    return np.allclose(attend_backward(np.ones((1, 3)), q, k, np.ones((2, 3)))[2], 0.5)


@cache
def modules() -> dict[tuple[str, str], str]:
    """By name and docstring the code of the module that a function stands in, without words."""
    found = {}
    for path in ROOT.glob("answers/**/*.py"):
        if path.parent.name in ("exercises", "figures"):
            continue  # figures have their own tests
        text = path.read_text("utf-8")
        documented = [n for n in ast.walk(ast.parse(text)) if docstring(n)]
        for node in documented:
            text = text.replace(node.body[0].value.value, "")
        found |= {(n.name, docstring(n)): text for n in documented if hasattr(n, "name")}
    return found


def docstring(node: ast.AST) -> str | None:
    kinds = ast.FunctionDef | ast.ClassDef | ast.Module
    return ast.get_docstring(node) if isinstance(node, kinds) else None


@cache
def shown(page: Path) -> dict[tuple[str, str], str]:
    """By name and docstring of each function that a page shows, the code beside it."""
    found: dict[tuple[str, str], str] = {}
    for fence in python_fences(page, page.read_text("utf-8")):
        for node in ast.walk(ast.parse(fence.shown)):
            if docstring(node) and not isinstance(node, ast.Module):
                code = fence.shown.replace(node.body[0].value.value, "")
                found[node.name, docstring(node)] = code
    return found


def spelt(phrase: str) -> str:
    return r"\s+".join(map(re.escape, phrase.split()))


def claims(text: str, code: str) -> list[str]:
    """The numbers and ratios of a docstring that neither its example nor code has."""
    prose = CITED.sub("", SOURCE.sub("", EXAMPLE.sub("", text)))
    have = values(code) | values(" ".join(EXAMPLE.findall(text)))
    numbers = [
        number
        for number in NUMBER.findall(prose)
        if not SMALL.fullmatch(number)
        and not values(number) <= have
        and not {value / 100 for value in values(number)} <= have
    ]
    return numbers + [match[0] for match in ratios(prose)]


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_what_shown_docstrings_claim_has_a_witness(page):
    where = f"{page.relative_to(ROOT)}: the shown docstring of `{{}}` says"
    for (name, text), code in shown(page).items():
        said = where.format(name)
        if name in figures.names():
            continue  # these have their own tests
        for phrase, holds in HELD.get(name, []):
            if re.search(spelt(phrase), text):
                assert holds(), f"{said} “{phrase}”, which is not so"
        left = text
        for phrase, _ in HELD.get(name, []):
            left = re.sub(spelt(phrase), "…", left)
        found = ", ".join(claims(left, code + modules().get((name, text), "")))
        assert not found, f"{said} {found}: hold its phrase to a fact in HELD of {HERE}"


def test_all_that_is_held_is_said():
    said = [pair for page in PAGES for pair in shown(page)]
    for name, held in HELD.items():
        docstrings = " ".join(text for called, text in said if called == name)
        assert [phrase for phrase, _ in held if not re.search(spelt(phrase), docstrings)] == []


def test_a_claim_without_a_witness_is_named():
    assert claims("It is 3 times as fast at 709, 13 and 0.25.", "n = 13 + 0.25") == [
        "709",
        "3 times as",
    ]
