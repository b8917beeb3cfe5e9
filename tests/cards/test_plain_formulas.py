"""Formulas of the pages, readable in a terminal."""

import re

import pytest

from answers.cards.plain_formulas import FORMULA, plain, readable
from answers.pages import pages

FORMULAS = {
    r"\delta_2 = (p - \text{onehot})/N": "δ₂ = (p - onehot)/N",
    r"X^\top\delta": "Xᵀδ",
    r"10^{-7}": "10⁻⁷",
    r"h \approx 6 \cdot 10^{-6}": "h ≈ 6 · 10⁻⁶",
    r"p_k = e^{z_k} / \sum_i e^{z_i}": "pₖ = e^zₖ / ∑ᵢ e^zᵢ",
    r"\sum_{i=1}^{K}\exp z_i": "∑ᵢ₌₁^K exp zᵢ",
    r"-\log p_y": "-log p_y",
    r"x\log x": "x log x",
    r"\log\sum_i e^{z_i} - z_y": "log ∑ᵢ e^zᵢ - z_y",
    r"\log(p_y + \varepsilon)": "log(p_y + ε)",
    r"\epsilon^{1/3}": "ε^(1/3)",
    r"P_{n, y_n}": "P_(n, yₙ)",
    r"x_{max}": "x_max",
    r"\frac{a-b}{\max(|a|,|b|)}": "(a-b)/max(|a|,|b|)",
    r"\frac{e^{x_i}}{\sum_j e^{x_j}}": "e^xᵢ/(∑ⱼ e^xⱼ)",
    r"\tfrac12": "1/2",
    r"\sqrt{d} \sqrt{2\pi}": "√d √2π",
    r"\sqrt{a + b}": "√(a + b)",
    r"\partial \mathcal{L}/\partial W_1": "∂L/∂W₁",
    r"\theta \leftarrow \theta - \eta\,\nabla L": "θ ← θ - η ∇L",
    r"\lambda\Sigma": "λΣ",
    r"\mathbb{R}^N, \mathbb{1}": "\N{DOUBLE-STRUCK CAPITAL R}^N, 1",
    r"\Gamma, \Pr(A), \sup": "Γ, Pr(A), sup",
    r"N\times C": "N\N{MULTIPLICATION SIGN} C",
    r"\hat{y} \ne y": "y\u0302 ≠ y",
    r"\left\| x \right\|^2 \in [0, \infty)": "‖ x ‖² ∈ [0, ∞)",
    r"\operatorname{diag}(p) - pp^\top": "diag(p) - ppᵀ",
    r"10\,\%": "10 %",
    "x^": "x",
    "{a}_": "a",
}


@pytest.mark.parametrize(("tex", "text"), FORMULAS.items())
def test_a_formula_becomes_one_line_of_text(tex, text):
    assert plain(tex) == text


def test_markdown_keeps_its_code_and_escapes_its_formulas():
    markdown = "Cost `$x$` is $p_y$ or $$\n|a * b|\n$$ for 5 dollars, ``a ` $b$``."
    assert readable(markdown) == (r"Cost `$x$` is p\_y or \|a \* b\| for 5 dollars, ``a ` $b$``.")


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.path.stem)
def test_every_formula_of_a_first_answer_is_known(page):
    for match in FORMULA.finditer(page.question + page.thirty_seconds):
        formula = match["inline"] or match["block"]
        if formula:
            commands = set(re.findall(r"\\([a-zA-Z]+)", formula))
            left = {name for name in commands if name in plain(formula)}
            left -= {"log", "max", "min", "exp", "mean", "arg", "det", "softmax"}
            assert not left, (
                f"docs/questions/{page.path.name}: `answers show` does not know {left}, in "
                f"{formula}; write it otherwise, or add it to plain_formulas.py"
            )
