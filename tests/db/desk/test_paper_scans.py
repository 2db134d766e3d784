"""Scans of signed sheets: what is taken for one, who enters and sees it, and who takes it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.desk import Invalid, Pending, Refused
from db.desk.editions.editions import Editions
from db.desk.entry.record import remove_entry
from db.desk.papers.sheets import content_of, read_number
from db.language import say
from db.store.clock import now
from db.store.tables import Account, Delegation, EditionCopy, Entry, Grant, Paper, PaperScan
from db.store.transactions import writing
from reports.papers import fetch_paper
from tests.conftest import Clock
from tests.db.desk.test_papers import BOOKS_OF, issued, office, scan, sheet, told
from tests.editions_world import assistant
from tests.wider_world import build_wider_world
from tests.world import World

__all__ = ["BOOKS_OF", "office"]


@pytest.mark.threat(53)
def test_nobody_signs_for_another_unseen(office: World, clock: Clock) -> None:
    """Whoever is said to have signed has it struck by one key, for themselves alone; so does a watcher, for
    all; and although the one who entered it has lost the office meanwhile."""
    number, paper = issued(office)
    desk = assistant(office)
    desk.papers.enter(paper, scan(desk), "2026-11-23", "all")
    copies = [row for row in Editions(desk).copies(number) if row.receipt == "acknowledged"]
    assert len(copies) > 2
    login = Account.get_by_id(EditionCopy.get_by_id(copies[0].id).account_id).login
    victim = office.desk(login)
    (notice,) = told(victim)
    with writing():
        mine = Grant.account == office.accounts[desk.actor.login]
        held = [row.id for row in Grant.select().where(mine & Grant.revoked_at.is_null())]
        Grant.update(revoked_at=clock.now.isoformat()).where(Grant.id.in_(held)).execute()
    victim.objections.object(notice)
    with writing():
        Grant.update(revoked_at=None).where(Grant.id.in_(held)).execute()
    after = [row.receipt for row in Editions(desk).copies(number)]
    assert after.count("waiting") == 1
    assert EditionCopy.get_by_id(copies[0].id).acknowledged_at is None
    assert [one.struck for one in sheet(desk, paper).scans].count(True) == 1
    heard = desk.notices.unread()
    assert "power-objected" in {one.kind for one in heard}, "who entered it hears that somebody objects"
    (row,) = PaperScan.select().where(PaperScan.struck_at.is_null(False))
    assert row.struck_by_id == office.accounts[login]


@pytest.mark.threat(102)
def test_each_of_those_who_are_said_to_have_signed_strikes_their_own_and_no_more(office: World) -> None:
    """Also once another objected before them; and not the others' by objecting once more."""
    number, paper = issued(office)
    desk = assistant(office)
    desk.papers.enter(paper, scan(desk), "2026-11-23", "all")
    copies = [row for row in Editions(desk).copies(number) if row.receipt == "acknowledged"]
    accounts = [EditionCopy.get_by_id(row.id).account_id for row in copies[:2]]
    first, second = (office.desk(Account.get_by_id(account).login) for account in accounts)
    (notice,) = told(first)
    (other,) = told(second)
    first.objections.object(notice)
    with pytest.raises(Refused, match="since"):
        first.objections.object(notice)
    assert [row.receipt for row in Editions(desk).copies(number)].count("waiting") == 1
    second.objections.object(other)
    assert [row.receipt for row in Editions(desk).copies(number)].count("waiting") == 2


@pytest.mark.threat(102)
def test_a_scan_that_is_entered_later_shields_none_that_came_before(office: World) -> None:
    """Whoever watches is told of both, and takes back either."""
    number, paper = issued(office)
    desk = assistant(office)
    first = scan(desk)
    desk.papers.enter(paper, first, "2026-11-23", "1")
    desk.papers.enter(paper, scan(desk, "第二份"), "2026-11-23", "2")
    (watching,) = {
        login
        for login in office.accounts
        if login != "zhuli" and len(told(office.desk(login))) == 2
    }  # fmt: skip
    watcher = office.desk(watching)
    watcher.objections.object(min(told(watcher)))
    assert {row.evidence_id for row in PaperScan.select().where(PaperScan.struck_at.is_null(False))} == {
        first
    }
    assert [row.receipt for row in Editions(desk).copies(number)].count("acknowledged") >= 1


