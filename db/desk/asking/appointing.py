"""The form by which an office is filled, as `offices.fill` does; who may ask for it is said there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, cast

from db.approval.capacity import ACTING, DEPUTY, HOLDER
from db.desk.accounts.appointing import (
    RELIEVE,
    UNHELD,
    Filling,
    check_fit,
    decided_in,
    ended_by,
    fills_all,
    holds_any,
    may_fill,
    person_of,
)
from db.desk.act import Act
from db.desk.asking.places import read_unit, unit_choices
from db.desk.authority.offices import held_now, is_single
from db.desk.authority.permissions import Permissions, policy_of, root_of
from db.desk.entry.colleagues import SEVERAL, find_colleague, persons_named, read_colleague
from db.desk.notation.parsing import day_of
from db.desk.notation.values import clean
from db.desk.refusal import Invalid, Problem
from db.desk.requests.ask_fields import BLANK, AskChoice, RequestField
from db.desk.requests.power_lines import held_words
from db.desk.requests.putting_off import call_of, steps_before
from db.desk.requests.request_kinds import Asked, Offer, Payload, RequestContent
from db.language import Message, Text, _, listed
from db.policy.vocabulary import HEAD
from db.store import clock
from db.store.name_spelling import spell_name
from db.store.tables import Account, Entry, Person

ID: Final = "office"
FILL: Final = "offices.fill"
ACTS: Final[Mapping[str, Message]] = {
    HOLDER: _("appoint, in the place of the present holder"),
    ACTING: _("acting, for the time being"),
    DEPUTY: _("name a deputy"),
    RELIEVE: _("relieve"),
}
NONE: Final = ("none", "无")


def _open_to(permissions: Permissions, book: str) -> bool:
    """Return whether it may be asked for: by those who head something, hold an office, or keep the book."""
    return bool(permissions.roles(book) - UNHELD)


def _fields(permissions: Permissions, book: str) -> tuple[RequestField, ...]:
    roles = [rule for rule in policy_of(book).roles if rule.id not in UNHELD]
    every = unit_choices(permissions, book, root=True)
    return (
        RequestField(
            "what",
            _("What to do"),
            value=HOLDER,
            choices=tuple(AskChoice(what, label) for what, label in ACTS.items()),
        ),
        RequestField(
            "role",
            _("Office"),
            value=HEAD,
            choices=tuple(AskChoice(rule.id, rule.label) for rule in roles),
        ),
        RequestField(
            "unit",
            _("Of which unit"),
            hint=_("blank: the whole directory"),
            choices=(BLANK, *every) if every else (),
        ),
        RequestField(
            "whom",
            _("Person"),
            hint=_handed_over(permissions, book)
            or _("name, name/department, or login of somebody without an entry"),
        ),
        RequestField("from", _("First day"), hint=_("2026-12-01; blank: today; relieved: first day without")),
        RequestField("until", _("Last day"), hint=_("2026-12-31; blank: until relieved")),
        *_deputy(book),
    )


def _handed_over(permissions: Permissions, book: str) -> Text:
    """Return, for those who fill all offices, the future handovers that end when another is appointed; ""
    without any."""
    if not fills_all(permissions, book):
        return ""
    policy, now = policy_of(book), clock.now()
    coming = [
        held_words(one)
        for role in policy.holders("owner")
        if is_single(policy, role)
        for one in held_now(book, role, None, coming=True)
        if one.from_at > now and one.capacity != DEPUTY
    ]
    return _("ended by another's appointment: {what}", what=listed(coming)) if coming else ""


def _deputy(book: str) -> tuple[RequestField, ...]:
    """Return the field for the next deputy, where a book has to have one (D.3)."""
    rule = policy_of(book).deputy
    if rule is None:
        return ()
    hint = _("where the last one goes: name or login, or none")
    if not held_now(book, rule.role, None, coming=True):
        hint = _("nobody is deputy now: name or login, or none")
    return (RequestField("deputy", _("Next deputy"), hint=hint),)


def _read(act: Act, book: str, asked: Asked) -> RequestContent:
    what, role, permissions = asked.get("what") or HOLDER, asked.get("role") or HEAD, act.permissions
    if what not in ACTS:
        raise Invalid(Problem("what", _("Choose one from the list.")))
    unit = read_unit(permissions, book, "unit", asked["unit"]) if asked.get("unit", "").strip() else None
    if role == HEAD and unit is None:
        raise Invalid(Problem("unit", _("Say which unit.")))
    person, entry = _whom(
        permissions, book, "whom", asked.get("whom", ""), (role, unit) if what == RELIEVE else None
    )
    if may_fill(permissions, book, unit):  # who may not is told that, by the act
        check_fit(book, cast(Filling, what), role, unit, person)
    following = asked.get("deputy", "").strip()
    without = following.lower() in NONE
    call = call_of(
        FILL,
        what=what,
        book=book,
        role=role,
        person=person,
        unit=unit,
        from_day=_day("from", asked.get("from", "")),
        until=_day("until", asked.get("until", "")) if what != RELIEVE else None,
        next_deputy=_whom(permissions, book, "deputy", following)[0] if following and not without else None,
        without_deputy=without,
    )
    losing = {person_of(one) for one in ended_by(book, what, role, unit, person)}
    place = decided_in(book, role, unit)
    steps = steps_before(FILL, book, place, permissions.account, (role,))
    return RequestContent(
        unit=place, payload={**call, "persons": sorted({person, *losing})}, entry=entry, steps=steps
    )


def _whom(
    permissions: Permissions, book: str, field: str, text: str, office: tuple[str, int | None] | None = None
) -> tuple[int, int | None]:
    """Return the person whom ``text`` names, with their entry in the book: a colleague within reach. For
    those who fill the offices of the book also somebody without an entry there, such as a teacher, by login
    or an officer's name; of the ``office`` to be relieved of, also a suspended person. Raises Invalid."""
    found = read_colleague(permissions, book, field, text)
    if not isinstance(found, Problem):
        return int(Entry.get_by_id(found).person_id), found
    if not fills_all(permissions, book):
        raise Invalid(found)
    account = Account.get_or_none((Account.login == text.strip()) & (Account.state != "disabled"))
    person = account.person_id if account is not None else None
    persons = {person} if person is not None else persons_named(book, text)
    if not persons and office is not None:
        persons = {one for one in _suspended(text) if holds_any(book, *office, one)}
    if len(persons) > 1:
        raise Invalid(Problem(field, SEVERAL))
    if not persons:
        raise Invalid(found)
    return persons.pop(), None


