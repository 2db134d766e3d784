"""Whose copy was found: by the number on it, by the hidden mark, or by both (A.19, I.4.4.1).

An edition's copy has both; a report that was taken out has its mark, which anyone can read, and its digest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from db.desk.authority.office_names import title_of
from db.desk.authority.permissions import policy_of
from db.desk.editions.edition_views import label_of
from db.desk.editions.issuing import content_in, secret_of
from db.desk.editions.issuing_rights import traces_copies
from db.desk.editions.marks import CopyMark, labels_of, likeness, number_of, read_number
from db.desk.editions.taken import TakenCopy, read_mark, taken_as, taken_out
from db.desk.extracts.about import account_names
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.power.declaration import LOOKS
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.language import Label, Message, _
from db.store.tables import EditionCopy, EditionFile, EditionIssue

How = Literal["number", "file", "code", "pattern"]
HOW: dict[How, Message] = {
    "number": _("number on the copy"),
    "file": _("the very file that was sent"),
    "code": _("hidden mark, whole"),
    "pattern": _("hidden mark, spread over the file"),
}
ENOUGH = 10
"""Bits by which a pattern must beat chance, over what the number of copies alone would give."""
AHEAD = 7
"""Bits by which it must lead over the next likely copy."""


@dataclass(frozen=True, slots=True)
class TracedFile:
    """What was read from a file that was found (`reports.editions.found_copy`).

    ``numbers`` stand on it for anyone to read; ``codes`` are hidden marks that are whole; ``seen`` are the
    small choices (label -> bit) that were legible. Of a file that could not be read nothing but its digest is
    known.
    """

    sha256: str
    numbers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    seen: Mapping[str, int] = field(default_factory=dict)
    is_read: bool = True


@dataclass(frozen=True, slots=True)
class Traced:
    """A copy that the finding points to. ``bits``: its pattern is 2^bits times likelier than chance.

    ``label`` and ``issue`` are those of an edition; of a ``report``, the book's title and 0.
    """

    number: str
    book: str
    label: Label
    issue: int
    report: str
    entry: int | None
    name: str
    post: str
    unit: str
    login: str
    made_at: str
    recalled: bool
    how: tuple[How, ...]
    bits: int
    clause: str

    @property
    def hidden(self) -> bool:
        """Whether hidden marks point to the copy, not only its number, which anyone could write on it."""
        return self.how != ("number",)


@dataclass(frozen=True, slots=True)
class Trace:
    """The answer. ``conflict``: the number on the copy is not the one that its hidden mark names, so it
    was put there to mislead; ``found`` begins with whom the hidden mark names."""

    found: tuple[Traced, ...]
    conflict: bool


class Traces(OperationGroup):
    """Operations that say whose a found copy is."""

    @operation("traces.allowed", label=_("ask whether tracing is theirs"), recorded=False, power=LOOKS)
    def allowed(self) -> bool:
        return bool(self._books())

    @operation("traces.number", label=_("trace a copy by its number"), recorded=True, power=LOOKS)
    def number(self, number: str) -> Trace:
        """Return whose the copy or mark ``number`` is; nobody's for one that was never given out. Raises
        Invalid for what looks like neither."""
        if read_number(number) is None and read_mark(number) is None:
            wrong = _(
                "A copy's number looks like {number}, and that of a report like {mark}.",
                number="C0012-003",
                mark="7F3K-2Q9D",
            )
            raise Invalid(Problem("number", wrong))
        return self._trace(TracedFile("", numbers=(number,)))

    @operation("traces.file", label=_("trace a found file"), recorded=True, power=LOOKS)
    def file(self, finding: TracedFile) -> Trace:
        """Return whose copy the file was that ``finding`` was read from. Notes its digest for the audit."""
        self.act.note_facts(sha256=finding.sha256)
        return self._trace(finding)

    def _trace(self, finding: TracedFile) -> Trace:
        books = self._books()
        if not books:
            raise self._refusal()
        rows = (
            EditionCopy.select(EditionCopy, EditionIssue)
            .join(EditionIssue)
            .where(EditionIssue.book.in_(books) & EditionCopy.account.is_null(False))
            .order_by(EditionCopy.id)
        )
        copies: Sequence[EditionCopy] = list(rows)
        how, bits = _evidence(copies, finding)
        traced = [
            _traced(copy, tuple(how[copy.id]), bits.get(copy.id, 0)) for copy in copies if copy.id in how
        ]
        traced += _reports(books, finding)
        found = tuple(sorted(traced, key=lambda one: (not one.hidden, -len(one.how), -one.bits)))
        conflict = len({one.hidden for one in found}) == 2
        if found:
            first = found[0]
            self.act.note_facts(book=first.book, entry=first.entry, clause=first.clause)
        self.act.note_facts(
            copies=[one.number for one in found], how=[list(one.how) for one in found], conflict=conflict
        )
        return Trace(found, conflict)

    def _books(self) -> list[str]:
        """Return books whose supervisor or owner the actor is."""
        return [book for book in self.permissions.books if traces_copies(self.permissions, policy_of(book))]

    def _refusal(self) -> Refused:
        books = self.permissions.books
        if not books:
            return Refused(_("Tracing copies is not yours."), SILENT, _("Ask your administrator."))
        policy = next((p for p in map(policy_of, books) if p.editions), policy_of(books[0]))
        role: Label = policy.role(policy.supervisor.role).label
        return Refused(
            _("Only {role} traces copies.", role=role),
            policy.supervisor.clause,
            _("Hand the copy in to {role}.", role=role),
        )


def _evidence(
    copies: Sequence[EditionCopy], finding: TracedFile
) -> tuple[dict[int, list[How]], dict[int, int]]:
    """Return what speaks for which copy, the certain first; and the likeness of the pattern in whole bits."""
    how: dict[int, list[How]] = {}
    numbers = {read for text in finding.numbers if (read := read_number(text)) is not None}
    files = EditionFile.select(EditionFile.copy).where(EditionFile.sha256 == finding.sha256)
    sent = {row.copy_id for row in files} if finding.sha256 else set()
    pattern = _by_pattern(copies, finding.seen)
    for copy in copies:
        ways: list[tuple[How, bool]] = [
            ("file", copy.id in sent),
            ("code", copy.code in finding.codes),
            ("pattern", copy.id in pattern),
            ("number", (copy.issue_id, copy.ord) in numbers),
        ]
        found = [way for way, holds in ways if holds]
        if found:
            how[copy.id] = found
    return how, pattern


def _by_pattern(copies: Sequence[EditionCopy], seen: Mapping[str, int]) -> dict[int, int]:
    """Find the one copy whose choices stand out from all others', with its lead over chance in bits."""
    if not seen or not copies:
        return {}
    legible: dict[int, Mapping[str, int]] = {}
    scores: list[tuple[float, int]] = []
    for copy in copies:
        if copy.issue_id not in legible:
            known = _labels(copy.issue)
            legible[copy.issue_id] = {label: bit for label, bit in seen.items() if label in known}
        marking = CopyMark(copy.code, secret_of(copy))
        scores.append((likeness(marking, legible[copy.issue_id]), copy.id))
    scores.sort(reverse=True)
    best, copy_id = scores[0]
    second = scores[1][0] if len(scores) > 1 else 0.0
    if best < ENOUGH + math.log2(len(copies)) or best - second < AHEAD:
        return {}
    return {copy_id: int(best)}


