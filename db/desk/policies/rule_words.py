"""What the rules of a book are about, in words."""

from __future__ import annotations

from db.language import Message, Text, _
from db.policy import request_kinds, wording

DISPLACED = "displaced"
"""Begins the key of a rule that no longer holds."""

DUTIES: dict[str, Text] = {str(kind): text for kind, text in wording.DUTIES.items()}
REQUESTS: dict[str, Text] = {str(kind): text for kind, text in request_kinds.REQUESTS.items()}
SECTIONS: dict[str, Message] = {
    "overrides": _("replaces earlier"),
    DISPLACED: _("no longer holds"),
    "commencement": _("in force since"),
    "classification": _("classification"),
    "roles": _("role"),
    "maintainer": _("maintained by"),
    "supervisor": _("supervised by"),
    "technical": _("technical support by"),
    "interpreter": _("interpreted by"),
    "owner": _("owned by"),
    "deputy": _("deputised by"),
    "kinds": _("kind of entry"),
    "fields": _("field"),
    "unit_fields": _("field of a unit"),
    "unit_kinds": _("kind of unit"),
    "posts": _("post"),
    "categories": _("category"),
    "facets": _("narrowed by"),
    "tags": _("tag"),
    "header": _("at the head"),
    "editions": _("edition in force"),
    "emergency": _("emergency calls"),
    "sync": _("kept in step"),
    "scopes": _("who sees what"),
    "purposes": _("purpose of a look-up"),
    "lookup": _("look-ups"),
    "denials": _("never allowed"),
    "rights": _("rights"),
    "disclosure": _("disclosures"),
    "copies": _("copies in force"),
    "password": _("passwords"),
    "second": _("second person"),
    "reset": _("reset of a sign-in"),
    "undertaking": _("undertaking"),
    "controls": _("safeguard"),
    "flow": _("way of a request"),
    "duty": _("duty"),
    "reviews": _("review in force"),
    "notices": _("announcement in force"),
    "training": _("training in force"),
    "backups": _("backups"),
    "watches": _("watched"),
    "stale": _("stale entries"),
    "retention": _("kept for"),
    "erasure": _("erased after"),
    "reporting": _("reports go to"),
    "cases": _("kind of case"),
    "discipline": _("decided by"),
    "sanctions": _("sanction"),
    "fines": _("fine"),
    "commendations": _("commendation"),
    "screening": _("content not allowed"),
}
"""What the keys of a policy file are about."""


def rule_subject(key: str) -> Text:
    """Return the words for the subject of the rule of ``key``: the duty or request kind of a part of one,
    else its section."""
    section, name, *part = [*key.split("."), ""][:3]
    whose: dict[str, Text] = {"duty": DUTIES, "flow": REQUESTS}.get(section, {}) if any(part) else {}
    if name in whose:
        return whose[name]
    return SECTIONS.get(section, section)
