"""Looking up, calling and being asked, as who acts, stands in, leaves, or is in two books."""

from __future__ import annotations

import pytest

from db.desk import Desk, Invalid, Refused, SessionOver
from db.desk.cases.cases import Cases
from db.desk.cases.work import CaseWork
from db.desk.emergency.emergencies import Emergencies
from db.language import say
from db.store.tables import AccessGrant, AuditHead, AuditRecord, CallAttempt, Disclosure, Entry
from tests.conftest import Clock
from tests.db.desk.asking import ask_access, refusal
from tests.db.desk.casework import heard
from tests.db.desk.lives import duties
from tests.variants import setting
from tests.variants.acting import approve, change, expect, leave, stored
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, also_in, cites, deputise, state, succeed
from tests.variants.test_changes_by_others import approvers
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}


def newest() -> AuditRecord:
    """The last record of the chain."""
    found: AuditRecord = AuditRecord.get_by_id(AuditHead.get_by_id(1).seq)
    return found


def granted(house: World, login: str) -> set[int]:
    """The entries that ``login`` was opened."""
    rows = AccessGrant.select().where(AccessGrant.account == house.accounts[login])
    return {int(one.entry_id) for one in rows}


# A.13: a look-up beyond the own department


@pytest.mark.parametrize(
    ("given", "day", "waiting"),
    [
        row("acting", "2026-11-28", {"qianjin"}, of="A.13", person="acting", day="make-up"),
        row("deputy", "2026-11-24", {"zhaomin", "wangfang"}, of="A.13", person="deputy"),
        row("successor", "2026-11-24", {"qianjin"}, of="A.13", person="successor", day="office-changed"),
    ],
)
def test_a_look_up_waits_for_who_heads_that_department_now(
    house: World, clock: Clock, given: str, day: str, waiting: set[str]
) -> None:
    if given == "acting":
        act_for(house, "qianjin", "head", "staff", "销售中心")
    elif given == "deputy":
        deputise(house, "zhaomin", "wangfang", "head", "staff")
    else:
        succeed(house, "qianjin", "head", "staff", "销售中心")
    clock.set(f"{day}T10:00+08:00")
    request = ask_access(house.desk("zhangwei"), "staff", "对接客户", name="赵敏")
    whom = approvers(request)
    assert whom <= waiting | {"qianjin", "zhaomin", "wangfang", "liuyang", "zengqing"}
    assert "zhangwei" not in whom
    first = min(whom & waiting or whom)
    approve(house, first, request)
    assert granted(house, "zhangwei") == {house.entry("zhaomin")}


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        row("阿卜杜热依木.买买提", "2026-11-28", of="A.13", person="acting", day="make-up"),
        row("阿卜杜热依木。买买提", "2027-02-08", of="A.13", person="acting", day="spring-festival"),
        row("阿卜杜热依木・买买提", "2026-11-24", of="A.13", person="acting", day="office-changed"),
    ],
)
def test_a_name_is_asked_for_by_the_dot_that_the_keyboard_has(
    house: World, clock: Clock, typed: str, day: str
) -> None:
    """It waits for who acts as that head, and not for the keepers, as of somebody whom nobody is called."""
    house.entries["staff", "mai"] = house.hire("mai", "阿卜杜热依木·买买提", "销售中心")
    act_for(house, "qianjin", "head", "staff", "销售中心")
    clock.set(f"{day}T10:00+08:00")
    request = ask_access(house.desk("sunli"), "staff", "对接", name=typed)
    assert approvers(request) == {"qianjin"}
    approve(house, "qianjin", request)
    assert granted(house, "sunli") == {house.entry("mai")}


@walks("A.13", person="leaver", day="last-day")
def test_what_was_opened_ends_with_the_last_day(house: World, clock: Clock) -> None:
    request = ask_access(house.desk("zhangwen"), "staff", "对接", name="赵敏")
    approve(house, min(approvers(request)), request)
    pending = ask_access(house.desk("zhangwen"), "staff", "对接", name="孙丽")
    desk = house.desk("zhangwen")
    leave(house, "liuyang", "staff", "zhangwen", "2026-11-27")
    clock.set("2026-11-27T23:00+08:00")
    assert house.desk("zhangwen").directory.card(house.entry("zhaomin")).name == "赵敏"
    clock.set("2026-11-28T00:00:01+08:00")
    with pytest.raises(SessionOver):
        desk.directory.card(house.entry("zhaomin"))
    assert state(pending) == "withdrawn"


