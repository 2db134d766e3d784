"""Sentences for what somebody did to others, or asks to do. Acts without one are told as a list of what they
were done with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, Final, cast

from db.desk.requests.power_lines import lines_of
from db.desk.today.notice_views import NoticeToMe
from db.language import Message, Text, _
from tui.sheets.date_words import day

DAYS: Final = ("day", "due", "from_day", "until_day", "first", "last")
"""Arguments that are days."""


@dataclass(frozen=True, slots=True)
class ActSentence:
    """An act's words: what somebody ``did``, and what they ask ``to_do``, where it can be asked for.
    ``where``: arguments that it is only for. ``without``: arguments that it says nothing of."""

    did: Message
    to_do: Message | None = None
    where: Mapping[str, object] = field(default_factory=dict)
    without: frozenset[str] = frozenset()

    @property
    def slots(self) -> frozenset[str]:
        return frozenset(slot for _text, slot, _spec, _conversion in Formatter().parse(self.did.text) if slot)


def _filled(what: str, did: Message, to_do: Message) -> ActSentence:
    return ActSentence(did, to_do, {"what": what}, frozenset({"what"}))


SENTENCES: Mapping[str, tuple[ActSentence, ...]] = {
    "accounts.create": (
        ActSentence(
            _("opened the account {login} for {entry}; its activation code is good until {until}"),
            _("open the account {login} for {entry}; its activation code is good until {until}"),
        ),
    ),
    "accounts.disable": (ActSentence(_("disabled the account of {account}")),),
    "accounts.enable": (ActSentence(_("enabled the account of {account} again")),),
    "accounts.end_sessions": (ActSentence(_("ended the sessions of {account}")),),
    "accounts.issue_activation": (
        ActSentence(_("issued an activation code to {account}, good until {until}")),
    ),
    "accounts.grant": (
        ActSentence(_("gave {account} the role {role}"), _("give {account} the role {role}")),
    ),
    "accounts.revoke": (ActSentence(_("took back the right {grant}"), _("take back the right {grant}")),),
    "delegation.delegate": (
        ActSentence(
            _("delegated the decisions of {role} to {to}, from {from_day} to {until_day}"),
            _("delegate the decisions of {role} to {to}, from {from_day} to {until_day}"),
        ),
    ),
    "delegation.revoke": (ActSentence(_("ended the delegation of {delegation}")),),
    "editions.issue": (ActSentence(_("issued the edition {edition}")),),
    "inspections.find": (
        ActSentence(
            _("wrote down a finding in review {campaign}, which {owner} is to put right by {due}: {what}")
        ),
    ),
    "inspections.settle": (
        ActSentence(
            _("closed finding {finding}"), where={"verdict": "close"}, without=frozenset({"verdict"})
        ),
        ActSentence(
            _("sent finding {finding} back to be put right"),
            where={"verdict": "reopen"},
            without=frozenset({"verdict"}),
        ),
    ),
    "lifecycle.call_off": (ActSentence(_("called off a joiner")),),
    "offices.fill": (
        _filled("holder", _("appointed {person} as {role}"), _("appoint {person} as {role}")),
        _filled("acting", _("named {person} to act as {role}"), _("name {person} to act as {role}")),
        _filled("deputy", _("named {person} as deputy of {role}"), _("name {person} as deputy of {role}")),
        _filled(
            "relieve",
            _("relieved {person} of the office {role}"),
            _("relieve {person} of the office {role}"),
        ),
    ),
    "papers.enter": (
        ActSentence(
            _("entered the signed sheet {number}, signed on {day}"),
            _("enter the signed sheet {number}, signed on {day}"),
            without=frozenset({"evidence"}),
        ),
    ),
    "praise.commend": (
        ActSentence(_("commended {entry} of {unit} for {first} to {last}")),
        ActSentence(_("commended {unit} for {first} to {last}")),
    ),
    "praise.take_back": (ActSentence(_("took commendation {commendation} back")),),
    "reviews.close": (ActSentence(_("closed review {campaign}")),),
    "reviews.open": (ActSentence(_("opened a review outside its cycle: {kind}")),),
    "sorting.set_kind": (
        ActSentence(_("set the kind of {unit} to {kind}"), _("set the kind of {unit} to {kind}")),
    ),
    "sorting.tag": (
        ActSentence(
            _("put the tag {tag} on {entry}"),
            _("put the tag {tag} on {entry}"),
            {"on": True},
            frozenset({"on"}),
        ),
        ActSentence(_("took the tag {tag} off {entry}"), _("take the tag {tag} off {entry}"), {"on": False}),
    ),
    "tokens.withdraw": (ActSentence(_("withdrew the token {token}")),),
    "training.load": (ActSentence(_("imported the attendance list of the training “{topic}”")),),
    "training.record": (ActSentence(_("recorded who attended the training “{topic}”")),),
    "training.strike": (ActSentence(_("took attendance at the training “{topic}” off the record")),),
}
MORE: Mapping[str, Message] = {
    "unit": _("in {value}"),
    "day": _("on {value}"),
    "from_day": _("from {value}"),
    "until": _("until {value}"),
    "until_day": _("until {value}"),
    "next_deputy": _("next deputy: {value}"),
    "without_deputy": _("without a deputy"),
    "by": _("decided by {value}"),
    "reason": _("reason: {value}"),
    "word": _("reason: {value}"),
}
"""What a sentence can end with, by argument."""


def done_words(notice: NoticeToMe, by: Text) -> Message | None:
    """Return what ``by`` did, as a sentence; None for an act without one that says all of it."""
    found = _sentence_of(notice)
    return _("{by} {act}", by=by, act=_words(found[0].did, found[1])) if found is not None else None


def asked_words(notice: NoticeToMe) -> Text | None:
    """Return what is asked for, to stand behind “asks to”; None for an act without such a sentence."""
    found = _sentence_of(notice)
    return _words(found[0].to_do, found[1]) if found is not None and found[0].to_do is not None else None


def _sentence_of(notice: NoticeToMe) -> tuple[ActSentence, Mapping[str, Text]] | None:
    """Return the sentence that says all that the act was done with, and the words for that."""
    operation = str(notice.detail["operation"])
    arguments = cast(Mapping[str, Any], notice.detail["arguments"])
    if operation not in SENTENCES:
        return None
    said = {line.field: line.after for line in lines_of(operation, arguments)[1:] if line.after}
    if said.get("book") == notice.book:
        del said["book"]
    said |= {name: day(str(arguments[name])) for name in DAYS if name in said}
    for one in SENTENCES[operation]:
        rest = said.keys() - one.slots - one.without
        if all(arguments.get(name) == value for name, value in one.where.items()) and (
            one.slots <= said.keys() and rest <= MORE.keys()
        ):
            return one, {name: words for name, words in said.items() if name not in one.without}
    return None


def _words(act: Message, said: Mapping[str, Text]) -> Text:
    """Fill the slots of ``act`` and add what else is ``said``, in the order of `MORE`."""
    filled = Message(act.text, {name: said[name] for name in said if f"{{{name}}}" in act.text})
    words: Text = filled
    for name, more in MORE.items():
        if name in said and name not in filled.params:
            words = _("{text}, {more}", text=words, more=Message(more.text, {"value": said[name]}))
    return words
