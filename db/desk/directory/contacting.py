"""The card for a call or a letter: the ways there are, and courteous words to begin with (A.14)."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.authority.sight import FieldReader, Shown, visible_fields
from db.desk.directory.directory_views import values_of
from db.desk.entry.units import name_of
from db.desk.refusal import SILENT
from db.language import Text, _
from db.store.tables import Account, Entry

CALLED = frozenset({"extension", "phone", "mobile", "fax"})
WRITTEN = frozenset({"email", "wechat", "qq"})


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach an entry, and what to say.

    ``call`` and ``letter`` are the words, line by line, with the reader's own name, department and
    purpose in them; where others answer all the numbers, such as a pupil's parents, the call does not
    ask for the person. ``numbers`` and ``addresses`` are masked where they are protected.
    """

    entry: int
    name: str
    numbers: tuple[Shown, ...]
    addresses: tuple[Shown, ...]
    subject: Text
    call: tuple[Text, ...]
    letter: tuple[Text, ...]
    clause: str


def contact_card(permissions: Permissions, row: Entry, reader: FieldReader, purpose: str) -> Contact:
    """Build the card for ``row``, which is within reach, as ``reader`` sees it. What to say names the reader,
    their unit and the ``purpose``; the person themselves only where a number is their own."""
    policy = policy_of(row.book_id)
    fields = visible_fields(policy.fields, values_of(row), reader)
    about = next((rule.label for rule in policy.purposes if rule.id == purpose), "")
    me, unit = _myself(permissions, row.book_id)
    control = policy.control("contact-script")
    numbers = tuple(field for field in fields if field.kind in CALLED)
    others = {rule.number for rule in policy.emergency.whose} if policy.emergency is not None else set()
    who: Text = (
        _("I am {me} from {unit}, about: {purpose}.", me=me, unit=unit, purpose=about)
        if unit
        else _("I am {me}, about: {purpose}.", me=me, purpose=about)
    )
    return Contact(
        entry=row.id,
        name=row.name,
        numbers=numbers,
        addresses=tuple(field for field in fields if field.kind in WRITTEN),
        subject=(
            _("{purpose} ({unit}, {me})", purpose=about, unit=unit, me=me)
            if unit
            else _("{purpose} ({me})", purpose=about, me=me)
        ),
        call=(
            _("Hello, is this {name}?", name=row.name)
            if any(field.name not in others for field in numbers)
            else _("Hello, I am calling about {name}.", name=row.name),
            who,
            _("Is this a good moment, or when may I call again?"),
        ),
        letter=(
            _("Dear {name},", name=row.name),
            who,
            _("What I need from you, and by when:"),
            _("Thank you, and kind regards, {me}", me=me),
        ),
        clause=control.clause if control is not None else SILENT,
    )


def _myself(permissions: Permissions, book: str) -> tuple[str, str]:
    """Return the reader's name and department in ``book``, else in another of their books; without an entry
    the person's name, or the login, and ""."""
    places = [permissions.own[book]] if book in permissions.own else list(permissions.own.values())
    if places:
        entry, unit = places[0]
        return str(Entry.get_by_id(entry).name), name_of(unit)
    account = Account.get_by_id(permissions.account)
    return (str(account.person.name) if account.person is not None else str(account.login)), ""
