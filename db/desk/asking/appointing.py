"""Offices on request: a holder appointed in the place of the one before, an acting one or a deputy named for
a time, somebody relieved. Decided as rights are (G.3.3, F.5.1), by nobody whom it is about: who gets the
office or loses it decides on it as little as who asks (D.3).

It is so from its day on, and what was is kept: who held the office before is still told. A unit has one head.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from db.desk.accounts.granting import appoint
from db.desk.accounts.making import end_of
from db.desk.asking.places import read_unit, unit_choices
from db.desk.authority.capacity import ACTING, DEPUTY, HOLDER, capacity_of
from db.desk.authority.office_names import office_name
from db.desk.authority.offices import HEAD, end_on, held_now, is_single
from db.desk.authority.standing import Standing, is_within, policy_of, root_of
from db.desk.clockwork import today
from db.desk.entry.colleagues import named, persons_named, read_colleague
from db.desk.frame import Act
from db.desk.notation.parsing import read_day
from db.desk.refusal import Invalid, Problem, Refused
from db.desk.requests.ask_fields import BLANK, AskChoice, AskField
from db.desk.requests.independence import person_behind
from db.desk.requests.request_kinds import Asked, Content, DiffLine, Offer, Payload
from db.desk.requests.submitters import holds
from db.language import Message, Text, _
from db.store.tables import Account, Entry, Grant, Person, Request, Unit

ID: Final = "office"
RELIEVE: Final = "relieve"
ACTS: Final[Mapping[str, Message]] = {
    HOLDER: _("appoint, in the place of the present holder"),
    ACTING: _("acting, for the time being"),
    DEPUTY: _("name a deputy"),
    RELIEVE: _("relieve"),
}
UNHELD: Final = frozenset({"employee", "inside-owner"})
"""Roles that follow from an entry."""
LONGEST_AHEAD: Final = 366
"""Days from today to the first day of an office, at most."""


def _may_fill(standing: Standing, book: str, unit: int | None) -> bool:
    """Whether the actor may ask who holds an office: whoever keeps the book or gives rights in it, and for an
    office of a unit whoever heads one above it."""
    if _fills_all(standing, book):
        return True
    headed = [one.unit for one in standing.held(HEAD, book)]
    return unit is not None and any(is_within(unit, above) and unit != above for above in headed)


def _is_own(standing: Standing, book: str, role: str, unit: int | None) -> bool:
    place = unit if unit is not None else root_of(book)
    return any(one.capacity != DEPUTY and one.unit == place for one in standing.held(role, book))


def _open_to(standing: Standing, book: str) -> bool:
    """Whoever heads something, holds an office, or keeps the book."""
    return bool(standing.roles(book) - UNHELD)


def _fields(standing: Standing, book: str) -> tuple[AskField, ...]:
    roles = [rule for rule in policy_of(book).roles if rule.id not in UNHELD]
    every = unit_choices(standing, book, root=True)
    return (
        AskField(
            "what",
            _("What to do"),
            value=HOLDER,
            choices=tuple(AskChoice(what, label) for what, label in ACTS.items()),
        ),
        AskField(
            "role",
            _("Office"),
            value=HEAD,
            choices=tuple(AskChoice(rule.id, rule.label) for rule in roles),
        ),
        AskField(
            "unit",
            _("Of which unit"),
            hint=_("blank: the whole directory"),
            choices=(BLANK, *every) if every else (),
        ),
        AskField(
            "whom",
            _("Person"),
            hint=_("name, name/department, or login of somebody without an entry"),
        ),
        AskField("from", _("First day"), hint=_("2026-12-01; blank: today; relieved: first day without")),
        AskField("until", _("Last day"), hint=_("2026-12-31; blank: until relieved")),
    )


def _read(act: Act, book: str, asked: Asked) -> Content:
    what, role = asked.get("what") or HOLDER, asked.get("role") or HEAD
    policy, standing = policy_of(book), act.standing
    if what not in ACTS:
        raise Invalid(Problem("what", _("Choose one from the list.")))
    if role in UNHELD or role not in {rule.id for rule in policy.roles}:
        raise Invalid(Problem("role", _("Choose one from the list.")))
    unit = read_unit(standing, book, "unit", asked["unit"]) if asked.get("unit", "").strip() else None
    if role == HEAD and unit is None:
        raise Invalid(Problem("unit", _("Say which unit.")))
    if not _may_fill(standing, book, unit) and not (what == DEPUTY and _is_own(standing, book, role, unit)):
        raise Refused(
            _("Who holds this office is asked for by whoever keeps the directory, or heads a unit above it."),
            policy.rights.clause,
            _("Ask them. A deputy for your own office you may ask for."),
        )
    person, entry = _whom(standing, book, asked.get("whom", ""))
    first = _day("from", asked.get("from", "")) or today()
    last = _day("until", asked.get("until", "")) if what != RELIEVE else None
    payload: Payload = {
        "what": what,
        "person": person,
        "role": role,
        "unit": unit,
        "from": first.isoformat(),
        "until": last.isoformat() if last is not None else None,
    }
    problems = [*_unfit_days(first, last), *_unfit(book, payload)]
    if problems:
        raise Invalid(*problems)
    account = Account.get_or_none((Account.person == person) & (Account.state != "disabled"))
    act.note(person=person, role=role)
    return Content(
        unit=_decided_in(book, role, unit),
        payload=payload,
        entry=entry,
        about=account.id if account is not None else None,
    )


def _whom(standing: Standing, book: str, text: str) -> tuple[int, int | None]:
    """The person whom ``text`` names, with their entry in the book: a colleague within reach, or for whoever
    fills the offices of the book somebody who has no entry there, such as a teacher, by the login or by the
    name of who holds one. Raises Invalid."""
    found = read_colleague(standing, book, "whom", text)
    if not isinstance(found, Problem):
        return int(Entry.get_by_id(found).person_id), found
    if not _fills_all(standing, book):
        raise Invalid(found)
    account = Account.get_or_none((Account.login == text.strip()) & (Account.state != "disabled"))
    person = account.person_id if account is not None else None
    persons = {person} if person is not None else persons_named(book, text)
    if len(persons) > 1:
        raise Invalid(Problem("whom", _("There are several of that name; write the login.")))
    if not persons:
        raise Invalid(found)
    return persons.pop(), None


def _fills_all(standing: Standing, book: str) -> bool:
    policy = policy_of(book)
    return holds(standing, policy, (policy.rights.by, *policy.keepers), root_of(book))


def _decided_in(book: str, role: str, unit: int | None) -> int:
    """Of a unit's own office the head of the unit above decides."""
    row = Unit.get_by_id(unit if unit is not None else root_of(book))
    return int(row.parent_id or row.id) if role == HEAD else int(row.id)


