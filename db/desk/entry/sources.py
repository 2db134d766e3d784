"""Where a value on record comes from (C.8): noted beside the value, told in the reader's language."""

from __future__ import annotations

from db.language import Text, _

IMPORT, REQUEST, BACKUP = "import: ", "request ", "backup: "


def of_import(file: str) -> str:
    return IMPORT + file


def of_request(number: int) -> str:
    return f"{REQUEST}{number}"


def of_backup(name: str) -> str:
    return BACKUP + name


def source_text(note: str) -> Text:
    if note.startswith(IMPORT):
        return _("imported from {file}", file=note.removeprefix(IMPORT))
    if note.startswith(REQUEST):
        return _("request {number}", number=note.removeprefix(REQUEST))
    if note.startswith(BACKUP):
        return _("put back from {backup}", backup=note.removeprefix(BACKUP))
    return note
