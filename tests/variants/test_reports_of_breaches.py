"""A breach of any kind, reported when its handler is new, acts, or is the one whom it is about."""

from __future__ import annotations

import pytest

from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.cases import Cases
from db.desk.cases.work import CaseWork
from db.store.tables import Account, CaseFile, CaseNamed, Entry, Person
from tests.conftest import Clock
from tests.db.desk.casework import found, heard, turn
from tests.variants.registry import row
from tests.variants.setting import act_for, cites, succeed
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}
LEAK = "看到有人把通讯录发到群里"
KINDS = [
    ("A.16", "staff", "zhangwei", "unlawful", "it"),
    ("A.12", "staff", "zhangwei", "leak", "it"),
    ("A.18", "staff", "zhangwei", "misuse", "it"),
    ("A.19", "staff", "zhangwei", "forwarding", "it"),
    ("B.6.1", "safety", "dingyi", "leak", "safety"),
    ("B.7.2", "safety", "dingyi", "late", "safety"),
    ("C.9.1", "subsidiary", "tangyu", "leak", "security"),
    ("C.11", "subsidiary", "tangyu", "misuse", "security"),
    ("E.8", "group", "majun", "leak", "hr"),
    ("E.9", "group", "majun", "harassment", "hr"),
    ("E.11", "group", "majun", "commercial-use", "hr"),
    ("F.6.1", "general", "lunan", "misuse", "hr"),
    ("G.6.1", "wecom", "shuqi", "leak", "hr"),
    ("G.6.2", "wecom", "shuqi", "marketing", "hr"),
    ("G.6.3", "wecom", "shuqi", "bad-content", "hr"),
    ("G.6.4", "wecom", "shuqi", "private-chat", "hr"),
    ("H.3.3", "secured", "qinyu", "tampering", "security"),
    ("H.5.2", "secured", "qinyu", "leak", "security"),
    ("I.4.4.1", "controlled", "xiepi", "forwarding", "director"),
]
PUPILS = [("D.6", "commercial-use"), ("D.7", "attack"), ("D.10", "privacy"), ("D.11.2", "leak")]
NEW = {"staff": "zhangwen", "safety": "niuer", "subsidiary": "xuning", "group": "songjia",
       "general": "tanlan", "wecom": "caiming", "secured": "shibu", "controlled": "taojs"}  # fmt: skip
"""Who comes to hold the office that handles a book's cases."""


def waiting(case: int) -> set[str]:
    """The logins for whom ``case`` waits."""
    case_roles = CaseRoles().waiting_approvers(CaseFile.get_by_id(case))
    return {Account.get_by_id(one.account).login for one in case_roles}


def reported_to(house: World, reporter: str, book: str, kind: str, clause: str, whom: str) -> None:
    """Report a breach and see that it waits for ``whom`` alone, by its clause."""
    case = Cases(house.desk(reporter)).report(book, LEAK, kind)
    assert waiting(case) == {whom}
    (line,) = [one for one in Cases(house.desk(whom)).queue() if one.id == case]
    assert clause in line.clause
    assert [one["case"] for one in heard(house.desk(whom), "case-reported")] == [case]


@pytest.mark.parametrize(
    ("clause", "book", "reporter", "kind", "role"),
    [row(*values, of=values[0], person="successor", day="office-changed") for values in KINDS]
    + [
        row(clause, "class", "jiangtao", kind, "teacher", of=clause, person="successor", day="office-changed")
        for clause, kind in PUPILS
    ],
)
def test_it_goes_to_who_holds_the_office_now(
    house: World, clock: Clock, clause: str, book: str, reporter: str, kind: str, role: str
) -> None:
    """Reported the day after the office changed: nothing of it goes to who held it until then."""
    whom = NEW.get(book, "panan")
    before = house.desk(turn(house, Cases(house.desk(reporter)).report(book, LEAK, kind)).actor.login)
    succeed(house, whom, role, book)
    clock.forward(days=1)
    reported_to_new = Cases(house.desk(reporter)).report(book, LEAK, kind)
    assert waiting(reported_to_new) == {whom}
    (line,) = [one for one in Cases(house.desk(whom)).queue() if one.id == reported_to_new]
    assert clause in line.clause
    former = house.desk(before.actor.login)
    assert reported_to_new not in [one.id for one in Cases(former).queue()]
    assert reported_to_new not in [one["case"] for one in heard(former, "case-reported")]


@pytest.mark.parametrize(
    ("clause", "book", "reporter", "kind", "role"),
    [row(*values, of=values[0], person="acting", day="spring-festival") for values in KINDS]
    + [
        row(clause, "class", "jiangtao", kind, "teacher", of=clause, person="acting", day="spring-festival")
        for clause, kind in PUPILS
    ],
)
def test_it_goes_to_who_acts_in_the_holidays(
    house: World, clock: Clock, clause: str, book: str, reporter: str, kind: str, role: str
) -> None:
    act_for(house, NEW.get(book, "panan"), role, book)
    clock.set("2027-02-08T10:00+08:00")
    reported_to(house, reporter, book, kind, clause, NEW.get(book, "panan"))


