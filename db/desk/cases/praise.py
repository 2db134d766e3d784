"""Commendations: the ranking of a period, and praising who comes out well in it (B.7.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from db.desk.authority.hidden import hidden_tasks
from db.desk.authority.office_names import title_of
from db.desk.authority.permissions import policy_of
from db.desk.cases.opening import cleaned_words
from db.desk.cases.parties import accounts_of_persons
from db.desk.cases.ranking import Ranked, contrary_figures, rank_units
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.due_dates import today
from db.desk.entry.units import lock_unit
from db.desk.extracts.report_rights import units_below
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.notifications.notices import store_notice
from db.desk.power.declaration import LOOKS, Way, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.request_views import name_of
from db.language import Label, _
from db.policy.schema.conduct import CommendationRule
from db.policy.vocabulary import HEAD
from db.store import clock
from db.store.moves import Moves
from db.store.tables import Account, Commendation, Entry

KIND, UNSAID = "commended", "uncommended"


@dataclass(frozen=True, slots=True)
class PraiseOffer:
    """A book whose regulation praises, as far as the reader sees its ranking. ``praises``: may commend."""

    book: str
    book_label: Label
    kind: str
    label: Label
    clause: str
    praises: bool


@dataclass(frozen=True, slots=True)
class PraiseRow:
    """A commendation on record; ``whom`` is a department or a person. Days are ISO."""

    id: int
    label: Label
    whom: str
    unit: str
    first: str
    last: str
    place: int
    word: str
    by: str
    at: str
    clause: str


class Praise(OperationGroup):
    """Operations on the ranking and on commendations."""

    @operation("praise.offers", label=_("ask which directories commend"), recorded=False, power=LOOKS)
    def offers(self) -> tuple[PraiseOffer, ...]:
        """List the commendations of the actor's books, and whether the actor may commend there."""
        found = []
        for book in self.permissions.books:
            for rule in policy_of(book).commendations:
                title = title_of(book)
                found.append(PraiseOffer(book, title, rule.id, rule.label, rule.clause, self._praises(book)))
        return tuple(found)

    @operation("praise.ranking", label=_("look at the ranking"), recorded=True, power=LOOKS)
    def ranking(self, book: str, first: date, last: date) -> tuple[Ranked, ...]:
        """Rank departments, then people; for who maintains or supervises the whole book."""
        self._whole(book)
        policy, root = policy_of(book), self.permissions.recorded_books[book].root
        rule = policy.commendations[0]
        self.act.note_facts(parameters={"first": str(first), "last": str(last)})
        return rank_units(rule, book, units_below(book, {root}), first, last, hidden_tasks(self.permissions))

    @operation(
        "praise.commend",
        label=_("commend"),
        recorded=True,
        power=power_over(Moves.SANCTION, way=Way.TOLD, undo="praise.take_back"),
    )
    def commend(
        self,
        book: str,
        first: date,
        last: date,
        unit: int,
        entry: int | None = None,
        word: str = "",
        *,
        anyway: bool = False,
    ) -> int:
        """Store a commendation of a department, or of one person of it, that has a place in the ranking,
        notify those praised, and return its number. Raises Refused for an actor who neither maintains nor
        supervises the whole book, or would be praised themselves; Invalid for one praised already in the
        period, and against the figures without ``anyway``."""
        self._whole(book)
        policy, root = policy_of(book), self.permissions.recorded_books[book].root
        rule = policy.commendations[0]
        if last > today() or last - first < timedelta(days=1):
            raise Invalid(Problem("period", _("Choose a period that is over.")))
        ranked = rank_units(
            rule, book, units_below(book, {root}), first, last, hidden_tasks(self.permissions)
        )
        place = next((one for one in ranked if (one.unit, one.entry) == (unit, entry)), None)
        if place is None:
            raise Invalid(Problem("entry", _("Choose one from the ranking.")))
        if self._is_own(book, unit, entry):
            raise Refused(
                _("Nobody commends themselves, or the department that they are in or head."),
                rule.clause,
                _("Leave it to somebody else who may."),
            )
        lock_unit(unit)  # so that nobody else praises it meanwhile
        given = (Commendation.book == book) & (Commendation.kind == rule.id) & (Commendation.unit == unit)
        whom = Commendation.entry.is_null() if entry is None else (Commendation.entry == entry)
        overlapping = (Commendation.first <= last.isoformat()) & (Commendation.last >= first.isoformat())
        if Commendation.select().where(given & whom & overlapping).exists():
            raise Invalid(Problem("entry", _("This praise is on record for that period already.")))
        if place.against and not anyway:
            raise Invalid(Problem("anyway", contrary_figures(place, rule.clause)))
        said = cleaned_words(word)[:500]
        refuse_card_numbers([policy], _("What you say"), said, "word")
        made = Commendation.create(
            book=book,
            kind=rule.id,
            unit=unit,
            entry=entry,
            first=first.isoformat(),
            last=last.isoformat(),
            place=place.place,
            word=said,
            clause=rule.clause,
            by=self.permissions.account,
            at=clock.now(),
        )
        told = _notify_praised(KIND, made, rule)
        self.act.note_facts(
            unit=unit, entry=entry, clause=rule.clause, kind=rule.id, told=told, against=place.against
        )
        return int(made.id)

    @operation(
        "praise.take_back",
        label=_("take a commendation back"),
        recorded=True,
        power=power_over(Moves.SANCTION, way=Way.TOLD),
    )
    def take_back(self, commendation: int) -> None:
        """Delete a commendation, and notify whoever was commended and whoever gave it. Raises Refused for an
        actor who may not commend in its book."""
        row = Commendation.get_or_none(Commendation.id == commendation)
        if row is None or row.book_id not in self.permissions.books:
            raise Refused(
                _("There is no such commendation, or it was taken back."),
                SILENT,
                _("Look at the commendations on record."),
            )
        self._whole(row.book_id)
        rules = policy_of(row.book_id).commendations
        rule = next((one for one in rules if one.id == row.kind), rules[0])
        self.act.note_facts(unit=row.unit_id, entry=row.entry_id)
        self.act.note_facts(told=_notify_praised(UNSAID, row, rule, row.by_id))
        row.delete_instance()

    @operation("praise.list", label=_("list commendations"), recorded=False, power=LOOKS)
    def list(self, book: str) -> tuple[PraiseRow, ...]:
        """List the 200 newest commendations on record in a book: praise is for everybody in it to see."""
        self.permissions.check_book(book)
        labels = {rule.id: rule.label for rule in policy_of(book).commendations}
        rows = Commendation.select().where(Commendation.book == book).order_by(Commendation.id.desc())
        return tuple(
            PraiseRow(
                id=row.id,
                label=labels.get(row.kind, Label(row.kind, row.kind)),
                whom=row.entry.name if row.entry is not None else row.unit.name,
                unit=row.unit.name,
                first=row.first,
                last=row.last,
                place=row.place,
                word=row.word,
                by=name_of(row.by_id),
                at=local(row.at)[:16],
                clause=row.clause,
            )
            for row in rows.limit(200)
        )

    def _praises(self, book: str) -> bool:
        policy, root = policy_of(book), self.permissions.recorded_books[book].root
        functions = {*policy.keepers, policy.supervisor.role}
        return any(
            h.book == book and h.role in functions and h.unit == root for h in self.permissions.holdings
        )

    def _is_own(self, book: str, unit: int, entry: int | None) -> bool:
        """Return whether the praise would be the actor's own: of them, of their department, or of one that
        they head."""
        if entry is not None:
            return bool(Entry.get_by_id(entry).person_id == self.permissions.person)
        headed = {one.unit for one in self.permissions.own_holdings(HEAD, book)}
        return unit in headed or unit == self.permissions.own.get(book, (0, 0))[1]

    def _whole(self, book: str) -> None:
        """Raise Refused for who neither maintains nor supervises the whole book, and for a book without
        praise."""
        policy = self.permissions.check_book(book)
        rules = policy.commendations
        self.act.note_facts(book=book, clause=rules[0].clause if rules else SILENT)
        if not rules or not self._praises(book):
            raise Refused(
                _("Only those who maintain or supervise the directory rank and commend."),
                rules[0].clause if rules else SILENT,
                _("Look at the commendations on record."),
            )


def _notify_praised(kind: str, row: Commendation, rule: CommendationRule, *others: int) -> int:
    """Store a notice of a commendation to whoever is praised, and to ``others``; return how many are told."""
    praised = accounts_of_persons([row.entry.person_id]) if row.entry is not None else _people_of(row.unit_id)
    detail = {
        "label_zh": rule.zh,
        "label_en": rule.en,
        "place": row.place,
        "first": row.first,
        "last": row.last,
    }
    store_notice(
        kind,
        row.book_id,
        [*praised, *others],
        entry=row.entry_id,
        unit=row.unit_id,
        clause=row.clause,
        detail=detail,
    )
    return len(praised) + len(others)


def _people_of(unit: int) -> list[int]:
    rows = (
        Account.select(Account.id)
        .join(Entry, on=(Entry.person == Account.person))
        .where((Entry.unit == unit) & (Entry.state == "active") & (Account.state != "disabled"))
    )
    return [row.id for row in rows.order_by(Account.id)]
