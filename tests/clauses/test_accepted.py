"""Clauses as the people concerned meet them: the outcome, what is on record, and what a refusal cites."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.desk import Refused
from db.desk.audit.audit import AuditFilter
from db.desk.importing.importing import Source
from db.language import say
from db.store.tables import AuditHead, AuditRecord, Request
from tests.audited import purpose_of
from tests.db.desk.asking import NEW_MOBILE, STORED_MOBILE, approve, change, mobile_of, names
from tests.matrix.cast import evidence_of
from tests.world import World


def newest() -> AuditRecord:
    """The last record of the chain."""
    found: AuditRecord = AuditRecord.get_by_id(AuditHead.get_by_id(1).seq)
    return found


@pytest.mark.clause("A.5")
def test_whatever_touches_an_entry_is_on_record_with_who_did_it(world: World) -> None:
    """HR looks at a colleague in every way there is; each leaves a record of its own."""
    desk, entry = world.desk("zengqing"), world.entry("zhangwei")
    form = desk.changes.form(entry)
    asked = {"mobile": NEW_MOBILE}
    ways: dict[str, Callable[[], object]] = {
        "directory.card": lambda: desk.directory.card(entry),
        "directory.reveal": lambda: desk.directory.reveal(entry, "mobile", "work"),
        "directory.contact": lambda: desk.directory.contact(entry, "work"),
        "directory.why": lambda: desk.directory.why(entry),
        "changes.form": lambda: desk.changes.form(entry),
        "changes.submit": lambda: desk.changes.submit(
            entry, form.version, asked, "核对", [evidence_of(desk.actor.account)]
        ),
    }
    for act, look in ways.items():
        look()
        record = newest()
        assert (record.act, record.outcome, record.account, record.entry) == (
            act, "done", desk.actor.account, entry,
        )  # fmt: skip
        assert (record.session, record.source, record.book) == (desk.actor.session, "192.0.2.7", "staff")


@pytest.mark.clause("C.10.1", "C.3")
def test_what_is_denied_is_in_the_log_of_information_security(world: World) -> None:
    """A designer tries the number of an entry of another department."""
    with pytest.raises(Refused) as caught:
        world.desk("tangyu").directory.card(world.entry("dengchao", "subsidiary"), "subsidiary")
    assert caught.value.clause == "C.10.1"
    row = world.desk("panlong").audit.window(AuditFilter(outcome="refused", book="subsidiary")).rows[0]
    assert (row.act, row.login, row.whom, row.clause) == ("directory.card", "tangyu", "邓超", "C.10.1")


@pytest.mark.clause("C.10.2")
def test_a_head_sees_the_department_and_no_other(world: World) -> None:
    desk = world.desk("gaoshan")
    assert desk.directory.card(world.entry("tangyu", "subsidiary")).clause == "C.10.2"
    with pytest.raises(Refused) as caught:
        desk.directory.card(world.entry("dengchao", "subsidiary"), "subsidiary")
    assert caught.value.clause == "C.10.1"


@pytest.mark.clause("C.10.3")
def test_information_security_sees_all_employees_and_states_a_purpose_for_what_is_protected(
    world: World,
) -> None:
    desk = world.desk("panlong")
    for login in ("gaoshan", "tangyu", "dengchao", "fangmin"):
        entry = world.entry(login, "subsidiary")
        card = desk.directory.card(entry)
        mobile = card.field("mobile")
        assert card.clause == "C.10.3"
        assert mobile is not None
        assert mobile.look == "masked"
        with pytest.raises(Refused) as caught:
            desk.directory.reveal(entry, "mobile", "personal")
        assert caught.value.clause == "C.11"
    assert (newest().act, newest().outcome, purpose_of(newest())) == (
        "directory.reveal",
        "refused",
        "personal",
    )


@pytest.mark.clause("E.2")
def test_part_timers_are_in_the_company_directory_like_everybody(world: World) -> None:
    """HR takes a part-timer in by spreadsheet; a colleague of the department finds them and sees what
    they are."""
    rows = (
        ("姓名", "部门", "职务", "办公电话", "手机", "邮箱", "类别"),
        (
            "兼小时", "集团公司/财务中心/会计部", "记账员", "010 6234 5688", "138 1234 5688",
            "jian@huaxing.example", "兼职人员",
        ),
    )  # fmt: skip
    world.desk("luoyan").importing.load("group", rows, Source("兼职.csv", "0" * 64))
    assert newest().clause == "E.6.1"
    (line,) = world.desk("majun").directory.search("group", "兼小时")
    card = world.desk("majun").directory.card(line.entry)
    assert say(card.kind, "zh_CN") == "兼职人员"
    assert card.may_propose is False


@pytest.mark.clause("E.7")
def test_a_head_feeds_a_change_of_the_department_back(world: World) -> None:
    """The head of accounting reports a number for a colleague. The head above reviews it, since nobody
    decides on their own request; HR confirms; the department is told. Elsewhere the head reports nothing."""
    request = change(world, "huangbo", "group", of="majun", reason="员工反馈")
    assert names(world.desk("huangbo")) == set()
    approve(world, "songjia", request)
    approve(world, "luoyan", request)
    assert mobile_of(world, "majun", "group") == STORED_MOBILE
    row = Request.get_by_id(request)
    assert (row.requester_id, row.state) == (world.accounts["huangbo"], "applied")
    assert (newest().act, newest().outcome, newest().request) == ("queue.approve", "done", request)
    with pytest.raises(Refused) as caught:
        world.desk("huangbo").changes.form(world.entry("zhangwei", "group"))
    assert caught.value.clause == "E.6.1"
    assert newest().outcome == "refused"


@pytest.mark.clause("E.6.4", "A.15")
@pytest.mark.parametrize(("book", "login"), [("staff", "zengqing"), ("group", "luoyan")])
def test_not_even_human_resources_changes_an_entry_unreviewed(world: World, book: str, login: str) -> None:
    """What HR submits waits for others like everybody's change."""
    before = mobile_of(world, login, book)
    request = change(world, login, book)
    assert mobile_of(world, login, book) == before
    desk = world.desk(login)
    with pytest.raises(Refused):
        desk.queue.approve(request, Request.get_by_id(request).digest)
    assert newest().outcome == "refused"
    assert mobile_of(world, login, book) == before
