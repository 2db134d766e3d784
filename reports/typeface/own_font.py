"""Whether a font can be used: the organisation's own is whatever file the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from db.language import Message, MessageError, _
from db.store.settings import Home

RESTRICTED, WHOLE_ONLY, BITMAPS_ONLY = 0x0002, 0x0100, 0x0200
"""What a font's maker forbids (OpenType, OS/2.fsType): embedding, embedding a part, embedding outlines."""
OUTLINES: Final = ("glyf", "CFF ", "CFF2")


class UnusableFont(MessageError):
    """``message`` says why the font can't be used."""


def check(home: Home) -> Message:
    """Return which font pages are set in, once one named in the settings opens. Raises UnusableFont where it
    doesn't."""
    named = home.settings().font
    if not named:
        return _("Noto Sans, which comes along")
    open_font(home.folder / named).close()
    return _("{file}, then Noto Sans", file=str(home.folder / named))


def open_font(file: Path) -> Any:
    """Open the font file (`fontTools.ttLib.TTFont`), of a collection its first. Raises UnusableFont."""
    from fontTools.ttLib import TTFont

    try:
        font = TTFont(file, fontNumber=0, lazy=True)
        broken = "head" not in font or not font.getBestCmap() or not any(table in font for table in OUTLINES)
        forbidden = font["OS/2"].fsType if "OS/2" in font else 0
    except OSError as error:
        raise UnusableFont(
            _("{file} can't be read: {reason}", file=str(file), reason=error.strerror or str(error))
        ) from None
    except Exception:  # fontTools raises what it meets in a damaged file
        raise UnusableFont(
            _(
                "{file} is no font, or damaged: a TrueType or OpenType file is (TTF, OTF, TTC).",
                file=str(file),
            )
        ) from None
    if broken:
        raise UnusableFont(_("{file} holds no outlines of characters.", file=str(file)))
    if forbidden & 0x000F == RESTRICTED or forbidden & (WHOLE_ONLY | BITMAPS_ONLY):
        raise UnusableFont(
            _("{file} may not be put into documents: its maker forbids that (OS/2.fsType).", file=str(file))
        )
    return font
