"""What runs and checks the Python and the prose of the pages, and what `--update` writes."""
