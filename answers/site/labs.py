"""A hook of MkDocs: mkdocs-jupyter shows a lab, a committed notebook, as any page of the site.

A notebook's metadata has the description; a link to a page is written as in Markdown, to the
file, so it also leads there from Jupyter. It mends what mkdocs-jupyter makes: without that plugin,
there is nothing to do.
"""

import json
import re
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs_jupyter.config import settings

settings.templates_dir = str(Path(__file__).with_name("notebook"))

LINK = re.compile(r'(?<=href=")(?!\w+:|#)([^"#]+\.(?:md|ipynb|py))(?=["#])')


def on_page_markdown(markdown, page, config, files):
    """Gives a lab the description that Markdown has in its front matter."""
    if page.file.src_uri.endswith(".ipynb"):
        page.meta["description"] = json.loads(markdown)["metadata"]["description"]


def on_page_content(html, page, config, files):
    """Leads links to pages, and leaves out the styles of mkdocs-jupyter."""
    if not page.file.src_uri.endswith(".ipynb"):
        return html
    folder = Path(page.file.src_uri).parent

    def lead(link):
        parts = []
        for part in (folder / link[1]).parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        file = files.get_file_from_path("/".join(parts))
        if file is None:
            raise PluginError(
                f"{page.file.src_uri} links to {link[1]}, which is no file"
            )
        # A link to itself is the one to the file, for download.
        itself = file.src_uri == page.file.src_uri
        return link[1] if itself else file.url_relative_to(page.file)

    return LINK.sub(lead, html.rpartition("<style>")[0])
