"""Figures of probability: what they draw is what SciPy or a closed form gives."""

import math

import numpy as np
import pytest
from drawing import Drawing, same
from matplotlib.colors import to_hex
from scipy import integrate, optimize, special, stats

from answers.figures import SERIES


def test_people_tested():
    figure = Drawing("people_tested")
    found, missed, alarmed = round(10 * 0.9), round(10 * 0.1), round(990 * 0.09)
    figure.says("1000 people, 10 of them ill. The test finds 9 of these, and about 89 of")
    figure.says("of 98 who test positive, 9 are ill", found + alarmed == 98)
    assert (found, missed, alarmed) == (9, 1, 89)
    above, below = (
        # The squares of each colour, five corners each, and how full they are.
        [
            (
                SERIES.index(to_hex(p.get_facecolor())),
                len(p.get_path().vertices) // 5,
                p.get_alpha(),
            )
            for p in axes.patches
        ]
        for axes in figure.panels
    )
    assert [each[:2] for each in above] == [(1, 9), (1, 1), (0, 89), (0, 901)]
    figure.says("1000 small squares in 20 rows of 50", sum(n for _, n, _ in above) == 1000)
    corners = np.concatenate([p.get_path().vertices for p in figure.panels[0].patches])
    columns, rows = np.unique(corners[::5], axis=0).T
    assert (len(set(columns)), len(set(rows))) == (50, 20)
    figure.says("in one colour, are the ill: 9 full and 1 pale", above[0][2] == 1 > above[1][2])
    figure.says(
        "Of the 990 healthy, in another colour, 89 are full", above[2][2] == 1 > above[3][2]
    )
    figure.says("the 98 full squares alone: 9 ill and 89 healthy", below == [above[0], above[2]])
    figure.says("a share of 9.2%", round(0.009 / (0.009 + 0.0891), 3) == 0.092)
    assert figure.texts() == ["1000 people:", "10 ill", "990 healthy"]
    assert figure.texts(1) == ["98 positive:", "9 ill", "89 healthy", "9.2% ill"]


def test_beta_posteriors():
    figure = Drawing("beta_posteriors")
    assert figure.axes() == ("success rate", "density")
    lines = figure.lines()
    settings = [(prior, n) for prior in (1, 20) for n in (0, 10, 100)]
    for (prior, n), (dashed, rate, density) in zip(settings, lines, strict=True):
        beta = stats.beta(prior + 0.7 * n, prior + 0.3 * n)
        assert same(density, beta.pdf(rate))
        figure.says("uniform prior (full lines) and from Beta(20, 20) (dashed)")
        assert dashed == {1: "-", 20: "--"}[prior]
    assert figure.names() == ["after 0", "after 10", "after 100"]
    colours = [line.get_color() for line in figure.panels[0].lines]
    assert colours[:3] == colours[3:]
    assert len(set(colours)) == 3
    peak = [rate[density.argmax()] for _, rate, density in lines]
    width = [beta_width(*each) for each in settings]
    figure.says("after 10 and after 100 trials, 7 in 10 of them successes", 0.7 * 10 == 7)
    figure.says("over a rate from 0 to 1", figure.panels[0].get_xlim() == (0, 1))
    figure.says("the curve for 7 of 10 is broad with its peak at 0.7", round(peak[1], 2) == 0.7)
    figure.says("the one for 70 of 100 is narrow with its peak there too", round(peak[2], 2) == 0.7)
    assert width[2] < width[1] / 2
    figure.says("Beta(20, 20), which is centred on 0.5", round(peak[3], 2) == 0.5)
    figure.says("the curve for 7 of 10 stays near 0.54", round(peak[4], 2) == 0.54)
    figure.says("the one for 70 of 100 has come to 0.64", round(peak[5], 2) == 0.64)


def beta_width(prior: int, n: int) -> float:
    return stats.beta(prior + 0.7 * n, prior + 0.3 * n).std()


