"""What a sheet for signatures is: its pages, its lines, and its kind. Not operations.

A kind says who may work with such a sheet (whoever works with the matter that it is of), what stands on it,
and what a signature on one of its lines counts for. A signature on paper counts unless a regulation of the
book denies it; none of what is on record already is replaced by it.
"""

from __future__ import annotations

import json
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.hooks import hooks
from db.desk.refusal import SILENT, Refused
from db.language import Label, Language, Message, Text, _, say
from db.store import clock
from db.store.audit import canonical
from db.store.subjects import Destroyed, seal_for, unseal_for
from db.store.tables import Account, Paper, PaperScan

NUMBER = re.compile(r"P([0-9]{1,9})")
UNDERTAKING = "undertaking"
"""The kind of sheet by which an undertaking of confidentiality is signed."""


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One part of a sheet, which begins on a page of its own. ``signs`` are lines to be signed below it."""

    title: Text
    facts: Sequence[tuple[Text, Text]] = ()
    words: Sequence[Text] = ()
    heads: Sequence[Text] = ()
    rows: Sequence[Sequence[Text]] = ()
    signs: Sequence[Text] = ()


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line to be signed: by whom, and for which of what the sheet is of."""

    person: int | None
    name: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a sheet is of. ``person``: whom all of it is about; ``about`` names it within its kind."""

    book: str
    about: str
    clause: str
    unit: int | None = None
    entry: int | None = None
    person: int | None = None
    row: Any = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class SignedLine:
    """That a line is signed: of which day, entered by which account, at which moment; struck by which."""

    day: str
    account: int
    at: str
    struck_by: int | None = None


class SheetKind(ABC):
    """``secret``: the supervisor of the book reads no scan of it, but where they work with what it is of."""

    id: ClassVar[str]
    label: ClassVar[Message]
    secret: ClassVar[bool] = False

    @abstractmethod
    def find_matter(self, permissions: Permissions, about: str) -> Matter:
        """Return what ``about`` names. Raises Refused for those who do not work with it, and for nothing."""

    @abstractmethod
    def draw_sheet(self, matter: Matter, words: str) -> tuple[Sequence[PaperPage], Sequence[SheetLine]]:
        """Return pages and lines of a sheet of ``matter`` from the present record, with the ``words`` written
        for it. Raises Invalid where there is nothing to sign."""

    @abstractmethod
    def count(self, paper: Paper, line: SheetLine, signed: SignedLine) -> bool:
        """Put on record what the signature on ``line`` counts for; False where that is on record already, or
        no longer to be signed for."""

    @abstractmethod
    def uncount(self, paper: Paper, line: SheetLine, signed: SignedLine) -> None:
        """Take back what `count` put on record."""

    def may_enter(self, permissions: Permissions, matter: Matter) -> bool:
        """Return whether those who may draw such a sheet up may enter its scan, too."""
        return True


def sheet_kinds() -> dict[str, SheetKind]:
    return {kind.id: kind for kind in hooks().papers}


@dataclass(frozen=True, slots=True)
class PaperContent:
    """What a sheet says, in the language in which it was drawn up; ``subject``, what it is of, in each."""

    language: Language
    subject: Text
    pages: tuple[PaperPage, ...]
    lines: tuple[SheetLine, ...]


def number_of(paper: int) -> str:
    """Return the number printed on every page of a sheet: ``P0012``."""
    return f"P{paper:04d}"


def read_number(text: str) -> int:
    """Return the sheet that ``text`` names; 0 where it is no number of one."""
    found = NUMBER.fullmatch(text.strip().upper())
    return int(found[1]) if found else 0


def store_sheet(
    kind: SheetKind, matter: Matter, content: tuple[Sequence[PaperPage], Sequence[SheetLine]],
    account: int, language: Language,
) -> Paper:  # fmt: skip
    """Store a sheet with its content encrypted under a key of its own, and return it; its number is its
    id."""
    pages, lines = content
    key = secrets.token_hex(16)
    subject = pages[0].facts[0][1]
    said = {
        "language": language,
        "subject": [say(subject, "zh_CN"), say(subject, "en")],
        "pages": [
            {one.name: _in_language(getattr(page, one.name), language) for one in fields(PaperPage)}
            for page in pages
        ],
        "lines": [asdict(line) for line in lines],
    }
    made: Paper = Paper.create(
        key=key, book=matter.book, kind=kind.id, about=matter.about, clause=matter.clause,
        person=matter.person, account=account, at=clock.now(),
        content=seal_for(key_name(key), Paper.content.place(key), canonical(said)),
    )  # fmt: skip
    return made


def content_of(paper: Paper) -> PaperContent:
    """Return what a sheet says. Raises Destroyed once its person was erased."""
    sealed = unseal_for(key_name(paper.key), Paper.content.place(paper.key), bytes(paper.content))
    said = json.loads(sealed)
    pages = tuple(PaperPage(**page) for page in said["pages"])
    subject = Label(*said["subject"]) if "subject" in said else pages[0].facts[0][1]  # else from before
    return PaperContent(said["language"], subject, pages, tuple(SheetLine(**line) for line in said["lines"]))


def key_name(key: str) -> str:
    """Return the name of the key that seals a sheet (`db.store.subjects`)."""
    return f"paper:{key}"


def number_in(text: str) -> int:
    """Return the number that ``text`` is; 0, which nothing has, where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def accounts_of(person: int | None) -> list[int]:
    return [row.id for row in Account.select(Account.id).where(Account.person == person)]


def undertakings_on_paper(person: int) -> dict[str, str]:
    """Return the undertakings that ``person`` signed on paper, as policy and version, with the moment at
    which the first scan that counts was entered (A.17)."""
    found: dict[str, str] = {}
    shown = (PaperScan.person == person) & PaperScan.counted & PaperScan.struck_at.is_null()
    scans = PaperScan.select(PaperScan, Paper).join(Paper).where(shown & (Paper.kind == UNDERTAKING))
    for scan in scans.order_by(PaperScan.id):
        try:
            line = content_of(scan.paper).lines[scan.line - 1]
        except Destroyed:
            continue
        found.setdefault(line.ref, scan.at)
    return found


def check_paper_counts(book: str) -> None:
    """Raise Refused where a regulation of ``book`` denies signatures on paper."""
    denied = policy_of(book).denial("sign-on-paper", "everyone")
    if denied is not None:
        raise Refused(
            _("Signatures on paper don't count in this directory."),
            denied,
            _("Have each person confirm it at their own terminal."),
        )


def no_such_sheet() -> Refused:
    """Return the refusal that is the same whether a sheet exists or not."""
    return Refused(_("There is no such sheet for you."), SILENT, _("`papers` lists those that are yours."))


def _in_language(value: Any, language: Language) -> Any:
    """Return ``value`` with every text in it said."""
    if isinstance(value, list | tuple):
        return [_in_language(one, language) for one in value]
    return say(value, language)
