"""Studying: what to say aloud, when to say it again, and what to do today."""
