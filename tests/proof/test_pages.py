"""Nothing on a page escapes: what the site shows as Python has run, every output is compared."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from mkdocs.utils.meta import get_data

from answers.cards.cards import follow_ups
from answers.pages import COMMENT, KEYS, ROOT, SECTION, pages, read
from answers.proof.fences import Fence, fences, renderer
from answers.proof.generated import markdown

MARKDOWN = markdown()
QUESTIONS = sorted((ROOT / "docs/questions").glob("*.md"))
BANK = (ROOT / "tests/question-bank.md").read_text(encoding="utf-8")

# Commands are for the reader's shell: `.ci/run` runs those of the README, and pytest none.
NEVER_RUN = {"bash", "sh", "console", "toml", "yaml", "json", "markdown"}

HIDDEN_FENCE = re.compile(r"[ \t]*((?:>|[-*+]|\d+[.)])[ \t>]*(`{3}|~{3})|~{3})")
DIRECTIVE = re.compile(r"<!--.*(pytest-codeblocks|pytest\.mark)")
EXPECTED_OUTPUT = "<!--pytest-codeblocks:expected-output-->"

CONTRACT = re.compile(r"<summary>What it refuses</summary>.*?</pre>", re.DOTALL)

FIRST = "In thirty seconds"
LAST = [
    "What goes wrong",
    "They will ask next",
    "Score yourself",
    "Deeper",
    "Practise",
    "Sources",
]


def named(paths):
    return {"argvalues": paths, "ids": [str(path.relative_to(ROOT)) for path in paths]}


each_page = pytest.mark.parametrize("page", **named(MARKDOWN))
each_question = pytest.mark.parametrize("page", **named(QUESTIONS))


class CodeBlocks(HTMLParser):
    """The language and the text of every `<pre>`, however it came to be."""

    def __init__(self, html):
        super().__init__()
        self.found, self.language, self.text = [], "", None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if language := re.search(r"\blanguage-([\w+-]+)", dict(attrs).get("class") or ""):
            self.language = language[1]
        if tag == "pre":
            self.text = ""

    def handle_data(self, data):
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "pre":
            self.found.append((self.language, self.text.strip()))
        if tag == "pre" or (tag == "code" and self.text is None):
            self.language, self.text = "", None


def on(page: Path, what: str) -> str:
    """What is wrong with a page, as `answers dev check` says it."""
    return f"{page.relative_to(ROOT)}: {what}"


def render(page: Path) -> str:
    """The page as the site shows it, without what stands around every page."""
    text = page.read_text(encoding="utf-8")
    try:
        return renderer().reset().convert(get_data(text)[0])
    except Exception as error:  # of an include, of a formula, of an extension
        quoted = re.search(r"'([^']+)'|formula (.+)", str(error))
        line = 1 if quoted is None else 1 + text[: text.find(quoted[1] or quoted[2])].count("\n")
        pytest.fail(f"{page.relative_to(ROOT)}:{line}: {error}", pytrace=False)


def escapes(page: Path) -> list[str]:
    """Where the page shows something that nothing has run or compared, line by line."""
    lines = page.read_text(encoding="utf-8").splitlines()
    found, name = [], page.relative_to(ROOT)

    def complain(line, text):
        found.append(f"{name}:{line}: {text}")

    for number, line in enumerate(lines, 1):
        if HIDDEN_FENCE.match(line):
            complain(
                number,
                "open a fence with ```, on a line of its own, outside a quotation",
            )
        if DIRECTIVE.search(line) and line.strip() != EXPECTED_OUTPUT:
            complain(number, f"the only directive in use is {EXPECTED_OUTPUT}")

    try:
        blocks = fences(page)
    except RuntimeError as error:  # an end is missing: often that of a fence it did not see
        return [*found, f"{name}: {error}"]
    for fence in blocks:
        if fence.language == "math":
            complain(
                fence.line,
                f"a formula that nothing printed; above it: {EXPECTED_OUTPUT}",
            )
        if fence.output is not None and fence.language != "python":
            complain(
                fence.line,
                f"an output belongs to `{fence.language}`, which nothing runs",
            )
        if fence.language == "console" and re.search(r"^(?!\$ |$)", fence.raw, re.MULTILINE):
            complain(fence.line, "an output that nothing checks; show `$ ` lines only")

    python = Counter(fence.shown.strip() for fence in blocks if fence.language == "python")
    outputs = Counter(fence.output.strip() for fence in blocks if fence.output is not None)
    # What unfolds below a listing is the module's: tests/site/test_refusals.py compares it.
    html = CONTRACT.sub("", render(page))
    for language, text in CodeBlocks(html).found:
        known = python if language == "python" else outputs
        if known[text] > 0:
            known[text] -= 1
        elif language not in NEVER_RUN:
            complain(
                where(text, lines, blocks),
                f"shown (as `{language}`), but neither run nor compared; open Python with "
                f"```python, and write {EXPECTED_OUTPUT} above an output",
            )
    for text in python.elements():
        complain(where(text, lines, []), "run, but the site does not show it as Python")
    return found


def where(text: str, lines: list[str], blocks: list[Fence]) -> int:
    """The line at which a page has `text`, but for what has run; 1 if it has not."""
    wanted = [line.strip(" \t>") for line in text.splitlines()]
    ran = {fence.line for fence in blocks if fence.language == "python"}
    bare = [line.strip(" \t>") for line in lines]
    for n in range(len(bare)):
        if bare[n : n + len(wanted)] == wanted and n not in ran:
            return n + 1
    return 1


@each_page
def test_all_that_a_page_shows_has_run_or_been_compared(page):
    found = escapes(page)
    assert not found, "\n".join(found)


def misnamed(text):
    """Fences whose title is not the file that they include, and links to another number."""
    fenced = re.compile(r"^[ \t]*(`{3,})([^\n]*)\n(.*?)^[ \t]*\1", re.M | re.S)
    for _, opening, code in fenced.findall(text):
        included = set(re.findall(r'--8<-- "([^":]+)', code))
        title = re.search(r'title="([^"]+)"', opening)
        if included and not title:
            yield f"no title, but {', '.join(sorted(included))} is included"
        elif included and included != {title[1]}:
            yield f"{title[1]} includes {', '.join(sorted(included))}"
    link = re.compile(r"\[(?:[^\]\[]*?\b[Qq]uestion )?(\d+)\b[^\]\[]*\]\(([^)\s]*)\)")
    for said, target in link.findall(text):
        number = re.search(r"(?:^|/)(\d\d)-[\w-]+\.md", target)
        if number and int(number[1]) != int(said):
            yield f"question {said} links to {target}"


@each_page
def test_titles_name_what_is_included_and_links_the_question_they_lead_to(page):
    found = [on(page, each) for each in misnamed(page.read_text(encoding="utf-8"))]
    assert not found, "\n".join(found)


def test_a_wrong_title_none_and_a_wrong_number_are_found():
    right = '```python title="a.py"\n--8<-- "a.py:x"\n```\n[question 14](14-kv-cache.md#reset)'
    assert list(misnamed(right)) == []
    assert list(misnamed(right.replace('"a.py"', '"b.py"'))) == ["b.py includes a.py"]
    assert list(misnamed(right.replace(' title="a.py"', ""))) == ["no title, but a.py is included"]
    wrong = right.replace("question 14", "question 13")
    assert list(misnamed(wrong)) == ["question 13 links to 14-kv-cache.md#reset"]


@each_question
def test_the_front_matter_is_complete(page):
    question = read(page)
    letters = len(question.description)
    assert 50 <= letters <= 160, on(
        page, f"its description has {letters} letters; write one sentence of 50 to 160"
    )
    assert set(KEYS) <= set(vars(question))


@each_question
def test_modules_and_exercises_of_the_front_matter_exist(page):
    question = read(page)
    for module in question.modules:
        path = ROOT / "answers" / module.replace(".", "/")
        assert path.with_suffix(".py").exists(), on(page, f"there is no module answers.{module}")
    for exercise in question.exercises:
        path = ROOT / f"answers/exercises/{exercise}.py"
        assert path.exists(), on(page, f"there is no exercise {exercise}")


def test_every_exercise_is_on_a_page():
    listed = {exercise for page in pages() for exercise in page.exercises}
    files = (ROOT / "answers/exercises").glob("[!_]*.py")
    assert {path.stem for path in files} <= listed


@each_question
def test_no_two_pages_answer_one_question(page):
    number = read(page).number
    others = [each.path.name for each in pages() if each.number == number and each.path != page]
    assert not others, on(page, f"{others[0]} has the number {number}, too; take the next free one")


@each_question
def test_a_page_has_the_form_that_readers_expect(page):
    question = read(page)
    assert question.text.startswith(f"\n# {question.title}\n"), on(
        page, f"begin with the title, `# {question.title}`, as the front matter has it"
    )
    assert "$" not in question.title, on(page, "write its title without a formula")
    head = question.text.partition("\n## ")[0]
    asked = '!!! question "As it is asked"'
    assert asked in head, on(page, f"put the question under the title: `{asked}`")
    render(page)
    headings = [token["name"] for token in renderer().toc_tokens[0]["children"]]
    assert headings[0] == FIRST, on(page, f"let `## {FIRST}` be its first heading")
    last = LAST if "Deeper" in headings else [name for name in LAST if name != "Deeper"]
    assert headings[-len(last) :] == last, on(page, f"let its last headings be: {', '.join(last)}")
    assert len(headings) > 1 + len(last), on(page, f"give the answer, between `## {FIRST}` and all")
    assert question.thirty_seconds, on(page, f"say something under `## {FIRST}`")
    for word in ("Weak", "Solid", "Strong"):
        assert f"- **{word}**: " in question.rubric, on(
            page, f"say under `## Score yourself`, after `- **{word}**: `, how such an answer is"
        )
    assert follow_ups(question.text), on(
        page, "ask under `## They will ask next`: a paragraph `**A question?** Its answer.` each"
    )


SYMBOLS = re.compile(r"\A\s*\*\*Symbols:\*\* (.+)\n\{ \.symbols \}\n")


@each_question
def test_the_board_begins_with_at_most_five_symbols_that_it_uses(page):
    found = re.search(SECTION.format("At the board"), read(page).text)
    board = COMMENT.sub("", found[1] if found else "")
    line = SYMBOLS.match(board)
    if line is None:
        assert "$" not in board, on(
            page,
            "begin the board with its symbols, `**Symbols:** $x$ the inputs, …`, and below "
            "them `{ .symbols }`",
        )
        return
    symbols = re.findall(r"\$([^$]+)\$|`([^`]+)`", line[1])
    assert 2 <= len(symbols) <= 5, on(page, f"name two to five symbols, not {len(symbols)}")
    rest = re.sub(r"[{}\s]", " ", board[line.end() :])
    # In a formula letters may stand side by side: $Vd$.
    letters = re.sub(r"\\[A-Za-z]+", " ", " ".join(re.findall(r"\$[^$]+\$", rest)))
    for symbol in map("".join, symbols):
        parts = r"\s*".join(map(re.escape, re.sub(r"[{}\s]", "", symbol)))
        assert symbol in letters or re.search(rf"(?<![A-Za-z\\]){parts}(?![A-Za-z])", rest), on(
            page, f"name a symbol that the board uses, not {symbol}"
        )


def spoken(text):
    """The words of Markdown when it is read aloud, each symbol of a formula one."""
    text = re.sub(r"<!--.*?-->|\]\([^)]*\)", "", text, flags=re.S)
    formulas = " ".join(re.findall(r"\$([^$]+)\$", text))
    formulas = re.sub(
        r"\\(?:text|math\w+|operatorname|[td]?frac|left|right|quad)\b|\\[,;! ]", " ", formulas
    )
    symbols = re.findall(r"\\?[A-Za-z]+|\d+(?:\.\d+)?|[-+=<>/^]", formulas)
    return len(symbols) + len(re.findall(r"\S*\w\S*", re.sub(r"\$[^$]+\$", " ", text)))


def test_a_symbol_is_spoken_as_a_word():
    assert spoken("The gradient of $-\\log p_y$ is **not** [small](x.md).\n<!-- holds 1 -->") == 10


@each_question
def test_thirty_seconds_can_be_said_in_thirty_seconds(page):
    words = spoken(read(page).thirty_seconds)
    assert words <= 85, on(page, f"`## {FIRST}` has {words} words, and 85 can be said in that time")


@each_question
def test_a_page_quotes_its_question_word_for_word(page):
    question = read(page)
    if question.number > 20:
        return  # the bank ends there
    wanted = rf"^## {question.number}\. [^\n]*\n(.*?)(?=^## |\Z)"
    bank = re.search(wanted, BANK, re.M | re.S)
    assert question.question.split() == bank[1].split()


@each_question
def test_a_tag_that_is_a_topic_stands_on_all_pages_of_it_and_on_no_other(page):
    question, everything = read(page), pages()
    others = {each.topic for each in everything} - {question.topic}
    wrong = others & set(question.tags)
    assert not wrong, on(
        page, f"take {' and '.join(wrong)} from its tags: that is a topic, and not the page's"
    )
    used = any(question.topic in each.tags for each in everything)
    assert not used or question.topic in question.tags, on(
        page, f"add {question.topic} to its tags, as on all pages of this topic"
    )