@pytest.mark.parametrize(
    ("clause", "book", "reporter", "kind", "role"),
    [row(*values, of=values[0], person="oneself") for values in KINDS],
)
def test_it_leaves_whoever_turns_out_to_be_the_one_whom_it_is_about(
    house: World, clause: str, book: str, reporter: str, kind: str, role: str
) -> None:
    """The handler's own name comes up in the investigation: from then on they read and decide nothing."""
    case = Cases(house.desk(reporter)).report(book, LEAK, kind)
    CaseWork(turn(house, case)).triage(case, kind, "立案")
    handler = turn(house, case)
    CaseWork(handler).involve(case, found(handler, case, str(handler.me.who().name)))
    again = house.desk(handler.actor.login)
    assert case not in [one.id for one in (*Cases(again).queue(), *Cases(again).mine())]
    cites("default", lambda: Cases(again).one(case))
    assert waiting(case), "somebody goes on with it"
    assert handler.actor.login not in waiting(case)


@pytest.mark.parametrize(
    ("book", "reporter", "words", "about"),
    [
        row("staff", "zhangwei", "郭工把通讯录卖给了猎头", "guotao",
            of="A.18 A.16", person="oneself", day="make-up"),
        row("safety", "dingyi", "潘经理把名单发给了供应商", "panan",
            of="B.6.1 B.7.2", person="head-and-keeper",
            day="make-up"),
        row("wecom", "shuqi", "黄经理私下卖名单", "huanghr",
            of="G.6.1", person="head-and-keeper", day="make-up"),
        row("general", "lunan", "金经理拿名单谋私", "jinhr",
            of="F.6.1", person="head-and-keeper", day="make-up"),
        row("secured", "qinyu", "辛主管把名单带走了", "xinan", of="H.5.2 H.3.3", person="head-and-keeper",
            day="make-up"),
        row("group", "majun", "罗经理把名单发给了中介", "luoyan",
            of="E.8 E.11", person="oneself", day="make-up"),
        row("group", "majun", "刘总监把名单发给了中介", "liuyang", of="E.8", person="head-and-keeper",
            day="make-up"),
        row("class", "jiangtao", "严老师把家长电话给了补习班", "yanlaoshi", of="D.11.2 D.7", person="oneself",
            day="make-up"),
        row("class", "luoxi", "班主任把家长电话给了补习班", "yanlaoshi",
            of="D.11.2", person="head-and-keeper",
            day="make-up"),
        row("controlled", "xiepi", "冯总把通讯录转给了供应商", "fengdir",
            of="I.4.4.1", person="head-and-keeper",
            day="make-up"),
    ],
)  # fmt: skip
def test_a_report_that_is_about_its_handler_never_reaches_them(
    house: World, clock: Clock, book: str, reporter: str, words: str, about: str
) -> None:
    """Named as colleagues speak: surname and title, or the office. Reported on a Saturday that is worked."""
    clock.set("2026-11-28T10:00+08:00")
    case = Cases(house.desk(reporter)).report(book, words)
    assert about not in waiting(case)
    assert waiting(case)
    named = house.desk(about)
    assert case not in [one.id for one in Cases(named).queue()]
    assert case not in [one["case"] for one in heard(named, "case-reported")]


@pytest.mark.parametrize(
    ("book", "reporter", "role", "acts", "words"),
    [
        row("staff", "zhangwei", "it", "zhangwen", "张文把通讯录卖给了猎头", of="A.18", person="acting"),
        row("subsidiary", "tangyu", "security", "xuning", "许宁把通讯录卖给了猎头", of="C.9.1 C.11",
            person="acting"),
        row("secured", "qinyu", "security", "shibu", "石布把名单带走了", of="H.5.2", person="acting"),
        row("class", "jiangtao", "teacher", "shilaoshi", "施老师把家长电话给了补习班", of="D.11.2",
            person="acting"),
    ],
)  # fmt: skip
def test_a_report_about_who_acts_as_the_handler_never_reaches_them(
    house: World, book: str, reporter: str, role: str, acts: str, words: str
) -> None:
    act_for(house, acts, role, book)
    case = Cases(house.desk(reporter)).report(book, words)
    assert acts not in waiting(case)
    assert waiting(case)


