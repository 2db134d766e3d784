"""All that an account's standing rests on, read from the record in one statement.

It is read anew for every operation, at every key of a search too, so it may cost next to nothing: the
parts come as the arms of one union, each row led by the number of its part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from db.store import clock
from db.store.engine import database, store
from db.store.sql import fetch
from db.store.tables import in_force, office_when_named

ACCOUNT, OWN, GRANT, DELEGATION, ACCESS, BOOK, ACCEPTED, ABOVE, ANSWERS, ENDS, RULES = range(11)

PARTS = """
WITH me AS (SELECT person_id FROM account WHERE id = {account}),
mine AS (
    SELECT e.id, e.book_id, e.unit_id, e.kind FROM entry e JOIN me ON me.person_id = e.person_id
    WHERE e.state = 'active' AND e.ended_at IS NULL
),
given AS (
    SELECT g.book_id, g.unit_id, g.role, g.capacity, g."until" FROM "grant" g
    WHERE (g.account_id = {account} OR g.person_id = (SELECT person_id FROM me)) AND <in force>
)
SELECT 0, a.person_id, s.account_id, CAST(NULL AS INTEGER), a.login, a.state,
    COALESCE(s.ended_how, s.ended_at, '')
    FROM account a LEFT JOIN sign_in_session s ON s.id = {session} WHERE a.id = {account}
UNION ALL SELECT 1, id, unit_id, NULL, book_id, kind, '' FROM mine
UNION ALL SELECT 2, unit_id, CASE capacity WHEN 'holder' THEN 0 WHEN 'acting' THEN 1 ELSE 2 END, NULL,
    COALESCE(book_id, ''), role, COALESCE("until", '') FROM given
UNION ALL SELECT 3, d.account_id, g.unit_id, NULL, d.book_id, d.role, d.until_day
    FROM delegation d JOIN account a ON a.id = d.account_id AND a.state <> 'disabled'
    JOIN "grant" g ON <named> AND <in force>
    WHERE d.to_id = {account} AND d.from_day <= {today} AND d.until_day >= {today} AND d.revoked_at IS NULL
UNION ALL SELECT 4, g.entry_id, NULL, NULL, e.book_id, r.clause, g."until"
    FROM access_grant g JOIN entry e ON e.id = g.entry_id AND e.state = 'active'
    JOIN request r ON r.id = g.request_id
    WHERE g.account_id = {account} AND g.from_at <= {now} AND g."until" > {now} AND g.withdrawn_at IS NULL
UNION ALL SELECT 5, u.id, b.sort, CASE WHEN b.active THEN 1 ELSE 0 END, b.id, b.policies, b.decisions
    FROM book b LEFT JOIN unit u ON u.parent_id IS NULL AND u.book_id = b.id
UNION ALL SELECT 6, NULL, NULL, NULL, policy, version, ''
    FROM undertaking_accepted WHERE account_id = {account}
UNION ALL SELECT 7, unit_id, above_id, distance, '', '', '' FROM unit_above WHERE unit_id IN (
    SELECT unit_id FROM mine UNION SELECT unit_id FROM given
)
UNION ALL SELECT 8, e.id, e.unit_id, NULL, e.book_id, '', ''
    FROM mine m JOIN entry e ON e.inside_owner = m.id AND e.state = 'active'
UNION ALL SELECT 9, NULL, NULL, NULL, COALESCE(MIN(day), ''), COALESCE((
    SELECT MIN(r.due) FROM request r WHERE r.kind = 'move' AND r.state = 'open' AND NOT EXISTS (
        SELECT 1 FROM request_step s WHERE s.request_id = r.id AND s.state IN ('open', 'waiting'))
), ''), '' FROM last_day WHERE state = 'coming'
UNION ALL SELECT 10, NULL, NULL, NULL, digest, '', '' FROM rules_head
""".replace("<in force>", in_force("g")).replace("<named>", office_when_named("g", "d", "a"))

Row = tuple[int | None, int | None, int | None, str, str, str]
"""Three numbers and three texts; which they are depends on the part."""


@dataclass(frozen=True, slots=True)
class GrantRows:
    """The rows of each part, without the part's number, as they were at ``moment``."""

    moment: str
    parts: Sequence[list[Row]] = field(default_factory=lambda: [[] for _part in range(11)])

    def __getitem__(self, part: int) -> list[Row]:
        return self.parts[part]


def read_grants(account: int, session: int, at: str = "") -> GrantRows:
    """Read all that is on record about ``account`` now in one statement, or with ``at`` the roles that it
    held at that moment. ``session`` 0 is none; the ACCOUNT part names its owner."""
    now = at or clock.now()
    values = {
        "account": account,
        "session": session,
        "now": now,
        "today": clock.local_date(now, store().settings.time_zone).isoformat(),
    }
    statement, names = _statement(database.param, taken_since=bool(at))
    found = GrantRows(now)
    for row in fetch(statement, [values[name] for name in names]):
        found.parts[row[0]].append(row[1:])
    return found


@cache
def _statement(mark: str, *, taken_since: bool) -> tuple[str, tuple[str, ...]]:
    """Build the statement with its marks, and the names of its parameters in order; cached. ``taken_since``:
    roles count that were taken back later."""
    names, held = [], "g.revoked_at IS NULL"
    parts = PARTS.replace(held, f"({held} OR g.revoked_at > {{now}})") if taken_since else PARTS
    pieces = parts.split("{")
    text = pieces[0]
    for piece in pieces[1:]:
        name, rest = piece.split("}", 1)
        names.append(name)
        text += mark + rest
    return text, tuple(names)
