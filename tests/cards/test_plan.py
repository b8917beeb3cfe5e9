"""The plan of each day, lived through by readers who do all of it, half of it, or nothing."""

import json
import re
from functools import cache
from itertools import pairwise, product

import pytest
from days import TODAY, in_days
from hypothesis import example, given
from hypothesis import strategies as st
from page_scripts import Scripts, cards

from answers.pages import ROOT, pages

HORIZONS, MINUTES, TRACKS = (0, 1, 3, 5, 10, 30), (20, 60, 120), ("LLM", "general", "all")
READERS = ("all", "half", "nothing")
OVER = 1.1
CARDS = cards()

# A reader who does this share of what is listed, one task after the other, and, where the interview
# is near, lets the plan list the rest anew each time. What was read is rated good, and a mock
# interview rates what it asks.
LIVE = """
function live(all, plan, begin, total, share) {
  const records = {}
  const read = new Set()
  const anew = total < 5
  const rate = (id, day, rating) => {
    const reviews = [...(records[id]?.reviews ?? []), [day, rating]]
    records[id] = { reviews, due: due(reviews) }
  }
  const days = []
  for (let left = total; left >= 0; left -= 1) {
    const day = plus(begin, total - left)
    const told = ({ kind, id, minutes }) => ({ kind, id, minutes })
    const first = planned(all, records, plan, day)
    const wanted = Math.ceil(share * first.tasks.length)
    const done = []
    const rests = []
    for (let rest = first; done.length < wanted; ) {
      const task = anew ? rest.tasks[0] : first.tasks[done.length]
      rate(task.id, day, 3)
      if (task.kind == "read") read.add(all[task.id].number)
      done.push(told(task))
      if (anew) rest = planned(all, records, plan, day)
      if (anew) rests.push(rest.minutes)
    }
    const mock = share == 1 || (share && left == 1) ? first.mock : 0
    if (mock) {
      plan = { ...plan, mocked: day }
      const { questions, exercise } = draw(ofTrack(all, plan.track), mock, left)
      for (const { id, number } of questions.flat()) rate(id, day, read.has(number) ? 3 : 1)
      if (exercise && read.has(exercise.number)) rate(exercise.id, day, 3)
    }
    const { tasks, waiting, ...others } = first
    const lists = { tasks: tasks.map(told), waiting: waiting.map(told) }
    days.push({ left, day, ...others, ...lists, done, rests, mocked: mock })
  }
  return days
}"""
SCRIPTS = Scripts(
    "../vendor/ts-fsrs/ts-fsrs.js", "schedule.js", "days.js", "plan.js", "mock_draw.js"
)
SCRIPTS.context.eval(LIVE)


def more(cards: dict, questions: int) -> dict:
    """As many questions, made of the first twenty: others come in topics of their own."""
    found = {}
    for number in range(1, questions + 1):
        source = (number - 1) % 20 + 1
        for id, card in cards.items():
            if card["number"] != source:
                continue
            kind, name = id.split("/")
            new = card | {"number": number}
            if number > 20:
                new["topic"] = f"Topic {number % 3} more"
            if "importance" in card and number > 20:
                new["importance"] = {"LLM": number % 3 + 1, "general": number % 2 + 1}
            same = f"exercise/{name}" if number <= 20 else f"exercise/{name}_{number}"
            found[same if kind == "exercise" else f"{number:02}/{name}"] = new
    return found


# However many questions there are.
TWENTY = {id: card for id, card in CARDS.items() if card["number"] <= 20}
SETS = {"now": CARDS, "twenty": TWENTY, "forty_six": more(TWENTY, 46)}
for name, found in SETS.items():
    SCRIPTS.context.eval(f"const {name} = {json.dumps(found)}")


def plan_of(total: int, minutes: int, track: str) -> dict:
    return {"date": in_days(total), "since": TODAY, "minutes": minutes, "track": track}


@cache
def lived(name: str, total: int, minutes: int, track: str, reader: str) -> list[dict]:
    """The days of such a reader."""
    share = {"all": 1, "half": 0.5, "nothing": 0}[reader]
    asked = ", ".join(map(json.dumps, (plan_of(total, minutes, track), TODAY, total, share)))
    return SCRIPTS.value(f"live({name}, {asked})")


@cache
def in_order(name: str, track: str) -> list[dict]:
    return SCRIPTS.value(f"order({name}, {json.dumps(track)})")


def ids(day: dict, *kinds: str, of: str = "tasks") -> list[str]:
    return [task["id"] for task in day[of] if task["kind"] in kinds]


def sum_of(tasks: list[dict]) -> int:
    return sum(task["minutes"] for task in tasks)


