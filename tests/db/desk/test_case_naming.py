"""A report that names its usual handler goes to another (D.11.2)."""

from __future__ import annotations

from functools import partial

import pytest

from db.desk import Invalid
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.cases import Cases
from db.desk.cases.naming_handlers import _says_unit, mentions_name
from db.desk.cases.work import CaseWork
from db.language import say
from db.store.tables import CaseFile, CaseNamed, Grant, Person
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.casework import heard, keeps_out, turn
from tests.db.desk.reviewing import refused
from tests.wider_world import employ
from tests.world import World

PEOPLE = {"safety": "dingyi", "wecom": "caiming", "general": "lunan", "secured": "qinyu"}
"""Somebody of each book who handles no case."""
BOOKS_OF = {"wide": ("safety", "class", "wecom", "general", "secured")}


@pytest.fixture
def wide(world: World) -> World:
    """Every regulation's book but the controlled ones."""
    return world


@pytest.mark.threat(18)
@pytest.mark.clause("D.11.2")
@pytest.mark.parametrize(
    "words", ["严老师把家长电话给了补习班", "yanlaoshi 把家长电话给了补习班", "班主任把家长电话卖了"]
)
def test_a_report_that_names_its_usual_handler_goes_to_another(wide: World, words: str) -> None:
    """By name, login or office: the school has it and is told, and the teacher sees nothing of it."""
    with writing():
        employ(wide, "jiangtao", "江涛", "class", ())
    case = Cases(wide.desk("jiangtao")).report("class", words, "leak")
    school, teacher = wide.desk("jiaowuchu"), wide.desk("yanlaoshi")
    (told,) = heard(school, "case-reported")
    assert (told["case"], "D.11.2" in str(told["clause"])) == (case, True)
    assert [row.id for row in Cases(school).queue()] == [case]
    assert Cases(teacher).queue() == Cases(teacher).mine() == ()
    assert not heard(teacher, "case-reported")
    assert not [one for one in teacher.tasks.mine().rows if one.kind == "case"]
    foreign, none = (refused(partial(Cases(teacher).one, number)) for number in (case, 99))
    assert say(foreign.message, "en") == say(none.message, "en")
    assert refused(lambda: CaseWork(teacher).triage(case, "leak", "无此事")).clause == "default"
    CaseWork(school).triage(case, "leak", "立案")
    CaseWork(school).investigate(case, "开始")
    CaseWork(school).conclude(case, "已核对")
    assert turn(wide, case).actor.login == "shilaoshi", "the school investigated, so its judge is the deputy"


@pytest.mark.clause("D.11.2")
def test_a_handler_who_is_named_once_the_case_is_sorted_out_loses_it_too(wide: World) -> None:
    """A kind has handlers of its own, whom the report may have named."""
    case = Cases(wide.desk("shilaoshi")).report("class", "家长电话外传，来自严老师的电脑")
    assert case not in [row.id for row in Cases(wide.desk("yanlaoshi")).mine()]
    assert not Cases(wide.desk("yanlaoshi")).queue()
    assert Cases(wide.desk("jiaowuchu")).queue()


@pytest.mark.clause("D.11.2")
def test_a_report_that_names_nobody_of_them_goes_its_usual_way(wide: World) -> None:
    case = Cases(wide.desk("shilaoshi")).report("class", "有同学把名单发到网上", "leak")
    assert [row.id for row in Cases(wide.desk("yanlaoshi")).queue()] == [case]
    assert not Cases(wide.desk("jiaowuchu")).queue()