def _suspended(text: str) -> set[int]:
    """Return the persons of disabled accounts that have this login or name."""
    called = (Account.login == text.strip()) | (Person.name == spell_name(clean(text)))
    rows = Account.select(Account.person).join(Person, on=(Account.person == Person.id))
    shut = rows.where((Account.state == "disabled") & called)
    return {row.person_id for row in shut if row.person_id is not None}


def _day(field: str, text: str) -> date | None:
    return day_of(field, text) if text.strip() else None


def _form_values(asks: Payload) -> Asked:
    call: Mapping[str, Any] = asks["arguments"]
    following = NONE[0] if call["without_deputy"] else ""
    return {
        "what": call["what"],
        "role": call["role"],
        "unit": str(call["unit"] or ""),
        "whom": _colleague_or_login(call["person"]),
        "from": call["from_day"] or "",
        "until": call["until"] or "",
        "deputy": _colleague_or_login(call["next_deputy"]) if call["next_deputy"] is not None else following,
    }


def _colleague_or_login(person: int) -> str:
    entry = Entry.get_or_none((Entry.person == person) & (Entry.state == "active"))
    return find_colleague(str(entry.id)) if entry is not None else _login(person)


def _login(person: int) -> str:
    """Return the login to type for ``person``; one that is shut off where there is no other."""
    rows = Account.select().where(Account.person == person).order_by(Account.state == "disabled", Account.id)
    account = rows.first()
    return str(account.login) if account is not None else ""


OFFER: Final = Offer(
    ID,
    _("office"),
    _("Have a holder of an office appointed, an acting one or a deputy named, or somebody relieved."),
    _open_to,
    _fields,
    _read,
    _form_values,
    lambda _standing, book: root_of(book),
    operations=(FILL,),
)
