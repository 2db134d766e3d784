"""The marks of a file that was found: PDF, XLSX, or any text that was pasted from one.

Nothing in it is run, what it unpacks to is limited, and a file that can't be read is read as plain text. The
answer is a JSON object: ``numbers``, ``codes``, and ``seen`` (label -> bit).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice

from db.confined import found_pages, found_sheet
from db.confined.marks import CODE, MARK, NUMBER, blanks_in
from db.confined.seen import Seen

MOST = 10_000
"""Numbers, and codes, that are answered."""
ALL_LABELS = 1 << 20
"""Characters of all labels together that are answered."""


def answer(content: bytes) -> Iterable[bytes]:
    """Yield one JSON object of the marks in ``content``: ``numbers``, ``codes``, ``seen`` (label: bit). What
    can't be read is left out."""
    seen = Seen()
    with suppress(MemoryError):  # what was found until then counts
        _gather_marks(content, seen)
    whole = "\n".join(seen.texts)
    seen.codes.update(found[0] for found in islice(CODE.finditer(whole), MOST))
    for label, bit in blanks_in(whole):
        seen.vote(label, bit)
    found = (one[0] for form in (NUMBER, MARK) for one in islice(form.finditer(whole), MOST))
    said = {
        "numbers": list(dict.fromkeys(found)),
        "codes": sorted(seen.codes)[:MOST],
        "seen": _by_majority(seen.votes),
    }
    yield json.dumps(said).encode("ascii")


def _gather_marks(content: bytes, seen: Seen) -> None:
    if content.startswith(b"%PDF-"):
        found_pages.gather_marks(content, seen)
    elif content.startswith(b"PK\x03\x04"):
        found_sheet.gather_marks(content, seen)
    else:
        seen.text(_text(content))


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _by_majority(votes: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """Return the bit that each label was seen with more often; labels with a tie are left out. At most
    `ALL_LABELS` characters of labels."""
    balance: Counter[str] = Counter()
    for label, bit in votes:
        balance[label] += 1 if bit else -1
    room = ALL_LABELS
    told: dict[str, int] = {}
    for label, lead in balance.items():
        room -= len(label)
        if lead and room >= 0:
            told[label] = int(lead > 0)
    return told
