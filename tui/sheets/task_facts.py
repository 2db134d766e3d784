"""A task in a word, and in full."""

from __future__ import annotations

from db.desk.outside.drift_words import drift_reason
from db.desk.tasks.task_views import CopyView, ProofView, TaskRow, TaskView
from db.language import Message, Text, _, _n
from tui.sheets.cell import Cell, Fact, Styled, names
from tui.sheets.date_words import day, days_left, moment

SYSTEMS = {"wecom": _("WeCom")}


def missing_word(row: TaskRow) -> Styled:
    if row.handed:
        return Styled(_("confirm receipt"), "accent")
    if row.returned:
        return Styled(_("returned: {number}", number=row.request), "warn")
    if row.waits_for:
        return Styled(_("waits for {names}", names=names(row.waits_for)))
    if row.pending:
        return Styled(_("request {number} open", number=row.request) if row.request else _("not entered yet"))
    if row.request and row.by_request:
        return Styled(_("request {number} open", number=row.request))
    if not row.lacks:
        return Styled(row.about or row.refuses or _("nothing lacking"))
    return Styled(_("lacks {what}", what=_join_texts(row.lacks)))


def task_facts(view: TaskView) -> list[Fact]:
    row = view.row
    found: list[Fact] = [
        (_("Who"), Styled(f"{row.name} {row.unit}".strip(), "strong")),
        *([(_("About"), row.about)] if row.about else []),
        (_("Since"), day(view.started_on)),
        (_("Due"), day(row.due.day)),
        (_("Workdays"), days_left(row.due)),
        (_("Assigned to"), names(view.assignees) if view.assignees else _("nobody yet")),
        (_("State"), row.state_label),
    ]
    if row.request is not None:
        number = str(row.request)
        found.append((_("Request"), _("{number}, returned", number=number) if row.returned else number))
    found.append(("", ""))
    found += [(proof.label, _proof(proof)) for proof in view.proofs]
    if any(proof.what == "sync" for proof in view.proofs):
        found += [
            (SYSTEMS.get(system, system), _join_texts(fields) if fields else _("delete the member"))
            for system, fields in view.systems
        ]
    if view.copies:
        found += [("", ""), *((copy.copy, _copy_words(copy)) for copy in view.copies)]
        if not view.signs:
            found.append((_("Signed off by"), names(view.signers) if view.signers else _("nobody yet")))
    if view.late:
        found.append((_("Late"), _n("{days} working day", "{days} working days", days=view.late)))
    return found


def _proof(proof: ProofView) -> Cell:
    clause = Styled(f"  {proof.clause}", "dim")
    if proof.met_at is None:
        why: list[Text | Styled] = ["  ", Styled(drift_reason(proof.word), "bad")] if proof.word else []
        return [Styled(_("○ lacking"), "warn"), *why, clause]
    said = f"  {moment(proof.met_at)} {proof.met_by} {proof.word}".rstrip()
    return [Styled(_("✓ done"), "good"), said, clause]


def _copy_words(copy: CopyView) -> Cell:
    since = copy.what
    if copy.issued_at:
        since = Message("{what} {at}", {"what": copy.what, "at": moment(copy.issued_at)})
    what: list[Text | Styled] = [since, "  "] if since else []
    if copy.signed_at is None:
        said = Message("○ {outcome}", {"outcome": copy.outcome}) if copy.outcome else _("○ to hand back")
        return [*what, Styled(said, "warn"), f" {copy.word}".rstrip()]
    return [*what, Styled("✓ ", "good"), copy.outcome, f" {copy.signed_by} {copy.word}".rstrip()]


def _join_texts(parts: tuple[Text, ...]) -> Text:
    joined: Text = ""
    for part in parts:
        joined = Message("{first} · {rest}", {"first": joined, "rest": part}) if joined else part
    return joined
