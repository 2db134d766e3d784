"""Who may draw which report, and from which unit down.

A report takes whole columns out of a book, so seeing single entries is not enough: it needs the right
that goes with a function over the book (its maintainer's or supervisor's) or with heading the unit
(A.12, C.9.1). A right held as a delegate does not count; a delegation is for deciding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from db.desk.authority.hidden import hidden_tasks
from db.desk.authority.permissions import Permissions, is_within, policy_of
from db.desk.authority.whom_to_ask import FOR_IT, ask_office
from db.desk.extracts.granted import open_copies
from db.desk.hooks import hooks
from db.desk.refusal import SILENT, Refused
from db.language import Label, Message, _, listed
from db.policy.effective import EffectivePolicy
from db.store.engine import database
from db.store.sql import fetch, is_among
from db.store.tables import Book

MAINTAINER, SUPERVISOR, OWNER, HEAD, ADMIN = "maintainer", "supervisor", "owner", "head", "admin"
Numbers = tuple[int, ...]
DIRECTORY = "directory"
"""The report that may be granted as a copy, to be taken once."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is taken out of a book, by its ``title``, and who may: ``drawers`` are functions and roles.

    ``rests_on``: it exists only where a regulation has rules under that key, whose clause it bears; else that
    of the safeguard ``control`` asks for it, or ``clause`` says which. ``whole``: it looks at the whole
    of a book, so a function held from a unit down gives no right to it. ``copies``: it is a copy of the book
    itself, or of a list, for which a ban on copies holds, and of the book itself one on exports. ``numbers``:
    what a place of it comes to, of a period or of today; what a gallery of reports says before one is drawn.
    """

    title: Message
    drawers: tuple[str, ...]
    numbers: Callable[[Extent, date, date], Numbers]
    rests_on: str = ""
    control: str = ""
    clause: Callable[[EffectivePolicy], str] | None = None
    whole: bool = False
    copies: bool = False


REPORTS: dict[str, Drawn] = {}
"""Every report, in the order in which they are offered; said at its operation (`db.desk.overview`)."""

LISTS: dict[str, str] = {
    "consents register": "disclosures",
    "notice readers": "processing",
}
"""Lists that may leave as a file, each with the report whose drawers may take it out. What people see on
their own behalf alone never leaves. Subjects hook in more."""


def list_called(sheet: str) -> str:
    return f"list {sheet}"


OF_VALUES = frozenset({DIRECTORY, list_called("reviews items")})
"""What shows the values of people's entries, not only that something is the matter with them."""


def drawing_right(name: str) -> Drawn | None:
    """Return who may draw the report, or take out the list, called ``name``; None for an unknown one."""
    report = {**LISTS, **hooks().lists}.get(name.removeprefix(list_called("")))
    if name.startswith(list_called("")) and report is not None:
        return replace(REPORTS[report], rests_on="", clause=export_clause, copies=True)
    return REPORTS.get(name)


@dataclass(frozen=True, slots=True)
class Extent:
    """A unit from which down a reader may draw a report, by ``role``; or, once, as the ``copy`` of that
    number that was granted to them. ``beyond``: it shows who is out of their reach too. ``reader``: who draws
    it; nobody where the program does."""

    book: str
    unit: int
    role: str
    copy: int | None = None
    beyond: bool = False
    reader: Permissions | None = field(default=None, repr=False, compare=False)

    @property
    def permissions(self) -> Permissions:
        """The reader's permissions. Raises TypeError where the program draws it for nobody."""
        if self.reader is None:
            raise TypeError("drawn for nobody")
        return self.reader

    @property
    def hidden_tasks(self) -> frozenset[int]:
        """Tasks that are not there for the reader, as they are about them."""
        return hidden_tasks(self.reader) if self.reader is not None else frozenset()


@dataclass(frozen=True, slots=True)
class UnitOption:
    """A unit that may be a report's scope; ``depth`` counts from the book's root."""

    id: int
    name: str
    depth: int


@dataclass(frozen=True, slots=True)
class BookOption:
    """A book with the units of it that may be a report's scope, in the order of the tree."""

    id: str
    title: Label
    units: tuple[UnitOption, ...]


@dataclass(frozen=True, slots=True)
class ReportRight:
    """A report the reader may draw, and of what."""

    name: str
    books: tuple[BookOption, ...]


def report_places(permissions: Permissions, report: str, book: str) -> tuple[Extent, ...]:
    """Return from where down ``permissions`` may draw ``report`` in ``book``, the widest places first."""
    policy, rule = permissions.policy(book), drawing_right(report)
    if rule is None or (rule.rests_on and not getattr(policy, rule.rests_on)):
        return ()
    found, root = [], permissions.recorded_books[book].root
    for role in (role for word in rule.drawers for role in _roles(policy, word)):
        if rule.copies and _banned(policy, role, report):
            continue
        for holding in permissions.own_holdings(role, book):
            if not rule.whole or holding.unit == root:
                found.append(Extent(book, holding.unit, role, reader=permissions))
    if report == DIRECTORY:
        found += [
            Extent(book, copy.unit, "employee", copy.number, beyond=not copy.within_reach, reader=permissions)
            for copy in open_copies(permissions.account, book)
        ]
    return tuple(sorted(dict.fromkeys(found), key=lambda place: (place.copy is not None, place.unit != root)))


