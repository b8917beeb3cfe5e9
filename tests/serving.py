"""The site, built and served as a web host serves it: compressed, and cached by the browser."""

import gzip
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from answers.site.addresses import place

ROOT = Path(__file__).parents[1]
COMPRESSED = {".css", ".html", ".js", ".json", ".svg", ".xml"}


@dataclass(frozen=True)
class Site:
    """A built site: where it lies, where it is to be served, and what MkDocs said."""

    folder: Path
    url: str
    log: str

    @property
    def pages(self) -> list[Path]:
        """Its HTML files."""
        return sorted(self.folder.rglob("*.html"))

    @property
    def live(self) -> Path:
        """The folder of its modules, whose name has the hash of the build."""
        return place(self.folder, "live")

    def copy(self, folder: Path, url: str) -> "Site":
        """The same in another folder, to be served at another address with the same path."""
        # Compressed files for robots have the old address, and Pyodide is not part of the site.
        ignore = shutil.ignore_patterns("*.gz", "pyodide")
        shutil.copytree(self.folder, folder, ignore=ignore, dirs_exist_ok=True)
        for path in (p for p in folder.rglob("*") if p.suffix in COMPRESSED):
            if (old := self.url.encode()) in (content := path.read_bytes()):
                path.write_bytes(content.replace(old, url.encode()))
        return Site(folder, url, self.log)


SILENT = {"NO_MKDOCS_2_WARNING": "1"}
# A workflow publishes what the tests have used, and says for which address it is built.
ADDRESS = os.environ.get("ANSWERS_SITE_URL", "http://nowhere.invalid/guide/")
REPOSITORY = os.environ.get("ANSWERS_REPOSITORY_URL", "https://example.org/guide")


def build(folder: Path, url: str) -> Site:
    """The site, built strictly into `folder` to be served at `url`.

    Raises:
        RuntimeError: It does not build; MkDocs says why.
    """
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env=os.environ | SILENT | {"SITE_URL": url, "REPOSITORY_URL": REPOSITORY},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"mkdocs build --strict failed:\n{done.stdout}{done.stderr}")
    return Site(folder, url, done.stdout + done.stderr)


def build_once(folder: Path, url: str) -> Site:
    """The same, where several processes ask for it: the first one builds, the others wait."""
    from fcntl import LOCK_EX, flock

    log = folder.with_suffix(".log")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_suffix(".lock"), "w") as lock:
        flock(lock, LOCK_EX)
        if not log.exists():
            log.write_text(build(folder, url).log, encoding="utf-8")
    return Site(folder, url, log.read_text(encoding="utf-8"))


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            return self.send_error(404)
        body = path.read_bytes()
        self.send_response(200)
        if path.suffix in COMPRESSED:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass


@contextmanager
def serve(folder: Path):
    """The address at which `folder` is served while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    # Where the tests look for it: `ANSWERS_SITE_DIR=… python -m tests.serving`.
    print(build_once(Path(os.environ["ANSWERS_SITE_DIR"]), ADDRESS).log)
