"""The case and its records as pages (PDF, A4 upright), for whoever reads it on paper or in court.

The same case gives the same bytes.
"""

from __future__ import annotations

from db.desk.cases.proof import CaseEvidence, ChainProof
from db.language import Language, Message, _
from reports.evidence.case_text import after_records, case_lines, record_cells, record_heads
from reports.pages import Pages

COLUMNS = (48, 82, 62, 96, 58, 42, 46, 61)


def case_pages(evidence: CaseEvidence, proof: ChainProof, language: Language) -> bytes:
    case = _("Case {number}", number=evidence.case.row.id)
    title = Message("{organisation} · {case}", {"organisation": evidence.organisation, "case": case})
    pages = Pages(language, title, evidence.organisation, evidence.classification, invariant=True)
    for line in case_lines(evidence):
        pages.line(line.style, line.text)
    pages.line("head", _("Records of the audit"))
    pages.row(record_heads(), COLUMNS, bold=True)
    for record in evidence.records:
        pages.row(record_cells(record), COLUMNS)
    for text in after_records(evidence, proof):
        pages.line("made", text)
    return pages.finish()
