"""What `story.toml` says, in types."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from tui.host.demo.cast import CastPart
from tui.host.demo.stage import When, later_by

FILE = Path(__file__).with_name("story.toml")
Turn = tuple[Literal["approve", "return", "reject", "withdraw", "amend"], str, int, str, str]
"""Act, by whom, working days ago, time of day, word."""


class ScriptedChange(CastPart):
    """A change that somebody asked for. ``photo``: it is a picture of themselves, too."""

    by: str
    whose: str
    asked: dict[str, str]
    reason: str
    proof: str = ""
    photo: bool = False
    at: When
    then: tuple[Turn, ...] = ()


class Batch(CastPart):
    """The same asked for ``count`` colleagues of a unit from the ``first`` on, a minute after each other;
    the number that ``start`` ends in goes up by one each time."""

    by: str
    unit: str
    first: int
    count: int
    field: str
    start: str
    reason: str
    proof: str = ""
    at: When
    then: tuple[Turn, ...] = ()

    def requests(self) -> tuple[ScriptedChange, ...]:
        return tuple(self._change_at(number) for number in range(self.count))

    def _change_at(self, number: int) -> ScriptedChange:
        head, tail = self.start[:-4], int(self.start[-4:])
        return ScriptedChange(
            by=self.by,
            whose=f"{self.unit}#{self.first + number}",
            asked={self.field: f"{head}{tail + number:04d}"},
            reason=self.reason,
            proof=self.proof,
            at=later_by(self.at, number),
            then=tuple(
                (act, by, *later_by((days, time), number), word) for act, by, days, time, word in self.then
            ),
        )


class AccessAsking(CastPart):
    """Access that somebody asked for (A.13)."""

    by: str
    book: str
    name: str
    reason: str
    days: int
    at: When
    then: tuple[Turn, ...] = ()


class Filling(CastPart):
    """An office that somebody asked to be filled: ``asked`` as on the form, but ``whose`` it is to be.
    ``begins`` and ``lasts``: from, and until, so many days from today."""

    by: str
    book: str
    asked: dict[str, str]
    whose: str
    begins: int = 0
    lasts: int = 0
    reason: str
    at: When
    then: tuple[Turn, ...] = ()


class Declaring(CastPart):
    """A file of days for the calendar: working days from today, what each is, and its name."""

    by: str
    file: str
    days: tuple[tuple[int, str, str], ...]
    at: When


class Handing(CastPart):
    """A role handed on for some days, counted from today; negative ones are past."""

    by: str
    role: str
    book: str
    to: str
    days: tuple[int, int]
    reason: str
    at: When


class Looking(CastPart):
    """Look-ups: each of ``by`` looks for some of ``texts`` now and then."""

    by: tuple[str, ...]
    book: str
    texts: tuple[str, ...]
    reveal: str
    purpose: str


class Trying(CastPart):
    """Something that is refused."""

    by: str
    what: Literal["edit", "private-purpose", "no-evidence", "out-of-reach", "audit"]
    whose: str
    book: str = "staff"
    at: When


class Script(CastPart):
    """The whole story."""

    requests: tuple[ScriptedChange, ...]
    batches: tuple[Batch, ...]
    access: tuple[AccessAsking, ...]
    offices: tuple[Filling, ...]
    calendar: tuple[Declaring, ...]
    delegations: tuple[Handing, ...]
    lookups: tuple[Looking, ...]
    refusals: tuple[Trying, ...]


def script() -> Script:
    return Script.model_validate(tomllib.loads(FILE.read_text("utf-8")))
