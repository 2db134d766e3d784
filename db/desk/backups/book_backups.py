"""Backups of a book at the desk, for its owner: make one, see what is lost, put it back (D.8, D.11.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.desk.authority.standing import no_such_book, policy_of
from db.desk.backups import owners_backups
from db.desk.backups.owners_backups import CONTROL, BookBackup, Loss
from db.desk.frame import Subject, operation
from db.desk.refusal import Invalid, Problem, Refused
from db.language import _
from db.policy.effective import EffectivePolicy
from db.policy.wording import CYCLES
from db.store.backups.excerpt import Line
from db.store.backups.shelf import NotStored


@dataclass(frozen=True, slots=True)
class BookShelf:
    """The backups of a book, newest first, and whether it is time for the next one."""

    backups: tuple[BookBackup, ...]
    due: bool
    clause: str


class BookBackups(Subject):
    """Operations of whoever answers for a book whose regulation leaves its backups to them."""

    @operation("backups.books", recorded=False)
    def books(self) -> tuple[str, ...]:
        """The books that the actor backs up."""
        return tuple(book for book in self.standing.books if self._is_owner(policy_of(book)))

    @operation("backups.kept", recorded=True)
    def kept(self, book: str) -> BookShelf:
        """The backups of ``book``."""
        policy = self._owned(book)
        return BookShelf(owners_backups.kept(book), owners_backups.is_due(policy), policy.backups.clause)

    @operation("backups.make", recorded=True)
    def make(self, book: str) -> BookBackup:
        """Back ``book`` up now, in every place. Raises Invalid where no place takes it."""
        self._owned(book)
        try:
            made = owners_backups.make(book)
        except NotStored as error:
            problem = _("No place took the backup ({reason}). Tell IT.", reason=error.reason)
            raise Invalid(Problem("backup", problem)) from error
        self.act.note(backup=made.name, places=made.places)
        return made

    @operation("backups.compare", recorded=True)
    def compare(self, book: str, name: str) -> tuple[Loss, ...]:
        """Entries that are gone since the backup ``name``, or have other values than in it."""
        policy = self._owned(book)
        lines = self._content(book, name)
        self.act.note(backup=name)
        return owners_backups.losses(policy, lines)

    @operation("backups.put_back", recorded=True)
    def put_back(self, book: str, name: str, entries: Sequence[int]) -> tuple[int, ...]:
        """Make ``entries`` what they were in the backup ``name``; the entries that they are now.

        Raises Invalid where one of them is not lost, or the backup is not there.
        """
        policy = self._owned(book)
        control = policy.control(CONTROL)
        lines = {line["entry"]: line for line in self._content(book, name)}
        lost = {loss.entry for loss in owners_backups.losses(policy, list(lines.values()))}
        if not entries or not set(entries) <= lost:
            raise Invalid(Problem("entry", _("Name entries that differ from the backup.")))
        before: dict[str, object] = {}
        after: dict[str, object] = {}
        done = []
        for entry in dict.fromkeys(entries):
            made, was = owners_backups.put_back(policy, lines[entry], name, self.standing.account)
            before[str(made)], after[str(made)] = was, lines[entry]["values"]
            done.append(made)
        self.act.note(clause=control.clause if control else None, backup=name, entries=len(done))
        self.act.keep(before, after)
        return tuple(done)

    def _owned(self, book: str) -> EffectivePolicy:
        """The policy of a book that is the actor's to back up. Raises Refused."""
        if book not in self.standing.books:
            raise no_such_book()
        policy = policy_of(book)
        self.act.note(book=book, clause=policy.backups.clause)
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

    def _is_owner(self, policy: EffectivePolicy) -> bool:
        roles = {policy.holder(policy.backups.by), *([policy.deputy.role] if policy.deputy else [])}
        return policy.control(CONTROL) is not None and bool(roles & self.standing.roles(policy.book))

    def _content(self, book: str, name: str) -> list[Line]:
        lines = owners_backups.content(book, name)
        if lines is None:
            raise Invalid(Problem("backup", _("There is no such backup, or it is damaged in every place.")))
        return lines
