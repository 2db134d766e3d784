"""Makes ``db/store/lookalikes.txt`` from the confusables of UTS 39, as confusable-homoglyphs ships them
(``pip download confusable-homoglyphs``: ``confusable_homoglyphs/confusables.json`` in its wheel).

    python -m tests.lookalikes confusables.json > db/store/lookalikes.txt

Kept are letters of the scripts in which names are written that look like a Latin letter or an ideograph.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

from db.store.name_spelling import HAN, LATIN, script_of

HEAD = """\
# Letters that look like another one (UTS 39): the letter on the left stands for those on the right.
# Made by `python -m tests.lookalikes`.
"""


def main(file: str) -> None:
    """Print the table."""
    found: dict[str, set[str]] = defaultdict(set)
    for letter, alike in json.loads(Path(file).read_text("utf-8")).items():
        script = script_of(letter) if len(letter) == 1 and letter.isalpha() else None
        if script is None or script in (HAN, LATIN):
            continue
        for one in (other["c"] for other in alike):
            if len(one) == 1 and ((one.isascii() and one.isalpha()) or script_of(one) == HAN):
                found[one.lower()].add(letter)
                break
    print(HEAD, end="")
    for letter in sorted(found):
        print(letter, "".join(sorted(found[letter])))


if __name__ == "__main__":
    main(*sys.argv[1:])
