"""Copies as files: encrypted for one person, marked so that a found one names them, and traced."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest
import python_calamine

from db.confined.marks import BLANKS, blanks_in
from db.desk import Invalid, Refused
from db.desk.editions.copies import Copies
from db.desk.editions.copy_to_make import ToMake, to_make
from db.desk.editions.editions import Editions
from db.desk.editions.marks import CopyMark, read_number
from db.desk.editions.tracing import Traces, forwarded_copy
from db.store.engine import Store
from db.store.tables import AuditRecord, EditionCopy, EditionFile
from reports.editions import container, edition_pdf, edition_xlsx
from reports.editions.delivering import fetch_copy
from reports.editions.found_copy import LARGEST, read
from tests.audited import detail_of
from tests.conftest import Clock
from tests.editions_world import BOOK, assistant, build_editions_world, with_its_office
from tests.world import World

WEEKS = ("2026-11-09", "2026-11-16", "2026-11-23")
BOOKS_OF = {"office": (BOOK,)}


@pytest.fixture
def office(begun: World, clock: Clock) -> World:
    """Three weeks of both editions, so that there are many copies to tell apart."""
    world = with_its_office(begun)
    for day in WEEKS:
        clock.set(f"{day}T09:00+08:00")
        for edition in ("internal", "external"):
            Editions(assistant(world)).issue(BOOK, edition)
    return world


def copy_of(login: str, world: World) -> ToMake:
    """The newest copy of a recipient."""
    return to_make(Copies(world.desk(login)).mine()[0].id)


def opened(copy: ToMake, content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content), password=copy.password)


def saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def texts(page: pikepdf.Page) -> list[str]:
    return [
        bytes(step.operands[0]).decode("utf-16-be", "surrogatepass")
        for step in pikepdf.parse_content_stream(page)
        if str(step.operator) == "Tj"
    ]


def without(pdf: pikepdf.Pdf, unwanted: Callable[[str], bool]) -> None:
    """Take every text that is ``unwanted`` off each page."""
    for page in pdf.pages:
        kept = [
            step
            for step in pikepdf.parse_content_stream(page)
            if str(step.operator) != "Tj" or not unwanted(bytes(step.operands[0]).decode("utf-16-be"))
        ]
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))


def test_the_face_has_the_dot_and_the_rare_characters_of_names(office: World) -> None:
    copy = copy_of("taojs", office)
    first = copy.content.rows[0]
    name = "阿依古丽·买买提𠮷"
    row = replace(first, cells=(*first.cells[:2], name, *first.cells[3:]))
    content = edition_pdf.write(replace(copy, content=replace(copy.content, rows=(row,))))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        (page,) = pdf.pages
        assert f"{name[:-1]}\ud800" in texts(page)


@pytest.mark.clause("I.4.3.1", "C.9.2")
def test_the_file_opens_with_the_recipients_password_and_is_aes_256(office: World) -> None:
    copy = copy_of("taojs", office)
    content = container.file_of(copy)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(content))
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(content), password=copy_of("baizl", office).password)
    with opened(copy, content) as pdf:
        assert (pdf.encryption.R, pdf.encryption.bits) == (6, 256)
        assert pdf.encryption.stream_method.name == "aesv3"
        assert pdf.encryption.file_method.name == "aesv3"
        assert not pdf.allow.modify_other
        book = bytes(pdf.attachments[f"{copy.number}.xlsx"].get_file().read_bytes())
    assert "陶军".encode() not in content
    assert book.startswith(b"PK")


@pytest.mark.clause("I.4.3.1", "A.12", "G.7.1")
def test_every_page_and_sheet_names_the_recipient_the_number_and_the_classification(office: World) -> None:
    copy = copy_of("taojs", office)
    many = copy.content.rows * 20
    long = replace(copy, content=replace(copy.content, rows=many))
    with pikepdf.open(io.BytesIO(edition_pdf.write(long))) as pdf:
        assert len(pdf.pages) > 3
        assert str(pdf.docinfo["/Author"]) == copy.content.organisation
        assert str(pdf.docinfo["/Creator"]) == "mingce"
        assert str(pdf.docinfo["/Title"])
        assert str(pdf.Root.Lang) == "zh-CN"
        for page in pdf.pages:
            whole = "\n".join(texts(page))
            assert whole.count(copy.number) >= 3
            assert "陶军" in whole
            assert "受控文件，严禁转发" in whole
        rows = [text for page in pdf.pages for text in texts(page) if text == "138 0000 4111"]
        assert len(rows) == 20
    table = (
        python_calamine.load_workbook(io.BytesIO(edition_xlsx.write(copy))).get_sheet_by_index(0).to_python()
    )
    words = [str(cell) for row in table for cell in row]
    assert sum(copy.number in word for word in words) == 2
    assert "受控文件，严禁转发" in words
    heads = next(row for row in table if row[0] == "大部名称")
    assert heads == ["大部名称", "部门名称", "姓名", "岗位", "分机", "手机", "固定电话", "传真", "邮箱"]


@pytest.mark.clause("I.4.4.1", "A.19", "A.12")
def test_a_copy_without_its_visible_mark_is_traced(office: World) -> None:
    """The finder's copy was opened, its lines and identifier cut out, the workbook taken off."""
    copy = copy_of("taojs", office)
    with opened(copy, container.file_of(copy)) as pdf:
        del pdf.attachments[f"{copy.number}.xlsx"]
        without(pdf, lambda text: copy.number in text or "陶军" in text or copy.marking.code in text)
        del pdf.trailer["/ID"]
        with pdf.open_metadata() as metadata:
            metadata.clear()
        stripped = saved(pdf)
    finding = read(stripped)
    assert (finding.numbers, copy.marking.code in finding.codes) == ((), False)
    found = Traces(office.desk("wenmi")).file(finding).found
    assert [(one.name, one.number, one.how) for one in found] == [("陶军", copy.number, ("pattern",))]
    assert found[0].bits >= 20


