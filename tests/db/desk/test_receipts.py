"""Everybody of an edition's list stands in its issue; who has no account or left is told of (I.4.3)."""

from __future__ import annotations

import json

import pytest

from db.desk import Invalid, Refused
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.editions.issuing import copies_in_hand
from db.desk.editions.marks import number_of
from db.desk.editions.report import EditionReports
from db.desk.editions.tracing import Traces
from db.desk.entry.record import remove_entry
from db.desk.tasks.duties import RunnerPlace, run
from db.desk.tasks.task_views import TaskRow
from db.language import say
from db.store.migrations import STEPS, migrate
from db.store.proof.judging import judge_tables
from db.store.tables import Account, AuditRecord, EditionCopy, Entry, EntryTag, Task
from db.store.transactions import writing
from tests.audited import detail_of
from tests.before_kept_numbers import KEPT_NUMBERS, make_as_before_kept_numbers
from tests.conftest import Clock
from tests.db.desk.lives import approved, leave
from tests.editions_world import BOOK, assistant, gets_account, with_its_office, without_account
from tests.world import World

pytestmark = pytest.mark.clause("I.4.3.1", "I.4.3.2")
HERE = RunnerPlace("host", "test")
BOOKS_OF = {"office": (BOOK,), "combined": ("combined",)}
KIND = "edition-receipts"


@pytest.fixture
def office(begun: World) -> World:
    """The controlled book, where a second assistant of a department has no account."""
    world = with_its_office(begun)
    without_account(world, "qianjin", "钱进")
    return world


@pytest.fixture
def combined(begun: World) -> World:
    """A book under several regulations, one of which says how somebody leaves."""
    return begun


def issued(world: World) -> int:
    """An issue of the internal edition; its id."""
    return Editions(assistant(world)).issue(BOOK, "internal").id


def kept(world: World, issue: int) -> str:
    """The number of the copy that is kept for who has no account."""
    (found,) = [row.number for row in Editions(assistant(world)).copies(issue) if row.name == "钱进"]
    return found


def receipts(world: World, issue: int) -> dict[str, str]:
    """How far each copy of an issue got, by its recipient."""
    return {row.name: row.receipt for row in Editions(assistant(world)).copies(issue)}


def refused(call: object, *args: object) -> Refused:
    """The refusal that ``call`` ends with."""
    assert callable(call)
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value


def last(act: str) -> AuditRecord:
    found = AuditRecord.select().where(AuditRecord.act == act).order_by(AuditRecord.seq.desc()).first()
    assert isinstance(found, AuditRecord)
    return found


def all_acknowledge(world: World, issue: int) -> None:
    """Everybody with an account opens their copy."""
    for login in ("tangceo", "fengdir", "zhuli", "taojs", "baizl"):
        desk = world.desk(login)
        (mine,) = [row for row in Copies(desk).mine() if row.number.startswith(f"C{issue:04d}")]
        Copies(desk).open(mine.number)


def shown(world: World) -> tuple[int, int, int, int, int]:
    """Of the newest issue: copies, acknowledged, closed, beyond acknowledging, open."""
    row = Editions(assistant(world)).issues(BOOK, "internal")[0]
    return row.copies, row.acknowledged, row.closed, row.out_of_reach, row.open


def waiting(world: World, login: str = "zhuli") -> list[Task]:
    """What the issuer has to see to."""
    mine = world.desk(login).waiting.mine().rows
    return [Task.get_by_id(row.id) for row in mine if isinstance(row, TaskRow) and row.kind == KIND]


def test_who_has_no_account_stands_in_the_issue_under_a_number_of_their_own(office: World) -> None:
    issue = issued(office)
    numbers = {row.name: row.number for row in Editions(assistant(office)).copies(issue)}
    assert numbers["钱进"] == number_of(issue, 6)
    assert receipts(office, issue)["钱进"] == "no-account"
    assert shown(office) == (6, 0, 0, 1, 6)
    detail = json.loads(detail_of(last("editions.issue")))
    assert (detail["kept"], len(detail["copies"])) == ([numbers["钱进"]], 5)
    all_acknowledge(office, issue)
    assert shown(office) == (6, 5, 0, 1, 1), "it is not complete"
    security = office.desk("wenmi")
    assert Traces(security).number(numbers["钱进"]).found == (), "nobody has that copy"


@pytest.mark.threat(18)
def test_whoever_issues_has_it_as_a_task_until_it_is_closed_with_a_reason(
    office: World, clock: Clock
) -> None:
    issue = issued(office)
    (task,) = waiting(office)
    assert (task.clause, task.due) == ("I.4.3.1", "2026-11-25")
    all_acknowledge(office, issue)
    run(HERE)
    number, editions = kept(office, issue), Editions(assistant(office))
    said = refused(assistant(office).tasks.done, task.id)
    assert (said.clause, number in say(said.message, "en")) == ("I.4.3.1", True)
    clock.set("2026-11-26T09:00+08:00")
    run(HERE)
    told = [one for one in assistant(office).notices.unread() if one.kind == "duty-overdue"]
    assert "account for copies that nobody can acknowledge" in {
        say(one.task, "en").partition(" “")[0] for one in told
    }
    with pytest.raises(Invalid):
        editions.close(issue, "  ", number)
    assert editions.close(issue, "没有账号，改由白芷转告", number) == 1
    record = last("editions.close")
    assert (record.clause, record.outcome) == ("I.4.3.1", "done")
    assert json.loads(detail_of(record))["copies"] == [number]
    assert shown(office) == (6, 5, 1, 0, 0), "now it is"
    assert waiting(office) == []
    done = Task.get_by_id(task.id)
    assert (done.state, done.late) == ("done", 1)
    assert receipts(office, issue)["钱进"] == "closed"


