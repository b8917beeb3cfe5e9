"""Figures of labels and metrics: what they draw is what scikit-learn or a loop gives."""

import json

import numpy as np
import pytest
from drawing import Drawing, same
from scipy import optimize, special, stats
from sklearn import metrics

from answers.labels.binormal import two_models
from answers.labels.crowd import crowd_votes, documents, fit_words, mixed_recall, word_logits
from answers.labels.noisy_digits import (
    digits,
    flip_labels,
    one_way_flips,
    record_training,
    uniform_flips,
)
from answers.records import RECORDS


def test_training_map():
    figure = Drawing("training_map")
    images, truth = digits()
    noises = {"20% at random": uniform_flips(0.2), "40% one way": one_way_flips(0.4)}
    assert [axes.get_title() for axes in figure.panels] == list(noises)
    assert figure.axes(0) == ("variability", "confidence in the label")
    seen = []
    for axes, noise in zip(figure.panels, noises.values(), strict=True):
        rng = np.random.default_rng(13)
        labels = flip_labels(truth, noise, rng)
        recorded = record_training(images, labels, rng)
        given = recorded[:, np.arange(len(labels)), labels]
        right = labels == truth
        shown = np.arange(len(labels)) % 12 == 0
        for dots, which, label in zip(
            axes.collections, (right, ~right), ("right label", "wrong"), strict=True
        ):
            assert dots.get_label() == label
            drawn = np.array(dots.get_offsets())
            expected = np.stack([given.std(axis=0), given.mean(axis=0)], axis=1)
            assert same(drawn, expected[which & shown], 1e-6)
        seen.append((given.mean(axis=0), given.std(axis=0), right, labels))
    figure.says("Every twelfth digit by how a network takes to its label in 20 epochs")
    assert len(recorded) == 20
    confidence, variability, right, labels = seen[0]
    figure.says("Left, with one label in five wrong at random", abs((~right).mean() - 0.2) < 0.02)
    low = (confidence[~right] < 0.25) & (variability[~right] < 0.25)
    figure.says("nearly all below 0.25 in both", low.mean() > 0.9)
    sure = confidence[right] > 0.5
    figure.says("and most right ones above a confidence of 0.5", sure.mean() > 0.5)
    confidence, variability, right, labels = seen[1]
    figure.says("with 40% of the labels of four digits wrong in one way")
    turned = set(truth[~right])
    assert len(turned) == 4
    assert abs((~right)[np.isin(truth, list(turned))].mean() - 0.4) < 0.03
    figure.says("around a confidence of 0.4", abs(np.median(confidence[~right]) - 0.4) < 0.05)
    figure.says("Two scatter plots of confidence against variability")


def test_roc_and_precision_recall():
    figure = Drawing("roc_and_precision_recall")
    separation = 2**0.5 * stats.norm.ppf(0.85)
    averages = []
    for times in (1, 100):
        high = stats.norm.ppf((np.arange(200) + 0.5) / 200) + separation
        low = stats.norm.ppf((np.arange(200 * times) + 0.5) / (200 * times))
        truth = np.repeat([1, 0], [len(high), len(low)])
        scores = np.concatenate([high, low])
        x, y = figure.line(f"1 : {times}", 0)
        fpr, tpr, _ = metrics.roc_curve(truth, scores, drop_intermediate=False)
        curve = set(zip(fpr.round(9), tpr.round(9), strict=True))
        assert set(zip(x.round(9), y.round(9), strict=True)) <= curve
        average = metrics.average_precision_score(truth, scores)
        label = f"AP {average:.2f}".replace("0.", ".")
        r, p = figure.line(label, 1)
        precision, recall, _ = metrics.precision_recall_curve(truth, scores)
        curve = set(zip(recall.round(9), precision.round(9), strict=True))
        assert set(zip(r.round(9), p.round(9), strict=True)) <= curve
        averages.append((r, p))
        area = metrics.roc_auc_score(truth, scores)
    figure.says("1 or 100 negatives for each positive")
    assert figure.panels[0].get_legend().get_title().get_text() == "area .85"
    figure.says("far above the diagonal, with an area of 0.85", round(area, 2) == 0.85)
    one, many = (figure.line(f"1 : {times}", 0) for times in (1, 100))
    at = np.linspace(0.01, 0.99, 50)
    gap = np.interp(at, *one) - np.interp(at, *many)
    figure.says("both cases draw one line", np.abs(gap).max() < 0.03)
    figure.says("it stays above 0.5 and starts near 1", averages[0][1].min() > 0.5)
    assert averages[0][1][0] > 0.95
    r, p = averages[1]
    figure.says("it falls from the left corner to under 0.1 before recall reaches 0.5")
    assert p[r < 0.5].min() < 0.1 < p[0]
    assert figure.axes(0) == ("false positive rate", "true positive rate")
    assert figure.axes(1) == ("recall", "precision")
    assert (figure.styles(0), figure.styles(1)) == (["-", "--", ":"], ["-", "--"])
    figure.says("with 100 negatives for each positive")


