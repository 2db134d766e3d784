"""The commands as a whole: help in both languages, exit statuses, no traceback for a mistake."""

from __future__ import annotations

import ast
import errno
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from auth.sessions import start
from db.desk.entry.units import create_book
from db.language import LANGUAGES, Label, Language, say
from db.policy.compose import compose
from db.policy.explain import explain
from db.policy.loader import builtin
from db.store import audit
from db.store.backups.backup_store import manifests
from db.store.engine import close_store, database
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, AuditRecord
from db.store.transactions import writing
from db.store.unavailable import system_reason
from tests.tui.host.conftest import Host
from tests.tui.host.older import OLD, make_older
from tui.front import serve as front
from tui.host.commands import COMMANDS
from tui.host.commands.host_command import HostCommand
from tui.host.document import with_generated
from tui.host.init import QUESTIONS
from tui.host.main import entry, main
from tui.plain.command import find_among
from tui.safe import cells

PROJECT = Path(__file__).parents[3]


def mingce(*words: str, lang: str = "C.UTF-8", **environment: str) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tui.host.main", *words],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "LANG": lang, **environment},
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.parametrize(
    ("lang", "usage", "serve"),
    [("en_US.UTF-8", "Usage:", "Serve over SSH."), ("zh_CN.UTF-8", "用法：", "通过 SSH 提供服务。")],
)
def test_help_speaks_the_operators_language(lang: str, usage: str, serve: str) -> None:
    said = mingce("--help", lang=lang)
    assert said.returncode == 0
    assert usage in said.stdout
    assert serve in said.stdout


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["keys"], ["db.desk.desk", "db.desk.cases", "auth"]),
        (["backup", "list"], ["db.desk.desk", "db.desk.cases", "auth"]),
        (["who"], ["auth.enrolment", "email.parser", "tabulate"]),
    ],
)
def test_commands_load_nothing_that_they_do_not_ask(
    installed: Host, words: list[str], heavy: list[str]
) -> None:
    """Nor the other database's driver, which peewee would load wherever it is installed."""
    heavy = [*heavy, "asyncio", "psycopg", "textual"]
    program = (
        "import json, sys; from tui.host.main import main; main(sys.argv[1:]); "
        f"print(json.dumps([name for name in {heavy} if name in sys.modules]))"
    )
    command = [sys.executable, "-c", program, *words, "--dir", str(installed.folder)]
    said = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=True)
    assert said.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_explains_itself_in_the_operators_language(
    command: HostCommand,
    language: Language,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("tui.host.language.LANGUAGE", language)
    assert main([*command.name.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"mingce {command.usage}\n")
    assert " ".join(say(command.help, language).split())[:20] in told
    assert f"mingce {command.example}" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_listed_by_its_first_sentence(
    language: Language, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the overview, or where its first word is asked for; on lines that a terminal holds."""
    for module in ("main", "language"):
        monkeypatch.setattr(f"tui.host.{module}.LANGUAGE", language)
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    for command in COMMANDS:
        if " " in command.name:
            main([command.name.split()[0], "--help"])
            told += capsys.readouterr().out
    for command in COMMANDS:
        assert re.search(rf"  (mingce )?{command.name} +{re.escape(command.in_short(language)[:12])}", told)
    assert all(cells(line) <= 80 for line in told.splitlines() if not line.startswith(("mingce", "`")))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_an_example_is_written_as_the_command_takes_it(command: HostCommand) -> None:
    argv = shlex.split(command.example.partition(" > ")[0])
    found, rest = find_among(COMMANDS, argv)
    assert found == command
    words = command.read(rest, passing_on=command.passes_on)
    assert all(words.has(option.name) for option in command.options if option.required)


READERS = {"words.option_value", "words.has", "words.option_values"}


@pytest.mark.parametrize("module", sorted({command.run.partition(":")[0] for command in COMMANDS}))
def test_what_a_module_asks_the_words_for_is_what_its_commands_declare(module: str) -> None:
    """An option that nobody reads would be dropped in silence; one that is not declared is never there."""
    own = [command for command in COMMANDS if command.run.startswith(f"{module}:")]
    assert all(callable(command.function()) for command in own)
    declared = {option.name for command in own for option in command.options}
    asked = set()
    for node in ast.walk(ast.parse((PROJECT / "tui/host" / f"{module.replace('.', '/')}.py").read_text())):
        if isinstance(node, ast.Call):
            called, words = ast.unparse(node.func), list(map(ast.unparse, node.args))
            if called in ("words.option_value", "words.has", "words.option_values") and words[0].startswith(
                "'"
            ):
                asked.add(ast.literal_eval(words[0]))
            elif called == "path_given":
                asked.add(ast.literal_eval(words[1]))
    asked |= {name.replace("_", "-") for name in QUESTIONS} if module == "init" else set()
    assert asked <= declared
    assert declared - asked <= {"dir", "login"}, "which `home_of` and `work_here` read"


@pytest.mark.threat(13)
@pytest.mark.parametrize("word", ["\udc80staff", "sta\0ff"])
def test_a_word_that_is_no_text_is_wrong_usage(installed: Host, word: str) -> None:
    said = installed.run("account", "list", "--book", word)
    assert (said.status, said.out) == (2, "")
    assert "UTF-8" in said.err


def test_help_loads_neither_database_nor_terminal_libraries() -> None:
    script = (
        "import sys, tui.host.main as m; m.main(['--help']);"
        "heavy = ('peewee', 'textual', 'asyncssh', 'bcrypt', 'phonenumbers');"
        "print(*[name for name in heavy if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=PROJECT, check=True
    )
    assert said.stdout.splitlines()[-1] == ""


@pytest.mark.parametrize(
    "words",
    [
        ["nothing"],
        ["import"],
        ["import", "a.csv"],
        ["account", "create", "x"],
        ["serve", "--port", "many"],
        ["audit", "verify", "--unknown"],
        ["serve", "--port", "80000"],
        ["init", "--port", "80000"],
    ],
)
def test_wrong_usage_is_told_in_a_line_and_ends_with_2(words: list[str]) -> None:
    said = mingce(*words)
    assert said.returncode == 2
    assert said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["doctor"],
        ["audit", "verify"],
        ["serve"],
        ["account", "list", "staff"],
        ["import", "nothing.csv", "--book", "staff"],
        ["report"],
        ["policy", "show", "staff"],
        ["policy", "check", "nothing.toml"],
    ],
)
def test_a_mistake_is_told_in_words_and_ends_with_1(words: list[str], tmp_path: Path) -> None:
    said = mingce(*words, MINGCE_HOME=str(tmp_path / "nowhere"))
    assert said.returncode == 1
    assert said.stdout + said.stderr
    assert "Traceback" not in said.stderr


def test_the_state_folder_comes_from_the_environment(installed: Host) -> None:
    assert mingce("audit", "verify", MINGCE_HOME=str(installed.folder)).returncode == 0


@pytest.mark.threat(24)
def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"mingce {version('mingce')}\n"


def test_a_defect_is_told_in_a_sentence_with_the_place_and_nothing_of_anybodys(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> int:
        raise ZeroDivisionError("陈静")

    monkeypatch.setattr("tui.host.main.main", fail)
    assert entry() == 70
    said = capsys.readouterr().err
    assert "mingce itself is at fault" in said
    assert "ZeroDivisionError" in said
    assert "test_commands.py" in said
    assert "陈静" not in said


def test_who_is_inside_is_one_record_beside_the_sign_in_and_its_end(installed: Host) -> None:
    """However many books there are."""
    open_store(Home(installed.folder))
    with writing():
        for name in ("second", "third"):
            create_book(name, Label(name, name), ["company"], root=Label(name, name))
    before = AuditRecord.select().count()
    close_store()
    assert installed.run("who").status == 0
    open_store(Home(installed.folder))
    acts = [row.act for row in AuditRecord.select().order_by(AuditRecord.seq).offset(before)]
    close_store()
    assert acts == ["auth.sign_in", "accounts.inside", "auth.session_end"]


def test_what_is_known_without_a_database_is_told_where_there_is_none(installed: Host) -> None:
    (installed.folder / "mingce.db").unlink()
    told = installed.run("metrics")
    assert (told.status, "mingce_database_up 0" in told.out, "mingce.db is not there" in told.err) == (
        1, True, True,
    )  # fmt: skip


def test_a_full_house_is_told_at_the_console_before_anybody_is_asked(
    installed: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_ORIGINAL_COMMAND", "help")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    (installed.folder / "settings.toml").write_text('organisation = "X"\nsessions = 1\n')
    open_store(Home(installed.folder))
    with writing():
        start(Account.get(Account.login == "chenjing").id, "127.0.0.1", "console", "full")
    close_store()
    said = installed.run("console", typed=("chenjing", "password", "000000"))
    assert (said.status, said.err) == (1, "已登录的人数过多，请稍后再试。\n")


@pytest.mark.parametrize("words", [["who"], ["doctor"], ["metrics"]])
def test_why_postgresql_is_not_reached_is_told_in_its_own_words(installed: Host, words: list[str]) -> None:
    settings = 'organisation = "X"\ndatabase = "postgresql://mingce@127.0.0.1:1/none"\n'
    (installed.folder / "settings.toml").write_text(settings)
    said = installed.run(*words)
    assert (said.status, "Connection refused" in said.out + said.err) == (1, True)


def test_audit_verify_names_the_first_bad_record(installed: Host) -> None:
    sound = installed.run("audit", "verify", "--json")
    assert (sound.status, sound.data["sound"]) == (0, True)
    said = installed.run("audit", "verify")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(("The chain is sound", "审计链完整"))
    open_store(Home(installed.folder))
    database.execute_sql("UPDATE audit_record SET act = 'other' WHERE seq = 2")
    close_store()
    broken = installed.run("audit", "verify", "--json")
    assert (broken.status, broken.data["bad"]) == (1, 2)
    assert "2" in installed.run("audit", "verify").out


@pytest.mark.threat(29)
@pytest.mark.parametrize("is_there", [False, True], ids=["gone", "empty"])
def test_a_database_that_is_gone_or_empty_is_said_to_be_and_nothing_is_built_on_it(
    installed: Host, is_there: bool
) -> None:
    """Backing the empty one up would take the keys away without which no older backup opens."""
    file = installed.folder / "mingce.db"
    for one in installed.folder.glob("mingce.db*"):
        one.unlink()
    if is_there:
        file.touch()
    installed_keys = {one: one.read_bytes() for one in installed.folder.glob("**/subjects.keys")}
    ill = installed.run("doctor", "--json")
    assert ill.status == 1
    (told,) = [finding for finding in ill.data if not finding["ok"]]
    assert told["check"] == "Database"
    assert "mingce restore" in told["advice"]
    for words in (["audit", "verify"], ["backup", "run"], ["duties", "run"], ["serve"], ["who"]):
        said = installed.run(*words)
        assert said.status == 1
        assert "mingce restore" in said.err
    assert {one: one.read_bytes() for one in installed.folder.glob("**/subjects.keys")} == installed_keys
    assert file.exists() == is_there
    assert not is_there or file.stat().st_size == 0


def test_a_store_of_an_earlier_version_is_brought_up_to_date(installed: Host) -> None:
    make_older(Home(installed.folder))
    brought = installed.run("duties", "run")
    assert (brought.status, brought.err) == (0, "")
    open_store(Home(installed.folder))
    assert database.table_exists("call_attempt")
    close_store()


@pytest.mark.parametrize("words", [["audit", "verify"], ["account", "list", "staff"], ["serve"]])
def test_a_store_of_a_build_that_no_step_knows_is_told_in_words(installed: Host, words: list[str]) -> None:
    open_store(Home(installed.folder))
    database.execute_sql("DROP TABLE call_attempt")
    database.execute_sql("ALTER TABLE sign_in_session DROP COLUMN server")
    close_store()
    told = installed.run(*words)
    assert told.status == 1
    assert "call_attempt" in told.err
    assert "sign_in_session.server" in told.err


def test_policy_show_names_kinds_and_the_safe_default(installed: Host) -> None:
    shown = installed.run("policy", "show", "staff").out
    assert "  change  change of an entry  (A.15)\n    step 1: Head of department  (safe default)\n" in shown
    assert "(default)" not in shown
    assert "Who sees what:\n" in shown
    assert "  IT, internal entries: sees nothing" in shown


def test_policy_show_leaves_out_no_rule_that_can_be_told(installed: Host) -> None:
    shown = installed.run("policy", "show", "staff").out
    for rule in explain(compose("staff", [builtin()["enterprise"]])):
        assert say(rule.text, "en") in shown, rule.key
    for heading in ("Copies in force:", "Undertaking:", "Kept for:", "Erased after:", "Kind of case:"):
        assert f"{heading}\n" in shown


def test_accounts_are_listed_with_their_roles_by_name_and_id(installed: Host) -> None:
    shown = installed.run("account", "list", "staff").out
    assert "Human resources (hr)" in shown


def test_a_file_that_is_not_there_is_told_in_the_operators_words(installed: Host) -> None:
    missing = installed.run("import", "/nowhere/people.csv", "--book", "staff")
    assert missing.status == 1
    assert "There is no file /nowhere/people.csv." in missing.err


def test_what_the_system_refuses_is_said_in_the_readers_language(installed: Host, tmp_path: Path) -> None:
    folder = installed.run("import", str(tmp_path), "--book", "staff")
    assert folder.status == 1
    assert "it is a folder" in folder.err
    assert (
        say(system_reason(IsADirectoryError(errno.EISDIR, "Is a directory")), "zh_CN") == "这是目录，不是文件"
    )
    assert (
        say(system_reason(OSError(errno.EXDEV, "Invalid cross-device link")), "zh_CN")
        == "Invalid cross-device link"
    )


def test_policy_check_says_line_and_reason(
    installed: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.toml"
    file.write_text('id = "own"\nversion = "1"\ncolour = "red"\n', "utf-8")
    assert main(["policy", "check", str(file)]) == 1
    assert f"{file}:3" in capsys.readouterr().out
    shown = installed.run("policy", "show", "staff", "--json")
    assert shown.data["maintainer"] == {"role": "hr", "clause": "A.6"}


def test_every_command_and_setting_is_documented() -> None:
    from db.store.settings import Settings

    operators = (PROJECT / "docs" / "operators.md").read_text("utf-8")
    administrators = (PROJECT / "docs" / "administrators.md").read_text("utf-8")
    assert [key for key in Settings.model_fields if f"`{key}`" not in operators] == []
    assert administrators == with_generated(administrators), "`make docs` writes it"


@pytest.mark.threat(30)
def test_before_a_database_is_brought_up_to_date_a_backup_of_it_is_made(installed: Host) -> None:
    """A migration that goes wrong: what was there before it lies in the places of the backups, proved."""
    open_store(Home(installed.folder))
    before = audit.head()
    close_store()
    make_older(Home(installed.folder))
    said = installed.run("duties", "run")
    assert "a backup of it is made" in said.out
    (made,) = manifests(installed.folder / "backups")
    assert (made.schema, (made.seq, made.hash)) == (OLD, before)
    assert installed.run("backup", "verify").status == 0


@pytest.mark.threat(30)
def test_without_a_backup_a_database_is_left_as_it_is(
    installed: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is let in: the door, which would stay open until the test is ended, is not come to."""
    monkeypatch.setattr(front, "serve_home", lambda *_given: pytest.fail("it serves"))
    make_older(Home(installed.folder))
    shutil.rmtree(installed.folder / "backups", ignore_errors=True)
    (installed.folder / "backups").write_text("a file is in the way")
    said = installed.run("serve")
    assert (said.status, "could not be backed up" in said.err) == (1, True)
    open_store(Home(installed.folder))
    assert not database.table_exists("call_attempt")
    close_store()
