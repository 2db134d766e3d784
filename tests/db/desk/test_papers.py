"""Sheets for signatures: drawn up from the record, what comes of each once it is signed, and taken out."""

from __future__ import annotations

import io

import pikepdf
import pytest

from db.desk import Desk, Invalid, Refused
from db.desk.authority.permissions import policy_of, root_of
from db.desk.cases.appeals import appeal_until
from db.desk.cases.cases import Cases
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.papers.papers import PaperRow
from db.desk.papers.sheets import content_of, read_number
from db.desk.privacy.erasing import erase_person
from db.language import say
from db.store.engine import Store
from db.store.subjects import Destroyed
from db.store.tables import (
    Account,
    AuditRecord,
    CaseFile,
    EditionCopy,
    Evidence,
    HandBack,
    Notice,
    NoticeRecipient,
    Paper,
    Request,
    Task,
    Trained,
    UndertakingAccepted,
    Unit,
)
from db.store.transactions import writing
from reports.papers import fetch_paper
from tests.conftest import Clock
from tests.db.desk.casework import decided
from tests.db.desk.lives import approved, entry_of_request, joiner, leave, take_out, task_of
from tests.db.desk.reviewing import last_record
from tests.db.desk.test_policies import TWO_STEPS, operator, revision
from tests.editions_world import BOOK, assistant, with_its_office, without_account
from tests.rules import issue, on_record, put_under
from tests.wider_world import build_wider_world
from tests.world import World

PAPERLESS = """
id = "paperless"
version = "1"
effective = 2026-01-01
title = { zh = "无纸化规定", en = "No paper" }
denials = [{ role = "everyone", operations = ["sign-on-paper"], clause = "Z.1" }]

[[summary]]
clause = "Z.1"
zh = "在本人终端确认。"
en = "Confirm at your own terminal."
"""


def scan(desk: Desk, name: str = "扫描件", more: bytes = b"") -> str:
    """A PDF in the tray of ``desk``'s actor; its number."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = name + more.hex()
        pdf.save(out)
    return desk.evidence.add(f"{name}.pdf", out.getvalue()).id


def sheet(desk: Desk, number: str) -> PaperRow:
    (found,) = [one for one in desk.papers.list() if one.number == number]
    return found


def told(desk: Desk, operation: str = "papers.enter") -> list[int]:
    """The notices that tell ``desk``'s actor of an act."""
    return [one.id for one in desk.notices.unread() if one.detail.get("operation") == operation]


@pytest.fixture
def office(begun: World) -> World:
    return with_its_office(begun)


BOOKS_OF = {"office": (BOOK,)}


def issued(world: World) -> tuple[int, str]:
    """An issue, and the sheet on which its recipients are to sign."""
    number = Editions(assistant(world)).issue(BOOK, "internal").id
    return number, assistant(world).papers.draw_up("issue", f"C{number:04d}")


@pytest.mark.threat(53)
@pytest.mark.clause("I.4.3.1", "I.4.3.2")
def test_a_receipt_list_comes_back_signed_and_acknowledges_what_nobody_had(
    office: World, clock: Clock
) -> None:
    number, paper = issued(office)
    copies = {row.name: row for row in Editions(assistant(office)).copies(number)}
    waiting = [row for row in copies.values() if row.receipt == "waiting"]
    content = content_of(Paper.get_by_id(read_number(paper)))
    with writing():
        Unit.update(name="测试置业").where(Unit.id == root_of(BOOK)).execute()
    assert assistant(office).papers.one(paper).organisation == "测试置业", "of the book, not of all books"
    assert [line.name for line in content.lines] == [row.name for row in waiting]
    assert [row[1] for row in content.pages[0].rows] == [row.number for row in waiting]
    first = waiting[0]
    own = office.desk(Account.get_by_id(EditionCopy.get_by_id(first.id).account_id).login)
    Copies(own).open(first.number)
    moment = EditionCopy.get_by_id(first.id).acknowledged_at

    clock.forward(days=2)
    desk = assistant(office)
    made = desk.papers.enter(paper, scan(desk), "2026-11-24", "1,2")
    assert (made.counted, made.known) == (1, 1), "what was acknowledged at the terminal stays as it was"
    assert EditionCopy.get_by_id(first.id).acknowledged_at == moment
    states = {row.name: row.receipt for row in Editions(desk).copies(number)}
    assert [states[row.name] for row in waiting][:3] == ["acknowledged", "acknowledged", "waiting"]
    second = office.desk(Account.get_by_id(EditionCopy.get_by_id(waiting[1].id).account_id).login)
    assert told(second), "whose signature it is said to be hears of it at once"
    record = last_record("papers.enter")
    assert (record.book, record.outcome) == (BOOK, "done")


