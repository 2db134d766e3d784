"""What an act that was put off would do, in words, from the arguments of its operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from db.approval.capacity import capacity_of
from db.desk.authority.office_names import office_name, role_name
from db.desk.authority.permissions import policy_of
from db.desk.entry.units import name_of as unit_name
from db.desk.frame import OPERATIONS
from db.desk.notation.localtime import local
from db.desk.requests.approvers import account_name
from db.desk.requests.power_arguments import SECRET
from db.desk.requests.request_kinds import DiffLine, Payload
from db.language import Message, Text, _, listed
from db.policy.wording import REVIEWS
from db.store import clock
from db.store.tables import Book, Delegation, Entry, Grant, Person, Request, Unit

Argument = Callable[[Any, Mapping[str, Any]], Text]


def _book(value: Any, _others: Mapping[str, Any]) -> Text:
    row = Book.get_or_none(Book.id == value)
    return row.title if row is not None else str(value)


def _entry(value: Any, _others: Mapping[str, Any]) -> Text:
    row = Entry.get_or_none(Entry.id == value)
    return str(row.name) if row is not None else str(value)


def _role(value: Any, others: Mapping[str, Any]) -> Text:
    return role_name(str(others["book"]), str(value)) if "book" in others else str(value)


def _grant_text(value: Any, _others: Mapping[str, Any]) -> Text:
    row = Grant.get_or_none(Grant.id == value)
    return held_words(row) if row is not None else str(value)


def held_words(row: Grant) -> Text:
    """Name an office with its holder, present or future."""
    office = office_words(row, clock.now())
    if row.from_at > clock.now():
        return _("{office}, by {who}", office=office, who=row.holder_name)
    return _("{office}, held by {who}", office=office, who=row.holder_name)


def office_words(row: Grant, at: str) -> Text:
    """Name an office; one that was to begin after the moment ``at`` with its first day."""
    office = office_name(row.book_id or "", row.role, row.unit_id, capacity_of(row.capacity))
    if row.from_at <= at:
        return office
    return _("{office} (to begin on {day})", office=office, day=local(row.from_at)[:10])


def _account(value: Any, _others: Mapping[str, Any]) -> Text:
    return account_name(value)


def _person_name(value: Any, _others: Mapping[str, Any]) -> Text:
    row = Person.get_or_none(Person.id == value)
    return str(row.name) if row is not None else str(value)


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
    """Write a day as it is, a stored time as that of the organisation."""
    if value is None:
        return _("for good")
    return local(value)[:16] if "T" in str(value) else str(value)


def _rule(section: str) -> Argument:
    """Make an argument whose values are named by the labels of a ``section`` of the directory's rules; by
    themselves where it has no such rule."""

    def words(value: Any, others: Mapping[str, Any]) -> Text:
        unit = Unit.get_or_none(Unit.id == others.get("unit"))
        book = others.get("book", unit.book_id if unit is not None else None)
        rules = getattr(policy_of(book), section) if book is not None else ()
        return next((one.label for one in rules if one.id == value), str(value))

    return words


def _kind(value: Any, others: Mapping[str, Any]) -> Text:
    return REVIEWS[value] if value in REVIEWS else _rule("unit_kinds")(value, others)


def _delegation(value: Any, _others: Mapping[str, Any]) -> Text:
    row = Delegation.get_or_none(Delegation.id == value)
    if row is None:
        return str(value)
    return _("{one} to {other}", one=account_name(row.account_id), other=account_name(row.to_id))


def _as_typed(value: Any, _others: Mapping[str, Any]) -> Text:
    """Write a value as it is; of several each, of rows the cells of each."""
    if not isinstance(value, list | tuple):
        return str(value)
    rows = (one if isinstance(one, list | tuple) else [one] for one in value)
    return listed(row for one in rows if (row := " ".join(map(str, filter(None, one)))))


KNOWN: Mapping[str, tuple[Message, Argument]] = {
    "account": (_("who"), _account),
    "to": (_("to whom"), _account),
    "entry": (_("who"), _entry),
    "person": (_("person"), _person_name),
    "what": (_("how"), _filling),
    "next_deputy": (_("next deputy"), _person_name),
    "without_deputy": (_("without a deputy"), lambda _value, _others: _("yes")),
    "grant": (_("access right"), _grant_text),
    "role": (_("role"), _role),
    "book": (_("directory"), _book),
    "unit": (_("in which part"), _unit),
    "from_day": (_("from"), _until),
    "until": (_("until"), _until),
    "until_day": (_("until"), _until),
    "reason": (_("reason"), _as_typed),
    "word": (_("reason"), _as_typed),
    "login": (_("login"), _as_typed),
    "delegation": (_("delegation"), _delegation),
    "edition": (_("edition"), _rule("editions")),
    "issue": (_("issue"), _as_typed),
    "number": (_("copies"), _as_typed),
    "token": (_("token"), _as_typed),
    "numbers": (_("copies"), _as_typed),
    "topic": (_("topic"), _rule("training")),
    "day": (_("day"), _as_typed),
    "due": (_("until"), _as_typed),
    "owner": (_("who answers for it"), _account),
    "campaign": (_("review"), _as_typed),
    "commendation": (_("number"), _as_typed),
    "finding": (_("finding"), _as_typed),
    "verdict": (_("outcome"), _as_typed),
    "kind": (_("kind"), _kind),
    "by": (_("by whom"), _role),
    "region": (_("region"), _as_typed),
    "request": (_("request"), _as_typed),
    "first": (_("from"), _as_typed),
    "last": (_("until"), _as_typed),
    "title": (_("title"), _as_typed),
    "root": (_("organisation"), _as_typed),
    "maintainer": (_("maintainer"), _as_typed),
    "deputy": (_("deputy"), _as_typed),
    "regulation": (_("regulation"), _as_typed),
    "version": (_("version"), _as_typed),
    "rows": (_("days and lines"), _as_typed),
    "days": (_("day"), _as_typed),
    "lines": (_("lines signed"), _as_typed),
    "evidence": (_("file"), _as_typed),
    "tag": (_("tag"), _as_typed),
    "on": (_("put on"), lambda _value, _others: _("yes")),
    "entries": (_("person"), lambda value, others: listed(_entry(one, others) for one in value)),
    "policies": (_("regulations"), _as_typed),
    "decisions": (
        _("decided where they differ"),
        lambda value, _others: listed(f"{key}: {one}" for key, one in value.items()),
    ),
    "subjects": (_("what was delayed"), _as_typed),
}
"""Arguments as they are shown."""
UNSAID = frozenset({
    "task", "item", "only", "anyway", "source", "own", "progress", "looked", "given", "wishes", "begins",
    "step", "trained", "stands",
})  # fmt: skip
"""Arguments that say nothing to a reader."""

WHOM = ("account", "to", "login", "entry", "entries", "person", "grant", "role")
"""Arguments that say whom an act is about, and as what."""


MORE: dict[str, Callable[[Request, Payload], tuple[DiffLine, ...]]] = {}
"""What else is said of an operation's request, by operation."""