def _labels(issue: EditionIssue) -> frozenset[str]:
    content = content_in(issue)
    heads = [column.label for column in content.columns]
    return labels_of(heads, ((row.name, row.cells) for row in content.rows))


def _traced(copy: EditionCopy, how: tuple[How, ...], bits: int) -> Traced:
    issue: EditionIssue = copy.issue
    return Traced(
        number=number_of(issue.id, copy.ord),
        book=issue.book_id,
        label=label_of(issue.book_id, issue.edition),
        issue=issue.number,
        report="",
        entry=copy.entry_id,
        name=copy.name,
        post=copy.post,
        unit=copy.unit,
        login=account_names(copy.account_id)[0] if copy.account_id is not None else "",
        made_at=local(copy.made_at)[:16],
        recalled=copy.recalled_at is not None,
        how=how,
        bits=bits,
        clause=policy_of(issue.book_id).copies.clause,
    )


def _reports(books: Sequence[str], finding: TracedFile) -> list[Traced]:
    """Find reports that were taken out of ``books``, by mark or digest."""
    marks = {read for text in finding.numbers if (read := read_mark(text)) is not None}
    return [_report(one, marks, finding) for one in taken_out(books, marks, finding.sha256)]


def _report(taken: TakenCopy, marks: set[str], finding: TracedFile) -> Traced:
    ways: list[tuple[How, bool]] = [("file", taken.sha256 == finding.sha256), ("number", taken.mark in marks)]
    return Traced(
        number=taken.mark,
        book=taken.book,
        label=title_of(taken.book),
        issue=0,
        report=taken.report,
        entry=taken.entry,
        name=taken.name,
        post=taken.post,
        unit=taken.unit,
        login=taken.login,
        made_at=taken.at,
        recalled=False,
        how=tuple(way for way, holds in ways if holds),
        bits=0,
        clause=policy_of(taken.book).copies.clause,
    )


def _clause(book: str) -> str:
    """Return the clause that is broken by passing a copy on."""
    policy = policy_of(book)
    return policy.denial("forward") or policy.copies.clause


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What a case of forwarding begins with: whose copy of which book it was, and the clause it breaks."""

    book: str
    title: Label
    number: str
    entry: int
    account: int
    clause: str


def forwarded_copy(number: str) -> Forwarded | None:
    """Return the facts for a case about the copy called ``number``; None where there is none.

    Checks no rights: the caller's own operation does."""
    named_as = read_number(number)
    if named_as is None:
        return _forwarded_report(read_mark(number))
    copy = EditionCopy.get_or_none((EditionCopy.issue == named_as[0]) & (EditionCopy.ord == named_as[1]))
    if copy is None or copy.account_id is None:
        return None
    book = copy.issue.book_id
    return Forwarded(
        book=book,
        title=title_of(book),
        number=number_of(copy.issue_id, copy.ord),
        entry=copy.entry_id,
        account=copy.account_id,
        clause=_clause(book),
    )


def is_copy_of(book: str, number: str) -> bool:
    """Return whether a copy out of ``book`` bears ``number``, whoever took it; False for a copy out of
    another directory. A reporter is told this, as a mistyped number would name nobody and go unnoticed.
    Numbers are consecutive, so asking for all of them tells how many copies there are, which is about the
    number of people, but no name; and each right one becomes a report under the asker's own name."""
    facts = forwarded_copy(number)
    if facts is not None:
        return facts.book == book
    mark = read_mark(number)
    taken = taken_as(mark) if mark is not None else None
    return taken is not None and taken.book == book


def _forwarded_report(mark: str | None) -> Forwarded | None:
    """Return the facts for a case about a report that was taken out under ``mark``; None where there is none,
    or its taker is not in the book."""
    taken = taken_as(mark) if mark is not None else None
    if taken is None or taken.entry is None:
        return None
    return Forwarded(
        taken.book, title_of(taken.book), taken.mark, taken.entry, taken.account, _clause(taken.book)
    )