def lives(*readers: str):
    """Each life, with the cards, the minutes and the track."""
    names = [("now", *each) for each in product(HORIZONS, MINUTES, TRACKS)]
    names += [("forty_six", *each) for each in product((3, 5, 10), MINUTES, TRACKS)]
    for name, total, minutes, track in names:
        for reader in readers or READERS:
            yield name, total, minutes, track, lived(name, total, minutes, track, reader)


def test_no_day_lists_more_than_it_may_and_what_was_done_counts():
    for *_, minutes, _, days in lives():
        for day in days:
            assert day["minutes"] == sum_of(day["tasks"]) + day["mock"] + day["sheet"]
            assert day["minutes"] <= OVER * minutes
            names = [task["id"] for task in day["tasks"]]
            assert len(names) == len(set(names))
            done = 0
            for task, rest in zip(day["done"], day["rests"], strict=False):
                done += task["minutes"]
                assert done + rest <= OVER * minutes
            # Listed anew after each task, it is the same list.
            assert day["done"] == day["tasks"][: len(day["done"])]


def test_questions_come_in_their_order_and_none_again():
    for name, _, _, track, days in lives():
        unread = [each["id"] for each in in_order(name, track)]
        for day in days:
            # One of the next three: a long one may wait for a day with more room.
            listed = ids(day, "read")
            assert set(listed) <= set(unread[: len(listed) + 2])
            for id in ids(day, "read", of="done"):
                unread.remove(id)


def test_what_matters_most_comes_first_and_of_that_core_before_advanced():
    for name, track in product(SETS, TRACKS):
        found = in_order(name, track)
        assert len(found) == len({card["number"] for card in SETS[name].values()})
        importance = [
            max(weights.values()) if track == "all" else weights.get(track, 0)
            for weights in (each["card"]["importance"] for each in found)
        ]
        assert importance == sorted(importance, reverse=True)
        assert [each["held"] for each in found] == [each > 0 for each in importance]
        for (before, a), (after, b) in pairwise(zip(found, importance, strict=True)):
            assert (a, before["card"]["level"]) != (b, "advanced") or (
                after["card"]["level"] == "advanced"
            )
    first = in_order("twenty", "LLM")[:3]
    assert first[0]["card"]["title"] == "Attention"
    assert len({each["card"]["topic"] for each in first}) == 3


def test_a_mock_is_half_way_and_on_the_eve_and_is_listed_until_it_is_done():
    for _, total, minutes, _, days in lives():
        long = 15 if minutes < 90 else 30
        assert {day["mock"] for day in days} <= {0, long}
        listed = [day["left"] for day in days if day["mock"]]
        done = [day["left"] for day in days if day["mocked"]]
        half = total - total // 2
        if total == 0:
            assert listed == []
        elif days[0]["mocked"] or half in done or total < 3:
            assert listed == ([half, 1] if total > 2 else [1])
        else:
            assert listed == [*range(half, 0, -1)]


def test_the_eve_and_the_day_bring_nothing_new_and_end_with_the_cheat_sheet():
    for _, _, minutes, _, days in lives():
        begun = False
        for day in days:
            if day["left"] < 2:
                assert day["sheet"] > 0
                assert not begun or ids(day, "read", "write", "again") == []
                assert begun or ids(day, "read")[:1] or minutes == 20
            else:
                assert day["sheet"] == 0
            if day["left"] == 0:
                assert day["minutes"] <= OVER * minutes / 2 + 1
            begun = begun or bool(ids(day, "read", of="done"))


def test_days_read_and_write_and_are_full():
    for name, _, minutes, track, days in lives("all", "half"):
        left = {
            id: card["number"]
            for id, card in SETS[name].items()
            if card["kind"] == "exercise" and "shell" not in card
        }
        read, writes = set(), []
        for day in days:
            if day["left"] < 2:
                continue
            is_open = read & {*left.values()}
            # A mock interview takes most of a short day.
            if is_open and not (day["mock"] and minutes == 20):
                writes.append(bool(ids(day, "write", "again")))
            if minutes > 20 and ids(day, "read"):
                assert ids(day, "write", "again"), (name, track, day)
                assert day["minutes"] > 0.8 * minutes
            read |= {SETS[name][id]["number"] for id in ids(day, "read", of="done")}
            for id in ids(day, "write", of="done"):
                del left[id]
        # Of a short day's two, one is written.
        assert all(writes if minutes > 20 else (a or b for a, b in pairwise(writes)))


def test_who_misses_days_goes_on_where_the_order_is():
    for name, _, minutes, track, days in lives("nothing"):
        first = in_order(name, track)[0]["id"]
        for day in days:
            assert ids(day, "review", "rehearse", "again") == []
            if day["left"] > 1 and not (day["mock"] and minutes == 20):
                assert ids(day, "read")[0] == first


