"""What every report says of itself: of which book and unit, made by whom and when, under which rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.extracts.report_rights import Extent
from db.desk.notation.localtime import local
from db.language import Label
from db.store import clock
from db.store.engine import store
from db.store.tables import Account, Book, Person, Unit


@dataclass(frozen=True, slots=True)
class About:
    """``at`` is local time to the minute; ``first`` and ``last`` are None where a report has no period."""

    organisation: str
    book: str
    book_title: Label
    unit: int
    unit_name: str
    unit_label: Label
    """What the book calls a unit: a department, or a class."""
    policies: tuple[Label, ...]
    classification: Label
    clause: str
    reader: str
    login: str
    at: str
    first: date | None = None
    last: date | None = None
    encrypted: bool = False
    """Whether it leaves under a password alone (D.4)."""


def report_particulars(
    permissions: Permissions, place: Extent, clause: str, first: date | None = None, last: date | None = None
) -> About:
    book, policy = Book.get_by_id(place.book), policy_of(place.book)
    login, reader = account_names(permissions.account)
    return About(
        organisation=store().settings.organisation,
        book=place.book,
        book_title=book.title,
        unit=place.unit,
        unit_name=Unit.get_by_id(place.unit).name,
        unit_label=policy.field("unit").label,
        policies=tuple(ref.title for ref in policy.policies),
        classification=policy.classification,
        clause=clause,
        reader=reader,
        login=login,
        at=local(clock.now())[:16],
        first=first,
        last=last,
        encrypted=policy.copies.encrypted,
    )


def account_names(account: int) -> tuple[str, str]:
    """Return the login of an account, and the name of its person (the login where it has none)."""
    row = Account.select(Account, Person).left_outer_join(Person).where(Account.id == account).get()
    return str(row.login), str(row.person.name if row.person is not None else row.login)
