r"""What the prose of a page says: what is a claim, what a witness, and what a check refutes."""

import pytest

from answers.pages import ROOT
from answers.proof.checks import RefutedError, checks
from answers.proof.claims import prose
from answers.proof.fences import renderer
from answers.proof.generated import markdown
from answers.proof.notation import is_claim

PAGES = {str(path.relative_to(ROOT)): path for path in markdown()}
PAGE = ROOT / "docs/questions/page.md"  # for messages: no such file
OUTPUT = "\n<!--pytest-codeblocks:expected-output-->\n\n```text\n%s\n```\n"


@pytest.mark.parametrize("page", PAGES)
def test_whatever_a_page_says_has_a_witness(page):
    found = prose(PAGES[page]).unwitnessed()
    assert not found, "\n".join(found)


def unwitnessed(text):
    return [line.partition(".md:")[2] for line in prose(PAGE, text).unwitnessed()]


NAMES = r"""
W_1, b_1; (N, D); P(A \mid B); P(+ \mid x); D_{KL}(p\|q); X^\top; \hat w; -1; [\cdot]; \odot
|f'''|; \partial y_i/\partial x_j; \frac{\partial\mathcal{L}}{\partial z_j}; \delta^{(\ell+1)}
-\infty; \langle A, B \rangle; P(A \text{ and } B); [B \times D]; (-1, 0.5); \pi^a_{kl}; dZ
"""
CLAIMS = r"""
X^\top G; a + b; p_y = 1; -\log p_y; e^z; 1/N; f(x)g(x); 2h; p - \text{onehot}(y); a \cdot b
\sum_k p_k; \sqrt{d}; W^2; A \odot B; x > 0; \frac{a}{b}; |a| + |b|; -p; \max(0, Z); [j = k]
(X^T G)^T; \partial y/\partial x \cdot g; 10^{-7}
"""


def split(formulas):
    return [
        formula.strip() for line in formulas.strip().split("\n") for formula in line.split("; ")
    ]


@pytest.mark.parametrize("formula", split(NAMES))
def test_names_and_lists_of_them_are_notation(formula):
    assert not is_claim(formula)


@pytest.mark.parametrize("formula", split(CLAIMS))
def test_what_says_more_than_a_name_is_a_claim(formula):
    assert is_claim(formula)


def test_a_claim_needs_a_check_that_quotes_it_right_under_its_block():
    said = "The gradient is $p - t$.\n"
    wants = ["1: $p - t$ has no check under it"]
    assert unwitnessed(said) == wants
    assert unwitnessed(said + "<!-- holds\n1 == 1  # $p - t$\n-->\n") == []
    assert unwitnessed(said + "<!-- holds\n1 == 1  # $p + t$\n-->\n")[:1] == wants
    assert unwitnessed(said + "\nMore.\n<!-- holds\n1 == 1  # $p - t$\n-->\n")[:1] == wants


@pytest.mark.parametrize(
    ("said", "shown", "wanted"),
    [
        ("It is 0.22.", "0.2231", []),
        ("It is 0.23.", "0.2231", ["1: 0.23 stands in no output of its section and no check"]),
        ("About 98.1%.", "0.9812", []),
        ("About 98%.", "accuracy 98.1%", []),
        ("It is 60.", "59.7", ["1: 60 stands in no output of its section and no check"]),
        ("Of 1 797 digits.", "1,797 digits", []),
        ("It is \u22120.2.", "0.2", ["1: -0.2 stands in no output of its section and no check"]),
        ("It is 0.7 (Guo et al., 2017).", "", []),
        ("See page 14, in 2017; int8, `0.7` and 12 of them.", "", []),
    ],
)
def test_a_number_stands_in_an_output_as_it_is_written(said, shown, wanted):
    assert unwitnessed(f"{said}\n\n```python\nprint(x)\n```\n{OUTPUT % shown}") == wanted


def test_a_number_may_stand_in_the_check_but_not_in_another_section():
    assert unwitnessed("It is 1.4.\n<!-- holds\nround(106 / 76, 1) == 1.4\n-->\n") == []
    elsewhere = f"## One\n\n0.5\n\n```python\nprint(1)\n```\n{OUTPUT % 1}\n## Two\n"
    assert len(unwitnessed(f"{elsewhere}\n```python\nprint(0.5)\n```\n{OUTPUT % 0.5}")) == 1


