"""Copies for their recipients: the list of one's own, the password that opens one, and the file itself."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.authority.permissions import policy_of
from db.desk.editions.edition_views import MyCopy, my_copy
from db.desk.editions.issuing import password_of
from db.desk.editions.marks import number_of, read_number
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.power.declaration import LOOKS, power_over
from db.desk.refusal import SILENT, Refused
from db.language import Label, _
from db.policy.schema.base import cite
from db.store import clock
from db.store.moves import Moves
from db.store.tables import EditionCopy, EditionFile, EditionIssue, Entry

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class OpenedCopy:
    """What opens a copy. ``first``: the receipt was acknowledged just now (I.4.3)."""

    number: str
    password: str
    acknowledged_at: str
    first: bool


class Copies(OperationGroup):
    """Operations on the copies that were issued to the actor."""

    @operation("copies.offered", label=_("ask whether copies may come"), recorded=False, power=LOOKS)
    def offered(self) -> bool:
        """Return whether any of the actor's books is issued in editions, so that a copy may come."""
        return any(self.permissions.policy(book).editions for book in self.permissions.books)

    @operation("copies.mine", label=_("list own copies"), recorded=False, power=LOOKS)
    def mine(self) -> tuple[MyCopy, ...]:
        """List the actor's copies, the newest first, up to ``AT_ONCE``."""
        rows = (
            EditionCopy.select(EditionCopy, EditionIssue)
            .join(EditionIssue)
            .where(EditionCopy.account == self.permissions.account)
            .order_by(EditionCopy.id.desc())
            .limit(AT_ONCE)
        )
        return tuple(my_copy(row) for row in rows)

    @operation("copies.open", label=_("open an own copy"), recorded=True, power=power_over(Moves.DUTY))
    def open(self, number: str) -> OpenedCopy:
        """Return the password of the actor's own copy. The first time, store the copy as acknowledged. Raises
        Refused for a copy of anybody else's, one that does not exist, and one that was called back or
        closed."""
        copy = self._own(number)
        first = copy.acknowledged_at is None
        if first:
            copy.acknowledged_at = clock.now()
            copy.save()
        self.act.note_facts(entry=copy.entry_id, copy=number_of(copy.issue_id, copy.ord), first=first)
        return OpenedCopy(
            number=number_of(copy.issue_id, copy.ord),
            password=password_of(copy),
            acknowledged_at=local(str(copy.acknowledged_at))[:16],
            first=first,
        )

    @operation("copies.fetch", label=_("take an own copy"), recorded=True, power=power_over(Moves.RECORD))
    def fetch(self, number: str, sha256: str, size: int) -> None:
        """Store and record that the file of the actor's own copy is taken, before it is sent (C.9.1). Raises
        Refused as `open` does."""
        copy = self._own(number)
        EditionFile.create(copy=copy, way="terminal", sha256=sha256, size=size, at=clock.now())
        self.act.note_facts(
            entry=copy.entry_id, copy=number_of(copy.issue_id, copy.ord), sha256=sha256, size=size
        )

    @operation("copies.check", label=_("look for an own copy"), recorded=False, power=LOOKS)
    def check(self, number: str) -> int:
        """Return the id of the actor's own copy called ``number``. Raises Refused as opening it would."""
        return int(self._own(number).id)

    def _own(self, number: str) -> EditionCopy:
        named = read_number(number)
        copy = (
            EditionCopy.get_or_none((EditionCopy.issue == named[0]) & (EditionCopy.ord == named[1]))
            if named is not None
            else None
        )
        if copy is None or copy.account_id != self.permissions.account:
            raise self._not_yours()
        self.act.note_facts(book=copy.issue.book_id, clause=copy.clause)
        if copy.recalled_at is not None:
            raise Refused(
                _("This copy was called back on {day}.", day=local(str(copy.recalled_at))[:10]),
                copy.clause,
                _("Destroy what you have of it; a later issue comes to you by itself."),
            )
        if copy.closed_at is not None:
            raise Refused(
                _(
                    "This copy was closed on {day}: {reason}",
                    day=local(str(copy.closed_at))[:10],
                    reason=copy.close_reason,
                ),
                copy.clause,
                _("A later issue comes to you by itself."),
            )
        if Entry.get_by_id(copy.entry_id).state != "active":
            raise self._not_yours()
        return copy

    def _not_yours(self) -> Refused:
        """Build the refusal that is the same for anybody else's copy and for none; it cites who may receive
        copies."""
        policies = [policy_of(book) for book in self.permissions.books]
        rules = [(policy, rule) for policy in policies for rule in policy.editions]
        if not rules:
            return Refused(
                _("This is no copy of yours."), SILENT, _("Your copies are listed under My copies.")
            )
        policy = rules[0][0]
        role: Label = policy.role(policy.maintainer.role).label
        return Refused(
            _("This is no copy of yours; copies are for their recipients alone."),
            cite(*(rule.recipients.clause for _policy, rule in rules)),
            _("If you need one, request a copy, or ask {role}.", role=role),
        )
