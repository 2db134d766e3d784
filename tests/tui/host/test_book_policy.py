"""`mingce book create` and `mingce policy add`, as the host's operator."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from db.language import say
from db.policy.loader import REGULATIONS
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account
from tests.tui.host.conftest import Host
from tui.host.book import decisions_of
from tui.host.main import main
from tui.host.shell import CommandFailure

HR = ("--maintainer", "chenjing")


@pytest.fixture
def tenth(tmp_path: Path) -> Path:
    """A regulation of the organisation's own."""
    file = tmp_path / "visitors.toml"
    file.write_text(
        'id = "visitors"\neffective = 2026-01-01\ntitle = { zh = "访客通讯录", en = "Visitors" }\n'
        'maintainer = { role = "hr", clause = "V.1" }\n',
        "utf-8",
    )
    return file


def test_a_regulation_is_added_and_a_book_is_made_under_it(installed: Host, tenth: Path) -> None:
    unasked = installed.run("policy", "add", tenth)
    assert (unasked.status, "--yes" in unasked.err) == (1, True), "as of `restore` and `catch-up`"
    added = installed.run("policy", "add", tenth, "--json", "--yes")
    assert added.status == 0, added.err
    assert (added.data["id"], added.data["books"], added.data["told"]) == ("visitors", [], 0)
    assert list((installed.folder / "policies").iterdir()) == []
    assert installed.run("policy", "text", "visitors").out == tenth.read_text("utf-8")
    made = installed.run("book", "create", "visitors", "--policy", "visitors", "--title", "访客", *HR)
    assert made.status == 0, made.err
    shown = installed.run("policy", "show", "visitors")
    assert "V.1" in shown.out
    assert "2026-01-01" in shown.out
    again = installed.run("policy", "add", tenth, "--yes")
    assert again.status == 1
    assert "1" in again.err


@pytest.mark.clause("G.9", "A.17")
def test_a_new_version_tells_everybody_who_can_acknowledge_it(installed: Host, tmp_path: Path) -> None:
    text = (REGULATIONS / "enterprise.toml").read_text("utf-8")
    file = tmp_path / "enterprise.toml"
    file.write_text(
        text.replace('version = "1.4"', 'version = "2"').replace("2026-01-01", "2099-01-01"), "utf-8"
    )
    added = installed.run("policy", "add", file, "--replace", "--json", "--yes")
    assert (added.status, added.data["books"], added.data["told"]) == (0, ["staff"], 1), added.err
    assert "enterprise 1" in installed.run("policy", "show", "staff").out


