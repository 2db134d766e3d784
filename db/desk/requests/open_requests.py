"""The requests that are being decided, as few columns of each as it takes to tell whose turn it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from db.approval.facts import Earlier
from db.desk.authority.permissions import Permissions
from db.desk.requests.request_kinds import KINDS
from db.policy.vocabulary import DEFAULT, HEAD, SECONDS
from db.store.sql import fetch, is_among
from db.store.tables import Book, Request, Unit

AT_ONCE = 10_000

OPEN = """
SELECT r.id, r.book_id, r.kind, r.due, r.submitted_at, s.role, COALESCE(s.unit, r.unit_id),
    r.requester_id, r.about_id, r.entry_id, s.clause
FROM {requests} CROSS JOIN request_step s
WHERE s.request_id = r.id AND s.state = 'open' AND r.state = 'open' AND {places}
"""
"""SQLite reads requests before their steps, as they are joined by CROSS: an index has all of them."""
EARLIER = """
SELECT s.request_id, s.decided_by_id, s.on_behalf_of_id
FROM {requests} CROSS JOIN request_step s
WHERE s.request_id = r.id AND s.state = 'approved' AND r.state = 'open' AND {places}
"""
BELOW = """(
    SELECT id FROM request WHERE unit_id IN (SELECT unit_id FROM unit_above WHERE {above})
    UNION SELECT request_id FROM request_step WHERE unit IN (SELECT unit_id FROM unit_above WHERE {above})
    UNION SELECT asked.id FROM entry o CROSS JOIN entry e CROSS JOIN request asked
    WHERE o.unit_id IN (SELECT unit_id FROM unit_above WHERE {above})
        AND e.inside_owner = o.id AND asked.entry_id = e.id AND asked.state = 'open'
) AS below CROSS JOIN request r"""
"""The last by CROSS, too: SQLite begins with the people of the units, not with all open requests."""


class OpenRequest(NamedTuple):
    """A request with the step that it waits at, and the ``earlier`` decisions on it."""

    id: int
    book: str
    kind: str
    due: str | None
    submitted_at: str
    role: str
    unit: int
    requester: int
    about: int | None
    entry: int | None
    clause: str
    earlier: tuple[Earlier, ...]

    @property
    def awaits_head(self) -> bool:
        """Whether a regulation has a head decide it, and not the safe default alone."""
        return self.role == HEAD and self.clause != DEFAULT

    @property
    def depends_on_content(self) -> bool:
        """Whether who may decide depends on its sealed content."""
        return KINDS[self.kind].looks_up or KINDS[self.kind].ousts is not None


def deciding_places(permissions: Permissions) -> tuple[dict[str, frozenset[str]], list[str], list[int]]:
    """Return the account's roles by book, but that of employees; the books in which it has an office that is
    no headship; and the units that it heads where it has none."""
    roles = {book: permissions.deciding_roles(book) - {"employee"} for book in permissions.books}
    offices = [book for book, held in roles.items() if held - {HEAD}]
    heads = [one for one in (*permissions.holdings, *permissions.stands_in) if one.role == HEAD]
    return roles, offices, [one.unit for one in heads if roles.get(one.book) == frozenset({HEAD})]


def open_requests(permissions: Permissions) -> list[OpenRequest]:
    """Return what the account may decide by its roles and places; a second is asked from anywhere."""
    found: list[OpenRequest] = []
    roles, offices, headed = deciding_places(permissions)
    if offices:
        where, given = is_among("r.book_id", offices)
        found += _fetch_open("request r", where, given)
    if headed:
        requests, values = asked_below(headed)
        there = _fetch_open(requests, "r.id = below.id", values)
        found += [one for one in there if one.role == HEAD]
    if any(roles.values()):
        known = {one.id for one in found}
        second, given = is_among("s.role", SECONDS)
        found += [one for one in _fetch_open("request r", second, given) if one.id not in known]
    return found


def asked_below(units: Sequence[int]) -> tuple[str, tuple[object, ...]]:
    """Return SQL tables to select from, with their values: requests that were submitted in units below
    ``units``, wait there, or are about an outside contact whose inside owner is there (E.5)."""
    above, given = is_among("above_id", units)
    return BELOW.format(above=above), (*given, *given, *given)


def _fetch_open(requests: str, places: str, given: Sequence[object]) -> Iterator[OpenRequest]:
    earlier: dict[int, list[Earlier]] = defaultdict(list)
    for number, decider, lent in fetch(EARLIER.format(requests=requests, places=places), given):
        if decider is not None:
            earlier[number].append((decider, lent))
    for row in fetch(OPEN.format(requests=requests, places=places), given):
        yield OpenRequest._make((*row, tuple(earlier.get(row[0], ()))))


def load_requests(numbers: Sequence[int]) -> dict[int, Request]:
    """Load requests with their books and units, in the order of ``numbers``. Raises KeyError for one that is
    gone."""
    rows: dict[int, Request] = {}
    placed = Request.select(Request, Book, Unit).join(Book).switch(Request).join(Unit)
    for first in range(0, len(numbers), AT_ONCE):
        rows.update((row.id, row) for row in placed.where(Request.id.in_(numbers[first : first + AT_ONCE])))
    return {number: rows[number] for number in numbers}