@walks("A.13", person="oneself")
def test_a_head_opens_nobody_to_themselves(house: World) -> None:
    """Not by standing in for the head of the department concerned either."""
    deputise(house, "zhaomin", "wangfang", "head", "staff")
    request = ask_access(house.desk("wangfang"), "staff", "对接", name="赵敏")
    assert "wangfang" not in approvers(request)
    refusal(house.desk("wangfang"), request, stored(request).digest)


@pytest.mark.parametrize(
    ("book", "asker", "name", "of", "head", "keeper"),
    [
        row("staff", "zhaomin", "单宏", "shanhong", "zhouwei", "liuyang", of="A.13", day="make-up"),
        row("staff", "chenjing", "张伟", "zhangwei", "wangfang", "liuyang", of="A.13", day="make-up"),
        row("combined", "leijun", "林安", "linan", "linan", "tianhr",
            of="A.13", person="composed", day="make-up"),
    ],
)  # fmt: skip
def test_a_head_without_a_superior_asks_the_head_of_that_department(
    house: World, clock: Clock, book: str, asker: str, name: str, of: str, head: str, keeper: str
) -> None:
    """Whoever keeps the book is neither of the two who approve it, though they see everybody."""
    clock.set("2026-11-28T10:00+08:00")
    request = ask_access(house.desk(asker), book, "对接", name=name)
    assert approvers(request) == {head}
    refusal(house.desk(keeper), request, stored(request).digest)
    approve(house, head, request)
    assert granted(house, asker) == {house.entry(of, book)}


@walks("A.13", person="composed")
def test_under_three_regulations_a_look_up_takes_a_reason_still(house: World) -> None:
    desk = house.desk("geyuan")
    with pytest.raises(Refused) as caught:
        ask_access(desk, "combined", " ", name="高远")
    assert "A.13" in caught.value.clause
    assert ask_access(desk, "combined", "对接", name="高远")


@walks("A.13", day="after-deadline")
def test_what_was_opened_for_days_is_shut_on_the_next(house: World, clock: Clock) -> None:
    request = ask_access(house.desk("zhangwei"), "staff", "对接", name="赵敏", days=5)
    approve(house, min(approvers(request)), request)
    entry = house.entry("zhaomin")
    clock.forward(days=4, hours=23)
    assert house.desk("zhangwei").directory.card(entry).name == "赵敏"
    clock.forward(hours=2)
    cites("A.13", lambda: house.desk("zhangwei").directory.card(entry, "staff"))


# B.6.2: nobody is opened by a superior, so that is not what one is told to ask for


@pytest.mark.parametrize(
    ("login", "of", "name", "unit", "day"),
    [
        row("dingyi", "niuer", "牛二", "一车间", "2026-11-28", of="B.6.2", person="acting", day="make-up"),
        row("niuer", "weiguo", "卫国", "二车间", "2026-11-23", of="B.6.2", person="head-and-keeper"),
        row("renhe", "panan", "潘安", "一车间/装配班", "2026-11-27", of="B.6.2", person="leaver",
            day="last-day"),
    ],
)  # fmt: skip
def test_of_another_departments_officer_one_is_told_to_ask_for_a_disclosure(
    house: World, clock: Clock, login: str, of: str, name: str, unit: str, day: str
) -> None:
    if login == "dingyi":
        act_for(house, login, "head", "safety", "一车间")
    elif login == "renhe":
        leave(house, "panan", "safety", login, day)
    clock.set(f"{day}T10:00+08:00")
    desk, entry = house.desk(login), house.entry(of, "safety")
    refused = setting.refusal(lambda: desk.directory.card(entry, "safety"))
    assert refused.clause == "B.6.2"
    for advice in (refused.advice, desk.directory.why(entry, book="safety").advice):
        assert ("对外提供" in say(advice, "zh_CN"), "access" in say(advice, "en")) == (True, False)
    asked = {"people": name, "what": "all", "to": str(house.unit("safety", unit)), "days": "3"}
    assert desk.asking.ask("disclosure", "safety", asked, "联合演练")


