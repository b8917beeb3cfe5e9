"""Explorers draw what SciPy or scikit-learn gives, in the lines that their captions name."""

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch
from drawing import quoted, same
from matplotlib.textpath import TextPath
from scipy import optimize, signal, special, stats
from sklearn import metrics
from transformers.generation import logits_process

from answers import explorers
from answers.explorers import bits, chart, decoding, denoising_paths, one_pass_variance
from answers.labels.binormal import two_models
from answers.probability.diffusion import (
    ddim_step,
    denoise_points,
    linear_schedule,
    x0_and_noise,
)
from answers.transformers import gpt_numpy

SVG = "{http://www.w3.org/2000/svg}"
SHARP = 0.01  # of an axis: places are drawn to a tenth of a unit


class Shown:
    """An explorer with its sliders at some values, read back from its drawing."""

    def __init__(self, name: str, *values: float):
        explorer = explorers.load(name)
        self.name, self.caption = name, explorer.caption
        self.view = explorer.view(*values)
        self.drawing = ET.fromstring(self.view.svg)
        self.x, self.y = self.view.chart.x, self.view.chart.y

    def says(self, phrase: str) -> None:
        assert phrase in self.caption, f"{self.name} no longer says: {phrase}"

    def place(self, across: object, down: object) -> tuple[np.ndarray, np.ndarray]:
        """Where a point of the drawing lies, in the units of the axes."""
        width = chart.WIDTH - chart.LEFT - chart.RIGHT
        height = chart.HEIGHT - chart.TOP - chart.BOTTOM
        right = (np.asarray(across, float) - chart.LEFT) / width
        up = (chart.HEIGHT - chart.BOTTOM - np.asarray(down, float)) / height
        x, y = self.x, self.y
        return x.low + right * (x.high - x.low), y.low + up * (y.high - y.low)

    def lines(self) -> dict[tuple[int, str], tuple[np.ndarray, np.ndarray]]:
        """By ink and kind (solid, dashed, rule) the points of each line."""
        found = {}
        for line in self.drawing.iter(f"{SVG}polyline"):
            kind = {None: "solid", "6 4": "dashed", "3 3": "rule"}[line.get("stroke-dasharray")]
            pairs = [pair.split(",") for pair in line.get("points").split()]
            found[ink(line.get("stroke")), kind] = self.place(*zip(*pairs, strict=True))
        return found

    def dots(self) -> list[tuple[int, float, float]]:
        return [
            (ink(dot.get("fill")), *map(float, self.place(dot.get("cx"), dot.get("cy"))))
            for dot in self.drawing.iter(f"{SVG}circle")
        ]

    def near(self, got: object, want: object, axis: str = "y") -> bool:
        within = SHARP * abs(getattr(self, axis).high - getattr(self, axis).low)
        return np.shape(got) == np.shape(want) and np.abs(np.subtract(got, want)).max() < within


def ink(colour: str) -> int:
    return {value: key for key, value in chart.INKS.items()}.get(colour, 0)


@pytest.mark.parametrize(("t", "gap"), [(1, 1), (0.316, -2), (10, 3)])
def test_temperature(t, gap):
    shown = Shown("temperature", t, gap)
    p = special.softmax(np.array([1 + gap, 1, 0, -1]) / t)
    bars = list(shown.drawing.iter(f"{SVG}rect"))
    tops = shown.place(0, [float(bar.get("y")) for bar in bars])[1]
    feet = shown.place(0, [float(bar.get("y")) + float(bar.get("height")) for bar in bars])[1]
    assert shown.near(tops, p)
    assert shown.near(feet, np.zeros(4))
    assert list(shown.x.ticks.values()) == [f"A: {1 + gap:g}", "B: 1", "C: 0", "D: -1"]
    shown.says("Softmax of four logits divided by the temperature T")
    shown.says("a high one flattens towards 1/4 each")
    assert shown.view.facts[2].startswith("slope of A by its own logit ")
    assert shown.near(shown.lines()[0, "rule"][1], [1 / 4, 1 / 4])
    hot, cold = (special.softmax(np.array([2, 1, 0, -1]) / each) for each in (100, 0.01))
    shown.says("A low one sharpens towards the largest logit")
    assert np.abs(hot - 1 / 4).max() < 0.01
    assert cold[0] > 0.99
    assert (shown.x.label, shown.y.label) == ("class and its logit", "probability")


