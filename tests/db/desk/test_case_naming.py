"""A report that names its usual handler goes to another (D.11.2)."""

from __future__ import annotations

from functools import partial

import pytest

from db.language import say
from db.store.transactions import writing
from tests.db.desk.casework import heard, turn
from tests.db.desk.reviewing import refused
from tests.wider_world import employ
from tests.world import World

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
    case = wide.desk("jiangtao").cases.report("class", words, "leak")
    school, teacher = wide.desk("jiaowuchu"), wide.desk("yanlaoshi")
    (told,) = heard(school, "case-reported")
    assert (told["case"], "D.11.2" in str(told["clause"])) == (case, True)
    assert [row.id for row in school.cases.queue()] == [case]
    assert teacher.cases.queue() == teacher.cases.mine() == ()
    assert not heard(teacher, "case-reported")
    assert not [one for one in teacher.tasks.mine().rows if one.kind == "case"]
    foreign, none = (refused(partial(teacher.cases.one, number)) for number in (case, 99))
    assert say(foreign.message, "en") == say(none.message, "en")
    assert refused(lambda: teacher.casework.triage(case, "leak", "无此事")).clause == "default"
    school.casework.triage(case, "leak", "立案")
    school.casework.investigate(case, "开始")
    school.casework.conclude(case, "已核对")
    assert turn(wide, case).actor.login == "shilaoshi", "the school investigated, so its judge is the deputy"


@pytest.mark.clause("D.11.2")
def test_a_handler_who_is_named_once_the_case_is_sorted_out_loses_it_too(wide: World) -> None:
    """A kind has handlers of its own, whom the report may have named."""
    case = wide.desk("shilaoshi").cases.report("class", "家长电话外传，来自严老师的电脑")
    assert case not in [row.id for row in wide.desk("yanlaoshi").cases.mine()]
    assert not wide.desk("yanlaoshi").cases.queue()
    assert wide.desk("jiaowuchu").cases.queue()


@pytest.mark.clause("D.11.2")
def test_a_report_that_names_nobody_of_them_goes_its_usual_way(wide: World) -> None:
    case = wide.desk("shilaoshi").cases.report("class", "有同学把名单发到网上", "leak")
    assert [row.id for row in wide.desk("yanlaoshi").cases.queue()] == [case]
    assert not wide.desk("jiaowuchu").cases.queue()