@pytest.mark.parametrize(
    ("login", "names", "day"),
    [
        row("renhe", {"任和"}, "2026-11-28", of="B.6.2", person="oneself", day="make-up"),
        row("dingyi", {"卫国", "丁一", "任和"}, "2027-02-06",
            of="B.6.2", person="acting", day="spring-festival"),
    ],
)  # fmt: skip
def test_a_copy_gives_no_officer_of_another_department_without_their_word(
    house: World, clock: Clock, login: str, names: set[str], day: str
) -> None:
    """Nor does the approval of the safety department, which gives them with their consent alone."""
    if login == "dingyi":
        act_for(house, login, "head", "safety", "一车间")
    clock.set(f"{day}T10:00+08:00")
    request = house.desk(login).asking.ask("copy", "safety", {"unit": ""}, "联合检查")
    decide = house.desk(min(approvers(request)))
    assert [one.field for one in decide.queue.one(request).lines] == ["unit", "reach"]
    while state(request) == "open":
        approve(house, min(approvers(request)), request)
    table = house.desk(login).overview.directory("safety")
    assert {one.values[0] for one in table.rows} == names


# A.14, A.5: calling, and what is on record of it


@pytest.mark.parametrize(
    ("given", "login", "of", "book", "unit"),
    [
        row("acting", "zhangwen", "zhangwei", "staff", "研发一部",
            of="A.14", person="acting", day="office-changed"),
        row("both", "zhangwen", "linxiao", "subsidiary", "设计组", of="A.14", person="two-books"),
        row("both", "zhangwen", "zhangwei", "staff", "研发一部", of="A.14", person="two-books",
            day="office-changed"),
    ],
)  # fmt: skip
def test_the_call_card_says_who_one_is_in_that_book(
    house: World, clock: Clock, given: str, login: str, of: str, book: str, unit: str
) -> None:
    """The department is that of the book of whom one calls, not of another that one is in."""
    if given == "acting":
        act_for(house, login, "head", book, "研发中心/研发一部")
    else:
        also_in(house, login, "tangyu", "subsidiary")
    clock.forward(days=1)
    contact = house.desk(login).directory.contact(house.entry(of, book), "meeting", book=book)
    params = getattr(contact.call[1], "params", {})
    assert params["unit"] == unit
    assert params["purpose"].zh == "安排会议"


@pytest.mark.parametrize(
    ("login", "of", "book", "purpose", "said"),
    [
        row("yanlaoshi", "jiangtao", "class", "class", ("班级事务（严老师）", "Class matter (严老师)"),
            of="D.9.1", person="successor", day="make-up"),
        row("huanghr", "zhangwei", "staff", "work", ("工作联系（黄蓉）", "Contact about work (黄蓉)"),
            of="A.14", person="acting", day="make-up"),
        row("fuhr", "zhangwei", "staff", "work",
            ("工作联系（人力资源部 傅华）", "Contact about work (人力资源部, 傅华)"),
            of="A.14", person="two-books", day="make-up"),
    ],
)  # fmt: skip
def test_a_letter_begins_with_who_writes_also_where_they_are_in_no_department(
    house: World, clock: Clock, login: str, of: str, book: str, purpose: str, said: tuple[str, str]
) -> None:
    if login == "huanghr":
        act_for(house, login, "hr", "staff")
        Entry.update(state="left").where(Entry.id == house.entry(login, "wecom")).execute()
    elif login == "fuhr":
        act_for(house, login, "hr", "staff")
    clock.set("2026-11-28T10:00+08:00")
    contact = house.desk(login).directory.contact(house.entry(of, book), purpose, book=book)
    assert (say(contact.subject, "zh_CN"), say(contact.subject, "en")) == said


@walks("A.5", person="deputy")
def test_a_deputys_decision_is_on_record_with_whom_they_decided_for(house: World) -> None:
    deputise(house, "wangfang", "zhangwen", "head", "staff")
    request = change(house, "zhangwei", "staff")
    approve(house, "zhangwen", request)
    record = newest()
    assert (record.act, record.account, record.on_behalf_of, record.request) == (
        "queue.approve", house.accounts["zhangwen"], house.accounts["wangfang"], request,
    )  # fmt: skip


@walks("A.5", person="leaver", day="last-day")
def test_whoever_tries_after_the_last_day_leaves_a_record_or_gets_nothing(house: World, clock: Clock) -> None:
    desk = house.desk("zhangwen")
    leave(house, "liuyang", "staff", "zhangwen", "2026-11-27")
    clock.set("2026-11-28T00:00:01+08:00")
    before = AuditHead.get_by_id(1).seq
    for act in (
        lambda: desk.directory.card(house.entry("zhangwei")),
        lambda: desk.directory.reveal(house.entry("zhangwei"), "mobile", "work"),
        lambda: desk.directory.search("staff", "张"),
    ):
        with pytest.raises(SessionOver):
            act()
    acts = {one.act for one in AuditRecord.select().where(AuditRecord.seq > before)}
    assert "lifecycle.last_day_over" in acts


