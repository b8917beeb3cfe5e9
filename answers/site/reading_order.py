"""A hook of MkDocs: home, the questions, the labs, then the pages about them.

Without it, the folders come as they are called.
"""

from mkdocs.utils import nest_paths

FOLDERS = ["questions", "labs", "."]


def on_files(files, config):
    """Sets the navigation, which "previous" and "next" at the foot of a page follow."""
    pages = [file.src_uri for file in files.documentation_pages()]
    config.nav = [
        {"Home": "index.md"},
        *nest_paths(sorted(set(pages) - {"index.md"}, key=place)),
    ]


def place(page):
    """Where a page stands: an index before what it tells of."""
    folder, _, name = page.rpartition("/")
    return FOLDERS.index(folder or "."), name != "index.md", name
