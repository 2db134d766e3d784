"""Copies of a book: asked for, decided, and then taken once by the one who asked (I.4.4.2, I.4.4.3).

For work and not for work are two kinds, since a regulation may send them different ways. Where none says who
approves a copy that is not for work, the ban on private ends holds for copies too (A.11, B.6.3, F.6.1).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from db.desk.act import Act
from db.desk.asking.places import read_unit, unit_choices
from db.desk.authority.permissions import Permissions, own_place, policy_of, root_of
from db.desk.entry.units import name_of
from db.desk.extracts.granted import PRIVATE, WORK, lacks_approval
from db.desk.power.declaration import power_over
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
from db.policy.vocabulary import DEFAULT
from db.store import clock
from db.store.moves import Moves
from db.store.tables import CopyGrant, Request


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


def _ban_on_private(book: str) -> str | None:
    """Return the clause that bars private copies of ``book``; None where a clause says who approves them."""
    policy = policy_of(book)
    rule = policy.purpose("personal")
    return None if rule.allowed or policy.flow(PRIVATE).clause != DEFAULT else rule.clause


def _check_private(book: str) -> None:
    banned = _ban_on_private(book)
    if banned is not None:
        raise Refused(
            _("This directory serves no private ends, and so no private copies are given."),
            banned,
            _("If you need it for your work, ask for a copy for work."),
        )


def _read_private(act: Act, book: str, asked: Asked) -> RequestContent:
    _check_private(book)
    return _read(act, book, asked)


def _read(act: Act, book: str, asked: Asked) -> RequestContent:
    named = asked.get("unit", "")
    unit = read_unit(act.permissions, book, "unit", named) if named.strip() else root_of(book)
    banned = policy_of(book).denial("copy", "employee")
    if banned is not None:
        raise Refused(
            _("No copies are given out of this directory."), banned, _("Look single people up instead.")
        )
    return RequestContent(unit=own_place(act.permissions, book), payload={"unit": unit})


def _form_values(asks: Payload) -> Asked:
    return {"unit": str(asks["unit"])}


def _lines(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    """Return a line with the part that the copy is of, labelled as for work or private; and where it holds
    only what its reader sees, a line that says so."""
    part = name_of(int(asks["unit"]))
    label = _("copy for work of") if request.kind == WORK else _("private copy of")
    lines = [DiffLine("unit", label, "", part, ("", part))]
    if _is_within_reach(request.book_id):
        alone = _("what its reader sees of it, and nobody else")
        lines.append(DiffLine("reach", _("Holds"), "", alone, ("", alone)))
    return tuple(lines)


def _is_within_reach(book: str) -> bool:
    """Return whether a copy holds those alone whom its reader sees, as others are given with their consent
    alone (B.6.2)."""
    return policy_of(book).denial("ask-access", "everyone") is not None


def _current(request: Request, _asks: Payload) -> None:
    """Raise Refused for a private copy of a book that gives none, and for a copy that by now others have to
    approve too. Nothing else is checked: a copy shows what is on record when it is taken."""
    if request.kind == PRIVATE:
        _check_private(request.book_id)
    lacking = lacks_approval(request)
    if lacking:
        raise Refused(
            _("Since this was asked for, others have to approve copies of this directory, too."),
            lacking,
            _("Reject it; asked for again, it goes to them."),
        )


def _apply(request: Request, asks: Payload, act: Act) -> None:
    """Grant the requester one copy of the part, for the policy's days. Notifies nobody."""
    days = policy_of(request.book_id).lookup.grant_days
    CopyGrant.create(
        account=request.requester_id,
        book=request.book_id,
        unit=int(asks["unit"]),
        request=request.id,
        for_work=request.kind == WORK,
        within_reach=_is_within_reach(request.book_id),
        until=clock.stamp(clock.utcnow() + timedelta(days=days)),
    )
    act.note_facts(days=days)


def _everyone(_standing: Permissions, _book: str) -> bool:
    return True


def _where_given(_standing: Permissions, book: str) -> bool:
    return _ban_on_private(book) is None


def _make(
    kind: str,
    label: Message,
    help: Message,
    open_to: Callable[[Permissions, str], bool] = _everyone,
    read: Callable[[Act, str, Asked], RequestContent] = _read,
) -> None:
    register(
        RequestKind(
            id=kind,
            label=label,
            power=power_over(Moves.GIVEN),
            apply=_apply,
            current=_current,
            lines=_lines,
            concerned_may_decide=True,
            own_use=True,
            offers=(Offer(kind, label, help, open_to, _fields, read, _form_values, own_place),),
        )
    )


_make(WORK, _("copy for work"), _("A copy of the directory that your work needs; you take it once."))
_make(
    PRIVATE,
    _("private copy"),
    _("A copy for another reason than work; it is reviewed and then approved above."),
    _where_given,
    _read_private,
)
