"""What "Keep offline" keeps: all that a reader may need, as it was built."""

import hashlib
import json
import re
import shutil

import pytest
from pyodide import CDN, CONFIG
from serving import ROOT

from answers.pages import TRACKS, pages
from answers.site import addresses, offline, policy, search


def held(folder) -> dict[str, list]:
    """What the worker of a built site holds."""
    return json.loads(offline.HELD.search((folder / "offline.js").read_text())[0])


@pytest.fixture
def small(tmp_path):
    """A site of few files."""
    for folder in ("live", *addresses.VENDORED):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "docs/offline.js", tmp_path)
    shutil.copy(CONFIG, tmp_path / "live")
    (tmp_path / "index.html").write_text("<h1>Home</h1>")
    (tmp_path / "start.js.map").write_text("{}")
    offline.write(tmp_path)
    return tmp_path


def test_every_file_is_kept_but_maps_other_languages_and_what_only_crawlers_read(site):
    there = {p.relative_to(site.folder).as_posix() for p in site.folder.rglob("*") if p.is_file()}
    left_out = re.compile(r".*\.(map|gz)|404\.html|offline\.js|.*/offline\.json|.*/lunr/.*")
    kept = {path for path in held(site.folder) if not path.startswith(("https:", "../"))}
    assert kept == {path for path in there if not left_out.fullmatch(path)}
    assert {"index.html", "practice/index.html", "search/search_index.json", "sitemap.xml"} <= kept


def test_a_question_and_its_exercises_are_kept_for_the_tracks_that_ask_it(site):
    kept, live = held(site.folder), site.live.name
    mixed = [page for page in pages() if len(page.importance) < len(TRACKS)]
    assert mixed
    theirs = {f"{live}/exercises/{n}.json": p for p in mixed for n in p.exercises}
    theirs |= {f"questions/{page.path.stem}/index.html": page for page in mixed}
    tracks = {path: own for path, (_, _, *own) in kept.items() if own}
    assert tracks == {path: [*page.importance] for path, page in theirs.items()}
    told = json.loads((site.live / "offline.json").read_text())
    for track in TRACKS:
        asked = sum(track in page.importance for page in pages())
        assert told["tracks"][track]["questions"] == asked
        others = sum(size for _, size, *own in kept.values() if own and track not in own)
        assert told["tracks"][track]["bytes"] == told["tracks"]["all"]["bytes"] - others
    assert told["python"] + told["tracks"]["all"]["bytes"] == sum(
        size for _, size, *_ in kept.values()
    )


def test_files_are_kept_as_they_are_and_those_of_others_as_they_are_pinned(small):
    data = (small / "index.html").read_bytes()
    kept = held(small)
    assert kept["index.html"] == [hashlib.sha256(data).hexdigest(), len(data)]
    pins = json.loads(CONFIG.read_text())["files"]
    others = {CDN + n: [p["sha256"], p["size"]] for n, p in pins.items() if p["from"] == "pyodide"}
    assert len(others) == 5
    assert kept == {path: kept[path] for path in ("index.html", "live/config.json")} | others
    own = sum(size for path, (_, size) in kept.items() if path not in others)
    assert json.loads((small / "live/offline.json").read_text()) == {
        "python": sum(size for _, size in others.values()),
        "tracks": {key: {"questions": 0, "bytes": own} for key in (*TRACKS, "all")},
        "from": ["this host", "cdn.jsdelivr.net"],
    }


def test_pyodide_beside_the_site_is_kept_from_there():
    config = {
        "pyodide": "../../pyodide/",
        "files": {"a": {"from": "pyodide", "sha256": "b", "size": 1}},
    }
    assert offline.pyodide(config) == {"../pyodide/a": ("b", 1)}


def test_the_worker_is_another_if_and_only_if_a_file_is(small):
    worker = (small / "offline.js").read_bytes()
    offline.write(small)
    assert (small / "offline.js").read_bytes() == worker
    (small / "index.html").write_text("<h1>Home!</h1>")
    offline.write(small)
    assert (small / "offline.js").read_bytes() != worker


def test_one_command_finishes_a_site_that_another_builder_has_built(small, monkeypatch):
    page = small / "index.html"
    page.write_text(f"{policy.HEAD}<script>a()</script>")
    monkeypatch.setattr("sys.argv", ["offline", str(small)])
    listed = small.parent / "listed.txt"
    listed.write_text("\n".join(f"{policy.hash_source(each)} a test" for each in ("a()", "b()")))
    monkeypatch.setattr(policy, "ALLOWED", listed)
    for script in ("a()", "a()", "b()"):
        page.write_text(page.read_text().replace("a()", script))
        offline.main()
        html = f"{policy.HEAD}{policy.element({script})}<script>{script}</script>"
        assert page.read_text() == html
        assert held(small)["index.html"] == [hashlib.sha256(html.encode()).hexdigest(), len(html)]


def test_it_is_counted_when_nothing_is_written_any_more():
    before = [hook.on_post_build.mkdocs_priority for hook in (policy, search)]
    assert offline.on_post_build.mkdocs_priority < min(0, *before)


def test_an_author_is_served_what_is_there_now(monkeypatch):
    monkeypatch.setattr(offline, "write", None)
    monkeypatch.setattr(offline, "served", False)
    offline.on_startup("serve", False)
    offline.on_post_build({})
    assert offline.HELD.search((ROOT / "docs/offline.js").read_text())[0] == "{}"
