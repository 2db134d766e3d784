"""Copies in their recipient's language, or in both: what stands in them, what is kept, and whose one is."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pikepdf
import pytest
import python_calamine

from db.confined.marks import column_label, place_label
from db.desk.editions.copy_to_make import ToMake, to_make
from db.desk.editions.editions import Editions
from db.desk.editions.issuing import content_in, packed_in
from db.desk.editions.marks import labels_of
from db.desk.editions.tracing import Traces
from db.desk.notifications.post import next_letter
from db.language import LANGUAGES, Label, Language
from db.store.engine import Store
from db.store.sealing import seal
from db.store.tables import Account, EditionCopy, EditionIssue, OutgoingMail
from db.store.transactions import writing
from reports.editions import container, edition_pdf, edition_xlsx
from reports.editions.found_copy import read
from reports.mail_letters import body_of, subject_of
from tests.conftest import Clock
from tests.db.desk.own_rules import BOOK, CLINIC, WARD, own_book
from tests.reports.test_copies import opened, saved, texts, without
from tests.tui.plain.running import answered
from tests.world import Somebody, World, settle

EDITION = """
[classification]
level = "controlled"
zh = "受控文件"
en = "Controlled document"
clause = "X.6"
[supervisor]
role = "security"
clause = "X.6"
[[posts]]
id = "ward"
zh = "病区主任"
en = "Ward director"
titles = ["病区主任"]
clause = "X.9"
[[posts]]
id = "guide"
zh = "导医"
en = "Guide"
titles = ["导医"]
clause = "X.9"
[[fields]]
name = "sex"
clause = ["X.2", "X.7"]
[[fields]]
name = "mobile"
clause = ["X.2", "X.7"]
[[scopes]]
role = "employee"
reach = "book"
protected = "reveal"
clause = "X.5"
[[editions]]
id = "list"
zh = "一览"
en = "Register"
include = {{ everyone = true }}
columns = ["name", "position", "sex", "mobile"]
order_by = ["name"]
recipients = {{ posts = ["ward", "guide"], clause = "X.8" }}
every = "week"
due = {{ time = "08:00", clause = "X.8" }}
both_languages = {both}
clause = "X.7"
"""
SPOKEN: dict[str, Language] = {"wangfang": "en", "sunli": "zh_CN"}
"""The recipients, each in the language of their account."""
WORDS: dict[Language, tuple[str, ...]] = {
    "zh_CN": ("一览", "受控文件", "姓名", "职务", "性别", "女", "男", "不得转交"),
    "en": (
        "Register",
        "Controlled document",
        "Name",
        "Position",
        "Sex",
        "Female",
        "Male",
        "do not pass it on",
    ),
}
"""Of every part of a copy: title, classification, heads, values and mark."""


def issued(both: bool) -> World:
    """The book with one issue, some twenty people in it."""
    world = own_book(EDITION.format(both=str(both).lower()), {"sex": "female"})
    with writing():
        for number in range(20):
            somebody = Somebody(
                f"more{number}",
                f"员工{number}",
                BOOK,
                (WARD, CLINIC)[number % 2],
                "护士",
                "9",
                f"1380000{5000 + number}",
            )
            settle(world, somebody, {"sex": ("male", "female")[number % 2]})
        for login, language in SPOKEN.items():
            Account.update(language=language).where(Account.login == login).execute()
    world.grant("zhangwei", "security", BOOK)
    Editions(world.desk("chenjing")).issue(BOOK, "list")
    return world


def copy_of(login: str, world: World) -> ToMake:
    return to_make(EditionCopy.get(EditionCopy.account == world.accounts[login]).id)


def told_in(copy: ToMake) -> tuple[str, str]:
    """All texts of its pages, and all of its workbook."""
    with opened(copy, container.file_of(copy)) as pdf:
        pages = "\n".join(text for page in pdf.pages for text in texts(page))
        book = bytes(pdf.attachments[f"{copy.number}.xlsx"].get_file().read_bytes())
    table = python_calamine.load_workbook(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    return pages, "\n".join(str(cell) for row in table for cell in row)


@pytest.mark.clause("I.4.3.1")
def test_a_copy_is_in_its_recipients_language_from_title_to_mark(store: Store, clock: Clock) -> None:
    world = issued(both=False)
    for login, language in SPOKEN.items():
        copy = copy_of(login, world)
        other = LANGUAGES[1 - LANGUAGES.index(language)]
        with pikepdf.open(io.BytesIO(edition_pdf.write(copy))) as pdf:
            assert str(pdf.Root.Lang) == language.replace("_", "-")
        for told in told_in(copy):
            assert [word for word in WORDS[language] if word not in told] == []
            assert [word for word in WORDS[other] if word in told] == []


@pytest.mark.clause("I.4.3.1")
def test_a_copy_is_in_both_where_the_regulation_says_so(store: Store, clock: Clock) -> None:
    """Their own language goes before the other; each head stands in one line under the other."""
    world = issued(both=True)
    for login, first, words in (
        ("wangfang", "Female / 女", ["Name / 姓名", "Sex / 性别"]),
        ("sunli", "女 / Female", ["姓名 / Name", "性别 / Sex"]),
    ):
        pages, book = told_in(copy_of(login, world))
        for told in (pages, book):
            assert [word for both in WORDS.values() for word in both if word not in told] == []
            assert first in told
        assert [word for word in words if word not in book] == []
        assert {"Sex", "性别"} <= set(pages.split("\n"))


@pytest.mark.clause("I.5")
@pytest.mark.parametrize("both", [False, True])
def test_one_sealed_record_with_one_digest_stands_for_the_copies_in_every_language(
    store: Store, clock: Clock, both: bool
) -> None:
    world = issued(both)
    issue = EditionIssue.get()
    before = (issue.digest, packed_in(issue))
    for login in SPOKEN:
        container.file_of(copy_of(login, world))
    Account.update(language="en").execute()
    assert "Female" in told_in(copy_of("sunli", world))[0]
    kept = Editions(world.desk("chenjing")).record(issue.id)
    assert kept.sound
    assert (EditionIssue.get().digest, packed_in(EditionIssue.get())) == before
    assert {row.cells[2] for row in kept.content.rows} == {Label("女", "Female"), Label("男", "Male")}


@pytest.mark.clause("I.5", "I.4.2.1")
def test_an_issue_of_before_has_words_in_chinese_alone_and_is_no_change(store: Store, clock: Clock) -> None:
    world = issued(both=False)
    issue = EditionIssue.get()
    held = json.loads(packed_in(issue))
    for row in held["rows"]:
        row[3] = [cell if isinstance(cell, str) else cell[0] for cell in row[3]]
    packed = json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    sealed = seal(store.keys, EditionIssue.content.place(issue.key), packed)
    EditionIssue.update(content=sealed, digest=hashlib.sha256(packed).hexdigest()).execute()
    assert {row.cells[2] for row in content_in(EditionIssue.get()).rows} == {"女", "男"}
    assert "女" in told_in(copy_of("wangfang", world))[0]
    assert Editions(world.desk("chenjing")).record(issue.id).sound
    assert Editions(world.desk("chenjing")).preview(BOOK, "list").changed == ()


@pytest.mark.clause("I.4.4.1", "A.19")
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("login", SPOKEN)
def test_a_found_copy_is_traced_in_whatever_language_it_is(
    store: Store, clock: Clock, login: str, both: bool
) -> None:
    """Of the pages, and of the workbook, nothing is left but the small choices."""
    world = issued(both)
    copy = copy_of(login, world)
    with pikepdf.open(io.BytesIO(edition_pdf.write(copy))) as pdf:
        without(pdf, lambda text: copy.number in text or copy.name in text or copy.marking.code in text)
        pages = saved(pdf)
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(edition_xlsx.write(copy))) as old, zipfile.ZipFile(plain, "w") as new:
        for name in old.namelist():
            if name.startswith("xl/worksheets/") or name == "xl/sharedStrings.xml":
                new.writestr(name, old.read(name).decode().replace(copy.number, "").encode())
    for content in (pages, plain.getvalue()):
        finding = read(content)
        assert (finding.numbers, copy.marking.code in finding.codes) == ((), False)
        found = Traces(world.desk("zhangwei")).file(finding).found
        assert [(one.name, one.how) for one in found] == [(copy.name, ("pattern",))]


@pytest.mark.clause("I.4.4.1", "A.19")
@pytest.mark.parametrize("both", [False, True])
def test_words_tell_copies_apart_however_a_copy_has_them(store: Store, clock: Clock, both: bool) -> None:
    world = issued(both)
    content = content_in(EditionIssue.get())
    known = labels_of([one.label for one in content.columns], [(row.name, row.cells) for row in content.rows])
    for login, words in (
        ("wangfang", ("Female / 女", "Sex / 性别")),
        ("sunli", ("女 / Female", "性别 / Sex")),
    ):
        value, head = words if both else [word.partition(" ")[0] for word in words]
        copy = copy_of(login, world)
        assert place_label(value) in read(edition_pdf.write(copy)).seen.keys() & known
        assert column_label(head) in read(edition_xlsx.write(copy)).seen.keys() & known


@pytest.mark.clause("I.4.3.1")
def test_the_mail_the_command_and_the_preview_are_in_the_recipients_language_too(
    store: Store, clock: Clock
) -> None:
    world = issued(both=False)
    for login, language in SPOKEN.items():
        preview = answered(world, login, "editions mine", language=language).text
        assert WORDS[language][0] in preview
    for language, word in (("zh_CN", "女"), ("en", "Female")):
        shown = answered(world, "chenjing", "editions preview list --json", language=language).data
        assert word in {row[2] for row in shown["rows"]}
        assert word in answered(world, "chenjing", "editions preview list --all", language=language).text
    copy = EditionCopy.get(EditionCopy.account == world.accounts["wangfang"])
    OutgoingMail.create(
        kind="edition",
        book=BOOK,
        entry=copy.entry_id,
        copy=copy.id,
        next_at=copy.made_at,
        made_at=copy.made_at,
    )
    letter = next_letter()
    assert letter is not None
    assert "Register, issue 1: your copy" in subject_of(letter)
    assert "Controlled document" in body_of(letter)
