"""`mingce init`: whole or not at all, keys for their owner only, nothing overwritten."""

from __future__ import annotations

import stat
from pathlib import Path

import psycopg
import pytest

from auth.signin import SignIn
from db.desk.audit.act_names import act_label
from db.desk.authority.offices import UnitHead, head_of
from db.language import say
from db.store.engine import close_store
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, AuditRecord, Entry, Grant, SignInSession, Unit
from tests.tui.host.conftest import INIT, Host
from tui.host.init import InitWishes, complete


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def with_other(option: str, value: str) -> tuple[str, ...]:
    """`INIT` with another ``value`` of ``option``."""
    if option not in INIT:
        return (*INIT, option, value)
    place = INIT.index(option) + 1
    return (*INIT[:place], value, *INIT[place + 1 :])


@pytest.mark.threat(26)
def test_the_folder_and_its_keys_are_their_owners_alone(installed: Host) -> None:
    assert mode(installed.folder) == 0o700
    keys = list((installed.folder / "keys").iterdir())
    assert {key.name for key in keys} == {
        "database", "search", "pepper", "digest", "journal", "backup", "field-1", "ssh-host",
        "proof", "sign-audit", "sign-audit.pub", "sign-evidence", "sign-evidence.pub",
    }  # fmt: skip
    assert {mode(key) for key in keys} == {0o400}
    assert mode(installed.folder / "settings.toml") == 0o600


def test_the_first_hr_account_can_enrol_with_the_code_that_was_shown(host: Host) -> None:
    made = host.run(*INIT, "--accept", "--json").data
    open_store(Home(host.folder))
    signed = SignIn("chenjing", "192.0.2.1", "ssh").answer(made["activation_code"], "")
    assert signed is not None
    assert signed.strength == "enrolling"
    account = Account.get(Account.login == "chenjing")
    assert [(grant.role, grant.book_id) for grant in Grant.select().where(Grant.account == account)] == [
        ("hr", "staff")
    ]
    entry = Entry.get(Entry.person == account.person_id)
    assert head_of(Unit.get_by_id(entry.unit_id)) == UnitHead(entry.id, entry.person_id, "holder")


def test_nobody_can_sign_in_as_the_operator(installed: Host) -> None:
    open_store(Home(installed.folder))
    account = Account.get(Account.login == "host")
    assert (account.password, account.totp, account.activation) == (None, None, None)
    for number, password in enumerate(("", "host", "None")):
        assert SignIn("host", f"192.0.2.{number}", "ssh").answer(password, "") is None


def test_nothing_is_overwritten(installed: Host) -> None:
    before = {path: path.read_bytes() for path in installed.folder.rglob("*") if path.is_file()}
    again = installed.run(*INIT, "--accept")
    assert again.status == 1
    assert str(installed.folder) in again.err
    assert {path: path.read_bytes() for path in installed.folder.rglob("*") if path.is_file()} == before


def test_in_a_folder_that_is_given_it_is_made_inside(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    (host.folder / ".new" / "keys").mkdir(parents=True)  # left by one that was killed
    beside: list[Path] = []

    def looking() -> None:
        beside.extend(host.folder.parent.iterdir())
        migrate()

    monkeypatch.setattr("tui.host.init.migrate", looking)
    assert host.run(*INIT, "--accept").status == 0
    assert beside == [host.folder]
    assert mode(host.folder) == 0o700
    assert not (host.folder / ".new").exists()
    assert host.run("audit", "verify").status == 0


def test_a_start_that_fails_leaves_a_given_folder_empty(host: Host) -> None:
    host.folder.mkdir()
    failed = host.run(*INIT, "--accept", "--database", "postgresql://nobody@127.0.0.1:1/nothing")
    assert failed.status == 1
    assert list(host.folder.iterdir()) == []


@pytest.mark.clause("A.17")
def test_the_operator_accepts_the_undertaking_before_anything_is_made(host: Host) -> None:
    refused = host.run(*INIT)
    assert refused.status == 1
    assert "A.17" in refused.err
    assert not host.folder.exists()


def test_a_start_that_fails_leaves_nothing_behind(host: Host) -> None:
    failed = host.run(*INIT, "--accept", "--database", "postgresql://nobody@127.0.0.1:1/nothing")
    assert failed.status == 1
    assert "Traceback" not in failed.err
    assert list(host.folder.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--policies", "no-such"),
        ("--time-zone", "Mars/Olympus"),
        ("--language", "fr"),
        ("--country", "XX"),
        ("--database", "mysql:x"),
        ("--book", "Staff Book"),
        ("--decide", "maintainer"),
    ],
)
def test_a_wrong_answer_is_wrong_usage_or_refused_and_makes_nothing(
    host: Host, option: str, value: str
) -> None:
    failed = host.run(*with_other(option, value), "--accept")
    assert failed.status in (1, 2)
    assert failed.err
    assert not host.folder.exists()


