"""`mingce import` and `mingce account` as they are typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyotp
import pytest
import xlsxwriter

from auth.provision import enrol_from_host
from auth.signin import SignIn
from db.desk.importing import bulk, importing
from db.desk.requests.putting_off import do_deferred
from db.policy.loader import builtin
from db.store import clock
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, AuditRecord, Entry, Grant, Request, UndertakingAccepted
from db.store.transactions import writing
from tests.tui.host.conftest import Host

GOOD = "姓名,部门,职务,办公电话,手机,邮箱\n张伟,研发部,工程师,010-88886666,13800002121,zw@example.com\n"
BAD = GOOD + "李雷,研发部,工程师,010-88886666,1380000,ll@example.com\n"
PASSWORD = "correct horse battery"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A spreadsheet that is in order."""
    made = tmp_path / "people.csv"
    made.write_text(GOOD, "utf-8")
    return made


@pytest.fixture
def hr(installed: Host) -> pyotp.TOTP:
    """A second HR account that can sign in: liuyang, with `PASSWORD`."""
    open_store(Home(installed.folder))
    account, secret = enrol_from_host("liuyang", None, PASSWORD)
    with writing():
        Grant.create(account=account, role="hr", book="staff", granted_at=clock.now())
        UndertakingAccepted.create(
            account=account, policy="enterprise", version=builtin()["enterprise"].version, at=clock.now()
        )
    close_store()
    return pyotp.TOTP(secret)


def test_a_dry_run_says_what_would_happen(installed: Host, file: Path) -> None:
    said = installed.run("import", file, "--book", "staff", "--dry-run", "--json")
    assert said.status == 0
    assert (said.data["entries"], said.data["imported"], said.data["units"]) == (1, 0, ["研发部"])


def test_it_says_which_units_would_be_new(installed: Host, file: Path) -> None:
    """A misspelt department would be made beside the right one."""
    said = installed.run("import", file, "--book", "staff", "--dry-run")
    assert "New units: 研发部" in said.out


@pytest.mark.parametrize(
    ("content", "told"),
    [("", "Row 1: The sheet is empty."), (GOOD.replace("工程师", '"工程师') + "x" * 20000, "quotation mark")],
)
def test_what_is_wrong_with_a_file_as_a_whole_is_said(
    installed: Host, file: Path, content: str, told: str
) -> None:
    file.write_text(content, "utf-8")
    said = installed.run("import", file, "--book", "staff")
    assert (said.status, told in said.err) == (1, True), said.err


def test_errors_are_told_row_by_row_and_nothing_is_imported(
    installed: Host, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(BAD, "utf-8")
    said = installed.run("import", file, "--book", "staff", "--json")
    assert said.status == 1
    [error] = said.data["errors"]
    assert error["row"] == 3
    assert error["column"] == "Mobile"
    assert error["reason"]
    assert error["advice"]
    told = installed.run("import", file, "--book", "staff")
    assert "Row 3, Mobile" in told.err
    monkeypatch.setattr("tui.host.language.LANGUAGE", "zh_CN")
    told = installed.run("import", file, "--book", "staff")
    assert "第 3 行，手机：" in told.err
    assert "。 " not in told.err
    open_store(Home(installed.folder))
    assert Entry.select().count() == 1


def test_what_is_wrong_is_told_at_once_and_each_thing_once(installed: Host, file: Path) -> None:
    heads, one = GOOD.splitlines()
    rows = [one.replace("13800002121", "1.38E+10").replace("张伟", name) for name in ("张伟", "李雷", "王芳")]
    file.write_text("\n".join([f"{heads},星座,血型", *(f"{row},天蝎,A" for row in rows)]), "utf-8")
    said = installed.run("import", file, "--book", "staff", "--dry-run")
    assert said.status == 1
    lines = said.err.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "Row 1, 星座", "Row 1, 血型", "Rows 2, 3, 4, Mobile", "Known headings are", "Nothing was imported.",
    ]  # fmt: skip
    assert "digits are gone" in lines[2]
    mended = installed.run(
        "import", file, "--book", "staff", "--dry-run", "--leave-out", "星座", "--leave-out", "血型"
    )
    assert "heading" not in mended.err


def test_what_is_not_taken_is_told(installed: Host, file: Path) -> None:
    heads, one = GOOD.splitlines()
    file.write_text(f"华星集团花名册\n序号,{heads}\n1,{one}\n合计,1\n", "utf-8")
    said = installed.run("import", file, "--book", "staff")
    assert said.status == 0, said.err
    assert "no place for: 序号." in said.out
    assert "Rows that are no people: 4." in said.out


def test_a_sheet_that_is_not_read_is_told(installed: Host, file: Path) -> None:
    made = file.with_suffix(".xlsx")
    with xlsxwriter.Workbook(made) as book:
        for name in ("研发部", "市场部"):
            for row, line in enumerate(GOOD.splitlines()):
                (book.get_worksheet_by_name(name) or book.add_worksheet(name)).write_row(
                    row, 0, line.split(",")
                )
    said = installed.run("import", made, "--book", "staff")
    assert "Not read: sheet 市场部" in said.err