@pytest.mark.clause("I.4.4.1", "A.19")
def test_a_locked_file_is_traced_without_its_password(office: World) -> None:
    copy = copy_of("wenmi", office)
    found = Traces(office.desk("fengdir")).file(read(container.file_of(copy))).found
    assert [(one.name, one.how) for one in found] == [("温蜜", ("code",))]


@pytest.mark.clause("I.4.4.1", "A.19")
def test_a_workbook_saved_by_another_program_is_traced(office: World) -> None:
    """Nothing is left but the cells, the row heights and the column widths."""
    copy = copy_of("baizl", office)
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(edition_xlsx.write(copy))) as old, zipfile.ZipFile(plain, "w") as new:
        for name in old.namelist():
            if name.startswith("xl/worksheets/") or name == "xl/sharedStrings.xml":
                new.writestr(name, old.read(name).decode().replace(copy.number, "").encode())
    finding = read(plain.getvalue())
    assert not finding.numbers
    assert not finding.codes
    found = Traces(office.desk("wenmi")).file(finding).found
    assert [(one.name, one.how) for one in found] == [("白芷", ("pattern",))]


@pytest.mark.clause("I.4.4.1", "A.19")
def test_rows_pasted_from_a_workbook_sorted_and_in_part_are_traced(store: Store, clock: Clock) -> None:
    world = build_editions_world()
    for number in range(30):
        world.hire(f"more{number}", f"员工{number}", "技术部", book=BOOK)
    from db.desk.entry.record import apply_values
    from db.store.transactions import writing

    with writing():
        for number in range(30):
            values = {"mobile": (f"+861380001{5000 + number}",)}
            apply_values(world.entry(f"more{number}", BOOK), values, source="test", verifier=None)
    Editions(assistant(world)).issue(BOOK, "internal")
    copy = copy_of("tangceo", world)
    table = (
        python_calamine.load_workbook(io.BytesIO(edition_xlsx.write(copy))).get_sheet_by_index(0).to_python()
    )
    rows = sorted((row for row in table if str(row[2]).startswith("员工")), key=lambda row: str(row[2]))[:20]
    pasted = "\n".join("\t".join(map(str, (row[2], row[5]))) for row in rows)
    found = Traces(world.desk("wenmi")).file(read(pasted.encode())).found
    assert [(one.name, one.how) for one in found] == [("唐总", ("pattern",))]


