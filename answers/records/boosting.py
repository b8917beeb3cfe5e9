"""Boosting from our split beside scikit-learn's, and bagging: `python -m answers.records.boosting`.

`table`: scikit-learn's breast cancer data halved in ten ways, both boosters with the same depth,
rate, rounds and no penalty; `shuffled`: ours again, which takes a random one of equal splits.
`errors`: bias and variance on Friedman's function, whose truth is known, over 100 drawn training
sets; each booster has the best rate of one grid, chosen on 20 other sets. `rates`, `labels`,
`bins`, `thresholds` and `criteria`: what the learning rate, more rounds, histograms, their gains,
and Gini or entropy change in scikit-learn. One thread, some minutes.
"""

import json
import platform
from collections.abc import Callable, Iterable
from time import process_time

import numpy as np
from numpy import ndarray

from answers.classical.boosting import boost, boost_step, boosted_score, sigmoid
from answers.classical.trees import find_leaves, grow_tree
from answers.files import write
from answers.records import RECORDS

RECORD = RECORDS / "boosting.json"
SEEDS, ROUNDS, SHOWN = range(10), 300, (1, 10, 30, 100, 300)
RATES = (0.03, 0.1, 0.3, 1.0)
TREES, SETS = 100, range(100)
BINS = (255, 32, 8)


def halves(seed: int) -> tuple[ndarray, ...]:
    """Rows to train on and others, then their labels."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    x, y = load_breast_cancer(return_X_y=True)
    # Their trees compare in float32.
    return train_test_split(
        x.astype(np.float32), y, test_size=0.5, random_state=seed, stratify=y
    )


def log_loss(y: ndarray, score: ndarray) -> float:
    """Mean nats, of log odds."""
    return float(np.logaddexp(0, np.where(y == 1, -score, score)).mean())


def their_booster(depth: int = 3, rate: float = 0.1, rounds: int = ROUNDS):
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(
        n_estimators=rounds, max_depth=depth, learning_rate=rate, random_state=0
    )


# --8<-- [start:side_by_side]
def side_by_side(seed: int, rounds: int = ROUNDS) -> dict:
    """Both boosters on one half of the table: losses there and on the other half, by rounds."""
    train, test, y, y_test = halves(seed)
    ours = boost(train, y, rounds, depth=3, rate=0.1, penalty=0.0)
    theirs = their_booster(rounds=rounds).fit(train, y)
    staged = [[*theirs.staged_decision_function(x)] for x in (train, test)]
    found = {}
    for shown in (each for each in SHOWN if each <= rounds):
        some = ours._replace(trees=ours.trees[:shown])
        scores = {
            "ours": [boosted_score(some, x) for x in (train, test)],
            "theirs": [each[shown - 1].ravel() for each in staged],
        }
        found[str(shown)] = {
            name: [log_loss(y, both[0]), log_loss(y_test, both[1])]
            for name, both in scores.items()
        }
    return found


# --8<-- [end:side_by_side]


# --8<-- [start:shuffled]
def shuffled(seed: int, rounds: int = 100) -> float:
    """Our loss on the other half where each tree sees the features in a random order."""
    rng = np.random.default_rng(seed)
    train, test, y, y_test = halves(seed)
    start = np.log(y.mean() / (1 - y.mean()))
    score, said = np.full(len(y), start), np.full(len(y_test), start)
    for _ in range(rounds):
        order, grown = rng.permutation(train.shape[1]), []

        def grow(target, order=order, grown=grown):
            grown.append(grow_tree(train[:, order], target, 3))
            return find_leaves(grown[0], train[:, order])

        score, values = boost_step(grow, y, score, 0.1, 0.0)
        said += values[find_leaves(grown[0], test[:, order])]
    return log_loss(y_test, said)


# --8<-- [end:shuffled]


def ways() -> dict[str, Callable]:
    """How to make each model of a rate; all but boosting take no notice of it."""
    from sklearn.ensemble import (
        BaggingRegressor,
        GradientBoostingRegressor,
        RandomForestRegressor,
    )
    from sklearn.tree import DecisionTreeRegressor

    def boosted(depth):
        return lambda rate: GradientBoostingRegressor(
            n_estimators=TREES, max_depth=depth, learning_rate=rate, random_state=0
        )

    def bagged(depth):
        tree = DecisionTreeRegressor(max_depth=depth, random_state=0)
        return lambda _: BaggingRegressor(tree, TREES, random_state=0)

    def one(depth):
        return lambda _: DecisionTreeRegressor(max_depth=depth, random_state=0)

    return {
        "one stump": one(1),
        "100 bagged stumps": bagged(1),
        "100 boosted stumps": boosted(1),
        "one full tree": one(None),
        "100 bagged full trees": bagged(None),
        "100 full trees, a third of the features at each split": lambda _: (
            RandomForestRegressor(TREES, max_features=1 / 3, random_state=0)
        ),
        "100 boosted full trees": boosted(None),
        "100 boosted trees of depth 3": boosted(3),
    }


def drawn(seed: int) -> tuple[ndarray, ndarray]:
    """200 rows of Friedman's function of 5 of 10 features, with noise of variance 1."""
    from sklearn.datasets import make_friedman1

    return make_friedman1(200, noise=1.0, random_state=seed)


