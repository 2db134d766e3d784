"""What a scan found, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from db.language import Label, Message, Text, _, listed
from db.store.proof.judging import (
    CHANGED,
    DELETED,
    EDITED,
    ELSEWHERE,
    FORGED,
    GONE,
    INSERTED,
    PUT_BACK,
    REWRITTEN,
    UNREADABLE,
    Tampering,
)

SHOWN = 3
"""Findings that are named where there is room for a line."""
OF_A_ROW: Mapping[str, Message] = {
    EDITED: _("was edited"),
    INSERTED: _("was put in"),
    DELETED: _("was taken out"),
}
OF_A_TABLE: Mapping[str, Message] = {
    CHANGED: _("rows are not what they were; the journal does not say which"),
    UNREADABLE: _("a row can't be read"),
    GONE: _("it is not there"),
    INSERTED: _("a row was put in"),
    DELETED: _("a row was taken out"),
    EDITED: _("a row was edited"),
    FORGED: _("it does not open with the proving key"),
    PUT_BACK: _("an older one was put in its place"),
    ELSEWHERE: _("it is not the one of the last change"),
    REWRITTEN: _("it is not the one that was signed"),
}


def finding_words(finding: Tampering) -> Text:
    """Return one finding in words: the table and the row, and what became of it."""
    if finding.row and finding.what in OF_A_ROW:
        return _(
            "table {table}, row {row}: {what}",
            table=finding.table,
            row=finding.row,
            what=OF_A_ROW[finding.what],
        )
    return _("table {table}: {what}", table=finding.table, what=OF_A_TABLE[finding.what])


def said_shortly(findings: Sequence[Tampering]) -> Label:
    """Return the first finding in words, and how many more there are."""
    more = len(findings) - SHOWN
    rest = [_("{count} more", count=more)] if more > 0 else []
    return listed([*(finding_words(one) for one in findings[:SHOWN]), *rest])
