"""Telling WeCom what waits, and comparing both sides: the network's part of keeping it in step.

It runs where the secret may be: in the duty runner and in commands of the host, never in a session. Nothing
here holds a transaction open while it waits for an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from time import sleep as wait

from db.desk.outside.people import OutsidePerson, is_taken
from db.desk.outside.queue import ChangeToTell, how_many_wait, next_change, record_synced, record_unsynced
from db.desk.outside.survey import due_surveys, survey_failed
from db.store.engine import store
from db.store.settings import WeComSettings
from tui.outside.reaching import read_secret, trust
from tui.outside.wecom import bulk
from tui.outside.wecom.client import (
    MAY_NOT_READ,
    MEMBER_EXISTS,
    MOBILE_TAKEN,
    NO_MEMBER,
    NO_PLACE,
    Client,
    NotNow,
    WeComError,
)
from tui.outside.wecom.departments import WeComDepartments
from tui.outside.wecom.fields import member_fields
from tui.outside.wecom.survey import survey

AT_ONCE = 500
PASSING = frozenset({40001, 60020, 301002, 50001, *MAY_NOT_READ})
"""Errors of credentials, of the address we call from, and of rights: whoever runs the host mends them, so a
change is not given up for them."""


Persons = tuple[OutsidePerson, int, dict[int, int]]
"""Somebody with the number of their department, and the numbers of the units above."""


class NoConnection(Exception):
    """WeCom can't be reached as the settings say; ``str`` of it says why."""


@dataclass(frozen=True, slots=True)
class Synced:
    """How many changes were told, failed for now and wait for a person, and how many books were compared."""

    told: int = 0
    failed: int = 0
    dead: int = 0
    compared: int = 0

    def __add__(self, other: Synced) -> Synced:
        return Synced(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Synced)))


Sleep = Callable[[float], None]


def keep_in_step(sleep: Sleep = wait) -> Synced:
    """Tell WeCom the waiting changes, then compare the books due with it; both recorded. Nothing if no WeCom
    is set. Return the counts."""
    if store().settings.wecom is None:
        return Synced()
    return tell_waiting(sleep=sleep) + compare(due_surveys(), sleep=sleep)


def tell_waiting(*, sleep: Sleep = wait) -> Synced:
    """Tell WeCom the waiting changes and record each: one by one up to `AT_ONCE`, or by file where at least
    the settings' ``bulk_from`` wait. If WeCom can't be reached, put those taken off and count them as failed;
    raise nothing. Several hosts share the queue by leases."""
    counts = {"told": 0, "failed": 0, "dead": 0}
    settings = store().settings.wecom
    many = settings is not None and 0 < settings.bulk_from <= how_many_wait()
    waiting = _Waiting(bulk.AT_ONCE if many else AT_ONCE)
    if not waiting.lease_change():
        return Synced()
    try:
        with connection(sleep) as (client, settings):
            departments = WeComDepartments(client, settings.department)
            if many:
                counts["told"] += _tell_many(client, departments, settings, waiting, sleep)
            while waiting.lease_change():
                counts[_tell_change(client, departments, settings, waiting.taken[0])] += 1
                waiting.taken.pop(0)
    except (NoConnection, NotNow, WeComError) as problem:
        for change in waiting.taken:
            record_unsynced(change, str(problem), in_vain=False)
            counts["failed"] += 1
    return Synced(**counts)


class _Waiting:
    """Changes that are taken from the queue, up to ``most``; ``taken`` are those not told yet."""

    def __init__(self, most: int) -> None:
        self.taken: list[ChangeToTell] = []
        self._left = most

    def lease_change(self) -> bool:
        """Lease a change from the queue unless one is held; return whether one is."""
        return bool(self.taken) or self.take_one()

    def take_one(self) -> bool:
        """Lease one more change from the queue; return whether there was one."""
        change = next_change() if self._left else None
        if change is None:
            return False
        self._left -= 1
        self.taken.append(change)
        return True


