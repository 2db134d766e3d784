"""The card for a call or a letter: who I am, what I need, in courteous words (A.14)."""

from __future__ import annotations

from textual.app import ComposeResult

from db.desk.directory.contacting import Contact
from db.language import Message, Text, _
from tui.kit import Facts, Frame, Line, Styled, clause_text
from tui.kit.dialogs import Say
from tui.kit.facts import Fact
from tui.screens.directory.purpose import for_a_purpose


async def contact(screen: Frame, entry: int, name: str) -> None:
    """Ask for the purpose, then show how to reach ``entry`` and what to say."""
    book = screen.app.desk.directory.card(entry).book
    made = await for_a_purpose(
        screen,
        book,
        _("What do you contact {name} about?", name=name),
        lambda purpose, reason: screen.app.desk.directory.contact(entry, purpose, reason),
    )
    if made is not None:
        screen.app.push_screen(ContactCard(made))


class ContactCard(Say):
    """Numbers and addresses, then the words."""

    NAME = _("Contact")
    DEFAULT_CSS = """
    ContactCard > .box { max-height: 100%; }
    ContactCard .head { margin-top: 1; }
    """

    def __init__(self, made: Contact) -> None:
        super().__init__(_("Contact {name}", name=made.name))
        self._contact = made

    def body(self) -> ComposeResult:
        """The ways there are, the words for each."""
        made = self._contact
        facts: list[Fact] = []
        for field in (*made.numbers, *made.addresses):
            hidden = field.look in ("masked", "closed")
            facts.append((field.label, Styled(field.text, "dim" if hidden else "strong")))
        yield Facts(facts)
        if made.numbers:
            yield Line(_("On the phone"), "head", classes="head")
            yield from (Line(line) for line in made.call)
        if made.addresses:
            yield Line(_("In writing"), "head", classes="head")
            yield Line(_("Subject: {subject}", subject=made.subject))
            yield Line(_joined(made.letter))
        yield Line(clause_text(made.clause), "dim")


def _joined(lines: tuple[Text, ...]) -> Text:
    """The lines of a letter as one text, each on a line of its own."""
    slots = {f"line{number}": line for number, line in enumerate(lines)}
    return Message("\n".join(f"{{{slot}}}" for slot in slots), slots)
