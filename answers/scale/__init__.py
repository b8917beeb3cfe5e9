"""Scale: training on many devices, what fits, and search in millions."""