@pytest.mark.threat(53)
@pytest.mark.clause("I.4.3.1")
def test_who_has_no_account_signs_the_receipt_list_which_closes_their_row(
    office: World, clock: Clock
) -> None:
    """There is no copy on paper: the issue was shown to them. Struck, the row is open again."""
    without_account(office, "qianjin", "钱进")
    number, paper = issued(office)
    desk = assistant(office)
    waiting = (Task.kind == "edition-receipts") & (Task.state == "open")
    assert Task.select().where(waiting).count() == 1
    lines = content_of(Paper.get_by_id(read_number(paper))).lines
    place = next(n for n, line in enumerate(lines, start=1) if line.name == "钱进")
    file = scan(desk)
    assert desk.papers.enter(paper, file, "2026-11-23", str(place)).counted == 1
    row = next(one for one in Editions(desk).copies(number) if one.name == "钱进")
    assert (row.receipt, row.reason) == ("closed", f"纸质签字，签字单 {paper}")
    assert not Task.select().where(waiting).exists()
    desk.papers.strike(paper, file)
    row = next(one for one in Editions(desk).copies(number) if one.name == "钱进")
    assert (row.receipt, row.reason) == ("no-account", "")
    assert Task.select().where(waiting).count() == 1


@pytest.mark.threat(53)
@pytest.mark.clause("G.9")
def test_a_revision_is_acknowledged_on_paper_and_its_people_are_told(store: Store, clock: Clock) -> None:
    """An acknowledgement is no telling: whoever is said to have acknowledged is told although the act
    touched their announcement; who has no account is on the list too."""
    wider = build_wider_world("wecom", "safety")
    operator(wider)
    issue(wider, "huanghr", revision("wecom", "2", "2026-12-01", TWO_STEPS))
    notice = Notice.get((Notice.kind == "revision") & (Notice.book == "wecom"))
    with pytest.raises(Refused):
        wider.desk("shuqi").papers.draw_up("revision", str(notice.id))
    desk = wider.desk("xuhr")
    paper = desk.papers.draw_up("revision", str(notice.id))
    lines = content_of(Paper.get_by_id(read_number(paper))).lines
    place = next(n for n, line in enumerate(lines, start=1) if line.name == "舒琪")
    with pytest.raises(Invalid):
        desk.papers.enter(paper, scan(desk), "2026-11-23")
    made = desk.papers.enter(paper, scan(desk, "第二份"), "2026-11-23", str(place))
    assert made.counted == 1
    mine = NoticeRecipient.get(
        (NoticeRecipient.notice == notice) & (NoticeRecipient.account == wider.accounts["shuqi"])
    )
    assert mine.acknowledged_at is not None
    (open_,) = desk.policies.revisions("wecom")
    assert "舒琪" not in open_.missing
    victim = wider.desk("shuqi")
    (notice_of_scan,) = told(victim)
    victim.objections.object(notice_of_scan)
    (open_,) = desk.policies.revisions("wecom")
    assert "舒琪" in open_.missing


