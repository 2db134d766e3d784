"""What the kinds, states, steps and outcomes of a case are called."""

from __future__ import annotations

from collections.abc import Iterable

from db.desk.refusal import Problem
from db.language import Message, Text, _
from db.policy.effective import EffectivePolicy

STATES: dict[str, Message] = {
    "reported": _("reported"),
    "triaged": _("sorted out"),
    "investigating": _("investigating"),
    "investigated": _("to be judged"),
    "judged": _("to be sanctioned"),
    "proposed": _("to be confirmed"),
    "decided": _("decision taken"),
    "closed": _("closed"),
}
EVENTS: dict[str, Message] = {
    "reported": _("reported"),
    "triaged": _("sorted out"),
    "investigating": _("investigation started"),
    "involved": _("person concerned added"),
    "named": _("person concerned by a found copy"),
    "released": _("person concerned taken off"),
    "attached": _("attached"),
    "noted": _("note"),
    "found": _("finding noted"),
    "packed": _("evidence pack taken"),
    "investigated": _("investigation ended"),
    "given-back": _("given back to be investigated further"),
    "judged": _("breach found"),
    "cleared": _("no breach found"),
    "put": _("put to those concerned"),
    "spoke": _("heard before the sanction"),
    "proposed": _("sanction decided, to be confirmed"),
    "declined": _("sanction not confirmed"),
    "confirmed": _("sanction confirmed"),
    "decided": _("decision taken"),
    "stated": _("statement before the sanction"),
    "appealed": _("appeal"),
    "lodged": _("appeal made on paper"),
    "minuted": _("minutes of the meeting attached"),
    "reopened": _("decision opened again"),
    "heard": _("appeal decided"),
    "reviewed": _("reopened decision reviewed"),
    "closed": _("closed"),
    "served": _("decision served on paper"),
    "unserved": _("proof of service struck"),
}
OUTCOMES: dict[str, Message] = {
    "": _("open"),
    "breach": _("breach found"),
    "unfounded": _("no breach"),
    "corrected": _("corrected"),
    "right": _("right as it is"),
}
HEARD: dict[str, Message] = {
    "": _("to be decided"),
    "upheld": _("decision upheld"),
    "changed": _("decision changed"),
    "lifted": _("decision lifted"),
}
"""What can come of an appeal."""
TO_OTHERS = ("reported", "triaged", "investigating", "decided", "closed")
"""The states that those see who follow a case without working on it."""
ATTACHED: dict[str, Message] = {
    "audit": _("audit record"),
    "copy": _("traced copy"),
    "file": _("file of evidence"),
}
VERDICTS = {"incident": ("breach", "unfounded"), "error": ("corrected", "right")}
"""Each sort of case with the outcomes it can have."""


def case_kind_label(policy: EffectivePolicy, sort: str, kind: str) -> Text:
    if sort == "error":
        return _("error in an entry")
    rule = policy.case(kind)
    return rule.label if rule is not None else _("report of a breach")


def choice_problem(field: str, known: Iterable[str]) -> Problem:
    """Build the problem of a word that is none of ``known``, naming these, since a plain command shows no
    list."""
    names = ", ".join(known)
    if not names:
        return Problem(field, _("The regulations of this directory name none."))
    return Problem(field, _("Choose one of these: {names}", names=names))
