"""What of an issue stands in the copy of one recipient: no more than they may see, of no more people, unless
the edition hands them the field (`db.policy.edition_content`). Not an operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from db.desk.authority.permissions import Holding, holdings_of, place_of, policy_of, root_of
from db.desk.authority.reach import units_above
from db.desk.authority.sight import FieldReader, reader_by
from db.desk.editions.content import EditionRow, IssueContent
from db.policy.edition_content import handed_by
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule
from db.policy.vocabulary import Reach, Side
from db.store.tables import EditionCopy, Entry

WITHHELD = "–"
"""What stands in the place of a value that the recipient may not see, whether there is one or not."""


def content_for_recipient(content: IssueContent, copy: EditionCopy, account: int) -> IssueContent:
    """Return of ``content`` what the recipient of ``copy`` may see by the rules, with the roles that
    ``account`` has now. Of a row out of their reach it keeps the columns that the edition itself hands over,
    and drops the row where there are none."""
    policy = policy_of(copy.issue.book_id)
    rules = {rule.name: rule for rule in policy.fields}
    edition = next((rule for rule in policy.editions if rule.id == copy.issue.edition), None)
    doubtful = {
        place: rules[column.name]
        for place, column in enumerate(content.columns)
        if column.name in rules and (edition is None or handed_by(edition, column.name) is None)
    }
    if not doubtful:
        return content
    recipient = _Recipient(copy, account, content.rows)
    rows = []
    for row in content.rows:
        reader = recipient.field_reader(row)
        if reader is None and len(doubtful) == len(content.columns):
            continue
        cells = tuple(
            cell if place not in doubtful or _sees(reader, doubtful[place]) else WITHHELD
            for place, cell in enumerate(row.cells)
        )
        rows.append(replace(row, cells=cells))
    return replace(content, rows=tuple(rows))


class _Recipient:
    """The recipient of ``copy`` with their own roles, as they see the people of ``rows``."""

    def __init__(self, copy: EditionCopy, account: int, rows: Sequence[EditionRow]) -> None:
        self.policy: EffectivePolicy = policy_of(copy.issue.book_id)
        self.own: Entry = copy.entry
        self.root = root_of(self.policy.book)
        self.held: list[Holding] = [
            holding for holding in holdings_of(account) if holding.book == self.policy.book
        ]
        known = Entry.select(Entry.id, Entry.kind).where(Entry.book == self.policy.book)
        self.kinds: Mapping[int, str] = {row.id: row.kind for row in known}
        self.sides: Mapping[str, Side] = {kind.id: kind.side for kind in self.policy.kinds}
        self.above = units_above({row.unit for row in rows})

    def field_reader(self, row: EditionRow) -> FieldReader | None:
        """Return how they see the entry of ``row``; None where it is out of their reach."""
        own, is_own = self.own, row.entry == self.own.id
        side = self.sides.get(self.kinds.get(row.entry, ""), "internal")
        scopes = [(holding, self.policy.scope(holding.role, side)) for holding in self.held]
        held = [(scope.role, scope.protected) for one, scope in scopes if self._covers(one, scope.reach, row)]
        if not held and not is_own:
            return None
        peer = self.kinds.get(row.entry) == own.kind
        return reader_by(held, own=is_own, unit=row.unit == own.unit_id, peer=peer)

    def _covers(self, holding: Holding, reach: Reach, row: EditionRow) -> bool:
        place = place_of(holding, reach, self.root, self.own.unit_id)
        if place is None:
            return False
        unit, below = place
        return row.unit == unit or (below and unit in self.above[row.unit])


def _sees(reader: FieldReader | None, rule: FieldRule) -> bool:
    return reader is not None and reader.sees_field(rule) and reader.field_look(rule) != "closed"
