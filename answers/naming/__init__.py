"""Names for failures: see `diagnosis`, the table of finders; one file a kind."""
