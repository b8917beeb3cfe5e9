"""The built site holds together: its links lead somewhere and nothing comes from elsewhere."""

import json
import re
from html import unescape
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from built_page import Page, broken
from serving import REPOSITORY, ROOT

from answers.pages import by_topic
from answers.site import built, policy


@pytest.fixture(scope="module")
def pages(site):
    """Every page of the site, by its file."""
    return {path: Page(path, site) for path in site.pages}


def test_the_site_builds_without_a_warning(site):
    assert not re.findall("WARNING.*|ERROR.*", site.log)


def test_every_source_page_is_built(site):
    sources = {
        path.relative_to(ROOT / "docs").with_suffix("")
        for path in ROOT.glob("docs/**/*")
        if path.suffix in {".md", ".ipynb"}
    }
    built = {
        path.relative_to(site.folder).parent for path in site.pages if path.name == "index.html"
    }
    assert built == {p.parent if p.name == "index" else p for p in sources}


def test_every_page_has_a_language_a_title_a_description_and_one_heading(pages):
    for page in pages.values():
        assert page.lang == "en", page.name
        assert page.title.strip(), page.name
        assert page.description, page.name
        assert len(page.h1) == 1, page.name
        assert page.h1[0].strip(), page.name
        assert len(page.ids) == len(set(page.ids)), page.name


def test_every_page_leads_to_the_code(pages):
    for page in pages.values():
        # In its head and in its foot.
        assert page.links.count(REPOSITORY) >= 2, page.name
        assert f'pip install "worked-answers @ git+{REPOSITORY}"' in page.html


def test_a_page_that_is_not_there_leads_home_from_any_depth(site, pages):
    page = pages[site.folder / "404.html"]
    ways = {urlsplit(site.url).path + end for end in (".", "practice/", "labs/")}
    assert ways <= set(page.links)


def test_what_installs_it_works_anywhere_and_labs_say_of_what_they_need_a_copy(pages):
    for page in pages.values():
        place = page.path.parent.parent.name
        if place == "labs" or page.path.parent.name == "labs":
            assert f'<a href="{REPOSITORY}">a copy of the repository</a>' in page.html
        else:
            assert "install -e" not in re.sub(r"<.*?>", "", page.html)