def predictions(make: Callable, rate: float, seeds: range) -> tuple[ndarray, ndarray]:
    """What the model says of 1,000 new rows for each training set, and the truth there."""
    from sklearn.datasets import make_friedman1

    new, truth = make_friedman1(1000, noise=0.0, random_state=10**6)
    return np.array([make(rate).fit(*drawn(s)).predict(new) for s in seeds]), truth


# --8<-- [start:bias_and_variance]
def bias_and_variance(said: ndarray, truth: ndarray) -> tuple[float, float]:
    """Mean squared bias and mean variance over rows, of predictions (training sets, rows).

    The squared distance of the mean of S sets holds 1/S of the variance: it is taken off.
    """
    variance = said.var(axis=0, ddof=1).mean()
    bias = ((said.mean(axis=0) - truth) ** 2).mean() - variance / len(said)
    return float(bias), float(variance)


# --8<-- [end:bias_and_variance]


def errors() -> dict:
    found = {}
    for name, make in ways().items():
        rates = RATES if "boosted" in name else (0.0,)
        tried = {}
        for rate in rates:
            said, truth = predictions(make, rate, range(1000, 1020))
            tried[rate] = float(((said - truth) ** 2).mean())
        rate = min(tried, key=tried.get)
        bias, variance = bias_and_variance(*predictions(make, rate, SETS))
        found[name] = {"rate": rate, "tried": tried, "bias": bias, "variance": variance}
        print(name, found[name], flush=True)
    return found


def rates() -> dict:
    """For each rate, the mean loss on the other halves after each of up to 1,000 rounds: the best
    round and its loss."""
    found = {}
    for rate in RATES:
        losses = []
        for seed in SEEDS:
            train, test, y, y_test = halves(seed)
            model = their_booster(rate=rate, rounds=1000).fit(train, y)
            staged = model.staged_decision_function(test)
            losses.append([log_loss(y_test, score.ravel()) for score in staged])
        mean = np.mean(losses, axis=0)
        found[str(rate)] = {
            "best": int(mean.argmin()) + 1,
            "loss": float(mean.min()),
            "after 1,000": float(mean[-1]),
        }
        print(rate, found[str(rate)], flush=True)
    return found


def labels(seeds: Iterable[int] = SEEDS) -> list[list[float]]:
    """For each of the other halves, the share of right labels after 40 and after 300 rounds."""
    found = []
    for seed in seeds:
        train, test, y, y_test = halves(seed)
        staged = [*their_booster().fit(train, y).staged_decision_function(test)]
        found.append(
            [float(((staged[k - 1].ravel() > 0) == y_test).mean()) for k in (40, 300)]
        )
    return found


def their_histograms(bins: int, rounds: int = 100, depth: int = 3, rate: float = 0.1):
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=rounds,
        max_depth=depth,
        learning_rate=rate,
        min_samples_leaf=1,
        max_bins=bins,
        early_stopping=False,
    )


def by_curvature(train: ndarray, y: ndarray, test: ndarray) -> ndarray:
    """Scores of the other rows by 100 trees of all thresholds, whose gains are G² / H.

    The squared error of -g / h, weighted by h, falls by just that.
    """
    from sklearn.tree import DecisionTreeRegressor

    start = np.log(y.mean() / (1 - y.mean()))
    score, said = np.full(len(y), start), np.full(len(test), start)
    for seed in range(100):
        p, q = sigmoid(score), sigmoid(-score)
        tree = DecisionTreeRegressor(max_depth=3, random_state=seed)
        tree.fit(train, np.where(y == 1, 1 / p, -1 / q), sample_weight=p * q)
        score += 0.1 * tree.predict(train)
        said += 0.1 * tree.predict(test)
    return said


