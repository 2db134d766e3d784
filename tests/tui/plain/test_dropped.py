"""No option of a plain command is dropped without a word: what would change nothing is refused."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

import pytest

from db.store.tables import AuditRecord
from tests.tui.plain.conftest import Ask
from tests.world import World
from tui.plain.registry import COMMANDS
from tui.plain.words import CommandWords, Option, read_words

SHAPES = (
    ("zhangwei", "whoami"),
    ("zhangwei", "mydata"),
    ("zhangwei", "mydata --format csv"),
    ("zhangwei", "find 张文"),
    ("zhangwei", "find --position 工程师"),
    ("zhangwei", "card"),
    ("zhangwei", "card {entry}"),
    ("zhangwei", "why"),
    ("zhangwei", "why {entry}"),
    ("zhangwei", "why {entry} mobile"),
    ("zhangwei", "reveal {entry} mobile --purpose work"),
    ("liuyang", "change --entry {entry} extension=8999 --reason 换座 --evidence {file}"),
    ("zhangwei", "ask"),
    ("zhangwei", "ask access --book staff"),
    ("zhangwei", "ask copies"),
    ("zhangwei", "rules staff"),
    ("zhangwei", "requests"),
    ("wangfang", "queue"),
    ("zhaomin", "queue {request}"),
    ("zhangwei", "requests {request}"),
    ("zhangwei", "tasks"),
    ("zhangwei", "consents"),
    ("zhangwei", "consents received"),
    ("zhangwei", "evidence list"),
    ("zhangwei", "resets"),
    ("zhangwei", "case"),
    ("zhangwei", "editions"),
    ("liuyang", "report --book staff"),
    ("liuyang", "report"),
    ("liuyang", "report processing --book staff"),
    ("liuyang", "report changes --book staff"),
    ("liuyang", "leavers --book staff"),
    ("helei", "audit"),
    ("helei", "audit {record}"),
)
"""Commands as they are written with and without what may be left out; each is done as it stands."""


class Recorded(Mapping[str, str]):
    """Options that remember which of them were looked at."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given, self.seen = given, set[str]()

    def __getitem__(self, name: str) -> str:
        self.seen.add(name)
        return self.given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)


def some_value(option: Option) -> str:
    """Something that the option may be given."""
    known = {"BOOK": "staff", "N": "1", "DAY": "2026-11-23", "PERIOD": "2026-11", "ENTRY": "1", "TAG": "vip"}
    return known.get(option.value, option.value.split("|")[-1] if "|" in option.value else "x")


def shape_of(line: str, world: World, ask: Ask) -> str:
    """``line`` with what there is in this world."""
    needs = {name for name in ("file", "request", "record") if f"{{{name}}}" in line}
    made: dict[str, object] = {"entry": world.entry("zhangwen")}
    if "file" in needs:
        pdf = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        made["file"] = ask("liuyang", "evidence add a.pdf --json", pdf).data["id"]
    if "request" in needs:
        made["request"] = ask("zhangwei", "ask access name=赵敏 --reason 对接 --book staff").text.split()[1]
    if "record" in needs:
        ask("zhangwei", f"card {made['entry']}")
        made["record"] = AuditRecord.select(AuditRecord.seq).order_by(AuditRecord.seq.desc()).scalar()
    return line.format(**made)


@pytest.mark.parametrize(("login", "line"), SHAPES, ids=[line for _login, line in SHAPES])
def test_an_option_that_is_not_refused_was_looked_at(
    world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch, login: str, line: str
) -> None:
    """Whatever is done although an option was given has at least asked for that option."""
    options: list[Recorded] = []

    def watched(words: Sequence[str], known: Sequence[Option], **how: bool) -> CommandWords:
        read = read_words(words, known, **how)
        options.append(Recorded(read.options))
        return CommandWords(read.operands, options[-1])

    plain = shape_of(line, world, ask)
    assert ask(login, plain).status == 0, "as it stands it is done"
    monkeypatch.setattr(import_module("tui.plain.command"), "read_words", watched)
    words = shlex.split(plain)
    command = max((one for one in COMMANDS if words[: len(one.name.split())] == one.name.split()),
                  key=lambda one: len(one.name))  # fmt: skip
    for option in command.options:
        if f"--{option.name}" in words:
            continue
        value = shlex.quote(some_value(option)) if option.value else ""
        answer = ask(login, f"{plain} --{option.name} {value}".strip())
        assert answer.status != 0 or option.name in options[-1].seen, option.usage
        if answer.status == 2:
            assert f"--{option.name}" in answer.err


@pytest.mark.parametrize(
    ("login", "line", "option"),
    [
        ("wangfang", "queue 1 --due overdue", "--due"),
        ("helei", "audit 1 --person 张伟", "--person"),
        ("zhangwei", "emergency 1 --unit 研发中心", "--unit"),
        ("zhangwei", "ask access --evidence 3f2a --book staff", "--evidence"),
        ("zhangwei", "ask --reason 试", "--reason"),
        ("zhangwei", "mydata --format csv --json", "--json"),
        ("zhangwei", "why 1 --book staff", "--book"),
        ("zhangwei", "change extension=1 --entry 1 --book staff", "--book"),
        ("liuyang", "report --format xlsx", "--format"),
        ("liuyang", "report processing --book staff --period 2026-11", "--period"),
        ("liuyang", "report changes --book staff --json --format xlsx", "--format"),
    ],
)
def test_an_option_without_a_meaning_is_refused_by_name(ask: Ask, login: str, line: str, option: str) -> None:
    answer = ask(login, line, language="en")
    assert answer.status == 2
    assert f"Here {option} would change nothing; leave it out." in answer.err


def test_listing_what_can_be_had_is_narrowed_by_the_book(world: World, ask: Ask) -> None:
    books = {one["book"] for one in ask("zhangwei", "ask --book group --json").data}
    assert books == {"group"}
    assert all(list(one["books"]) == ["staff"] for one in ask("liuyang", "report --book staff --json").data)
    for line in ("ask --book nowhere", "report --book nowhere"):
        assert ask("zhangwei", line).status == 2
