"""The card for a call or a letter: who I am, what I need, in courteous words (A.14)."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult

from db.desk.authority.sight import Shown
from db.desk.directory.contacting import Contact
from db.desk.directory.directory_views import Card
from db.desk.directory.revealed import StatedPurpose
from db.language import Message, Text, _
from tui.kit import FactList, Footer, FramedScreen, ScreenCommand, Styled, TextLine, clause_text
from tui.kit.dialogs import Say
from tui.screens.directory.purpose import (
    covered_fields,
    drawn_value,
    for_a_purpose,
    is_covered,
    reveal,
    with_shown,
)
from tui.sheets.cell import Fact


async def contact(screen: FramedScreen, card: Card) -> Card:
    """Ask for a purpose, unless one was just stated, and show how to reach the person and what to say,
    recorded. Return the card with what was revealed here."""
    directory = screen.app.desk.directory
    stated = directory.preview(card.entry).stated

    def look(purpose: str, reason: str) -> tuple[Contact, StatedPurpose]:
        return directory.contact(card.entry, purpose, reason), StatedPurpose(purpose, reason)

    title = _("What do you contact {name} about?", name=card.name)
    made = await for_a_purpose(screen, card.book, title, look, stated=stated)
    if made is None:
        return card
    dialog = ContactCard(card, *made)
    await screen.app.push_screen_wait(dialog)
    return replace(card, fields=with_shown(card.fields, dialog.shown))


class ContactCard(Say):
    """Numbers and addresses, then the words."""

    NAME = _("Contact")
    ABOUT = _(
        "How to call or write, with words to begin with. r shows a masked number for the purpose you gave, "
        "and records it."
    )
    KEYS = (
        ScreenCommand(
            "reveal", "r", _("Show number"), _("Show a protected number, for the purpose you gave.")
        ),
        *Say.KEYS,
    )
    DEFAULT_CSS = """
    ContactCard > .box { max-height: 100%; }
    ContactCard .head { margin-top: 1; }
    """

    def __init__(self, card: Card, made: Contact, stated: StatedPurpose) -> None:
        super().__init__(_("Contact {name}", name=made.name))
        self._card = card
        self._contact = made
        self._stated = stated
        self.shown: list[Shown] = []
        """What was revealed here."""

    def can(self, command_id: str) -> bool:
        """Return whether the command is possible: revealing only while something is masked."""
        return command_id != "reveal" or bool(covered_fields(self._ways))

    @property
    def _ways(self) -> tuple[Shown, ...]:
        return with_shown((*self._contact.numbers, *self._contact.addresses), self.shown)

    def body(self) -> ComposeResult:
        made = self._contact
        yield FactList(self._facts())
        if made.numbers:
            yield TextLine(_("On the phone"), "head", classes="head")
            yield from (TextLine(line) for line in made.call)
        if made.addresses:
            yield TextLine(_("In writing"), "head", classes="head")
            yield TextLine(_("Subject: {subject}", subject=made.subject))
            yield TextLine(_join_lines(made.letter))
        yield TextLine(clause_text(made.clause), "dim")

    def _facts(self) -> list[Fact]:
        return [
            (one.label, drawn_value(one) if is_covered(one) else Styled(one.text, "strong"))
            for one in self._ways
        ]

    async def do_reveal(self) -> None:
        """Ask which number to reveal and show it, recorded under the purpose given before."""
        shown = await reveal(self, self._card, among=self._ways, stated=self._stated)
        if shown is not None:
            self.shown.append(shown)
            self.query_one(FactList).show(self._facts())
            self.query_one(Footer).refresh_keys()


def _join_lines(lines: tuple[Text, ...]) -> Text:
    slots = {f"line{number}": line for number, line in enumerate(lines)}
    return Message("\n".join(f"{{{slot}}}" for slot in slots), slots)
