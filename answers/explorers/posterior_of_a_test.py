"""A positive test, and what it says, for question 20."""

import numpy as np

from answers.explorers import Explorer, Slider, View, steps
from answers.explorers.chart import Axis, Chart
from answers.probability.bayes import natural_frequencies, posterior

LOW, HIGH = 0.001, 0.5
PRIORS = tuple(n / d for d in (1000, 100, 10) for n in (1, 1.5, 2, 3, 4, 5, 7))[:-1]


def posterior_of_a_test(
    prior: float, sensitivity: float, false_positives: float
) -> View:
    """How likely illness is after a positive test, against how common it was before.
    Without a test, it would be the dashed line."""
    likelihood = np.array([sensitivity, false_positives])
    priors = np.geomspace(LOW, HIGH, 120)
    after = posterior(np.stack([priors, 1 - priors], axis=1), likelihood)[:, 0]
    here = float(posterior(np.array([prior, 1 - prior]), likelihood)[0])
    people = natural_frequencies(prior, sensitivity, false_positives)
    # Exact in six digits: rounded to tenths, they would not make the share beside them.
    ill, true, false = people[0].sum(), people[0, 0], people[1, 0]
    chart = Chart(
        Axis(
            "prior: the share of the ill (log scale)",
            np.log(LOW),
            np.log(HIGH),
            {
                np.log(p): f"{p:.1%}" if p < 0.01 else f"{p:.0%}"
                for p in (0.001, 0.01, 0.1, 0.5)
            },
        ),
        Axis(
            "posterior",
            0,
            1.05,
            {0: "0", 0.25: "25%", 0.5: "50%", 0.75: "75%", 1: "100%"},
        ),
    )
    chart.line(np.log(priors), priors, ink=2, dashed=True)
    chart.line(np.log(priors), after, ink=1)
    chart.dot(np.log(prior), here, ink=1)
    return View(
        chart,
        f"The posterior rises with the prior. A dot at a prior of {prior:.2%}: after a "
        f"positive test {here:.1%}.",
        (
            f"Of 1,000 people {ill:g} are ill, and {true:g} of them test positive",
            f"so do {false:g} healthy people",
            f"{true:g} of {true + false:g} who test positive are ill: {here:.1%}",
        ),
    )


explorer = Explorer(
    posterior_of_a_test,
    Slider("prior", "Prior", PRIORS, 0.01, ".2%"),
    Slider("sensitivity", "Sensitivity", steps(0.5, 1, 50), 0.9, ".0%"),
    Slider("false_positives", "False-positive rate", steps(0.01, 0.5, 49), 0.09, ".0%"),
)
