"""Training a network: normalization, optimizers, initialization, and what each does to a gradient."""
