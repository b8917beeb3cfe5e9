"""Language models around the network: tokens, decoding, fine-tuning, experts, evaluation."""
