"""Narrowing a list by facets, and putting tags and regions on what is kept (F.3.1, F.3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from db.desk import Side
from db.desk.directory.directory_views import FacetValue
from db.desk.editions.tagging import Sorting
from db.desk.entry.units import LONGEST_REGION
from db.language import Message, Text, _
from tui.kit import FramedScreen, Pick, ask_text, choose

NAMES: dict[str, Text] = {
    "position": _("Position"),
    "region": _("Region"),
    "category": _("Category"),
    "kind": _("Kind"),
    "tag": _("Tag"),
}
ALL = ""


NO_FACETS = _("There is nothing to narrow by here: no tags, kinds or regions. / searches.")


async def choose_facets(
    screen: FramedScreen, book: str, unit: int | None, side: Side, now: Sequence[FacetValue]
) -> tuple[FacetValue, ...] | None:
    """Ask for a property and a value, and return the values to narrow by from now on, one for each property;
    () for everybody, None if the reader went back."""
    facets = screen.app.desk.directory.facets(book, unit, side)
    options = [Pick(facet.by, NAMES[facet.by], note=_label_of_facet(now, facet.by)) for facet in facets]
    if now:
        options.append(Pick(ALL, _("Everybody again"), key="0"))
    by = await choose(screen, _("Narrow by what?"), options)
    if by is None:
        return None
    if by == ALL:
        return ()
    values = {value.facet: value for facet in facets if facet.by == by for value in facet.values}
    chosen = await choose(
        screen,
        NAMES[by],
        [Pick(value.facet, value.label, note=str(value.count)) for value in values.values()],
    )
    if chosen is None:
        return None
    return (*(value for value in now if not value.facet.startswith(f"{by}=")), values[chosen])


async def change_tags(screen: FramedScreen, entry: int, name: str) -> bool:
    """Ask which tag of an entry to turn on or off, save that, recorded, and show it; return whether anything
    changed."""
    sorting = Sorting(screen.app.desk)
    tags = sorting.tags(entry)
    options = [Pick(tag.id, tag.label, note="✓" if tag.on else "") for tag in tags]
    chosen = await choose(screen, _("Tags of {name}", name=name), options)
    for tag in tags:
        if tag.id == chosen:
            sorting.tag(entry, tag.id, not tag.on)
            said = (
                _("{name} carries the tag {tag} no more.") if tag.on else _("{name} carries the tag {tag}.")
            )
            screen.app.tell(Message(said.text, {"name": name, "tag": tag.label}))
            return True
    return False


async def change_region(screen: FramedScreen, book: str, unit: int, side: Side, name: Text) -> None:
    """Ask for the region of a unit, the present one proposed, save it, recorded, and show that; an empty
    answer removes it."""
    card = screen.app.desk.directory.unit(book, unit, side)
    now = card.region if card is not None else ""
    note = partial(Sorting(screen.app.desk).set_region, unit)
    region = await ask_text(
        screen, _("Region of {unit}", unit=name), _("Region"), value=now, longest=LONGEST_REGION,
        check=lambda text: text == now or note(text), yes=_("Save"),
    )  # fmt: skip
    if region is not None and region != now:
        screen.app.tell(_("Noted."))


def _label_of_facet(now: Sequence[FacetValue], by: str) -> Text:
    return next((value.label for value in now if value.facet.startswith(f"{by}=")), "")
