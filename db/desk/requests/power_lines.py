"""What an act that was put off would do, in words, from the arguments of its operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from db.approval.capacity import capacity_of
from db.desk.authority.office_names import office_name, role_name
from db.desk.entry.units import name_of as unit_name
from db.desk.frame import OPERATIONS
from db.desk.requests.approvers import called
from db.desk.requests.power_arguments import SECRET
from db.desk.requests.request_kinds import DiffLine, Payload
from db.language import Label, Message, Text, _
from db.store.tables import Book, Entry, Grant, Person, Request

Argument = Callable[[Any, Mapping[str, Any]], Text]


def _book(value: Any, _others: Mapping[str, Any]) -> Text:
    row = Book.get_or_none(Book.id == value)
    return Label(row.title_zh, row.title_en) if row is not None else str(value)


def _entry(value: Any, _others: Mapping[str, Any]) -> Text:
    row = Entry.get_or_none(Entry.id == value)
    return str(row.name) if row is not None else str(value)


def _role(value: Any, others: Mapping[str, Any]) -> Text:
    return role_name(str(others["book"]), str(value)) if "book" in others else str(value)


def _held(value: Any, _others: Mapping[str, Any]) -> Text:
    row = Grant.get_or_none(Grant.id == value)
    if row is None:
        return str(value)
    office = office_name(row.book_id or "", row.role, row.unit_id, capacity_of(row.capacity))
    return _("{office}, held by {who}", office=office, who=row.called)


def _account(value: Any, _others: Mapping[str, Any]) -> Text:
    return called(value)


def _person_name(value: Any, _others: Mapping[str, Any]) -> Text:
    return str(Person.get_by_id(value).name)


def _filling(value: Any, _others: Mapping[str, Any]) -> Text:
    words = {
        "holder": _("appoint, in the place of the present holder"),
        "acting": _("acting, for the time being"),
        "deputy": _("name a deputy"),
        "relieve": _("relieve"),
    }
    return words.get(str(value), str(value))


def _unit(value: Any, _others: Mapping[str, Any]) -> Text:
    return _("the whole directory") if value is None else unit_name(value)


def _until(value: Any, _others: Mapping[str, Any]) -> Text:
    return _("for good") if value is None else str(value)


KNOWN: Mapping[str, tuple[Message, Argument]] = {
    "account": (_("whose"), _account),
    "to": (_("to whom"), _account),
    "entry": (_("whose"), _entry),
    "person": (_("person"), _person_name),
    "what": (_("how"), _filling),
    "next_deputy": (_("next deputy"), _person_name),
    "without_deputy": (_("without a deputy"), lambda _value, _others: _("yes")),
    "grant": (_("access right"), _held),
    "role": (_("role"), _role),
    "book": (_("directory"), _book),
    "unit": (_("in which part"), _unit),
    "from_day": (_("from"), _until),
    "until": (_("until"), _until),
    "until_day": (_("until"), _until),
    "reason": (_("reason"), lambda value, _others: str(value)),
}
"""Arguments as they are shown; what is not here is shown under its own name."""


MORE: dict[str, Callable[[Request, Payload], tuple[DiffLine, ...]]] = {}
"""What else is said of an operation's request, by operation."""


def lines_of_request(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    """What a request asks for; nothing where that went with the person whom it was about."""
    operation = asks["operation"]
    if not operation:
        return ()
    lines = lines_of(operation, asks["arguments"])
    return (*lines, *(MORE[operation](request, asks) if operation in MORE else ()))


def lines_of(operation: str, arguments: Mapping[str, Any]) -> tuple[DiffLine, ...]:
    """What is asked for: the act, and each of its arguments."""
    act = OPERATIONS[operation].label
    said: list[tuple[str, Text, Text]] = [(operation, _("what to do"), act)]
    power = OPERATIONS[operation].power
    own = power.says(arguments)
    if own:
        said += [(f"line{number}", one.label, one.after) for number, one in enumerate(own)]
    else:
        for name, value in arguments.items():
            if name not in SECRET and value not in ("", None, [], {}, False):
                label, words = KNOWN.get(name, (name, lambda one, _others: str(one)))
                said.append((name, label, words(value, arguments)))
    return tuple(DiffLine(name, label, "", text, ("", text)) for name, label, text in said)