@pytest.mark.threat(53)
def test_what_can_not_be_a_scan_of_the_sheet_is_refused_in_words(world: World, clock: Clock) -> None:
    desk = world.desk("liuyang")
    early = scan(desk, "早先")
    clock.forward(minutes=1)
    paper = desk.papers.draw_up("undertaking", str(world.entry("zhangwen")))
    text = desk.evidence.add("话.txt", "他签了".encode()).id
    others = scan(world.desk("zhangwei"), "别人的")
    good = scan(desk, "好的")
    unsigned = desk.evidence.add("原件.pdf", fetch_paper(desk, paper).content).id
    wrong: list[tuple[str, str, str, str]] = [
        (early, "2026-11-23", "", "before the sheet was drawn up"),
        (text, "2026-11-23", "", "A scan is one of these"),
        (unsigned, "2026-11-23", "", "nobody has signed it"),
        (others, "2026-11-23", "", "no such file"),
        ("nothing", "2026-11-23", "", "no such file"),
        (good, "2026-11-22", "", "nobody signed it before"),
        (good, "2026-11-24", "", "still to come"),
        (good, "昨天", "", "2026-11-23"),
        (good, "2026-11-23", "2", "lines 1 to 1"),
        (good, "2026-11-23", "0", "lines 1 to 1"),
        (good, "2026-11-23", "一", "lines 1 to 1"),
        (good, "2026-11-23", "1-0", "lines 1 to 1"),
        (good, "2026-11-23", "9" * 5000, "lines 1 to 1"),
        (good, "2026-11-23", "²", "lines 1 to 1"),
    ]
    for file, day, lines, said in wrong:
        with pytest.raises(Invalid) as caught:
            desk.papers.enter(paper, file, day, lines)
        assert said in say(caught.value.problems[0].message, "en")
    assert not PaperScan.select().exists()
    desk.papers.enter(paper, good, "2026-11-23")
    again = desk.papers.draw_up("undertaking", str(world.entry("zhangwei")))
    same = desk.evidence.add("又一次.pdf", desk.evidence.open(good)).id
    with pytest.raises(Invalid) as caught:
        desk.papers.enter(again, same, "2026-11-23")
    assert paper in say(caught.value.problems[0].message, "en"), "one scan shows one sheet"
    with pytest.raises(Refused):
        desk.evidence.remove(good)
    for number in ("P9999", "", "12", "P0001x"):
        with pytest.raises(Refused):
            desk.papers.enter(number, good, "2026-11-23")


@pytest.mark.threat(53)
def test_a_scan_is_seen_by_whom_it_is_about_and_who_keeps_it_alone(world: World) -> None:
    desk = world.desk("liuyang")
    paper = desk.papers.draw_up("undertaking", str(world.entry("zhangwen")))
    file = scan(desk)
    desk.papers.enter(paper, file, "2026-11-23")
    assert world.desk("zhangwen").evidence.open(file)
    assert [row.number for row in world.desk("zhangwen").papers.list()] == [paper]
    for login in ("zhangwei", "guotao"):
        assert world.desk(login).papers.list() == ()
        with pytest.raises(Refused):
            world.desk(login).evidence.open(file)
        with pytest.raises(Refused):
            world.desk(login).papers.one(paper)


@pytest.mark.threat(53)
def test_who_was_objected_to_does_not_enter_it_again_alone(world: World) -> None:
    """Neither on the same sheet nor on another of the same matter; who agrees is of another office."""
    desk = world.desk("liuyang")
    paper = desk.papers.draw_up("undertaking", str(world.entry("zhangwen")))
    desk.papers.enter(paper, scan(desk), "2026-11-23")
    victim = world.desk("zhangwen")
    victim.objections.object(told(victim)[0])
    again = desk.papers.draw_up("undertaking", str(world.entry("zhangwen")))
    for number in (paper, again):
        with pytest.raises(Pending):
            desk.papers.enter(number, scan(desk, number), "2026-11-23")
    assert PaperScan.select().where(PaperScan.struck_at.is_null()).count() == 0


@pytest.mark.threat(53)
@pytest.mark.clause("A.17")
@pytest.mark.parametrize("day", ["2026-11-28T10:00", "2027-02-09T10:00", "2026-12-31T23:50"])
def test_a_deputy_keeps_the_sheets_and_a_stand_in_does_not(world: World, clock: Clock, day: str) -> None:
    """On a Saturday, at Spring Festival, and just before midnight: what is held by an own right works with
    sheets, what one stands in for decides alone."""
    clock.set(f"{day}+08:00")
    desk, signed = world.desk("liuyang"), day[:10]
    paper = desk.papers.draw_up("undertaking", str(world.entry("zhangwen")))
    until = (clock.now.date() + timedelta(days=3)).isoformat()
    with writing():
        Delegation.create(
            account=world.accounts["liuyang"], to=world.accounts["zhangwei"], role="hr", book="staff",
            from_day=signed, until_day=until, reason="出差", created_at=now(),
        )  # fmt: skip
    stand_in = world.desk("zhangwei")
    with pytest.raises(Refused):
        stand_in.papers.enter(paper, scan(stand_in, "代办"), signed)
    deputy = world.grant("guotao", "hr", "staff")
    with writing():
        Grant.update(capacity="deputy").where(Grant.id == deputy).execute()
    other = world.desk("guotao")
    assert other.papers.enter(paper, scan(other, "副手"), signed).counted == 1
    assert told(world.desk("zhangwen"))


@pytest.mark.threat(53)
def test_who_left_in_the_middle_is_entered_and_told_nothing_wrong(world: World, clock: Clock) -> None:
    """A signature of before the last day can be entered after it; the list of before names them still."""
    wide = build_wider_world("general", beside=world)
    desk = wide.desk("yuhr")
    paper = desk.papers.draw_up("training", "general/directory-rules")
    entry = Entry.get(
        (Entry.book == "general") & (Entry.name == content_of(Paper.get_by_id(1)).lines[4].name)
    )
    clock.forward(days=2)
    with writing():
        remove_entry(entry.id, "2026-11-24")
    made = desk.papers.enter(paper, scan(desk), "2026-11-24", "4-5")
    assert made.counted == 2
    again = desk.papers.draw_up("training", "general/directory-rules")
    assert entry.name not in {line.name for line in content_of(Paper.get_by_id(read_number(again))).lines}
