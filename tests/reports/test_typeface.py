"""PDFs look alike everywhere: what they use of a font lies in them, and whoever reads one reads its texts."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import justmytype_intl_cjk
import pikepdf
import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops

from db.confined import reading
from db.confined.answers import FOUND
from db.desk.cases.cases import Cases
from db.desk.cases.work import CaseWork
from db.desk.editions.editions import Editions
from db.store.engine import Store, store
from db.store.settings import Home
from reports import pdf_file
from reports.editions import edition_pdf
from reports.evidence.pack import files_of
from reports.typeface import FONT, own_font, width
from reports.typeface.outlines import FONTS, Outlines, _Font
from tests.db.desk.casework import under_investigation
from tests.editions_world import BOOK, assistant, build_editions_world
from tests.reports.test_copies import copy_of
from tests.wider_world import build_wider_world
from tui.host.demo.proofs import proof

RARE = "𠮷𬱖𫖯𬸦𬘭𣏌䶮㛃堃喆玥"
"""Characters of names that fonts often lack; some take two units of UTF-16."""
UNKNOWN = "\U0002a6a5"
"""Of Unicode, and of no font that comes along."""


def document(*lines: str, size: int = 24) -> bytes:
    """A PDF with these lines."""
    out = io.BytesIO()
    canvas = pdf_file.canvas(out, (595, 842), "zh_CN", title="", author="", subject="", invariant=True)
    for number, line in enumerate(lines, start=1):
        canvas.setFont(FONT, size)
        canvas.drawString(50, 842 - 50 * number, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def text_of(content: bytes) -> str:
    """What an independent reader reads."""
    with pypdfium2.PdfDocument(content) as pdf:
        return "".join(page.get_textpage().get_text_bounded() for page in pdf)


def picture_of(content: bytes) -> Image.Image:
    """The first page as an independent reader draws it, a pixel a point."""
    with pypdfium2.PdfDocument(content) as pdf:
        picture: Image.Image = pdf[0].render(scale=1).to_pil()
        return picture.convert("L")


def fonts_of(content: bytes) -> list[Any]:
    """Every font of the file."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [
            {"subtype": str(one.Subtype), "descriptor": sorted(one.get("/FontDescriptor", {}).keys())}
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"
        ]


def an_edition() -> bytes:
    world = build_editions_world()
    Editions(assistant(world)).issue(BOOK, "internal")
    return edition_pdf.write(copy_of("taojs", world))


def a_case() -> bytes:
    world = build_wider_world("secured")
    case = Cases(world.desk("shibu")).report("secured", "名册外泄", "leak")
    desk = under_investigation(world, case, "leak")
    return files_of(CaseWork(desk).evidence(case), CaseWork(desk).chain(case, []))["case.zh_CN.pdf"]


def a_proof() -> bytes:
    return proof("离职证明.pdf", "兹证明许宁于本月离职。", Random(1))


@pytest.mark.parametrize("made", [an_edition, a_case, a_proof])
def test_every_pdf_holds_the_part_of_the_font_that_it_uses_and_names_no_other(
    store: Store, made: Callable[[], bytes]
) -> None:
    content = made()
    assert {font["subtype"] for font in fonts_of(content)} == {"/Type0", "/CIDFontType2"}
    drawn = [font["descriptor"] for font in fonts_of(content) if font["subtype"] == "/CIDFontType2"]
    assert all("/FontFile2" in descriptor for descriptor in drawn)
    assert len(content) < 400_000


@pytest.mark.parametrize(
    "text", ["张伟 Zhang Wei, +86 138 0000 2121", "阿依古丽·买买提", RARE, f"王{UNKNOWN}"]
)
def test_another_reader_reads_and_draws_what_is_written(store: Store, text: str) -> None:
    content = document(text)
    assert text_of(content).strip() == text
    box = ImageChops.invert(picture_of(content)).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert 46 <= left <= 56
    assert abs(right - 50 - sum(map(width, text)) * 24) < 8
    assert 25 < top < bottom < 62


