"""The files of a new question or exercise: `answers dev new` writes them, and over no file.

Nothing is imported to make them. What must be filled in is marked: see `templates`.
"""

import ast
import json
import re
from pathlib import Path

from answers import MACHINES, TOPICS
from answers.files import write
from answers.grader import catalog
from answers.pages import ROOT, Page, pages, read
from answers.proof import templates

JUDGING = (
    "from answers.grader.exercise import Exercise",
    "from answers.grader.number_types import add_whole_numbers",
)
EXERCISES = re.compile(r"^(```exercise\n(?:\w+\n)*)(?=```$)", re.MULTILINE)


def begin(
    name: str,
    module: str,
    question: str = "",
    page: int = 0,
    room: bool = False,
    number: int = 0,
) -> dict[Path, bool]:
    """Write the files of an exercise; each, and whether it was there before and was changed.

    Args:
        name: The function that it asks for.
        module: Where the code stands, or will: `room.module`.
        question: The title of a new page, or "".
        page: The number of the page that gets the exercise; 0: the one that shows the module.
        room: Whether the module's room is new.
        number: The number of the new page; 0: the next one.

    Raises:
        ValueError: It cannot be made; the message says why, and what to do. Nothing is written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(
            f"{name!r} is no name of a function: small letters, digits and _"
        )
    if name in catalog.names():
        raise ValueError(
            f"the exercise {name} is there; to see what it lacks: answers dev check {name}"
        )
    if not re.fullmatch(r"[a-z]\w*\.[a-z]\w*", module):
        raise ValueError(f"{module!r} is no module of a room: write ROOM.MODULE")
    texts = code(name, module, room)
    if number and not question:
        raise ValueError("--number is that of a new page: add --question TITLE")
    path = new_page(question, number) if question else page_of(module, page).path
    own = f"from answers.{module} import {name}"
    words = {
        "name": name,
        "module": module,
        "file": file_of(module).relative_to(ROOT),
        "page": path.stem,
        "number": int(path.stem.partition("-")[0]),
        "own": own,
        "imports": "\n".join(sorted([own, *JUDGING])),
        **arguments(name, module),
    }
    texts |= {
        ROOT / f"answers/exercises/{name}.py": templates.EXERCISE.substitute(words),
        ROOT / f"tests/submissions/{name}.py": templates.SUBMISSIONS.substitute(words),
        path: templates.PAGE.substitute(words, **of_pages(question))
        if question
        else with_exercise(read(path), name, module),
    }
    changed = {path: path.exists() for path in texts}
    for each in texts:
        if changed[each] and each != path:
            raise ValueError(f"{each.relative_to(ROOT)} is there; move it away")
    for each, text in texts.items():
        each.parent.mkdir(parents=True, exist_ok=True)
        write(each, text)
    return changed


def file_of(module: str) -> Path:
    return ROOT / f"answers/{module.replace('.', '/')}.py"


def code(name: str, module: str, new_room: bool) -> dict[Path, str]:
    """The module and its tests, if they are not there; and its room, if that is new."""
    room, _, last = module.partition(".")
    folder, texts = ROOT / "answers" / room, {}
    if new_room and (room in MACHINES or folder.exists()):
        raise ValueError(f"the room {room} is there; leave out --room")
    if new_room:
        texts[folder / "__init__.py"] = templates.ROOM.substitute(room=room)
    elif room not in TOPICS or not folder.is_dir():
        there = ", ".join(each for each in TOPICS if (folder.parent / each).is_dir())
        raise ValueError(
            f"there is no room {room}; there are {there}, and --room makes one"
        )
    if file_of(module).exists():
        return texts
    tests = ROOT / f"tests/{room}/test_{last}.py"
    # pytest imports them by their names alone.
    for other in (ROOT / "tests").glob(f"*/{tests.name}"):
        raise ValueError(
            f"{other.relative_to(ROOT)} has tests of that name; name the module otherwise"
        )
    words = {"name": name, "own": f"from answers.{module} import {name}"}
    return texts | {
        file_of(module): templates.MODULE.substitute(words),
        tests: templates.TESTS.substitute(words),
    }


def arguments(name: str, module: str) -> dict[str, str]:
    """How the function is defined and called, in words for the templates."""
    path, given = file_of(module), ast.parse("lambda x: x", mode="eval").body.args
    if path.exists():
        body = ast.parse(path.read_text("utf-8")).body
        found = [node.args for node in body if getattr(node, "name", "") == name]
        if not found:
            raise ValueError(
                f"{path.relative_to(ROOT)} defines no {name}: write it first, or name a new module"
            )
        given = found[0]
    for node in ast.walk(given):
        if isinstance(node, ast.arg):
            node.annotation = None
    names = [each.arg for each in [*given.posonlyargs, *given.args]]
    passed = [*names, *(f"{each.arg}={each.arg}" for each in given.kwonlyargs)]
    if given.vararg:
        passed.insert(len(names), f"*{given.vararg.arg}")
    count = len(names) - len(given.defaults)
    return {
        "given": ast.unparse(given),
        "passed": ", ".join(passed),
        "count": str(count),
        "xs": ", ".join(["x"] * count),
    }


def new_page(title: str, number: int) -> Path:
    """Where a page of that title and number is to stand; 0: it gets the next number."""
    taken = {page.number: page.path for page in pages()}
    number = number or max(taken) + 1
    if number in taken:
        raise ValueError(
            f"{taken[number].relative_to(ROOT)} has the number {number}: give another"
        )
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    if not slug:
        raise ValueError(f"{title!r} is no title: it has no letter")
    return ROOT / f"docs/questions/{number:02}-{slug}.md"


def of_pages(title: str) -> dict[str, str]:
    """The title of a new page, and what it may choose from: the topics and tags of the others."""
    there = pages()
    return {
        "title": title,
        "quoted": json.dumps(title, ensure_ascii=False),
        "topics": ", ".join(dict.fromkeys(page.topic for page in there)),
        "tags": ", ".join(sorted({tag for page in there for tag in page.tags})),
    }


def page_of(module: str, number: int) -> Page:
    """The page of that number, or the only one that shows the module."""
    found = [
        page
        for page in pages()
        if (page.number == number if number else module in page.modules)
    ]
    if len(found) != 1:
        which = f"has the number {number}" if number else f"alone shows {module}"
        raise ValueError(
            f"no page {which}; say which gets the exercise: --page N, or --question TITLE for a "
            "new one"
        )
    return found[0]


def with_exercise(page: Page, name: str, module: str) -> str:
    """The text of a page that lists one exercise more."""
    text = page.path.read_text("utf-8")
    for key, new in (("modules", module), ("exercises", name)):
        names = ", ".join(dict.fromkeys([*getattr(page, key), new]))
        text = re.sub(rf"(?m)^{key}: .*$", f"{key}: [{names}]", text, count=1)
    if name in " ".join(EXERCISES.findall(text)).split():
        return text
    return EXERCISES.sub(rf"\g<1>{name}\n", text, count=1)