def test_cost_by_threshold():
    figure = Drawing("cost_by_threshold")
    truth, *models = two_models()
    costs = {}
    for name, probabilities in zip("AB", models, strict=True):
        t, cost = figure.line(name)
        for at, each in zip(t[::200], cost[::200], strict=True):
            false, missed = metrics.confusion_matrix(truth, probabilities >= at).ravel()[1:3]
            assert each == pytest.approx((false + 5 * missed) / len(truth))
        costs[name] = t, cost
    figure.says("when a miss costs five false alarms")
    half = {
        name: metrics.confusion_matrix(truth, p >= 0.5).ravel()
        for name, p in zip("AB", models, strict=True)
    }
    at_half = {n: (m[1] + 5 * m[2]) / len(truth) for n, m in half.items()}
    figure.says("At 0.5, A costs 0.60 and B 0.32.")
    assert [round(at_half[n], 2) for n in "AB"] == [0.6, 0.32]
    dots = [(x[0], y[0]) for _, x, y in figure.lines() if len(x) == 1]
    assert dots == [(0.5, pytest.approx(at_half[n])) for n in "AB"]
    best = {name: (t[cost.argmin()], cost.min()) for name, (t, cost) in costs.items()}
    figure.says("At 0.5 and at its best, B is cheaper", best["B"][1] < best["A"][1])
    assert at_half["B"] < at_half["A"]
    figure.says("A, which is calibrated, is cheapest near 1/6", abs(best["A"][0] - 1 / 6) < 0.03)
    figure.says("A falls from 0.8 to 0.4 near a threshold of 1/6 and climbs to 1, where")
    ends = {name: cost[np.argsort(t)][[0, -1]].round(1) for name, (t, cost) in costs.items()}
    assert (ends["A"][0], round(best["A"][1], 1)) == (0.8, 0.4)
    figure.says("and climbs to 1 as well", ends["A"][1] == ends["B"][1] == 1)
    figure.says("B falls more slowly to 0.32 at a threshold near 0.45")
    assert round(best["B"][1], 2) == 0.32
    assert abs(best["B"][0] - 0.45) < 0.05
    figure.says("the threshold from 0 to 1", figure.panels[0].get_xlim() == (0, 1))
    assert figure.axes() == ("threshold", "expected cost")
    assert [style for style, x, _ in figure.lines() if len(x) > 2] == ["-", "--"]
    line = next(x for style, x, _ in figure.lines() if style == ":")
    assert line[0] == pytest.approx(1 / 6)


def by_em(votes: np.ndarray, rounds: int = 300) -> np.ndarray:
    """Each annotator's recall of both classes, by the steps of Dawid and Skene, in loops."""
    voted = votes >= 0
    ones = ((votes == 1) & voted).sum(axis=1) / voted.sum(axis=1)
    q = np.stack([1 - ones, ones], axis=1)
    for _ in range(rounds):
        prior = q.mean(axis=0)
        rates = np.ones((votes.shape[1], 2, 2))
        for a in range(votes.shape[1]):
            for said in (0, 1):
                rates[a, :, said] = q[votes[:, a] == said].sum(axis=0)
            rates[a] += 1e-2
            rates[a] /= rates[a].sum(axis=1, keepdims=True)
        logs = np.log(prior) + sum(
            np.where(voted[:, a, None], np.log(rates[a][:, votes[:, a]].T), 0)
            for a in range(votes.shape[1])
        )
        q = special.softmax(logs, axis=1)
    return np.diagonal(rates, axis1=1, axis2=2)