def test_the_font_has_the_characters_that_names_in_china_have(store: Store) -> None:
    known = Outlines(None)
    common = [
        bytes((high, low)).decode("gb2312")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
        if not (high == 0xD7 and low > 0xF9)
    ]
    assert len(common) == 6763
    font = next(iter(known._all_fonts()))
    level_one = [*range(0x3400, 0x4DB6), *range(0x4E00, 0x9FF0)]
    assert [char for char in common if font.number(char) is None] == []
    assert [f"{code:04X}" for code in level_one if font.number(chr(code)) is None] == []
    boxed = known.glyph(UNKNOWN)
    assert [char for char in RARE if known.glyph(char) == boxed or not known.glyph(char).outline] == []


@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Dvořák",
        "Şafak Çığır",
        "Nguyễn Thị Hoàng",
        "Ștefan Őry",
        "Ελένη Ρέα",
        "Їжак Ґалаґан",
        "Әйгерім Құнанбай",
    ],
)
def test_the_fonts_have_letters_with_accents_and_those_of_greek_and_cyrillic_names(
    store: Store, name: str
) -> None:
    known = Outlines(None)
    drawn = {char: known.glyph(char) for char in name if char != " "}
    assert [char for char, glyph in drawn.items() if glyph == known._box(char) or not glyph.outline] == []


def test_a_character_that_no_font_has_is_a_box_with_its_code_point(store: Store) -> None:
    one, another = Outlines(None).glyph(UNKNOWN), Outlines(None).glyph("\U0002a6a4")
    assert one.width == 1000
    assert one.outline != another.outline
    assert one.box == (60, -80, 940, 840)


def test_one_text_gives_one_file(store: Store) -> None:
    assert document("张伟", RARE) == document("张伟", RARE)


def test_a_regular_weight_is_drawn_and_not_the_thin_one_that_the_file_begins_with(store: Store) -> None:
    dark = sum(pixel < 100 for pixel in picture_of(document("田" * 10, size=40)).tobytes())
    assert dark > 1200


def a_font(folder: Path, *, cubic: bool = False, char: str = "张", allowed: int = 0, em: int = 2048) -> Path:
    """A font file that draws ``char`` as a full square, and nothing else."""
    made = FontBuilder(em, isTTF=not cubic)
    made.setupGlyphOrder([".notdef", "square"])
    made.setupCharacterMap({ord(char): "square"})
    pens: list[Any] = [T2CharStringPen(em, None) if cubic else TTGlyphPen(None) for _ in range(2)]
    pens[1].moveTo((0, 0))
    for corner in ((0, em), (em, em), (em, 0)):
        pens[1].lineTo(corner)
    pens[1].closePath()
    if cubic:
        strings = dict(zip((".notdef", "square"), (pen.getCharString() for pen in pens), strict=True))
        made.setupCFF("Own", {}, strings, {})
    else:
        made.setupGlyf(dict(zip((".notdef", "square"), (pen.glyph() for pen in pens), strict=True)))
    made.setupHorizontalMetrics({".notdef": (em, 0), "square": (em, 0)})
    made.setupHorizontalHeader(ascent=em, descent=0)
    made.setupNameTable({"familyName": "Own", "styleName": "Regular"})
    made.setupOS2(fsType=allowed)
    made.setupPost()
    file = folder / "own.ttf"
    made.save(file)
    return file


def with_font(name: str) -> Home:
    home = store().home
    home.settings_file.write_text(f'organisation = "华星集团"\nfont = "{name}"\n', "utf-8")
    return home


