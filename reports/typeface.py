"""The face that pages are set in: one that PDF readers bring along, and that has Chinese.

Its characters are named in UTF-16 (the CMap UniGB-UTF16-H of PDF 1.5). The UCS-2 that reportlab takes by
itself knows neither the dot in 阿依古丽·买买提 nor the rare characters of some names: both would be boxes.
"""

from __future__ import annotations

from typing import Final

FONT: Final = "STSong-Light"
ENCODING: Final = "UniGB-UTF16-H"


def register() -> None:
    """Make `FONT` known to reportlab; it is loaded when the first page is wanted, since it takes its time."""
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont

    if FONT not in getRegisteredFontNames():
        font = UnicodeCIDFont(FONT)
        font.encodingName = ENCODING
        registerFont(font)
