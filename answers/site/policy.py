"""Hooks of MkDocs: a page runs no scripts but those of the site, and asks nobody else for anything.

A Content-Security-Policy in each page that is built says so. It does not bind workers. Scripts that
stand in pages are named by their hashes, all of them in each page: as instant navigation follows
links, the policy of the first page holds for the others. What `inline_scripts.txt` does not name is
built into no site. `python -m answers.site.offline` does the same for another builder.
"""

import base64
import hashlib
import re
from pathlib import Path

from mkdocs.plugins import event_priority

from answers import files

SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# What stands before this is not under the policy.
HEAD = '<meta charset="utf-8">'
# Material's first one begins with the way to the home page, which differs from page to page.
HOME = re.compile(r'(?<=^__md_scope=new URL\(")[\w./:-]*(?=",location\))')
ALLOWED = Path(__file__).with_name("inline_scripts.txt")
OWN = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
POLICY = {
    "default-src": "'self'",
    # Style sheets hold small drawings, and formulas and figures styles of their own.
    "img-src": "'self' data:",
    "style-src": "'self' 'unsafe-inline'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "object-src": "'none'",
}

served = False


def on_startup(command, dirty):
    """`mkdocs serve` puts a script into each page, which loads it again."""
    global served
    served = command == "serve"


@event_priority(-100)
def on_post_build(config):
    """When all pages are written."""
    if not served:
        write(Path(config.site_dir))


def write(site: Path) -> None:
    """Put the policy into the pages of the built site; in place of what stood there, if one did.

    Raises:
        ValueError: A script stands in a page that is not allowed to.
    """
    pages = {p: OWN.sub("", p.read_text("utf-8")) for p in site.rglob("*.html")}
    scripts = {
        script: path for path, html in pages.items() for script in SCRIPT.findall(html)
    }
    allowed = {line.split()[0] for line in ALLOWED.read_text("utf-8").splitlines()}
    for script, path in scripts.items():
        if (sha256 := hash_source(HOME.sub("", script))) not in allowed:
            raise ValueError(
                f"{path.relative_to(site)} holds a script that {ALLOWED.name} does not name: "
                f"{script.strip()[:60]!r}; if you know it, add the line: {sha256} what it does"
            )
    meta = element(set(scripts))
    for path, html in pages.items():
        files.write(path, html.replace(HEAD, HEAD + meta, 1), durable=False)


def element(scripts: set[str]) -> str:
    """The policy of pages that hold these scripts."""
    policy = POLICY | {
        "script-src": " ".join(["'self'", *sorted(map(hash_source, scripts))])
    }
    content = "; ".join(f"{what} {where}" for what, where in policy.items())
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">'


def hash_source(script: str) -> str:
    """A script, as a policy names it."""
    sha256 = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(sha256).decode()}'"
