"""Who on record the people of a file are (A.10, B.2), as their rows say it: by a login, or by an e-mail
address that another directory shows whoever imports.

Nobody is taken for a namesake: a row that says nothing brings somebody new, and that there is a namesake is a
note to whoever sees them. One hand alone recognises nobody (`requests.recognising`): what a row says holds at
the host, or once another keeper has agreed. Until then it is taken in alike whatever it is, and afterwards
refused alike (C.10). Not an operation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from peewee import chunked

from db.desk.act import Act
from db.desk.authority.permissions import Permissions, policy_of
from db.desk.authority.reach import covering_reaches
from db.desk.entry.colleagues import side_of
from db.desk.entry.record import personal_fields
from db.desk.importing.columns import ON_RECORD, SAID_TO_BE, column_finder, heading_row
from db.desk.importing.outcome import RowError
from db.desk.importing.plan import CHUNK, Plan, personal_values
from db.desk.importing.rows import Planned
from db.desk.power.declaration import Way
from db.desk.refusal import Refused
from db.desk.requests.approvers import ApproverResolver
from db.desk.requests.recognising import is_in, may_be_person
from db.language import Message, _
from db.policy.effective import EffectivePolicy
from db.store.tables import Account, Entry, RequestStep

_NOBODY: Final = _("There is nobody of that account and name on record who could come in here.")
_MEND: Final = _("Correct the cell or clear it: without it somebody new comes in.")
_STAYS: Final = _("In the directory already: a file does not change who somebody is.")
_FIRST_LEAVE: Final = _(
    "To make them one person, enter that they leave this directory; then the row comes in as that person."
)
_NAMESAKE: Final = _(
    "Where it is the same person, write their login or e-mail under {column}.", column=ON_RECORD
)


def find_persons(act: Act, book: str, plan: Plan) -> None:
    """Store in the plan the persons on record whom rows name, locked, where the host imports or somebody
    agreed; before that, only add errors for those who are in the book already."""
    if _is_at_host(act) or act.agreed_by is not None:
        reach = act.permissions if act.second is not None else None
        plan.persons, wrong = _recognise(reach, book, plan.entries)
        plan.errors += wrong
    else:
        plan.errors += _in_already(book, plan.entries)


def note_questions(act: Act, book: str, plan: Plan) -> None:
    """Add notes to the plan that only the importer can answer: whether a namesake within their reach is the
    same person, and that people in the book already are left as they are."""
    plan.notes += _namesakes(act.permissions, book, plan.entries)
    plan.notes += [_wrong(entry, _STAYS, _FIRST_LEAVE) for entry, _there in plan.known if entry.said_to_be]


def check_agreed(act: Act, policy: EffectivePolicy, plan: Plan) -> None:
    """Raise Refused where rows name people on record and nobody but the importer has agreed, or where one of
    these people is among those who agreed. Checks nothing at the host, nor while an import that takes two is
    only tried out."""
    clause = policy.maintainer.clause
    if _is_at_host(act) or (act.second is None and act.operation.power.way is Way.TWO):
        return
    if not plan.persons and any(entry.said_to_be for entry in plan.entries):
        raise Refused(
            _("The file names people on record, and nobody else has agreed that it is they."),
            clause,
            _("Submit it where another who keeps the directory can decide, or import it at the host."),
        )
    if ApproverResolver().linked_persons(*hands_of(act)[1:]) & {*plan.persons.values()}:
        raise Refused(
            _("The file names one of those who decide on it as a person on record."),
            clause,
            _("Have another who keeps the directory decide on it."),
        )


def hands_of(act: Act) -> list[int]:
    """Return the accounts of the importer and of all who agreed, the importer first."""
    if act.second is None:
        return [act.permissions.account]
    steps = RequestStep.select(RequestStep.decided_by).where(RequestStep.request == act.second.request)
    agreed = dict.fromkeys((act.second.account, *(row.decided_by_id for row in steps)))
    return [act.permissions.account, *(one for one in agreed if one is not None)]


def _is_at_host(act: Act) -> bool:
    return act.actor.front == "host" and act.second is None


def _recognise(
    permissions: Permissions | None, book: str, entries: Sequence[Planned]
) -> tuple[dict[int, int], list[RowError]]:
    """Return by row the persons on record whom ``entries`` bring, each locked, and an error alike for all
    rows that name nobody who could be theirs. ``permissions``: by whose reach e-mail addresses are looked up;
    without, of all."""
    said = [entry for entry in entries if entry.said_to_be]
    known = _by_login(said) | _by_address(permissions, book, said)
    found: dict[int, int] = {}
    errors = []
    for entry in said:
        person = known.get(entry.row)
        if person is not None and person not in found.values() and may_be_person(book, person, entry.name):
            found[entry.row] = person
        else:
            errors.append(_wrong(entry, _NOBODY))
    return found, errors


def _in_already(book: str, entries: Sequence[Planned]) -> Iterator[RowError]:
    """Yield an error for each row whose login is that of somebody in ``book`` already. The importer keeps the
    book, and so may learn that."""
    said = [entry for entry in entries if entry.said_to_be]
    known = _by_login(said)
    for entry in said:
        if entry.row in known and is_in(book, known[entry.row]):
            yield _wrong(entry, _("This person is in the directory already, written otherwise."))


def _namesakes(permissions: Permissions, book: str, entries: Sequence[Planned]) -> Iterator[RowError]:
    """Yield a note on each row that does not say who it is and whose name somebody bears in another
    directory, within the actor's reach."""
    unsaid = [entry for entry in entries if entry.name and not entry.said_to_be]
    called = _elsewhere(book, {entry.name for entry in unsaid})
    for entry in unsaid:
        seen = next((row for row in called.get(entry.name, ()) if _sees(permissions, row)), None)
        if seen is not None:
            where = {"book": seen.book.title, "unit": seen.unit.name}
            yield RowError(
                entry.row, "", _("Somebody of this name is in {book}, {unit}.", **where), _NAMESAKE
            )


