"""How many mistakes that ours knows another judge accepts: what `tests/other_judge.py` recorded."""

import json

from answers.records import RECORDS

RECORD = RECORDS / "other_judge.json"


def sentence() -> str:
    """What was compared, and how it came out."""
    found = json.loads(RECORD.read_text("utf-8"))
    return (
        f"Of {found['mistakes']} mistakes in {found['exercises']} exercises, TorchCode's judge "
        "([`torch-judge`](https://pypi.org/project/torch-judge/) "
        f"{found['version']}) accepted {found['accepted']} (counted on {found['on']})."
    )
