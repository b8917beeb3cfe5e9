"""A Python-Markdown extension: the comments of a page stay in its source."""

from markdown import Extension
from markdown.preprocessors import Preprocessor

from answers.pages import COMMENT


class LeaveOut(Preprocessor):
    def run(self, lines):
        return COMMENT.sub("", "\n".join(lines) + "\n").split("\n")


class Comments(Extension):
    """`answers.site.comments` in the list of Markdown extensions."""

    def extendMarkdown(self, md):  # noqa: N802 (Markdown looks for it)
        # After fences are put away (25), and before HTML is (20).
        md.preprocessors.register(LeaveOut(md), "comments", 22)


def makeExtension(**kwargs):  # noqa: N802 (Markdown looks for it)
    """Python-Markdown's way to find the extension."""
    return Comments(**kwargs)
