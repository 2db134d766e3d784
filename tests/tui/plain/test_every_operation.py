"""Whatever can be asked of the desk can be asked by a plain command: who sees no screen does every job."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from db.desk import Desk, open_desk
from db.desk.frame import OPERATIONS, Operation
from db.language import LANGUAGES, say
from reports.catalogue import KINDS
from tests.desk_groups import groups_of
from tests.world import World
from tui.sheets.registry import SHEETS

ROOT = Path(__file__).parents[3]
FACES = ("tui/plain", "tui/sheets", "reports")
"""What commands are made of; reports are drawn by one."""

AHEAD = "a form on the screen asks it while one types; a command is told when it hands in"
DRAWN = "it only says what a screen is to draw or to count"
DOOR = "the first sign-in, at the door"
HOST = "the host's command line has it, for its administrator"
SINGLY = "a command does it one by one"
ASKED = "a command asks for it: `offices appoint`, `accounts reset`"

WITHOUT: dict[str, tuple[str, ...]] = {
    AHEAD: (
        "asking.present", "asking.way", "changes.check",
        "directory.asks_reason", "directory.units_named", "lifecycle.check_join", "privacy.grounds",
    ),
    DRAWN: (
        "audit.allowed", "copies.offered", "directory.contact", "directory.forget",
        "directory.keep", "directory.kept", "directory.place", "directory.preview", "directory.unit",
        "drafts.keep", "drafts.kept", "held.mine", "held.undo", "editions.offered", "me.choose_drawing",
        "todo.keep",
        "me.choose_language", "me.choose_theme",
        "overview.offered", "pickups.end", "pickups.make", "pickups.mine",
        "pickups.offered", "queue.counts", "queue.gone", "reviews.spread",
        "reviews.waiting", "traces.allowed", "training.shut_out", "waiting.count", "waiting.news",
        "waiting.page", "waiting.tally", "waiting.passed", "overview.outlook", "overview.unusual",
    ),
    DOOR: ("me.accept", "me.undertakings"),
    HOST: (
        "accounts.announce", "accounts.break_glass", "accounts.lift_delays", "audit.chain", "importing.check",
        "importing.load", "policies.add", "policies.create_book", "policies.set_rules",
    ),
    ASKED: ("accounts.reset", "offices.fill"),
    SINGLY: ("queue.approve_many", "queue.reject_many", "queue.return_many", "reviews.decide_rest"),
}  # fmt: skip
"""Operations that no command reaches, by the reason."""


def named(desk: Desk) -> dict[str, str]:
    """Each operation of the desk by how code calls it: ``queue.return_`` is ``queue.return``."""
    found = {}
    for subject, group in groups_of(desk).items():
        for method in dir(type(group)):
            closure = getattr(getattr(type(group), method), "__closure__", None) or ()
            for cell in closure:
                if isinstance(cell.cell_contents, Operation):
                    found[f"{subject}.{method}"] = cell.cell_contents.name
    return found


def called() -> set[str]:
    """What of the desk commands call, as ``subject.method``."""
    found = set()
    for face in FACES:
        for file in (ROOT / face).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Attribute):
                    subject = node.value
                    if isinstance(subject, ast.Attribute):
                        found.add(f"{subject.attr}.{node.attr}")
                    elif isinstance(subject, ast.Call) and isinstance(subject.func, ast.Name):
                        found.add(f"{subject.func.id}.{node.attr}")
                    elif isinstance(subject, ast.Name):
                        found.add(f"{subject.id}.{node.attr}")
    return found


def test_every_operation_has_a_command_or_a_reason_to_have_none(world: World) -> None:
    names = named(open_desk(world.actor("zhangwei")))
    assert set(names.values()) == set(OPERATIONS)
    reached = {names[call] for call in called() & set(names)}
    reached |= {verb.operation for sheet in SHEETS for verb in sheet.verbs}
    reached |= {f"overview.{report}" for report in KINDS}
    excused = {name for group in WITHOUT.values() for name in group}
    told = "give each a Verb, a Sheet or a command that calls it, or in WITHOUT the reason to have none"
    assert sorted(set(OPERATIONS) - reached - excused) == [], told
    assert sorted(excused & reached) == [], "these have one now"


def test_no_list_says_that_it_is_empty_by_a_key_of_the_screen() -> None:
    """A command says the same where there are no keys; the screen names them below."""
    for sheet in SHEETS:
        for language in LANGUAGES:
            assert not re.search(r"(?i)\bpress\b|按 ?[a-z]|\bwith [a-z]\b", say(sheet.empty, language)), (
                sheet.id
            )


def test_what_a_list_or_a_verb_says_it_does_is_an_operation() -> None:
    said = {sheet.operation for sheet in SHEETS}
    said |= {verb.operation for sheet in SHEETS for verb in sheet.verbs}
    said |= {sheet.whole.operation for sheet in SHEETS if sheet.whole is not None}
    assert sorted(said - set(OPERATIONS)) == [], "operation= of each is the name that its @operation has"