@pytest.mark.threat(18)
@pytest.mark.parametrize(
    ("book", "reporter", "about", "name", "words"),
    [
        row("staff", "zhangwei", "guotao", "阿卜杜热依木·买买提", "买买提把通讯录卖给了猎头",
            of="A.18 A.16", person="oneself", day="make-up"),
        row("class", "jiangtao", "yanlaoshi", "扎西次仁", "扎西把家长电话给了补习班",
            of="D.11.2", person="oneself", day="make-up"),
        row("safety", "dingyi", "panan", "司徒南", "司徒把名单发给了供应商",
            of="B.7.2", person="head-and-keeper", day="make-up"),
        row("wecom", "shuqi", "huanghr", "José García-López", "Garcia sells the list",
            of="G.6.1", person="head-and-keeper", day="make-up"),
    ],
)  # fmt: skip
def test_a_report_by_a_part_of_a_long_name_never_reaches_whose_it_is(
    house: World, clock: Clock, book: str, reporter: str, about: str, name: str, words: str
) -> None:
    """As colleagues say a name with a dot, of four characters, of a surname of two, or with accents."""
    Person.update(name=name).where(Person.id == house.people[about]).execute()
    clock.set("2026-11-28T10:00+08:00")
    case = Cases(house.desk(reporter)).report(book, words, "leak")
    assert waiting(case)
    assert about not in waiting(case)


@pytest.mark.threat(18)
@pytest.mark.parametrize(
    ("book", "reporter", "about", "name", "words"),
    [
        row("staff", "zhangwei", "guotao", "", "郭濤把通訊錄賣給了獵頭", of="A.18 A.16", person="oneself"),
        row("group", "majun", "luoyan", "", "羅經理把名單發給了中介", of="E.8", person="oneself"),
        row("group", "majun", "liuyang", "", "劉總監把名單發給了中介", of="E.8", person="head-and-keeper"),
        row("wecom", "shuqi", "huanghr", "陳麗華", "陈丽华卖名单", of="G.6.1", person="head-and-keeper"),
        row("class", "jiangtao", "yanlaoshi", "", "嚴老師把家長電話賣了", of="D.11.2", person="oneself"),
        row("safety", "dingyi", "panan", "", "安全管理部經理把名單賣了", of="B.7.2",
            person="head-and-keeper"),
        row("general", "lunan", "jinhr", "", "人力資源經理賣名單", of="F.6.1", person="head-and-keeper"),
    ],
)  # fmt: skip
def test_a_report_in_traditional_characters_never_reaches_whose_it_is(
    house: World, book: str, reporter: str, about: str, name: str, words: str
) -> None:
    """As a colleague in Hong Kong or Taipei types, or of one whose own name is written so."""
    if name:
        Person.update(name=name).where(Person.id == house.people[about]).execute()
    kind = "misuse" if book == "general" else "leak"
    case = Cases(house.desk(reporter)).report(book, words, *([] if book == "class" else [kind]))
    assert waiting(case)
    assert about not in waiting(case)


