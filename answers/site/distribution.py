"""What of the metadata depends on where the repository is: REPOSITORY_URL, if it is set."""

import os
import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

PAGES = {
    "Homepage": "",
    "Source": "",
    "Changelog": "/blob/HEAD/CHANGELOG.md",
    "Issues": "/issues",
}
LINK = re.compile(r"(!?)\[([^]]*)\]\((?!\w+:|#)([^)]*)\)")


class Repository(MetadataHookInterface):
    """The links of the project, and a README whose links lead somewhere from anywhere."""

    def update(self, metadata: dict) -> None:
        url = os.environ.get("REPOSITORY_URL", "").rstrip("/")

        def absolute(link: re.Match) -> str:
            image, words, path = link.groups()
            if not url:
                return "" if image else words
            kind = "raw" if image else "blob"
            return f"{image}[{words}]({url}/{kind}/HEAD/{path})"

        readme = LINK.sub(absolute, (Path(self.root) / "README.md").read_text("utf-8"))
        metadata["readme"] = {"content-type": "text/markdown", "text": readme}
        metadata["urls"] = {name: url + path for name, path in PAGES.items() if url}