def test_both_directions():
    figure = Drawing("both_directions")
    x, of_p = figure.line("KL(p‖q)")
    _, of_q = figure.line("KL(q‖p)")
    p, q = np.array([0.5, 0.5]), np.stack([x, 1 - x])
    assert same(of_p, special.rel_entr(p[:, None], q).sum(axis=0))
    assert same(of_q, special.rel_entr(q, p[:, None]).sum(axis=0))
    assert figure.axes() == ("probability of heads under q", "nats")
    figure.says("from 0 to 1. Both curves touch 0 at one half")
    assert abs(x[of_p.argmin()] - 0.5) < 0.002 > abs(x[of_q.argmin()] - 0.5)
    assert of_p.min() < 1e-5 > of_q.min()
    figure.says("Only KL(p‖q), which averages over p, becomes infinite where q excludes")
    assert special.rel_entr(p, [0, 1]).sum() == math.inf > special.rel_entr([0, 1], p).sum()
    figure.says("KL(p‖q) rises without bound at both ends")
    figure.says("KL(q‖p) ends at log 2, 0.69.", round(math.log(2), 2) == 0.69)
    assert round(special.rel_entr([0, 1], p).sum(), 2) == 0.69
    at = [special.rel_entr(*each).sum() for each in ((p, [0.8, 0.2]), ([0.8, 0.2], p))]
    figure.says("At 0.8, the example, they are at 0.2231 and 0.1927.")
    assert [round(each, 4) for each in at] == [0.2231, 0.1927]
    assert [x[0] for _, x, _ in figure.lines()[2:]] == [0.8]
    assert (figure.names(), figure.styles()) == (["KL(p‖q)", "KL(q‖p)"], ["-", "--", ":"])
    assert (x[0], x[-1]) == (0.0005, 0.9995)


def spreads(d: float) -> dict[str, tuple[float, float]]:
    """Mean and deviation of k1, k2, k3 by numerical integration, for normals d apart."""
    found = {}
    for name, k in (
        ("k1", lambda r: -r),
        ("k2", lambda r: r**2 / 2),
        ("k3", lambda r: math.exp(r) - 1 - r),
    ):

        def moment(power, k=k):
            def inside(x):
                log_ratio = d * x - d**2 / 2  # log q(x) / p(x)
                return k(log_ratio) ** power * stats.norm.pdf(x)

            return integrate.quad(inside, -10, 10, limit=200, epsabs=1e-12)[0]

        found[name] = moment(1), math.sqrt(moment(2) - moment(1) ** 2)
    return found


def test_estimator_spread():
    figure = Drawing("estimator_spread")
    assert figure.names() == ["k1", "k2", "k3"]
    assert figure.styles(0) == figure.styles(1) == ["-", "--", "-."]
    assert figure.axes(0)[1] == "spread / KL"
    assert figure.axes(1) == ("distance of the means, in deviations", "bias / KL")
    x = figure.line("k1")[0]
    figure.says("from 0.1 to 2", (x[0], x[-1]) == (0.1, 2))
    for at in (0, 12, 38):
        d = x[at]
        expected = spreads(d)
        for place, (name, (mean, spread)) in enumerate(expected.items()):
            assert same(figure.line(name)[1][at], spread / (d**2 / 2), 1e-4)
            bias = figure.lines(1)[place][2][at]
            assert abs(bias - (mean / (d**2 / 2) - 1)) < 1e-4
    k1, k2, k3 = (figure.line(name)[1] for name in ("k1", "k2", "k3"))
    figure.says("k1 falls from 20 to 1, as 2 over the distance", same(k1, 2 / x, 1e-6))
    assert [round(each) for each in k1[[0, -1]]] == [20, 1]
    figure.says(
        "k2 and k3 start together near 1.4", [round(k[0], 1) for k in (k2, k3)] == [1.4] * 2
    )
    figure.says("k2 rises slowly to 2.4", round(k2[-1], 1) == 2.4 and (np.diff(k2) > 0).all())
    cross = optimize.brentq(lambda d: spreads(d)["k3"][1] - d, 0.8, 1.5)
    figure.says("Beyond a distance of 1.121, k3 spreads more than k1", round(cross, 3) == 1.121)
    figure.says("k3 crosses k1 at 1.12 and reaches 3.5", round(cross, 2) == 1.12)
    assert round(k3[-1], 1) == 3.5
    assert (k3 > k1).tolist() == (x > cross).tolist()
    biases = [y for _, _, y in figure.lines(1)]
    figure.says("the bias of k2 as a part of the divergence rises from 0 to 1")
    assert biases[1][0] < 0.01
    assert round(biases[1][-1], 2) == 1
    figure.says("those of k1 and k3 are 0", np.abs([biases[0], biases[2]]).max() < 1e-6)
    figure.says("two normal densities of deviation 1")