@pytest.mark.threat(18)
@pytest.mark.parametrize(
    ("book", "reporter", "words", "about"),
    [
        row("staff", "zhangwei", "131 0000 8501 在卖名单", "guotao", of="A.18 A.16", person="oneself"),
        row(
            "staff", "zhangwei", "＋８６１３１００００８５０１在卖名单", "guotao", of="A.18", person="oneself"
        ),
        row(
            "staff",
            "zhangwei",
            "分机8501的人把名单卖了",
            "guotao",
            of="A.18",
            person="oneself",
            day="make-up",
        ),
        row(
            "secured", "qinyu", "名单是 Xinan@huaxing.example 发出去的", "xinan", of="H.5.2", person="oneself"
        ),
        row("wecom", "shuqi", "138-0000-5002 发的广告", "huanghr", of="G.6.2", person="head-and-keeper"),
        row(
            "controlled", "xiepi", "在外面看到 13800004102 转发的", "fengdir", of="I.4.4.1", person="oneself"
        ),
    ],
)
def test_a_report_by_a_number_or_an_address_never_reaches_whose_it_is(
    house: World, clock: Clock, book: str, reporter: str, words: str, about: str
) -> None:
    """What one has in hand of a call or a mail, and what a directory is there for."""
    clock.set("2026-11-28T10:00+08:00")
    case = Cases(house.desk(reporter)).report(book, words)
    assert waiting(case)
    assert about not in waiting(case)


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
@pytest.mark.parametrize(
    "words", ["2026 年的名单共 850 条被卖了", "13800000000 在卖名单", "订单 13100008501999"]
)
def test_another_number_names_nobody(house: World, words: str) -> None:
    assert waiting(Cases(house.desk("zhangwei")).report("staff", words, "leak")) == {"guotao"}


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
@pytest.mark.parametrize(
    ("book", "reporter", "words", "usual", "another"),
    [
        ("secured", "qinyu", "信息主管把名单带走了", "xinan", "fuhr"),
        ("secured", "qinyu", "信息管理部负责人把名单带走了", "xinan", "fuhr"),
        ("safety", "dingyi", "安全管理部经理把名单卖了", "panan", "kangle"),
        ("safety", "dingyi", "安全工程师把名单卖了", "kangle", "panan"),
        ("wecom", "shuqi", "人事经理把名单卖了", "huanghr", "xuhr"),
        ("wecom", "shuqi", "人事行政部负责人把名单卖了", "huanghr", "xuhr"),
        ("general", "lunan", "人力资源经理卖名单", "jinhr", "yuhr"),
        ("general", "lunan", "The HR manager sells the list", "jinhr", "yuhr"),
        ("group", "majun", "人力资源总监把名单卖了", "liuyang", "luoyan"),
        ("subsidiary", "tangyu", "安全工程师卖名单", "panlong", ""),
        ("staff", "zhangwei", "IT 部负责人把名单卖了", "guotao", ""),
        ("staff", "zhangwei", "运维工程师把名单卖了", "guotao", ""),
        ("staff", "zhangwei", "The head of IT sells the list", "guotao", ""),
        ("combined", "geyuan", "行政人事总监把通讯录转给了供应商", "nidir", ""),
        ("combined", "geyuan", "信息安全部安全主管把通讯录卖了", "linan", ""),
    ],
)
def test_a_position_names_its_handler(
    house: World, book: str, reporter: str, words: str, usual: str, another: str
) -> None:
    """As colleagues speak of somebody: it goes to others from the beginning."""
    case = Cases(house.desk(reporter)).report(book, words, "misuse" if book == "general" else "leak")
    assert usual not in waiting(case)
    assert waiting(case), "somebody handles it"
    assert not another or another in waiting(case)
    assert not heard(house.desk(usual), "case-reported")
    cites("default", lambda: Cases(house.desk(usual)).one(case))


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
@pytest.mark.parametrize(
    ("book", "reporter", "words", "usual"),
    [
        ("combined", "geyuan", "总监把通讯录发给了中介", "nidir"),
        ("combined", "geyuan", "听说是总监，名单已经在外面了", "nidir"),
        ("combined", "geyuan", "The director sells the list", "nidir"),
        ("group", "majun", "发现总监把名单卖了", "liuyang"),
        ("wecom", "shuqi", "经理把名单卖了", "huanghr"),
    ],
)
def test_a_title_alone_means_the_one_handler_who_has_it(
    house: World, book: str, reporter: str, words: str, usual: str
) -> None:
    """In doubt it is theirs; another handles it. Of two who have it, either may be meant, or neither."""
    Entry.update(position="经理").where(Entry.id == house.entry("huanghr", "wecom")).execute()
    case = Cases(house.desk(reporter)).report(book, words, "leak")
    named = CaseNamed.select().where((CaseNamed.case == case) & (CaseNamed.account == house.accounts[usual]))
    assert named.exists()
    assert waiting(case) - {usual} == waiting(case) != set(), "somebody else handles it"
    Entry.update(position="经理").where(Entry.id == house.entry("xuhr", "wecom")).execute()
    assert waiting(Cases(house.desk("shuqi")).report("wecom", "经理把名单卖了")) == {"huanghr", "xuhr"}


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
@pytest.mark.parametrize(
    "words",
    [
        "员工把名单卖了", "主管部门把名单卖了", "信息技术部的张三把名单卖了", "产品经理把名单卖了",
        "我告诉经理有人卖名单", "王经理把名单卖了",
    ],
)  # fmt: skip
def test_a_mere_title_names_no_handler(house: World, words: str) -> None:
    """Where a position is what everybody may be called, or the title is another's, it goes its usual way."""
    Entry.update(position="员工").where(Entry.id == house.entry("xuhr", "wecom")).execute()
    Entry.update(position="经理").where(Entry.id == house.entry("huanghr", "wecom")).execute()
    assert waiting(Cases(house.desk("shuqi")).report("wecom", words)) == {"huanghr", "xuhr"}
    assert waiting(Cases(house.desk("zhangwei")).report("staff", words)) == {"guotao"}


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
@pytest.mark.parametrize(
    ("whom", "usual"),
    [("人事总管", False), ("经理", False), ("舒琪", True), ("Shu Qi", True), ("产品负责人", True)],
)
def test_words_for_nobody_leave_doubt(house: World, whom: str, usual: bool) -> None:
    """Who is meant can't be told: nobody gets it who would usually; of somebody else it goes as it does."""
    case = Cases(house.desk("caiming")).report("wecom", "有人把名单卖了", "leak", about="somebody", whom=whom)
    assert (waiting(case) == {"huanghr", "xuhr"}) is usual
    assert waiting(case)
    assert usual or not waiting(case) & {"huanghr", "xuhr"}
