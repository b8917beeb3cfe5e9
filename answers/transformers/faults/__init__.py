"""Faults of a Transformer and its training, planted on purpose, one file for each part.

`transformer_faults` puts them in order, and runs all checks on each.
"""
