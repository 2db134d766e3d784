"""Entries given to another department: only with the consent of each person concerned (B.6.2).

Each is asked as soon as the request is handed in. It can be approved once all have answered or their time
is over, and then gives the entries of those who agreed, in the fields that they agreed to; of nobody who
refused, kept silent or took the consent back. Whether somebody out of the requester's reach exists shows
to the deciders alone; that nobody has a name is said to who has nobody out of reach.
"""

from __future__ import annotations

from datetime import timedelta

from db.desk.act import Act
from db.desk.asking.consents import (
    answers_by_entry,
    ask_consent,
    close_questions,
    outcome,
    round_consents,
    state_of,
)
from db.desk.asking.places import read_unit, unit_choices
from db.desk.authority.permissions import Permissions, own_place, policy_of, root_of
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.entry.colleagues import people_named, sees_everybody, within_reach
from db.desk.entry.namesakes import several_fit
from db.desk.entry.units import name_of
from db.desk.notation.parsing import read_count
from db.desk.notation.values import names_in
from db.desk.power.declaration import power_over
from db.desk.refusal import Invalid, Problem, Refused
from db.desk.requests.access import too_long
from db.desk.requests.ask_fields import AskChoice, RequestField
from db.desk.requests.request_kinds import (
    Asked,
    DiffLine,
    Offer,
    Payload,
    RequestContent,
    RequestKind,
    register,
)
from db.desk.requests.submitters import holds_own_role
from db.language import Label, Text, _, _n
from db.policy.effective import EffectivePolicy
from db.store import clock
from db.store.moves import Moves
from db.store.tables import Book, Disclosure, Request

KIND = "disclosure"
ALL, OPEN = "all", "open"
PEOPLE = 20
"""So many people are asked by one request at the most."""


def fields_of(policy: EffectivePolicy, scope: str) -> tuple[str, ...]:
    """Return the fields that may be given: neither private nor kept to some; with scope ``open`` no protected
    ones either."""
    return tuple(
        rule.name
        for rule in policy.fields
        if not rule.visible_to and not rule.private and (scope == ALL or not rule.protected)
    )


def _fields(permissions: Permissions, book: str) -> tuple[RequestField, ...]:
    receiving = _receiving(permissions, book)
    return (
        RequestField("people", _("Whom"), hint=_("names, commas between them; or name/department/position")),
        RequestField(
            "what",
            _("What"),
            value=ALL,
            choices=(
                AskChoice(ALL, _("all contacts")),
                AskChoice(OPEN, _("only what is not protected")),
            ),
        ),
        RequestField(
            "to",
            _("To which unit"),
            value=receiving[0].id if receiving else "",
            hint=_("the department that is to see it"),
            choices=receiving,
        ),
        RequestField("days", _("Days"), hint=_("blank: as long as the rules allow")),
    )


def _receiving(permissions: Permissions, book: str) -> tuple[AskChoice, ...]:
    """Offer the actor's own units, in every book; to those who give entries away, any unit of this one."""
    found = {}
    for other, (_entry, unit) in permissions.own.items():
        label = Book.get_by_id(other)
        titled = Label(f"{name_of(unit)}（{label.title_zh}）", f"{name_of(unit)} ({label.title_en})")
        found[str(unit)] = AskChoice(str(unit), titled)
    if _gives(permissions, book):
        for choice in unit_choices(permissions, book, root=False):
            found.setdefault(choice.id, choice)
    return tuple(found.values())


def _gives(permissions: Permissions, book: str) -> bool:
    policy = policy_of(book)
    return holds_own_role(permissions, policy, (policy.disclosure.by,), root_of(book))


def _read(act: Act, book: str, asked: Asked) -> RequestContent:
    policy = policy_of(book)
    longest = policy.lookup.grant_days
    typed = read_count(asked.get("days", ""))
    days = longest if typed is None else typed
    problems = []
    names = names_in(asked.get("people", ""))
    if not names:
        problems.append(Problem("people", _("Say whose entries you need.")))
    if len(names) > PEOPLE:
        problems.append(Problem("people", _("Ask for {count} people at a time at the most.", count=PEOPLE)))
    if not 1 <= days <= longest:
        problems.append(Problem("days", too_long(policy)))
    what = asked.get("what") or ALL
    if what not in (ALL, OPEN):
        problems.append(Problem("what", _("Choose one from the list.")))
    if problems:
        raise Invalid(*problems)
    refuse_card_numbers([policy], _("The names given"), asked["people"], "people")
    to = _unit(act.permissions, book, asked.get("to", ""))
    act.note_facts(to=to, days=days)
    return RequestContent(
        unit=own_place(act.permissions, book),
        payload={
            "people": [_person(act.permissions, book, name) for name in names],
            "what": what,
            "to": to,
            "days": days,
        },
    )


