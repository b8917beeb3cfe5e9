"""Transformers: attention, a GPT with its KV cache, checks that find bugs, cheap inference."""