@pytest.mark.threat(56)
def test_a_version_from_the_host_takes_two_once_somebody_has_come_in(
    installed: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who gains and who loses sight of what is said first, and without adding it."""
    file = tmp_path / "enterprise.toml"
    text = (REGULATIONS / "enterprise.toml").read_text("utf-8")
    wide = 'scopes = [{ role = "employee", reach = "book", clause = "A.12" }]'
    text = text.replace('version = "1.4"', f'version = "2"\n{wide}').replace("2026-01-01", "2099-01-01")
    file.write_text(text, "utf-8")
    tried = installed.run("policy", "try", "staff", file)
    assert tried.status == 0, tried.err
    assert "+ gains sight: Employee" in tried.out
    with monkeypatch.context() as chinese:
        chinese.setattr("tui.host.language.LANGUAGE", "zh_CN")
        said = installed.run("policy", "try", "staff", file).out
    assert any("：" in line for line in said.splitlines() if "开始" in line), said
    assert not re.search(r"[\u4e00-\u9fff][:;] ", said), "the marks of Chinese stand in Chinese"
    assert len(installed.run("policy", "list", "--json").data) == 1
    open_store(Home(installed.folder))
    Account.update(state="active").where(Account.login == "chenjing").execute()
    close_store()
    added = installed.run("policy", "add", file, "--replace", "--yes")
    assert added.status == 0, added.err
    assert "+ gains sight: Employee" in added.out
    assert "It is request 1." in added.out
    withdrawn = installed.run("policy", "withdraw", "enterprise", "2")
    assert (withdrawn.status, "Request 1 asks for it" in withdrawn.err) == (1, True)
    assert len(installed.run("policy", "list", "--json").data) == 1


@pytest.mark.threat(66)
def test_a_file_that_can_not_be_read_stops_nothing_and_is_named(installed: Host) -> None:
    (installed.folder / "policies" / "bad.toml").write_bytes(b"\xff\xfe = ]")
    for words in (
        ("duties", "run"),
        ("backup", "run"),
        ("policy", "show", "staff"),
        ("account", "list", "staff"),
    ):
        assert installed.run(*words).status == 0
    (found,) = [
        one for one in installed.run("doctor", "--json").data if one["check"] == "Files of regulations"
    ]
    assert (found["ok"], "policies/bad.toml" in found["found"]) == (True, True)


def test_what_is_not_in_force_yet_is_withdrawn(installed: Host, tmp_path: Path) -> None:
    """A version, and other regulations for a book."""
    file = tmp_path / "enterprise.toml"
    text = (REGULATIONS / "enterprise.toml").read_text("utf-8")
    file.write_text(text.replace('version = "1.4"', 'version = "2"'), "utf-8")
    assert installed.run("policy", "add", file, "--replace", "--from", "2099-01-01", "--yes").status == 0
    assert "2099-01-01" in installed.run("policy", "list").out
    assert installed.run("policy", "withdraw", "enterprise", "2").status == 0
    again = installed.run("policy", "withdraw", "enterprise", "2")
    assert (again.status, "still to take effect" in again.err) == (1, True)
    both = ("staff", "enterprise", "information-security")
    assert installed.run("policy", "set", *both, "--from", "yesterday", "--yes").status == 1
    for unread in ((), ("--json",)):
        unasked = installed.run("policy", "set", *both, "--from", "2099-01-01", *unread)
        assert (unasked.status, "--yes" in unasked.err) == (1, True), "nobody read what it does"
    put = installed.run("policy", "set", *both, "--from", "2099-01-01", "--yes")
    assert put.status == 0, put.err
    assert "Rules that begin" in put.out
    assert installed.run("policy", "unset", "staff", "2099-01-01").status == 0
    assert installed.run("policy", "unset", "staff", "2099-01-01").status == 1
    assert installed.run("policy", "text", "enterprise", "1.4").out.strip() == text.strip()
    assert installed.run("policy", "text", "nothing").status == 1


def test_a_file_takes_the_place_of_a_regulation_that_came_only_where_that_is_meant(
    installed: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody calls a regulation of their own ``company``, which mingce brings along."""
    file = tmp_path / "ours.toml"
    file.write_text(
        'id = "company"\nversion = "2"\neffective = 2026-01-01\ntitle = { zh = "公司", en = "Ours" }\n'
        'maintainer = { role = "hr", clause = "V.1" }\n',
        "utf-8",
    )
    assert main(["policy", "check", str(file)]) == 0
    assert f"{file}:1: id: warning: company is the id of a regulation that comes" in capsys.readouterr().out
    refused = installed.run("policy", "add", file, "--yes")
    assert refused.status == 1
    assert "company is the id of a regulation that comes with mingce" in refused.err
    assert "--replace" in refused.err
    assert installed.run("policy", "add", file, "--replace", "--yes").status == 0
    file.write_text(file.read_text("utf-8").replace('"2"', '"3"'), "utf-8")
    assert installed.run("policy", "add", file, "--yes").status == 0, (
        "once it is the organisation's, it is revised"
    )
    assert installed.run("book", "create", "ours", "--policy", "company", *HR).status == 0
    shown = installed.run("policy", "show", "ours").out
    assert "in place of version 1.3, which comes with mingce" in shown


def test_the_check_warns_without_refusing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "list.toml"
    file.write_text(
        'id = "list"\neffective = 2026-01-01\ntitle = { zh = "表", en = "List" }\n'
        'fields = [{ name = "kin", zh = "家属", en = "Kin", kind = "name", visible_to = ["head"], '
        'clause = "V.1" }]\n'
        'editions = [{ id = "all", zh = "全", en = "All", include = { everyone = true }, columns = ["kin"], '
        'recipients = { everyone = true, clause = "V.2" }, every = "week", '
        'due = { time = "08:00", clause = "V.2" }, clause = "V.2" }]\n',
        "utf-8",
    )
    assert main(["policy", "check", str(file)]) == 0
    said = capsys.readouterr().out
    assert f"{file}:5: editions #1 columns #1: warning: All lists Kin for everyone" in said
    assert "can be used" in said
    assert main(["policy", "check", str(file), "--json"]) == 0
    (warned,) = [one for one in json.loads(capsys.readouterr().out) if one["key"].startswith("editions")]
    assert (warned["line"], warned["warning"]) == (5, True)


@pytest.mark.clause("A.17")
def test_an_undertaking_is_shown_before_it_is_accepted_in_a_script(installed: Host, tenth: Path) -> None:
    with tenth.open("a", encoding="utf-8") as file:
        file.write('undertaking = { zh = "我保密。", en = "I keep it to myself.", clause = "V.2" }\n')
    assert installed.run("policy", "add", tenth, "--yes").status == 0
    made = installed.run("book", "create", "visitors", "--policy", "visitors", "--title", "访客", *HR)
    assert made.status == 0, made.err
    without = installed.run("accept")
    assert without.status == 1
    assert "mingce accept --yes" in without.err
    assert "I keep it to myself." in installed.run("accept", "--yes").out
    assert installed.run("accept").out == "Nothing is left to accept.\n"


def test_whoever_wrote_a_regulation_sees_its_terms_and_its_clock(installed: Host, tenth: Path) -> None:
    with tenth.open("a", encoding="utf-8") as file:
        file.write(
            'flow.change = { reason = true, deadline = { days = 2, from = "report", clause = "V.3" }, '
            'clause = "V.2" }\n'
            'duty.leaver = { days = 4, from = "leave", clause = "V.4" }\n'
            'purposes = [{ id = "meeting", clause = "V.5" }]\n'
            'backups = { every = "week", by = "technical", destinations = 2, clause = "V.6" }\n'
        )
    assert installed.run("policy", "add", tenth, "--yes").status == 0
    assert installed.run("book", "create", "visitors", "--policy", "visitors", *HR).status == 0
    shown = installed.run("policy", "show", "visitors").out
    assert "    with a reason  (V.2)\n" in shown
    assert "    within 2 working days of the report  (V.3)\n" in shown
    assert "within 4 working days of the date of leaving  (V.4)" in shown
    assert ": allowed  (V.5)" in shown
    assert "2 destinations  (V.6)" in shown


def test_a_bad_file_is_explained_line_by_line(installed: Host, tenth: Path) -> None:
    tenth.write_text(tenth.read_text("utf-8") + "colour = 3\n", "utf-8")
    said = installed.run("policy", "add", tenth, "--yes")
    assert said.status == 1
    assert f"{tenth}:5: colour" in said.out
    assert installed.run("policy", "add", tenth.with_name("none.toml")).status == 1


def test_what_regulations_leave_open_is_decided_on_the_command_line(
    installed: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is refused names the command that shows it again: one file alone would show nothing."""
    policies = ("--policy", "enterprise", "--policy", "controlled-document")
    undecided = installed.run("book", "create", "group", *policies, *HR)
    assert undecided.status == 1
    assert "maintainer" in undecided.err
    assert "mingce policy check enterprise controlled-document" in undecided.err
    assert main(["policy", "check", "enterprise", "controlled-document"]) == 1
    assert "maintainer" in capsys.readouterr().out
    wrong = installed.run("book", "create", "group", *policies, *HR, "--decide", "maintainer=nobody")
    assert "policy check enterprise controlled-document --decide maintainer=nobody" in wrong.err
    assert installed.run("book", "create", "group", *policies, *HR, "--decide", "maintainer").status == 2
    decided = installed.run("book", "create", "group", *policies, *HR, "--decide", "maintainer=hr", "--json")
    assert (decided.status, decided.data["policies"]) == (0, ["enterprise", "controlled-document"])


@pytest.mark.parametrize(
    ("decisions", "key"),
    [
        (["maintainer=it", "maintainer=hr"], "maintainer"),
        (["maintainer=hr", "maintainer=hr"], "maintainer"),
        (["times.entry=3", "times=5"], "times"),
        (["times=5", "times.entry=3"], "times.entry"),
    ],
)
def test_a_key_that_is_decided_twice_is_refused_and_not_the_last_taken(
    installed: Host, decisions: list[str], key: str
) -> None:
    words = [word for one in decisions for word in ("--decide", one)]
    policies = ("--policy", "enterprise", "--policy", "controlled-document")
    refused = installed.run("book", "create", "group", *policies, *HR, *words)
    assert refused.status == 2
    assert f"“{key}” is decided twice. Give --decide once for each key." in refused.err
    with pytest.raises(CommandFailure) as caught:
        decisions_of(decisions)
    assert say(caught.value.message, "zh_CN") == f"“{key}”写了两次。每个键只能写一次 --decide。"
    assert installed.run("policy", "show", "group").status == 2, "nothing was made"


def test_a_version_that_disagrees_in_a_book_names_the_check_of_all_its_regulations(
    installed: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policies = ("--policy", "enterprise", "--policy", "controlled-document")
    made = installed.run("book", "create", "group", *policies, *HR, "--decide", "maintainer=hr")
    assert made.status == 0, made.err
    text = (REGULATIONS / "controlled-document.toml").read_text("utf-8")
    file = tmp_path / "controlled document.toml"
    file.write_text(
        text.replace('version = "1.4"', 'version = "2"').replace(
            "interpreter =", 'technical = { role = "security", clause = "I.9" }\ninterpreter ='
        ),
        "utf-8",
    )
    added = installed.run("policy", "add", file, "--replace", "--yes")
    assert added.status == 1
    command = next(line for line in added.err.splitlines() if "mingce policy check" in line)
    words = shlex.split(command[command.index("mingce") : command.rindex("`")])
    assert words[3:] == ["enterprise", str(file), "--decide", "maintainer=hr"]
    assert main(words[1:]) == 1
    assert "technical" in capsys.readouterr().out


@pytest.mark.clause("B.5.3", "F.6.2", "I.4.2.1")
def test_what_is_in_force_tells_reviews_editions_and_training_with_their_clauses(installed: Host) -> None:
    for policy, clauses in (
        ("general", ("F.5.1", "F.6.2")),
        ("controlled-document", ("I.4.1.1", "I.4.2.1", "I.4.3.1")),
    ):
        made = installed.run("book", "create", policy, "--policy", policy, *HR)
        assert made.status == 0, made.err
        shown = installed.run("policy", "show", policy).out
        for clause in clauses:
            assert clause in shown, (policy, clause)


@pytest.mark.clause("D.3")
def test_a_class_is_not_made_without_a_deputy(installed: Host) -> None:
    words = ("book", "create", "class", "--policy", "school-class", *HR)
    refused = installed.run(*words)
    assert refused.status == 1
    assert "D.3" in refused.err
    assert installed.run(*words, "--deputy", "nobody").status == 1
    assert installed.run(*words, "--deputy", "chenjing").status == 0


@pytest.mark.clause("H.4.3")
def test_private_data_and_its_ban_meet_only_if_the_organisation_says_so(
    installed: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    policies = ("--policy", "school-class", "--policy", "information-security")
    people = ("--maintainer", "chenjing", "--deputy", "chenjing")
    undecided = installed.run("book", "create", "class", *policies, *people)
    assert undecided.status == 1
    assert main(["policy", "check", "school-class", "information-security"]) == 1
    checked = capsys.readouterr().out
    assert "school-class.toml:" in checked
    for word in ("H.4.3", "D.2.1", "D.2.2", "allow_private_fields"):
        assert word in checked
    assert main(
        ["policy", "check", "school-class", "information-security", "--decide", "allow_private_fields=true"]
    ) == 0  # fmt: skip
    assert main(["policy", "check", "school-class", "information-security", "--decide", "colour=red"]) == 1
    for word in ("H.4.3", "D.2.1", "D.2.2", "allow_private_fields"):
        assert word in undecided.err
    decided = installed.run(
        "book", "create", "class", *policies, *people, "--decide", "allow_private_fields=true"
    )
    assert decided.status == 0, decided.err


def test_a_single_file_is_checked_as_the_rules_of_a_book(
    tenth: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with tenth.open("a", encoding="utf-8") as file:
        file.write(
            'fields = [{ name = "birth_date", private = true, visible_to = ["self"], clause = "V.2" }]\n'
            'screening = [{ what = "private-data", clause = "V.3" }]\n'
        )
    assert main(["policy", "check", str(tenth)]) == 1
    said = capsys.readouterr().out
    assert f"{tenth}:5: fields #1: V.2 asks for Birth date, but V.3 bans private data" in said
    assert main(["policy", "check", str(tenth), "--decide", "allow_private_fields=true"]) == 0


def test_the_check_names_the_command_that_would_be_taken(
    tenth: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", "check", str(tenth)]) == 0
    assert f"`mingce policy add {tenth}` adds it" in capsys.readouterr().out
    assert main(["policy", "check", "enterprise"]) == 0
    assert "enterprise comes with mingce" in capsys.readouterr().out
    revised = tenth.read_text("utf-8").replace('id = "', 'id = "enterprise" # "', 1)
    tenth.write_text(revised.replace("title", 'version = "9"\ntitle', 1), "utf-8")
    assert main(["policy", "check", str(tenth)]) == 0
    first, *_rest, last = capsys.readouterr().out.splitlines()
    assert f"{tenth}:1: id: warning: enterprise is the id" in first
    assert f"`mingce policy add {tenth} --replace` adds it" in last


def test_a_remark_is_told_and_hinders_nothing(tenth: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tenth.read_text("utf-8")
    tenth.write_text(text.replace('maintainer = { role = "hr", clause = "V.1" }\n', ""), "utf-8")
    assert main(["policy", "check", str(tenth)]) == 0
    said = capsys.readouterr().out
    assert f"{tenth}:1: maintainer: warning: Nobody is named who keeps the directory" in said
    assert "can be used" in said
    assert main(["policy", "check", str(tenth), "--json"]) == 0
    (remark,) = json.loads(capsys.readouterr().out)
    assert (remark["key"], remark["warning"]) == ("maintainer", True)
    assert main(["policy", "check", str(tenth), "enterprise"]) == 0
    assert "warning" not in capsys.readouterr().out


def test_two_files_whose_clauses_cannot_be_told_apart_are_told(
    tenth: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tenth.with_name("guests.toml")
    other.write_text(tenth.read_text("utf-8").replace('"visitors"', '"guests"'), "utf-8")
    assert main(["policy", "check", str(tenth), str(other)]) == 1
    assert (
        f"{other}:4: maintainer clause: V.1 could be a clause of Visitors as well" in capsys.readouterr().out
    )
