"""What joining, moving and leaving bring along, in the words of every face."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from db.desk.lifecycle.event_route import EventRoute, Promise
from db.desk.lifecycle.forms import JoinForm, LeaveForm, MoveForm
from db.language import Message, Text, _, _n, listed
from tui.sheets.cell import Fact
from tui.sheets.clauses import by_clause

PROMISES: Final[Mapping[str, Message]] = {
    "announcement": _("Department and person are told."),
    "archive": _("The entry is sealed in the archive and leaves every list at once."),
    "hand-back": _("Every copy is handed back and signed off first."),
    "account-closed": _("The account is closed."),
    "receipt": _("The receipt is confirmed."),
}
WAITING: Final = _(
    "Name, kind, place and day are kept, and the clock runs. The rest is not kept until you submit the "
    "form, and has to be typed again then."
)
"""Of a joiner who is kept waiting."""


def consequence_facts(form: JoinForm | MoveForm | LeaveForm) -> list[Fact]:
    """Return facts on what follows from a joiner's, mover's or leaver's request, with clauses."""
    found = deadline_facts(form.route)
    if isinstance(form, LeaveForm):
        found += _ending(form)
    if isinstance(form, MoveForm) and form.copies:
        found.append(("", copies_to_come(form)))
    return found


def deadline_facts(way: EventRoute) -> list[Fact]:
    """Return facts on the deadlines of the event, and what is promised with it."""
    found: list[Fact] = []
    for what, days, clause in way.duties:
        clock = _n(
            "within {days} working day ({clause})",
            "within {days} working days ({clause})",
            days=days,
            clause=by_clause(clause),
        )
        found.append((what, clock))
    return found + [(promise.label, promise_text(promise)) for promise in way.promises]


def copies_to_come(form: MoveForm) -> Text:
    return _("Copies to hand back: {count}", count=form.copies)


def promise_text(promise: Promise) -> Text:
    if promise.what != "sync":
        return _("{what} ({clause})", what=PROMISES[promise.what], clause=by_clause(promise.clause))
    parts: Text = ""
    for part in promise.parts:
        parts = _("{first}, {rest}", first=parts, rest=part) if parts else part
    clause = by_clause(promise.clause)
    if not promise.parts:
        if promise.by_itself:
            return _("Deleted from WeCom by itself ({clause})", clause=clause)
        return _("Deleted outside too, ticked off on the task ({clause})", clause=clause)
    if promise.by_itself:
        return _("WeCom is told by itself: {fields} ({clause})", fields=parts, clause=clause)
    return _("Kept in step outside, ticked off on the task: {fields} ({clause})", fields=parts, clause=clause)


def _ending(form: LeaveForm) -> list[Fact]:
    """Return facts on what ends with a leaver's entry; what there is none of is left out."""
    ending, found = form.ending, list[Fact]()
    if ending.accounts:
        if ending.closes:
            what = _("is closed, sessions end")
        elif form.entered_in:
            what = _(
                "stays open: that they leave the organisation is entered in {book}", book=form.entered_in
            )
        else:
            what = _("is closed with the organisation; stays open where only this directory is left")
        found.append((_("Account"), [listed(ending.accounts), " ", what]))
    if ending.rights or ending.stand_ins:
        ends = _("ended: {rights}; delegations ended: {stand_ins}", rights=ending.rights,
                 stand_ins=ending.stand_ins)  # fmt: skip
        found.append((_("Rights"), ends))
    if ending.headed:
        found.append((_("Heads"), _("{units}: without a head from then on", units=listed(ending.headed))))
    if ending.answers_for:
        found.append(
            (_("Outside"), _("{count}, handed over to whoever is named above", count=ending.answers_for))
        )
    if ending.requests:
        found.append(
            (
                _("Requests"),
                _n(
                    "{count} under way is withdrawn",
                    "{count} under way are withdrawn",
                    count=len(ending.requests),
                ),
            )
        )
    if form.copies:
        found.append((_("Hand back"), listed(form.copies)))
    for other in ending.elsewhere:
        gone = other.endings()
        found += [(other.book if one is gone[0] else "", one) for one in gone]
    return found
