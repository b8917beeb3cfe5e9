"""Which question page a name means, and which exercise comes next."""

import difflib
import operator
from collections.abc import Collection

from answers.pages import Page, pages


def find(name: str) -> Page:
    """The page of that number, slug, exercise or module.

    Raises:
        KeyError: There is none; the message names the closest, or the numbers there are.
    """
    everything = pages()
    # A module may have the name of an exercise of another page: then the exercise is meant.
    kinds = modules, operator.attrgetter("exercises"), numbers_and_slugs
    names = {
        word: page
        for words in kinds
        for page in reversed(everything)
        for word in words(page)
    }
    key = name.removesuffix(".md").lstrip("0")
    if key in names:
        return names[key]
    close = difflib.get_close_matches(key.lower(), names, n=1)
    advice = f"did you mean {close[0]}?" if close else ""
    if not close or key.isdigit():
        there = ", ".join(str(page.number) for page in everything)
        advice = f"there are {there}, see `answers list`"
    raise KeyError(f"No question is called {name!r}; {advice}")


def numbers_and_slugs(page: Page) -> list[str]:
    number, _, slug = page.path.stem.partition("-")
    return [number.lstrip("0"), slug, page.path.stem.lstrip("0")]


def modules(page: Page) -> list[str]:
    """The dotted names of the modules of a page, and the last part of each."""
    return page.modules + [module.rpartition(".")[2] for module in page.modules]


def after(name: str, done: Collection[str]) -> tuple[Page, str | None, int, int]:
    """The page of an exercise, the exercise to do next, how many are done, and how many there are.

    Those of the same page come first.
    """
    everything = pages()
    page = next(page for page in everything if name in page.exercises)
    *others, _ = order = in_order(everything, name)
    following = next((each for each in others if each not in done), None)
    return page, following, len(set(done) & set(order)), len(order)


def in_order(pages: list[Page], name: str | None = None) -> list[str]:
    """All exercises by page. If one is named, the others of its page come first, beginning with
    those after it; then come those of the other pages, and the named one is last."""
    order = [each for page in pages for each in page.exercises]
    if name is None:
        return order
    (own,) = [page.exercises for page in pages if name in page.exercises]
    place = own.index(name)
    first = own[place + 1 :] + own[:place]
    return first + [each for each in order if each not in own] + [name]
