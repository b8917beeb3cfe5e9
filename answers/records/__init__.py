"""What was measured once: the numbers as JSON, and the code that prints them."""

from pathlib import Path

RECORDS = Path(__file__).parent
