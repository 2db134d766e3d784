"""What is done to one person, from the list in which they are under the cursor or from their card."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from db.desk.directory.directory_views import Card
from db.desk.refusal import Refused
from db.language import Text, _
from tui.kit import FramedScreen, Pick, ScreenCommand, choose
from tui.screens.asking.change import propose_change
from tui.screens.directory.contact import contact
from tui.screens.directory.copying import copy_contact
from tui.screens.directory.facets import NO_FACETS
from tui.screens.directory.favourites import turn_favourite
from tui.screens.directory.photo import Photo
from tui.screens.directory.purpose import reveal_at_once, revealed_card
from tui.screens.sheets.asking import do_and_describe, draw_sheet
from tui.sheets.asks import At
from tui.sheets.case_facts import MyCase
from tui.sheets.case_reports import ENTRY, ERROR, FIELD
from tui.sheets.papers import UNDERTAKING


class OnEntry(FramedScreen):
    """The keys that a list of people and a card have in common."""

    def on_whom(self) -> tuple[int, str] | None:
        """Return entry and name of the person that the keys act on; None for nobody. Subclasses override
        it."""
        raise NotImplementedError

    def whole_card(self) -> Card | None:
        raise NotImplementedError

    def show_revealed(self, card: Card) -> None:
        """Show ``card``, on which something was revealed now. Subclasses override it."""
        raise NotImplementedError

    def show_changed(self) -> None:
        """Open the card again after a change was submitted, which may be in force. Subclasses override it."""
        raise NotImplementedError

    def why_not(self, command: ScreenCommand) -> Text:
        """Return by which clause others change the entry, asking the desk, which records the denial; else as
        any screen."""
        whom = self.on_whom()
        if command.id == "change" and whom is not None:
            try:
                self.app.desk.changes.form(whom[0])
            except Refused as denied:
                return _("{reason} c tells them what is wrong.", reason=denied.with_clause())
        return NO_FACETS if command.id == "narrow" else super().why_not(command)

    async def _look_deeper(self, look: Callable[[FramedScreen, Card], Awaitable[Card | None]]) -> None:
        before = self.whole_card()
        card = await look(self, before) if before is not None else None
        if card is not None and card != before:
            self.show_revealed(card)

    async def do_reveal(self) -> None:
        """Ask which masked field to reveal and for what, and show it, recorded."""
        await self._look_deeper(revealed_card)

    async def do_number(self) -> None:
        """Reveal the number to call for the usual purpose, recorded; ask only for what that leaves open."""
        await self._look_deeper(reveal_at_once)

    async def do_contact(self) -> None:
        await self._look_deeper(contact)

    async def do_copy(self) -> None:
        """Ask what to copy and for what, record that, and copy it."""
        card = self.whole_card()
        if card is not None:
            await copy_contact(self, card)

    async def do_error(self) -> None:
        """Ask which field is wrong and how, and report it, recorded, to whom the regulation names (H.5.3)."""
        card = self.whole_card()
        if card is None:
            return
        options = [Pick("", _("The entry as a whole"))]
        options += [Pick(field.name, field.label) for field in card.fields]
        field = await choose(self, _("What is wrong?"), options)
        if field is not None:
            at = At[MyCase](self.app.desk, answers={ENTRY.id: card.entry, FIELD.id: field})
            said = await do_and_describe(self, ERROR, at)
            if said is not None:
                self.app.tell(said)

    async def do_sheet(self) -> None:
        whom = self.on_whom()
        if whom is not None:
            await draw_sheet(self, UNDERTAKING, At(self.app.desk, whom[:1]))

    def do_favourite(self) -> None:
        whom = self.on_whom()
        if whom is not None:
            turn_favourite(self, *whom)

    def do_change(self) -> None:
        whom = self.on_whom()
        if whom is not None:
            propose_change(self, whom[0], then=lambda made: self.show_changed() if made else None)

    def do_photo(self) -> None:
        whom = self.on_whom()
        if whom is None:
            return
        found = self.app.desk.directory.photo(whom[0])
        if found is None:
            self.app.tell(_("There is no photo of {name}.", name=whom[1]), "")
        else:
            self.app.push_screen(Photo(*whom, *found))