@pytest.mark.parametrize("track", TRACKS)
def test_who_has_five_days_of_an_hour_and_does_what_is_listed_is_prepared(track):
    days = lived("now", 5, 60, track, "all")[:-1]
    read = [CARDS[id]["number"] for day in days for id in ids(day, "read", of="done")]
    tags = {page.number: page.tags for page in pages()}
    assert len(read) >= 10
    assert track == "general" or sum("Transformers" in tags[number] for number in read) >= 3
    written = {id for day in days for id in ids(day, "write", "again", of="done")}
    assert len(written) >= 6
    assert sum(day["mocked"] > 0 for day in days) == 2
    assert sum(sum_of(day["done"]) + day["mocked"] + day["sheet"] for day in days) <= 5 * 66


@pytest.mark.parametrize("track", TRACKS)
def test_three_evenings_are_enough_for_the_eight_that_matter_most(track):
    text = (ROOT / "docs/live/home.js").read_text("utf-8")
    total, minutes = map(int, re.search(r"days: (\d+), minutes: (\d+)", text).groups())
    days = lived("now", total, minutes, track, "all")[:-1]
    read = [id for day in days for id in ids(day, "read", of="done")]
    assert {each["id"] for each in in_order("now", track)[:8]} <= {*read}


@pytest.mark.parametrize(("total", "minutes", "track"), [*product((1, 5, 10), (20, 60), TRACKS)])
def test_what_is_said_to_wait_is_what_was_not_read_by_then(total, minutes, track):
    asked = ", ".join(map(json.dumps, ({}, plan_of(total, minutes, track), TODAY)))
    ahead = SCRIPTS.value(f"until(now, {asked})")
    assert [day["day"] for day in ahead["days"]] == [in_days(count) for count in range(total + 1)]
    read = [id for day in ahead["days"] for id in ids(day, "read")]
    held = [each["id"] for each in in_order("now", track) if each["held"]]
    assert [each["id"] for each in ahead["waiting"]] == [id for id in held if id not in read]
    # Lived through, with the days of FSRS, it is hardly another.
    days = lived("now", total, minutes, track, "all")
    assert abs(sum(len(ids(day, "read")) for day in days) - len(read)) <= 1


# One day


BEFORE = in_days(-6)


def known(due, last=BEFORE, rating=3, **others):
    """A card reviewed once, which comes back on a day."""
    return {"reviews": [[last, rating]], "due": due} | others


def of_day(records, **plan):
    plan = {"minutes": 60, "track": "all"} | plan
    asked = ", ".join(map(json.dumps, (records, plan, TODAY)))
    return SCRIPTS.value(f"planned(twenty, {asked})")


def listed(records, *kinds, **plan):
    return ids(of_day(records, **plan), *kinds)


def read(*numbers):
    """The openings of questions that were read, and do not come back."""
    return {f"{number:02}/opening": known("8000-01-01") for number in numbers}


def test_without_a_date_a_day_reads_and_nothing_waits_for_an_end():
    day = of_day({})
    assert ids(day, "read")[0] == "09/opening"
    assert (day["mock"], day["sheet"]) == (0, 0)
    over = of_day({}, date=in_days(-1), since=in_days(-9))
    assert over == day


def test_minutes_of_a_question_are_those_of_its_core_and_of_its_opening():
    opening = TWENTY["09/opening"]
    (task, *_) = [task for task in of_day({})["tasks"] if task["kind"] == "read"]
    assert task["minutes"] == opening["reading"] + opening["minutes"]


def test_a_card_that_a_clock_ahead_has_reviewed_comes_today_and_not_again():
    ahead = known(in_days(4000), last=in_days(3650))
    tomorrow_elsewhere = known(in_days(3), last=in_days(1))
    cards = {"06/opening": ahead, "03/opening": tomorrow_elsewhere}
    assert listed(cards, "review") == ["06/opening"]
    assert SCRIPTS("nextDue", TWENTY, cards, {}, TODAY) == in_days(3)
    rated = [*SCRIPTS("reviewsUpTo", ahead["reviews"], TODAY), [TODAY, 3]]
    assert rated == [[TODAY, 3], [TODAY, 3]]
    assert listed({"06/opening": {"reviews": rated, "due": in_days(2)}}, "review") == []


def test_what_is_due_comes_the_oldest_before_and_then_by_page():
    due = {
        "exercise/softmax": known(TODAY),
        "06/opening": known(TODAY),
        "18/opening": known(in_days(-2)),
        "03/opening": known(in_days(1)),
        "09/opening": known(TODAY, suspended=f"{in_days(-5)}T00:00:00+00:00"),
        "99/gone": known(TODAY),
    }
    assert listed(due, "review") == ["18/opening", "06/opening"]
    none = of_day(due, minutes=0)
    assert [task["id"] for task in none["waiting"]] == [
        "18/opening",
        "06/opening",
        "exercise/softmax",
    ]
    assert SCRIPTS("nextDue", TWENTY, due, {}, TODAY) == in_days(1)