@pytest.mark.threat(18)
def test_a_copy_that_its_recipient_can_acknowledge_is_closed_by_nobody(office: World) -> None:
    issue = issued(office)
    editions = Editions(assistant(office))
    numbers = {row.name: row.number for row in editions.copies(issue)}
    said = refused(editions.close, issue, "不等了", numbers["钱进"], numbers["陶军"])
    assert said.clause == "I.4.3.1"
    assert not EditionCopy.select().where(EditionCopy.closed_at.is_null(False)).exists()
    Copies(office.desk("taojs")).open(numbers["陶军"])
    assert refused(editions.close, issue, "不等了", numbers["陶军"]).clause == "I.4.3.1"
    assert last("editions.close").outcome == "refused"
    for login in ("fengdir", "wenmi"):
        assert (
            refused(Editions(office.desk(login)).close, issue, "替人关闭", numbers["钱进"]).clause == "I.3.2"
        )
    with pytest.raises(Invalid):
        editions.close(issue, "没有", number_of(issue, 9))


def test_once_there_is_an_account_the_copy_is_issued_to_its_recipient(office: World, clock: Clock) -> None:
    issue = issued(office)
    number, editions = kept(office, issue), Editions(assistant(office))
    said = refused(editions.hand_out, issue, number)
    assert (said.clause, say(said.message, "en")) == (
        "I.4.3.1",
        "钱进 has no account to open a copy with.",
    )
    gets_account(office, "qianjin", "钱进")
    assert receipts(office, issue)["钱进"] == "not-issued"
    assert refused(Copies(office.desk("qianjin")).open, number).clause == "I.4.3.1, I.4.3.2"
    run(HERE)
    assert len(waiting(office)) == 1, "an account alone is no copy"
    clock.forward(hours=3)
    editions.hand_out(issue, number)
    assert last("editions.hand_out").clause == "I.4.3.1"
    assert waiting(office) == []
    theirs = office.desk("qianjin")
    assert [one.detail["number"] for one in theirs.notices.unread() if one.kind == "edition-issued"] == [
        number
    ]
    assert receipts(office, issue)["钱进"] == "waiting"
    assert Copies(theirs).open(number).first
    assert receipts(office, issue)["钱进"] == "acknowledged"
    (found,) = Traces(office.desk("wenmi")).number(number).found
    assert (found.name, found.login, found.made_at) == ("钱进", "qianjin", "2026-11-23 12:00")
    assert refused(editions.hand_out, issue, number).clause == "I.4.3.1"
    assert refused(Editions(office.desk("fengdir")).hand_out, issue, number).clause == "I.3.2"


@pytest.mark.threat(18)
def test_who_receives_the_edition_no_more_is_not_given_the_kept_copy(office: World) -> None:
    issue = issued(office)
    number = kept(office, issue)
    gets_account(office, "qianjin", "钱进")
    EntryTag.delete().where(EntryTag.entry == office.entry("qianjin", BOOK)).execute()
    assert refused(Editions(assistant(office)).hand_out, issue, number).clause == "I.4.3.1"
    assert EditionCopy.get(EditionCopy.name == "钱进").account_id is None
    assert Editions(assistant(office)).close(issue, "已转岗", number) == 1


@pytest.mark.threat(72)
@pytest.mark.clause("A.10", "I.4.3.1")
def test_whose_last_day_is_over_receives_no_issue_though_the_entry_stands(office: World) -> None:
    Entry.update(ended_at="2026-11-22T16:00:00.000000Z").where(
        Entry.id == office.entry("taojs", BOOK)
    ).execute()
    assert "陶军" not in receipts(office, issued(office))


@pytest.mark.threat(18)
def test_who_left_before_acknowledging_is_shown_so_and_closed(office: World, clock: Clock) -> None:
    """It is shown at once; whoever issues has the task with the next round. Who left is reminded no more."""
    issue = issued(office)
    with writing():
        remove_entry(office.entry("qianjin", BOOK), "2026-11-23")
        remove_entry(office.entry("taojs", BOOK), "2026-11-23")
    found = receipts(office, issue)
    assert (found["钱进"], found["陶军"], found["白芷"]) == ("left", "left", "waiting")
    assert shown(office) == (6, 0, 0, 2, 6)
    assert len(Editions(assistant(office)).copies(issue)) == 6
    assert Editions(assistant(office)).remind(issue) == 4
    run(HERE)
    (task,) = waiting(office)
    numbers = [row.number for row in Editions(assistant(office)).copies(issue) if row.receipt == "left"]
    assert len(numbers) == 2
    assert refused(Editions(assistant(office)).hand_out, issue, numbers[0]).clause == "I.4.3.1"
    assert Editions(assistant(office)).close(issue, "已离职", *numbers) == 2
    assert (Task.get_by_id(task.id).state, shown(office)) == ("done", (6, 0, 2, 0, 4))
    assert [copy.mark for copy in copies_in_hand(office.people["taojs"])] == []


