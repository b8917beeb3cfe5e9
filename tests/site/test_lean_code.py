"""Code keeps its text and its colours, and loses the elements that show nothing."""

import re
from html import unescape

import markdown
from mkdocs.config import load_config
from serving import ROOT

CODE = 'def f(x):\n    """`x` & "y" < 1."""\n    return x @ w <= 1_000 if x else None  # why\n'


def render(extensions):
    """`CODE` as the site shows it, with these of the site's extensions."""
    site = load_config(str(ROOT / "mkdocs.yml"), plugins=[])
    html = markdown.markdown(
        f"```python\n{CODE}```",
        extensions=extensions(site),
        extension_configs=site.mdx_configs,
    )
    return re.search("<code>(.*)</code>", html, re.S)[1]


def without(site):
    return [name for name in site.markdown_extensions if name != "answers.site.lean_code"]


def test_the_text_is_the_code():
    assert unescape(re.sub("<[^>]*>", "", render(lambda site: site.markdown_extensions))) == CODE


def test_keywords_strings_numbers_and_comments_keep_their_elements_and_the_rest_has_none():
    lean, full = render(lambda site: site.markdown_extensions), render(without)
    plain = {"n", "o", "p", "w"}
    assert re.findall(r'class="(\w+)"', lean) == [
        name for name in re.findall(r'class="(\w+)"', full) if name not in plain
    ]
    assert plain <= set(re.findall(r'class="(\w+)"', full))
    assert lean.count("<span") == lean.count("</span>") < full.count("<span") / 2
