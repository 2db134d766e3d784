"""A unit itself, and the offices at the head of a book, with their own contacts (I.4.2.3, B.4.3)."""

from __future__ import annotations

from db.desk import Side
from db.desk.directory.directory_views import BookView, UnitNode
from db.language import Label, Message, Text, _, say
from tui.kit import FramedScreen, Node, ground_text, tell_at_length


def said_offices(book: BookView) -> Text:
    parts: dict[str, Text] = {}
    for number, office in enumerate(book.header):
        parts[f"unit{number}"] = office.unit
        for place, (_label, value) in enumerate(office.contacts):
            parts[f"value{number}_{place}"] = value
    return Message("  ".join(f"{{{name}}}" for name in parts), parts)


def node_of(unit: UnitNode) -> Node:
    """Return ``unit`` as a node of the tree, with its head, if the reader sees them, and the number of
    people."""
    said: Text = str(unit.count)
    if unit.head is not None:
        mark = _("[deputy]") if unit.acting else _("[head]")
        said = _("{name} {mark}  {count}", name=unit.head[1], mark=mark, count=f"{unit.count:>4}")
    return Node(str(unit.id), Label(unit.name, unit.name_en or unit.name), said, unit.leaf)


async def show_unit(screen: FramedScreen, book: BookView, unit: int, side: Side) -> None:
    """Show a unit's place, head, region and contacts in a box until it is closed; nothing if it is out of
    reach."""
    card = screen.app.desk.directory.unit(book.id, unit, side)
    if card is None:
        return
    facts: list[tuple[Text, Text]] = [(_("Head"), card.head), (_("Region"), card.region), *card.contacts]
    for office in book.header:
        facts += [(label, f"{office.unit} {value}") for label, value in office.contacts]
    language = screen.app.language
    lines = [f"{say(label, language)}  {say(value, language)}" for label, value in facts if value]
    if not card.contacts:
        lines.append(say(_("No contacts of its own are on record."), language))
    if card.clause:
        lines += ["", say(ground_text(card.clause), language)]
    await tell_at_length(screen, " / ".join(card.path), "\n".join(lines))
