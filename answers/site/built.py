"""Hooks of MkDocs: they add the files of `answers.site.bundle` to the site, and addresses to pages.

For any other builder, `python -m answers.site.bundle` writes the files into `docs/`. The
repository's address stands in pages under MkDocs alone, whose setting it is.
"""

import json
import logging
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.structure.files import File

from answers.files import write
from answers.site import bundle

log = logging.getLogger("mkdocs.hooks")
EXERCISE = re.compile(r'id="(exercise-\w+)"')
INSTALL = re.compile(r'pip install -e "?\.(\[\w+\])?"?')
HOST = re.compile(r'(?<=^const HOST = ").*(?=")', re.MULTILINE)
COPY = "a copy of the repository"


def on_startup(command, dirty):
    """Logs it if the pages would name the local server as their address."""
    if command != "serve" and "SITE_URL" not in os.environ:
        log.info("SITE_URL is not set: only the local server has these addresses")


def on_files(files, config):
    """Adds the files, as the sources are now: `mkdocs serve` asks again after each change."""
    settings = json.loads((bundle.LIVE / "config.json").read_text("utf-8"))
    made = {
        **bundle.current(),
        bundle.DECK: bundle.deck(config.site_url),
        **bundle.data(),
        "live/cell_buttons.js": cell_buttons(settings["pyodide"]),
    }
    # Files of an exercise that is gone are removed, too.
    for file in [f for f in files if f.src_uri.startswith(bundle.SHOWN)]:
        files.remove(file)
    for path, content in made.items():
        if stale := files.get_file_from_path(path):
            files.remove(stale)
        files.append(File.generated(config, path, content=content))


def cell_buttons(pyodide):
    """The script with the host that Python comes from; empty if the site serves it itself."""
    script = (bundle.LIVE / "cell_buttons.js").read_text("utf-8")
    return HOST.sub(lambda _: urlsplit(pyodide).netloc, script)


def on_page_markdown(markdown, page, config, files):
    """Makes commands that install the package work outside of a copy of the repository, too."""
    url = config.extra["repository"]
    if url and not page.url.startswith("labs/"):
        return INSTALL.sub(rf'pip install "worked-answers\1 @ git+{url}"', markdown)


def on_page_content(html, page, config, files):
    """Tells MkDocs the ids of exercises, which its check of links does not find in fences. Where a
    lab speaks of a copy of the repository, links to it."""
    known = page.present_anchor_ids or set()
    page.present_anchor_ids = known | set(EXERCISE.findall(html))
    if url := config.extra["repository"]:
        return html.replace(COPY, f'<a href="{url}">{COPY}</a>')


def on_post_build(config):
    """Writes the same link into the file of a lab, before the files kept offline are hashed."""
    if url := config.extra["repository"]:
        for path in Path(config.site_dir).glob("labs/**/*.ipynb"):
            text = path.read_bytes().decode()
            write(path, text.replace(COPY, f"[{COPY}]({url})"))
