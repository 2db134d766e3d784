"""Telling of acts that move what others may do, see or be blamed for: whoever it concerns, and those who
watch over them, in the act's own transaction and in words that the actor did not type. Not an operation.

What an operation tells by itself is not told twice. Where the record of a book has nobody who could be told,
the act is not done: it waits, and they can stop it (`requests.putting_off`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from db.desk.act import Act
from db.desk.authority.permissions import books_of, books_of_power, holdings_of, policy_of, root_of
from db.desk.frame import Unwatched
from db.desk.notifications.alarming import can_object, person_or_login
from db.desk.notifications.notices import store_notice
from db.desk.notifications.post import mail_to_person
from db.desk.power.concerned import Concerned, find_concerned
from db.desk.power.declaration import Way
from db.desk.power.rows import moves_anything
from db.desk.requests.approvers import ApproverResolver
from db.desk.requests.independence import person_number
from db.desk.requests.power_arguments import as_json, to_be_told
from db.desk.requests.watchers import WATCHING, watchers_of
from db.store.tables import Account, Entry, Grant, Request

DONE = "power-done"
ASKED = "power-asked"


def tell_of(act: Act) -> None:
    """Notify those whom ``act`` concerns and the watchers of its books, by notice and mail, where its
    operation is declared as told; add its books to its record. Does nothing where it can be undone and
    changed nothing. Raises Unwatched where a book that it touches has nobody to tell."""
    power = act.operation.power
    if power.way is Way.FREE or act.called:  # put off: whoever it concerns was told of the request
        return
    if power.undo and not moves_anything(act.begun_after):
        return
    found = find_concerned(act.begun_after)
    if not (found.accounts or found.persons) and "book" not in act.facts:
        return
    host = act.actor.front == "host" and act.second is None
    # what the host does is acknowledged by somebody, also where the act itself told of it
    places, told = places_of(act, found), {act.actor.account, *(() if host else found.told - _losing(act))}
    act.places = tuple(book for book, _unit, _everybody in places if book != act.facts.get("book"))
    for book, unit, everybody in places:
        resolver = ApproverResolver()
        barred = resolver.linked_persons(act.actor.account) | _persons(found)
        watching = [
            *watchers_of(book, unit, barred, resolver, everybody=everybody),
            *_witnesses(act, resolver),
        ]
        is_watched = can_object(watching) or not act.needs_watcher
        if not is_watched and act.second is None and not host and not act.unwatched:
            raise Unwatched
        fresh = [one for one in dict.fromkeys((*_accounts(found), *watching)) if one not in told]
        told.update(fresh)
        _notify_accounts(DONE, act, book, fresh, _accounts(found), None, acknowledge=host or everybody)


def tell_beside(act: Act, *persons: int) -> None:
    """Notify ``persons`` and the watchers of the book, by notice and mail, of an act that is usually told to
    nobody."""
    book, resolver = str(act.facts["book"]), ApproverResolver()
    unit = int(act.facts.get("unit") or root_of(book))
    watching = watchers_of(book, unit, resolver.linked_persons(act.actor.account).union(persons), resolver)
    theirs = Account.select(Account.id).where(Account.person.in_(persons) & (Account.state != "disabled"))
    own = [row.id for row in theirs.order_by(Account.id)]
    told = list(dict.fromkeys((*own, *watching)))
    _notify_accounts(DONE, act, book, told, own, None, acknowledge=False)


def tell_of_request(request: Request, act: Act, tried: Concerned, resolver: ApproverResolver) -> None:
    """Tell those concerned and the watchers, by notice and mail, of an act put off: they can object."""
    barred, told = resolver.linked_persons(act.actor.account) | _persons(tried), {act.actor.account}
    for book, unit, everybody in places_of(act, tried):
        watching = [
            *watchers_of(book, unit, barred, resolver, everybody=everybody),
            *_witnesses(act, resolver),
        ]
        fresh = [one for one in dict.fromkeys((*_accounts(tried), *watching)) if one not in told]
        told.update(fresh)
        _notify_accounts(ASKED, act, book, fresh, _accounts(tried), request.id, acknowledge=False)


def _witnesses(act: Act, resolver: ApproverResolver) -> list[int]:
    """Return the act's witnesses who are independent of its author."""
    actor = resolver.linked_persons(act.actor.account)
    return [one for one in act.witnesses if not resolver.linked_persons(one) & actor]