def test_annotator_skill():
    figure = Drawing("annotator_skill")
    assert figure.axes() == ("true recall", "estimated recall")
    figure.says("The recall of 20 annotators for both classes")
    rng = np.random.default_rng(12)
    recall = mixed_recall(rng)
    votes = crowd_votes(rng, rng.integers(0, 2, 1500), recall, per_item=5)
    matrix = np.full((1500, 20), -1)
    matrix[votes.item, votes.annotator] = votes.label
    groups = {"experts": (0, 3), "others": (3, 12), "spammers": (12, 17), "lean to 1": (17, 20)}
    expected = by_em(matrix)
    drawn = {}
    for name, (first, last) in groups.items():
        x, y = figure.line(name)
        assert same(x, recall[first:last].ravel())
        assert np.abs(y - expected[first:last].ravel()).max() < 0.02
        drawn[name] = x, y
    assert sum(len(x) for x, _ in drawn.values()) == 2 * 20
    off = np.concatenate([np.abs(y - x) for x, y in drawn.values()])
    figure.says("Most points lie near it", (off < 0.1).mean() > 0.5)
    figure.says("Experts stand at the top right", np.min(drawn["experts"]) > 0.85)
    figure.says("spammers near one half on both axes")
    assert np.abs(np.array(drawn["spammers"]) - 0.5).max() < 0.15
    figure.says("each of three annotators who lean to 1 has one point at the top right and one")
    x, y = drawn["lean to 1"]
    assert (x[::2] < 0.5).all()
    assert (x[1::2] > 0.9).all()
    assert (y[1::2] > y[::2] + 0.3).all()


def test_reliability_diagram():
    figure = Drawing("reliability_diagram")
    rng = np.random.default_rng(5)
    counts, truth = documents(rng, 300)
    w = fit_words(counts, np.eye(2)[truth], penalty=0.3)
    held_out, held_out_truth = documents(rng, 500)
    test, test_truth = documents(rng, 4000)

    def loss(t):
        logs = special.log_softmax(word_logits(held_out, w) / t, axis=1)
        return -logs[np.arange(500), held_out_truth].mean()

    fitted = optimize.minimize_scalar(loss, bounds=(0.1, 50), method="bounded").x
    for name, scale in (("as trained", 1), (f"T = {fitted:.1f}", fitted)):
        x, y = figure.line(name)
        p = special.softmax(word_logits(test, w) / scale, axis=1)
        confidence, right = p.max(axis=1), p.argmax(axis=1) == test_truth
        bins = np.minimum((confidence * 20).astype(int), 19)
        many = [b for b in range(20) if (bins == b).sum() >= 50]
        expected = [(confidence[bins == b].mean(), right[bins == b].mean()) for b in many]
        assert np.abs(np.array(expected) - np.stack([x, y], axis=1)).max() < 0.02
        gap = x - y
        if scale == 1:
            figure.says("Before scaling the line runs well below the diagonal", gap.max() > 0.1)
            assert (gap > 0).all()
        else:
            figure.says("After it, the line follows the diagonal", np.abs(gap).max() < 0.07)
    figure.says("Confidence from 0.5 to 1 on the horizontal axis, accuracy on the vertical one")
    assert figure.axes() == ("confidence", "accuracy")
    assert [style for style, *_ in figure.lines()[1:]] == ["-", "--"]


def test_changes_noticed():
    figure = Drawing("changes_noticed")
    found = json.loads((RECORDS / "mutation.json").read_text("utf-8"))
    library = found.pop("library")
    kinds = [(each["noticed"], each["changes"]) for each in found.values()]
    kinds.append(tuple(sum(m[k] for m in library.values()) for k in ("noticed", "changes")))
    shares = [100 * noticed / changes for noticed, changes in kinds]
    assert same([bar.get_width() for bar in figure.panels[0].patches], shares)
    assert figure.texts() == [f"{share:.1f}%" for share in shares]
    labels = [text.get_text() for text in figure.panels[0].get_yticklabels()]
    assert labels == [*found, "library"]
    figure.says("one for each kind of change", len(labels) == len(kinds))
    figure.says("each with its share in percent", figure.axes()[0] == "noticed, %")
