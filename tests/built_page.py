"""A page of a built site: what it says of itself, where it leads and what it loads."""

import gzip
import re
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

LOADS = {
    "script": "src",
    "img": "src",
    "source": "src",
    "iframe": "src",
    "object": "data",
}
NAVIGATES = {"canonical", "prev", "next"}
VOID = {
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "path",
    "rect",
    "source",
    "use",
}


class Page(HTMLParser):
    """What a page says of itself, links to and loads."""

    def __init__(self, path, site):
        super().__init__()
        self.path, self.site = path, site
        self.name = path.relative_to(site.folder).as_posix().removesuffix("index.html")
        self.url = site.url + self.name
        self.lang, self.title, self.description, self.text = None, "", None, ""
        self.h1, self.ids, self.links, self.loads, self.open = [], [], [], [], []
        self.html = path.read_text(encoding="utf-8")
        self.feed(self.html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "html":
            self.lang = attrs.get("lang")
        elif tag == "meta" and attrs.get("name") == "description":
            self.description = attrs.get("content")
        elif tag == "link":
            (self.links if attrs["rel"] in NAVIGATES else self.loads).append(attrs["href"])
        elif tag == "h1":
            self.h1.append("")
        elif tag in ("a", "use"):
            self.links += [attrs[key] for key in ("href", "xlink:href") if attrs.get(key)]
        elif attrs.get(LOADS.get(tag)):
            self.loads.append(attrs[LOADS[tag]])
        self.loads += re.findall(r"url\((?!['\"]?#)['\"]?(.*?)['\"]?\)", attrs.get("style") or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        if "title" in self.open and "head" in self.open:
            self.title += data
        if "h1" in self.open:
            self.h1[-1] += data
        if not {"script", "style", "code", "annotation"} & set(self.open):
            self.text += data

    def local(self, url):
        """The file and the anchor that `url` on this page means; None if it is elsewhere."""
        absolute, anchor = urldefrag(urljoin(self.url, url))
        if not absolute.startswith(self.site.url):
            return None
        path = self.site.folder / unquote(urlsplit(absolute.removeprefix(self.site.url)).path)
        return path / "index.html" if path.is_dir() else path, unquote(anchor)

    @cached_property
    def weight(self):
        """Compressed bytes of the page and of what it names to be loaded, in kB."""
        files = {self.path, *(self.local(url)[0] for url in self.loads)}
        return sum(len(gzip.compress(path.read_bytes())) for path in files) / 1000


def broken(links, pages):
    """The links, each beside its page, that lead to no file of the site or to no anchor there."""
    found = []
    for page, url in links:
        if target := page.local(url):
            path, anchor = target
            if not path.is_file() or (anchor and anchor not in pages[path].ids):
                found.append(f"{page.name}: {url}")
    return found