def test_a_date_brings_cards_back_sooner():
    cards = {"06/opening": known(in_days(24), last=in_days(-2))}
    assert listed(cards, "review") == []
    assert listed(cards, "review", date=in_days(2)) == ["06/opening"]
    assert SCRIPTS("nextDue", TWENTY, cards, {"date": in_days(2)}, in_days(-1)) == TODAY


def test_follow_ups_are_of_questions_read_on_earlier_days_and_after_what_is_due():
    follow_ups = [id for id, card in TWENTY.items() if card["kind"] == "follow-up"]
    of_nine = [id for id in follow_ups if id.startswith("09/")]
    assert listed(read(9), "rehearse", minutes=600) == of_nine
    assert listed({"09/opening": known(in_days(2), last=TODAY)}, "rehearse") == []
    cards = read(9) | {id: known(TODAY) for id in follow_ups if id[:2] in ("01", "06", "20")}
    day = of_day(cards, minutes=30)
    assert ids(day, "review")
    assert day["waiting"]
    assert ids(day, "rehearse") == []
    put_away = {of_nine[0]: {"suspended": f"{in_days(-5)}T00:00:00+00:00"}}
    assert listed(read(9) | put_away, "rehearse", minutes=600) == of_nine[1:]


def test_a_question_that_only_failed_in_a_mock_interview_is_still_to_be_read():
    failed = {"09/opening": known(TODAY, rating=1)}
    assert listed(failed, "read")[0] == "09/opening"
    assert listed(failed, "review") == []
    twice = {"09/opening": {"reviews": [[in_days(-2), 1], [in_days(-1), 1]], "due": TODAY}}
    assert "09/opening" not in listed(twice, "read")
    assert listed(twice, "review") == ["09/opening"]


def test_exercises_are_of_questions_that_were_read_and_what_failed_comes_first():
    cards = read(6, 9)
    assert listed(cards, "write", minutes=120)[:2] == ["exercise/causal_mask", "exercise/softmax"]
    failed = {"exercise/logsumexp": known(TODAY, rating=1)}
    cards |= failed | {"exercise/softmax": known(TODAY)}
    again = listed(cards, "write", "again", minutes=120)
    assert again[:2] == ["exercise/logsumexp", "exercise/causal_mask"]
    # Those that no page can run are done on the command line.
    assert not [id for id in listed(read(10, 14), "write", minutes=600) if "torch" in id]


def test_what_failed_comes_back_first_and_on_the_eve_the_weaker_before_the_stronger():
    strong, hard, failed = known(in_days(-3)), known(in_days(-1), rating=2), known(TODAY, rating=1)
    cards = {"09/opening": strong, "12/opening": hard} | read(6)
    cards |= {"06/is-the-loss-convex": failed}
    failed, hard, strong = "06/is-the-loss-convex", "12/opening", "09/opening"
    assert listed(cards, "review") == [failed, strong, hard]
    assert listed(cards, "review", date=in_days(1))[:2] == [failed, hard]


def test_a_mock_interview_of_today_counts_and_is_not_asked_for_again():
    plan = {"date": in_days(1), "since": in_days(-4)}
    many = read(*range(1, 13))
    before, after = of_day(many, **plan), of_day(many, mocked=TODAY, **plan)
    assert (before["mock"], after["mock"]) == (15, 0)
    assert before["minutes"] >= 60
    assert before["minutes"] == after["minutes"] + 15
    # The date alone, of an older import, has no middle.
    assert of_day(read(9), date=in_days(2))["mock"] == 0
    assert of_day(read(9), date=in_days(2), since=in_days(-2))["mock"] == 15
    assert of_day(read(9), date=in_days(2), since=in_days(-2), mocked=in_days(-1))["mock"] == 0


@example(kept={}, date=in_days(1), minutes=14, track="LLM")  # a mock interview takes all
@given(
    st.dictionaries(
        st.sampled_from([*TWENTY]),
        st.builds(
            lambda ago, due, rating: known(in_days(due), last=in_days(-ago), rating=rating),
            st.integers(0, 9),
            st.integers(-5, 9),
            st.integers(1, 4),
        ),
    ),
    st.none() | st.integers(-3, 40).map(in_days),
    st.integers(0, 180),
    st.sampled_from(TRACKS),
)
def test_whatever_was_done_nothing_is_listed_twice_or_beyond_the_minutes(
    kept, date, minutes, track
):
    plan = {"minutes": minutes, "track": track}
    plan |= {"date": date, "since": in_days(-9)} if date else {}
    day = of_day(kept, **plan)
    names = [task["id"] for task in (*day["tasks"], *day["waiting"])]
    assert len(names) == len(set(names))
    assert day["minutes"] <= OVER * minutes
    assert not [id for id in names if id in kept and kept[id]["reviews"][-1][0] == TODAY]
