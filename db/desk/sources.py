"""Where a value on record comes from (C.8): noted beside the value, told in the reader's language."""

from __future__ import annotations

from db.language import Text, _

IMPORT, REQUEST = "import: ", "request "


def of_import(file: str) -> str:
    """The note on values that came with a file of this name."""
    return IMPORT + file


def of_request(number: int) -> str:
    """The note on values that came by this request."""
    return f"{REQUEST}{number}"


def told(note: str) -> Text:
    """What a note says."""
    if note.startswith(IMPORT):
        return _("imported from {file}", file=note.removeprefix(IMPORT))
    if note.startswith(REQUEST):
        return _("request {number}", number=note.removeprefix(REQUEST))
    return note
