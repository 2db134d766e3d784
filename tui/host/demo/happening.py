"""What `history.toml` says, in types: joiners and leavers, editions, reviews, consents and the like."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tui.host.demo.cast import CastPart
from tui.host.demo.script import Turn
from tui.host.demo.stage import When

FILE = Path(__file__).with_name("history.toml")


class Deed(CastPart):
    """Something that ``by`` does at ``at``."""

    at: When
    by: str


class JoinDeed(Deed):
    """Somebody joins ``joined`` working days ago. Without ``values`` they are only expected; ``person`` is
    somebody of the staff's book who gets an entry here too."""

    do: Literal["join"]
    book: str
    unit: str
    name: str
    kind: str = "full-time"
    joined: int
    values: dict[str, str] = Field(default={})
    reason: str = ""
    person: str = ""
    then: tuple[Turn, ...] = ()


class CallOff(Deed):
    """Somebody who was expected does not come."""

    do: Literal["call-off"]
    name: str
    word: str


class MoveDeed(Deed):
    """Somebody moves, as of ``day`` working days ago."""

    do: Literal["move"]
    book: str
    whose: str
    unit: str
    position: str
    day: int
    reason: str = ""
    then: tuple[Turn, ...] = ()


class LeaveDeed(Deed):
    """Somebody leaves, as of ``day`` working days ago."""

    do: Literal["leave"]
    book: str
    whose: str
    day: int
    reason: str = ""
    successor: str = ""
    then: tuple[Turn, ...] = ()


class Tick(Deed):
    """A task of ``by`` about ``name`` goes on: a proof ``what`` is ticked off, or it is done."""

    do: Literal["tick", "done"]
    kind: str
    name: str
    what: str = ""
    word: str = ""


class AskDeed(Deed):
    """A request on a form of its kind; ``changed`` is how many working days it has been so."""

    do: Literal["ask"]
    offer: str
    book: str
    asked: dict[str, str]
    reason: str = ""
    changed: int | None = None
    then: tuple[Turn, ...] = ()


class AnswerDeed(Deed):
    """An answer to the consent that ``by`` is asked for."""

    do: Literal["answer"]
    answer: Literal["yes", "open", "no"]


class Sort(Deed):
    """Kinds of unit and tags of editions, set by the maintainer; ``agreed_by``: to what gives copies."""

    do: Literal["sort"]
    book: str
    kinds: dict[str, str] = Field(default={})
    tags: dict[str, str] = Field(default={})
    agreed_by: str = ""


class Issue(CastPart):
    """An edition issued at ``hour`` of the first working day of each of these ``weeks`` before this one;
    ``openers`` open their copies a few minutes later, ``earlier_openers`` all of theirs but the last. Whoever
    issues ``closes``, with that reason, what nobody can acknowledge of all but the last."""

    by: str
    book: str
    edition: str
    weeks: tuple[int, ...]
    hour: str
    openers: tuple[str, ...] = ()
    earlier_openers: tuple[str, ...] = ()
    closes: str = ""


class InspectionFinding(CastPart):
    """Something that an inspector finds at the point ``point``; ``answer`` is what its owner says."""

    by: str
    at: When
    point: int
    what: str
    owner: str
    days: int
    answered: When | None = None
    answer: str = ""
    settled: When | None = None
    verdict: Literal["close", "reopen"] = "close"
    word: str = ""


class Review(Deed):
    """A review outside its cycle. ``decided`` are who decides how many of theirs, and when; ``closes``: it is
    closed in the end, at that time."""

    do: Literal["review"]
    book: str
    kind: str
    reason: str
    decided: tuple[tuple[str, int, int, str], ...] = ()
    closed: When | None = None
    findings: tuple[InspectionFinding, ...] = ()


class Decide(Deed):
    """The next ``count`` things of an open review that waits for ``by``, all of them right."""

    do: Literal["decide"]
    book: str
    kind: str
    count: int


class Train(Deed):
    """Attendance at a training that was ``days`` ago: everybody of ``units`` but the last ``without``."""

    do: Literal["train"]
    book: str
    topic: str
    days: int
    units: tuple[str, ...]
    without: int = 0


class SignalDeed(Deed):
    """Somebody reports a number or address that does not reach."""

    do: Literal["dead"]
    book: str
    whose: str
    field: str


class CallDeed(Deed):
    """An emergency: numbers of a pupil's family, by their places, with what came of each call."""

    do: Literal["call"]
    book: str
    whose: str
    calls: tuple[tuple[int, Literal["reached", "no-answer", "busy", "wrong"]], ...]


CaseTurn = tuple[
    Literal["triage", "investigate", "note", "conclude", "judge", "decide", "appeal", "close"],
    str,
    int,
    str,
    str,
]
"""Step of a case, by whom, working days ago, time of day, word."""


class Case(Deed):
    """A breach that ``by`` reports, and how it is handled: ``concerned`` is named when the investigation
    begins, and is answered with ``sanctions`` where it comes to a decision."""

    do: Literal["case"]
    book: str
    kind: str
    words: str
    concerned: str = ""
    sanctions: tuple[str, ...] = ()
    then: tuple[CaseTurn, ...] = ()


class MistakeDeed(Deed):
    """Something wrong that ``by`` reports of an entry."""

    do: Literal["mistake"]
    book: str
    whose: str
    field: str
    words: str


class TakeOut(Deed):
    """A report taken out as a copy."""

    do: Literal["take-out"]
    book: str
    report: str
    format: str


class Revise(Deed):
    """A regulation that comes with the product is revised, in force in ``ahead`` working days: each of
    ``changes`` is a piece of its file and what stands there instead. Once another has agreed, ``readers``
    acknowledge it at ``read``."""

    do: Literal["revise"]
    regulation: str
    version: str
    ahead: int
    changes: tuple[tuple[str, str], ...]
    then: tuple[Turn, ...]
    readers: tuple[str, ...]
    read: When


class OutsideDeed(Deed):
    """What WeCom's stand-in holds: everybody of the book but ``missing``, ``strangers`` of its own with their
    names by account, and of ``differing`` something else under each key."""

    do: Literal["outside"]
    book: str
    missing: tuple[str, ...]
    strangers: dict[str, str]
    differing: dict[str, dict[str, str]]


class Rounds(CastPart):
    """Runs of the duty runner: at ``hour``, so many working ``days`` ago."""

    days: tuple[int, ...]
    hour: str


AnyDeed = Annotated[
    JoinDeed
    | CallOff
    | MoveDeed
    | LeaveDeed
    | Tick
    | AskDeed
    | AnswerDeed
    | Sort
    | Review
    | Decide
    | Train
    | SignalDeed
    | CallDeed
    | Case
    | MistakeDeed
    | TakeOut
    | Revise
    | OutsideDeed,
    Field(discriminator="do"),
]


class Happenings(CastPart):
    """Everything, in any order."""

    rounds: Rounds
    issues: tuple[Issue, ...]
    deeds: tuple[AnyDeed, ...]


def happenings() -> Happenings:
    return Happenings.model_validate(tomllib.loads(FILE.read_text("utf-8")))
