"""Explorers: what they show is right wherever the sliders stand, and the pages hold their start."""

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import scipy.optimize
import scipy.special
import scipy.stats
from pymdownx.superfences import SuperFencesException
from sklearn import metrics

from answers import explorers
from answers.explorers import Explorer, Slider, View, bits, ratios, steps
from answers.explorers.chart import Axis, Chart, round_marks
from answers.labels import binormal
from answers.pages import pages
from answers.site import explorer_fence

NAMES = explorers.names()
FENCE = re.compile(r"^```explorer\n(\w+)\n```$", re.MULTILINE)


def test_every_explorer_stands_on_one_page():
    stand = [name for page in pages() for name in FENCE.findall(page.text)]
    assert sorted(stand) == NAMES


def test_an_explorer_that_does_not_exist_stops_the_build():
    with pytest.raises(SuperFencesException, match="no explorer is called heat"):
        explorer_fence.fence("heat\n")


def some_places(explorer):
    """The ends and the middle of every slider, all combined."""
    lasts = [len(slider.values) - 1 for slider in explorer.sliders]
    return itertools.product(*({0, last // 2, last} for last in lasts))


@pytest.mark.parametrize("name", NAMES)
def test_the_sliders_can_be_moved_to_their_ends(name):
    explorer = explorers.load(name)
    for places in some_places(explorer):
        with np.errstate(all="raise", under="ignore"):
            seen = explorer.at(list(places))
        drawing = ET.fromstring(seen["svg"])
        assert drawing.get("role") == "img"
        assert len(drawing.get("aria-label")) > 20
        told = " ".join([*seen["facts"], *seen["values"], drawing.get("aria-label")])
        for text in (seen["svg"], told):
            assert not re.search(r"\b(nan|None|inf)\b", text), (places, text)


@pytest.mark.parametrize("name", NAMES)
def test_moving_any_slider_changes_the_picture(name):
    explorer = explorers.load(name)
    start = explorer.at(explorer.starts)
    for index, slider in enumerate(explorer.sliders):
        places = list(explorer.starts)
        places[index] = 0 if places[index] else len(slider.values) - 1
        assert explorer.at(places)["svg"] != start["svg"], slider.name
        assert explorer.at(places)["facts"] != start["facts"], slider.name


@pytest.mark.parametrize("name", NAMES)
def test_a_slider_rises_from_left_to_right(name):
    for slider in explorers.load(name).sliders:
        assert list(slider.values) == sorted(set(slider.values))
        texts = [slider.text(value) for value in slider.values]
        assert len(set(texts)) == len(texts)  # each step can be told from the last


def number(fact):
    return float(re.search(r"-?\d+\.\d+", fact)[0])


@pytest.mark.parametrize(("t", "gap"), [(1, 1), (0.1, -3), (10, 3), (0.316, 0.5)])
def test_temperature_agrees_with_scipy(t, gap):
    facts = explorers.load("temperature").view(t, gap).facts
    p = scipy.special.softmax(np.array([1 + gap, 1, 0, -1]) / t)
    assert number(facts[0]) == pytest.approx(p[0], abs=6e-4)
    assert number(facts[1]) == pytest.approx(scipy.stats.entropy(p), abs=6e-4)
    h = 1e-6
    up = scipy.special.softmax(np.array([1 + gap + h, 1, 0, -1]) / t)
    assert number(facts[2]) == pytest.approx((up[0] - p[0]) / h, abs=6e-4)


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+\.\d+|-?\d+", text)]


@pytest.mark.parametrize(("at", "miss"), [(0.5, 5), (0.01, 20), (0.9, 1), (0.17, 5)])
def test_threshold_agrees_with_scikit_learn(at, miss):
    truth, scores, _ = binormal.two_models()
    predicted = scores >= at
    _, fp, fn, _ = metrics.confusion_matrix(truth, predicted).ravel()
    want = [
        metrics.accuracy_score(truth, predicted),
        metrics.precision_score(truth, predicted),
        metrics.recall_score(truth, predicted),
        metrics.f1_score(truth, predicted),
    ]
    facts = explorers.load("threshold").view(at, miss).facts
    shown = [n for n in numbers(facts[0].replace("F1", "")) if n <= 1]
    assert shown == pytest.approx(want, abs=6e-4)
    assert numbers(facts[1])[0] == pytest.approx((fp + miss * fn) / 1000, abs=6e-4)
    assert numbers(facts[2])[0] == pytest.approx(1 / (1 + miss), abs=6e-4)


@pytest.mark.parametrize(("mode", "start"), [(3, 1), (2, -1), (5, -4), (0.5, 6)])
def test_kl_directions_agrees_with_an_integral_and_with_moments(mode, start):
    forward, reverse = explorers.load("kl_directions").view(mode, start).facts
    mean, deviation = numbers(forward)
    assert (mean, deviation) == pytest.approx((0, np.sqrt(1 + mode**2)), abs=6e-3)
    at = numbers(reverse)[-2:]
    x = np.linspace(-25, 25, 20001)
    parts = [scipy.stats.norm.logpdf(x, m, 1) for m in (-mode, mode)]
    log_p = np.logaddexp(*parts) - np.log(2)

    def kl(theta):
        log_q = scipy.stats.norm.logpdf(x, theta[0], np.exp(theta[1]))
        return np.sum(np.exp(log_q) * (log_q - log_p)) * (x[1] - x[0])

    near = scipy.optimize.minimize(kl, [at[0], np.log(at[1])], method="Nelder-Mead")
    assert (near.x[0], np.exp(near.x[1])) == pytest.approx(at, abs=1e-2)


def test_a_mean_of_0_has_no_sign():
    _, reverse = explorers.load("kl_directions").view(3, 0).facts
    assert "mean 0.00" in reverse


@pytest.mark.parametrize("classes", [2, 10, 1000])
@pytest.mark.parametrize("p", [0.01, 0.2, 0.5, 0.6, 0.99])
def test_loss_interval_agrees_with_every_rival_that_there_can_be(classes, p):
    facts = explorers.load("loss_interval").view(classes, p).facts
    assert numbers(facts[0])[0] == pytest.approx(-np.log(p), abs=6e-4)
    assert numbers(facts[2]) == pytest.approx([np.log(classes), np.log(2)], abs=6e-4)
    # The strongest rival has what is left, at most, and the mean of it, at least.
    strongest, weakest = 1 - p, (1 - p) / (classes - 1)
    assert ("right" in facts[1]) == (p > weakest or p == strongest > weakest)
    assert ("wrong" in facts[1]) == (p < strongest)
    assert ("tied" in facts[1]) == (p == strongest)


@pytest.mark.parametrize(
    ("prior", "sensitivity", "false_positives"),
    [(0.01, 0.9, 0.09), (0.001, 1.0, 0.5), (0.5, 0.5, 0.01), (0.001, 0.5, 0.25)],
)
def test_posterior_of_a_test_agrees_with_counting(prior, sensitivity, false_positives):
    view = explorers.load("posterior_of_a_test").view
    facts = view(prior, sensitivity, false_positives).facts
    ill, found = 1000 * prior, 1000 * prior * sensitivity
    healthy = 1000 * (1 - prior) * false_positives
    assert numbers(facts[0].replace("1,000", ""))[:2] == pytest.approx([ill, found], abs=0.06)
    assert numbers(facts[1])[0] == pytest.approx(healthy, abs=0.06)
    all_found = numbers(facts[2])[1]
    assert all_found == pytest.approx(numbers(facts[0])[-1] + numbers(facts[1])[0], abs=1e-9)
    share = 100 * found / (found + healthy)
    assert numbers(facts[2])[-1] == pytest.approx(share, abs=0.06)


def test_a_posterior_is_the_quotient_of_the_counts_beside_it():
    explorer = explorers.load("posterior_of_a_test")
    priors, *_ = (slider.values for slider in explorer.sliders)
    for prior, sensitivity, false in itertools.product(priors, (0.5, 0.55, 0.57), (0.01, 0.09)):
        some, all_found, share = numbers(explorer.view(prior, sensitivity, false).facts[2])
        assert 100 * some / all_found == pytest.approx(share, abs=0.0501)


def test_signal_depth_says_what_a_layer_does_on_average():
    explorer, rng = explorers.load("signal_depth"), np.random.default_rng(0)
    x = rng.normal(size=(1, 16))
    w = rng.normal(size=(40_000, 16, 16)) * np.sqrt(3.36 / 16)
    grown = np.mean(np.maximum(x @ w, 0) ** 2) / np.mean(x**2)
    each, whole = explorer.view(3.36, 16).facts
    assert each.endswith("multiply the mean square by 1.68 a layer, on average")
    assert grown == pytest.approx(1.68, rel=0.02)
    assert f"its root behind 50 layers: derived {1.68**25:.1e}, drawn" in whole


@pytest.mark.parametrize(("b", "outlier"), [(8, 10), (2, 1), (4, 100)])
def test_bits_agrees_with_rounding_by_hand(b, outlier):
    facts = explorers.load("bits").view(b, outlier).facts
    w = bits.WEIGHTS * np.where(np.arange(32) == 0, outlier, 1)[:, None]
    levels = 2 ** (b - 1) - 1
    for fact, largest in (
        (facts[1], np.abs(w).max(axis=1, keepdims=True)),
        (facts[2], np.abs(w).max()),
    ):
        near = np.round(w / largest * levels) / levels * largest
        lost = np.linalg.norm((near - w)[1:]) / np.linalg.norm(w[1:])
        assert numbers(fact)[-1] == pytest.approx(100 * lost, abs=6e-3)


@pytest.mark.parametrize("high", [0.21, 0.5, 0.99, 1, 1.05, 2, 4.2, 7, 9.9, 42])
def test_marks_are_few_and_round(high):
    marks = round_marks(high)
    assert marks[0] == 0
    assert marks[-1] <= high
    assert 3 <= len(marks) <= 8
    assert all(len(f"{mark:g}") <= 4 for mark in marks)


def test_steps_and_ratios_hold_their_ends_and_round_numbers():
    assert steps(-3, 3, 60)[0] == -3
    assert 1.1 in steps(-3, 3, 60)
    assert ratios(0.1, 10, 40)[::20] == (0.1, 1, 10)


def test_a_slider_must_start_at_a_value_and_be_an_argument():
    def view(a):
        """A view."""

    with pytest.raises(ValueError, match="slider a starts at 3"):
        Explorer(view, Slider("a", "A", (1, 2), 3))
    with pytest.raises(ValueError, match="not the names of its sliders"):
        Explorer(view, Slider("b", "B", (1, 2), 1))


def test_a_chart_places_values_and_escapes_words():
    chart = Chart(Axis("x < 1", 0, 10, (0, 5)), Axis("y", -1, 1, {0: "none"}))
    chart.dot(10, 1, ink=1)
    chart.line([0, 10], [-1, 1e9], ink=2)
    drawing = ET.fromstring(chart.svg('a "chart"'))
    dot = next(e for e in drawing.iter() if e.tag.endswith("circle"))
    frame = next(e for e in drawing.iter() if e.tag.endswith("path")).get("d")
    left, top, bottom, right = map(int, re.findall(r"\d+", frame))
    assert (float(dot.get("cx")), float(dot.get("cy"))) == (right, top)
    line = next(e for e in drawing.iter() if e.tag.endswith("polyline"))
    assert line.get("points").startswith(f"{left}.0,{bottom}.0 ")
    texts = [e.text for e in drawing.iter() if e.tag.endswith("text")]
    assert texts == ["0", "5", "none", "x < 1", "y"]
    assert drawing.get("aria-label") == 'a "chart"'


def test_a_view_draws_its_chart():
    chart = Chart(Axis("x", 0, 1), Axis("y", 0, 1))
    assert View(chart, "nothing", ()).svg == chart.svg("nothing")
