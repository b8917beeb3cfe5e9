"""A hook of MkDocs: the files of `answers.site.bundle` are part of the site.

Without it, `python -m answers.site.bundle` writes them where any builder finds them.
"""

from mkdocs.structure.files import File

from answers.site import bundle


def on_files(files, config):
    """Adds the files, as the sources are now: `mkdocs serve` asks again after each change."""
    for path, text in bundle.current().items():
        if stale := files.get_file_from_path(path):
            files.remove(stale)
        files.append(File.generated(config, path, content=text))