def _day(field: str, text: str) -> date | None:
    day = read_day(text) if text.strip() else None
    if isinstance(day, Message):
        raise Invalid(Problem(field, day))
    return day


def _unfit_days(first: date, last: date | None) -> list[Problem]:
    if first < today():
        return [Problem("from", _("This day is over; what was cannot be made anew."))]
    if (first - today()).days > LONGEST_AHEAD:
        return [Problem("from", _("Ask for it within a year of its first day."))]
    if last is not None and last < first:
        return [Problem("until", _("The last day is before the first."))]
    return []


def _unfit(book: str, asks: Payload) -> list[Problem]:
    """What speaks against it as things are."""
    coming = asks["what"] == RELIEVE
    held = held_now(book, asks["role"], asks["unit"], person=asks["person"], coming=coming)
    if asks["unit"] is not None and not Unit.get_by_id(asks["unit"]).active:
        return [Problem("unit", _("This unit is closed."))]
    if asks["what"] == RELIEVE:
        return [] if held else [Problem("whom", _("They don't hold this office."))]
    if any(grant.capacity == asks["what"] for grant in held):
        return [Problem("whom", _("They hold this office already."))]
    return []


def _typed(asks: Payload) -> Asked:
    entry = Entry.get_or_none((Entry.person == asks["person"]) & (Entry.state == "active"))
    return {
        "what": asks["what"],
        "role": asks["role"],
        "unit": str(asks["unit"] or ""),
        "whom": named(str(entry.id)) if entry is not None else _login(asks["person"]),
        "from": asks["from"],
        "until": asks["until"] or "",
    }


