"""Letters that hand activation codes over: an A4 page a person, folded twice, for window envelopes.

The addressee stands where a window shows it, the code below the first fold. Nothing of them is kept.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from db.language import Language, Message, Text, _, say
from reports import pdf_file
from reports.typeface import FONT

PAGE: Final = (595, 842)
"""A4, in points."""
LEFT: Final = 72
ADDRESS, FOLDS, CODE = 700, (561, 281), 530
"""Heights from below: of the address, of both folds, and of what is said under the first."""
PLAIN, LARGE, SMALL = 11, 18, 9
LEADING: Final = 20
STEPS: Final[tuple[Message, ...]] = (
    _("Open a terminal (on Windows: PowerShell) and type this, then press Enter:"),
    _("The first connection shows a fingerprint. Only where it is this one, answer yes:"),
    _("At “密码 Password:” type the code below, with or without hyphens; nothing shows."),
    _("At “验证码 Code:” press Enter."),
    _("Choose a password, and set up the authenticator on your phone as the screen says."),
    _("Then destroy this letter. Nobody will ever ask you for the code."),
)


@dataclass(frozen=True, slots=True)
class CodeLetter:
    """What one person is told. ``until`` is the moment up to which the code is good, in local time."""

    login: str
    name: str
    unit: str
    until: str
    code: str = field(repr=False)


def write(
    letters: Iterable[CodeLetter],
    organisation: str,
    command: Callable[[str], str],
    fingerprint: str,
    language: Language,
) -> bytes:
    """Return the letters as one PDF, a page each with fold marks: how to sign in for the first time, with the
    activation code in the clear. ``command`` gives what the person of a login types to come in. Without a
    ``fingerprint`` of the host the step that compares it is left out."""
    out = io.BytesIO()
    title = say(_("Activation codes"), language)
    canvas = pdf_file.canvas(out, PAGE, language, title=title, author=organisation, subject="")
    for letter in letters:
        canvas.setLineWidth(0.3)
        for fold in FOLDS:
            canvas.line(0, fold, 18, fold)
        texts: list[tuple[int, int, Text]] = [
            (ADDRESS, PLAIN, organisation),
            (ADDRESS - LEADING, LARGE, letter.name),
            (ADDRESS - 2 * LEADING, PLAIN, letter.unit),
            (ADDRESS - 3 * LEADING, SMALL, _("Personal. To be opened by the addressee alone.")),
        ]
        at = CODE
        typed = {STEPS[0]: command(letter.login), STEPS[1]: fingerprint}
        steps = [step for step in STEPS if typed.get(step) != ""]
        for number, step in enumerate(steps, start=1):
            texts.append((at, PLAIN, f"{number}. {say(step, language)}"))
            at -= LEADING
            if step in typed:
                texts.append((at, PLAIN, f"    {typed[step]}"))
                at -= LEADING
        texts += [
            (at - LEADING, LARGE, letter.code),
            (at - 2 * LEADING, PLAIN, _("Login: {login}", login=letter.login)),
            (at - 3 * LEADING, PLAIN, _("Good once, until {until}.", until=letter.until)),
        ]
        for height, size, text in texts:
            canvas.setFont(FONT, size)
            canvas.drawString(LEFT, height, say(text, language))
        canvas.showPage()
    canvas.save()
    return out.getvalue()
