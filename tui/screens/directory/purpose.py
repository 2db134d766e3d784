"""What a look-up of protected values is for: chosen by one key, with a reason where one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from db.desk.authority.sight import Shown
from db.desk.directory.directory_views import Card
from db.language import Text, _
from tui.kit import Cell, Pick, Styled, ask_text, by_clause, choose
from tui.kit.keyed import Keyed

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class StatedPurpose:
    """The id of the purpose that was stated, and the reason where one was asked for."""

    purpose: str
    reason: str = ""


@dataclass(slots=True)
class Known:
    """What is shown in clear of one entry, by field, and what it was last looked up for."""

    revealed: dict[str, Shown] = field(default_factory=dict)
    stated: StatedPurpose | None = None

    def covered(self, fields: Iterable[Shown]) -> list[Shown]:
        """Those of ``fields`` that are not in clear."""
        return [one for one in fields if is_covered(one) and one.name not in self.revealed]

    def drawn(self, one: Shown) -> Cell:
        """The value of a field as a card draws it."""
        if one.name in self.revealed:
            return Styled(self.revealed[one.name].text, "strong")
        if one.look == "masked":
            return [one.text, Styled(_("  r shows it"), "dim")]
        return [one.text, Styled(_("  by request only"), "dim")] if one.look == "closed" else one.text


def is_covered(one: Shown) -> bool:
    """Whether a field shows something else than its value."""
    return one.look in ("masked", "closed")


async def reveal(
    screen: Keyed,
    card: Card,
    known: Known,
    *,
    among: Iterable[Shown] | None = None,
    stated: StatedPurpose | None = None,
) -> bool:
    """Ask which covered field to show, of all on ``card`` or ``among`` some, and for what where that was not
    ``stated`` just now; it is ``known`` then. False where the reader went back."""
    covered = known.covered(card.fields if among is None else among)
    if not covered:
        screen.app.tell(_("Nothing is masked on this card."), "")
        return False
    name: str | None = covered[0].name
    if len(covered) > 1:
        options = [Pick(one.name, one.label, note=one.text) for one in covered]
        name = await choose(screen, _("Show which one?"), options)
    if name is None:
        return False
    wanted = name
    shown = await for_a_purpose(
        screen,
        card.book,
        _("What do you need it for?"),
        lambda purpose, reason: screen.app.desk.directory.reveal(card.entry, wanted, purpose, reason),
        known,
        entry=card.entry,
        stated=stated,
    )
    if shown is None:
        return False
    known.revealed[wanted] = shown
    return True


async def for_a_purpose(
    screen: Keyed,
    book: str,
    title: Text,
    look: Callable[[str, str], Found],
    known: Known,
    *,
    entry: int | None = None,
    stated: StatedPurpose | None = None,
) -> Found | None:
    """What ``look`` finds for the purpose, by its id, and the reason; None where the reader went back. They
    are asked for as far as they were not ``stated`` just now, and ``known`` afterwards. ``entry``: of whom
    protected values are revealed.

    Purposes that are not allowed can be chosen too: the desk refuses them with their clause. A reason that it
    refuses stays to be written anew.
    """
    purpose = stated.purpose if stated is not None else await _ask_purpose(screen, book, title)
    if purpose is None:
        return None
    why = screen.app.desk.directory.asks_reason(book, entry)
    given = stated.reason if stated is not None else ""
    if why is None or given:
        found = look(purpose, given)
        known.stated = StatedPurpose(purpose, given)
        return found
    several: list[Found] = []
    typed = await ask_text(
        screen,
        title,
        _("Reason"),
        text=why,
        required=True,
        check=lambda reason: several.append(look(purpose, reason)),
    )
    if typed is None:
        return None
    known.stated = StatedPurpose(purpose, typed)
    return several[0]


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