def place_for(permissions: Permissions, report: str, book: str, unit: int | None) -> Extent:
    """Return the place to draw ``report`` from: ``unit``, or the widest one there is. A right goes before a
    granted copy, and a copy of just that unit before one of more; nothing is used up yet (`mark_taken`).
    Raises Refused where the reader has none over that unit; an unknown book or unit is refused alike."""
    known = Book.get_or_none(Book.id == book) is not None and book in permissions.books
    found = report_places(permissions, report, book) if known else ()
    fitting = [place for place in found if unit is None or is_within(unit, place.unit)]
    if not fitting:
        raise _refusal(report, book if known else None)
    place = min(fitting, key=lambda one: (one.copy is not None, unit is not None and one.unit != unit))
    return replace(place, unit=unit or place.unit)


def rights(permissions: Permissions) -> tuple[ReportRight, ...]:
    """Return all reports that may be drawn, each with the books and units it may be of."""
    found = []
    below = cache(lambda book, tops: units_below(book, set(tops)))
    titles = {row.id: row.title for row in Book.select()}
    for report in REPORTS:
        books = []
        for book in permissions.books:
            tops = {place.unit for place in report_places(permissions, report, book)}
            if tops:
                books.append(BookOption(book, titles[book], below(book, frozenset(tops))))
        if books:
            found.append(ReportRight(report, tuple(books)))
    return tuple(found)


def draws_any(permissions: Permissions) -> bool:
    return any(report_places(permissions, report, book) for report in REPORTS for book in permissions.books)


AROUND = """
SELECT id, parent_id, name FROM unit WHERE book_id = {} AND active AND id IN (
    SELECT unit_id FROM unit_above WHERE {above} UNION SELECT above_id FROM unit_above WHERE {below})
ORDER BY sort, id
"""
"""Units below some and above them."""


def units_below(book: str, tops: set[int]) -> tuple[UnitOption, ...]:
    """Return ``tops`` with the active units below them, in the order of the tree."""
    children: dict[int | None, list[tuple[int, str]]] = {}
    above, given = is_among("above_id", tops)
    below = above.replace("above_id", "unit_id")
    for unit, parent, name in fetch(
        AROUND.format(database.param, above=above, below=below), (book, *given, *given)
    ):
        children.setdefault(parent, []).append((unit, name))
    found: list[UnitOption] = []

    def walk(parent: int | None, depth: int, inside: bool) -> None:
        for unit, name in children.get(parent, ()):
            within = inside or unit in tops
            if within:
                found.append(UnitOption(unit, name, depth))
            walk(unit, depth + 1, within)

    walk(None, 0, False)
    return tuple(found)


def under_password_alone(clause: str) -> Refused:
    """Build the refusal of a file in the clear out of a book whose copies leave under a password alone
    (D.4)."""
    return Refused(
        _("Nothing of this directory leaves but under a password."),
        clause,
        _("Take it with `report`, which makes one."),
    )


def export_clause(policy: EffectivePolicy) -> str:
    """Return the clause that asks for a right to take copies out of the book."""
    for control in ("export-right", "marked-copies", "confidentiality"):
        rule = policy.control(control)
        if rule is not None:
            return rule.clause
    return SILENT


def _roles(policy: EffectivePolicy, word: str) -> tuple[str, ...]:
    if word == MAINTAINER:
        return policy.keepers
    return policy.managers if word == HEAD else policy.holders(word)


def _banned(policy: EffectivePolicy, role: str, report: str) -> bool:
    """Return whether a regulation bans ``role`` from taking the report out: a report of people's values where
    exports are banned, a list where copies are."""
    banned = policy.kept_in(role) if report in OF_VALUES else policy.denial("copy", role)
    return banned is not None


def way_to_copy(policy: EffectivePolicy) -> Message:
    """Return the advice to somebody who may not take the book out: to look people up, or ask for a copy from
    those who decide on that (I.4.4.2)."""
    if policy.denial("copy", "employee"):
        return _("Look single people up instead.")
    deciders = [policy.role(policy.role_behind(step.role)).label for step in policy.flow("copy").steps]
    return _(
        "Look single people up instead, or ask for a copy for work, on which {who} decides.",
        who=listed(dict.fromkeys(deciders)),
    )


def _refusal(report: str, book: str | None) -> Refused:
    whole: Message = _("This report is not within your right.")
    rule = drawing_right(report)
    if book is None or rule is None:
        return Refused(whole, SILENT, _("Choose a report and a scope from your list."))
    policy = policy_of(book)
    first = policy.maintainer if rule.drawers[0] == MAINTAINER else policy.supervisor
    if report == DIRECTORY:
        return Refused(
            _("Copies of the directory may only be taken by right."),
            policy.denial("export", "everyone") or export_clause(policy),
            way_to_copy(policy),
        )
    if rule.copies:
        by_right = _("Lists may only be taken out by right.")
        banned = policy.denial("export", "everyone") if report in OF_VALUES else None
        way = way_to_copy(policy) if banned else ask_office(policy, (first.role,), FOR_IT)
        return Refused(by_right, banned or export_clause(policy), way)
    return Refused(whole, first.clause, ask_office(policy, (first.role,), FOR_IT))
