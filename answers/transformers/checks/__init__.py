"""Checks that any Transformer takes, one file for each part of a training."""