@pytest.mark.clause("F.6.2")
def test_an_attendance_list_records_the_training_of_its_day(world: World, store: Store, clock: Clock) -> None:
    wide = build_wider_world("general", beside=world)
    desk = wide.desk("yuhr")
    paper = desk.papers.draw_up("training", "general/directory-rules")
    with pytest.raises(Refused):
        wide.desk("lunan").papers.draw_up("training", "general/directory-rules")
    clock.forward(days=3)
    made = desk.papers.enter(paper, scan(desk), "2026年11月25日", "1-2")
    assert made.counted == 2
    (said,) = [
        one for one in wide.desk("tanlan").notices.unread() if one.detail.get("operation") == "papers.enter"
    ]
    assert "培训签到表 通讯录使用规定" in say(said.task, "zh_CN"), "and not by its number alone"
    topic = policy_of("general").training[0].label
    assert topic.en in say(said.task, "en"), "in the reader's language, whoever drew it up"
    assert say(sheet(desk, paper).subject, "en") == topic.en
    rows = list(Trained.select().where(Trained.source == paper))
    assert {(row.on_day, row.version) for row in rows} == {("2026-11-25", rows[0].version)}
    assert desk.papers.strike(paper, sheet(desk, paper).scans[0].evidence) == 2
    struck = [(row.struck_by_id, row.struck_why) for row in Trained.select().where(Trained.source == paper)]
    assert struck == [(wide.accounts["yuhr"], paper)] * 2, "nothing vanishes"


@pytest.mark.threat(53)
@pytest.mark.clause("A.17")
def test_an_undertaking_on_paper_is_of_its_version_and_no_keepers_own(world: World) -> None:
    entry = str(world.entry("zhangwen"))
    for login in ("zhangwei", "guotao"):
        with pytest.raises(Refused):
            world.desk(login).papers.draw_up("undertaking", entry)
    own = world.desk("zhangwei")
    mine = own.papers.draw_up("undertaking", str(world.entry("zhangwei")))
    with pytest.raises(Refused):
        own.papers.enter(mine, scan(own), "2026-11-23")
    desk = world.desk("liuyang")
    kept_by_herself = desk.papers.draw_up("undertaking", str(world.entry("liuyang")))
    with pytest.raises(Refused):
        desk.papers.enter(kept_by_herself, scan(desk, "自己的"), "2026-11-23")
    account = world.accounts["zhangwen"]
    with writing():
        UndertakingAccepted.delete().where(UndertakingAccepted.account == account).execute()
    paper = desk.papers.draw_up("undertaking", entry)
    (page,) = desk.papers.one(paper).content.pages
    assert len(str(page.words[0])) > 20, "the text stands on it in full"
    made = desk.papers.enter(paper, scan(desk), "2026-11-23")
    assert (made.counted, made.known) == (1, 0)
    kept = UndertakingAccepted.get(UndertakingAccepted.account == account)
    assert f"{kept.policy} {kept.version}" in {str(value) for _label, value in page.facts}
    victim = world.desk("zhangwen", accepted=False)
    (notice,) = told(victim)
    victim.objections.object(notice)
    assert not UndertakingAccepted.select().where(UndertakingAccepted.account == account).exists()
    with pytest.raises(Refused):
        world.desk("zhangwen", accepted=False).directory.list("staff")


@pytest.mark.threat(53)
@pytest.mark.clause("A.17")
def test_an_undertaking_on_paper_of_who_has_no_account_counts_and_comes_with_the_account(
    world: World, clock: Clock
) -> None:
    entry = entry_of_request(world.desk("liuyang").lifecycle.join(joiner(world, "研发中心/研发一部")))
    approved(world, "zengqing", Request.get(Request.entry == entry.id).id)
    desk = world.desk("liuyang")
    paper = desk.papers.draw_up("undertaking", str(entry.id))
    first = scan(desk)
    made = desk.papers.enter(paper, first, "2026-11-23")
    assert (made.counted, made.known) == (1, 0)
    assert desk.papers.enter(paper, scan(desk, "补扫"), "2026-11-23").counted == 0, "once"
    again = desk.papers.one(desk.papers.draw_up("undertaking", str(entry.id))).content.pages[0]
    assert "已纸质签字" in str(again.facts), "and not that it was accepted at a terminal"
    account = world.desk("guotao").accounts.create(
        entry.id, "xinlai", "0" * 64, "2027-01-01T00:00:00.000000Z"
    )
    assert UndertakingAccepted.select().where(UndertakingAccepted.account == account).count() == 1
    desk = world.desk("liuyang")
    assert desk.papers.strike(paper, first) == 1
    assert not UndertakingAccepted.select().where(UndertakingAccepted.account == account).exists()


