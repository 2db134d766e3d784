"""What of an issue stands in the copy of one recipient: no more than they may see, unless a clause of the
edition hands them the field (`db.policy.edition_content`). Not an operation."""

from __future__ import annotations

from dataclasses import replace

from db.desk.authority.reach import widest_of
from db.desk.authority.sight import Reader
from db.desk.authority.standing import holdings_of, policy_of
from db.desk.editions.content import Content
from db.policy.edition_content import is_handed
from db.policy.rules import FieldRule
from db.store.tables import EditionCopy, Entry

WITHHELD = "–"
"""What stands in the place of a value that the recipient may not see, whether there is one or not."""


def for_recipient(content: Content, copy: EditionCopy) -> Content:
    """``content`` as it stands in ``copy``, by the rules and the recipient's roles of now."""
    book = copy.issue.book_id
    rules = {rule.name: rule for rule in policy_of(book).fields}
    doubtful = {
        place: rules[column.name]
        for place, column in enumerate(content.columns)
        if column.name in rules and not is_handed(rules[column.name], copy.issue.clause, copy.clause)
    }
    kinds = {row.id: row.kind for row in Entry.select(Entry.id, Entry.kind).where(Entry.book == book)}
    reader, own = _recipient(copy), copy.entry
    rows = []
    for row in content.rows:
        towards = {
            name
            for name, holds in (
                ("self", row.entry == own.id),
                ("unit", row.unit == own.unit_id),
                ("peer", kinds.get(row.entry) == own.kind),
            )
            if holds
        }
        here = replace(reader, relations=reader.relations | towards)
        cells = tuple(
            cell if place not in doubtful or _sees(here, doubtful[place]) else WITHHELD
            for place, cell in enumerate(row.cells)
        )
        rows.append(replace(row, cells=cells))
    return replace(content, rows=tuple(rows))


def _recipient(copy: EditionCopy) -> Reader:
    """The recipient with their own roles, as they see the book's own people."""
    policy = policy_of(copy.issue.book_id)
    roles = {
        holding.role
        for holding in holdings_of(copy.account_id)
        if holding.book == policy.book and holding.for_account is None
    }
    scopes = [policy.scope(role) for role in roles]
    return Reader(widest_of(scope.protected for scope in scopes if scope.reach != "none"), frozenset(roles))


def _sees(reader: Reader, rule: FieldRule) -> bool:
    return reader.sees(rule) and reader.look(rule) != "closed"
