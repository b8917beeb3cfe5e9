"""The site, built and served as a web host serves it: compressed, and cached by the browser."""

import gzip
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import perf_counter

ROOT = Path(__file__).parents[1]
COMPRESSED = {".css", ".html", ".js", ".json", ".svg", ".xml"}


@dataclass(frozen=True)
class Site:
    """A built site: where it lies and is served, what MkDocs said and how long it took."""

    folder: Path
    url: str
    log: str
    seconds: float

    @property
    def pages(self) -> list[Path]:
        """Its HTML files."""
        return sorted(self.folder.rglob("*.html"))


def build(folder: Path, url: str) -> Site:
    """The site, built strictly into `folder` to be served at `url`.

    Raises:
        RuntimeError: It does not build; MkDocs says why.
    """
    start = perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "SITE_URL": url},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"mkdocs build --strict failed:\n{done.stdout}{done.stderr}")
    return Site(folder, url, done.stdout + done.stderr, perf_counter() - start)


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