def test_words_that_measure_are_quoted_too():
    said = "The loop is three times slower.\n"
    assert unwitnessed(said) == ['1: "three times slower" is quoted by no check']
    assert unwitnessed(said + '<!-- holds\nx > 2.5 * y  # "three times slower"\n-->\n') == []


SAID = [
    "Half of the bytes; half a point; two thirds for the second; a fifth of them; above a half.",
    "It is 7 times too large, five times the size, four times that, 7 times as fast.",
    "Right nine times in ten; one sentence in six; three of four errors.",
    "So λ = σ²/τ², of 4nd² + 2n²d, at T = 6·width, by √d; parameters × bits / 8, and 1 − h.",
    r"Here $P(A)$ is $P(B)$, n passes 2d, K times $p_y$, minus $z_y$; the slope is $x_{nd}$.",
]
FOUND = [
    ["Half of", "half a", "two thirds", "a fifth", "a half"],
    ["7 times too", "five times the", "four times that", "7 times as"],
    ["nine times in ten", "one sentence in six", "three of four"],
    ["λ = σ²/τ²", "4nd² + 2n²d", "T = 6·width", "√d", "parameters × bits / 8", "1 − h"],
    ["$P(A)$ is $P(B)$", "n passes 2d", "K times $p_y$", "slope is $x_{nd}$"],
]


@pytest.mark.parametrize(("said", "found"), list(zip(SAID, FOUND, strict=True)))
def test_ratios_plain_formulas_and_relations_of_names_are_claims(said, found):
    assert unwitnessed(said) == [f'1: "{words}" is quoted by no check' for words in found]
    held = "".join(f'1 == 1  # "{words}"\n' for words in found)
    assert unwitnessed(f"{said}\n<!-- holds\n{held}-->\n") == []


@pytest.mark.parametrize(
    "said",
    [
        "The third line, a third mistake, half way; three in all, and two of them.",
        "At (α = 1) and p > 0, (−log q) and 1/N; an A/B test, variance σ², index −1, −∞ - and so.",
        "This is $G$. With $n$ rows of $d$ numbers, the sum over $n$; $-p$ is $1 - q$.",
        "## Why √d",
        "It costs five times the size (Griewank, 1989).",
    ],
)
def test_ordinals_settings_and_names_are_none(said):
    assert [line for line in unwitnessed(said) if "is quoted by no check" in line] == []


def test_a_source_excuses_its_own_numbers_and_not_those_above():
    said = "Caches of 1.5 GB are sent (Zhong et al., 2024)%s."
    assert unwitnessed(said % "") == []
    wanted = ["1: 1.5 stands in no output of its section and no check"]
    assert unwitnessed(said % ": the 1.5 GB above") == wanted


def test_a_check_stands_right_under_what_it_quotes():
    stale = "The gradient $p$.\n<!-- holds\n1 == 1  # $p - t$\n-->\n"
    assert unwitnessed(stale) == ['1: its check quotes "p - t", which it does not say']
    loose = "One.\n\n```python\nx = 1\n```\n<!-- holds x == 1 -->\n"
    assert unwitnessed(loose) == ["6: a check stands right under what it speaks of"]


def unbound(text):
    return [line.partition(".md:")[2] for line in prose(PAGE, text).unbound()]


def test_numbers_and_words_that_turn_a_sentence_are_bound_under_a_check():
    said = 'Of 5 runs, two are, as it came out, not larger than these, we say: "yes". All see.\n'
    phrases = "5 runs, two", "not larger", "yes'", "All see"
    assert unbound(said) == []
    assert unbound(said + "<!-- holds\n1 == 1\n-->\n") == [
        f'1: "{words}" is bound to no check: put # "{phrase}" behind what computes it, or '
        f'# released: "{phrase}" because …'
        for words, phrase in zip(["5 runs, two", "not larger", "yes", "All"], phrases, strict=True)
    ]
    held = "".join(f'1 == 1  # "{phrase}"\n' for phrase in phrases)
    assert unbound(f"{said}<!-- holds\n{held}-->\n") == []


