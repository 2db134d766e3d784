"""What every act, and every particular that a record may carry, is called."""

from __future__ import annotations

from db.desk.refusal import SILENT
from db.language import Label, Message, Text, _

ACTS: dict[str, Message] = {
    "access.amend": _("amend an access request"),
    "access.ask": _("ask for access"),
    "access.longest": _("ask how long access may last"),
    "access.mine": _("list own access"),
    "accounts.create": _("create an account"),
    "accounts.disable": _("disable an account"),
    "accounts.enable": _("enable an account"),
    "accounts.grant": _("give a role"),
    "accounts.issue_activation": _("issue an activation code"),
    "accounts.page": _("list accounts"),
    "accounts.revoke": _("take a role back"),
    "accounts.start_reset": _("start a reset"),
    "audit.allowed": _("ask whether the audit is theirs"),
    "audit.window": _("look at the audit"),
    "audit.one": _("open an audit record"),
    "audit.facets": _("narrow the audit"),
    "audit.person": _("find a person in the audit"),
    "audit.chain": _("check the audit chain"),
    "auth.enrol": _("enrol at first sign-in"),
    "auth.password": _("change the password"),
    "auth.recovery_codes": _("make new recovery codes"),
    "auth.session_end": _("end a session"),
    "auth.sign_in": _("sign in"),
    "changes.amend": _("amend a change request"),
    "changes.amendment": _("open a change request to amend it"),
    "changes.check": _("check a change"),
    "changes.form": _("open a change form"),
    "changes.submit": _("submit a change"),
    "delegation.candidates": _("list possible delegates"),
    "delegation.delegate": _("delegate decisions"),
    "delegation.mine": _("list own delegations"),
    "delegation.revoke": _("end a delegation"),
    "delegation.roles": _("list roles to delegate"),
    "directory.asks_reason": _("ask whether a reason is needed"),
    "directory.books": _("list the books"),
    "directory.card": _("open a card"),
    "directory.contact": _("open a contact card"),
    "directory.list": _("list entries"),
    "directory.purposes": _("list the purposes"),
    "directory.reveal": _("reveal a protected field"),
    "directory.search": _("search the directory"),
    "directory.settled": _("look somebody up"),
    "directory.units": _("browse the units"),
    "directory.why": _("ask why something is visible"),
    "evidence.add": _("add evidence"),
    "evidence.tray": _("list own evidence"),
    "evidence.open": _("open evidence"),
    "evidence.remove": _("remove evidence"),
    "importing.check": _("check an import"),
    "importing.columns": _("read an import's columns"),
    "importing.load": _("import entries"),
    "me.who": _("ask who they are"),
    "me.undertakings": _("read the undertakings"),
    "me.accept": _("accept an undertaking"),
    "me.choose_language": _("choose a language"),
    "me.choose_theme": _("choose a theme"),
    "notices.mark_seen": _("note a notice as seen"),
    "notices.unread": _("read notices"),
    "overview.reports": _("list the reports"),
    "overview.directory": _("report: directory"),
    "overview.changes": _("report: changes"),
    "overview.compliance": _("report: deadlines"),
    "overview.access": _("report: access and refusals"),
    "overview.coverage": _("report: coverage"),
    "overview.incomplete": _("report: incomplete entries"),
    "overview.export": _("take a report out"),
    "overview.mark": _("mark a copy"),
    "queue.approve": _("approve a request"),
    "queue.approve_many": _("approve several requests"),
    "queue.counts": _("count what waits"),
    "queue.one": _("open a waiting request"),
    "queue.reject": _("reject a request"),
    "queue.return": _("return a request"),
    "queue.window": _("list what waits"),
    "requests.mine": _("list own requests"),
    "requests.one": _("open an own request"),
    "requests.withdraw": _("withdraw a request"),
}
"""One label for each operation of the desk and each act that is recorded outside of it."""

DETAILS: dict[str, Message] = {
    "rows": _("rows"),
    "offset": _("from row"),
    "dimension": _("by"),
    "person": _("person"),
    "object": _("entry"),
    "act": _("act"),
    "outcome": _("outcome"),
    "clause": _("clause"),
    "source": _("address"),
    "book": _("book"),
    "unit": _("unit"),
    "first": _("from day"),
    "last": _("to day"),
    "request": _("request"),
    "evidence": _("evidence"),
    "media_type": _("type of file"),
    "how": _("how"),
    "file": _("file"),
    "entries": _("entries"),
    "units": _("units"),
    "seen": _("seen"),
    "notices": _("notices"),
    "together": _("decided together"),
    "asked_for": _("asked for"),
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


def clause_words(clauses: str) -> Text:
    """Clauses as people read them; the safe default is no clause and is called so."""
    if SILENT not in clauses:
        return clauses
    others = ", ".join(one for one in clauses.split(", ") if one != SILENT)
    return _("{clauses}, safe default", clauses=others) if others else _("safe default")


def act_label(act: str) -> Text:
    """What an act is called; its own id where it is not one of ours."""
    return ACTS.get(act, Label(act, act))


def detail_label(name: str) -> Text:
    """What a particular of a record is called."""
    return DETAILS.get(name, Label(name, name))