def _login(person: int) -> str:
    return str(Account.get((Account.person == person) & (Account.state != "disabled")).login)


def lines_of(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    """What is asked for: of which office, by whom it is held and is to be, and from when until when."""
    book, what = request.book_id, asks["what"]
    whom = str(Person.get_by_id(asks["person"]).name)
    office = office_name(book, asks["role"], asks["unit"], HOLDER)
    present = [grant for grant in held_now(book, asks["role"], asks["unit"]) if grant.capacity == HOLDER]
    if what == HOLDER:
        before = (
            ", ".join(grant.called for grant in present) if is_single(policy_of(book), asks["role"]) else ""
        )
        change: tuple[Text, Text] = (before, whom)
    elif what == RELIEVE:
        change = (whom, _("relieved"))
    else:
        change = ("", office_name(book, asks["role"], asks["unit"], capacity_of(what)))
    parts: list[tuple[str, Message, Text]] = [("from", _("from"), asks["from"])]
    if what in (ACTING, DEPUTY):
        parts.insert(0, ("whom", _("held by"), whom))
    if what != RELIEVE:
        parts.append(("until", _("until"), asks["until"] or _("relieved")))
    return (
        DiffLine("office", office, change[0], change[1], change),
        *(DiffLine(name, label, "", value, ("", value)) for name, label, value in parts),
    )


def check_current(request: Request, asks: Payload) -> None:
    """Raise Refused where it can't be so any more."""
    problems = _unfit(request.book_id, asks)
    if request.entry_id is not None and Entry.get_by_id(request.entry_id).state != "active":
        raise Refused(
            _("The person is not in this directory any more."), request.clause, _("Reject the request.")
        )
    if problems:
        raise Refused(problems[0].message, request.clause, _("Return it, so that it is written again."))


def ousted(book: str, asks: Payload) -> frozenset[int]:
    """The persons in whose place somebody else is appointed (D.3)."""
    if asks["what"] != HOLDER or not is_single(policy_of(book), asks["role"]):
        return frozenset()
    held = held_now(book, asks["role"], asks["unit"], coming=True)
    ending = [one for one in held if one.capacity != DEPUTY]
    persons = {one.person_id for one in ending if one.person_id is not None}
    accounts = {one.account_id for one in ending if one.account_id is not None}
    return frozenset(persons | set(map(person_behind, accounts)))


def write(request: Request, asks: Payload, act: Act) -> None:
    """Put it on record, from its day on."""
    book, role, unit, what = request.book_id, asks["role"], asks["unit"], asks["what"]
    first, last = date.fromisoformat(asks["from"]), asks["until"]
    act.note(person=asks["person"], role=role, what=what, day=asks["from"])
    if what == RELIEVE:
        end_on(held_now(book, role, unit, person=asks["person"], coming=True), first)
        return
    if what == HOLDER and is_single(policy_of(book), role):
        end_on([one for one in held_now(book, role, unit, coming=True) if one.capacity != DEPUTY], first)
    appoint(
        Grant(
            person=asks["person"],
            role=role,
            book=book,
            unit=unit,
            capacity=what,
            until=end_of(date.fromisoformat(last)) if last else None,
        ),
        first,
        by=act.standing.account,
        clause=request.clause,
    )


def _unit(_standing: Standing, book: str) -> int:
    return root_of(book)


OFFER: Final = Offer(
    ID,
    _("office"),
    _("Have a holder of an office appointed, an acting one or a deputy named, or somebody relieved."),
    _open_to,
    _fields,
    _read,
    _typed,
    _unit,
)
