"""Training a network: normalization, optimizers, initialization and number formats."""
