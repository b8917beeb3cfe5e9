"""A hook of MkDocs: home, the questions, then the pages about them. Without it, folder order."""

from mkdocs.utils import nest_paths


def on_files(files, config):
    """Sets the navigation, which "previous" and "next" at the foot of a page follow."""
    pages = {file.src_uri for file in files.documentation_pages()} - {"index.md"}
    pages = sorted(pages, key=lambda page: ("/" not in page, page))
    config.nav = [{"Home": "index.md"}, *nest_paths(pages)]
