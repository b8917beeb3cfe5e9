"""Formulas are typeset while a page is built, or the build fails and says which one cannot be."""

import hashlib
import re
import subprocess
import sys
from html import unescape

import markdown
import pytest
from mkdocs.config import load_config
from pymdownx.superfences import SuperFencesException

from answers.pages import ROOT

KATEX = ROOT / "docs/vendor/katex"
SITE = load_config(str(ROOT / "mkdocs.yml"), plugins=[])


def render(text):
    """`text` as the site shows it."""
    return markdown.markdown(
        text, extensions=SITE.markdown_extensions, extension_configs=SITE.mdx_configs
    )


def tex(html):
    """The TeX of each formula of a page, in order."""
    return [
        unescape(t)
        for t in re.findall(r'<annotation encoding="[^"]*tex">(.*?)</annotation>', html, re.S)
    ]


@pytest.mark.parametrize(
    ("text", "formulas_in_it"),
    [
        ("The $n$th of $K$-many, $x_1$.", ["n", "K", "x_1"]),
        (r"$\{a, b\}$ and *not* $\text{\$5}$", [r"\{a, b\}", r"\text{\$5}"]),
        ("$a<b$ and $c > d$ and $e \\& f$", ["a<b", "c > d", r"e \& f"]),
        ("**$x$** and [$y$](https://example.org)", ["x", "y"]),
        ("| a | b |\n|---|---|\n| $x_1$ | $y_1$ |", ["x_1", "y_1"]),
        ("$$\nx\n> 0\n- 1\n$$", ["x\n> 0\n- 1"]),
        ("- item\n\n    $$x$$\n\n- $$y$$", ["x", "y"]),
        ('=== "Tab"\n\n    !!! note\n\n        $$x$$', ["x"]),
        (
            "```math\n\\begin{aligned}a &= b \\\\\nc &= d\\end{aligned}\n```",
            ["\\begin{aligned}a &= b \\\\\nc &= d\\end{aligned}"],
        ),
        ('??? note "Folded"\n\n    ```math\n    x^2\n    ```', ["x^2"]),
    ],
)
def test_formulas_are_typeset_wherever_they_stand(text, formulas_in_it):
    html = render(text)
    assert tex(html) == formulas_in_it
    assert html.count('class="katex-html"') == html.count("<math ") == len(tex(html))
    assert "<script" not in html


@pytest.mark.parametrize(
    "text",
    [
        "From $5 to $6, or US$7 and NZ$8.",
        "It costs 5$ and 6$ there.",
        r"Escaped \$x\$.",
        "Code `$x$` and `$$`.",
        "```bash\necho $HOME $PATH\n```",
        "    indented $x$",
    ],
)
def test_a_dollar_that_is_no_formula_stays_a_dollar(text):
    html = render(text)
    assert "katex" not in html
    assert "$" in re.sub("<[^>]*>", "", html)


def test_display_and_inline_formulas_differ():
    assert 'class="katex-display"' in render("$$x$$")
    assert 'class="katex-display"' in render("```math\nx\n```")
    assert 'class="katex-display"' not in render("$x$")


@pytest.mark.parametrize("text", ["$\\frac{1$", "$$\\nosuchcommand$$", "$a%b$"])
def test_bad_tex_fails_and_is_named(text):
    with pytest.raises(
        ValueError, match=re.escape(f"cannot typeset the formula {text.strip('$')}")
    ):
        render(text)


def test_bad_tex_in_a_fence_fails_and_is_named():
    with pytest.raises(SuperFencesException, match=r"cannot typeset the formula x\^\^"):
        render('=== "Tab"\n\n    ```math\n    x^^\n    ```')


@pytest.mark.parametrize("text", ["Thus $$x$$ holds.", "Thus\n$$\nx\n$$"])
def test_a_displayed_formula_within_a_paragraph_is_refused(text):
    with pytest.raises(ValueError, match="needs a paragraph of its own"):
        render(text)


@pytest.mark.parametrize("text", ["$$\nx\n\ny\n$$", "$$x$$ holds", "$$x"])
def test_a_displayed_formula_that_is_no_paragraph_is_refused(text):
    with pytest.raises(ValueError, match="is one paragraph, without empty lines"):
        render(text)


def test_mkdocs_names_the_page_of_a_bad_formula(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# Home\n\n$\\frac{1$\n")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: x\nmarkdown_extensions: [answers.site.formulas]\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode
    assert "Error reading page 'index.md': cannot typeset the formula \\frac{1" in done.stderr


def test_the_anchor_of_a_heading_is_made_of_its_tex():
    assert '<h2 id="why-log-k">' in render("## Why $\\log K$")


def test_nothing_heavy_is_imported_before_the_first_formula():
    code = (
        "import sys, markdown, answers.site.formulas\n"
        "markdown.markdown('no formula', extensions=['answers.site.formulas'])\n"
        "print({'torch', 'sympy', 'scipy', 'matplotlib', 'py_mini_racer'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_vendored_katex_is_what_its_readme_fetches():
    sums = dict(reversed(line.split()) for line in (KATEX / "SHA256SUMS").read_text().splitlines())
    files = {path.relative_to(KATEX).as_posix() for path in KATEX.rglob("*") if path.is_file()}
    assert files == {*sums, "README.txt", "SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((KATEX / name).read_bytes()).hexdigest() == digest, name


def test_the_style_sheet_names_only_fonts_that_are_there():
    named = set(re.findall(r"url\((.*?)\)", (KATEX / "katex.min.css").read_text()))
    assert named == {f"fonts/{path.name}" for path in (KATEX / "fonts").iterdir()}