@pytest.mark.threat(53)
@pytest.mark.clause("H.5.4")
def test_what_a_leaver_hands_back_is_signed_by_its_receiver_alone(world: World, clock: Clock) -> None:
    build_wider_world("secured", beside=world)
    take_out(world, "shibu", "ABCD-EFGH")
    take_out(world, "shibu", "JKLM-NPQR")
    leave(world, "fuhr", "shibu", "secured")
    task = task_of("leaver", world.entry("shibu", "secured"))
    for login in ("shibu", "ganhr", "fuhr"):
        with pytest.raises(Refused):
            world.desk(login).papers.draw_up("hand-back", str(task.id))
    holder = world.desk("shibu")
    other = next(one for one in holder.tasks.own_copies() if one.copy == "JKLM-NPQR")
    holder.tasks.say_copy(other.id, "lost", "出差途中遗失")
    desk = world.desk("xinan")
    paper = desk.papers.draw_up("hand-back", str(task.id))
    made = desk.papers.enter(paper, scan(desk), "2026-11-23", "1-2")
    assert (made.counted, made.known) == (1, 1), "what the leaver says is lost was not handed back"
    signed = HandBack.get(HandBack.copy == "ABCD-EFGH")
    assert (signed.outcome, signed.word, signed.signed_by_id) == ("returned", paper, world.accounts["xinan"])
    assert HandBack.get(HandBack.copy == "JKLM-NPQR").signed_at is None
    assert told(world.desk("shibu")), "the leaver hears of it"
    desk.papers.strike(paper, sheet(desk, paper).scans[0].evidence)
    assert HandBack.get(HandBack.copy == "ABCD-EFGH").signed_at is None
    with pytest.raises(Refused):
        world.desk("fuhr").queue.approve(1, "0" * 64, "同意")


@pytest.mark.threat(53)
@pytest.mark.clause("H.5.4")
def test_who_did_not_sign_the_hand_back_list_is_asked_for_the_copy_again(world: World) -> None:
    """Their own task stayed done, and its receipt signed, after they had objected."""
    build_wider_world("secured", beside=world)
    take_out(world, "shibu", "ABCD-EFGH")
    leave(world, "fuhr", "shibu", "secured")
    entry = world.entry("shibu", "secured")
    desk = world.desk("xinan")
    paper = desk.papers.draw_up("hand-back", str(task_of("leaver", entry).id))
    desk.papers.enter(paper, scan(desk), "2026-11-23")
    assert task_of("hand-back", entry).state == "done"
    holder = world.desk("shibu")
    holder.objections.object(next(one for one in told(holder)))
    task = task_of("hand-back", entry)
    assert (task.state, task.done_at, task.late) == ("open", None, None)
    holder = world.desk("shibu")
    (copy,) = holder.tasks.own_copies()
    holder.tasks.say_copy(copy.id, "returned", "交还窗口")
    world.desk("xinan").tasks.sign_off(copy.id, "returned")
    assert task_of("hand-back", entry).state == "done"


@pytest.mark.clause("B.7.2")
def test_a_decision_not_to_punish_is_served_under_that_name(world: World) -> None:
    wide = build_wider_world("safety", beside=world)
    case = Cases(wide.desk("dingyi")).report("safety", "两次迟报", "late")
    desk = decided(wide, case, "late", "任和")
    served = desk.papers.one(desk.papers.draw_up("decision", str(case), "两次迟报，已补报")).content.pages
    assert {str(page.title) for page in served} == {"不予处罚决定书", "送达回证"}
    assert "不予处罚决定书" in str(served[1].facts)


