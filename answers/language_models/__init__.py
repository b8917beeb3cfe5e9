"""FILL IN: what the room language_models holds, in a line."""
