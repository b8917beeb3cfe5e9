"""Studying: what to say aloud, as cards of the page and as a deck for Anki."""
