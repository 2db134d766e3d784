"""What an account and a grant must look like."""

from __future__ import annotations

import re
from datetime import date, timedelta

from db.desk.authority.permissions import policy_of
from db.desk.hooks import hooks
from db.desk.notation.localtime import day_begins
from db.desk.notifications.notices import deliver_waiting
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.language import _
from db.store import clock
from db.store.engine import store
from db.store.tables import Account, Entry, LastDay, Unit

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
IMPLIED_ROLES = ("employee", "head")
"""Held by whoever has an entry or heads a unit; never granted."""


def check_login(login: str) -> None:
    """Raise Invalid for what can't be a login."""
    if not login:
        raise Invalid(Problem("login", _("The login is missing.")))
    if LOGIN.fullmatch(login) is None:
        raise Invalid(
            Problem("login", _("A login is made of small letters, digits, dots, hyphens and underscores."))
        )


def check_still_here(person: int | None, book: str | None = None) -> None:
    """Raise Refused (A.10) for somebody whose last day is over in ``book``, or in all their directories."""
    theirs = Entry.select().where((Entry.person == person) & (Entry.state == "active"))
    if book is not None and theirs.where(Entry.book == book).exists():
        theirs = theirs.where(Entry.book == book)
    if not theirs.exists() or theirs.where(Entry.ended_at.is_null()).exists():
        return
    ended = LastDay.select().where(LastDay.entry.in_(theirs.select(Entry.id)) & (LastDay.state == "ended"))
    last = ended.order_by(LastDay.id.desc()).first()
    raise Refused(
        _("The last day of this person is over; all access ended with it."),
        last.clause if last is not None else SILENT,
        _(
            "If the day is wrong, have the request to leave corrected or withdrawn; access comes back with "
            "it."
        ),
    )


def new_account(login: str, person: int | None, activation: str, until: str) -> int:
    """Create an invited account within the running transaction, deliver the notices that wait for the person,
    run the hooks ``accounts``, and return its number. ``activation`` is the digest of a code that is valid
    ``until`` then. Raises Invalid for a login that is unfit or taken, Refused for somebody whose last day is
    over."""
    check_login(login)
    check_still_here(person)
    if Account.get_or_none(Account.login == login) is not None:
        raise Invalid(Problem("login", _("This login is taken.")))
    made = Account.create(
        login=login,
        person=person,
        state="invited",
        activation_until=until,
        created_at=clock.now(),
    )
    Account.update(activation=Account.code_of(made.id, "activation", activation)).where(
        Account.id == made.id
    ).execute()
    if person is not None:
        deliver_waiting(person, made.id)
        for bring in hooks().accounts:
            bring(person, made.id)
    return int(made.id)


def problems_of_grant(book: str, role: str, unit: int | None, until: date | None) -> list[Problem]:
    found = []
    roles = {rule.id for rule in policy_of(book).roles}
    if role in IMPLIED_ROLES or role not in roles:
        found.append(Problem("role", _("This role can't be granted here.")))
    if unit is not None and Unit.get_or_none((Unit.id == unit) & (Unit.book == book)) is None:
        found.append(Problem("unit", _("There is no such unit in this directory.")))
    if until is not None and until < clock.local_date(clock.now(), store().settings.time_zone):
        found.append(Problem("until", _("This day is over.")))
    return found


def end_of(day: date | None) -> str | None:
    """Return the moment at which ``day`` is over in the organisation's time zone, as stored text."""
    if day is None:
        return None
    return day_begins(day + timedelta(days=1))
