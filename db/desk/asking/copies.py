"""Copies of a book: asked for, decided, and then taken once by the one who asked (I.4.4.2, I.4.4.3).

For work and not for work are two kinds, since a regulation may send them different ways.
"""

from __future__ import annotations

from datetime import timedelta

from db.desk.asking.places import read_unit, unit_choices
from db.desk.authority.permissions import Permissions, own_place, policy_of, root_of
from db.desk.entry.units import name_of
from db.desk.frame import Act
from db.desk.power.declaration import moving
from db.desk.refusal import Refused
from db.desk.requests.ask_fields import RequestField
from db.desk.requests.request_kinds import (
    Asked,
    DiffLine,
    Offer,
    Payload,
    RequestContent,
    RequestKind,
    register,
)
from db.language import Message, _
from db.store import clock
from db.store.moves import Moves
from db.store.tables import CopyGrant, Request

WORK, PRIVATE = "copy", "copy-private"


def _fields(permissions: Permissions, book: str) -> tuple[RequestField, ...]:
    choices = unit_choices(permissions, book, root=True)
    return (
        RequestField(
            "unit",
            _("Of which part"),
            value=str(root_of(book)) if choices else "",
            hint=_("a department, with what is below it"),
            choices=choices,
        ),
    )


def _read(act: Act, book: str, asked: Asked) -> RequestContent:
    named = asked.get("unit", "")
    unit = read_unit(act.permissions, book, "unit", named) if named.strip() else root_of(book)
    banned = policy_of(book).denial("copy", "employee")
    if banned is not None:
        raise Refused(
            _("No copies are given out of this directory."), banned, _("Look single people up instead.")
        )
    return RequestContent(unit=own_place(act.permissions, book), payload={"unit": unit})


def _typed(asks: Payload) -> Asked:
    return {"unit": str(asks["unit"])}


def _lines(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    """Return one line, which of the two it is first: a narrow list has no column for the kind."""
    part = name_of(int(asks["unit"]))
    label = _("copy for work of") if request.kind == WORK else _("private copy of")
    return (DiffLine("unit", label, "", part, ("", part)),)


def _current(_request: Request, _asks: Payload) -> None:
    """Return nothing: a copy shows what is on record when it is taken."""


def _apply(request: Request, asks: Payload, act: Act) -> None:
    """Let the requester take one copy."""
    days = policy_of(request.book_id).lookup.grant_days
    CopyGrant.create(
        account=request.requester_id,
        book=request.book_id,
        unit=int(asks["unit"]),
        request=request.id,
        for_work=request.kind == WORK,
        until=clock.stamp(clock.utcnow() + timedelta(days=days)),
    )
    act.note_facts(days=days)


def _everyone(_standing: Permissions, _book: str) -> bool:
    return True


def _make(kind: str, label: Message, help: Message) -> None:
    register(
        RequestKind(
            id=kind,
            label=label,
            power=moving(Moves.GIVEN),
            apply=_apply,
            current=_current,
            lines=_lines,
            concerned_may_decide=True,
            own_use=True,
            offers=(Offer(kind, label, help, _everyone, _fields, _read, _typed, own_place),),
        )
    )


_make(WORK, _("copy for work"), _("A copy of the directory that your work needs; you take it once."))
_make(
    PRIVATE,
    _("private copy"),
    _("A copy for another reason than work; it is reviewed and then approved above."),
)