def count_said(policy: EffectivePolicy, rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows of a file say who of those on record their person is."""
    top, column = heading_row(rows, policy), column_finder(policy)
    places = [at for at, text in enumerate(rows[top]) if column(text) == SAID_TO_BE]
    return sum(1 for row in rows[top + 1 :] for at in places if at < len(row) and row[at].strip())


def _wrong(entry: Planned, reason: Message, advice: Message = _MEND) -> RowError:
    return RowError(entry.row, ON_RECORD, reason, advice)


def _by_login(entries: Sequence[Planned]) -> dict[int, int]:
    """Return by row the person of each login in use."""
    persons: dict[str, int] = {}
    for some in chunked({entry.said_to_be for entry in entries}, CHUNK):
        used = Account.select().where(Account.login.in_(some) & (Account.state != "disabled"))
        persons |= {row.login: row.person_id for row in used if row.person_id is not None}
    return {entry.row: persons[entry.said_to_be] for entry in entries if entry.said_to_be in persons}


def _by_address(permissions: Permissions | None, book: str, entries: Sequence[Planned]) -> dict[int, int]:
    """Return by row the one person of its name who has its e-mail address in another directory, where that is
    open and within reach: a covered one would tell whether it was guessed."""
    wanted = [entry for entry in entries if "@" in entry.said_to_be]
    called = _elsewhere(book, {entry.name for entry in wanted})
    rows = [
        row
        for row in chain(*called.values())
        if "email" in personal_fields(policy_of(row.book_id)) and _sees(permissions, row)
    ]
    stored = personal_values([row.id for row in rows], ["email"])
    persons: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in rows:
        for _name, _ord, value in stored[row.id]:
            persons[row.name, value.casefold()].add(row.person_id)
    found = {entry.row: persons.get((entry.name, entry.said_to_be), set()) for entry in wanted}
    return {row: next(iter(some)) for row, some in found.items() if len(some) == 1}


def _elsewhere(book: str, names: Collection[str]) -> Mapping[str, list[Entry]]:
    """Return by name the active entries in other directories of those who bear one of ``names`` and are not
    in ``book``."""
    found: dict[str, list[Entry]] = defaultdict(list)
    if not names:
        return found
    inside = Entry.alias()
    here = inside.select(inside.person).where((inside.book == book) & (inside.state == "active"))
    others = (Entry.book != book) & (Entry.state == "active") & Entry.person.not_in(here)
    # Read once: names have no index.
    called: Any = Entry.select(Entry.id, Entry.name).where(others).tuples()
    for some in chunked([entry for entry, name in called if name in names], CHUNK):
        for row in Entry.select().where(Entry.id.in_(some)).order_by(Entry.id):
            found[row.name].append(row)
    return found


def _sees(permissions: Permissions | None, row: Entry) -> bool:
    return permissions is None or bool(
        covering_reaches(permissions, row.book_id, side_of(row), row.id, row.unit_id)
    )
