"""The files of the question stand where the test puts them, and are no tests here."""

collect_ignore = ["answers", "docs", "tests"]