@walks("A.5", person="two-books")
def test_a_look_is_on_record_with_the_book_that_it_was_in(house: World) -> None:
    desk = house.desk("liuyang")
    for book, of in (("staff", "zhangwei"), ("group", "majun")):
        desk.directory.card(house.entry(of, book), book)
        assert (newest().act, newest().book, newest().entry) == (
            "directory.card",
            book,
            house.entry(of, book),
        )


# B.6.2: entries given to another department


def disclosure(house: World, people: str) -> int:
    """The officer of 一车间 asks for ``people``'s entries for the own unit."""
    asked = {"people": people, "what": "all", "to": str(house.unit("safety", "一车间")), "days": "7"}
    return house.desk("dingyi").asking.ask("disclosure", "safety", asked, "联合演练")


@pytest.mark.parametrize(
    ("start", "due", "after"),
    [
        row("2026-11-26", "2026-11-30", "2026-12-01", of="B.6.2", day="make-up"),
        row("2027-02-03", "2027-02-13", "2027-02-14", of="B.6.2", day="spring-festival"),
    ],
)
def test_silence_to_the_end_of_the_third_working_day_denies_it(
    house: World, clock: Clock, start: str, due: str, after: str
) -> None:
    clock.set(f"{start}T09:00+08:00")
    request = disclosure(house, "牛二")
    (asked,) = house.desk("niuer").consents.mine()
    assert asked.due == due
    clock.set(f"{after}T00:05+08:00")
    desk = house.desk("niuer")
    with pytest.raises(Refused):
        desk.consents.answer(asked.id, "yes")
    late = refusal(house.desk("panan"), request, stored(request).digest)
    assert (late.clause, Disclosure.select().count()) == ("B.6.2", 0)


@pytest.mark.parametrize(
    "reason",
    [row(one, of="A.13", person="oneself") for one in ("　", "\u200b", "\u3164", "。。。", "...", "-", "？")],
)
def test_a_reason_that_says_nothing_is_none(house: World, reason: str) -> None:
    """What is not seen, or is a mark alone, neither for a request nor where a request is turned down."""
    cites("A.13", lambda: ask_access(house.desk("zhangwei"), "staff", reason, name="孙丽", days=3))
    request = ask_access(house.desk("zhangwei"), "staff", "联调", name="孙丽", days=3)
    desk = house.desk("qianjin")
    with pytest.raises(Invalid):
        desk.queue.reject(request, desk.queue.one(request).digest, reason)
    assert state(request) == "open"


@walks("B.6.2", person="leaver", day="last-day")
def test_who_left_before_answering_is_given_to_nobody(house: World, clock: Clock) -> None:
    request = disclosure(house, "卫国")
    leave(house, "panan", "safety", "weiguo", "2026-11-24")
    clock.set("2026-11-25T09:00+08:00")
    house.desk("panan").me.who()
    with pytest.raises(Refused):
        approve(house, "panan", request)
    assert Disclosure.select().count() == 0


@walks("B.6.2", person="oneself")
def test_the_department_asks_those_of_its_own_people_too(house: World) -> None:
    """The head of the safety department is asked like everybody, and doesn't answer for another."""
    request = disclosure(house, "潘安; 牛二")
    assert len(house.desk("panan").consents.mine()) == 1
    (theirs,) = house.desk("niuer").consents.mine()
    with pytest.raises(Refused):
        house.desk("panan").consents.answer(theirs.id, "yes")
    assert "panan" not in approvers(request) or refusal(house.desk("panan"), request, stored(request).digest)


# D.9.3, D.11.3: the class


