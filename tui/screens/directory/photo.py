"""A person's photo in the terminal, in coloured half-blocks (E.4)."""

from __future__ import annotations

from db.desk.requests.evidence import EvidenceFile
from db.language import _
from tui.kit import Location, ScreenCommand
from tui.screens.evidence.view import FILE, EvidenceView
from tui.screens.pickup import take_out


class Photo(EvidenceView):
    """The picture as large as the terminal allows."""

    CSS_PATH = "../evidence/view.tcss"
    NAME = _("Photo")
    ABOUT = _(
        "The photo in coloured half-blocks, as large as your terminal allows. Looking at it is recorded. It "
        "is changed like every other value: put a picture into your tray, then choose it on the change form."
    )
    KEYS = (FILE, ScreenCommand("back", "escape", _("Back"), _("Back to the card.")))

    def __init__(self, entry: int, name: str, file: EvidenceFile, content: bytes) -> None:
        super().__init__(file, content)
        self._entry, self._name = entry, name

    def where(self) -> Location:
        return Location(_("Photo: {name}", name=self._name))

    async def do_file(self) -> None:
        """Show the command that fetches the photo, recorded when it runs."""
        ending = "jpg" if self._file.media_type == "image/jpeg" else "png"
        await take_out(self, ("photo", str(self._entry)), f"photo.{ending}", "")
