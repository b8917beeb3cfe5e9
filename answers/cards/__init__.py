"""What to say aloud: the cards, read from the pages, and the deck for Anki."""
