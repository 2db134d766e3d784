"""Compiles the Chinese texts for `gettext`: for the wheel, and in a checkout whenever they changed.

Run as a script by ``make``, with nothing but babel.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

SOURCES = Path(__file__).parents[2] / "db" / "language" / "zh_CN"
COMPILED = SOURCES.with_suffix(".mo")


def read_catalogue() -> Catalog:
    """All ``.po`` files in one catalogue."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    merged = Catalog(locale=SOURCES.name)
    for path in sorted(SOURCES.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=SOURCES.name):
                if message.id:
                    merged[message.id] = message
    return merged


def compile_changed() -> None:
    """Write `COMPILED` anew where it is older than a text; processes that start together may all do so."""
    newest = max(one.stat().st_mtime_ns for one in (SOURCES, *SOURCES.glob("*.po")))
    if COMPILED.exists() and COMPILED.stat().st_mtime_ns > newest:
        return
    from babel.messages.mofile import write_mo

    made = COMPILED.with_suffix(f".{os.getpid()}")
    with made.open("wb") as file:
        write_mo(file, read_catalogue())
    made.replace(COMPILED)


if __name__ == "__main__":
    compile_changed()
