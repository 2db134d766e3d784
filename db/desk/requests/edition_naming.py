"""An edition goes to posts, not persons (I.4.3.1): what another post brings, by a move or a change,
and that a tag by which somebody was named ends with it. Not an operation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from db.desk.act import Act
from db.desk.authority.permissions import policy_of
from db.desk.hooks import hooks
from db.desk.requests.request_kinds import DiffLine
from db.language import _, listed
from db.store.tables import Entry, EntryTag, Request


def naming_lines(request: Request) -> tuple[DiffLine, ...]:
    """Say which tags of the entry end with a request that is still to take effect; nothing where none
    does."""
    named = [] if request.state == "applied" else _tags(request)
    if not named:
        return ()
    tags = listed(rule.label for rule in policy_of(request.book_id).tags if rule.id in named)
    ends = _("ends with the post; name it again if needed")
    return (DiffLine("tags", _("Tags"), tags, ends, (tags, ends)),)


def receiving_lines(request: Request, position: str, unit: int | None = None) -> tuple[DiffLine, ...]:
    """Say which editions come to go to the person with that ``position`` in that ``unit`` (None: theirs), as
    long as the request is undecided: who decides on a post decides on that."""
    if request.state not in ("open", "returned"):
        return ()
    entry = Entry.get_by_id(request.entry_id)
    found = listed(
        label for tell in hooks().receives for label in tell(entry, position, unit or entry.unit_id)
    )
    return (DiffLine("editions", _("Will receive"), "", found, ("", found)),) if found else ()


def end_naming(request: Request, act: Act) -> None:
    """Take off the entry the tags that end with the request (`naming_lines`); note it in the record. The
    caller indexes the entry."""
    if named := _tags(request):
        EntryTag.delete().where(_naming(request, named)).execute()
        act.note_facts(tag=", ".join(named), on=False)


def _tags(request: Request) -> list[str]:
    tags = policy_of(request.book_id).naming_tags
    if not tags:
        return []  # asked for each line of a list
    return [row.tag for row in EntryTag.select().where(_naming(request, tags)).order_by(EntryTag.tag)]


def _naming(request: Request, tags: Iterable[str]) -> Any:
    return (EntryTag.entry == request.entry_id) & EntryTag.tag.in_(tags)
