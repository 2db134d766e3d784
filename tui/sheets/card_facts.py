"""A card in full, and on which grounds it is seen, in the words of every face."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from db.desk.authority.sight import Shown
from db.desk.directory.directory_views import Card
from db.desk.directory.why import Why
from db.desk.notation.localtime import local
from db.language import Label, Message, Text, _
from tui.sheets.cell import Cell, Fact, Styled
from tui.sheets.clauses import ground_text
from tui.sheets.date_words import day


def card_facts(card: Card, drawn: Callable[[Shown], Cell]) -> list[Fact]:
    """Return a card's facts: its place, its fields, each ``drawn`` by the caller, and dates."""
    facts: list[Fact] = [(card.unit_label, " / ".join(card.path)), (_("Kind"), card.kind)]
    if card.organisation:
        facts.append((_("Organisation"), card.organisation))
    if card.inside_owner:
        facts.append((_("Inside owner"), card.inside_owner))
    if card.region:
        facts.append((_("Region"), card.region))
    if card.tags:
        facts.append((_("Tags"), [part for tag in card.tags for part in ("★ ", tag, "  ")]))
    facts.append(("", ""))
    facts += [(field.label, drawn(field)) for field in card.fields]
    facts.append(("", ""))
    facts.append((_("Updated"), local(card.updated_at)[:10]))
    if card.verified_at:
        facts.append((_("Verified"), local(card.verified_at)[:10]))
    sources = [source for source in dict.fromkeys(source for source, _day in card.sources.values()) if source]
    if sources:
        facts.append((_("Source"), [part for source in sources for part in (Label("；", "; "), source)][1:]))
    return facts


def is_day(until: str) -> bool:
    return len(until) == len("2026-11-23")


def seen_under(card: Card) -> Text:
    """Return the clause under which a card is seen, and the end of a grant if it is for a time."""
    if card.until is None:
        return ground_text(card.clause)
    end: Text = day(card.until) if is_day(card.until) else local(card.until)
    return _("Granted until {end} ({clause}).", end=end, clause=card.clause)


def why_lines(why: Why) -> Iterator[Styled]:
    """Yield the lines of an explanation: each ground with its end and clause, then the advice."""
    for ground in why.because:
        yield Styled(ground.text)
        if ground.until is not None:
            yield Styled(_("Until {end}.", end=ground.until), "warn")
        clause: Text = ground_text(ground.clause)
        if ground.summary is not None:
            clause = _("{clause}: {summary}", clause=clause, summary=ground.summary)
        yield Styled(clause, "dim")
        yield Styled("")
    if why.advice:
        yield Styled(Message("→ {advice}", {"advice": why.advice}), "accent")