def two_modes(m: float, x: np.ndarray) -> np.ndarray:
    return (stats.norm.pdf(x, -m) + stats.norm.pdf(x, m)) / 2


def reverse_kl(m: float, mean: float, deviation: float) -> float:
    z = np.linspace(-8, 8, 801)
    log_p = np.log(two_modes(m, mean + deviation * z))
    inside = stats.norm.pdf(z) * (stats.norm.logpdf(z) - math.log(deviation) - log_p)
    return integrate.trapezoid(inside, z)


def reverse_fit(m: float, start: float) -> optimize.OptimizeResult:
    """The minimum of the reverse KL into which a descent from the start falls."""
    return optimize.minimize(
        lambda v: reverse_kl(m, v[0], math.exp(v[1])),
        [start, 0.0],
        method="Nelder-Mead",
        options={"xatol": 1e-5, "fatol": 1e-10},
    )


def test_two_fits():
    figure = Drawing("two_fits")
    figure.says("Two modes, at ±2 and at ±3")
    assert [axes.get_title() for axes in figure.panels] == ["modes at ±2", "modes at ±3"]
    figure.says("densities over x from -8 to 8", figure.axes(1)[0] == "x")
    assert (figure.styles(0), figure.styles(1)) == (["-", "--"], ["-", "--", ":"])
    for panel, m in enumerate((2, 3)):
        x, forward = figure.line("forward", panel)
        _, reverse = figure.line("reverse", panel)
        assert (x[0], x[-1]) == (-8, 8)
        assert same(forward, stats.norm.pdf(x, 0, math.sqrt(1 + m**2)), 1e-6)
        best = reverse_fit(m, -m).x if m == 3 else reverse_fit(m, 0.0).x
        assert np.abs(reverse - stats.norm.pdf(x, best[0], math.exp(best[1]))).max() < 2e-3
        area = figure.panels[panel].collections[0].get_paths()[0].vertices
        top = [area[area[:, 0] == each, 1].max() for each in x[1:-1]]
        assert same(top, two_modes(m, x[1:-1]), 1e-6)
        if m == 2:
            widths = math.sqrt(1 + m**2), math.exp(best[1])
            figure.says("both fitted curves are single humps around 0 of nearly the same width")
            assert abs(best[0]) < 1e-3
            assert 0.8 < widths[1] / widths[0] < 1.25
            figure.says("humps at 2 and -2")
        else:
            figure.says("humps at 3 and -3, the forward curve is a low wide hump around 0")
            figure.says("highest in the valley of the target", x[forward.argmax()] == 0)
            figure.says("the reverse curve is narrow, around -3", abs(best[0] + 3) < 0.1)
            at = reverse.argmax()
            figure.says(
                "twice as high as the hump it covers", 1.9 < reverse[at] / top[at - 1] < 2.1
            )
            dotted = figure.lines(panel)[2]
            figure.says("a dotted one around 3 is its mirror image", dotted[0] == ":")
            assert same(dotted[2], reverse[::-1], 1e-6)
            figure.says("picks one of two that are further apart")


def test_reverse_minima():
    figure = Drawing("reverse_minima")
    figure.says("two modes of deviation 1 at ±m")
    assert figure.axes() == ("m: the modes are at ±m", "mean of the fit")
    figure.says("against m, from 0 to 5", figure.panels[0].lines[-1].get_xdata()[-1] == 5)
    assert figure.names() == ["covers both", "on one mode"]
    thick = {"covers both": (0.05, 2.8), "on one mode": (2.8, 5)}
    for line in figure.panels[0].lines:
        if line.get_linewidth() == 4 and line.get_label() in thick:
            x = line.get_xdata()
            assert (round(x[0], 2), x[-1]) == thick.pop(line.get_label())
    assert thick == {}
    # By a general minimiser: where a fit on one mode exists, and where it is the better one.
    one = {m: reverse_fit(m, m) for m in (2.3, 2.41, 2.43, 2.79, 2.81, 4.0)}
    figure.says("A fit on one mode exists from m = 2.42 on")
    assert [abs(one[m].x[0]) > 1 for m in (2.3, 2.41, 2.43)] == [False, False, True]
    figure.says("and is the best from 2.80 on")
    middle = {m: reverse_fit(m, 0.0) for m in one}
    assert [one[m].fun < middle[m].fun for m in (2.79, 2.81)] == [False, True]
    figure.says("the one in the middle never goes away", abs(middle[4.0].x[0]) < 1e-3)
    figure.says("A line at 0 runs through the whole range, thick up to 2.8 and thin beyond")
    figure.says(
        "From 2.42 on two more branches exist, near m and near -m, thin up to 2.8 and thick"
    )
    seeks = [line for line in figure.panels[0].lines if line.get_color() == "C1"]
    for line in seeks:
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata(), float)
        assert np.isnan(y[x < 2.41]).all()
        assert np.isfinite(y[x > 2.43]).all()
        shown = np.isfinite(y)
        assert (np.abs(np.abs(y[shown]) - x[shown]) < 0.6).all()
        assert line.get_linewidth() == (4 if x[-1] == 5 else 1.2)