@pytest.mark.parametrize(
    "said",
    [
        "Over the runs, of 2017, see [page 5](five.md#two) and question 3.",
        "1. One.\n2. Another.",
        "| First | Second |\n|---|---|\n| a | b |",
        "A. Writer (2017), [*All of it*](https://a.org), Journal 3(4), 207.",
        "As $a = 2$ and `first` say.",
    ],
)
def test_places_heads_formulas_and_code_bind_nothing(said):
    assert unbound(f"{said}\n<!-- holds\n1 == 1\n-->\n") == []


@pytest.mark.parametrize(
    ("quoted", "bound"),
    [
        ("is larger", True),
        ("larger", False),  # it could change places with "first"
        ("It is", False),
        ("a first", False),  # twice in the text
        ("arger than", False),
    ],
)
def test_a_phrase_binds_a_word_that_stands_in_it_beside_another(quoted, bound):
    said = f'It is larger than a first and a first.\n<!-- holds\n1 == 1  # "{quoted}"\n-->\n'
    assert (not any('"larger' in each for each in unbound(said))) is bound


def test_words_are_released_with_a_reason_and_then_not_witnessed():
    said = "It is never 0.3, three times slower.\n<!-- holds\n%s\n-->\n"
    words = '# released: "never 0.3, three times slower"'
    assert unbound(said % f"{words} because Writer has counted") == []
    assert unbound(said % words) == [f"2: `{words}` lacks its words, or `because` and a reason"]
    assert unwitnessed(said % f"{words} because I say so") == [
        "1: 0.3 stands in no output of its section and no check",
        '1: "three times slower" is quoted by no check',
    ]
    stale = said.replace("never", "always") % f"{words} because Writer has counted"
    assert any("which it does not say" in complaint for complaint in unwitnessed(stale))


def refuted(text, **known):
    (check,) = checks(PAGE, text)
    with pytest.raises(RefutedError) as error:
        check.run(known)
    return error.value.lineno, str(error.value)


def test_a_check_that_does_not_hold_is_told_with_its_line_and_values():
    text = "So.\n<!-- holds\ny = x + 1\ny == 3\n\ny == 4\n-->\n"
    assert refuted(text, x=2) == (6, "y == 4 (3, 4)")
    (check,) = checks(PAGE, text.replace("y == 4\n", ""))
    known = {"x": 2}
    check.run(known)
    assert known == {"x": 2}


def test_what_is_false_in_a_with_or_a_loop_is_told_with_its_line():
    text = "So.\n<!-- holds\nfor n in (1, x):\n    found.append(n)\n    n < 2\n-->\n"
    assert refuted(text, x=2, found=[]) == (5, "n < 2")
    (check,) = checks(PAGE, text)
    found = []
    check.run({"x": 1, "found": found})
    assert found == [1, 1]


def test_a_check_may_name_a_test_which_must_exist_and_hold_the_number():
    named = "<!-- holds tests/proof/test_claims.py::test_%s %s # $a = b$ -->\n"
    said = f"Up to 0.1234, $a = b$.\n{named}"
    name = "a_check_may_name_a_test_which_must_exist_and_hold_the_number"
    (check,) = checks(PAGE, said % (name, 0.1234))
    check.run({})
    assert unwitnessed(said % (name, 0.1234)) == [] != [0.1234]
    assert "there is no test" in refuted(said % ("nothing", 0.1234))[1]
    assert "holds no 0.4321" in refuted(said % (name, "0.4321"))[1]


def test_no_comment_reaches_the_site():
    text = (
        "One.\n<!-- holds\n1 == 1\n-->\n\n- a\n<!-- x -->\n- b\n\n```python\n<!-- kept -->\n```\n"
    )
    html = renderer().reset().convert(text)
    assert "holds" not in html
    assert "<!-- x" not in html
    assert "<p>" not in html.partition("<ul>")[2].partition("</ul>")[0]
    assert "kept" in html


def test_numbers_among_the_same_words_could_change_places():
    said = "Above 11.09 in half, 88.72 in full.\n<!-- holds\n1 == 1  # %s\n-->\n"
    assert len(unbound(said % '"Above 11.09 in" "88.72 in"')) == 1
    assert unbound(said % '"Above 11.09 in" "88.72 in full"') == []
