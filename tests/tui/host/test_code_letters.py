"""`mingce account create --list`: accounts for many at once, their codes as letters."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pikepdf
import pytest

from auth.signin import SignIn
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, Entry
from tests.reports.test_copies import texts
from tests.tui.host.conftest import Host, Said
from tui.front.hostkey import fingerprint

HEADS = "姓名,部门,职务,办公电话,手机,邮箱,负责人\n"
PEOPLE = (
    "张伟,研发部,工程师,010-88886666,13800002121,a@example.com,\n"
    "张伟,销售中心/市场部,经理,010-88886666,13800002122,b@example.com,\n"
    "李雷,研发部,经理,010-88886666,13800002123,c@example.com,是\n"
    "王芳,研发部,工程师,010-88886666,13800002124,d@example.com,\n"
)
LIST = "账号清单\n帐号,姓名,部门\nzhangwei,张伟,研发部\nzhangwei2,张伟,市场部\nlilei,李雷,\nWangFang,王芳,\n"
CODE = re.compile(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}-[0-9A-Z]{6}")


@pytest.fixture
def filled(installed: Host, tmp_path: Path) -> Host:
    """A host whose book holds `PEOPLE`, under a name of its own."""
    settings = Home(installed.folder).settings_file
    named = settings.read_text("utf-8").replace('address = ""', 'address = "directory.example.com"')
    settings.write_text(named, "utf-8")
    file = tmp_path / "people.csv"
    file.write_text(HEADS + PEOPLE, "utf-8")
    assert installed.run("import", file, "--book", "staff").status == 0
    return installed


@pytest.fixture
def wanted(tmp_path: Path) -> Path:
    file = tmp_path / "logins.csv"
    file.write_text(LIST, "utf-8")
    return file


def codes_in(letters: Path) -> dict[str, str]:
    """The code on each page, by the login that stands there."""
    found = {}
    with pikepdf.open(letters) as pdf:
        for page in pdf.pages:
            words = " ".join(texts(page))
            login = re.search(r"(?:Login|登录名|用户名|帐号|账号)[:：] ?(\S+)", words)
            [code] = CODE.findall(words)
            assert login is not None, words
            found[login[1]] = code
    return found


def test_a_letter_says_where_to_go_what_to_trust_and_what_to_press(
    filled: Host, wanted: Path, tmp_path: Path
) -> None:
    letters = tmp_path / "letters.pdf"
    assert create(filled, wanted, letters).status == 0
    with pikepdf.open(letters) as pdf:
        said, other = (" ".join(texts(page)) for page in list(pdf.pages)[:2])
    assert "销售中心/市场部" in other, (
        "two centres may have a department of one name, and whose code is it then?"
    )
    assert "zhangwei@directory.example.com" in said
    assert fingerprint(Home(filled.folder).keys / "ssh-host") in said
    assert "验证码 Code:" in said


def test_letters_that_would_lead_nowhere_are_not_written(
    installed: Host, wanted: Path, tmp_path: Path
) -> None:
    """The host listens on this machine alone, and has no name."""
    failed = create(installed, wanted, tmp_path / "letters.pdf")
    assert (failed.status, "`address`" in failed.err) == (1, True)
    assert not (tmp_path / "letters.pdf").exists()


def create(host: Host, wanted: Path, letters: Path) -> Said:
    return host.run("account", "create", "--book", "staff", "--list", wanted, "--letters", letters)


def test_everybody_of_a_list_gets_an_account_and_a_letter_with_a_code_that_opens(
    filled: Host, wanted: Path, tmp_path: Path
) -> None:
    """Whoever is more than an employee is let in on the host's word, which is told to those who supervise."""
    letters = tmp_path / "letters.pdf"
    made = filled.run("account", "create", "--book", "staff", "--list", wanted, "--letters", letters)
    assert made.status == 0, made.err
    assert stat.S_IMODE(letters.stat().st_mode) == 0o600
    codes = codes_in(letters)
    assert set(codes) == {"zhangwei", "zhangwei2", "wangfang", "lilei"}
    assert not set(codes.values()) & set(made.out.split())
    open_store(Home(filled.folder))
    for login, code in codes.items():
        signed = SignIn(login, "192.0.2.1", "ssh").answer(code, "")
        assert signed is not None
        assert signed.strength == "enrolling"
    close_store()


