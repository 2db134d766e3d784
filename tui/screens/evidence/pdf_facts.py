"""What a PDF says about itself, without opening it: a terminal can't show its pages."""

from __future__ import annotations

import re

from db.language import Text, _

_VERSION = re.compile(rb"%PDF-(\d\.\d)")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_COUNT = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)|/Count\s+(\d+)[^>]*?/Type\s*/Pages\b")
_TITLE = re.compile(rb"/Title\s*\(((?:\\.|[^\\()]){0,200})\)")
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile)\b")


def pdf_facts(content: bytes) -> list[tuple[Text, Text]]:
    """Version, pages, title and warnings, as far as they stand in clear; compressed parts are not read."""
    found: list[tuple[Text, Text]] = []
    version = _VERSION.match(content)
    if version:
        found.append((_("Version"), version[1].decode("ascii")))
    found.append((_("Pages"), _pages(content) or _("not stated in clear")))
    title = _TITLE.search(content)
    if title:
        found.append((_("Title"), _text(title[1])))
    if b"/Encrypt" in content:
        found.append((_("Note"), _("It is protected with a password of its own.")))
    if _ACTIVE.search(content):
        found.append((_("Note"), _("It contains scripts or other files. Open it with care.")))
    return found


def _pages(content: bytes) -> str:
    counts = [int(first or second) for first, second in _COUNT.findall(content)]
    pages = max(counts, default=0) or len(_PAGE.findall(content))
    return str(pages) if pages else ""


def _text(raw: bytes) -> str:
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace")
    return raw.decode("latin-1")