def _tell_many(
    client: Client, departments: WeComDepartments, settings: WeComSettings, waiting: _Waiting, sleep: Sleep
) -> int:
    """Tell WeCom by file of everybody it can take that way, and record each success; return how many. The
    others stay leased, to be told one by one: leavers, accounts that may be another's there, and those whom
    WeCom refused in the file. If WeCom takes no files, all stay. Raises WeComError, NotNow."""
    while waiting.take_one():
        pass
    there = set(client.member_ids())
    groups: dict[tuple[str, ...], list[tuple[ChangeToTell, Persons]]] = {}
    for change in waiting.taken:
        told = change.told
        if told is not None and (told.known or told.account not in there):
            try:
                department, numbers = departments.ensure(told.places)
            except WeComError as problem:
                if problem.code in PASSING:
                    raise
                continue
            groups.setdefault(tuple(told.values), []).append((change, (told, department, numbers)))
    done_with: set[int] = set()
    for group in groups.values():
        people = [(told, department) for _change, (told, department, _numbers) in group]
        try:
            codes = bulk.tell_file(client, people, settings, sleep)
        except WeComError as problem:
            if problem.code in PASSING - MAY_NOT_READ:
                raise
            return len(done_with)
        for change, (told, _department, numbers) in group:
            if codes.get(told.account) == 0:
                record_synced(change, numbers, told.account)
                done_with.add(change.id)
        waiting.taken = [change for change in waiting.taken if change.id not in done_with]
    return len(done_with)


def compare(books: tuple[str, ...], *, sleep: Sleep = wait) -> Synced:
    """Compare ``books`` with WeCom; store and record the differences, or store why it failed. Return the
    counts."""
    if not books:
        return Synced()
    try:
        with connection(sleep) as (client, settings):
            survey(client, settings, books)
    except (NoConnection, NotNow, WeComError) as problem:
        for book in books:
            survey_failed(book, str(problem))
        return Synced(failed=len(books))
    return Synced(compared=len(books))


@contextmanager
def connection(sleep: Sleep = wait) -> Iterator[tuple[Client, WeComSettings]]:
    """Yield a client and the settings. Sends nothing yet. Raises NoConnection if none are set, or the secret
    can't be read."""
    settings = store().settings.wecom
    if settings is None:
        raise NoConnection("no [wecom] in the settings")
    try:
        secret, trusted = read_secret(settings.secret_file), trust(settings.ca_file)
    except OSError as problem:
        raise NoConnection(f"{type(problem).__name__}: {problem}"[:200]) from problem
    with Client(settings.base_url, settings.corpid, secret, trust=trusted, sleep=sleep) as client:
        yield client, settings


def _tell_change(
    client: Client, departments: WeComDepartments, settings: WeComSettings, change: ChangeToTell
) -> str:
    """Tell WeCom one change, a leaver's by deleting the member, and record the outcome. Return ``told``, or
    ``dead`` if WeCom refused it for good. Raises NotNow, and WeComError for errors that the host must
    mend."""
    try:
        if change.told is None:
            if change.account:
                _delete(client, change.account)
            record_synced(change, {}, change.account)
            return "told"
        try:
            department, numbers = departments.ensure(change.told.places)
            account = _put_member(client, change, department, settings)
        except WeComError as problem:
            if problem.code not in NO_PLACE:
                raise
            departments.mend(change.told.places)  # somebody deleted it there
            department, numbers = departments.ensure(change.told.places)
            account = _put_member(client, change, department, settings)
    except WeComError as problem:
        if problem.code in PASSING:
            raise
        record_unsynced(change, str(problem), in_vain=True)
        return "dead"
    record_synced(change, numbers, account)
    return "told"


def _delete(client: Client, account: str) -> None:
    try:
        client.delete_member(account)
    except WeComError as problem:
        if problem.code != NO_MEMBER:
            raise


def _put_member(client: Client, change: ChangeToTell, department: int, settings: WeComSettings) -> str:
    """Create or update the member in WeCom; return the account there, which may be an existing one of the
    same person. Raises WeComError, NotNow."""
    told = change.told
    if told is None:
        raise ValueError("a change that tells of somebody")
    made = member_fields(told, told.account, department, settings)
    if told.known:
        try:
            client.update_member(made)
        except WeComError as problem:
            if problem.code != NO_MEMBER:
                raise
            client.create_member(made)  # somebody deleted them there
        return told.account
    try:
        client.create_member(made)
    except WeComError as problem:
        if problem.code not in (MEMBER_EXISTS, MOBILE_TAKEN):
            raise
        account = told.account
        if problem.code == MOBILE_TAKEN:
            account = client.member_of_mobile(told.values["mobile"])
        if is_taken(account, told.person) or not _is_named(client, account, told.values["name"]):
            raise  # it is somebody else's
        client.update_member({**made, "userid": account})
        return account
    return told.account


def _is_named(client: Client, account: str, name: str) -> bool:
    """Fetch the member ``account`` and return whether it has ``name``; False where that may not be read."""
    try:
        return client.member(account).get("name") == name
    except WeComError as problem:
        if problem.code in MAY_NOT_READ:
            return False
        raise
