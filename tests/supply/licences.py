"""Under which licence each package is that the program runs with, as SPDX expressions.

`LICENCES.md` lists them; `make bom` writes the table there, and a test holds it to the lock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from tests.supply.reading import RUNTIME, TREE, Pin, pins

DOCUMENT = TREE / "LICENCES.md"
HEADING = "## All of them\n"
FROM_THEIR_TEXT = {
    "markdown-it-py": "MIT",
    "mdit-py-plugins": "MIT",
    "mdurl": "MIT",
    "peewee": "MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "shellingham": "ISC",
    "sqlcipher3": "Zlib",
    "textual-image": "LGPL-3.0-or-later",
    "uharfbuzz": "Apache-2.0 AND MIT-Modern-Variant",
    "wcwidth": "MIT",
}
"""Packages whose metadata give no exact name; read from the text of the licence that they come with, and for
uharfbuzz of HarfBuzz, which is in it."""
WITHOUT_CONDITIONS_ON_US = frozenset({
    "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MIT-CMU", "MIT-Modern-Variant",
    "PSF-2.0", "Unlicense", "Zlib",
})  # fmt: skip
WITH_CARE = frozenset({"EPL-2.0", "LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0", "OFL-1.1"})
"""Changes to their own files stay open; ours needn't. `LICENCES.md` says what each asks for."""


class Unclear(ValueError):
    """A package does not say under which licence it is."""


def licence(name: str) -> str:
    """The SPDX expression of the installed package ``name``. Raises Unclear."""
    said = metadata(name).json
    expression = said.get("license_expression") or FROM_THEIR_TEXT.get(name) or said.get("license", "")
    try:
        return str(canonicalize_license_expression(str(expression)))
    except InvalidLicenseExpression:
        raise Unclear(
            f"{name} gives no exact licence: read its text, name it in {Path(__file__).name}: FROM_THEIR_TEXT"
        ) from None


def may_be_used(expression: str, good: frozenset[str] = WITHOUT_CONDITIONS_ON_US | WITH_CARE) -> bool:
    """Whether a program under Apache-2.0 may stand on what is under ``expression``, of ``good`` licences."""
    words = {"AND": "and", "OR": "or", **dict.fromkeys(good, "True")}
    logic = re.sub(r"[\w.+-]+(?: WITH [\w.+-]+)?", lambda word: words.get(word[0], "False"), expression)
    return bool(eval(logic))  # nothing but True, False, and, or and brackets is left


def table() -> Iterator[str]:
    """The lines of the table in `LICENCES.md`."""
    yield from ("| package | version | licence |", "|---|---|---|")
    for pin in pins(RUNTIME):
        yield f"| {pin.name} | {_version(pin)} | {licence(pin.name)} |"


def document() -> str:
    """`LICENCES.md` as it stands, with the table as it should be."""
    before, heading, _table = DOCUMENT.read_text("utf-8").partition(HEADING)
    return f"{before}{heading}\n" + "\n".join(table()) + "\n"


def _version(pin: Pin) -> str:
    return f"{pin.version}, where `{pin.marker}`" if pin.marker else pin.version
