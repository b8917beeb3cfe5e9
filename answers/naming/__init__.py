"""A name for what went wrong with a submission: see `diagnosis`, which asks all other modules."""
