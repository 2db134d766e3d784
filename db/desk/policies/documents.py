"""A version of a regulation as a document, from the text on record: its number, its day, who decided it, and
what it changes. Not an operation."""

from __future__ import annotations

import json
from collections.abc import Iterator

from db.desk.authority.permissions import policy_of
from db.desk.authority.rules_on_record import regulation_of, regulations_of
from db.desk.notation.localtime import local
from db.desk.policies.changing import changes_of
from db.desk.policies.rule_views import RegulationDocument, RuleChange
from db.desk.requests.request_views import decided_by, name_of
from db.language import NO_CLAUSE, Label, Text
from db.policy.regulation import Regulation
from db.policy.schema.base import clause_ids
from db.store.engine import store
from db.store.tables import Book, BookRules, RegulationText, Request, RequestStep


def document_of(book: str, regulation: str, version: str) -> RegulationDocument | None:
    """Return a version of a regulation that ``book`` is under, or comes under; None for any other."""
    later = BookRules.select().where((BookRules.book == book) & BookRules.withdrawn_at.is_null())
    under = {*regulations_of(book).regulations, *(name for row in later for name in _policy_names(row))}
    known = RegulationText.select().where(
        (RegulationText.regulation == regulation) & RegulationText.withdrawn_at.is_null()
    )
    row = known.where(RegulationText.version == version).first()
    if row is None or regulation not in under:
        return None
    earlier = known.where((RegulationText.from_day <= row.from_day) & (RegulationText.id < row.id))
    before = earlier.order_by(RegulationText.from_day.desc(), RegulationText.id.desc()).first()
    read, of = regulation_of(row.digest, row.from_day), Book.get_by_id(book)
    return RegulationDocument(
        book=of.title,
        id=regulation,
        title=Label(read.file.title.zh, read.file.title.en),
        number=read.file.number,
        version=row.version,
        effective=row.from_day,
        issued=local(row.at)[:10],
        signed_by=tuple(_signed_by(row)),
        organisation=store().settings.organisation,
        classification=policy_of(book).classification,
        headings=tuple((one.clause, one.label) for one in read.file.summary),
        before=before.version if before is not None else "",
        changes=tuple(_changed(book, read, row.from_day)) if before is not None else (),
    )


def _policy_names(row: BookRules) -> tuple[str, ...]:
    return tuple(json.loads(row.policies))


def _signed_by(row: RegulationText) -> Iterator[Text]:
    """Yield the text's approvers, each with the office; where nobody had to approve, the account that put it
    on record."""
    request = Request.get_or_none(Request.id == row.request) if row.request is not None else None
    steps = RequestStep.select().where((RequestStep.request == request) & (RequestStep.state == "approved"))
    approved = [decided_by(request, step) for step in steps.order_by(RequestStep.ord)] if request else []
    yield from approved
    if not approved and row.account_id is not None:
        yield name_of(row.account_id)


def _changed(book: str, regulation: Regulation, day: str) -> Iterator[RuleChange]:
    """Yield the rules of ``book`` that change on ``day`` by clauses of ``regulation``, or by no clause."""
    for change in changes_of(book):
        letters = {clause.partition(".")[0] for clause in clause_ids(change.rule.clause)} - NO_CLAUSE.keys()
        if change.day == day and (not letters or letters & regulation.letters.keys()):
            yield change
