"""Deletion of an entry: never without review (E.6.4), and not where a leaver's archive is due (A.10)."""

from __future__ import annotations

from db.desk.act import Act
from db.desk.authority.permissions import Permissions, own_place, policy_of
from db.desk.due_dates import today
from db.desk.entry import record
from db.desk.entry.colleagues import people_named
from db.desk.entry.namesakes import several_fit
from db.desk.lifecycle.closing import end_with_entry
from db.desk.power.declaration import Power
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.ask_fields import RequestField
from db.desk.requests.change_kind import lock_active_entry, moved_on
from db.desk.requests.inside_owners import answered_for, contacts_unanswered
from db.desk.requests.proposing import may_propose, right_to_propose
from db.desk.requests.request_kinds import (
    Asked,
    DiffLine,
    Offer,
    Payload,
    RequestContent,
    RequestKind,
    register,
)
from db.desk.tasks.finishing import settle_about
from db.language import _
from db.policy.effective import EffectivePolicy
from db.store.moves import Moves
from db.store.tables import Entry, Request

KIND = "delete"


def _open_to(permissions: Permissions, book: str) -> bool:
    policy = policy_of(book)
    return any(
        policy.scope(role, side).propose not in ("none", "self") and policy.denial("remove", role) is None
        for role in permissions.roles(book)
        for side in ("internal", "external")
    )


def _fields(_standing: Permissions, _book: str) -> tuple[RequestField, ...]:
    return (RequestField("entry", _("Whose entry"), hint=_("name, or name/department")),)


def _read(act: Act, book: str, asked: Asked) -> RequestContent:
    policy = policy_of(book)
    text = asked.get("entry", "").strip()
    if not text:
        raise Invalid(Problem("entry", _("Say whose entry.")))
    found = people_named(book, text, lambda row: may_propose(act.permissions, row))
    if len(found) > 1:
        raise Invalid(Problem("entry", several_fit(found)))
    try:
        right = right_to_propose(act, found[0].id if found else 0)
    except Refused as refused:
        refused.field = "entry"
        raise
    banned = policy.denial("remove", right.role)
    if banned is not None:
        raise Refused(
            _("{role} does not have entries deleted.", role=policy.role(right.role).label),
            banned,
            _(
                "Tell {maintainer} what is wrong with it.",
                maintainer=policy.role(policy.maintainer.role).label,
            ),
        )
    _check_archive(policy, right.entry.kind)
    _check_answered(book, right.entry.id)
    _check_single(right.entry.id)
    named = {"name": right.entry.first("name"), "position": right.entry.first("position")}
    return RequestContent(
        unit=right.entry.unit,
        payload={**named, "asked": text},
        entry=right.entry.id,
        entry_version=right.entry.version,
    )


def _check_archive(policy: EffectivePolicy, kind: str) -> None:
    """Raise Refused for an employee whose leaving has to be archived."""
    duty = policy.duty("leaver")
    proof = next((one for one in duty.requires if one.what == "archive"), None) if duty is not None else None
    employed = any(rule.id == kind and rule.side == "internal" for rule in policy.kinds)
    if proof is not None and employed:
        raise Refused(
            _("A colleague's entry is only removed together with its archive."),
            proof.clause,
            _("Have the person's leaving entered instead."),
        )


def _check_answered(book: str, entry: int) -> None:
    """Raise Refused for an inside owner of outside contacts: a leave hands those over (E.5)."""
    contacts = answered_for(entry)
    if contacts:
        raise contacts_unanswered(book, len(contacts))


def _check_single(entry: int) -> None:
    """Raise Refused for a second request about the same entry, which could never be approved."""
    others = (Request.entry == entry) & (Request.kind == KIND) & (Request.state == "open")
    waiting = Request.get_or_none(others)
    if waiting is not None:
        raise Refused(
            _("Request {request} about this is under way already.", request=waiting.id),
            SILENT,
            _("Wait for its decision, or withdraw it first."),
            field="entry",
        )


def _lines(_request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    whom = f"{asks['name']} {asks['position']}".strip()
    gone = _("deleted")
    return (DiffLine("entry", _("entry"), whom, gone, (whom, gone)),)


def _current(request: Request, _asks: Payload) -> None:
    if lock_active_entry(request).version != request.entry_version:
        raise moved_on()


def _apply(request: Request, _asks: Payload, act: Act) -> None:
    """Remove the entry from every list and search, end what ends with it (`end_with_entry`, which notifies
    requesters of ended consents and requests) and its tasks; its values are kept only in the encrypted
    journal. Raises Refused for an inside owner."""
    entry = int(request.entry_id or 0)
    _check_answered(request.book_id, entry)
    before = record.load_entry(entry)
    end_with_entry(Entry.get_by_id(entry), act, but=request.id)
    record.remove_entry(entry, today().isoformat())
    settle_about(entry, act.permissions.account)
    act.keep_states({name: list(values) for name, values in before.values.items()}, {})


LABEL = _("deletion")
register(
    RequestKind(
        id=KIND,
        label=LABEL,
        power=Power(frozenset(Moves) - {Moves.RULE, Moves.SANCTION}),
        apply=_apply,
        current=_current,
        lines=_lines,
        concerned_may_decide=False,
        final=True,
        offers=(
            Offer(
                KIND,
                LABEL,
                _("Have an entry deleted that should not be there; it is reviewed first."),
                _open_to,
                _fields,
                _read,
                lambda asks: {"entry": asks.get("asked", asks["name"])},
                own_place,
            ),
        ),
    )
)