def _unit(permissions: Permissions, book: str, text: str) -> int:
    """Return the receiving unit that ``text`` names: an own one, or for those who give entries away any of
    the book's. Raises Invalid."""
    own = {str(unit): unit for _entry, unit in permissions.own.values()}
    if text.strip() in own:
        return own[text.strip()]
    found = [unit for unit in own.values() if text.strip() == name_of(unit)]
    if len(found) == 1:
        return found[0]
    if not _gives(permissions, book):
        raise Invalid(Problem("to", _("Choose a department of your own.")))
    return read_unit(permissions, book, "to", text)


def _person(permissions: Permissions, book: str, name: str) -> dict[str, object]:
    """Return ``entry``, ``name`` and ``typed`` of the person whom ``name`` means; ``entry`` is None where
    nobody or more than one fits and none of them is within reach. Raises Invalid."""
    near = people_named(book, name, lambda row: within_reach(permissions, row))
    if len(near) > 1:
        raise Invalid(Problem("people", several_fit(near)))
    if not near and sees_everybody(permissions, book):
        raise Invalid(Problem("people", _("Nobody in this directory is called {name}.", name=name)))
    found = near or ([] if name.isdigit() else people_named(book, name))
    one = found[0] if len(found) == 1 else None
    shown = f"{near[0].name} {near[0].unit.name}" if near else name.replace("/", " ")
    return {"entry": one.id if one is not None else None, "name": shown, "typed": name}


def _form_values(asks: Payload) -> Asked:
    return {
        "people": "; ".join(str(one["typed"]) for one in asks["people"]),
        "what": asks["what"],
        "to": str(asks["to"]),
        "days": str(asks["days"]),
    }


def _lines(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    said = answers_by_entry(request, fields_of(policy_of(request.book_id), asks["what"]))
    lines = []
    for one in asks["people"]:
        nobody: Text = _("nobody, or more than one, of that name")
        answer = said.get(one["entry"], nobody) if one["entry"] is not None else nobody
        told = _("{name}: {answer}", name=one["name"], answer=answer)
        lines.append(DiffLine("people", _("to give"), "", told, ("", one["name"])))
    what: Text = _("all contacts") if asks["what"] == ALL else _("only what is not protected")
    to = name_of(asks["to"])
    lasts = _n("for {days} day", "for {days} days", days=asks["days"])
    rest = [("what", _("what"), what), ("to", _("given to"), to), ("days", _("how long"), lasts)]
    return (*lines, *(DiffLine(name, label, "", value, ("", value)) for name, label, value in rest))


def _handed_in(request: Request, asks: Payload, act: Act) -> None:
    """Ask each person concerned for their consent (`ask_consent`)."""
    policy = policy_of(request.book_id)
    wanted = [one["entry"] for one in asks["people"] if one["entry"] is not None]
    ask_consent(request, policy, wanted, fields_of(policy, asks["what"]))
    act.note_facts(people=len(asks["people"]))


def _current(request: Request, _asks: Payload) -> None:
    """Raise Refused as long as somebody can still answer, and where nobody agreed."""
    stands = outcome(request)
    if stands.waiting:
        raise Refused(
            _n(
                "{count} of the people concerned has not answered yet.",
                "{count} of the people concerned have not answered yet.",
                count=stands.waiting,
            ),
            request.clause,
            _("They have until {day}; after that silence counts as a no.", day=stands.day),
        )
    if not stands.agreed:
        raise Refused(
            _("Nobody whom it concerns agrees, so nothing may be given."),
            request.clause,
            _("Reject the request, or return it."),
        )


def _apply(request: Request, asks: Payload, act: Act) -> None:
    """Store a disclosure to the receiving department of each entry whose person agreed, for the days asked
    for. Notifies nobody."""
    start = clock.utcnow()
    agreed = [consent for consent in round_consents(request) if state_of(consent) in ("given", "waived")]
    for consent in agreed:
        Disclosure.create(
            consent=consent,
            entry=consent.entry_id,
            unit=asks["to"],
            from_at=clock.stamp(start),
            until=clock.stamp(start + timedelta(days=int(asks["days"]))),
        )
    act.note_facts(given=len(agreed), to=asks["to"], days=asks["days"])


LABEL = _("disclosure")
register(
    RequestKind(
        id=KIND,
        label=LABEL,
        power=power_over(Moves.GIVEN),
        apply=_apply,
        current=_current,
        lines=_lines,
        names=lambda asks: [(one["entry"], str(one["typed"])) for one in asks["people"]],
        concerned_may_decide=True,
        handed_in=_handed_in,
        closed=close_questions,
        covered=True,
        final=True,
        offers=(
            Offer(
                KIND,
                LABEL,
                _("Have entries given to a department for a time; each person concerned is asked first."),
                lambda _standing, _book: True,
                _fields,
                _read,
                _form_values,
                own_place,
            ),
        ),
    )
)
