"""The card for a call or a letter: who I am, what I need, in courteous words (A.14)."""

from __future__ import annotations

from textual.app import ComposeResult

from db.desk.authority.sight import Shown
from db.desk.directory.contacting import Contact
from db.desk.directory.directory_views import Card
from db.language import Message, Text, _
from tui.kit import FactList, Footer, FramedScreen, ScreenCommand, Styled, TextLine, clause_text
from tui.kit.dialogs import Say
from tui.screens.directory.purpose import Known, for_a_purpose, is_covered, reveal
from tui.sheets.cell import Fact


async def contact(screen: FramedScreen, card: Card, known: Known) -> None:
    """Show how to reach the person and what to say, for the purpose that something of ``card`` was revealed
    for, else for one that is asked for now. What is revealed here is ``known`` afterwards."""
    made = await for_a_purpose(
        screen,
        card.book,
        _("What do you contact {name} about?", name=card.name),
        lambda purpose, reason: screen.app.desk.directory.contact(card.entry, purpose, reason),
        known,
        stated=known.stated,
    )
    if made is not None:
        await screen.app.push_screen_wait(ContactCard(card, made, known))


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

    def __init__(self, card: Card, made: Contact, known: Known) -> None:
        super().__init__(_("Contact {name}", name=made.name))
        self._card = card
        self._contact = made
        self._known = known

    def can(self, command_id: str) -> bool:
        """Nothing to reveal where all is in clear."""
        return command_id != "reveal" or bool(self._known.covered(self._ways))

    @property
    def _ways(self) -> tuple[Shown, ...]:
        return (*self._contact.numbers, *self._contact.addresses)

    def body(self) -> ComposeResult:
        """The ways there are, the words for each."""
        made = self._contact
        yield FactList(self._facts())
        if made.numbers:
            yield TextLine(_("On the phone"), "head", classes="head")
            yield from (TextLine(line) for line in made.call)
        if made.addresses:
            yield TextLine(_("In writing"), "head", classes="head")
            yield TextLine(_("Subject: {subject}", subject=made.subject))
            yield TextLine(_joined(made.letter))
        yield TextLine(clause_text(made.clause), "dim")

    def _facts(self) -> list[Fact]:
        return [
            (one.label, self._known.drawn(one) if is_covered(one) else Styled(one.text, "strong"))
            for one in self._ways
        ]

    async def do_reveal(self) -> None:
        """Show a number; the purpose was given on the way here."""
        if await reveal(self, self._card, self._known, among=self._ways, stated=self._known.stated):
            self.query_one(FactList).show(self._facts())
            self.query_one(Footer).refresh_keys()


def _joined(lines: tuple[Text, ...]) -> Text:
    """The lines of a letter as one text, each on a line of its own."""
    slots = {f"line{number}": line for number, line in enumerate(lines)}
    return Message("\n".join(f"{{{slot}}}" for slot in slots), slots)