def test_loss_simplex():
    figure = Drawing("loss_simplex")
    figure.says("All predictions for three classes")
    figure.says("0 at the top, log 2, about 0.7, at half height", round(math.log(2), 1) == 0.7)
    figure.says("log 3, about 1.1, at a third", round(math.log(3), 1) == 1.1)
    heights = {style: y for style, _, y in figure.lines() if style == "--"}
    levels = [y[0] for style, _, y in figure.lines() if style == "--"]
    assert same(levels, [1 / 3, 1 / 2])
    assert heights
    texts = figure.texts()
    assert texts[:4] == ["loss log 3 ≈ 1.1", "loss log 2 ≈ 0.7", "loss 0", "loss ∞"]
    at = {t.get_text(): t.get_position()[1] for t in figure.panels[0].texts}
    assert [at[text] for text in texts[:4]] == pytest.approx([1 / 3, 1 / 2, 1, 0])
    kite = figure.panels[0].patches[0].get_xy()
    # Of random predictions, those in the kite are the right ones.
    p = np.random.default_rng(0).dirichlet(np.ones(3), 2000)
    places = p @ np.array([[0.5, 1], [0, 0], [1, 0]])
    inside = figure.panels[0].patches[0].get_path().contains_points(places)
    figure.says("Shaded: the true class is the likeliest", (inside == (p.argmax(1) == 0)).all())
    figure.says("a kite that reaches from the top corner down to the centre, which lies at a third")
    assert same([kite[:, 1].max(), kite[:, 1].min()], [1, 1 / 3])
    figure.says("Above half height the triangle is all shaded, below a third nothing is")
    assert inside[p[:, 0] > 0.5].all()
    assert not inside[p[:, 0] < 1 / 3].any()
    between = inside[(p[:, 0] > 1 / 3) & (p[:, 0] < 0.5)]
    figure.says("between the two some of it", 0 < between.mean() < 1)
    assert at["right"] > 0.5
    assert at["wrong"] < 1 / 3


def test_loss_intervals():
    figure = Drawing("loss_intervals")
    numbers, axes = (2, 3, 10, 1000), figure.panels[0]
    figure.says("over a loss from 0 to 8, for 2, 3, 10 and 1000 classes")
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    expected = [each for k in numbers for each in ((0, math.log(k)), (math.log(2), 8))]
    assert same(bars, expected)
    figure.says("The upper bar of a pair, right examples, runs from 0 to the logarithm")
    tops = [bar.get_y() for bar in axes.patches]
    assert all(a > b for a, b in zip(tops[::2], tops[1::2], strict=True))
    figure.says("0.69, 1.10, 2.30 and 6.91", [f"{math.log(k):.2f}" for k in numbers])
    assert [f"{math.log(k):.2f}" for k in numbers] == ["0.69", "1.10", "2.30", "6.91"]
    figure.says("The lower bar, wrong examples, always starts at log 2 = 0.69 and goes on beyond")
    ends = [text for text in figure.texts() if "log" in text]
    assert ends == [f" log {k} ≈ {math.log(k):.1f}" for k in numbers]
    assert [t.get_text() for t in axes.get_yticklabels()] == [str(k) for k in numbers]
    assert figure.axes() == ("loss (nats)", "classes")
    figure.says("They overlap, except for two classes")
    assert [right[1] > wrong[0] for right, wrong in zip(bars[::2], bars[1::2], strict=True)] == [
        *(False, True, True, True)
    ]