@pytest.mark.parametrize(
    ("given", "login"),
    [
        row("usual", "shilaoshi", of="D.9.3", person="deputy", day="spring-festival"),
        row("successor", "panan", of="D.9.3", person="successor", day="office-changed"),
        row("acting", "panan", of="D.9.3", person="acting", day="make-up"),
    ],
)
def test_parents_are_called_by_whoever_has_the_class_now(
    house: World, clock: Clock, given: str, login: str
) -> None:
    if given == "successor":
        succeed(house, login, "teacher", "class")
    if given == "acting":
        act_for(house, login, "teacher", "class")
    clock.set({"usual": "2027-02-06T22:00+08:00", "successor": "2026-11-24T07:00+08:00",
               "acting": "2026-11-28T10:00+08:00"}[given])  # fmt: skip
    pupil = house.entry("jiangtao", "class")
    desk = house.desk(login)
    assert Emergencies(desk).open(pupil).next == 1
    assert Emergencies(desk).note(pupil, 1, "no-answer").next == 2
    assert CallAttempt.select().count() == 1
    if given != "usual":
        cites("default", lambda: Emergencies(house.desk("yanlaoshi")).open(pupil))


@walks("D.9.3", person="two-books")
def test_a_pupil_who_is_in_another_book_too_calls_nobodys_parents(house: World) -> None:
    also_in(house, "zhangwei", "luoxi", "class")
    cites("D.9.3", lambda: Emergencies(house.desk("zhangwei")).open(house.entry("jiangtao", "class")))


@pytest.mark.parametrize(
    ("start", "after", "given"),
    [
        row("2026-11-26", "2026-12-01", "usual", of="D.11.3", person="usual", day="make-up"),
        row("2027-02-03", "2027-02-15", "successor", of="D.11.3", person="successor", day="spring-festival"),
    ],
)
def test_what_lags_is_told_to_the_teacher_of_that_day(
    house: World, clock: Clock, start: str, after: str, given: str
) -> None:
    clock.set(f"{start}T09:00+08:00")
    expect(house, "shilaoshi", "class", "高一（3）班", start)
    if given == "successor":
        succeed(house, "panan", "teacher", "class")
    clock.set(f"{after}T09:00+08:00")
    duties()
    teacher = house.desk("panan" if given == "successor" else "yanlaoshi")
    assert "duty-overdue" in {one.kind for one in teacher.notices.unread()}
    if given == "successor":
        assert "duty-overdue" not in {one.kind for one in house.desk("yanlaoshi").notices.unread()}


# D.11.2: usage of a class


def opened_many(house: World, desk: Desk) -> None:
    """Open twenty-one entries of the class."""
    from db.desk.entry.record import create_entry
    from db.store.transactions import writing

    with writing():
        values = {"name": ("某同学",), "sex": ("female",), "student_number": ("1",)}
        unit = house.unit("class", "高一（3）班")
        entries = [create_entry("class", unit, "student", values) for _number in range(21)]
    for entry in entries:
        desk.directory.card(entry)


@walks("D.11.2", person="oneself")
def test_a_teacher_who_opens_too_much_is_told_of_to_somebody_else(house: World) -> None:
    opened_many(house, house.desk("yanlaoshi"))
    assert duties().watched == 1
    assert not [one for one in house.desk("yanlaoshi").notices.unread() if one.kind == "usage"]
    told = {
        login
        for login in ("shilaoshi", "jiaowuchu")
        if any(one.kind == "usage" for one in house.desk(login).notices.unread())
    }
    assert told, "besides whoever it is about"


# H.5.3: errors found


@pytest.mark.parametrize(
    ("given", "of", "answers"),
    [
        row("successor", "shibu", "ganhr", of="H.5.3", person="successor", day="office-changed"),
        row("acting", "shibu", "ganhr", of="H.5.3", person="acting", day="make-up"),
        row("oneself", "qinyu", "xinan", of="H.5.3", person="oneself"),
    ],
)
def test_an_error_is_answered_by_the_information_department_of_today(
    house: World, clock: Clock, given: str, of: str, answers: str
) -> None:
    if given == "successor":
        succeed(house, "ganhr", "security", "secured")
    if given == "acting":
        act_for(house, "ganhr", "security", "secured")
    clock.set("2026-11-28T10:00+08:00" if given == "acting" else "2026-11-24T10:00+08:00")
    other = house.hire("lisan", "黎三", "市场部/策划组", book="secured")
    case = Cases(house.desk("qinyu")).error(
        other if of != "qinyu" else house.entry(of, "secured"), "打不通", "mobile"
    )
    desk = house.desk(answers)
    assert case in [one.id for one in Cases(desk).queue()]
    CaseWork(desk).answer(case, "corrected", "已更正")
    (told,) = heard(house.desk("qinyu"), "case-outcome")
    assert told["clause"] == "H.5.3"
    if given != "oneself":
        assert case not in [one.id for one in Cases(house.desk("xinan")).queue()]