@pytest.mark.threat(18)
@pytest.mark.clause("A.18", "D.11.2")
@pytest.mark.parametrize(
    "words",
    [
        "严老师把我家长电话发给了培训机构",
        "严 老 师 把名单发了",
        "是姓严的干的",
        "老严把名单卖了",
        "严某把名单外传",
        "严副主任拿走了名单",
        "Teacher Yan sent it to a training agency",
        "Yan laoshi ba mingdan fa le",
        "the list was sent by YANLAOSHI",
    ],
)
def test_a_surname_and_a_title_name_a_handler(wide: World, words: str) -> None:
    """As pupils speak of their teacher; the school has it, and is told."""
    with writing():
        employ(wide, "jiangtao", "江涛", "class", ())
    Person.update(name="严立").where(Person.id == wide.people["yanlaoshi"]).execute()
    case = Cases(wide.desk("jiangtao")).report("class", words, "leak")
    keeps_out(wide, "yanlaoshi", case)
    assert [row.id for row in Cases(wide.desk("jiaowuchu")).queue()] == [case]
    assert [told["case"] for told in heard(wide.desk("jiaowuchu"), "case-reported")] == [case]


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
@pytest.mark.parametrize(
    ("name", "words", "means"),
    [
        ("孙立", "孙工拿走了名册", True),
        ("孙立", "孙总监", True),
        ("罗明", "罗经理说没事", True),
        ("罗明", "罗副总经理", True),
        ("欧阳雪", "欧阳处长外传", True),
        ("欧阳雪", "欧处长外传", True),
        ("欧阳雪", "ouyang xue sent it", True),
        ("欧阳雪", "Xue Ouyang sent it", True),
        ("张志远", "志远发的", True),
        ("单工", "shan gong", True),
        ("John Smith", "Mr. Smith sent it", True),
        ("John Smith", "a blacksmith sent it", False),
        ("严立", "情况严重，请从严处理", False),
        ("高山", "高工资的人才看得到", False),
        ("高山", "个人信息被外传", False),
        ("罗明", "包罗万象", False),
        ("安宁", "an employee sent it", False),
        ("阿卜杜热依木·买买提", "买买提把名单卖了", True),
        ("阿卜杜热依木·买买提", "阿卜杜热依木把名单卖了", True),
        ("约翰·R·史密斯", "史密斯先生发的", True),
        ("扎西次仁", "次仁把名单卖了", True),
        ("扎西次仁", "名单由扎西发出", True),
        ("山田太郎", "山田发的", True),
        ("司徒南", "司徒把名单卖了", True),
        ("司徒南", "门徒南下", False),
        ("值班人员", "有人员外传", False),
        ("教务主任", "王主任把名单卖了", False),
        ("José García-López", "Garcia sent it", True),
        ("Nguyễn Thị Hoa", "Nguyen sent it", True),
        ("Nguyen Thi Hoa", "Nguyễn sent it", True),
        ("O'Brien, Patrick", "O'Brien sent it", True),
        ("(外聘)王芳", "名册被(外聘)王芳拿走", True),
        ("(外聘)王芳", "名册被人拿走", False),
        ("[劳务]李平", "a list (of names) was sent", False),
    ],
)
def test_whom_words_mean(name: str, words: str, means: bool) -> None:
    assert mentions_name(words, name) is means


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
def test_the_form_asks_whom_it_is_about(wide: World) -> None:
    """Somebody by surname and title in the field for it, or whoever gets such reports."""
    with writing():
        employ(wide, "jiangtao", "江涛", "class", ())
    reporter = wide.desk("shilaoshi")
    case = Cases(reporter).report("class", "有人把名单卖了", "leak", about="handlers")
    keeps_out(wide, "yanlaoshi", case)
    assert [row.id for row in Cases(wide.desk("jiaowuchu")).queue()] == [case]
    keeps_out(
        wide,
        "yanlaoshi",
        Cases(reporter).report("class", "有人卖名单", "leak", about="somebody", whom="严老师"),
    )
    usual = Cases(wide.desk("jiangtao")).report("class", "有人卖名单")
    (whom,) = [one.name for one in CaseRoles().waiting_approvers(CaseFile.get_by_id(usual))]
    keeps_out(wide, "jiaowuchu", Cases(reporter).report("class", "有人卖名单", about="handlers"))
    assert whom == "教务处", "a report of no known kind goes to the school"
    with pytest.raises(Invalid):
        Cases(reporter).report("class", "有人把名单卖了", about="somebody")
    usual = Cases(reporter).report("class", "有人把名单卖了", "leak", about="nobody", whom="江同学")
    assert usual in [row.id for row in Cases(wide.desk("yanlaoshi")).queue()]


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
@pytest.mark.parametrize("whom", ["人力资源部", "人事部", "人事部门", "HR", "the HR department", "人事"])
def test_a_department_that_is_named_gets_nothing_of_it(world: World, whom: str) -> None:
    """By its name or a usual one, asked for or in the free words; it goes its usual way, as that is known."""
    reporter = world.desk("wangfang")
    for case in (
        Cases(reporter).report("staff", "手机号被卖了", "leak", about="somebody", whom=whom),
        Cases(reporter).report("staff", f"{whom} 把手机号卖了", "leak"),
    ):
        keeps_out(world, "liuyang", case)
        keeps_out(world, "zengqing", case)
        assert world.accounts["guotao"] in [
            one.account for one in CaseRoles().waiting_approvers(CaseFile.get_by_id(case))
        ]


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
@pytest.mark.parametrize("words", ["人事部把手机号卖了", "HR那边卖名单", "the personnel department sold it"])
def test_who_belongs_to_a_department_is_named_by_any_usual_name_of_it(words: str) -> None:
    """Also whoever handles cases by an office that is not of their own department."""
    assert _says_unit(words, "人力资源部", "")
    assert not _says_unit(words, "信息安全部", "")


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
@pytest.mark.parametrize(
    "words",
    [
        "信息技术部导出了通讯录",
        "IT把通讯录卖了",
        "it部门的人卖了名单",
        "IT sold the list",
        "信息技术部门外传名单",
    ],
)
def test_a_handlers_own_department_in_the_words_names_them(world: World, words: str) -> None:
    keeps_out(world, "guotao", Cases(world.desk("wangfang")).report("staff", words, "leak"))


