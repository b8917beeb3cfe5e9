"""What the site needs of Python: formulas typeset at build, and the index of the pages."""
