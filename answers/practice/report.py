"""The verdict on a submission, in plain text and numbers that a terminal and a page can show."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong.

    Attributes:
        case: The inputs or the property on which it went wrong, in words.
        message: A sentence for the learner: what was called, expected, and returned.
        expected: The expected value at the index, as text.
        got: The value that came instead, as text.
        index: Where in the array.
    """

    case: str
    message: str
    expected: str | None = None
    got: str | None = None
    index: tuple[int, ...] | None = None

    def __str__(self) -> str:
        return f"{self.case}: {self.message}"


@dataclass(frozen=True)
class Report:
    """What is wrong with a submission: nothing, or the first case that fails.

    Attributes:
        failures: What that case showed, one entry for each wrong part of the result.
        bug: The name of the known bug that goes wrong in the same way, if there is one.
        diagnosis: That bug, its effect and its repair, in words.
    """

    failures: tuple[Failure, ...] = ()
    bug: str | None = None
    diagnosis: str | None = None

    @property
    def passed(self) -> bool:
        return not self.failures

    def to_dict(self) -> dict:
        """The report as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: object) -> "Report":
        """The report that `to_dict` (or JSON) made `data` of.

        Raises:
            ValueError: `data` is anything else: it came from a process that ran a stranger's code.
        """
        data = fields_of(
            data, "a report", {"failures": list | tuple, **TEXTS_OF_A_REPORT}
        )
        failures = tuple(failure_of(failure) for failure in data.pop("failures"))
        if not failures and data["bug"] is not None:
            raise ValueError("a report names a bug but no failure")
        return cls(failures, **data)


OPTIONAL_TEXT = str | None
TEXTS_OF_A_REPORT = {"bug": OPTIONAL_TEXT, "diagnosis": OPTIONAL_TEXT}
FIELDS_OF_A_FAILURE = {
    "case": str,
    "message": str,
    "expected": OPTIONAL_TEXT,
    "got": OPTIONAL_TEXT,
    "index": list | tuple | None,
}


def failure_of(data: object) -> Failure:
    """The failure that `data` describes, or ValueError."""
    data = fields_of(data, "a failure", FIELDS_OF_A_FAILURE)
    index = data["index"]
    if index is not None:
        if not all(type(i) is int for i in index):
            raise ValueError(
                f"the index of a failure is {index!r}, not a list of integers"
            )
        data["index"] = tuple(index)
    return Failure(**data)


def fields_of(data: object, what: str, types: dict) -> dict:
    """A copy of `data`, if it is a dict with just these keys and types; else ValueError."""
    if not isinstance(data, dict) or data.keys() != types.keys():
        raise ValueError(
            f"{what} is not a dict with the keys {', '.join(types)}: {data!r:.200}"
        )
    for key, type_ in types.items():
        if not isinstance(data[key], type_):
            raise ValueError(
                f"`{key}` of {what} has the wrong type: {data[key]!r:.200}"
            )
    return dict(data)
