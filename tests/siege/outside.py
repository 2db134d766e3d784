"""What is done beside the desk: commands of the host by whoever has the service's user, and files in the
state folder.

Whoever has the host has everything, so nothing is forbidden here; it has to be loud. Every operation that
the host's commands do is done as its operator, and those whom it concerns and who watch have to be told as
of anybody else's. A regulation that is edited, added or taken away as a file may not be in force by that.
(Older copies of database and journal that are put back: `test_older_backup` and `make torture`.)
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from db.desk.authority.permissions import policy_of
from db.desk.entry.naming import OPERATOR
from db.policy.effective import EffectivePolicy
from db.policy.loader import REGULATIONS, builtin
from db.store.tables import Book
from tests.siege.actors import Holder
from tests.siege.oracle import ALONE
from tests.siege.search import every_operation
from tests.siege.stage import Stage
from tests.siege.walking import Tally

OPERATIONS = (
    "accounts.create", "accounts.issue_activation", "accounts.break_glass", "accounts.disable",
    "accounts.enable", "accounts.end_sessions", "accounts.grant", "accounts.revoke", "calendar.add",
    "calendar.take_out",
    "policies.create_book", "policies.add", "policies.withdraw", "policies.set_rules",
    "policies.withdraw_rules", "accounts.lift_delays", "accounts.announce", "importing.load", "privacy.erase",
)  # fmt: skip
"""What the host's commands do."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Rules that a file in the state folder changed, with nobody asked and nobody told."""

    book: str
    how: str

    @property
    def key(self) -> tuple[str, ...]:
        """Alike for what is one hole."""
        return ("file", self.how)

    def __str__(self) -> str:
        return f"file: the rules of {self.book} are others by a file {self.how} in the state folder"


def from_the_host(stage: Stage, seed: int, draws: int, tally: Tally, until: float = math.inf) -> None:
    """Every operation of the host's commands by its operator, on people of every book. That one person does
    it is the host's way; that nobody is told is found."""
    mine = Tally()
    for book in sorted(row.id for row in Book.select(Book.id)):
        host = [Holder(OPERATOR, book, "host")]
        every_operation(stage, seed, draws, mine, host, OPERATIONS, until)
    tally.acts += mine.acts
    tally.by_host.update(mine.reached)
    for key, (find, holder, walk) in mine.found.items():
        if find.rule != ALONE:
            tally.found.setdefault(("host", *key), (find, holder, walk))


def by_a_file(stage: Stage, until: float = math.inf) -> Iterator[Changed]:
    """Regulations edited, added and taken away in the state folder, each held against the rules in force."""
    before = {row.id: policy_of(row.id) for row in Book.select()}
    named = sorted({ref.id for policy in before.values() for ref in policy.policies})
    for name in named:
        shipped = REGULATIONS / f"{name}.toml"
        if not shipped.exists() or time.process_time() > until:
            continue
        text, version = shipped.read_text("utf-8"), builtin()[name].version
        file = stage.home.policies / f"{name}.toml"
        edited = {
            "edited": text.replace('"masked"', '"shown"'),
            "of a higher version": text.replace(f'"{version}"', '"99"', 1).replace("head", "hr"),
            "that is none": "id =",
        }
        for how, changed in edited.items():
            with stage.attempt():
                file.write_text(changed, "utf-8")
                stage.clock.forward(minutes=1)
                yield from _others_now(before, how)
        with stage.attempt():
            file.write_text(text, "utf-8")
            stage.clock.forward(minutes=1)
            file.unlink()
            yield from _others_now(before, "taken away")


def _others_now(before: Mapping[str, EffectivePolicy], how: str) -> Iterator[Changed]:
    for book, policy in before.items():
        try:
            same = policy_of(book) == policy
        except Exception:  # whatever it is, nobody works with the directory any more
            same = False
        if not same:
            yield Changed(book, how)
