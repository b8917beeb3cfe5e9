"""The verdict on a submission, in plain text and numbers that a terminal and a page can show."""

from dataclasses import asdict, dataclass, field, replace

OURS = "this is a mistake in `answers`, not in your code; please report it"


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong.

    Attributes:
        case: The inputs or the property on which it went wrong, in words.
        message: A sentence for the learner: what was called, expected, and returned.
        expected: The expected value at the index, as text.
        got: The value that came instead, as text.
        index: Where in the array, as integers.
    """

    case: str
    message: str
    expected: str | None = None
    got: str | None = None
    index: tuple | None = None

    def __str__(self) -> str:
        return f"{self.case}: {self.message}"


@dataclass(frozen=True)
class Report:
    """What is wrong with a submission: nothing, or the first case that fails.

    Attributes:
        failures: What that case showed, one entry for each wrong part of the result.
        bug: The name of the known bug that goes wrong in the same way, or of a relation of what
            came to what is right, if there is either.
        diagnosis: That bug, its effect and its repair, in words; or what the relation shows.
        cases: The names of all cases and checks that were judged, in their order.
        wrong: Those of them that went wrong.
        notes: What is otherwise than ours and passes: what ours does there, and why.
    """

    failures: tuple = ()
    bug: str | None = None
    diagnosis: str | None = None
    cases: tuple = field(default=(), compare=False)
    wrong: tuple = field(default=(), compare=False)
    notes: tuple = ()

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
        report = made(cls, data)
        failures, notes = (
            tuple(made(Failure, each) for each in entries)
            for entries in (report.failures, report.notes)
        )
        if not failures and report.bug is not None:
            raise ValueError("a report names a bug but no failure")
        if not all(
            type(i) is int for each in failures + notes for i in each.index or ()
        ):
            raise ValueError("the index of a failure holds more than integers")
        if not all(type(name) is str for name in report.cases + report.wrong):
            raise ValueError("a report names a case by something else than text")
        if not set(report.wrong) <= set(report.cases):
            raise ValueError("a report calls a case wrong that was not tried")
        if not {note.case for note in notes} <= set(report.cases) - set(report.wrong):
            raise ValueError(
                "a report has a note on a case that is wrong, or was not tried"
            )
        return replace(report, failures=failures, notes=notes)


def made(cls: type, data: object) -> Failure | Report:
    """What `data` says a report or failure is, if each field has its type; else ValueError."""
    types, name = cls.__annotations__, cls.__name__.lower()
    if not isinstance(data, dict) or data.keys() != types.keys():
        keys = ", ".join(types)
        raise ValueError(f"a {name} is a dict with the keys {keys}, not {data!r:.200}")
    # JSON has lists for tuples.
    data = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    for key, type_ in types.items():
        if not isinstance(data[key], type_):
            raise ValueError(f"`{key}` of a {name} cannot be {data[key]!r:.200}")
    return cls(**data)