@pytest.mark.clause("I.4.4.1")
def test_a_forged_number_does_not_mislead(office: World) -> None:
    copy, other = copy_of("taojs", office), copy_of("baizl", office)
    with opened(copy, container.file_of(copy)) as pdf:
        content = saved(pdf)
    finding = read(content)
    forged = type(finding)(finding.sha256, (other.number,), finding.codes, finding.seen)
    answer = Traces(office.desk("wenmi")).file(forged)
    assert answer.conflict
    assert [one.name for one in answer.found] == ["陶军", "白芷"]
    assert not Traces(office.desk("wenmi")).file(finding).conflict


def test_what_is_no_copy_names_nobody(office: World) -> None:
    """Numbers with blanks by chance, an empty workbook, a foreign PDF."""
    random = "\n".join(f"张{n}\t138 0000{BLANKS[n % 2]}{4101 + n}" for n in range(20))
    blank = pikepdf.new()
    blank.add_blank_page()
    for content in (random.encode(), saved(blank), b"hello", b"%PDF-1.7 broken", b"PK\x03\x04 broken"):
        assert Traces(office.desk("wenmi")).file(read(content)).found == ()
    evened = copy_of("taojs", office)
    text = "\n".join("\t".join(map(str, row.cells)) for row in evened.content.rows)
    assert Traces(office.desk("wenmi")).file(read(text.encode())).found == ()


@pytest.mark.clause("I.4.4.1", "C.6")
def test_tracing_is_for_those_who_watch_over_the_book_and_recorded(office: World) -> None:
    copy = copy_of("taojs", office)
    with pytest.raises(Refused) as caught:
        Traces(office.desk("xiepi")).number(copy.number)
    assert caught.value.clause
    answer = Traces(office.desk("wenmi")).number(copy.number.lower())
    assert [(one.name, one.login, one.how, one.hidden) for one in answer.found] == [
        ("陶军", "taojs", ("number",), False)
    ]
    record = AuditRecord.select().where(AuditRecord.act == "traces.number").order_by(AuditRecord.seq.desc())
    done, refused = record[0], record[1]
    assert (done.outcome, refused.outcome) == ("done", "refused")
    assert json.loads(detail_of(done))["copies"] == [copy.number]
    assert done.entry == office.entry("taojs", BOOK)
    assert "I.4.4.1" in done.clause
    with pytest.raises(Invalid):
        Traces(office.desk("wenmi")).number("陶军")


@pytest.mark.clause("I.4.4.1", "A.19")
def test_the_facts_for_a_case_of_forwarding(office: World) -> None:
    copy = copy_of("taojs", office)
    facts = forwarded_copy(copy.number)
    assert facts is not None
    assert (facts.book, facts.entry, facts.clause) == (BOOK, office.entry("taojs", BOOK), "I.4.4.1")
    assert forwarded_copy("C9999-999") is None


@pytest.mark.clause("C.9.1", "I.4.3.1")
def test_a_file_that_leaves_is_recorded_with_its_digest_and_traced_by_it(office: World) -> None:
    number = Copies(office.desk("taojs")).mine()[0].number
    document = fetch_copy(office.desk("taojs"), number)
    assert document.name == f"{number}.pdf"
    assert hashlib.sha256(document.content).hexdigest() == document.sha256
    assert EditionFile.get(EditionFile.sha256 == document.sha256).way == "terminal"
    found = Traces(office.desk("wenmi")).file(read(document.content)).found
    assert found[0].how == ("file", "code")
    with pytest.raises(Refused):
        fetch_copy(office.desk("baizl"), number)
    assert EditionFile.select().count() == 1