def test_every_act_of_the_beginning_is_called_by_its_name(installed: Host) -> None:
    open_store(Home(installed.folder))
    acts = {row.act for row in AuditRecord.select()}
    assert "accounts.create" in acts
    assert [act for act in acts if say(act_label(act), "en") == act] == []


def test_what_the_regulations_leave_open_is_decided_at_the_beginning(host: Host) -> None:
    two = (*with_other("--policies", "enterprise,controlled-document"), "--accept")
    refused = host.run(*two)
    assert (refused.status, host.folder.exists()) == (1, False)
    assert "--decide maintainer=ROLE" in refused.err
    made = host.run(*two, "--decide", "maintainer=hr")
    assert made.status == 0, made.err
    assert "Human resources" in host.run("policy", "show", "staff").out


CLASS = (
    "init", "--organisation", "育才中学", "--book", "class", "--title", "高一（3）班",
    "--policies", "school-class",
    "--hr-login", "yan", "--hr-name", "严老师", "--hr-unit", "高一（3）班", "--accept",
)  # fmt: skip
BESIDE = {"deputy": ("shi", "石老师"), "rights": ("jiaowu", "教务处")}


DEFAULTS = {
    "privacy-contact": "010-6650-1000",
    "language": "zh_CN", "database": "sqlite:mingce.db", "country": "CN", "time-zone": "Asia/Shanghai",
    "host": "127.0.0.1",
}  # fmt: skip


def beside(*whom: str) -> list[str]:
    """The options that name ``whom``."""
    named = [(who, *BESIDE[who]) for who in whom]
    return [word for who, login, name in named for word in (f"--{who}-login", login, f"--{who}-name", name)]


@pytest.mark.clause("D.3")
@pytest.mark.parametrize(("given", "missing"), [((), "--deputy-login"), (("deputy",), "--rights-login")])
def test_a_class_is_not_made_without_its_deputy_and_the_school(
    host: Host, given: tuple[str, ...], missing: str
) -> None:
    refused = host.run(*CLASS, *beside(*given))
    assert (refused.status, host.folder.exists()) == (2, False)
    assert missing in refused.err
    assert "D.3" in refused.err


@pytest.mark.clause("D.2.1", "D.3")
def test_a_class_begins_with_teacher_deputy_and_school_and_without_pupils(host: Host) -> None:
    """A teacher among the pupils would stand in the emergency roll, without parents to call."""
    made = host.run(*CLASS, *beside("deputy", "rights"), "--json").data
    open_store(Home(host.folder))
    codes = {made["login"]: made["activation_code"]}
    codes |= {one["login"]: one["activation_code"] for one in made["others"]}
    rows = Grant.select(Account.login, Grant.role).join(Account, on=Grant.is_of()).tuples()
    assert set(rows) - {("host", "admin")} == {
        ("yan", "teacher"),
        ("shi", "deputy-teacher"),
        ("jiaowu", "school"),
    }
    assert Entry.select().count() == 0
    for number, (login, code) in enumerate(codes.items()):
        assert SignIn(login, f"192.0.2.{number}", "ssh").answer(code, "") is not None
    close_store()
    assert host.run("doctor", "--json").status == 0


