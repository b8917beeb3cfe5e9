"""Lighthouse on home and on every question page: python tests/lighthouse.py [--lighthouse PATH].

Performance is noisy: it is the median of seven runs as a phone, and this is no part of the tests.
Exits with 1 if a page scores below 97 for performance or below 100 for anything else.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from chromium import FLAGS, executable
from serving import build, serve

NEEDED = {"performance": 97, "accessibility": 100, "best-practices": 100, "seo": 100}


def run(command: list[str], url: str) -> dict:
    """The report of one run."""
    flags = f"--chrome-flags=--headless=new {' '.join(FLAGS)}"
    done = subprocess.run(
        [
            *command,
            url,
            "--output=json",
            "--quiet",
            flags,
            f"--only-categories={','.join(NEEDED)}",
        ],
        env=os.environ | {"CHROME_PATH": executable() or ""},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(f"lighthouse failed on {url}:\n{done.stderr}")
    return json.loads(done.stdout)


def imperfections(report: dict, category: str) -> list[str]:
    """What a category's score counts and found wanting."""
    counted = [a["id"] for a in report["categories"][category]["auditRefs"] if a["weight"]]
    audits = [report["audits"][name] for name in counted]
    return [f"{a['title']} {a.get('displayValue', '')}" for a in audits if a["score"] != 1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lighthouse", default="lighthouse", help="the program; else npx runs it")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("pages", nargs="*", help="paths in the site; else all of it")
    arguments = parser.parse_args()
    found = shutil.which(arguments.lighthouse)
    command = [found] if found else ["npx", "--yes", "lighthouse"]
    failed = False
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as url:
        build(Path(folder), url)
        files = sorted(Path(folder).rglob("index.html"))
        names = [file.parent.relative_to(folder).as_posix() for file in files]
        pages = arguments.pages or ["" if name == "." else f"{name}/" for name in names]
        print(f"{'':40}{''.join(f'{name:>16}' for name in NEEDED)}")
        for page in pages:
            reports = [run(command, url + page) for _ in range(arguments.runs)]
            scores = {
                name: 100 * median(report["categories"][name]["score"] for report in reports)
                for name in NEEDED
            }
            print(f"{page or 'home':40}{''.join(f'{score:16.0f}' for score in scores.values())}")
            for name in (name for name in NEEDED if scores[name] < NEEDED[name]):
                failed = True
                print(f"    {name}: {'; '.join(imperfections(reports[-1], name))}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
