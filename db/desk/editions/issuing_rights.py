"""Who issues a book's editions and who watches over them: functions that are held throughout the book.

A function that was given from a unit down gives no right to an edition, which shows the whole book.
"""

from __future__ import annotations

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.authority.whom_to_ask import FOR_IT, ask_office
from db.desk.frame import OperationGroup
from db.desk.refusal import SILENT, Refused
from db.language import Label, _
from db.policy.effective import EffectivePolicy
from db.policy.schema.base import regulations_in
from db.policy.schema.book import EditionRule
from db.store.tables import EditionIssue


class OfEditions(OperationGroup):
    """Finds editions and issues for an actor who oversees or issues them, and refuses everybody else."""

    def _edition(self, book: str, edition: str) -> tuple[EffectivePolicy, EditionRule]:
        """Find an edition of a book of the actor's, and note book and clause for the audit. Raises Refused
        for any other."""
        policy = self.permissions.check_book(book)
        self.act.note_facts(book=book)
        rule = next((one for one in policy.editions if one.id == edition), None)
        if rule is None:
            raise Refused(
                _("This directory has no edition called {name}.", name=edition),
                SILENT,
                _("Its editions: {names}.", names=", ".join(one.id for one in policy.editions))
                if policy.editions
                else _("Its regulations have none issued: choose another directory."),
            )
        self.act.note_facts(clause=rule.clause)
        return policy, rule

    def _overseen(self, issue: int) -> tuple[EditionIssue, EditionRule]:
        """Find an issue that the actor may look at. Raises Refused for any other."""
        row = EditionIssue.get_or_none(EditionIssue.id == issue)
        if row is None or row.book_id not in self.permissions.books:
            raise no_such_issue()
        policy, rule = self._edition(row.book_id, row.edition)
        self._check_overseer(policy, rule)
        return row, rule

    def _managed(self, issue: int) -> tuple[EditionIssue, EditionRule]:
        """Find an issue of what the actor issues. Raises Refused for any other."""
        row, rule = self._overseen(issue)
        self._check_issuer(policy_of(row.book_id), rule)
        return row, rule

    def _check_issuer(self, policy: EffectivePolicy, rule: EditionRule) -> None:
        """Raise Refused for those who do not issue the editions of the book: by the clause on who keeps it
        where the edition's regulation says so, else by that on issuing."""
        keeping, issuing = policy.maintainer.clause, (rule.due or rule).clause
        if not issues_editions(self.permissions, policy):
            role: Label = policy.role(policy.maintainer.role).label
            raise Refused(
                _("Only {role} issues the editions of this directory.", role=role),
                keeping if regulations_in(keeping) & regulations_in(rule.clause) else issuing,
                ask_office(policy, (policy.maintainer.role,), FOR_IT),
            )

    def _check_overseer(self, policy: EffectivePolicy, rule: EditionRule) -> None:
        """Raise Refused for those who neither issue them nor watch over them."""
        if not oversees_editions(self.permissions, policy):
            copy = _("Ask {role} for a copy; a request for a copy says what you need it for.")
            raise Refused(
                _("An edition is for its recipients alone."),
                rule.recipients.clause,
                ask_office(policy, (policy.maintainer.role,), copy),
            )


def issues_editions(permissions: Permissions, policy: EffectivePolicy) -> bool:
    """Return whether the account maintains the whole book, itself or standing in for its maintainer."""
    return _throughout(permissions, policy, *policy.keepers)


def traces_copies(permissions: Permissions, policy: EffectivePolicy) -> bool:
    """Return whether the account owns or supervises the whole book, and so traces its copies."""
    return _throughout(permissions, policy, *policy.holders("owner"), policy.supervisor.role)


def oversees_editions(permissions: Permissions, policy: EffectivePolicy) -> bool:
    """Return whether the account issues the book's editions, or watches over the issuers."""
    return issues_editions(permissions, policy) or traces_copies(permissions, policy)


def no_such_issue() -> Refused:
    """Return the refusal for an issue of another's book, the same as for none."""
    return Refused(_("There is no such issue for you."), SILENT, _("Choose one from your list of editions."))


def _throughout(permissions: Permissions, policy: EffectivePolicy, *roles: str) -> bool:
    root = permissions.recorded_books[policy.book].root
    return any(
        holding.book == policy.book and holding.role in roles and holding.unit == root
        for holding in permissions.holdings
    )