@pytest.mark.parametrize(("scale", "width"), [(1, 64), (2, 256), (0.125, 16), (32, 128)])
def test_signal_depth(scale, width):
    shown = Shown("signal_depth", scale, width)
    rng = np.random.default_rng(0)
    x, sizes = torch.tensor(rng.normal(size=(32, width))), [0.0]
    for _ in range(50):
        w = torch.tensor(rng.normal(size=(width, width))) * (scale / width) ** 0.5
        x = torch.relu(x @ w)
        sizes.append(x.square().mean().sqrt().log10().item())
    shown.says("The root of the mean square behind each of 50 layers with ReLU")
    shown.says("weights of variance s/n. Solid: one draw of such a network")
    layers, drawn = shown.lines()[1, "solid"]
    assert shown.near(layers, np.arange(51), "x")
    assert shown.near(drawn, sizes)
    shown.says("Dashed: a factor s/2 a layer for the mean square, which only s = 2 makes 1")
    assert shown.near(shown.lines()[2, "dashed"][1], np.arange(51) * np.log10(scale / 2) / 2)
    assert (shown.x.label, shown.y.label) == ("layers", "root of the mean square")
    assert shown.y.ticks == {power: f"1e{power}" for power in range(-30, 31, 10)}


def plug_in_mean(p, n, k):
    passes = np.arange(n + 1)
    return stats.binom.pmf(passes, n, p) @ (1 - (1 - passes / n) ** k)


@pytest.mark.parametrize(("p", "n"), [(0.1, 20), (0.01, 200), (0.7, 5), (0.3, 50), (0.02, 200)])
def test_plug_in_bias(p, n):
    shown = Shown("plug_in_bias", p, n)
    lines = shown.lines()
    k = np.rint(10 ** lines[1, "solid"][0])
    shown.says("by choices of k of them, which is the true chance (solid)")
    assert shown.near(lines[1, "solid"][1], 1 - (1 - p) ** k)
    shown.says("with the share that passes put in its place (dashed)")
    assert shown.near(lines[2, "dashed"][1], [plug_in_mean(p, n, each) for each in k])
    shown.says(
        "Both begin at p; from k = 2 on the plug-in is too low, the more so the fewer samples"
    )
    assert shown.near([line[1][0] for line in lines.values()], [p, p])
    for each in k[k > 1]:
        few, some, many = (plug_in_mean(p, samples, each) for samples in (5, 20, 200))
        assert few < some < many < 1 - (1 - p) ** each
    bias = [1 - (1 - p) ** each - plug_in_mean(p, n, each) for each in range(1, n + 1)]
    worst = int(np.argmax(bias))
    assert shown.view.facts == (
        f"too low by up to {bias[worst]:.3f}, at k = {worst + 1}",
        f"k = {n}: {1 - (1 - p) ** n:.3f}, plug-in {plug_in_mean(p, n, n):.3f}",
    )
    assert (shown.x.label, shown.y.label) == ("k (log scale)", "pass@k, on average")


@pytest.mark.parametrize(("at", "miss"), [(0.5, 5), (0.17, 20)])
def test_threshold(at, miss):
    shown = Shown("threshold", at, miss)
    truth, scores, _ = two_models()

    def cost(threshold):
        _, false, missed, _ = metrics.confusion_matrix(truth, scores >= threshold).ravel()
        return (false + miss * missed) / len(truth)

    shown.says("What model A costs against the threshold. A false alarm costs 1")
    x, y = shown.lines()[1, "solid"]
    for threshold in (0.1, 0.3, 0.6, 0.9):
        nearest = np.abs(x - threshold).argmin()
        assert shown.near(y[nearest], cost(scores[np.abs(scores - threshold).argmin()]))
    shown.says("The dashed line is where calibrated probabilities ask for the threshold")
    assert shown.near(shown.lines()[3, "rule"][0], [1 / (1 + miss)] * 2, "x")
    assert [dot[0] for dot in shown.dots()] == [1]
    assert shown.near(shown.dots()[0][1], at, "x")
    assert shown.near(shown.dots()[0][2], cost(at))
    assert (shown.x.label, shown.y.label) == ("threshold", "expected cost")


