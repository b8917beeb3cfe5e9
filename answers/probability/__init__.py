"""Probability: softmax, divergences, bounds on losses, Bayes' theorem."""
