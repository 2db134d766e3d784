"""What is announced of cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from db.desk.refusal import SILENT
from db.desk.today.notice_views import NoticeToMe
from db.language import Message, Text, _, currency_words
from tui.sheets.date_words import day
from tui.sheets.notice_slots import NoticeWords, by_of, label_of, whom_of


def _case(text: Message) -> Callable[[NoticeToMe], Text]:
    """Return a function that words a notice about a case, with slots for its number, person and outcome."""

    def notice_text(notice: NoticeToMe) -> Text:
        slots: dict[str, object] = {"case": notice.detail["case"], "kind": label_of(notice, "kind")}
        if "outcome_zh" in notice.detail:
            slots["outcome"] = label_of(notice, "outcome")
        if notice.entry is not None:
            slots["who"] = whom_of(notice)
        elif "whom" in notice.detail:
            slots["who"] = str(notice.detail["whom"])
        elif "whom_zh" in notice.detail:
            slots["who"] = label_of(notice, "whom")
        return Message(text.text, slots)

    return notice_text


def _case_by(text: Message) -> Callable[[NoticeToMe], Text]:
    """Return a function that words a notice as `_case` does, with a slot for who did it."""
    return lambda notice: Message(
        text.text, {**cast(Message, _case(text)(notice)).params, "by": by_of(notice)}
    )


def _in_your_name(text: Message) -> Callable[[NoticeToMe], Text]:
    """Return a function that words a notice as `_case` does, with the day until which the reader may speak
    for themselves."""
    return lambda notice: Message(
        text.text,
        {**cast(Message, _case(text)(notice)).params, "day": day(str(notice.detail["until"]))},
    )


def _praise(text: Message) -> Callable[[NoticeToMe], Text]:
    """Return a function that words a notice about a commendation."""
    return lambda notice: Message(
        text.text,
        {
            "who": whom_of(notice),
            "label": label_of(notice, "label"),
            "first": day(str(notice.detail["first"])),
            "last": day(str(notice.detail["last"])),
        },
    )


def _verdict(notice: NoticeToMe) -> Text:
    told: Text = _case(_("Case {case}, {kind}, was decided about you: {outcome}"))(notice)
    if "appeal_until" in notice.detail:
        told = _(
            "{told}; you may appeal until {day} ({clause}; F11)",
            told=told,
            day=day(str(notice.detail["appeal_until"])),
            clause=str(notice.detail.get("appeal_clause", SILENT)),
        )
    return _with_fine(told, notice)


def _heard_text(notice: NoticeToMe) -> Text:
    text = _("Your appeal in case {case}: {heard}. Decision now: {outcome} (F11)")
    if notice.kind == "case-reviewed":
        text = _("Case {case} was opened again and reviewed: {heard}. Decision now: {outcome} (F11)")
    heard, outcome = label_of(notice, "heard"), label_of(notice, "outcome")
    slots = {"case": notice.detail["case"], "heard": heard, "outcome": outcome}
    return _with_fine(Message(text.text, slots), notice)


def _with_fine(told: Text, notice: NoticeToMe) -> Text:
    if "amount" not in notice.detail:
        return told
    fine = _(
        "{amount} {currency} in all, {times}×",
        amount=int(str(notice.detail["amount"])),
        currency=currency_words(str(notice.detail["currency"])),
        times=int(str(notice.detail["occurrences"])),
    )
    return Message("{told}  {fine}", {"told": told, "fine": fine})


NOTICES: NoticeWords = {
    "case-reported": _case(_("Case {case} waits for you: {kind} (F11)")),
    "case-involved": _case_by(_("{by} named {who} in case {case}, {kind}, as a person concerned")),
    "case-found": _case(_("Case {case}, {kind}: a found copy names {who} as a person concerned")),
    "case-released": _case_by(_("{by} took {who} off case {case}, {kind}")),
    "case-outcome": lambda notice: _case(
        _("What you reported, case {case}, {kind}: {outcome} (F11)")
        if "outcome_zh" in notice.detail
        else _("What you reported, case {case}, {kind}, was decided")
    )(notice),
    "case-verdict": _verdict,
    "case-appealed": _case(_("An appeal in case {case} waits for you: {kind} (F11)")),
    "case-hearing": lambda notice: _(
        "Case {case}: a breach was found, {kind}. You may speak until {day} before it is decided (F11)",
        case=int(str(notice.detail["case"])),
        kind=label_of(notice, "kind"),
        day=day(str(notice.detail["until"])),
    ),
    "case-spoken-for": _in_your_name(
        _("Case {case}, {kind}: somebody wrote down for you what you said. Say it yourself until {day} (F11)")
    ),
    "case-lodged": _in_your_name(
        _("Case {case}, {kind}: an appeal was written down for you. Make your own until {day} (F11)")
    ),
    "case-heard": _heard_text,
    "case-review": _case(_("A decision was opened again in case {case}, {kind}; you review it (F11)")),
    "case-reviewed": _heard_text,
    "case-stuck": lambda notice: _(
        "Case {case} waits for nobody: appoint somebody, or name who acts (v in the Directory)",
        case=int(str(notice.detail["case"])),
    ),
    "case-circulated": _case(_("{who}: {kind}, {outcome}")),
    "case-uncirculated": _case(_("{who}: the sanction made known in case {case}, {kind}, is lifted")),
    "commended": _praise(_("{who}: {label} for {first} to {last}")),
    "uncommended": _praise(_("{who}: {label} for {first} to {last} was taken back")),
}