def test_kl_directions():
    shown = Shown("kl_directions", 3, 2)
    x, solid = shown.lines()[1, "solid"]
    _, dashed = shown.lines()[2, "dashed"]
    target = (stats.norm.pdf(x, -3) + stats.norm.pdf(x, 3)) / 2
    shown.says("Two normals (shaded), and the Gaussian nearest to them")
    shade = next(shown.drawing.iter(f"{SVG}polygon"))
    pairs = [pair.split(",") for pair in shade.get("points").split()]
    assert shown.near(shown.place(*zip(*pairs, strict=True))[1][1:-1], target)
    shown.says("By KL(p‖q), solid, it covers both")
    assert shown.near(solid, stats.norm.pdf(x, 0, np.sqrt(10)))

    def reverse(v):
        q = stats.norm(v[0], np.exp(v[1]))
        z = np.linspace(-20, 20, 4001)
        log_p = np.logaddexp(stats.norm.logpdf(z, -3), stats.norm.logpdf(z, 3)) - np.log(2)
        return np.sum(q.pdf(z) * (q.logpdf(z) - log_p)) * (z[1] - z[0])

    mean, log_deviation = optimize.minimize(reverse, [2, 0], method="Nelder-Mead").x
    shown.says("By KL(q‖p), dashed, it is the minimum into which a descent from the start falls")
    assert shown.near(dashed, stats.norm.pdf(x, mean, np.exp(log_deviation)))
    assert shown.near(shown.lines()[2, "rule"][0], [2, 2], "x")
    shown.says("on one mode, or across both")
    assert abs(mean - 3) < 0.1
    across = Shown("kl_directions", 2, 0).lines()[2, "dashed"]
    assert abs(across[0][across[1].argmax()]) < 0.1


@pytest.mark.parametrize(("classes", "p"), [(10, 0.4), (2, 0.99), (3, 0.4), (1000, 0.01)])
def test_loss_interval(classes, p):
    shown = Shown("loss_interval", classes, p)
    x, y = shown.lines()[1, "solid"]
    assert shown.near(y[x > 0.01], -np.log(x[x > 0.01]))
    shown.says("The loss of one example against the probability of its true class")
    shown.says("Right answers lie below log K, wrong ones above log 2")
    assert shown.near(shown.lines()[3, "rule"][1], [np.log(classes)] * 2)
    assert shown.near(shown.lines()[2, "rule"][1], [np.log(2)] * 2)
    tinted = {ink(box.get("fill")): box for box in shown.drawing.iter(f"{SVG}rect")}
    ends = {
        key: shown.place(0, [float(box.get("y")) + each for each in (float(box.get("height")), 0)])
        for key, box in tinted.items()
    }
    assert shown.near(ends[3][1], [0, np.log(classes)])
    assert shown.near(ends[2][1], [np.log(2), 7.5])
    assert [dot[0] for dot in shown.dots()] == [1]
    assert shown.near(shown.dots()[0][2], -np.log(p))
    for each in shown.drawing.iter(f"{SVG}text"):
        # A label stands where only what it names can lie, by the feet and the heads of letters.
        x, (foot, head) = shown.place(
            float(each.get("x")), [float(each.get("y")) - up for up in (0, chart.SIZE)]
        )
        if each.text.startswith("right"):
            assert 0 < foot < head < np.log(2)
            assert x < 0.1  # at p = 0.5, its end, the curve is still above
        if each.text.startswith("wrong"):
            assert np.log(classes) < foot < head < 7.6
    assert (shown.x.label, shown.y.label) == ("probability of the true class", "loss (nats)")