def test_hostile_files_are_read_without_harm() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (40 * 1024 * 1024))
        archive.writestr("xl/workbook.xml", "<!DOCTYPE x [<!ENTITY a 'C0001-001'>]><x>&a;</x>")
    assert read(bomb.getvalue()).numbers == ()
    for content in (b"", b"x" * (LARGEST + 1)):
        with pytest.raises(Invalid):
            read(content)


@pytest.mark.threat(21)
def test_a_page_that_unpacks_without_end_is_passed_over() -> None:
    """60 kB that become 60 MB of drawing; the page after it is read all the same."""
    pdf = pikepdf.new()
    for content in (b"(C0001-001) Tj\n" * 4_000_000, b"BT (C0002-002) Tj ET"):
        page = pdf.add_blank_page()
        page.Contents = pdf.make_stream(b"")
        page.Contents.write(zlib.compress(content), filter=pikepdf.Name.FlateDecode)
    content = saved(pdf)
    assert len(content) < 200_000
    assert read(content).numbers == ("C0002-002",)


@pytest.mark.threat(21)
@pytest.mark.parametrize(
    "drawing", [b"1 2 3 (C0001-001) Td", b"/x Tj", b"0 0 0 0 /a 9 Tm", b"1e99 0 Td (C9) Tj", b"\xff"]
)
def test_a_damaged_page_hides_no_other(drawing: bytes) -> None:
    pdf = pikepdf.new()
    for content in (drawing, b"BT (C0002-002) Tj ET"):
        page = pdf.add_blank_page()
        page.Contents = pdf.make_stream(content)
    assert "C0002-002" in read(saved(pdf)).numbers


def test_text_of_another_font_is_read_byte_by_byte_also_where_it_begins_like_a_pair_of_ours() -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    page.Contents = pdf.make_stream(b"BT (\xd8 C0002-002 ) Tj ET")
    assert read(saved(pdf)).numbers == ("C0002-002",)


@pytest.mark.threat(21)
@pytest.mark.parametrize(
    "texts", [b"", b"<D800> <D842>", b"<D800> <D8420041>", b"<D800> <D842DFB7>\n" * 200_000, b"\xff" * 99]
)
def test_what_codes_are_said_to_stand_for_is_taken_for_nothing_else(office: World, texts: bytes) -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    page.Contents = pdf.make_stream(b"BT 1 0 0 1 40 500 Tm <D800> Tj 40 400 Td (C0002-002) Tj ET")
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, ToUnicode=pdf.make_stream(texts))
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font, F2=1))
    finding = read(saved(pdf))
    assert "C0002-002" in finding.numbers
    found = Traces(office.desk("wenmi")).file(finding).found
    assert [(one.number, one.how) for one in found] == [("C0002-002", ("number",))]


def test_marks_are_made_of_what_the_reader_sees() -> None:
    marking = CopyMark("0" * 32, b"k" * 32)
    marked = marking.blanks("138 0000 2121, +44 20 7946 0958 / 王芳 8012")
    assert marked.replace("\u00a0", " ") == "138 0000 2121, +44 20 7946 0958 / 王芳 8012"
    assert dict(blanks_in(marked)) == {
        f"t:{digits}:{place}": marking.bit(f"t:{digits}:{place}")
        for digits, count in (("13800002121", 2), ("442079460958", 3))
        for place in range(count)
    }
    assert marking.blanks("陶军") == "陶军"
    assert read_number(" c0012-003 ") == (12, 3)
    assert read_number("0012-003") is None


def test_two_copies_differ_where_nobody_looks(office: World) -> None:
    one, two = copy_of("taojs", office), copy_of("baizl", office)
    first, second = read(edition_xlsx.write(one)).seen, read(edition_xlsx.write(two)).seen
    assert any(first[label] != second[label] for label in first.keys() & second.keys())
    assert EditionCopy.select().where(EditionCopy.code == one.marking.code).count() == 1
