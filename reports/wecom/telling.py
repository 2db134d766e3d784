"""Telling WeCom what waits, and comparing both sides: the network's part of keeping it in step.

It runs where the secret may be: in the duty runner and in commands of the host, never in a session. Nothing
here holds a transaction open while it waits for an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from time import sleep as wait

from db.desk.outside.people import is_taken
from db.desk.outside.queue import Change, done, failed, next_change
from db.desk.outside.survey import due_surveys, survey_failed
from db.store.engine import store
from db.store.settings import WeCom
from reports.reaching import read_secret, trust
from reports.wecom.client import (
    MAY_NOT_READ,
    MEMBER_EXISTS,
    MOBILE_TAKEN,
    NO_MEMBER,
    Client,
    NotNow,
    WeComError,
)
from reports.wecom.departments import Departments
from reports.wecom.fields import member
from reports.wecom.survey import survey

AT_ONCE = 500
PASSING = frozenset({40001, 60020, 301002, 50001, *MAY_NOT_READ})
"""Errors of credentials, of the address we call from, and of rights: whoever runs the host mends them, so a
change is not given up for them."""


class NoConnection(Exception):
    """WeCom can't be reached as the settings say; ``str`` of it says why."""


@dataclass(frozen=True, slots=True)
class Told:
    """How many changes were told, failed for now and were given up, and how many books were compared."""

    told: int = 0
    failed: int = 0
    dead: int = 0
    compared: int = 0

    def __add__(self, other: Told) -> Told:
        return Told(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Told)))


Sleep = Callable[[float], None]


def keep_in_step(sleep: Sleep = wait) -> Told:
    """Tell what waits, then compare the books whose comparison is due. Nothing where no WeCom is set."""
    if store().settings.wecom is None:
        return Told()
    return tell_waiting(sleep=sleep) + compare(due_surveys(), sleep=sleep)


def tell_waiting(most: int = AT_ONCE, *, sleep: Sleep = wait) -> Told:
    """Tell what waits and is due, up to ``most`` changes. Several hosts may run it at once: an entry is one
    host's at a time."""
    counts = {"told": 0, "failed": 0, "dead": 0}
    change = next_change()
    if change is None:
        return Told()
    try:
        with connection(sleep) as (client, settings):
            departments = Departments(client, settings.department)
            for turn in range(most):
                if change is None:
                    break
                counts[_tell(client, departments, settings, change)] += 1
                change = next_change() if turn + 1 < most else None
    except (NoConnection, NotNow, WeComError) as problem:
        if change is not None:
            failed(change, str(problem), for_good=False)
            counts["failed"] += 1
    return Told(**counts)


def compare(books: tuple[str, ...], *, sleep: Sleep = wait) -> Told:
    """Compare ``books`` with what is there. A comparison that fails is noted with the reason."""
    if not books:
        return Told()
    try:
        with connection(sleep) as (client, settings):
            survey(client, settings, books)
    except (NoConnection, NotNow, WeComError) as problem:
        for book in books:
            survey_failed(book, str(problem))
        return Told(failed=len(books))
    return Told(compared=len(books))


@contextmanager
def connection(sleep: Sleep = wait) -> Iterator[tuple[Client, WeCom]]:
    """A client as the settings say. Raises NoConnection where there are none, or the secret can't be read."""
    settings = store().settings.wecom
    if settings is None:
        raise NoConnection("no [wecom] in the settings")
    try:
        secret, trusted = read_secret(settings.secret_file), trust(settings.ca_file)
    except OSError as problem:
        raise NoConnection(f"{type(problem).__name__}: {problem}"[:200]) from problem
    with Client(settings.base_url, settings.corpid, secret, trust=trusted, sleep=sleep) as client:
        yield client, settings


def _tell(client: Client, departments: Departments, settings: WeCom, change: Change) -> str:
    """Tell one change; what became of it. Raises NotNow where there is no use in going on."""
    try:
        if change.told is None:
            if change.account:
                _delete(client, change.account)
            done(change, {}, change.account)
            return "told"
        department, numbers = departments.ensure(change.told.places)
        account = _put(client, change, department, settings)
    except WeComError as problem:
        if problem.code in PASSING:
            raise
        failed(change, str(problem), for_good=True)
        return "dead"
    done(change, numbers, account)
    return "told"


def _delete(client: Client, account: str) -> None:
    try:
        client.delete_member(account)
    except WeComError as problem:
        if problem.code != NO_MEMBER:
            raise


def _put(client: Client, change: Change, department: int, settings: WeCom) -> str:
    """Create or update the member; the account they have there now."""
    told = change.told
    if told is None:
        raise ValueError("a change that tells of somebody")
    made = member(told, told.account, department, settings)
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
    """Whether the member of that account bears ``name``; not where that can't be read."""
    try:
        return client.member(account).get("name") == name
    except WeComError as problem:
        if problem.code in MAY_NOT_READ:
            return False
        raise
