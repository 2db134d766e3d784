"""Copying somebody's contact: to the reader's own clipboard, or as a code that a phone scans. Each copy is on
record with its purpose (C.9.1, A.11)."""

from __future__ import annotations

from textual.app import ComposeResult

from db.desk.directory.contact_copy import CopyForm, copyable_fields, said_form
from db.desk.directory.directory_views import Card
from db.language import _, say
from tui.kit import FramedScreen, Pick, ScreenCommand, TextLine, choose, clause_text
from tui.kit.dialogs import Say
from tui.screens.directory.purpose import for_a_purpose
from tui.screens.door.qr_code import QrCode
from tui.screens.pickup import take_out

COPY = ScreenCommand(
    "copy",
    "y",
    _("Copy contact"),
    _("Copy a number, an address or the words to your clipboard, or show a code to scan; it is recorded."),
    footer=False,
)


FILE = "file"
BOX = 5
"""Rows of the box around a code: its frame, its title and the screen's last row."""
RECORDED = _("It is recorded when it is fetched.")


async def copy_contact(screen: FramedScreen, card: Card) -> None:
    """Ask what of ``card`` to copy and for what, record that, and send it to the terminal's clipboard, or
    show it as a code to scan. Show the clause that forbids copying."""
    directory = screen.app.desk.directory
    found = directory.preview(card.entry)
    if found.copy_clause:
        said = _("Contacts of this directory are not copied.")
        screen.app.tell(_("{reason} {clause}", reason=said, clause=clause_text(found.copy_clause)), "warn")
        return
    fields = copyable_fields(card.fields)
    options = [Pick(one.name, one.label, note=one.text) for one in fields]
    forms: list[CopyForm] = ["words"]
    if fields:
        forms += ["code", "vcard"]
    options += [Pick(f"={form}", said_form(form)) for form in forms]
    if fields:
        options.append(Pick(FILE, _("vCard as a file"), note=_("what is shown in clear to everybody")))
    chosen = await choose(screen, _("Copy what?"), options, text=_("Each copy is recorded with your name."))
    if chosen is None:
        return
    if chosen == FILE:
        await _take_vcard(screen, card)
        return
    form: CopyForm = next((one for one in forms if f"={one}" == chosen), "value")
    made = await for_a_purpose(
        screen,
        card.book,
        _("What do you need it for?"),
        lambda purpose, reason: directory.copy(card.entry, form, chosen, purpose, reason),
        stated=found.stated,
    )
    if made is None:
        return
    text = "\n".join(say(line, screen.app.language) for line in made)
    if form == "code":
        await screen.app.push_screen_wait(CodeToScan(card.name, text))
        return
    screen.app.send_to_clipboard(text)
    screen.app.tell(_("Sent to your terminal's clipboard. Whether your terminal took it, it does not say."))


async def _take_vcard(screen: FramedScreen, card: Card) -> None:
    """Ask for a purpose and show the command that fetches the vCard, in a session of its own: nothing
    revealed here is in it."""
    asked = await for_a_purpose(
        screen, card.book, _("What do you need it for?"), lambda purpose, reason: (purpose, reason)
    )
    if asked is not None:
        words = ["card", "vcard", str(card.entry), "--purpose", asked[0]]
        await take_out(
            screen, [*words, *(["--reason", asked[1]] if asked[1] else [])], "contact.vcf", RECORDED
        )


class CodeToScan(Say):
    """Name and number as a code for a phone's camera."""

    NAME = _("Code to scan")
    DEFAULT_CSS = """
    CodeToScan > .box { max-height: 100%; width: auto; }
    CodeToScan QrCode { height: auto; width: auto; }
    CodeToScan > .box > .room { width: 60; max-width: 100%; }
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(_("Scan: {name}", name=name))
        self._code = text

    def body(self) -> ComposeResult:
        code = QrCode(self._code)
        needed = code.least_rows + BOX
        if needed <= self.app.size.height:
            yield code
        else:
            said = _(
                "Here the code takes a window of {rows} rows: make it larger, or copy the number.",
                rows=needed,
            )
            yield TextLine(said, classes="room")
