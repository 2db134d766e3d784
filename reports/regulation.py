"""A version of a regulation as pages, from the text on record."""

from __future__ import annotations

from collections.abc import Iterator

from db.desk.policies.rule_views import RegulationDocument
from db.desk.policies.rule_words import rule_subject
from db.language import Language, Text, _, listed
from reports.pages import Pages


def facts_of(view: RegulationDocument) -> Iterator[tuple[Text, Text]]:
    """Yield name and value of what stands at its head: number, version, days, and who decided it. A
    regulation that came with the program has no day of issue: it may be in force since before it was put on
    record."""
    yield _("Document no."), view.number or _("none given")
    yield _("Version"), view.version
    if view.signed_by:
        yield _("Issued on"), view.issued
    yield _("In force from"), view.effective
    yield _("Signatory"), listed(view.signed_by) if view.signed_by else _("came with the program")
    yield _("Directory"), view.book


def changes_of(view: RegulationDocument) -> Iterator[Text]:
    """Yield a line for each rule that begins or ends with this version."""
    for one in view.changes:
        rule = _("{name}: {value}", name=rule_subject(one.rule.key), value=one.rule.text)
        told = _("begins: {text} ({clause})", text=rule, clause=one.rule.clause)
        if not one.begins:
            told = _("ends: {text} ({clause})", text=rule, clause=one.rule.clause)
        yield told


def document(view: RegulationDocument, language: Language) -> bytes:
    pages = Pages(language, view.organisation, view.organisation, view.classification, invariant=True)
    pages.line("title", view.title)
    for label, value in facts_of(view):
        pages.line("fact", _("{name}: {value}", name=label, value=value))
    pages.line("head", _("Clauses"))
    for clause, heading in view.headings:
        pages.line("item", _("{clause}  {text}", clause=clause, text=heading))
    if view.before:
        pages.line("head", _("What changes from version {version}", version=view.before))
        for text in changes_of(view):
            pages.line("item", text)
        if not view.changes:
            pages.line("item", _("No rule begins or ends with it."))
    pages.sign((_("Signatory"), _("Seal"), _("Date")))
    return pages.finish()