@pytest.mark.clause("C.12")
def test_a_decision_is_served_on_paper_and_the_appeal_runs_from_that(world: World, clock: Clock) -> None:
    case = Cases(world.desk("zhangwei")).report("staff", "看到有人把通讯录发到群里", "leak")
    desk = decided(world, case, "leak", "张文")
    before = appeal_until(CaseFile.get_by_id(case))
    assert before is not None
    for login in ("zhangwei", "zhangwen", "liuyang"):
        with pytest.raises(Refused):
            world.desk(login).papers.draw_up("decision", str(case), "把通讯录发到群里")
    with pytest.raises(Invalid):
        desk.papers.draw_up("decision", str(case))
    paper = desk.papers.draw_up("decision", str(case), "2026年11月把通讯录发到群里")
    pages = desk.papers.one(paper).content.pages
    text = " ".join(str(words) for page in pages for words in page.words)
    assert "看到有人" not in text, "what the reporter wrote stays with those who handle the case"
    assert before.day in text
    assert len(pages) == 2
    assert say(sheet(desk, paper).subject, "zh_CN") == "张文 研发一部 高级工程师", "one, and not three"
    own = world.desk("zhangwen")
    assert own.papers.one(paper).content.pages == pages, "who is concerned may read it"
    clock.forward(days=4)
    desk = world.desk(desk.actor.login)
    desk.papers.enter(paper, scan(desk), "2026-11-26")
    after = appeal_until(CaseFile.get_by_id(case))
    assert after is not None
    assert after.day > before.day
    acts = [say(event.act, "en") for event in Cases(desk).one(case).history]
    assert "decision served on paper" in acts
    desk.papers.enter(paper, scan(desk, "补扫"), "2026-11-27")
    assert appeal_until(CaseFile.get_by_id(case)) == after, "a second scan stands beside the first"
    assert [one.counted for one in sheet(desk, paper).scans] == [True, False]
    assert told(world.desk("zhangwen"))


@pytest.mark.threat(53)
def test_no_number_of_others_sheets_hides_the_own_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.desk.papers.papers.AT_ONCE", 2)
    desk = world.desk("liuyang")
    paper = desk.papers.draw_up("undertaking", str(world.entry("zhangwen")))
    for _time in range(3):
        desk.papers.draw_up("undertaking", str(world.entry("zhangwei")))
    assert [row.number for row in world.desk("zhangwen").papers.list()] == [paper]
    assert len(desk.papers.list()) == 2


def test_paper_counts_unless_a_regulation_denies_it(world: World, store: Store) -> None:
    on_record(PAPERLESS)
    put_under("staff", "enterprise", "paperless")
    desk = world.desk("liuyang")
    paper = desk.papers.draw_up("undertaking", str(world.entry("zhangwen")))
    with pytest.raises(Refused) as caught:
        desk.papers.enter(paper, scan(desk), "2026-11-23")
    assert caught.value.clause == "Z.1"


def test_a_sheet_leaves_as_a_copy_with_a_mark(world: World) -> None:
    desk = world.desk("liuyang")
    paper = desk.papers.draw_up("undertaking", str(world.entry("zhangwen")))
    document = fetch_paper(desk, paper)
    with pikepdf.open(io.BytesIO(document.content)) as pdf:
        assert len(pdf.pages) == 1
    record = AuditRecord.select().where(AuditRecord.act == "overview.export").get()
    assert document.mark in record.detail
    assert document.sha256 in record.detail
    assert paper in record.detail


@pytest.mark.clause("D.4")
def test_where_nothing_leaves_without_a_password_neither_does_a_sheet(world: World) -> None:
    on_record(PAPERLESS.replace("denials", 'copies = { encrypted = true, clause = "Z.1" }\n#'))
    put_under("staff", "enterprise", "paperless")
    desk = world.desk("liuyang")
    paper = desk.papers.draw_up("undertaking", str(world.entry("zhangwen")))
    document = fetch_paper(desk, paper)
    assert document.password
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(document.content))
    assert pikepdf.open(io.BytesIO(document.content), password=document.password)
    with pytest.raises(Refused):
        desk.papers.leave(paper, sha256="0" * 64, size=1, mark="ABCD-EFGH")


def test_what_is_signed_by_one_alone_goes_with_them(world: World) -> None:
    desk = world.desk("liuyang")
    paper = desk.papers.draw_up("undertaking", str(world.entry("zhangwen")))
    file = scan(desk)
    desk.papers.enter(paper, file, "2026-11-23")
    with writing():
        erase_person(world.people["zhangwen"])
    with pytest.raises(Destroyed):
        content_of(Paper.get_by_id(read_number(paper)))
    assert Evidence.get_by_id(file).size == 0
