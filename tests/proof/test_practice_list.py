"""Practise lists every exercise in an order to do them in."""

import re

from answers.pages import by_topic
from answers.proof.minutes import minutes_of
from answers.proof.practice_list import listing

ENTRY = re.compile(
    r'data-level="(.+?)" data-tracks="(.+?)".*\n\n'
    r"\[(.+?)\]\(.+?\) · (.+?) · (\d+) min\n\n```exercise\n(.+)"
)


def test_each_exercise_has_its_question_level_and_minutes_and_core_comes_first():
    parts = re.split(r"^## (.+)\n", listing(), flags=re.MULTILINE)[1:]
    topics = by_topic()
    assert parts[::2] == [topic for topic, _ in topics]
    for (_, members), text in zip(topics, parts[1::2], strict=True):
        found = ENTRY.findall(text)
        expected = [
            (
                page.level,
                " ".join(page.importance),
                page.title,
                page.level,
                str(minutes_of(name)),
                name,
            )
            for page in members
            for name in page.exercises
        ]
        assert sorted(found) == sorted(expected)
        levels = [level for level, *_ in found]
        assert levels == sorted(levels, key=lambda level: level != "core")
        for page in members:
            assert [name for *_, name in found if name in page.exercises] == page.exercises