@pytest.mark.clause("A.6")
def test_a_dry_run_of_a_book_in_use_asks_nobody_to_sign_in(installed: Host, file: Path) -> None:
    assert installed.run("import", file, "--book", "staff").status == 0
    said = installed.run("import", file, "--book", "staff", "--dry-run")
    assert said.status == 0, said.err
    assert "looked at alone" in said.out
    assert "--login" in said.out


@pytest.mark.clause("A.6")
def test_the_operator_imports_once_and_then_hr_does(installed: Host, file: Path, hr: pyotp.TOTP) -> None:
    assert installed.run("import", file, "--book", "staff").status == 0
    file.write_text(GOOD.replace("张伟", "李雷").replace("13800002121", "13800002122"), "utf-8")
    refused = installed.run("import", file, "--book", "staff")
    assert refused.status == 1
    assert "A.6" in refused.err
    done = installed.run("import", file, "--book", "staff", "--login", "liuyang", typed=[PASSWORD, hr.now()])
    assert done.status == 0, done.err
    open_store(Home(installed.folder))
    record = (
        AuditRecord.select()
        .where(AuditRecord.act == "importing.load")
        .order_by(AuditRecord.seq.desc())
        .first()
    )
    assert record.account == Account.get(Account.login == "liuyang").id


def test_a_wrong_code_acts_as_nobody(installed: Host, file: Path, hr: pyotp.TOTP) -> None:
    said = installed.run("import", file, "--book", "staff", "--login", "liuyang", typed=[PASSWORD, "000000"])
    assert said.status == 1
    open_store(Home(installed.folder))
    assert Entry.select().count() == 1


def test_an_account_is_made_reset_shut_off_and_opened(installed: Host, file: Path) -> None:
    installed.run("import", file, "--book", "staff")
    made = installed.run("account", "create", "zhangwei", "--book", "staff", "--name", "张伟", "--json")
    assert made.status == 0, made.err
    again = installed.run("account", "activate", "zhangwei", "--json")
    assert again.data["activation_code"] != made.data["activation_code"]
    open_store(Home(installed.folder))
    assert SignIn("zhangwei", "192.0.2.1", "ssh").answer(made.data["activation_code"], "") is None
    assert SignIn("zhangwei", "192.0.2.2", "ssh").answer(again.data["activation_code"], "") is not None
    close_store()
    assert installed.run("account", "disable", "zhangwei").status == 0
    states = {row["login"]: row["state"] for row in installed.run("account", "list", "staff", "--json").data}
    assert states == {"chenjing": "invited", "host": "active", "zhangwei": "disabled"}
    assert installed.run("account", "enable", "zhangwei").status == 0
    assert installed.run("account", "create", "x", "--book", "staff", "--name", "没有此人").status == 1
    assert installed.run("account", "disable", "nobody").status == 1


@pytest.mark.clause("A.6")
def test_roles_are_given_by_hr_and_not_by_the_operator(installed: Host, file: Path, hr: pyotp.TOTP) -> None:
    installed.run("import", file, "--book", "staff")
    installed.run("account", "create", "zhangwei", "--book", "staff", "--name", "张伟")
    words = ("account", "grant", "zhangwei", "it", "--book", "staff")
    refused = installed.run(*words)
    assert refused.status == 1
    assert "given by Human resources" in refused.err
    asked = installed.run(*words, "--login", "liuyang", typed=[PASSWORD, hr.now()])
    assert asked.status == 0, asked.err
    open_store(Home(installed.folder))
    account = Account.get(Account.login == "zhangwei")
    given = Grant.select().where(Grant.account == account)
    assert not given.exists(), "it takes a second office"
    (request,) = Request.select().where(Request.kind == "power")
    assert f"It is request {request.id}." in asked.out + asked.err
    with writing():
        assert do_deferred(request) == "applied"  # there is no second office yet, so its day decides
    assert [grant.role for grant in given] == ["it"]


def test_a_report_of_the_operator_shows_no_contacts(installed: Host, file: Path) -> None:
    installed.run("import", file, "--book", "staff")
    said = installed.run("report", "directory")
    assert "13800002121" not in said.out
    assert "zw@example.com" not in said.out


def test_what_is_in_is_told_where_the_rest_is_not(
    installed: Host, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads, one = GOOD.splitlines()
    rows = [one.replace("张伟", f"王{number}").replace("2121", f"212{number}") for number in range(3)]
    file.write_text("\n".join([heads, *rows]), "utf-8")
    monkeypatch.setattr(importing, "PART", 2)
    written = bulk.write_plan

    def fails_later(book: str, *more: Any) -> range:
        if Entry.select().count() > 1:
            raise KeyboardInterrupt
        return written(book, *more)

    monkeypatch.setattr(importing, "write_plan", fails_later)
    broken = installed.run("import", file, "--book", "staff")
    assert "2 of 3 people are in" in broken.err
    monkeypatch.setattr(importing, "write_plan", written)
    said = installed.run("import", file, "--book", "staff")
    assert said.status == 0, said.err
    assert "before it was broken off: 2." in said.out
