"""Reading the marks of a file that was found: PDF, XLSX, or any text that was pasted from one.

The file is hostile until shown otherwise: nothing in it is run, what it unpacks to is limited, and a file
that can't be read is read as plain text.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping

from db.desk import Invalid, Problem
from db.desk.editions.marks import NUMBER, blanks_in
from db.desk.editions.taken import MARK
from db.desk.editions.tracing import Finding
from db.language import _
from reports.editions import reading_pages, reading_sheet
from reports.editions.seen import Seen

LARGEST = 25 * 1024 * 1024
"""Bytes of a file that is looked at."""
CODE = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


def read(content: bytes) -> Finding:
    """What in ``content`` may say whose copy it is. Raises Invalid for what is empty or too large."""
    if not content or len(content) > LARGEST:
        raise Invalid(
            Problem("file", _("The file is empty, or larger than {size} MB.", size=LARGEST // 1024 // 1024))
        )
    seen = Seen()
    if content.startswith(b"%PDF-"):
        reading_pages.look(content, seen)
    elif content.startswith(b"PK\x03\x04"):
        reading_sheet.look(content, seen)
    else:
        seen.texts.append(_text(content))
    whole = "\n".join(seen.texts)
    seen.codes.update(CODE.findall(whole))
    for text in seen.texts:
        for label, bit in blanks_in(text):
            seen.votes.append((label, bit))
    return Finding(
        sha256=hashlib.sha256(content).hexdigest(),
        numbers=tuple(dict.fromkeys(found[0] for form in (NUMBER, MARK) for found in form.finditer(whole))),
        codes=tuple(sorted(seen.codes)),
        seen=_by_majority(seen.votes),
    )


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _by_majority(votes: list[tuple[str, int]]) -> Mapping[str, int]:
    """Each label with the bit that it was seen with more often; those seen both ways alike left out."""
    ones: dict[str, int] = defaultdict(int)
    for label, bit in votes:
        ones[label] += 1 if bit else -1
    return {label: int(lead > 0) for label, lead in ones.items() if lead}