def _losing(act: Act) -> set[int]:
    """Return the accounts whose office ends by ``act``, without those of the person whom it appoints: these
    are told although the act itself told them something."""
    ending = Grant.id.in_(act.ended)
    held = Account.id.in_(Grant.select(Grant.account).where(ending))
    held |= Account.person.in_(Grant.select(Grant.person).where(ending))
    appointed = act.detail.get("person")
    return {one.id for one in Account.select().where(held) if one.person_id != appointed}


def places_of(act: Act, found: Concerned) -> Sequence[tuple[str, int, bool]]:
    """Find the books that an act touches: the one it names, for accounts all books they are something in, for
    the organisation's own rules every active book. Each comes with the unit touched there and whether the
    person concerned holds a privileged role."""
    places: dict[str, tuple[int, bool]] = {}
    if act.asked.get("book") == "":  # the organisation's own, which binds every directory
        places |= {one.id: (one.root, False) for one in act.permissions.recorded_books.values() if one.active}
    named = act.facts.get("book")
    if named is not None:
        places[str(named)] = int(act.facts.get("unit") or root_of(str(named))), False
    if act.operation.power.touches_accounts:
        for row in Account.select().where(Account.id.in_(found.accounts)).order_by(Account.id):
            account, person, power = row.id, row.person_id, books_of_power(row.id)
            for book in books_of(account):
                own = Entry.get_or_none(
                    (Entry.person == person) & (Entry.book == book) & (Entry.state == "active")
                )
                unit = own.unit_id if own is not None else root_of(book)
                privileged = book in power and _is_privileged(account, book)
                places[book] = unit, privileged or places.get(book, (unit, False))[1]
    return [(book, unit, everybody) for book, (unit, everybody) in places.items()]


def _is_privileged(account: int, book: str) -> bool:
    policy = policy_of(book)
    return any(one.book == book and one.role in policy.privileged for one in holdings_of(account))


def _persons(found: Concerned) -> frozenset[int]:
    return found.persons | {person_number(one) for one in found.accounts}


def _accounts(found: Concerned) -> list[int]:
    rows = Account.select(Account.id).where(
        (Account.id.in_(found.accounts) | Account.person.in_(found.persons)) & Account.person.is_null(False)
    )
    return [row.id for row in rows.order_by(Account.id)]


def _notify_accounts(
    kind: str,
    act: Act,
    book: str,
    accounts: list[int],
    own: Collection[int],
    request: int | None,
    *,
    acknowledge: bool,
) -> None:
    if not accounts:
        return
    detail: dict[str, object] = {
        "by": person_or_login(act.actor.account),
        "actor": act.actor.account,
        "made": act.made if isinstance(act.made, int) else None,
        "operation": act.operation.name,
        "arguments": {**to_be_told(act.operation.name, act.asked), **act.beside},
        "back": as_json(act.operation.power.undo, act.back) if act.back else {},
        WATCHING: [one for one in accounts if one not in own],
    }
    if act.second is not None and act.second.account is not None:
        detail["second"] = person_or_login(act.second.account)
    if act.ended:
        detail |= {"ended": act.ended, "day": act.detail["day"]}
    clause = str(act.facts.get("clause") or policy_of(book).rights.clause)
    entry = act.facts.get("entry")
    store_notice(
        kind,
        book,
        accounts,
        clause=clause,
        entry=entry,
        request=request,
        detail=detail,
        acknowledge=acknowledge,
    )
    mail_to(kind, book, accounts, {"by": detail["by"], "operation": act.operation.name})


def mail_to(kind: str, book: str, accounts: Sequence[int], detail: Mapping[str, object]) -> None:
    """Queue the same as mail to each with an entry, as who has not enrolled yet finds no notice."""
    for account in accounts:
        mail_to_person(kind, book, Account.get_by_id(account).person_id, detail=detail)
