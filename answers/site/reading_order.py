"""A hook of MkDocs: home, the questions by topic, the labs, then the pages about them.

It sets MkDocs' own navigation. Without it, the folders come as they are called.
"""

from mkdocs.utils import nest_paths

from answers.pages import by_topic

LABS = "labs"


def on_files(files, config):
    """Sets the navigation, which "previous" and "next" at the foot of a page follow."""
    paths = {file.src_uri for file in files.documentation_pages()}
    questions = [
        {
            topic: [
                {f"{page.number}. {page.title}": f"questions/{page.path.name}"}
                for page in members
            ]
        }
        for topic, members in by_topic()
    ]
    others = [p for p in paths if not p.startswith("questions/") and p != "index.md"]
    config.nav = [
        {"Home": "index.md"},
        *questions,
        *nest_paths(sorted(others, key=rank)),
    ]


def rank(page):
    """Where a page stands: labs first, and an index before what it tells of."""
    folder, _, name = page.rpartition("/")
    return folder != LABS, name != "index.md", name
