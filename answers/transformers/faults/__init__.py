"""Faults of a Transformer and its training, planted on purpose, one file for each part."""
