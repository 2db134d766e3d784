"""A spreadsheet's rows, read in the confined child (threat 21)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from db.confined.answers import SHEET, SheetRows
from db.confined.reading import LARGEST, read
from db.confined.refusal_words import REASONS
from db.confined.why import Unreadable
from db.language import Message, _
from tui.host.owner import read_given
from tui.host.shell import CommandFailure


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """A file's rows as text. ``rows`` begins with the headings; ``digest`` is the file's SHA-256."""

    name: str
    digest: str
    rows: SheetRows


def read_sheet(path: Path) -> Spreadsheet:
    """Read the rows of ``path`` in a confined process. Raises CommandFailure."""
    return sheet_of(path, read_given(path, LARGEST))


def sheet_of(path: Path, content: bytes) -> Spreadsheet:
    """Parse ``content``, already read from ``path``, in a confined process. Raises CommandFailure."""
    if len(content) > LARGEST:
        raise import_refused(path, _("It is larger than 64 MB."))
    try:
        rows = read(SHEET, content)
    except Unreadable as unreadable:
        raise import_refused(path, REASONS[unreadable.why]) from None
    return Spreadsheet(path.name, hashlib.sha256(content).hexdigest(), rows)


def import_refused(path: Path, reason: Message) -> CommandFailure:
    """Build the failure that nothing of ``path`` was imported, and why."""
    return CommandFailure(
        _("{file} was refused: {reason}", file=path.name, reason=reason), _("Nothing was imported.")
    )