def thresholds(rows: int) -> dict[str, float]:
    """Mean loss on the other halves, trained on so many rows: at most 255 leave 255 bins with
    every threshold, so that they part from all thresholds by gains and ties alone."""
    found = {"all thresholds": [], "all thresholds, by G² / H": [], "255 bins": []}
    for seed in SEEDS:
        train, test, y, y_test = halves(seed)
        train, y = train[:rows], y[:rows]
        models = their_booster(rounds=100), their_histograms(255)
        exact, binned = (each.fit(train, y).decision_function(test) for each in models)
        scores = exact, by_curvature(train, y, test), binned
        for losses, score in zip(found.values(), scores, strict=True):
            losses.append(log_loss(y_test, score))
    return {name: float(np.mean(losses)) for name, losses in found.items()}


def bins() -> dict:
    """Histograms beside all thresholds: loss on the other halves, seconds on 20,000 rows."""
    from sklearn.datasets import make_classification

    makers = {"all thresholds": lambda: their_booster(rounds=100)}
    makers |= {
        f"{count} bins": lambda count=count: their_histograms(count) for count in BINS
    }
    many = make_classification(20_000, 20, n_informative=10, random_state=0)
    found = {}
    for name, make in makers.items():
        losses = []
        for seed in SEEDS:
            train, test, y, y_test = halves(seed)
            losses.append(
                log_loss(y_test, make().fit(train, y).decision_function(test))
            )
        begun = process_time()
        make().fit(*many)
        found[name] = {
            "loss": float(np.mean(losses)),
            "seconds": process_time() - begun,
        }
        print(name, found[name], flush=True)
    return found


def criteria() -> dict:
    """Accuracy of a full tree by Gini and by entropy, on the digits: ten halves."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split
    from sklearn.tree import DecisionTreeClassifier

    x, y = load_digits(return_X_y=True)
    found = {name: [] for name in ("gini", "entropy")}
    for seed in SEEDS:
        a, b, ya, yb = train_test_split(
            x, y, test_size=0.5, random_state=seed, stratify=y
        )
        for name, scores in found.items():
            tree = DecisionTreeClassifier(criterion=name, random_state=0).fit(a, ya)
            scores.append(float(tree.score(b, yb)))
    return found


def recorded() -> dict:
    return json.loads(RECORD.read_text("utf-8"))


def means(shown: int) -> dict[str, list[float]]:
    """Of each booster after so many rounds: the mean losses on both halves."""
    runs = recorded()["table"].values()
    return {
        name: np.mean([run[str(shown)][name] for run in runs], axis=0).tolist()
        for name in ("ours", "theirs")
    }


def table() -> str:
    """Markdown: the losses of both boosters by rounds."""
    lines = [
        "| Rounds | Trained rows: ours | scikit-learn's | Other rows: ours | scikit-learn's |",
        "|---:|---:|---:|---:|---:|",
    ]
    for shown in SHOWN:
        (a, b), (c, d) = means(shown).values()
        lines.append(f"| {shown} | {a:.3f} | {c:.3f} | {b:.3f} | {d:.3f} |")
    return "\n".join(lines)


def errors_table() -> str:
    """Markdown: bias and variance of each way."""
    lines = ["| Trees | Rate | Bias² | Variance | Sum |", "|---|---:|---:|---:|---:|"]
    for name, of in recorded()["errors"].items():
        bias, variance = of["bias"], of["variance"]
        rate = f"{of['rate']:g}" if of["rate"] else ""
        sizes = f"{bias:.1f} | {variance:.1f} | {bias + variance:.1f}"
        lines.append(f"| {name} | {rate} | {sizes} |")
    return "\n".join(lines)


def main() -> None:
    import sklearn
    from threadpoolctl import threadpool_limits

    machine = {"processor": platform.machine(), "scikit-learn": sklearn.__version__}
    with threadpool_limits(1):
        found = {
            "machine": machine,
            "table": {str(seed): side_by_side(seed) for seed in SEEDS},
            "shuffled": [shuffled(seed) for seed in SEEDS],
            "criteria": criteria(),
            "rates": rates(),
            "labels": labels(),
            "bins": bins(),
            "thresholds": {str(rows): thresholds(rows) for rows in (284, 250)},
            "errors": errors(),
        }
    write(RECORD, json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
