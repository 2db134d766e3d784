"""What every act, and every particular that a record may carry, is called."""

from __future__ import annotations

from db.language import Label, Message, Text, _

ACTS: dict[str, Message] = {
    "audit.window": _("look at the audit"),
    "audit.one": _("open an audit record"),
    "audit.facets": _("narrow the audit"),
    "audit.person": _("find a person in the audit"),
    "audit.chain": _("check the audit chain"),
    "evidence.add": _("add evidence"),
    "evidence.tray": _("list own evidence"),
    "evidence.open": _("open evidence"),
    "evidence.remove": _("remove evidence"),
    "me.who": _("ask who they are"),
    "me.undertakings": _("read the undertakings"),
    "me.accept": _("accept an undertaking"),
    "me.choose_language": _("choose a language"),
    "me.choose_theme": _("choose a theme"),
    "overview.reports": _("list the reports"),
    "overview.directory": _("report: directory"),
    "overview.changes": _("report: changes"),
    "overview.compliance": _("report: deadlines"),
    "overview.access": _("report: access and refusals"),
    "overview.coverage": _("report: coverage"),
    "overview.incomplete": _("report: incomplete entries"),
    "overview.export": _("take a report out"),
}
"""One label for each operation of the desk and each act that is recorded outside of it."""

DETAILS: dict[str, Message] = {
    "narrowed": _("narrowed to"),
    "rows": _("rows"),
    "offset": _("from row"),
    "dimension": _("by"),
    "seq": _("record"),
    "policy": _("regulation"),
    "version": _("version"),
    "language": _("language"),
    "theme": _("theme"),
    "report": _("report"),
    "format": _("format"),
    "digest": _("SHA-256"),
    "sha256": _("SHA-256"),
    "mark": _("mark of the copy"),
    "parameters": _("asked for"),
    "fields": _("fields"),
    "field": _("field"),
    "reason": _("reason"),
    "comment": _("comment"),
    "kind": _("kind"),
    "name": _("name"),
    "size": _("size"),
    "hits": _("hits"),
    "query": _("query"),
    "login": _("login"),
    "role": _("role"),
    "step": _("step"),
    "state": _("state"),
    "until": _("until"),
}


def act_label(act: str) -> Text:
    """What an act is called; its own id where it is not one of ours."""
    return ACTS.get(act, Label(act, act))


def detail_label(name: str) -> Text:
    """What a particular of a record is called."""
    return DETAILS.get(name, Label(name, name))
