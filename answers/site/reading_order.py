"""A hook of MkDocs: the questions by topic, labs, pages about the guide, then what to study with.

It sets MkDocs' own navigation. Without it, the folders come as they are called.
"""

from answers.pages import by_topic

HOME = "index.md"
# Each page leads to these in its head: beside the page site.css leaves the last ones out.
WAYS = ["practice.md", "mock.md", "review.md"]
LABS = "labs/"


def on_files(files, config):
    """Sets the navigation, which "previous" and "next" at the foot of a page follow."""
    paths = {file.src_uri for file in files.documentation_pages()}
    topics = {
        topic: [f"questions/{page.path.name}" for page in members]
        for topic, members in by_topic()
    }
    placed = ("questions/", LABS, HOME, *WAYS)
    parts = {
        **topics,
        "Labs": sorted((p for p in paths if p.startswith(LABS)), key=rank),
        "The guide": sorted(path for path in paths if not path.startswith(placed)),
    }
    sections = [{name: part} for name, part in parts.items()]
    config.nav = [{"Questions": HOME}, *sections, *(p for p in WAYS if p in paths)]


def rank(page):
    """Where a page of a folder stands: an index before what it tells of."""
    return not page.endswith("/index.md"), page