@pytest.mark.threat(18)
@pytest.mark.clause("A.18", "D.11.2")
@pytest.mark.parametrize(
    "whom", ["学校", "校方", "学校领导", "学校管理", "the school", "School administration"]
)
def test_the_school_that_is_named_gets_nothing_of_it(wide: World, whom: str) -> None:
    with writing():
        employ(wide, "jiangtao", "江涛", "class", ())
    reporter = wide.desk("jiangtao")
    case = Cases(reporter).report("class", "家长电话被卖了", "leak", about="somebody", whom=whom)
    keeps_out(wide, "jiaowuchu", case)
    assert [row.id for row in Cases(wide.desk("yanlaoshi")).queue()] == [case]
    keeps_out(wide, "jiaowuchu", Cases(reporter).report("class", "电话被卖了", about="somebody", whom=whom))


@pytest.mark.threat(18)
@pytest.mark.clause("A.18", "D.11.2")
@pytest.mark.parametrize(
    "words",
    [
        "老班把我妈妈的电话给了补习班",
        "班头把家长电话卖了",
        "班导把家长电话发出去了",
        "严sir把电话发给别人",
        "严阿姨把名单给了中介",
        "文老师把电话发给别人",
        "小文把名单给了中介",
        "our homeroom teacher gave the numbers to a school",
        "our form teacher sold the list",
        "The teacher sold the list",
        "管我们的老师把名单给了中介",
        "班里的老师把名单给了中介",
        "老师把名单给了中介",
        "老師把名單給了中介",
    ],
)
def test_a_class_teacher_is_meant_as_a_class_speaks_of_them(wide: World, words: str) -> None:
    with writing():
        employ(wide, "jiangtao", "江涛", "class", ())
    Person.update(name="严文").where(Person.id == wide.people["yanlaoshi"]).execute()
    case = Cases(wide.desk("jiangtao")).report("class", words, "leak")
    keeps_out(wide, "yanlaoshi", case)
    assert [row.id for row in Cases(wide.desk("jiaowuchu")).queue()] == [case]
    other = Cases(wide.desk("jiangtao")).report("class", "教体育的王老师把名单卖了", "leak")
    assert [row.id for row in Cases(wide.desk("yanlaoshi")).queue()] == [other]