def test_a_build_for_no_address_says_so(caplog, monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    with caplog.at_level("INFO", "mkdocs.hooks"):
        built.on_startup("serve", False)
        assert not caplog.messages
        built.on_startup("build", False)
        built.on_startup("gh-deploy", False)
    assert caplog.messages == 2 * ["SITE_URL is not set: only the local server has these addresses"]


def test_titles_and_descriptions_differ(pages):
    own = [page for page in pages.values() if page.path.name == "index.html"]
    for values in ([page.title for page in own], [page.description for page in own]):
        assert len(values) == len(set(values))


def test_every_internal_link_and_anchor_resolves(site, pages):
    home = pages[site.folder / "index.html"]
    index = json.loads((site.folder / "search/search_index.json").read_text())
    sitemap = ElementTree.parse(site.folder / "sitemap.xml")
    links = [(page, url) for page in pages.values() for url in page.links]
    links += [(home, entry["location"]) for entry in index["docs"]]
    links += [(home, loc.text) for loc in sitemap.iterfind(".//{*}loc")]
    assert not broken(links, pages)
    assert len(links) > 20 * len(pages)


def test_nothing_is_loaded_from_elsewhere(pages):
    for page in pages.values():
        for url in page.loads:
            assert page.local(url), f"{page.name} loads {url}"
            assert page.local(url)[0].is_file(), f"{page.name} loads {url}"


def test_every_page_has_a_policy_that_names_the_scripts_of_all(pages):
    scripts = {script for page in pages.values() for script in policy.SCRIPT.findall(page.html)}
    assert len(scripts) > 5
    for page in pages.values():
        head, _, rest = page.html.partition(policy.element(scripts))
        assert rest, page.name
        assert "<script" not in head
        assert not re.findall(r"<[^>]* on\w+=", rest), page.name


@pytest.mark.parametrize(
    "script",
    [
        "alert(1)",
        '__md_scope=new URL("..",location);alert(1)',
        '__md_scope=new URL("\\\\",location)+alert("",location)',
    ],
)
def test_a_script_that_is_not_listed_is_built_into_no_page(tmp_path, script):
    page = tmp_path / "index.html"
    page.write_text(f"{policy.HEAD}<script>{script}</script>", "utf-8")
    with pytest.raises(ValueError, match=r"index.html holds a script .* add the line: 'sha256-"):
        policy.write(tmp_path)
    assert policy.OWN.search(page.read_text("utf-8")) is None


def test_every_script_that_is_listed_stands_in_a_page(pages):
    """Of the builder that this is, or of Zensical."""
    scripts = {script for page in pages.values() for script in policy.SCRIPT.findall(page.html)}
    used = {policy.hash_source(policy.HOME.sub("", script)) for script in scripts}
    listed = [line.split(" ", 1) for line in policy.ALLOWED.read_text("utf-8").splitlines()]
    assert [why for sha256, why in listed if sha256 not in used and "Zensical" not in why] == []


def test_every_page_asks_for_the_modules_that_are_there(site, pages):
    for page in pages.values():
        assert f'start.js?{site.live.name.removeprefix("live-")}"' in page.html, page.name


def test_style_sheets_load_nothing_from_elsewhere(site):
    for sheet in site.folder.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.findall(r"@import[^;]*", text), sheet.name
        for url in re.findall(r"url\((?!['\"]?data:)['\"]?(.*?)['\"]?\)", text):
            assert (sheet.parent / url).is_file(), f"{sheet.name}: {url}"


def test_no_page_loads_katex(pages):
    assert not [page.name for page in pages.values() if re.search(r"katex[\w.]*\.js", page.html)]


def test_every_formula_is_typeset(pages):
    formulas = sum(page.html.count('<span class="katex">') for page in pages.values())
    assert formulas > 100
    for page in pages.values():
        assert not re.findall(r"\$\$|\\[a-zA-Z]+", page.text), page.name


def test_fonts_are_preloaded_where_there_are_formulas(pages):
    for page in pages.values():
        fonts = [url for url in page.loads if url.endswith(".woff2")]
        assert len(fonts) == (3 if 'class="katex"' in page.html else 0), page.name


def test_reading_on_from_home_leads_to_the_first_question(site, pages):
    home = pages[site.folder / "index.html"]
    following = re.search(r'<link rel="next" href="(.*?)"', home.html)[1]
    assert home.local(following)[0] == min(site.folder.glob("questions/*/index.html"))


def test_every_page_has_the_ways_through_the_guide_and_marks_its_own(site, pages):
    ways = ["", "practice/", "mock/", "review/"]
    for page in pages.values():
        nav = re.search(r'<nav class="ways".*?</nav>', page.html, re.DOTALL)[0]
        links = re.findall(r'<a href="(.*?)"( aria-current="\w+")?>', nav)
        there = [site.folder / way / "index.html" for way in ways]
        assert [page.local(url)[0] for url, _ in links] == there, page.name
        own = [way for way, (_, current) in zip(ways, links, strict=True) if current]
        asked = "" if page.name.startswith("questions/") else page.name
        assert own == ([asked] if asked in ways else []), page.name


def test_the_sidebar_has_the_topics_and_the_titles_of_the_questions(site, pages):
    html = pages[site.folder / "404.html"].html
    shown = map(unescape, re.findall(r'class="md-ellipsis">\s*(.*?)\s*<', html))
    wanted = []
    for topic, members in by_topic():
        wanted += [topic, *(page.title for page in members)]
    assert [title for title in shown if title in wanted] == wanted


def test_each_exercise_leads_to_its_mistakes(site, pages):
    known = pages[site.folder / "mistakes/index.html"]
    for page in pages.values():
        for name in re.findall(r'id="exercise-(\w+)"', page.html):
            ways = [page.local(url) for url in page.links if url.endswith(f"mistakes/#{name}")]
            assert ways == [(known.path, name)], page.name


def test_a_page_weighs_less_than_a_photograph(pages, capsys):
    with capsys.disabled():
        print()
        for page in pages.values():
            print(f"  {page.weight:4.0f} kB compressed: {page.name or 'home'}")
    assert max(page.weight for page in pages.values()) < 250