@pytest.fixture
def its_own(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings name ``own.ttf``."""
    there = SimpleNamespace(home=store.home, settings=SimpleNamespace(font="own.ttf"))
    monkeypatch.setattr("reports.typeface.outlines.store", lambda: there)


@pytest.mark.parametrize("cubic", [False, True])
def test_the_organisations_own_font_goes_before_the_one_that_comes_along(its_own: None, cubic: bool) -> None:
    a_font(store().home.folder, cubic=cubic)
    dark = sum(pixel < 100 for pixel in picture_of(document("张", size=40)).tobytes())
    assert abs(dark - 40 * 40) < 100
    assert text_of(document("张伟")).strip() == "张伟"
    assert width("伟") == 1.0


def test_an_empty_outline_of_the_own_font_shortens_no_name(its_own: None) -> None:
    file = a_font(store().home.folder)
    with TTFont(file) as font:
        font["glyf"]["square"] = TTGlyphPen(None).glyph()
        font.save(file)
    assert text_of(document("张")).strip() == "张"
    assert ImageChops.invert(picture_of(document("张"))).getbbox() is not None


def test_a_variant_is_asked_for_by_nothing_that_is_drawn(store: Store) -> None:
    assert width("\U000e0100") == 0
    assert picture_of(document("葛\U000e0100城")).tobytes() == picture_of(document("葛城")).tobytes()


def test_pages_are_made_without_a_font_that_has_gone_since_the_server_started(its_own: None) -> None:
    assert text_of(document("张伟")).strip() == "张伟"


def test_a_font_that_is_written_over_while_it_is_open_ends_no_session(its_own: None) -> None:
    file = a_font(store().home.folder)
    text_of(document("张"))
    with file.open("r+b") as same:
        same.truncate(0)
    assert text_of(document("张伟𠮷")).strip() == "张伟𠮷"


def no_font(folder: Path) -> None:
    (folder / "own.ttf").write_bytes(b"\0\1\0\0 no font at all")


def one_of_pictures(folder: Path) -> None:
    file = a_font(folder)
    with TTFont(file) as font:
        del font["glyf"], font["loca"]
        font.save(file)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda folder: None, "can't be read"),
        (no_font, "no font, or damaged"),
        (lambda folder: (folder / "own.ttf").write_bytes(b""), "no font, or damaged"),
        (one_of_pictures, "holds no outlines"),
        (lambda folder: a_font(folder, allowed=0x0002), "maker forbids"),
        (lambda folder: a_font(folder, allowed=0x0100), "maker forbids"),
        (lambda folder: a_font(folder, allowed=0x0200), "maker forbids"),
    ],
)
def test_a_font_that_can_t_be_used_is_refused_with_the_reason(
    store: Store, made: Callable[[Path], object], said: str
) -> None:
    home = with_font("own.ttf")
    made(home.folder)
    with pytest.raises(own_font.UnusableFont, match=said):
        own_font.check(home)


@pytest.mark.parametrize("allowed", [0, 0x0004, 0x0008])
def test_a_font_that_may_be_embedded_is_taken(store: Store, allowed: int) -> None:
    home = with_font("own.ttf")
    a_font(home.folder, allowed=allowed)
    assert "own.ttf" in str(own_font.check(home).params["file"])


@pytest.mark.clause("I.4.3.1")
def test_a_name_with_a_rare_character_still_tells_copies_apart(store: Store) -> None:
    world = build_editions_world()
    Editions(assistant(world)).issue(BOOK, "internal")
    copy = copy_of("taojs", world)
    first = copy.content.rows[0]
    row = replace(first, cells=("𠮷𬱖", *first.cells[1:]))
    content = edition_pdf.write(replace(copy, content=replace(copy.content, rows=(row,))))
    votes = dict(reading.read(FOUND, content).seen)
    assert votes["p:𠮷𬱖"] == copy.marking.bit("p:𠮷𬱖")


def test_every_character_is_drawn_as_in_the_whole_fonts() -> None:
    whole = Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl"
    names = [one.stem for one in FONTS[:-1]]
    fonts = [TTFont(whole / name.lower() / f"{name}[wght].ttf", lazy=True) for name in names]
    characters = sorted({code for font in fonts for code in font.getBestCmap()})
    shipped, before = Outlines(None), Outlines(None)
    before._closed = iter([_Font(Path(str(font.reader.file.name))) for font in fonts])
    some = Random(1).sample(characters, 2_000)
    assert [one for one in some if before.glyph(chr(one)) != shipped.glyph(chr(one))] == []
