"""What a book is sorted by: kinds and regions of its units, tags of its entries (F.3.1, F.3.2)."""

from __future__ import annotations

from typing import Any

from db.desk.editions.tagging import Sorting, TagSorted, UnitSorted
from db.desk.entry.units import LONGEST_REGION
from db.language import Text, _
from tui.sheets.asks import At, Number, OfferedAnswer, OneOf, Typed
from tui.sheets.books import BOOK
from tui.sheets.sheet import Column, Sheet, Verb

ENTRY = Number("entry", _("Whose entry: its number."))


def _kinds(at: At[Any]) -> list[OfferedAnswer[str]]:
    found = [OfferedAnswer(one.id, one.label) for one in Sorting(at.desk).kinds(at[BOOK])]
    return [*found, OfferedAnswer("", _("as the unit above"), word="none")]


KIND: OneOf[str] = OneOf("kind", _("The kind of unit; none: as the unit above."), choices=_kinds)
REGION = Typed("region", _("Region; nothing takes it away."), required=False, longest=LONGEST_REGION)


def _entry(at: At[Any]) -> int:
    return at[ENTRY] or 0


def _origin_words(row: UnitSorted) -> Text:
    if not row.kind:
        return ""
    return _("its own") if row.own else _("as the unit above")


def _tag(at: At[TagSorted], *, on: bool) -> None:
    Sorting(at.desk).tag(_entry(at), at.word, on)


SET_KIND: Verb[UnitSorted] = Verb(
    id="kind",
    operation="sorting.set_kind",
    label=_("Kind"),
    help=_("Say what kind a unit is; those below it without one of their own follow."),
    asks=(KIND,),
    do=lambda at: Sorting(at.desk).set_kind(at.number, at[KIND]),
    done=lambda _at, _made: _("Noted."),
    example="units kind 12 --kind branch",
)
SET_REGION: Verb[UnitSorted] = Verb(
    id="region",
    operation="sorting.set_region",
    label=_("Region"),
    help=_("Say in which region a unit is; those below it without one of their own follow."),
    asks=(REGION,),
    do=lambda at: Sorting(at.desk).set_region(at.number, at[REGION]),
    done=lambda _at, _made: _("Noted."),
    example="units region 12 --region 华南",
)
PUT: Verb[TagSorted] = Verb(
    id="put",
    operation="sorting.tag",
    label=_("Put on"),
    help=_("Put a tag on an entry."),
    offered=lambda row: not row.on,
    do=lambda at: _tag(at, on=True),
    done=lambda _at, _made: _("Noted."),
    example="tags put vip --entry 412",
)
TAKE: Verb[TagSorted] = Verb(
    id="take",
    operation="sorting.tag",
    label=_("Take it off"),
    help=_("Take a tag off an entry."),
    offered=lambda row: row.on,
    do=lambda at: _tag(at, on=False),
    done=lambda _at, _made: _("Noted."),
    example="tags take vip --entry 412",
)
UNITS: Sheet[UnitSorted] = Sheet(
    id="units",
    operation="sorting.units",
    title=_("Units"),
    about=_("Every unit of a directory that you keep, with its kind and region, in the order of the tree."),
    help=_("List the units of a directory that you keep, with their kinds and regions."),
    of=(BOOK,),
    rows=lambda at: Sorting(at.desk).units(at[BOOK]),
    key=lambda row: row.id,
    named="unit",
    columns=(
        Column("name", _("Department"), lambda row: "　" * row.depth + row.name, data=lambda row: row.name),
        Column("kind", _("Kind"), lambda row: row.label, 16, few=True, data=lambda row: row.kind),
        Column("own", _("Kind from"), _origin_words, 16, data=lambda row: row.own),
        Column("region", _("Region"), lambda row: row.region, 12, few=True),
    ),
    verbs=(SET_KIND, SET_REGION),
    empty=_("This directory has no units."),
    example="units --book general",
)
TAGS: Sheet[TagSorted] = Sheet(
    id="tags",
    operation="sorting.tags",
    title=_("Tags"),
    about=_("The tags of a directory that you keep, and which of them an entry carries."),
    help=_("List the tags that an entry of yours may carry, and which it does."),
    of=(ENTRY,),
    rows=lambda at: Sorting(at.desk).tags(_entry(at)),
    key=lambda row: row.id,
    named="tag",
    numbered=False,
    columns=(
        Column("label", _("Tag"), lambda row: row.label),
        Column("on", _("Carried"), lambda row: "✓" if row.on else "–", 8, data=lambda row: row.on),
    ),
    verbs=(PUT, TAKE),
    empty=_("This directory has no tags."),
    example="tags --entry 412",
)