@pytest.mark.parametrize("setting", [(0.01, 0.9, 0.09), (0.2, 0.5, 0.3)])
def test_posterior_of_a_test(setting):
    shown = Shown("posterior_of_a_test", *setting)
    prior, sensitivity, false = setting

    def after(share):
        return share * sensitivity / (share * sensitivity + (1 - share) * false)

    x, y = shown.lines()[1, "solid"]
    shown.says("How likely illness is after a positive test, against how common it was before")
    assert shown.near(y, after(np.exp(x)))
    shown.says("Without a test, it would be the dashed line")
    x, y = shown.lines()[2, "dashed"]
    assert shown.near(y, np.exp(x))
    assert shown.near(shown.dots()[0][1], np.log(prior), "x")
    assert shown.near(shown.dots()[0][2], after(prior))
    said = {np.exp(at): float(text.rstrip("%")) / 100 for at, text in shown.x.ticks.items()}
    assert same(list(said), list(said.values()))
    assert (shown.x.label, shown.y.label) == (
        "prior: the share of the ill (log scale)",
        "posterior",
    )


@pytest.mark.parametrize(("b", "outlier"), [(8, 10), (3, 100)])
def test_bits(b, outlier):
    shown = Shown("bits", b, outlier)
    w = bits.WEIGHTS * np.where(np.arange(32) == 0, outlier, 1)[:, None]

    def error(largest, n):
        scale = largest / (2 ** (n - 1) - 1)
        near = np.round(w / scale) * scale
        return np.log10(np.linalg.norm((near - w)[1:]) / np.linalg.norm(w[1:]))

    largest = {"solid": np.abs(w).max(axis=1, keepdims=True), "dashed": np.abs(w).max()}
    shown.says("a matrix of normal weights with one large row")
    shown.says("One scale for all (dashed) must fit the largest; one scale a row (solid) need not")
    for number, (kind, most) in enumerate(largest.items(), 1):
        x, y = shown.lines()[number, kind]
        assert shown.near(y, [error(most, n) for n in range(2, 9)])
        assert shown.near(x, range(2, 9), "x")
        dot = shown.dots()[number - 1]
        assert dot[0] == number
        assert shown.near(dot[2], error(most, b))
    said = {10.0**at: float(text.rstrip("%")) / 100 for at, text in shown.y.ticks.items()}
    assert same(list(said), list(said.values()))
    assert (shown.x.label, shown.y.label) == ("bits", "error of the other rows")


@pytest.mark.parametrize(
    ("beta1", "beta2"), [(0.9, 0.999), (0.0, 0.95), (0.98, 0.9), (0.98, 0.999)]
)
def test_uncorrected_steps(beta1, beta2):
    shown = Shown("uncorrected_steps", beta1, beta2)

    def lengths(beta1, beta2):
        m, v = (signal.lfilter([1 - b], [1, -b], np.ones(10_000)) for b in (beta1, beta2))
        return m / np.sqrt(v)

    want = lengths(beta1, beta2)
    shown.says("Adam's steps without the bias correction, in learning rates")
    shown.says("while the gradient stays 1 (solid)")
    x, y = shown.lines()[1, "solid"]
    at = np.unique(np.geomspace(1, 10_000, 300).round()).astype(int)
    assert shown.near(x, np.log10(at), "x")
    assert shown.near(y, np.log10(want[at - 1]))
    shown.says("With the correction each step is one learning rate (dashed)")
    assert shown.near(shown.lines()[0, "rule"][1], [0, 0])
    assert shown.near(shown.dots()[0][2], np.log10(want.max()))
    longest = f"longest: {want.max():.2f}, step {want.argmax() + 1}"
    assert shown.view.facts[1] == (longest if want.max() > 1.005 else "none over 1")
    assert shown.view.facts[0] == f"First step: {want[0]:.2f} learning rates"
    assert shown.view.facts[2] == f"step 1000: {want[999]:.2f}"
    shown.says("The nearer β₂ is to 1 the longer they are, and β₁ shortens the first of them")
    assert (lengths(beta1, (1 + beta2) / 2) > want)[:99].all()
    assert lengths((1 + beta1) / 2, beta2)[0] < want[0]
    ticks = [*shown.x.ticks.items(), *shown.y.ticks.items()]
    assert all(same([10.0**place], [float(text)]) for place, text in ticks)
    assert (shown.x.label, shown.y.label) == ("step (log scale)", "learning rates (log scale)")