@pytest.mark.clause("D.3")
def test_at_the_terminal_a_class_is_asked_for_them(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    answers = iter(["shi", "石老师", "jiaowu", "教务处"])
    monkeypatch.setattr("tui.host.init.is_interactive", lambda: True)

    def answer(question: str) -> str:
        asked.append(question)
        return next(answers)

    monkeypatch.setattr("builtins.input", answer)
    wishes = [*CLASS, *(word for name in DEFAULTS
                        for word in (f"--{name}", DEFAULTS[name]))]  # fmt: skip
    made = host.run(*wishes)
    assert made.status == 0, made.err
    assert made.out.count("72") == 3
    assert [("D.3" in question) for question in asked] == [True] * 4


def test_what_is_missing_is_named_where_nobody_can_be_asked(host: Host) -> None:
    failed = host.run("init", "--organisation", "华星")
    assert failed.status == 2
    assert "--title" in failed.err


def test_at_the_terminal_a_blank_answer_is_asked_for_again(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(
        ["", "", "华星集团", "010-6650-1000", "", "", "", "", "", "", "", "员工通讯录", "enterprise"]
    )
    monkeypatch.setattr("tui.host.init.is_interactive", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))
    done = complete(InitWishes(hr_login="chenjing", hr_name="陈静", hr_unit="人力资源部"))
    assert (done.organisation, done.title, done.policies) == ("华星集团", "员工通讯录", "enterprise")
    assert (done.time_zone, done.privacy_contact) == ("Asia/Shanghai", "010-6650-1000")


def test_at_the_terminal_what_can_not_be_is_asked_for_again_at_once(
    host: Host, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(
        [
            "星河",
            "",
            "en",
            "",
            "XX",
            "CN",
            "",
            "",
            "Our Book",
            "",
            "员工通讯录",
            "nosuch",
            "enterprise",
            "Chen Jing",
        ]
    )
    monkeypatch.setattr("tui.host.init.is_interactive", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _question: next(answers, "chenjing"))
    done = complete(InitWishes(hr_name="陈静", hr_unit="人力资源部"))
    assert (done.country, done.policies, done.hr_login) == ("CN", "enterprise", "chenjing")
    assert done.privacy_contact == "", "some have none"
    said = capsys.readouterr()
    assert "There is no regulation nosuch." in said.err
    assert "small letters" in said.err
    assert "Enterprise directory" in said.out


def test_it_works_on_postgresql_once(host: Host, postgresql: str) -> None:
    with psycopg.connect(postgresql, autocommit=True) as admin:
        admin.execute("CREATE DATABASE host_init TEMPLATE template0")
    url = postgresql.replace("/postgres?", "/host_init?")
    assert host.run(*INIT, "--accept", "--database", url).status == 0
    assert host.run("doctor", "--json").status == 0
    other = Host(host.folder.with_name("other"), host._capsys, host._monkeypatch)
    again = other.run(*INIT, "--accept", "--database", url)
    assert again.status == 1
    assert not other.folder.exists()


def test_acts_of_the_host_name_the_operating_systems_user(installed: Host) -> None:
    installed.run("account", "list", "staff")
    open_store(Home(installed.folder))
    session = SignInSession.select().order_by(SignInSession.id.desc()).first()
    assert session.front == "host"
    assert session.source.startswith("host:")
    assert session.ended_how == "closed"
    record = AuditRecord.get(AuditRecord.act == "accounts.page")
    assert record.source == session.source
    assert Grant.select().where(Grant.role == "admin").count() == 1
    close_store()


OWN = """
id = "visitor-book"
version = "1"
effective = 2026-07-01
title = { zh = "访客通讯录管理办法", en = "Visitor directory" }
maintainer = { role = "reception", clause = "V.2" }
roles = [{ id = "reception", zh = "前台", en = "Reception", clause = "V.2" }]
fields = [
  { name = "name", required = true, clause = "V.3" },
  { name = "mobile", protected = true, clause = "V.3" },
]
flow.change = { steps = ["head", "maintainer"], reason = true, clause = "V.5" }
"""


def test_the_first_book_is_made_under_a_regulation_of_ones_own(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "visitors.toml"
    file.write_text(OWN, "utf-8")
    made = host.run(*with_other("--policies", str(file)), "--accept")
    assert made.status == 0, made.err
    file.unlink()
    assert "visitor-book 1" in host.run("policy", "show", "staff").out
    assert "visitor-book 1: in force" in host.run("policy", "list").out
    doctor = host.run("doctor")
    assert "FAIL  Regulations" not in doctor.out
    open_store(Home(host.folder))
    assert {grant.role for grant in Grant.select().where(Grant.book == "staff")} == {"head", "reception"}


def test_files_and_ids_stand_over_it_together(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "visitors.toml"
    file.write_text(OWN.replace('maintainer = { role = "reception", clause = "V.2" }', ""), "utf-8")
    made = host.run(*with_other("--policies", f"enterprise,{file}"), "--accept")
    assert made.status == 0, made.err
    shown = host.run("policy", "show", "staff").out
    assert "enterprise" in shown
    assert "visitor-book 1" in shown


def test_a_file_that_is_not_there_is_named_with_its_place(host: Host) -> None:
    made = host.run(*with_other("--policies", "own.toml"), "--accept")
    assert f"There is no file {Path.cwd() / 'own.toml'}" in made.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id = ", "visitors.toml:1"),
        (OWN.replace("V.2", ""), "visitors.toml:"),
        (OWN.replace("visitor-book", "enterprise"), "comes with mingce"),
        (None, "no file"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_a_file_that_cant_be_used_is_told_and_nothing_is_made(
    host: Host, tmp_path: Path, text: str | bytes | None, said: str
) -> None:
    file = tmp_path / "visitors.toml"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    failed = host.run(*with_other("--policies", str(file)), "--accept")
    assert failed.status in (1, 2)
    assert said in failed.err
    assert "Traceback" not in failed.err
    assert not host.folder.exists()
