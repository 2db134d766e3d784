"""What the manual says of keys is what the screens have."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tui.screens
from db.language import say
from tui.jobs import Job, read_jobs
from tui.kit import common_keys
from tui.kit.commands import key_name
from tui.kit.common_keys import DRAWING, MORE
from tui.plain.command import find_among
from tui.plain.registry import COMMANDS, NAMES
from tui.screens.directory.keys import OF_PUPILS
from tui.screens.modes import MODES
from tui.sheets.registry import SHEETS

PAGES = sorted((Path(__file__).parents[2] / "docs").glob("*.zh.md"))
CELL = re.compile(r"\| ((?:`[^`]+` [一-鿿]+[、 ]?)+)(?=\|)")
FAR = re.compile(r"^ssh (?:-p \S+ )?\S+ ")
NAMED_KEY = re.compile(r"(?<!再)按 ?([a-z])(?![a-z])|(?:^|[。；，])([a-z])(?=[： ])")
LABELLED = re.compile(r"`([^`]+)` ([一-鿿]+)")
CHOSEN = re.compile(r"`([nvf])`[^`。]{0,3}选“([^”]+)”")
TABLES = {
    ("hr", "每天：审批待办"): {"QueueScreen"},
    ("hr", "账号"): {"AccountsScreen"},
    ("hr", "任务"): {"TaskCard"},
    ("reviews", "维护人：逐条核对"): {"ReviewEntries"},
    ("class-teachers", "突发情况：马上联系家长"): {"EmergencyCall"},
    ("staff", "找同事"): {"DirectoryScreen"},
    ("editions", "发放：每周"): {"EditionsScreen", "EditionCopies"},
    ("cases", "办案人：从受理到结案"): {"CaseCard"},
}
"""Sections whose table tells the keys of one screen."""


def keys_of(screen: Any) -> set[tuple[str, str]]:
    """Each key of a screen, with its label in Chinese."""
    sheet = getattr(screen, "SHEET", None)
    shown = [*getattr(screen, "KEYS", ()), *(sheet.verbs if sheet else ())]
    return {(key_name(one.key), say(one.label, "zh_CN")) for one in shown if one.key}


def screens() -> Iterator[Any]:
    for found in pkgutil.walk_packages(tui.screens.__path__, "tui.screens."):
        module = importlib.import_module(found.name)
        yield from (thing for thing in vars(module).values() if inspect.isclass(thing))


@pytest.mark.parametrize("job", [job for job in read_jobs() if job.keys], ids=lambda job: job.en)
def test_the_keys_of_a_job_are_there(job: Job) -> None:
    """The place that its first keys lead to has the next."""
    places = [mode for mode in MODES if job.is_at(mode.digit)]
    if job.keys[:1].isdigit():
        held = {key for mode in places for key, _label in keys_of(mode.screen)}
        assert places
        assert set(job.keys.removeprefix(places[0].digit).split()[:1]) <= held | {"Enter"}
    else:
        everywhere = (*common_keys.ANYWHERE, *DRAWING)
        assert job.keys.split()[0] in {key_name(one.key) for one in everywhere}


def explained() -> Iterator[tuple[str, Any, set[str]]]:
    """Each screen and list that explains itself, with its keys."""
    for screen in screens():
        if getattr(screen, "ABOUT", None):
            yield screen.__name__, screen.ABOUT, {key for key, _label in keys_of(screen)}
    for sheet in SHEETS:
        yield sheet.id, sheet.about, {key_name(verb.key) for verb in sheet.verbs if verb.key}


def test_the_keys_that_an_explanation_names_are_there() -> None:
    """Not those that are pressed elsewhere, as in “按 0、b，其中再按 v”."""
    lacking = {
        (name, key)
        for name, about, keys in explained()
        for found in NAMED_KEY.findall(say(about, "zh_CN"))
        for key in {"".join(found)} - keys
    }
    assert lacking == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_key_in_a_table_bears_the_label_that_it_has_on_a_screen(page: Path) -> None:
    known = {pair for screen in screens() for pair in keys_of(screen)}
    known |= {(one.digit, say(one.label, "zh_CN")) for one in MODES} | {(MORE.key, say(MORE.label, "zh_CN"))}
    told = {pair for cell in CELL.findall(page.read_text("utf-8")) for pair in LABELLED.findall(cell.strip())}
    assert told - known == set()


@pytest.mark.parametrize(("page", "section"), TABLES)
def test_the_keys_of_a_table_are_those_of_the_screen_that_it_tells_of(page: str, section: str) -> None:
    text = (PAGES[0].parent / f"{page}.zh.md").read_text("utf-8")
    table = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    told = {
        key
        for cell in re.findall(r"^\| (`[^|]+)\|", table, re.MULTILINE)
        for key in re.findall("`([^`]+)`", cell)
    }
    held = {key for one in screens() if one.__name__ in TABLES[page, section] for key, _label in keys_of(one)}
    assert told
    assert told - held - {"Enter", "z"} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_chosen_of_a_key_is_called_as_the_screen_calls_it(page: Path) -> None:
    known = {pair for screen in screens() for pair in keys_of(screen)}
    known |= {(key_name(one.key), say(one.label, "zh_CN")) for one in OF_PUPILS.values()}
    known |= {("n", job.zh) for job in read_jobs()}
    assert set(CHOSEN.findall(page.read_text("utf-8"))) - known == set()


@pytest.mark.parametrize(
    "page",
    [page for one in PAGES for page in (one, one.with_name(one.name.replace(".zh", "")))],
    ids=lambda page: page.name,
)
def test_the_commands_on_a_page_are_written_as_they_must_be(page: Path) -> None:
    text = page.read_text("utf-8")
    blocks = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    for said in [*re.findall(r"`([^`]+)`", text), *blocks]:
        line = FAR.sub("", re.sub(r'^cmd /c "(.*)"$', r"\1", " ".join(said.split())))
        argv = shlex.split(re.split(r"(?:^| )[<>#] ?", line)[0])
        command, rest = find_among(COMMANDS, argv)
        if argv and argv[0] in NAMES and (rest or command is None):
            assert command is not None, said
            command.read(rest)
