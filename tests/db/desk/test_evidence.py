"""The tray of evidence: what it takes in, how it lies there, and who may open it."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
import xlsxwriter

from db.desk import Invalid, Refused
from db.desk.notation.media import TABLES
from db.desk.requests.evidence import MAX_IN_TRAY
from db.desk.requests.files import MAX_BYTES, content_of, erase_content
from db.language import say
from db.store.engine import store
from db.store.sealing import unseal
from db.store.tables import AuditRecord, Evidence, RequestEvidence
from db.store.transactions import writing
from tests.db.desk.asking import PDF, approve, change
from tests.world import World
from tui.sheets.asks import At
from tui.sheets.files import TableAsk


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    + _chunk(b"IEND", b"")
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 20 + b"\xff\xd9"


@pytest.mark.clause("A.15")
@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        ("受理单 编号 42\n".encode(), "text/plain"),
    ],
)
def test_four_kinds_of_file_are_told_by_their_content(world: World, content: bytes, media_type: str) -> None:
    kept = world.desk("zhangwei").evidence.add("a.exe", content)
    assert kept.media_type == media_type
    assert not kept.name.endswith(".exe")
    assert world.desk("zhangwei").evidence.open(kept.id) == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00\x03",
        b"PK\x03\x04 word/document.xml",
        b"%PDF-1.7 cut off",
        PNG[:40],
        JPEG[:12],
        b"\xff\xfe\x00text",
        b"text\x1b]52;c;AAAA\x07",
        b"a\x00b",
        b" \n\t ",
        b"x" * (MAX_BYTES + 1),
    ],
)
def test_anything_else_is_turned_away_whatever_its_name_says(world: World, content: bytes) -> None:
    desk = world.desk("zhangwei")
    with pytest.raises(Invalid):
        desk.evidence.add("a.pdf", content)
    assert desk.evidence.tray() == ()


def workbook(*rows: tuple[str, ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


DAYS = (("day", "kind", "name"), ("2027-03-05", "holiday", "公司日"))
CSV = "\n".join(",".join(row) for row in DAYS)


@pytest.mark.parametrize(
    "content",
    [workbook(*DAYS), CSV.encode("gb18030"), CSV.encode("utf-16"), CSV.encode(), CSV.encode("utf-8-sig")],
    ids=["xlsx", "gb18030", "utf-16", "utf-8", "with a mark"],
)
def test_a_table_lies_in_the_tray_and_is_read_where_a_list_is_asked_for(world: World, content: bytes) -> None:
    desk = world.desk("zhangwei")
    kept = desk.evidence.add("days", content)
    table = TableAsk("file", "").read(At(desk), kept.id)
    assert [tuple(row) for row in table.rows] == list(DAYS)
    assert table.source.digest == kept.digest


@pytest.mark.threat(22)
@pytest.mark.parametrize("content", [workbook(*DAYS), CSV.encode("gb18030")], ids=["xlsx", "gb18030"])
def test_a_table_is_no_evidence(world: World, content: bytes) -> None:
    """A decider would open a workbook outside, where its macros run."""
    desk = world.desk("zhangwei")
    kept = desk.evidence.add("proof", content)
    form = desk.changes.form(world.entry("zhangwei", "staff"))
    with pytest.raises(Invalid) as refused:
        desk.changes.submit(form.entry, form.version, {"mobile": "13900001111"}, "换号", [kept.id])
    assert "no evidence" in say(refused.value.problems[0].message, "en")
    assert not RequestEvidence.select().exists()


def test_five_megabytes_fit(world: World) -> None:
    assert world.desk("zhangwei").evidence.add("a.txt", b"x" * MAX_BYTES).size == MAX_BYTES


@pytest.mark.threat(12)
@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\受理单.PDF", "受理单.pdf"),
        ("a\x1b[31m\u202efdp.exe", "a[31mfdp.exe.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("长" * 300 + ".pdf", "长" * 80 + ".pdf"),
    ],
)
def test_file_names_are_cleaned(world: World, name: str, clean: str) -> None:
    assert world.desk("zhangwei").evidence.add(name, PDF).name == clean


@pytest.mark.clause("C.9.2")
def test_files_lie_sealed_for_their_own_row(world: World) -> None:
    kept = world.desk("zhangwei").evidence.add("a.txt", "运营商受理单".encode())
    row = Evidence.get_by_id(kept.id)
    assert "运营商".encode() not in bytes(row.content)
    assert "运营商".encode() not in unseal(store().keys, Evidence.content.place(kept.id), row.content)
    assert content_of(row) == "运营商受理单".encode()


def test_a_tray_holds_only_so_many_loose_files(world: World) -> None:
    desk = world.desk("zhangwei")
    for number in range(MAX_IN_TRAY):
        desk.evidence.add(f"{number}.txt", b"x")
    with pytest.raises(Invalid):
        desk.evidence.add("one-more.txt", b"x")
    desk.evidence.remove(desk.evidence.tray()[0].id)
    desk.evidence.add("one-more.txt", b"x")


@pytest.mark.threat(18)
def test_a_file_opens_for_its_owner_and_who_decides_on_it_and_for_nobody_else(world: World) -> None:
    request = change(world, "zhangwei")
    (file,) = world.desk("zhangwei").requests.one(request).evidence
    assert world.desk("zhangwei").evidence.open(file.id) == PDF
    assert world.desk("wangfang").evidence.open(file.id) == PDF
    strangers = ["zhangwen", "liwei", "liuyang", "helei", "guotao", "tangyu"]
    for login in strangers:
        with pytest.raises(Refused) as caught:
            world.desk(login).evidence.open(file.id)
        with pytest.raises(Refused) as nothing:
            world.desk(login).evidence.open("0" * 10)
        assert caught.value.message == nothing.value.message
    approve(world, "wangfang", request)
    assert world.desk("liuyang").evidence.open(file.id) == PDF
    assert world.desk("wangfang").evidence.open(file.id) == PDF


def test_opening_is_recorded(world: World) -> None:
    request = change(world, "zhangwei")
    (file,) = world.desk("zhangwei").requests.one(request).evidence
    world.desk("wangfang").evidence.open(file.id)
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).first()
    assert (last.act, last.account, last.request) == ("evidence.open", world.accounts["wangfang"], request)


def test_what_a_request_rests_on_stays(world: World) -> None:
    request = change(world, "zhangwei")
    desk = world.desk("zhangwei")
    (file,) = desk.requests.one(request).evidence
    with pytest.raises(Refused):
        desk.evidence.remove(file.id)
    assert desk.evidence.tray()[0].attached == (request,)


@pytest.mark.threat(18)
def test_a_file_of_another_can_be_neither_removed_nor_attached(world: World) -> None:
    theirs = world.desk("zhangwen").evidence.add("a.pdf", PDF)
    desk = world.desk("zhangwei")
    with pytest.raises(Refused):
        desk.evidence.remove(theirs.id)
    form = desk.changes.form(world.entry("zhangwei"))
    with pytest.raises(Invalid):
        desk.changes.submit(form.entry, form.version, {"mobile": "139 0000 2121"}, "换号", [theirs.id])


@pytest.mark.threat(62)
@pytest.mark.parametrize(
    "acting", ["\x9b2J", "\x85", "\u202e", "\u2066", "\u200f", "a\rb", "\r", "\x1b[2J", "\x7f", "\u2028"]
)
def test_a_text_that_a_terminal_would_act_on_is_no_evidence(world: World, acting: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.desk("zhangwei").evidence.add("note.txt", f"请批准{acting}。".encode())
    assert "terminal" in refused.value.problems[0].message.text


@pytest.mark.parametrize(
    "text",
    [
        "BEGIN:VCARD\r\nFN:童童\r\nTEL;type=CELL:\u202d+86 138 0000 0101\u202c\r\nEND:VCARD\r\n",
        "姓名,部门,邮箱\r\n童童,研发中心,\u202att@example.com\r\n",
    ],
)
def test_a_list_in_which_a_phone_or_spreadsheet_marks_directions_can_be_taken_in(
    world: World, text: str
) -> None:
    """An iPhone puts such marks around numbers. A list is evidence of nothing, and shown to nobody."""
    desk = world.desk("zhangwei")
    file = desk.evidence.add("card.vcf", text.encode())
    assert file.media_type in TABLES
    form = desk.changes.form(world.entry("zhangwei"))
    with pytest.raises(Invalid):
        desk.changes.submit(form.entry, form.version, {"mobile": "139 0000 2121"}, "换号", [file.id])


@pytest.mark.threat(62)
@pytest.mark.parametrize("acting", ["\x1b[2J", "\x9b2J", "\u2028"])
def test_a_list_that_a_terminal_would_act_on_is_still_none(world: World, acting: str) -> None:
    with pytest.raises(Invalid):
        world.desk("zhangwei").evidence.add("a.csv", f"姓名,部门,邮箱\n童童,研发{acting},\u202ax\n".encode())


@pytest.mark.threat(62)
def test_an_ordinary_text_is_evidence_wherever_it_was_written(world: World) -> None:
    """Line ends of Windows, tabs, emoji, a byte order mark."""
    text = "\ufeff第一行\r\n\t第二行 👩\u200d💻\r\n".encode()
    file = world.desk("zhangwei").evidence.add("note.txt", text)
    assert world.desk("zhangwei").evidence.open(file.id) == text


@pytest.mark.clause("A.15")
@pytest.mark.threat(63)
def test_what_was_deleted_at_the_end_of_its_time_is_no_evidence(world: World) -> None:
    """Its name and digest stay in the tray, and nobody could open what a request would rest on."""
    desk = world.desk("zhangwei")
    file = desk.evidence.add("受理单.pdf", PDF)
    with writing():
        erase_content(file.id, "–")
    form = desk.changes.form(world.entry("zhangwei"))
    with pytest.raises(Invalid) as refused:
        desk.changes.submit(form.entry, form.version, {"mobile": "139 0000 2121"}, "换号", [file.id])
    assert [one.field for one in refused.value.problems] == ["evidence"]
