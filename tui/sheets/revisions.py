"""Revisions of a directory's regulations: each as a document, and who has not acknowledged it (G.9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.desk.policies.rule_views import RegulationDocument, Revision
from db.language import Text, _, clause_words
from reports.regulation import changes_of, facts_of
from tui.sheets.asks import At
from tui.sheets.books import BOOK
from tui.sheets.cell import Fact, Styled
from tui.sheets.out import to_type
from tui.sheets.papers import drawing_verb
from tui.sheets.sheet import NEVER, Column, Sheet, Verb


def _document_facts(at: At[Any], view: RegulationDocument) -> Sequence[Fact]:
    words = ["rules", "document", view.id, view.version, "--book", at[BOOK]]
    line = to_type(at.desk.actor.ssh, words, f"{view.id}-{view.version}.pdf")
    found: list[Fact] = list(facts_of(view))
    found += [(clause_words(clause), heading) for clause, heading in view.headings]
    if view.before:
        found.append((_("Changes"), _("from version {version}", version=view.before)))
        found += [("", text) for text in changes_of(view)]
    return [*found, (_("To take it out"), Styled(line, "accent"))]


def _missing(row: Revision) -> Text:
    return f"{len(row.missing)}/{row.told}" if row.asked else "–"


def _facts(row: Revision) -> Sequence[Fact]:
    missing = [(_("Not acknowledged yet") if n == 0 else "", name) for n, name in enumerate(row.missing)]
    return [("", row.state), *([(_("Posted outside"), row.posted)] if row.posted else ()), *missing]


READ: Verb[Revision] = Verb(
    id="document",
    operation="policies.document",
    key="v",
    label=_("Document"),
    help=_("Show a revision as a document: number, day, who signed it, and what it changes."),
    on="one",
    asks=(BOOK,),
    do=lambda at: at.desk.policies.document(at[BOOK], at.row.regulation, at.row.version),
    done=lambda _at, view: view.title,
    shows=_document_facts,
    example="revisions document 17 --book staff",
)
REVISIONS: Sheet[Revision] = Sheet(
    id="revisions",
    operation="policies.revisions",
    title=_("Revisions"),
    about=_(
        "Versions of the regulations that were announced, the newest first, and who has not acknowledged "
        "each. Each is a document; o draws up a list to be signed by those who are missing."
    ),
    help=_("List the revisions that were announced to a directory, and who has not acknowledged them."),
    of=(BOOK,),
    rows=lambda at: at.desk.policies.revisions(at[BOOK]),
    key=lambda row: row.id,
    named="revision",
    columns=(
        Column("revision", _("No."), lambda row: row.id, 5, right=True),
        Column("regulation", _("Regulation"), lambda row: row.title, data=lambda row: row.regulation),
        Column("version", _("Version"), lambda row: row.version, 8),
        Column("effective", _("In force from"), lambda row: row.effective, 13, in_english=13),
        Column("missing", _("Not acknowledged"), _missing, 8, right=True,
               tone=lambda row: "warn" if row.missing else "good", data=lambda row: row.missing),
        Column("told", _("Told"), lambda row: row.told, from_width=NEVER),
        Column("posted", _("Posted outside"), lambda row: row.posted, 16, from_width=120),
    ),
    facts=_facts,
    verbs=(READ, drawing_verb("revision", lambda at: str(at.number), "revisions sheet 17 --book staff",
                              key="o", single=True)),
    empty=_("No revision was announced to this directory. A regulation put on record is announced here."),
    example="revisions --book staff",
)  # fmt: skip
