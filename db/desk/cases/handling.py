"""Who handles a case: the role that the policy names for its kind, and never a person concerned.

Where everybody of that role is concerned, or nobody holds it, the ladder of requests goes on: the
maintainer, its deputy, the supervisor. Whoever reported a case does not decide it.
"""

from __future__ import annotations

from db.desk.authority.standing import policy_of
from db.desk.refusal import SILENT, Refused
from db.desk.requests.deciding import Case, Decider, Deciding
from db.language import Label, Message, Text, _
from db.policy.effective import EffectivePolicy
from db.store.tables import Account, CaseEvent, CaseFile, CaseParty, Entry


class Handling:
    """Answers for one operation; what was looked up once is not looked up again."""

    def __init__(self, deciding: Deciding | None = None) -> None:
        self._deciding = deciding or Deciding()

    def handlers(self, row: CaseFile) -> tuple[Decider, ...]:
        """Who may work on the case: who holds its role, and where all of those reported it, whoever decides
        it in their place."""
        holders = self._deciding.deciders(self._case(row), role_of(row))
        known = {one.account for one in holders}
        return (*holders, *(one for one in self.judges(row) if one.account not in known))

    def judges(self, row: CaseFile) -> tuple[Decider, ...]:
        """Who may decide it: of those, nobody who reported it."""
        return self._deciding.deciders(self._case(row, row.reporter_id), role_of(row))

    def handles(self, row: CaseFile, account: int) -> bool:
        """Whether ``account`` works on the case."""
        return any(one.account == account for one in self.handlers(row))

    def reads(self, row: CaseFile, account: int) -> bool:
        """Whether ``account`` works on it, or did before it went to others."""
        if self.is_concerned(row, account):
            return False
        acted = CaseEvent.select().where((CaseEvent.case == row) & (CaseEvent.account == account))
        return self.handles(row, account) or acted.where(CaseEvent.act != "reported").exists()

    def is_concerned(self, row: CaseFile, account: int) -> bool:
        """Whether the case is about the account's own person."""
        return self._deciding.is_barred(self._case(row), account)

    def _case(self, row: CaseFile, *barred: int) -> Case:
        persons = frozenset(
            int(entry.person_id)
            for entry in Entry.select().join(CaseParty).where(CaseParty.case == row)
            if entry.person_id is not None
        )
        own = Entry.get_by_id(row.entry_id).person_id if row.entry_id is not None else None
        return Case(row.book_id, row.unit_id, None, persons | self._deciding.barred(*barred, person=own))


def role_of(row: CaseFile) -> str:
    """The role that handles a case of this kind."""
    policy = policy_of(row.book_id)
    rule = policy.case(row.kind)
    return policy.holder(rule.to if rule is not None else policy.reporting_of(row.sort).to)


def kind_label(policy: EffectivePolicy, sort: str, kind: str) -> Text:
    """What a case is about in a word."""
    if sort == "error":
        return _("error in an entry")
    rule = policy.case(kind)
    return rule.label if rule is not None else _("report of a breach")


def label_pair(text: Text) -> Label:
    """``text`` in both languages, to be kept."""
    from db.language import say

    return Label(say(text, "zh_CN"), say(text, "en"))


def handled_by_others(row: CaseFile, message: Message) -> Refused:
    """A refusal that names who decides instead."""
    policy = policy_of(row.book_id)
    names = "、".join(one.name for one in Handling().judges(row)) or policy.role(role_of(row)).label
    return Refused(message, row.clause, _("It is for {who} to decide.", who=names))


def no_such_case() -> Refused:
    """The refusal that is the same whether a case exists or not."""
    return Refused(
        _("There is no such case for you."),
        SILENT,
        _("Look at the list of cases for those that are yours."),
    )


def accounts_of(entry: int) -> list[int]:
    """Accounts of an entry's person that are not closed."""
    person = Entry.get_by_id(entry).person_id
    rows = Account.select(Account.id).where((Account.person == person) & (Account.state != "disabled"))
    return [row.id for row in rows] if person is not None else []
