"""Exercises that judge a function by what it does, and say what went wrong.

`catalog.load(name)` gives an `Exercise`; `exercise.run(function)` gives a `Report`.
"""