def test_of_two_of_one_name_in_a_department_either_gets_an_account(installed: Host, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(HEADS + PEOPLE + "张伟,研发部,测试员,010-88886666,13800002129,z@example.com,\n", "utf-8")
    assert installed.run("import", file, "--book", "staff").status == 0
    asked = ("account", "create", "zhangwei", "--book", "staff", "--name", "张伟", "--unit")
    failed = installed.run(*asked, "研发部")
    assert failed.status == 1
    assert "研发部/工程师; 研发部/测试员" in failed.err
    assert installed.run(*asked, "研发部/测试员").status == 0
    open_store(Home(installed.folder))
    entry = Entry.get(Entry.position == "测试员")
    assert Account.get(Account.login == "zhangwei").person_id == entry.person_id
    close_store()


def test_the_same_list_writes_new_letters_for_who_has_not_enrolled(
    filled: Host, wanted: Path, tmp_path: Path
) -> None:
    create(filled, wanted, tmp_path / "first.pdf")
    open_store(Home(filled.folder))
    Account.update(state="active").where(Account.login == "zhangwei").execute()
    close_store()
    again = filled.run(
        "account", "create", "--book", "staff", "--list", wanted, "--letters", tmp_path / "second.pdf"
    )
    assert again.status == 0, again.err
    first, second = codes_in(tmp_path / "first.pdf"), codes_in(tmp_path / "second.pdf")
    assert set(second) == {"zhangwei2", "wangfang", "lilei"}
    open_store(Home(filled.folder))
    assert SignIn("wangfang", "192.0.2.1", "ssh").answer(first["wangfang"], "") is None
    assert SignIn("wangfang", "192.0.2.2", "ssh").answer(second["wangfang"], "") is not None
    close_store()
    assert second["wangfang"] != first["wangfang"]
    assert "zhangwei" in again.out
    assert "3 of them had a code before" in again.out or "其中 3 人原有激活码" in again.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("zhao liu,王芳,", "login"),
        (",王芳,", "login is missing"),
        ("zhaoliu,赵六,", "Nobody named 赵六"),
        ("zhangwei9,张伟,", "Several people"),
        ("chenjing,王芳,", "taken"),
        ("other,陈静,", "chenjing"),
        ("zhangwei,王芳,", "Row 3"),
        ("x,王芳,没有的部门", "no unit"),
    ],
)
def test_one_wrong_row_keeps_all_accounts_from_being_made(
    filled: Host, wanted: Path, tmp_path: Path, line: str, said: str
) -> None:
    wanted.write_text(LIST.replace("WangFang,王芳,\n", f"{line}\n"), "utf-8")
    letters = tmp_path / "letters.pdf"
    failed = filled.run("account", "create", "--book", "staff", "--list", wanted, "--letters", letters)
    assert failed.status == 1
    assert "Row 6" in failed.err
    assert said in failed.err
    assert not letters.exists()
    open_store(Home(filled.folder))
    assert {row.login for row in Account.select()} == {"host", "chenjing"}
    close_store()


def test_a_file_that_is_there_is_not_written_over(filled: Host, wanted: Path, tmp_path: Path) -> None:
    letters = tmp_path / "letters.pdf"
    letters.write_text("mine")
    failed = filled.run("account", "create", "--book", "staff", "--list", wanted, "--letters", letters)
    assert failed.status == 1
    assert letters.read_text() == "mine"
    open_store(Home(filled.folder))
    assert not Account.select().where(Account.login == "zhangwei").exists()
    close_store()


@pytest.mark.parametrize(
    "words",
    [("zhangwei",), (), ("zhangwei", "--list", "x"), ("--list", "x", "--name", "y", "--letters", "z")],
)
def test_what_does_not_go_together_is_said(filled: Host, words: tuple[str, ...]) -> None:
    failed = filled.run("account", "create", *words, "--book", "staff")
    assert failed.status == 2
    assert "--letters" in failed.err