def test_who_leaves_after_all_was_settled_opens_the_task_anew(office: World) -> None:
    issue = issued(office)
    Editions(assistant(office)).close(issue, "没有账号", kept(office, issue))
    assert waiting(office) == []
    Account.update(state="disabled").where(Account.id == office.accounts["baizl"]).execute()
    run(HERE)
    run(HERE)
    (task,) = waiting(office)
    assert receipts(office, issue)["白芷"] == "no-account"
    Account.update(state="active").where(Account.id == office.accounts["baizl"]).execute()
    run(HERE)
    assert (Task.get_by_id(task.id).state, receipts(office, issue)["白芷"]) == ("done", "waiting")


@pytest.mark.threat(18)
def test_a_closed_copy_opens_no_more(office: World) -> None:
    issue = issued(office)
    number = next(row.number for row in Editions(assistant(office)).copies(issue) if row.name == "白芷")
    Account.update(state="disabled").where(Account.id == office.accounts["baizl"]).execute()
    Editions(assistant(office)).close(issue, "长期停用", number)
    Account.update(state="active").where(Account.id == office.accounts["baizl"]).execute()
    said = refused(Copies(office.desk("baizl")).open, number)
    assert (said.clause, "长期停用" in say(said.message, "zh_CN")) == ("I.4.3.1", True)
    (mine,) = Copies(office.desk("baizl")).mine()
    assert (mine.receipt, mine.reason) == ("closed", "长期停用")


def test_a_whole_issue_that_is_called_back_leaves_nobody_open(office: World) -> None:
    """What was never issued can't be called back: it is closed with the same reason."""
    issue = issued(office)
    number = kept(office, issue)
    with pytest.raises(Invalid):
        Editions(assistant(office)).recall(issue, "单独收回", number)
    assert Editions(assistant(office)).recall(issue, "列错了一栏") == 5
    found = {row.name: (row.receipt, row.reason) for row in Editions(assistant(office)).copies(issue)}
    assert found["钱进"] == ("closed", "列错了一栏")
    assert found["陶军"] == ("recalled", "列错了一栏")
    assert waiting(office) == []


def test_the_reports_name_who_got_nothing(office: World) -> None:
    from datetime import date

    issue = issued(office)
    with writing():
        remove_entry(office.entry("taojs", BOOK), "2026-11-23")
    month = (date(2026, 11, 1), date(2026, 11, 30))
    rows = EditionReports(assistant(office)).receipts(BOOK, None, *month).rows
    assert {row.name: (row.receipt, row.waits) for row in rows if row.receipt != "waiting"} == {
        "钱进": ("no-account", True),
        "陶军": ("left", True),
    }
    owed = {say(row.name, "en"): row for row in assistant(office).overview.unreached(BOOK).rows}
    assert owed["钱进"].problem == "no-account"
    assert kept(office, issue) in owed["钱进"].what
    assert (owed["陶军"].problem, owed["陶军"].what) == ("left", (number_of(issue, 4),))


def test_a_leaver_of_a_book_with_leavers_is_told_to_whoever_issues(combined: World, clock: Clock) -> None:
    """Their own request to leave gives no reason for the issue: whoever issues says what became of it."""
    keeper = Editions(combined.desk("tianhr"))
    issue = keeper.issue("combined", "internal").id
    approved(combined, "zouhr", leave(combined, "tianhr", "leijun", "combined"))
    row = next(row for row in keeper.copies(issue) if row.name == "雷钧")
    assert row.receipt == "left"
    run(HERE)
    assert len(waiting(combined, "tianhr")) == 1
    keeper.close(issue, "离职，由继任者领取下一期", row.number)
    assert next(one for one in keeper.copies(issue) if one.number == row.number).reason.startswith("离职")
    assert waiting(combined, "tianhr") == []


def test_an_installation_of_before_shows_of_its_issues_who_left(office: World) -> None:
    """Whoever had no account then has no copy; the next issue keeps their number."""
    issue = issued(office)
    with writing():
        EditionCopy.delete().where(EditionCopy.account.is_null()).execute()
        remove_entry(office.entry("taojs", BOOK), "2026-11-23")
    make_as_before_kept_numbers()
    assert migrate() == list(range(KEPT_NUMBERS, len(STEPS) + 1))
    assert receipts(office, issue)["陶军"] == "left"
    run(HERE)
    assert len(waiting(office)) == 1
    assert receipts(office, issued(office))["钱进"] == "no-account"
    assert judge_tables().sound