def test_price_of_confidence():
    figure = Drawing("price_of_confidence")
    figure.says("What a prediction of 10 classes costs")
    x, wrong = figure.line("wrong, at least")
    _, right = figure.line("right")
    assert same(right, -np.log(x))
    assert (figure.names(), figure.styles()) == (["wrong, at least", "right"], ["-", "--"])
    # A wrong answer leaves its class what the likeliest leaves, up to the likeliest's share.
    assert same(wrong, -np.log(np.minimum(x, 1 - x)))
    figure.says("Near 1, more confidence saves little when right and costs without end when")
    assert right[-11] - right[-1] < 0.07
    assert wrong[-1] > 7
    figure.says("over a confidence from 0.1 to 1", figure.panels[0].get_xlim() == (0.1, 1))
    figure.says("falls from 2.3 to 0", round(right[0], 1) == 2.3 and right[-1] < 0.001)
    figure.says("the same down to 0.69 at a half, then turns and rises steeply")
    half = x <= 0.5
    assert same(wrong[half], right[half])
    assert (np.diff(wrong[~half]) > 0).all()
    assert round(wrong.min(), 1) == round(math.log(2), 1)
    figure.says("passing 4.6 at 0.99", round(-math.log(0.01), 1) == 4.6)
    area = figure.panels[0].collections[0].get_paths()[0].vertices
    figure.says("below a confidence of 0.11 they end at a finite largest one")
    for at in (0, 10, 20):
        left = 1 - 9 * x[at]  # what nine classes of the likeliest's share leave the true one
        most = -math.log(left) if left > 0 else 6
        assert area[np.isclose(area[:, 0], x[at]), 1].max() == pytest.approx(min(most, 6))
    assert 1 - 9 * 0.1105 > 0
    assert not (1 - 9 * 0.1115 > 0)
    assert figure.axes() == ("probability of the likeliest class", "loss (nats)")


def test_softmax_stability():
    figure = Drawing("softmax_stability")
    c, whole = figure.line("maximum subtracted")
    _, plain = figure.line("plain formula")
    true = special.expit(1.0)
    figure.says("Softmax of the logits (c, c + 1) in float32")
    figure.says("against c from -120 to 120", (c[0], c[-1]) == (-120, 120))
    figure.says("With the maximum subtracted it is 0.73 throughout", np.allclose(whole, true, 1e-6))
    assert round(true, 2) == 0.73
    powers = np.exp(np.stack([c, c + 1]).astype(np.float32).astype(float))
    with np.errstate(all="ignore"):
        rounded = powers.astype(np.float32)  # exactly computed, then rounded
        expected = rounded[1] / rounded.sum(axis=0)
    assert (np.isnan(plain) == np.isnan(expected)).all()
    shown = ~np.isnan(plain)
    figure.says("drifts below c = -88, where exponentials lose digits, is nan below -105")
    off = np.abs(plain - true) > 1e-6
    assert c[off & (c < 0)].max() < -88
    assert np.exp(np.float32(-88)) < np.finfo(np.float32).tiny < np.exp(np.float32(-87))
    assert -106 < c[~shown & (c < 0)].max() < -104
    figure.says("falls to 0 at 87.5 and to nan from 87.75 on", c[~shown & (c > 0)].min() == 87.75)
    assert plain[c == 87.5] == 0


def test_loss_with_eps():
    figure = Drawing("loss_with_eps")
    gap, exact = figure.line("log-sum-exp")
    _, patched = figure.line("-log(p + 1e-9)")
    assert same(exact, np.logaddexp(0, gap), 1e-9)
    assert same(patched, -np.log(special.expit(-gap) + 1e-9), 1e-9)
    figure.says("the gap of the logits, from -10 to 60", (gap[0], gap[-1]) == (-10, 60))
    figure.says("The patched loss stops at 20.7", round(patched.max(), 1) == 20.7)
    figure.says(
        "the one with eps = 1e-9 bends into a flat line at 20.7", np.ptp(patched[-80:]) < 1e-6
    )
    slopes = [y for _, _, y in figure.lines(1)]
    assert same(slopes[0], special.expit(gap), 1e-9)
    assert same(slopes[1], np.gradient(patched, gap), 0.02)
    figure.says("the exact one rises to 1 and stays, the patched one falls back to 0 beyond 20")
    assert slopes[0][-1] == pytest.approx(1)
    assert slopes[1][gap > 30].max() < 1e-3
    assert [style for style, *_ in figure.lines(0)] == ["-", "--"]
    assert [style for style, *_ in figure.lines(1)] == ["-", "--"]