@pytest.mark.parametrize(("steps", "spread"), [(5, 1), (10, 2), (1, 1), (20, 0.25)])
def test_denoising_paths(steps, spread):
    shown = Shown("denoising_paths", steps, spread)
    points, weights = np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([0.7, 0.3])

    def ends(starts, steps, spread):
        """By the functions of the page, each place on the way."""
        times = np.append(np.linspace(1000, 1, steps).round().astype(int), 0)
        places = [starts]
        for now, after in itertools.pairwise(linear_schedule()[times]):
            x = places[-1]
            x0 = denoise_points(x, now, points, weights, spread)
            places.append(ddim_step(x, x0_and_noise(x, x0, now, "x0")[1], now, after))
        return np.array(places)

    shown.says("Twelve draws of noise on their way to two points, of weights 0.7 (right) and 0.3")
    shown.says(
        "by DDIM. Solid: in the steps of the slider. Dashed: in 200 steps with the exact score"
    )
    starts = np.random.default_rng(38).normal(size=(12, 2))
    drawn = {None: [], "6 4": []}
    for line in shown.drawing.iter(f"{SVG}polyline"):
        pairs = [pair.split(",") for pair in line.get("points").split()]
        across, up = shown.place(*zip(*pairs, strict=True))
        drawn[line.get("stroke-dasharray")].append(np.stack([across, up], axis=1))
    want = ends(starts, steps, spread).transpose(1, 0, 2)
    exact = ends(starts, 200, 1.0).transpose(1, 0, 2)
    assert np.abs(np.array(drawn[None]) - want).max() < SHARP * 5
    assert np.abs(np.array(drawn["6 4"]) - exact[:, ::8]).max() < SHARP * 5
    assert [dot[1:] for dot in shown.dots()] == [
        (pytest.approx(at, abs=0.05), pytest.approx(0, abs=0.05)) for at in (1, -1)
    ]
    quantiles = stats.norm.ppf((np.arange(1000) + 0.5) / 1000)
    last = ends(np.stack([quantiles, 0 * quantiles], axis=1), steps, spread)[-1, :, 0]
    share = (last < 0).mean()
    assert shown.view.facts[0] == f"Share that ends on the left: {share:.3f}, of the data 0.3"
    assert shown.view.facts[1] == f"farthest from a point: {np.abs(np.abs(last) - 1).max():.2f}"
    moved = (np.sign(want[:, -1, 0]) != np.sign(exact[:, -1, 0])).sum()
    assert shown.view.facts[2] == f"{moved} of 12 end elsewhere than in 200 steps"
    shown.says("From 20 steps on, a denoiser that believes in another variance than the true one")
    shown.says("In five steps or fewer the exact one does, too")
    assert (shown.x.label, shown.y.label) == ("first coordinate", "second coordinate")


def test_denoising_paths_of_another_variance():
    """What its caption says of few steps and of many, at every value of its sliders."""
    explorer = explorers.load("denoising_paths")
    assert explorer.sliders[1].label == "Believed variance / true variance"
    assert explorer.view(1, 1).description.startswith("Twelve ways in 1 step. ")
    steps, spreads = (slider.values for slider in explorer.sliders)
    off = {
        (many, spread): abs(denoising_paths.ends(many, spread)[0] - 0.3)
        for many in steps
        for spread in spreads
    }
    assert all((off[at] > 0.045) == (at[1] != 1) for at in off if at[0] >= 20)
    assert all(off[many, 1] > 0.05 for many in steps if many <= 5)


