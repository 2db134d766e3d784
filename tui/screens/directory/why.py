"""The answer to "why do I see this", or why not: every ground with its clause."""

from __future__ import annotations

from textual.app import ComposeResult

from db.desk.directory.directory_views import Card
from db.desk.directory.why import Why
from db.language import Text, _
from tui.kit import FramedScreen, Pick, TextLine, choose
from tui.kit.dialogs import Say
from tui.sheets.card_facts import why_lines


def explain(screen: FramedScreen, entry: int, name: str, field: str | None = None) -> None:
    """Open the explanation why the reader sees ``entry``, or ``field`` of it, or not."""
    screen.app.push_screen(Explanation(name, screen.app.desk.directory.why(entry, field)))


def explain_absence(screen: FramedScreen, book: str, elsewhere: Text) -> None:
    """Open the explanation how far the reader sees ``book``, after who was found ``elsewhere``."""
    screen.app.push_screen(Explanation("", screen.app.desk.directory.why(None, book=book), elsewhere))


async def ask_why(screen: FramedScreen, card: Card) -> None:
    """Ask whether the entry or a field of ``card`` is meant, and open the explanation for it."""
    options = [Pick("", _("The whole entry")), *(Pick(field.name, field.label) for field in card.fields)]
    field = await choose(screen, _("Why do I see this?"), options)
    if field is not None:
        explain(screen, card.entry, card.name, field or None)


class Explanation(Say):
    """The grounds, one under the other."""

    NAME = _("Why")

    def __init__(self, name: str, why: Why, elsewhere: Text = "") -> None:
        super().__init__(_("Why you see this: {name}", name=name) if why.can else _("Why you don't see this"))
        self._why = why
        self._elsewhere = elsewhere

    def body(self) -> ComposeResult:
        if self._elsewhere:
            yield TextLine(self._elsewhere, "strong")
            yield TextLine()
        for line in why_lines(self._why):
            yield TextLine(line.text, line.tone)
