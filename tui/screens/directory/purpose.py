"""What a look-up of protected values is for: chosen by one key, with a reason where one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from db.desk.authority.sight import Shown
from db.desk.directory.directory_views import Card
from db.desk.directory.revealed import StatedPurpose
from db.desk.directory.terms import Purpose
from db.language import Text, _
from tui.kit import Cell, Pick, ScreenCommand, Styled, ask_text, by_clause, choose
from tui.kit.base import KitApp
from tui.kit.keyed import Keyed

Found = TypeVar("Found")


def is_covered(one: Shown) -> bool:
    return one.look in ("masked", "closed")


def covered_fields(fields: Iterable[Shown]) -> list[Shown]:
    return [one for one in fields if is_covered(one)]


def with_shown(fields: Iterable[Shown], shown: Iterable[Shown]) -> tuple[Shown, ...]:
    """Return ``fields`` with those that are revealed replaced by the ``shown`` ones."""
    clear = {one.name: one for one in shown}
    return tuple(clear.get(one.name, one) for one in fields)


def drawn_value(one: Shown) -> Cell:
    if one.look == "masked":
        return [one.text, Styled(_("  r shows it"), "dim")]
    return [one.text, Styled(_("  by request only"), "dim")] if one.look == "closed" else one.text


def usual_purpose(app: KitApp, book: str) -> Purpose | None:
    """Return the first allowed purpose of ``book``; None for none."""
    found = app.desk.directory.purposes(book)
    return next((purpose for purpose in found if purpose.allowed), None)


def for_usual_purpose(command: ScreenCommand, usual: Purpose | None) -> ScreenCommand:
    """Return ``command``, which shows a number at once, labelled by the purpose that it records."""
    said = _("Number: {purpose}", purpose=usual.label) if usual is not None else command.label
    return replace(command, label=said)


async def reveal_at_once(screen: Keyed, card: Card) -> Card | None:
    """Reveal the number to call for the usual purpose, recorded; return the card, None if the reader went
    back."""
    usual = usual_purpose(screen.app, card.book)
    stated = StatedPurpose(usual.id) if usual is not None else None
    return await revealed_card(screen, card, stated=stated, at_once=True)


async def revealed_card(
    screen: Keyed, card: Card, *, stated: StatedPurpose | None = None, at_once: bool = False
) -> Card | None:
    """Do as `reveal`, and return the card with what is shown; None if the reader went back, or nothing is
    masked."""
    shown = await reveal(screen, card, stated=stated, at_once=at_once)
    return replace(card, fields=with_shown(card.fields, [shown])) if shown is not None else None


async def reveal(
    screen: Keyed,
    card: Card,
    *,
    among: Iterable[Shown] | None = None,
    stated: StatedPurpose | None = None,
    at_once: bool = False,
) -> Shown | None:
    """Ask which masked field to reveal, of ``card`` or ``among`` some, and for what unless that was just
    ``stated``; record that, and return the field in clear. ``at_once``: the first number to call, without
    asking which. None if the reader went back, or nothing is masked, which is shown."""
    hidden = covered_fields(card.fields if among is None else among)
    if not hidden:
        screen.app.tell(_("Nothing is masked on this card."), "")
        return None
    name: str | None = hidden[0].name
    if at_once:
        called = [one.name for kind in ("mobile", "phone") for one in hidden if one.kind == kind]
        name = next(iter(called), name)
    elif len(hidden) > 1:
        options = [Pick(one.name, one.label, note=one.text) for one in hidden]
        name = await choose(screen, _("Show which one?"), options)
    if name is None:
        return None
    wanted = name
    return await for_a_purpose(
        screen,
        card.book,
        _("What do you need it for?"),
        lambda purpose, reason: screen.app.desk.directory.reveal(card.entry, wanted, purpose, reason),
        entry=card.entry,
        stated=stated,
    )


async def for_a_purpose(
    screen: Keyed,
    book: str,
    title: Text,
    look: Callable[[str, str], Found],
    *,
    entry: int | None = None,
    stated: StatedPurpose | None = None,
) -> Found | None:
    """Ask for purpose and reason, unless just ``stated``, and return what ``look``, which records them,
    finds; None if the reader went back. ``entry``: whose protected values are revealed. Purposes that are not
    allowed can be chosen too: the desk refuses them with their clause. A refused reason can be typed
    again."""
    purpose = stated.purpose if stated is not None else await _ask_purpose(screen, book, title)
    if purpose is None:
        return None
    why = screen.app.desk.directory.asks_reason(book, entry)
    given = stated.reason if stated is not None else ""
    if why is None or given:
        return look(purpose, given)
    several: list[Found] = []
    typed = await ask_text(
        screen,
        title,
        _("Reason"),
        text=why,
        required=True,
        check=lambda reason: several.append(look(purpose, reason)),
    )
    return several[0] if typed is not None else None


async def _ask_purpose(screen: Keyed, book: str, title: Text) -> str | None:
    options = [
        Pick(
            purpose.id,
            purpose.label,
            note="" if purpose.allowed else _("not allowed {clause}", clause=by_clause(purpose.clause)),
        )
        for purpose in screen.app.desk.directory.purposes(book)
    ]
    return await choose(screen, title, options, text=_("The purpose is recorded with your name."))