@pytest.mark.parametrize(("n", "rounds"), [(16, 2), (11, 3), (4, 5), (32, 0)])
def test_scan_rounds(n, rounds):
    shown = Shown("scan_rounds", n, rounds)
    done = min(rounds, int(np.ceil(np.log2(n))))
    firsts = np.maximum(1, np.arange(1, n + 1) - 2**done + 1)
    bars = list(shown.drawing.iter(f"{SVG}rect"))
    sizes = {side: np.array([float(bar.get(side)) for bar in bars]) for side in bars[0].keys()[:4]}
    x, tops = shown.place(sizes["x"] + sizes["width"] / 2, sizes["y"])
    _, feet = shown.place(0, sizes["y"] + sizes["height"])
    shown.says("The steps that each place has joined after some rounds of Hillis and Steele's scan")
    assert shown.near(x, range(1, n + 1), "x")
    assert shown.near(tops, np.arange(1, n + 1) + 0.5)
    assert shown.near(feet, firsts - 0.5)
    shown.says("A place that covers all steps up to its own is finished (the first colour)")
    shown.says("the others (the second) join with the place that stands as far to the left")
    assert [ink(bar.get("fill")) for bar in bars] == [1 if at == 1 else 2 for at in firsts]
    finished, last = (firsts == 1).sum(), int(np.ceil(np.log2(n)))
    said = f"After {done} of {last} rounds: {finished} of {n} places finished"
    assert shown.view.facts[0] == said
    joins = sum(n - 2**each for each in range(done))
    assert shown.view.facts[1] == f"{joins} joins so far"
    assert shown.view.facts[2].startswith(f"a loop makes {n - 1},")
    assert (shown.x.label, shown.y.label) == ("place", "steps covered")


@pytest.mark.parametrize(("t", "k", "p"), [(1, 12, 0.9), (0.3, 12, 0.6), (2, 5, 0.95), (3, 1, 1)])
def test_decoding(t, k, p):
    shown = Shown("decoding", t, k, p)
    shown.says('The twelve likeliest bytes after "Call me ", as our GPT scores them, without all')
    logits = gpt_numpy.forward(gpt_numpy.encode("Call me "), gpt_numpy.load_weights())[0, -1]
    likeliest = np.argsort(-logits)[:12]
    assert "".join(map(chr, likeliest)) == decoding.TOKENS
    assert np.allclose(logits[likeliest], decoding.LOGITS, atol=0.006)
    scores = torch.tensor([decoding.LOGITS], dtype=torch.float64) / t
    before = torch.softmax(scores, -1).numpy()[0]
    filtered = logits_process.TopKLogitsWarper(k)(None, scores)
    filtered = logits_process.TopPLogitsWarper(p)(None, filtered) if p < 1 else filtered
    after = torch.softmax(filtered, -1).numpy()[0]
    shown.says("softmax at the temperature T (pale), and what top-k and then top-p leave (strong)")
    for bars, want in (("0.35", before), ("1", after[after > 0])):
        drawn = [bar for bar in shown.drawing.iter(f"{SVG}rect") if bar.get("opacity") == bars]
        tops = shown.place(0, [float(bar.get("y")) for bar in drawn])[1]
        assert shown.near(tops, want)
    shown.says("which sums to 1 again")
    assert shown.view.facts[0] == f"{(after > 0).sum()} of 12 bytes are left"
    assert shown.view.facts[1] == f"of the twelve they held {before[after > 0].sum():.3f}"
    entropy = stats.entropy(after)
    assert shown.view.facts[2] == f"entropy after {entropy:.3f} nats"
    shown.says("T comes first, so top-p follows it, and top-k does not")
    assert (shown.x.label, shown.y.label) == ("next byte", "probability")


