"""Backups of a book at the desk, for its owner: make one, see what is lost, put it back (D.8, D.11.1); and
the host's, for whoever answers for them (F.4.1, H.6.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.desk.authority.permissions import policy_of
from db.desk.backups import owners_backups
from db.desk.backups.host_backups import HostBackupList, is_ordered, listed_backups
from db.desk.backups.owners_backups import CONTROL, BookBackup, Loss
from db.desk.frame import OperationGroup, operation
from db.desk.power.declaration import LOOKS, power_over
from db.desk.refusal import Invalid, Problem, Refused
from db.language import _
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import DEFAULT
from db.policy.wording import CYCLES
from db.store.backups.backup_store import NotStored
from db.store.backups.excerpt import Line
from db.store.moves import Moves


@dataclass(frozen=True, slots=True)
class BookBackupList:
    """The backups of a book, newest first, and whether it is time for the next one."""

    backups: tuple[BookBackup, ...]
    due: bool
    clause: str


class BookBackups(OperationGroup):
    """Operations of whoever answers for a book whose regulation leaves its backups to them."""

    @operation("backups.books", label=_("list directories to back up"), recorded=False, power=LOOKS)
    def books(self) -> tuple[str, ...]:
        return tuple(book for book in self.permissions.books if self._is_owner(policy_of(book)))

    @operation("backups.kept", label=_("list a directory's backups"), recorded=True, power=LOOKS)
    def kept(self, book: str) -> BookBackupList:
        """Return the backups of ``book``, without opening them, and whether the next is due. Raises Refused
        for a book that is not the actor's to back up."""
        policy = self._owned(book)
        return BookBackupList(
            owners_backups.recorded_backups(book), owners_backups.is_due(policy), policy.backups.clause
        )

    @operation("backups.make", label=_("back a directory up"), recorded=True, power=LOOKS)
    def make(self, book: str) -> BookBackup:
        """Encrypt the entries of ``book`` into a backup in every place, delete older ones beyond the number
        kept, and mark the notices that it was due as seen. Raises Refused for a book that is not the
        actor's to back up, Invalid if no place takes it."""
        self._owned(book)
        try:
            made = owners_backups.back_up_book(book)
        except NotStored as error:
            problem = _("No place took the backup ({reason}). Tell IT.", reason=error.reason)
            raise Invalid(Problem("backup", problem)) from error
        owners_backups.settle_due(book)
        self.act.note_facts(backup=made.name, places=made.places)
        return made

    @operation(
        "backups.overseen", label=_("list directories that the host backs up"), recorded=False, power=LOOKS
    )
    def overseen(self) -> tuple[str, ...]:
        """Return the books whose regulations have the host's backups answered for by the actor."""
        return tuple(book for book in self.permissions.books if self._answers_for(policy_of(book)))

    @operation("backups.runs", label=_("see the host's backups"), recorded=True, power=LOOKS)
    def runs(self, book: str) -> HostBackupList:
        """Return the host's backups on record, which hold ``book`` too, and whether they are in time for its
        rules. Raises Refused for those who don't answer for them."""
        return listed_backups(self._overseen(book))

    @operation("backups.order", label=_("have a backup made"), recorded=True, power=LOOKS)
    def order(self, book: str) -> None:
        """Record that the actor wants a backup of everything now. Makes none: the host's duty runner does
        within minutes, restores it on trial and checks it. Raises Refused for those who don't answer for it,
        Invalid where one was asked for already."""
        self._overseen(book)
        if is_ordered():
            raise Invalid(Problem("book", _("A backup was asked for already; it is made within minutes.")))

    @operation("backups.verify", label=_("have a backup verified"), recorded=True, power=LOOKS)
    def verify(self, book: str, backup: int) -> None:
        """Record that the backup that the host made under the record ``backup`` is to be verified again:
        whole, signed here, and restored on trial, by the duty runner within minutes. Raises Invalid for one
        that is not there any more, or is going to be verified; Refused for those who don't answer for it."""
        found = next((one for one in listed_backups(self._overseen(book)).backups if one.seq == backup), None)
        if found is None or not found.kept:
            raise Invalid(Problem("record", _("There is no such backup any more.")))
        if found.doubted:
            raise Invalid(Problem("record", _("It is to be verified already; that takes minutes.")))
        self.act.note_facts(seq=found.seq, place=found.place, file=found.file)

    @operation("backups.compare", label=_("compare with a backup"), recorded=True, power=LOOKS)
    def compare(self, book: str, name: str) -> tuple[Loss, ...]:
        """Decrypt the backup ``name`` and return entries that are gone since, or had other values. Raises
        Refused for a book that is not the actor's to back up, Invalid for a backup that is not there or
        damaged."""
        policy = self._owned(book)
        lines = self._content(book, name)
        self.act.note_facts(backup=name)
        return owners_backups.lost_entries(policy, lines)

    @operation(
        "backups.put_back", label=_("ask for entries as in a backup"), recorded=True, power=power_over(*Moves)
    )
    def put_back(self, book: str, name: str, entries: Sequence[int]) -> tuple[int, ...]:
        """Submit a request for each of ``entries`` to be what it was in the backup ``name``, with a file of
        what the backup says as its evidence; return the requests' numbers. Each has the effects and notices
        of `submit_request`, and is decided by the book's flow. Raises Invalid where an entry is not lost,
        only its photo is, or the backup is not there; Refused for a book that is not the actor's to back up,
        or whose requests the actor may not submit."""
        policy = self._owned(book)
        control = policy.control(CONTROL)
        lines = {line["entry"]: line for line in self._content(book, name)}
        lost = {loss.entry for loss in owners_backups.lost_entries(policy, list(lines.values()))}
        if not entries or not set(entries) <= lost:
            raise Invalid(Problem("entry", _("Name entries that differ from the backup.")))
        asked = [
            owners_backups.ask_back(self.act, policy, lines[entry], name) for entry in dict.fromkeys(entries)
        ]
        self.act.note_facts(clause=control.clause if control else None, backup=name, requests=asked)
        return tuple(asked)

    def _owned(self, book: str) -> EffectivePolicy:
        """Return the policy of a book that is the actor's to back up, and note it. Raises Refused."""
        policy = self.permissions.check_book(book)
        self.act.note_facts(book=book, clause=policy.backups.clause)
        if policy.control(CONTROL) is None:
            raise Refused(
                _(
                    "Backups of this directory are made on the host, {every}.",
                    every=CYCLES[policy.backups.every],
                ),
                policy.backups.clause,
                _("Ask IT where something is lost."),
            )
        if not self._is_owner(policy):
            raise Refused(
                _("Whoever answers for the directory backs it up."),
                policy.backups.clause,
                _("Tell them where something is lost."),
            )
        return policy

    def _overseen(self, book: str) -> EffectivePolicy:
        """Return the policy of a book whose host's backups the actor answers for; note it. Raises Refused."""
        policy = self.permissions.check_book(book)
        self.act.note_facts(book=book, clause=policy.backups.clause)
        if not self._answers_for(policy):
            role = policy.role(policy.role_behind(policy.backups.by)).label
            raise Refused(
                _("The backups are answered for by {role}.", role=role),
                policy.backups.clause,
                _("Ask them where you miss one."),
            )
        return policy

    def _answers_for(self, policy: EffectivePolicy) -> bool:
        stated = policy.control(CONTROL) is None and policy.backups.clause != DEFAULT
        role, root = policy.role_behind(policy.backups.by), self.permissions.recorded_books[policy.book].root
        return stated and any(held.unit == root for held in self.permissions.own_holdings(role, policy.book))

    def _is_owner(self, policy: EffectivePolicy) -> bool:
        roles = {policy.role_behind(policy.backups.by), *([policy.deputy.role] if policy.deputy else [])}
        return policy.control(CONTROL) is not None and self.permissions.holds_throughout(policy.book, *roles)

    def _content(self, book: str, name: str) -> list[Line]:
        lines = owners_backups.read_backup(book, name)
        if lines is None:
            raise Invalid(Problem("backup", _("There is no such backup, or it is damaged in every place.")))
        return lines
