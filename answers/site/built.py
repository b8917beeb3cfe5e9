"""Hooks of MkDocs: the files of `answers.site.bundle` are part of the site, and what is built
knows its address.

Without it, `python -m answers.site.bundle` writes them where any builder finds them. What pages say
of the repository's address, they say under MkDocs alone, whose setting it is.
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
    """Says so if the pages would name the local server as their address."""
    if command != "serve" and "SITE_URL" not in os.environ:
        log.info("SITE_URL is not set: only the local server has these addresses")


def on_files(files, config):
    """Adds the files, as the sources are now: `mkdocs serve` asks again after each change."""
    settings = json.loads((bundle.LIVE / "config.json").read_text("utf-8"))
    made = {
        **bundle.current(),
        bundle.DECK: bundle.deck(config.site_url),
        "live/cell_buttons.js": cell_buttons(settings["pyodide"]),
    }
    # Of an exercise that is gone, too.
    for file in [f for f in files if f.src_uri.startswith(bundle.SHOWN)]:
        files.remove(file)
    for path, content in made.items():
        if stale := files.get_file_from_path(path):
            files.remove(stale)
        files.append(File.generated(config, path, content=content))


def cell_buttons(pyodide):
    """The script that names the host of Python, if another than the site's has it."""
    script = (bundle.LIVE / "cell_buttons.js").read_text("utf-8")
    return HOST.sub(lambda _: urlsplit(pyodide).netloc, script)


def on_page_markdown(markdown, page, config, files):
    """Lets what installs the package work anywhere, and not in a copy of the repository only."""
    url = config.extra["repository"]
    if url and not page.url.startswith("labs/"):
        return INSTALL.sub(rf'pip install "worked-answers\1 @ git+{url}"', markdown)


def on_page_content(html, page, config, files):
    """Names the places of exercises to MkDocs, whose check of links knows no id from a fence; and
    says where the repository is of which a lab needs a copy."""
    known = page.present_anchor_ids or set()
    page.present_anchor_ids = known | set(EXERCISE.findall(html))
    if url := config.extra["repository"]:
        return html.replace(COPY, f'<a href="{url}">{COPY}</a>')


def on_post_build(config):
    """Says the same in the file of a lab, before the hashes of what is kept offline are taken."""
    if url := config.extra["repository"]:
        for path in Path(config.site_dir).glob("labs/**/*.ipynb"):
            text = path.read_bytes().decode()
            write(path, text.replace(COPY, f"[{COPY}]({url})"))
