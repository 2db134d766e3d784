"""How far a book and the system outside differ, in sentences."""

from __future__ import annotations

from db.desk.outside.views import Drift, DriftRow
from db.language import Message, Text, _


def standing(found: Drift) -> list[Text]:
    """When both sides were compared, how they stand, and what waits."""
    lines: list[Text] = []
    if not found.connected:
        lines.append(_("WeCom is not connected: take the import file."))
    elif found.at is None:
        lines.append(_("Not compared yet."))
    else:
        lines.append(
            _("Compared {at}: {here} here, {there} in WeCom, {count} differences.",
              at=found.at, here=found.here, there=found.there, count=len(found.rows))
        )  # fmt: skip
    if found.by_digest:
        lines.append(_("WeCom lets nobody read its fields: what was last told stands for them."))
    if found.waiting or found.dead:
        lines.append(
            _("Waiting to be told: {waiting}. Given up: {dead}.", waiting=found.waiting, dead=found.dead)
        )
    if found.asked:
        lines.append(_("A comparison is under way."))
    if found.problem:
        lines.append(_("The last attempt failed: {reason}", reason=found.problem))
    return lines


def joined(fields: tuple[Text, ...]) -> Text:
    """Names of fields in one text."""
    text: Text = ""
    for field in fields:
        text = _("{first}, {rest}", first=text, rest=field) if text else field
    return text


def under_way(row: DriftRow) -> Text:
    """What is under way about a difference, with what the last attempt failed of."""
    if not row.problem:
        return row.stands
    return Message("{label}: {problem}", {"label": row.stands, "problem": row.problem})
