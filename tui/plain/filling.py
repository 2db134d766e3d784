"""Filling in a form as a command: what there is to write, and handing it in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from db.desk import Invalid
from db.desk.requests.ask_fields import RequestField, values_of
from db.desk.requests.request_views import StepView
from db.desk.requests.route_preview import FlowStep
from db.language import Message, Text, _, clause_words, listed, strung
from tui.plain.command import WrongUsage, number
from tui.plain.forms import FormAnswers, OpenedForm
from tui.plain.room import Room
from tui.plain.words import CommandWords
from tui.sheets.cell import cell_words
from tui.sheets.lives import WAITING
from tui.sheets.request_facts import handed_in, step_words

LISTED: Final = 60
"""So many values of a field are written out."""
UNQUOTED: Final = re.compile(r"[\w./-]+")
"""A name that can be written as it is, for one's own shell and for SSH."""


def tell_form(room: Room, form: OpenedForm) -> None:
    room.write_line(*form.title)
    room.write_table(
        (_("Field"), _("Meaning"), _("Now"), _("Values")),
        [
            (
                field.name,
                field.label,
                field.now or choices.get(field.value, field.value),
                _takes(field, choices),
            )
            for field, choices in ((field, _to_type(room, field)) for field in form.fields)
        ],
    )
    if form.since is not None:
        room.write_facts([(_("So since"), ["--since  ", form.since])])
    room.write_facts(
        [(cell_words(label, room.language), cell_words(value, room.language)) for label, value in form.brings]
    )
    _tell_route(room, form.steps)


def _takes(field: RequestField, choices: Mapping[str, str]) -> Text:
    """Return words for what a field takes: its values, who else sets it, a hint, or that it is required."""
    if not field.editable:
        return _("(set by {maintainer})", maintainer=field.maintained_by)
    if 0 < len(choices) <= LISTED:
        return "|".join(choices.values())
    return strung([*([_("required")] if field.required else []), *([field.hint] if field.hint else [])])


def _by_name(room: Room, field: RequestField) -> dict[str, str]:
    """Return the ids of a field's choices by name in the reader's language, without names that several
    have."""
    names = [_label_as_typed(room, choice.label) for choice in field.choices]
    return {
        name: choice.id for name, choice in zip(names, field.choices, strict=True) if names.count(name) == 1
    }


def _label_as_typed(room: Room, label: Text) -> str:
    """Return a label as it is typed in a command: a path without blanks."""
    return room.words(label).strip().replace(" / ", "/")


def _to_type(room: Room, field: RequestField) -> dict[str, str]:
    """Return what to type for each choice: its id, or for a number its name if that needs no quotes, else
    ``number = name``."""
    named = {id: name for name, id in _by_name(room, field).items() if UNQUOTED.fullmatch(name)}
    return {
        choice.id: named.get(choice.id, f"{choice.id} = {room.words(choice.label).strip()}")
        if choice.id.isdigit()
        else choice.id
        for choice in field.choices
        if choice.id
    }


def _tell_route(room: Room, steps: Sequence[FlowStep | StepView]) -> None:
    if not steps:
        room.write_line(_("No approval needed: takes effect when submitted."))
    for place, step in enumerate(steps, start=1):
        room.write_line(
            _(
                "Step {place}: {who} ({clause})",
                place=place,
                who=step_words(step, listed(step.who)),
                clause=clause_words(step.clause),
            )
        )


def hand_in(
    room: Room, words: CommandWords, form: OpenedForm, pairs: Sequence[str], named: Sequence[str] = ()
) -> int:
    """Submit the form with the values of ``pairs`` and options, or keep a joiner expected, and write what it
    waits for. Values not given stay as they are on the form. ``named``: options read before. Return 0. Raises
    Misread, WrongUsage, Invalid."""
    more = ["since"] if form.dated else []
    if form.joins:
        more.append("person")
    if form.wait is not None:
        more.append("wait")
    words.allow_only(*named, *more, *(() if words.has("wait") else ("reason", "evidence")))
    given = FormAnswers(
        values=values_of(form.fields) | _read_pairs(room, form, pairs),
        reason=words.option_value("reason"),
        evidence=tuple(filter(None, words.option_value("evidence").split(","))),
        since=words.option_value("since"),
        person=number(words.option_value("person"), _("The person")) if words.has("person") else None,
    )
    if form.amends is not None:
        then = form.amends
        given = replace(
            given,
            reason=given.reason or then.reason,
            evidence=given.evidence or then.evidence,
            since=given.since or then.changed_on,
        )
    with _problems_named(room, form):
        if words.has("wait") and form.wait is not None:
            entry = form.wait(given)
            room.write_line(_("Expected: entry {entry}; `tasks` shows the task with its clock.", entry=entry))
            room.write_line(WAITING)
            return 0
        request = form.hand_in(given)
    view = room.desk.requests.one(request) if request else None
    if view is None or view.row.state == "applied":
        room.write_line(handed_in(room.desk, request))
        return 0
    if form.amends is None:
        room.write_line(_("Request {request} is submitted.", request=request))
    else:
        room.write_line(_("Request {request} is resubmitted.", request=request))
    _tell_route(room, view.steps)
    due = view.row.due
    if due is not None:
        room.write_line(_("Due on {day} ({clause})", day=due.day, clause=clause_words(due.clause)))
    return 0


def _read_pairs(room: Room, form: OpenedForm, pairs: Sequence[str]) -> dict[str, str]:
    fields = {field.name: field for field in form.fields}
    names = {room.words(field.label): field.name for field in form.fields}
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name = names.get(name, name)
        if not equals or name not in fields:
            raise WrongUsage(
                _(
                    "Write a value as FIELD=VALUE with one of {fields}, not “{text}”.",
                    fields=listed(fields),
                    text=pair,
                )
            )
        found[name] = _by_name(room, fields[name]).get(value, value)
    return found


@contextmanager
def _problems_named(room: Room, form: OpenedForm) -> Iterator[None]:
    """Add the field's label to the problems of an Invalid from the body, and raise it on."""
    labels = {field.name: field.label for field in form.fields}

    def named(field: str, message: Message) -> Message:
        label = labels.get(field, "")
        if not label or room.words(label) in room.words(message):
            return message
        return _("{name}: {value}", name=label, value=message)

    try:
        yield
    except Invalid as invalid:
        problems = (replace(one, message=named(one.field, one.message)) for one in invalid.problems)
        raise Invalid(*problems) from invalid
