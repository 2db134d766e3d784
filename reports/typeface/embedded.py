"""The face in a document: a composite font (PDF 32000-1, 9.7) of the outlines that it uses.

Texts stand in the file in UTF-16, so that whoever reads its instructions reads its texts
(`db.confined.found_pages` does). Instead of a character that takes two units stands one of the units that are
none alone: not all readers tell codes of two lengths apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from struct import pack
from types import SimpleNamespace
from typing import Any, Final
from weakref import WeakKeyDictionary

from reports.typeface.outlines import EM, Outlines, outlines
from reports.typeface.truetype import ASCENT, DESCENT, box_of, font_file

FONT: Final = "Page"
"""What reportlab calls it, and files do: it may be of several fonts."""
SPARE: Final = range(0xD800, 0xE000)
"""Units of UTF-16 that stand for no character alone."""
UNTOLD: Final = 0xFFFD
"""The code of every character for which there is no spare unit left; no document of ours has so many."""
LARGEST: Final = 0xFFFF
"""Of the characters that take one unit."""
AT_ONCE: Final = 100
"""Entries that one section of a CMap may have (Adobe Technical Note 5014)."""
SYMBOLIC, STEM = 4, 80


class _Used:
    """What a document has used so far: its characters, each with its code in the texts."""

    def __init__(self, source: Outlines) -> None:
        self.source = source
        self.codes: dict[str, int] = {}
        self.name = ""
        self._rare: dict[int, int] = {}
        self._spare = iter(SPARE)

    def encoded(self, text: str) -> bytes:
        """Encode ``text``, two bytes a character, and note its characters as used."""
        for char in text:
            if char not in self.codes:
                code = ord(char)
                if code > LARGEST:
                    self._rare[code] = code = next(self._spare, UNTOLD)
                self.codes[char] = code
        return text.translate(self._rare).encode("utf-16-be", "surrogatepass")


class PageFont:
    """The face by the hooks that reportlab has for fonts that grow with their document (``_dynamicFont``)."""

    _dynamicFont = 1
    _multiByte = 1
    shapable = False
    fontName = FONT
    face = SimpleNamespace(name=FONT)

    def __init__(self) -> None:
        self._documents: WeakKeyDictionary[Any, _Used] = WeakKeyDictionary()

    def stringWidth(self, text: str, size: float, encoding: str = "") -> float:
        """Return the points that ``text`` takes at ``size``."""
        return sum(map(width, text)) * size

    def splitString(self, text: str, doc: Any) -> list[tuple[int, bytes]]:
        """Return ``text`` encoded, as one part; its characters are noted as used."""
        return [(0, self._used_in(doc).encoded(text))]

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:
        """Return the font's name in the pages of ``doc``; the first call has ``doc`` write the font at its
        end."""
        used = self._used_in(doc)
        if not used.name:
            used.name = f"F{len(doc.fontMapping) + 1}"
            doc.fontMapping[FONT] = f"/{used.name}"
            doc.delayedFonts.append(self)
        return f"/{used.name}"

    def addObjects(self, doc: Any) -> None:
        """Write the font into ``doc``, with the outlines of the characters used alone."""
        from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString

        used = self._documents.pop(doc)
        glyphs = [used.source.none, *map(used.source.glyph, used.codes)]
        file = font_file(glyphs)
        name = PDFName(f"{_prefix(used.codes)}+{FONT}")
        descriptor = {
            "Type": PDFName("FontDescriptor"),
            "FontName": name,
            "Flags": SYMBOLIC,
            "FontBBox": PDFArray(box_of(glyphs)),
            "ItalicAngle": 0,
            "Ascent": ASCENT,
            "Descent": DESCENT,
            "CapHeight": ASCENT,
            "StemV": STEM,
            "FontFile2": _stream(doc, f"{used.name}File", file, Length1=len(file)),
        }
        widths = [
            part
            for code, glyph in zip(used.codes.values(), glyphs[1:], strict=True)
            if glyph.width != EM
            for part in (code, PDFArray([glyph.width]))
        ]
        system = {"Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0}
        drawn = {
            "Type": PDFName("Font"),
            "Subtype": PDFName("CIDFontType2"),
            "BaseFont": name,
            "CIDSystemInfo": PDFDictionary(system),
            "DW": EM,
            "W": PDFArray(widths),
            "CIDToGIDMap": _stream(doc, f"{used.name}Places", _places(used.codes)),
            "FontDescriptor": doc.Reference(PDFDictionary(descriptor), f"{used.name}Descriptor"),
        }
        font = {
            "Type": PDFName("Font"),
            "Subtype": PDFName("Type0"),
            "BaseFont": name,
            "Encoding": PDFName("Identity-H"),
            "ToUnicode": _stream(doc, f"{used.name}Texts", _texts(used.codes)),
            "DescendantFonts": PDFArray([doc.Reference(PDFDictionary(drawn), f"{used.name}Drawn")]),
        }
        doc.idToObject["BasicFonts"].dict[used.name] = doc.Reference(PDFDictionary(font), used.name)

    def _used_in(self, doc: Any) -> _Used:
        if doc not in self._documents:
            self._documents[doc] = _Used(outlines())
        return self._documents[doc]


def register() -> None:
    """Register `FONT` with reportlab, once."""
    from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont

    if FONT not in getRegisteredFontNames():
        registerFont(PageFont())


def width(char: str) -> float:
    """Return the width of ``char`` in ems."""
    return outlines().glyph(char).width / EM


def _stream(doc: Any, name: str, content: bytes, **entries: int) -> Any:
    """Write ``content`` into ``doc`` as a compressed stream; return the reference to it."""
    from reportlab.pdfbase.pdfdoc import PDFStream, PDFZCompress

    stream = PDFStream(content=content, filters=[PDFZCompress])
    for key, value in entries.items():
        stream.dictionary[key] = value
    return doc.Reference(stream, name)


def _prefix(codes: Mapping[str, int]) -> str:
    """Return six letters, from ``codes``, that tell this subset of the font from others (PDF 32000-1,
    9.6.4)."""
    digest = hashlib.sha256("".join(codes).encode("utf-8", "surrogatepass")).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def _places(codes: Mapping[str, int]) -> bytes:
    """Return the map from code to outline (CIDToGIDMap), two bytes a code; outline 0 stands for none."""
    places = [0] * (max(codes.values(), default=0) + 1)
    for place, code in enumerate(codes.values(), start=1):
        places[code] = place
    return pack(f">{len(places)}H", *places)


def _texts(codes: Mapping[str, int]) -> bytes:
    """Return the ToUnicode map from code to character (PDF 32000-1, 9.10.3)."""
    lines = [
        f"<{code:04X}> <{char.encode('utf-16-be', 'surrogatepass').hex().upper()}>"
        for char, code in codes.items()
    ]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def",
            "/CMapType 2 def",
            "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange",
            *_sections(lines),
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    ).encode("ascii")


def _sections(lines: list[str]) -> Iterator[str]:
    for start in range(0, len(lines), AT_ONCE):
        some = lines[start : start + AT_ONCE]
        yield "\n".join([f"{len(some)} beginbfchar", *some, "endbfchar"])
