"""Why a file could not be read, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from db.confined.agreed import CELL
from db.confined.walls import MEMORY, SECONDS
from db.confined.why import FileRefusal
from db.language import Message, _

_FAILED = _(
    "Reading it failed, or took more than {seconds} s or {size} MB.", seconds=SECONDS, size=MEMORY >> 20
)
REASONS: Final[Mapping[FileRefusal, Message]] = {
    FileRefusal.LIMITS: _FAILED,
    FileRefusal.NONSENSE: _FAILED,
    FileRefusal.NO_READER: _(
        "No process could be started to read it. Try again later, or tell your administrator."
    ),
    FileRefusal.TOO_LARGE: _("It would unpack to more than 256 MB."),
    FileRefusal.NOT_A_SHEET: _(
        "It is no table and no list of people: XLSX, ODS, CSV, vCard, LDIF, SCIM and our own JSON are read."
    ),
    FileRefusal.TOO_MANY: _("It has more than 200,000 rows or 100 columns."),
    FileRefusal.LOCKED: _("It is locked with a password. Open it, take the password off, and save it."),
    FileRefusal.BAD_TEXT: _("Its character set is not known. Save it as UTF-8."),
    FileRefusal.LONG_CELL: _(
        "One cell goes on for more than {count} characters. Look for a quotation mark without its pair.",
        count=CELL * 4,
    ),
    FileRefusal.DAMAGED: _("It is damaged."),
    FileRefusal.TOO_MANY_PIXELS: _("The picture has too many pixels to be shown here."),
    FileRefusal.TWICE: _("It holds a file twice."),
    FileRefusal.IN_A_PDF: _(
        "It is a PDF. Open it with its password, save the file attached to it, and take that."
    ),
    FileRefusal.NO_BOUNCE: _("It is not a delivery failure notice (RFC 3464)."),
    FileRefusal.NO_REPORT: _(
        "It is JSON, but neither a report of this program nor SCIM. Save the table as XLSX or CSV."
    ),
    FileRefusal.ONLY_CHANGES: _(
        "It is an LDIF of changes (modify, delete, modrdn) that adds nobody. Export the entries themselves."
    ),
    FileRefusal.OLD_XLS: _("It is a workbook of the old kind (.xls). Save it as .xlsx."),
}