def lines_of_request(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    """Decrypt and draw what a request asks for; nothing where that went with its person's erasure."""
    operation = asks["operation"]
    if not operation:
        return ()
    lines = lines_of(operation, asks["arguments"])
    return (*lines, *(MORE[operation](request, asks) if operation in MORE else ()))


def _place(name: str) -> int:
    """Return the sort key of an argument's line: whom an act is about first, the directory last."""
    return WHOM.index(name) if name in WHOM else len(WHOM) + (name == "book")


def lines_of(operation: str, arguments: Mapping[str, Any]) -> tuple[DiffLine, ...]:
    act = OPERATIONS[operation].label
    said: list[tuple[str, Text, Text]] = [(operation, _("what to do"), act)]
    power = OPERATIONS[operation].power
    own = power.says(arguments)
    if own:
        said += [(f"line{number}", one.label, one.after) for number, one in enumerate(own)]
    else:
        for name in sorted(arguments, key=_place):
            value = arguments[name]
            if name not in SECRET | UNSAID and value not in ("", None, [], {}, False):
                label, words = KNOWN.get(name, (name, _as_typed))
                said.append((name, label, words(value, arguments)))
    return tuple(
        DiffLine(name, label, "", text, ("", text), is_act=name == operation) for name, label, text in said
    )


def act_and_rest(lines: Sequence[DiffLine]) -> tuple[Text, list[DiffLine]]:
    """Return of `lines_of` an act with whom it is about, and what else is said of it."""
    act, *rest = lines
    whom = [line.after for line in rest if line.field in WHOM]
    said = _("{act}, {whom}", act=act.after, whom=listed(whom)) if whom else act.after
    return said, [line for line in rest if line.after and line.field not in WHOM]