@pytest.mark.threat(18)
@pytest.mark.clause("A.18", "D.3", "D.11.2")
@pytest.mark.parametrize(
    "words",
    [
        "副班主任在家长群里晒成绩",
        "副班把名单给了中介",
        "副班老师把名单给了中介",
        "our deputy teacher sold the list",
        "the vice class teacher sold the list",
        "The deputy head teacher sold it",
    ],
)
def test_a_deputy_is_meant_as_a_class_speaks_of_them(wide: World, words: str) -> None:
    """Also once they are the class teacher."""
    with writing():
        employ(wide, "jiangtao", "江涛", "class", ())
    case = Cases(wide.desk("jiangtao")).report("class", words, "leak")
    with writing():
        Grant.update(account=wide.accounts["shilaoshi"]).where(Grant.role == "teacher").execute()
    keeps_out(wide, "shilaoshi", case)
    assert [row.id for row in Cases(wide.desk("jiaowuchu")).queue()] == [case]
    other = Cases(wide.desk("jiangtao")).report("class", "副班长把名单卖了", "leak")
    assert [row.id for row in Cases(wide.desk("shilaoshi")).queue()] == [other]


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
@pytest.mark.parametrize("words", ["蓉姐", "蓉蓉", "小蓉", "阿蓉", "蓉子", "蓉总", "蓉儿姐和蓉姐"])
def test_a_nickname_names_a_handler(wide: World, words: str) -> None:
    """In the words, or as whom it is about."""
    reporter = Cases(wide.desk("caiming"))
    keeps_out(wide, "huanghr", reporter.report("wecom", f"{words}把名单卖了"))
    keeps_out(wide, "huanghr", reporter.report("wecom", "名单被卖了", about="somebody", whom=words))


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
@pytest.mark.parametrize(
    "words",
    [
        "看到有人把通讯录发到群里",
        "somebody sent it to a client, and it was printed",
        "违反信息安全制度，个人信息外传",
        "人事变动之后名单外传",
        "打印机旁有一份名册，没有人认领",
        "客户手里有整本名册，明明写着不得外传",
        "刚刚有人把文件发到小红书",
        "小组里有人发了名单，请安全处理，并依法处置",
        "在信息技术公司的网站上看到名册",
        "学校外面有人在卖名单",
    ],
)
def test_everyday_words_name_no_handler(wide: World, words: str) -> None:
    """Of no book, so that a report goes its usual way."""
    for login, name in (("xiaoming", "严文明"), ("xiaogang", "方刚")):
        with writing():
            employ(wide, login, name, "class", ("deputy-teacher",))
    for book in ("class", "safety", "wecom", "general", "secured"):
        case = Cases(wide.desk("jiaowuchu" if book == "class" else PEOPLE[book])).report(book, words)
        assert not CaseNamed.select().where(CaseNamed.case == case).exists()


@pytest.mark.threat(18)
@pytest.mark.clause("A.18", "D.11.2")
def test_who_comes_to_the_office_later_does_not_get_what_names_them(wide: World) -> None:
    """The day after: the deputy whom a report named has become the class teacher."""
    with writing():
        employ(wide, "jiangtao", "江涛", "class", ())
    case = Cases(wide.desk("jiangtao")).report("class", "施老师把名单发给了培训机构", "leak")
    assert [row.id for row in Cases(wide.desk("yanlaoshi")).queue()] == [case]
    with writing():
        Grant.update(account=wide.accounts["shilaoshi"]).where(Grant.role == "teacher").execute()
    keeps_out(wide, "shilaoshi", case)
    assert [row.id for row in Cases(wide.desk("jiaowuchu")).queue()] == [case]
    assert refused(lambda: Cases(wide.desk("shilaoshi")).one(case)).clause == "default"


@pytest.mark.threat(18)
@pytest.mark.clause("A.18", "D.11.2")
def test_who_held_no_office_when_a_report_named_them_does_not_get_it_with_one(
    wide: World, clock: Clock
) -> None:
    """A pupil's brother, say, who is made class teacher the week after: by name, as he is called then."""
    with writing():
        employ(wide, "jiangtao", "江涛", "class", ())
    case = Cases(wide.desk("shilaoshi")).report("class", "江涛把名单发给了培训机构", "leak")
    other = Cases(wide.desk("shilaoshi")).report("class", "有人把名单发给了培训机构", "leak")
    clock.forward(days=7)
    wide.grant("jiangtao", "teacher", "class")
    assert [row.id for row in Cases(wide.desk("jiangtao")).queue()] == [other]
    keeps_out(wide, "jiangtao", case)
