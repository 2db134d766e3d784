"""Spreadsheets as answers: a file of the reader's own tray, read in the confined child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.confined.answers import SHEET, SheetRows
from db.confined.reading import read
from db.confined.refusal_words import REASONS
from db.confined.why import Unreadable
from db.desk import Invalid, Problem
from db.desk.importing.importing import Source
from db.desk.requests.evidence import EvidenceFile
from db.language import _
from tui.sheets.asks import Ask, At


@dataclass(frozen=True, slots=True)
class FileTable:
    """Rows as text, headings first, and their file; ``evidence`` is its number in the tray."""

    source: Source
    rows: Sequence[Sequence[str]]
    evidence: str = ""


@dataclass(frozen=True, eq=False)
class TableAsk(Ask[FileTable]):
    """A spreadsheet in the tray; a command names it by its number there."""

    def as_word(self, answer: FileTable) -> str:
        return answer.evidence

    def read(self, at: At[Any], word: str) -> FileTable:
        """Decrypt the file ``word`` of the tray and parse it in a confined process. Raises Invalid if it
        isn't there or is unreadable."""
        file = next((one for one in at.desk.evidence.tray() if one.id == word), None)
        if file is None:
            raise Invalid(
                Problem(self.id, _("“{word}” is not in your tray; `evidence` lists it.", word=word))
            )
        try:
            rows = read(SHEET, at.desk.evidence.open(file.id))
        except Unreadable as unreadable:
            raise Invalid(Problem(self.id, REASONS[unreadable.why])) from None
        return table_of(file, rows)


def table_of(file: EvidenceFile, rows: SheetRows) -> FileTable:
    return FileTable(Source(file.name, file.digest, rows.hidden, rows.sheets), rows, file.id)
