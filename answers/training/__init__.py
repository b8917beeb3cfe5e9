"""Training a network: normalization, optimizers, initialization, scans and number formats."""
