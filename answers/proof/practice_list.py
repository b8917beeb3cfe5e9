"""All exercises in an order to do them in, which `docs/practice.md` shows.

`docs/live/practice_filter.js` reads the level of each, its topic, and the tracks that ask it.
"""

from answers.pages import Page, by_topic
from answers.proof.minutes import minutes_of

CORE = "core"
PLACE = """\
<div class="practice" data-level="{level}" data-tracks="{tracks}" markdown>

[{title}](questions/{path}) · {level} · {minutes} min

```exercise
{name}
```

</div>"""


def listing() -> str:
    """Topic by topic, core questions first, each question's exercises as its page has them."""
    return "\n\n".join(
        "\n\n".join([f"## {topic}", *of_topic(members)])
        for topic, members in by_topic()
    )


def of_topic(members: list[Page]) -> list[str]:
    # Equals stay in order.
    ordered = sorted(members, key=lambda page: page.level != CORE)
    return [place(page, name) for page in ordered for name in page.exercises]


def place(page: Page, name: str) -> str:
    """An exercise, under the question that it practises, its level and its minutes."""
    return PLACE.format(
        title=page.title,
        path=page.path.name,
        level=page.level,
        tracks=" ".join(page.importance),
        minutes=minutes_of(name),
        name=name,
    )
