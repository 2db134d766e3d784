"""Texts that attack a terminal, a markup parser or a layout."""

from __future__ import annotations

HOSTILE = (
    "[@click=app.quit()]张伟[/]",
    "[@click=screen.command('leave')]x",
    "[/]",
    "[/b][bold",
    "[red]红[/red] [[ ]] \\[",
    "[link=https://evil.example]hr[/link]",
    "$primary [$error on $warning]!",
    "\x1b]52;c;cm0gLXJmIC8=\x07",
    "\x1b]0;root\x07 \x1b[2J\x1b[31m",
    "\x9b31m\x9d0;title\x9c",
    "a\rb\nc\td\x0be\x0cf\x08\x08\x7f\x00",
    "\u202eгnp.exe\u202c \u2066x\u2069 \u200f",
    "\ud800\udfff surrogates",
    "z\u0308\u0301\u0302\u0303 combining" + "\u0301" * 200,
    "\u200d\u200b\ufeff\u2060 zero",
    "👨‍👩‍👧‍👦 🇨🇳 ☎️ ✔︎",
    "张" * 400,
    "{name} {0} {} %s ${x}",
    "",
    "\u2028\u2029\x85 lines",
    "\U000e0041\U000e007f tags",
)
