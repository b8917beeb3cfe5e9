"""A long docstring is folded to its first line, and the text of the code is what it was."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from answers.proof.fences import renderer

LONG = '''def f(x):
    """What f returns.

    Args:
        x: An "array" & more.
    """
    return x


class C:
    """One line."""

    def g(self):
        """What g returns.

        It is 1."""
'''
FOLDED = re.compile(
    r'<details class="docstring"><summary>(.*?)</summary><span>(.*?)</span></details>', re.S
)
line = st.text("ab\"'& <`#", max_size=8).filter(lambda text: '"""' not in text)
indents = st.sampled_from(["    ", "        ", ""])


def rendered(code):
    fence = "`" * 9
    html = renderer().reset().convert(f"{fence}python\n{code}{fence}")
    return re.search("<code>(.*)</code>", html, re.S)[1]


def text(html):
    return unescape(re.sub("<[^>]*>", "", html))


def test_the_first_line_stays_and_the_rest_is_folded():
    html = rendered(LONG)
    assert text(html) == LONG
    assert [tuple(map(text, found)) for found in FOLDED.findall(html)] == [
        (
            '    """What f returns.\n',
            '\n    Args:\n        x: An "array" & more.\n    """\n',
        ),
        ('        """What g returns.\n', '\n        It is 1."""\n'),
    ]


@given(st.lists(line, min_size=1, max_size=6), indents)
def test_whatever_a_docstring_says_the_text_is_the_code(lines, indent):
    body = "\n".join((indent + each).rstrip() for each in lines)
    code = f'if x:\n    def f():\n{indent}"""First.\n{body}\n{indent}"""\n    y = 1\n'
    html = rendered(code)
    assert text(html) == code
    assert html.count("<details") == html.count("</details>") <= 1
