"""The columns of a list of entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from db.desk.entry.lines import EntryLine
from db.language import Label, Text, _
from tui.kit import Cell, ListColumn, Styled
from tui.screens.directory.card import said_marks, short_number


def columns(fields: Mapping[str, Label], unit: Text | None) -> Sequence[ListColumn[EntryLine]]:
    """Return the columns of a list of entries with ``fields``, by name or kind, without those that stay
    empty. ``unit``: the title of the unit, if not a department."""
    posts = "position" in fields
    # Whose number it is, the field's own label says: it may be the parents'.
    number, width = ("mobile", 13) if "mobile" in fields else ("phone", 14)
    calls: ListColumn[EntryLine] = ListColumn(_("Ext."), _extension, width=6)
    if "extension" not in fields:
        calls = ListColumn(_("Phone"), _extension, width=9)
    found: list[tuple[set[str], ListColumn[EntryLine]]] = [
        (set(), ListColumn(_("Name"), _name if posts else _marked_name, width=8 if posts else 16)),
        ({"position"}, ListColumn(_("Position"), _post)),
        (set(), ListColumn(unit or _("Dept."), _place, from_width=50)),
        ({"extension", "phone"} if number == "mobile" else {"extension"}, calls),
        ({number}, ListColumn(fields.get(number, ""), lambda row: row.text(number), width=width)),
        ({"email"}, ListColumn(_("E-mail"), lambda row: row.text("email"), width=26, from_width=110)),
    ]
    return [column for needs, column in found if not needs or needs & fields.keys()]


def heading(count: int) -> EntryLine:
    """Return the heading row above people found outside the unit that is searched."""
    return EntryLine(0, "", "", 0, "", "", "", own=False, fields=(), marks=(_("elsewhere: {n}", n=count),))


def _name(row: EntryLine) -> list[Text | Styled]:
    if not row.entry:
        return [Styled(mark, "head") for mark in row.marks]
    return [Styled(row.name, "strong"), *said_marks(row)]


def _marked_name(row: EntryLine) -> Cell:
    """Return the name with a mark for those with a first tag, where no position carries it."""
    return [Styled("★ ", "accent"), *_name(row)] if row.first else _name(row)


def _post(row: EntryLine) -> Cell:
    return [Styled("★ ", "accent"), row.position] if row.first else row.position


def _place(row: EntryLine) -> Text:
    return row.organisation or row.unit_name


def _extension(row: EntryLine) -> str:
    return row.text("extension") or short_number(row.text("phone"))