@pytest.mark.parametrize(("factor", "base"), [(8, 10_000), (1, 50_000), (32, 1_000_000)])
def test_rotary_speeds(factor, base):
    shown, pairs = Shown("rotary_speeds", factor, base), np.arange(64)
    want = factor ** (2 * pairs / 126)  # b' / b is s^(d/(d-2)), to the power 2j/d
    shown.says("position interpolation slows all alike (dashed)")
    assert shown.near(shown.lines()[2, "dashed"][1], np.full(64, np.log2(factor)))
    shown.says("NTK-aware scaling the slow pairs most (solid)")
    x, y = shown.lines()[1, "solid"]
    assert shown.near(x, pairs, "x")
    assert shown.near(y, np.log2(want))
    shown.says("how much each of 64 rotary pairs is slowed for a longer context")
    shown.says("Left of the rule a pair makes a whole turn within the 4,096 tokens of training")
    shown.says("right of it none")
    turning = [j for j in pairs if 4096 * base ** (-2 * j / 128) >= 2 * np.pi]
    assert shown.near(shown.lines()[0, "rule"][0], [len(turning) - 0.5] * 2, "x")
    assert shown.view.facts == (
        f"{len(turning)} pairs make a whole turn in 4,096 tokens",
        f"pair 32 slowed by {factor} (interpolation), {want[32]:.2f} (NTK-aware)",
        f"NTK-aware base {base * factor ** (128 / 126):,.0f}",
    )
    assert all(same([2.0**place], [float(text)]) for place, text in shown.y.ticks.items())
    assert (shown.x.label, shown.y.label) == ("pair, from the fastest", "slowed by (log scale)")


@pytest.mark.parametrize("mean", [1, 1000, 10_000])
def test_one_pass_variance(mean):
    shown = Shown("one_pass_variance", mean)
    x = (one_pass_variance.ROWS + mean).astype(np.float32)
    shown.says("The variance of 60 rows in float32")
    assert x.shape == (60, 256)
    shown.says("computed in two ways, against the right one")
    right = np.array([stats.moment(row, 2) for row in x.astype(float)])
    shown.says("With the mean subtracted first (line) it stays right")
    across, up = shown.lines()[1, "solid"]
    assert shown.near(across, np.sort(right), "x")
    assert shown.near(up, across)
    shown.says("the mean of squares minus the square of the mean (dots) moves in steps")
    dots = np.array([[across, up] for number, across, up in shown.dots() if number == 2])
    assert shown.near(dots[:, 0], right, "x")
    steps = dots[:, 1] / np.spacing(np.float32(max(mean, 1) ** 2))
    assert mean < 1000 or np.abs(steps - steps.round()).max() < 0.05
    off = np.abs(dots[:, 1] - right).max()
    shown.says("and leaves the chart, as the mean grows")
    assert (off < 0.01) if mean == 1 else (off < 0.5) == (mean == 1000)
    inside = (dots[:, 1] > shown.y.low) & (dots[:, 1] < shown.y.high)
    assert inside.all() == (mean < 10_000)
    assert shown.view.facts[2].endswith(f": {(dots[:, 1] < 0.01).sum()} of 60 rows")
    assert (shown.x.label, shown.y.label) == ("right variance", "variance in float32")


@pytest.mark.parametrize("name", explorers.names())
def test_what_a_caption_says_of_lines_and_numbers_is_compared(name):
    text = explorers.load(name).caption
    for phrase in quoted()[name]:
        text = text.replace(phrase, "…")
    assert re.findall(r"\d|solid|dashed|shaded|below|above|against", text) == []


@pytest.mark.parametrize("name", explorers.names())
def test_no_text_is_cut_off_at_an_edge(name):
    explorer = explorers.load(name)
    for at in ([0] * len(explorer.sliders), explorer.starts):
        for each in ET.fromstring(explorer.at(at)["svg"]).iter(f"{SVG}text"):
            wide = TextPath((0, 0), each.text, size=chart.SIZE).get_extents().width
            start = {"start": 0, "middle": wide / 2, "end": wide}[each.get("text-anchor")]
            left = float(each.get("x")) - start
            if left > -wide:  # a label of the vertical axis is turned, from a place of its own
                assert 0 <= left <= left + wide <= chart.WIDTH, each.text
