"""Draws a contact for the reader's own terminal or for a phone to scan: never what is masked, and nothing
where the regulation forbids it (C.9.1). Writes nothing: `directory.copy` records it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from db.desk.authority.permissions import Permissions
from db.desk.authority.sight import Shown
from db.desk.refusal import SILENT, Refused
from db.language import Text, _
from db.policy.effective import EffectivePolicy
from db.store.tables import Entry

CopyForm = Literal["value", "words", "code", "vcard"]
FORMS: Final[tuple[CopyForm, ...]] = ("value", "words", "code", "vcard")
CALLED: Final = ("mobile", "phone")
COPIED: Final = frozenset({"mobile", "phone", "extension", "fax", "email", "wechat", "qq"})
_CODE: Final = str.maketrans({mark: f"\\{mark}" for mark in '\\;:,"'})
_VCARD: Final = str.maketrans({mark: f"\\{mark}" for mark in "\\;,"})


def clause_against_copies(permissions: Permissions, policy: EffectivePolicy) -> str:
    """Return the clause that keeps the reader from copying a contact; empty where none does."""
    if policy.copies.no_contact_copy:
        return policy.copies.clause
    kept = [policy.kept_in(role) for role in sorted(permissions.roles(policy.book)) or ["employee"]]
    return (kept[0] or SILENT) if all(kept) else ""


def copyable_fields(fields: Sequence[Shown]) -> tuple[Shown, ...]:
    """Return the ``fields`` that may be copied: contacts shown in clear."""
    return tuple(one for one in fields if one.kind in COPIED and one.look in ("open", "shown"))


def copy_contact(row: Entry, form: CopyForm, field: str, fields: Sequence[Shown]) -> str:
    """Return a copy of ``row`` in one form, of the values in clear among ``fields``: the value of ``field``,
    a code with the number to call, or a card of all. Raises Refused where what the form needs is not in
    clear."""
    by_name: Mapping[str, Shown] = {one.name: one for one in copyable_fields(fields)}
    number = next((one for kind in CALLED for one in by_name.values() if one.kind == kind), None)
    if form == "value" and field in by_name:
        return str(by_name[field].texts[0])
    if form == "vcard" and by_name:
        return _vcard(row, by_name.values())
    if form == "code" and number is not None:
        return f"MECARD:N:{row.name.translate(_CODE)};TEL:{_dialled(number)};;"
    raise Refused(
        _("What is masked is not copied."),
        SILENT,
        _("Show it first, for a purpose of work; then copy it."),
    )


def said_form(form: CopyForm) -> Text:
    return {
        "value": _("Value"),
        "words": _("Words to say"),
        "code": _("Code to scan"),
        "vcard": _("vCard"),
    }[form]


def _dialled(field: Shown) -> str:
    return "".join(mark for mark in str(field.texts[0]) if mark.isdigit() or mark == "+")


def _vcard(row: Entry, fields: Iterable[Shown]) -> str:
    name = row.name.translate(_VCARD)
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", f"N:{name};;;;"]
    if row.position:
        lines.append(f"TITLE:{row.position.translate(_VCARD)}")
    for one in fields:
        if one.kind in CALLED:
            lines.append(f"TEL;TYPE={'CELL' if one.kind == 'mobile' else 'WORK'}:{_dialled(one)}")
        elif one.kind == "email":
            lines.append(f"EMAIL:{one.texts[0]}")
    return "\r\n".join([*lines, "END:VCARD", ""])
