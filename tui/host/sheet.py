"""A spreadsheet's rows, read in a child that can do no harm (threat 21).

The sizes that a workbook's directory states are summed before anything is unpacked; because a
directory can lie, the child is also limited in memory and time. Formulas and macros are never run: a
cell counts with the value that was saved with it.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from db.language import Message, _
from tui.host import sheet_child
from tui.host.owner import read_given
from tui.host.shell import Failure

FILE = 64 << 20
"""Bytes of a file we look at at all."""
PATIENCE = 120
"""Seconds of wall-clock time for the child."""

_REASONS: dict[int, Message] = {
    sheet_child.TOO_LARGE: _("It would unpack to more than 256 MB."),
    sheet_child.NOT_A_SHEET: _("It is neither an XLSX workbook nor a CSV text."),
    sheet_child.TOO_MANY: _("It has more than 200,000 rows or 100 columns."),
    sheet_child.LOCKED: _("It is locked with a password, or an old .xls file. Save it as .xlsx."),
    sheet_child.BAD_TEXT: _("Its text is neither UTF-8 nor GB18030."),
    sheet_child.LONG_CELL: _(
        "One cell goes on for more than {count} characters. Look for a quotation mark without its pair.",
        count=sheet_child.CELL * 4,
    ),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's rows as text. ``rows`` begins with the headings; ``digest`` is the file's SHA-256."""

    name: str
    digest: str
    rows: list[list[str]]


def read_sheet(path: Path) -> Sheet:
    """The first visible sheet of ``path``. Raises Failure for a file that is refused as a whole."""
    return sheet_of(path, read_given(path, FILE))


def sheet_of(path: Path, content: bytes) -> Sheet:
    """`read_sheet` of what was read of ``path`` already."""
    if len(content) > FILE:
        raise refused(path, _("It is larger than 64 MB."))
    child = [sys.executable, "-I", sheet_child.__file__]
    try:
        done = subprocess.run(  # noqa: S603 - our own script
            child, input=content, capture_output=True, timeout=PATIENCE, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise refused(path, _("It took too long to read.")) from None
    if done.returncode:
        reason = _REASONS.get(done.returncode, _("Reading it needed too much memory or time."))
        raise refused(path, reason)
    text = done.stdout.decode("utf-8")
    rows = [row.split(sheet_child.CELL_END) for row in text.split(sheet_child.ROW_END)] if text else []
    return Sheet(path.name, hashlib.sha256(content).hexdigest(), rows)


def refused(path: Path, reason: Message) -> Failure:
    """That nothing of ``path`` was imported, and why."""
    return Failure(
        _("{file} was refused: {reason}", file=path.name, reason=reason), _("Nothing was imported.")
    )
