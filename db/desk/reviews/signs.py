"""Stale entries at the desk: the list for those who clean up, and reporting what does not reach (E.14)."""

from __future__ import annotations

from db.desk.authority.permissions import policy_of
from db.desk.authority.sight import sights_of
from db.desk.entry.colleagues import not_within_reach, side_of
from db.desk.entry.noting import Event
from db.desk.entry.stale import StaleEntry, end_signs, note_sign, sign_of, stale_entries
from db.desk.frame import OperationGroup, operation
from db.desk.notifications.notices import store_notice
from db.desk.power.declaration import LOOKS, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.language import _
from db.store.moves import Moves
from db.store.tables import Entry

SEEN_TO = "sign-seen-to"


def tell_reporters(entry: Entry, *, right: bool) -> None:
    """End the reports about ``entry``, on changed values or on all if found ``right``, and notify the
    reporters of which."""
    policy = policy_of(entry.book_id)
    clause = policy.stale.clause if policy.stale is not None else SILENT
    for account, fields in end_signs(entry.id, right=right).items():
        detail = {"fields": fields, "right": right}
        store_notice(SEEN_TO, entry.book_id, [account], clause=clause, entry=entry.id, detail=detail)


def end_reports(entry: Entry, event: Event) -> None:
    if event == "change":
        tell_reporters(entry, right=False)


class Stale(OperationGroup):
    """Operations on signs of staleness."""

    @operation("stale.entries", label=_("list stale entries"), recorded=True, power=LOOKS)
    def entries(self, book: str) -> tuple[StaleEntry, ...]:
        """List stale entries of ``book`` now, the longest unverified first. Raises Refused to all but those
        who maintain or supervise it."""
        policy = self.permissions.check_book(book)
        self.act.note_facts(book=book, clause=policy.stale.clause if policy.stale else SILENT)
        root = self.permissions.recorded_books[book].root
        functions = {*policy.keepers, policy.supervisor.role}
        if not any(
            h.book == book and h.role in functions and h.unit == root for h in self.permissions.holdings
        ):
            raise Refused(
                _("Only those who maintain or supervise the directory see this list."),
                policy.maintainer.clause,
                _("Report the entry that you found wrong."),
            )
        return stale_entries(policy)

    @operation(
        "stale.report",
        label=_("report a dead number or address"),
        recorded=True,
        power=power_over(Moves.ENTRY),
    )
    def report(self, entry: int, field: str) -> None:
        """Store that mail to an entry comes back or its number is dead; the next clean-up review lists it.
        Notifies nobody. Raises Refused for an entry out of reach, Invalid for a field that can't be dead."""
        row = Entry.get_or_none((Entry.id == entry) & (Entry.state == "active"))
        self.act.note_facts(entry=entry)
        reader = None
        if row is not None:
            sights = sights_of(self.permissions, row.book_id, side_of(row))
            reader = sights.field_reader(row.id, row.unit_id, row.kind)
        if row is None or reader is None:
            raise not_within_reach(self.permissions)
        policy = policy_of(row.book_id)
        known = any(rule.name == field and reader.sees_field(rule) for rule in policy.fields)
        sign = sign_of(policy, field) if known else None
        if sign is None or not note_sign(row.id, field, sign, self.permissions.account):
            raise Invalid(Problem("field", _("There is no number or address there that could be dead.")))
        clause = policy.stale.clause if policy.stale is not None else SILENT
        self.act.note_facts(book=row.book_id, unit=row.unit_id, clause=clause, field=field, sign=sign)
