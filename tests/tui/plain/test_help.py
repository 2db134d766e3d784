"""Help for plain commands: each explained, and jobs found in people's own words."""

from __future__ import annotations

import re

import pytest
from pypinyin import lazy_pinyin

from db.desk.frame import OPERATIONS
from db.language import LANGUAGES, say
from tests.tui.plain.conftest import Ask
from tests.tui.plain.test_plain import DOCUMENT
from tests.world import World
from tui.jobs import MAY, Job, find_jobs, read_jobs
from tui.plain.command import Command
from tui.plain.registry import COMMANDS


def test_help_lists_every_command_in_both_languages(ask: Ask) -> None:
    for language in LANGUAGES:
        answer = ask("zhangwei", "help", language=language)
        assert answer.status == 0
        for command in COMMANDS:
            assert f"\n{command.name} " in answer.text
        assert all(len(line.encode("gbk")) <= 80 for line in answer.text.splitlines())


def test_help_explains_one_command(ask: Ask) -> None:
    answer = ask("zhangwei", "help evidence")
    assert "evidence add NAME" in answer.text
    assert "evidence get ID" in answer.text
    assert ask("zhangwei", "help nonsense").status == 2


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_explains_itself_when_asked_for_help(ask: Ask, command: Command) -> None:
    """In the reader's language, whatever else is or is not written yet."""
    for language in LANGUAGES:
        answer = ask("zhangwei", f"{command.name} --help", language=language)
        assert (answer.status, answer.err) == (0, "")
        assert answer.text.startswith(f"{command.usage}\n")
        assert " ".join(say(command.help, language).split())[:20] in answer.text


def test_the_first_word_of_several_commands_explains_all_of_them(ask: Ask) -> None:
    answer = ask("zhangwei", "evidence --help")
    assert answer.status == 0
    assert "evidence add NAME" in answer.text
    assert "evidence get ID" in answer.text
    assert ask("liuyang", "queue 17 --help").text == ask("liuyang", "help queue").text
    assert ask("zhangwei", "find -- --help").status == 0
    assert "find TEXT" not in ask("zhangwei", "find -- --help").text
    assert ask("zhangwei", "nonsense --help").status == 2


def test_help_finds_what_somebody_wants_to_do_as_they_say_it(ask: Ask) -> None:
    """In Chinese, however it is put, in pinyin, by initials and in English."""
    for said in ("我想改手机号", "改我的手机号", "换号", "gaishoujihao", "ＧＳＪＨ", "change mobile"):
        answer = ask("zhangwei", f"help {said}")
        assert (answer.status, answer.text.splitlines()[1].split()[0]) == (0, "我想改手机号")
        assert " 4 n " in answer.text
    assert ask("zhangwei", "help 报销").status == 2


def test_help_tells_a_job_to_those_who_may_do_it(ask: Ask) -> None:
    assert "有人离职" in ask("chenjing", "help jobs").text
    assert "有人离职" not in ask("zhangwei", "help jobs").text
    assert "我想改手机号" in ask("zhangwei", "help jobs").text


def test_help_finds_what_is_everybodys_before_the_undertaking_too(world: World) -> None:
    import io

    from tui.plain.work import work

    out = io.BytesIO()
    desk = world.desk("zhangwei", accepted=False)
    assert work(["help", "改手机号"], desk, io.BytesIO(), out, io.BytesIO()) == 0
    assert " 4 n " in out.getvalue().decode()


@pytest.mark.parametrize("job", read_jobs(), ids=lambda job: job.en)
def test_a_job_names_a_command_and_a_page_that_there_are(job: Job) -> None:
    command = "ask" if job.command.startswith("ask ") else job.command
    assert command in {"", *(command.name for command in COMMANDS)}
    assert job.may in MAY or job.may in OPERATIONS
    assert all((DOCUMENT.parent / f"{job.page}{language}.md").exists() for language in ("", ".zh"))
    assert job in find_jobs(job.zh, read_jobs())
    assert job in find_jobs("".join(lazy_pinyin(re.split("[ ，]", job.zh)[0])), read_jobs())


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("组织架构", "看组织架构"),
        ("撤销部门", "调整组织架构"),
        ("合并部门", "调整组织架构"),
        ("新建部门", "调整组织架构"),
        ("部门改名", "调整组织架构"),
        ("org chart", "看组织架构"),
        ("请假", "请假时委托他人审批"),
        ("换领导", "任命负责人"),
        ("改名", "我想改手机号"),
        ("打印名单", "看报表，导出"),
        ("忘记密码", "换密码"),
        ("换手机", "换恢复码"),
        ("实习生转正", "有人调动"),
        ("退休", "有人离职"),
        ("查谁看过我", "保存了我哪些信息"),
        ("注销账号", "停用账号"),
        ("部门电话", "部门的电话和传真"),
        ("承诺书", "录入签了字的纸"),
        ("换颜色", "看不清，换颜色"),
        ("英文", "换成英文"),
    ],
)
def test_what_office_workers_say_finds_a_job_with_keys(said: str, found: str) -> None:
    assert found in [job.zh for job in find_jobs(said, read_jobs()) if job.keys]


def test_who_may_change_no_structure_is_not_offered_it(ask: Ask) -> None:
    assert "调整组织架构" in ask("liuyang", "help jobs").text
    assert "调整组织架构" not in ask("zhangwei", "help jobs").text


def test_a_name_half_in_pinyin_is_no_job() -> None:
    assert find_jobs("wang志", read_jobs()) == []
    assert find_jobs("改xls里的手机", read_jobs()), "Latin letters beside what is said are no hindrance"
