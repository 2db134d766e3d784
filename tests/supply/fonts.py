"""Writes the eastern fonts of pages: Noto Sans SC whole, of TC, JP and KR what those before lack.

Run as a script by ``make``, with fontTools and the package that has them, which are some 25 MB larger.
"""

from __future__ import annotations

import os
import shutil
from importlib.resources import files
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "reports" / "typeface"
NAMES = ("NotoSansSC", "NotoSansTC", "NotoSansJP", "NotoSansKR")


def write_missing() -> None:
    """Write those that aren't there; processes that start together may all do so."""
    if all((FOLDER / f"{name}.ttf").exists() for name in NAMES):
        return
    import justmytype_intl_cjk
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    drawn: set[int] = set()
    for name in NAMES:
        source = Path(str(files(justmytype_intl_cjk) / "fonts" / "ofl" / name.lower() / f"{name}[wght].ttf"))
        made = FOLDER / f"{name}.{os.getpid()}"
        with TTFont(source, lazy=True) as font:
            begins = font["loca"]
            numbers = {code: font.getGlyphID(glyph) for code, glyph in font.getBestCmap().items()}
            outlined = {code for code, number in numbers.items() if begins[number] < begins[number + 1]}
            if drawn:
                part = Subsetter(Options(layout_features=[], name_IDs=["*"], hinting=False))
                part.populate(unicodes=numbers.keys() - drawn)
                part.subset(font)
                font.save(made)
            else:
                shutil.copyfile(source, made)
        drawn |= outlined
        made.replace(FOLDER / f"{name}.ttf")


if __name__ == "__main__":
    write_missing()
