"""The printed cards of who begins: an A4 page cut in two, one for staff and one for human resources.

Each has how to come in, what to press, and whom to ask.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from db.language import Language, Text, _, say
from reports import pdf_file
from reports.typeface import FONT

PAGE: Final = (595, 842)
"""A4, in points."""
HALF: Final = 421
LEFT, TOP, LEADING, SECOND = 50, 375, 17, 248
"""The margin, the height of a card's title above its lower edge, and of its columns the leading and width."""
PLAIN, LARGE = 9.5, 15
Card = tuple[Text, Sequence[tuple[Text, str]]]
"""A title, and jobs with their keys."""


def draw(cards: Sequence[Card], organisation: str, command: str, call: str, language: Language) -> bytes:
    """Return one page of PDF that is cut into two ``cards``. ``command`` is what somebody types to come in,
    ``call`` whom to ask."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    out = io.BytesIO()
    title = say(_("What to press"), language)
    canvas = pdf_file.canvas(out, PAGE, language, title=title, author=organisation, subject="")
    canvas.setLineWidth(0.3)
    canvas.setDash(2, 4)
    canvas.line(0, HALF, PAGE[0], HALF)
    for place, (name, jobs) in enumerate(cards):
        edge = HALF * (1 - place)
        head: list[tuple[float, Text]] = [
            (LARGE, _("{organisation}: {name}", organisation=organisation, name=name)),
            (PLAIN, _("Type this in a terminal (on Windows: PowerShell): {command}", command=command)),
            (PLAIN, _("g finds anybody and anything, ? lists the keys, Esc goes back, F10 signs out.")),
            (PLAIN, _("Questions: {call}", call=call) if call else ""),
        ]
        y = edge + TOP
        for size, text in head:
            canvas.setFont(FONT, size)
            canvas.drawString(LEFT, y, say(text, language))
            y -= LEADING
        rows = (len(jobs) + 1) // 2
        canvas.setFont(FONT, PLAIN)
        for number, (job, keys) in enumerate(jobs):
            x = LEFT + SECOND * (number // rows)
            height = y - LEADING * (number % rows) - LEADING / 2
            canvas.drawString(x, height, say(job, language))
            canvas.drawString(x + SECOND - 20 - stringWidth(keys, FONT, PLAIN), height, keys)
    canvas.save()
    return out.getvalue()
