"""Checks that any Transformer takes, one file for each part of a training.

`transformer_checks` puts them in order and runs them: import from there.
"""
