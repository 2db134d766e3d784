"""Look-up at the desk beside OpenLDAP: seven kinds of question, in the whole book and in one department.

Ours goes through the operation: the account's standing, the scope, the search, the masks; it gives values.
Theirs is one open connection to slapd on the same machine, whose answers are decoded into values too, as any
client must: that is what the bars compare with. What it takes where they are only counted is printed besides.
All are asked the same questions in turn, twenty results at the most each time, so that what else the machine
does falls on all alike.

    python -m tests.bench.lookup --people 10000 100000 --detail
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tabulate import tabulate

from db.store.engine import close_store
from tests.bench.lookup_desk import OurDesk
from tests.bench.lookup_ldap import Counted, Ldap, installed
from tests.bench.lookup_people import KINDS, Organisation, Question
from tests.bench.rows import Outcome, Row, Unmeasured, table
from tests.postgresql import begin_server

SIZES = (10_000, 100_000, 1_000_000)
EACH = 60
"""Questions of each kind."""
PAGE = 20
BAR = 1.0
"""Beside slapd's decoded answers."""
ENGINES = ("SQLCipher", "PostgreSQL")
GROWTH = 1.5
SCOPED_MS = 10.0


class Asked(Protocol):
    """A directory that can be asked; the number of results is what it says."""

    def ask(self, question: Question, *, scoped: bool, limit: int) -> int: ...


@dataclass
class Taken:
    """Milliseconds by kind of question; ``found`` counts the results."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    found: int = 0

    def quantile(self, part: float, *kinds: str) -> float:
        """The ``part`` quantile of ``kinds``, or of all."""
        times = sorted(taken for kind in kinds or self.times for taken in self.times[kind])
        return times[min(int(len(times) * part), len(times) - 1)]


def ask_in_turn(sides: Sequence[Asked], questions: Sequence[Question], *, scoped: bool) -> list[Taken]:
    """Each side asked every question, one side after the other, after a round that is not counted."""
    taken = [Taken() for _side in sides]
    for counted in (False, True):
        for question in questions:
            for side, result in zip(sides, taken, strict=True):
                began = time.perf_counter()
                found = side.ask(question, scoped=scoped, limit=PAGE)
                spent = (time.perf_counter() - began) * 1000
                if counted:
                    result.times[question.kind].append(spent)
                    result.found += found
    return taken


@dataclass(frozen=True, slots=True)
class Measured:
    """One engine at one size; the LDAP side is None where slapd is not installed. ``counted``: the same
    without the decoding of answers."""

    engine: str
    people: int
    scoped: bool
    ours: Taken
    ldap: Taken | None = None
    counted: Taken | None = None

    def rows(self) -> list[Outcome]:
        """Median and 95th percentile beside LDAP's."""
        where = "in one department" if self.scoped else "in the whole book"
        found: list[Outcome] = []
        for name, part in (("p50", 0.5), ("p95", 0.95)):
            what = f"{self.people:,} people {where}, {self.engine}, {name}"
            ours = self.ours.quantile(part)
            if self.ldap is None or self.counted is None:
                found.append(Unmeasured(f"{what}: {ours:.2f} ms", "slapd is not installed"))
            else:
                beside = f"slapd (counted: {self.counted.quantile(part):.3g})"
                found.append(Row(what, ours, "ms", BAR, self.ldap.quantile(part), beside))
        if self.scoped:
            what = f"{self.people:,} people {where}, {self.engine}, p95"
            found.append(Row(what, self.ours.quantile(0.95), "ms", SCOPED_MS))
        return found

    def detail(self) -> str:
        """Every kind of question by itself."""
        lines: list[list[object]] = []
        for kind in KINDS:
            sides = [side for side in (self.ours, self.ldap, self.counted) if side is not None]
            lines.append([kind, *(side.quantile(part, kind) for side in sides for part in (0.5, 0.95))])
        found = f"found {self.ours.found}, slapd {self.ldap.found if self.ldap is not None else '–'}"
        title = f"\n{self.engine}, {self.people:,} people, {'scoped' if self.scoped else 'whole'}: {found}\n"
        heads = ["ms", "p50", "p95", "slapd p50", "slapd p95", "counted p50", "counted p95"]
        return title + tabulate(lines, headers=heads[: len(lines[0])], floatfmt=".3f")


def measure_size(people: int, engines: Sequence[str] = ENGINES) -> list[Measured]:
    """Both engines, each beside the same slapd, with ``people`` people. Each is printed at once: filling a
    book of a million takes half an hour."""
    organisation = Organisation(people)
    questions = organisation.questions(EACH)
    folder = Path(tempfile.mkdtemp(prefix="lookup-"))
    server = begin_server(folder / "postgresql") if "PostgreSQL" in engines else None
    ldap = Ldap(folder / "ldap", organisation) if installed() else None
    found = []
    try:
        for engine in engines:
            url = server.get_uri() if server is not None and engine == "PostgreSQL" else None
            desk = OurDesk(folder / engine, organisation, url)
            sides: list[Asked] = [desk] if ldap is None else [desk, ldap, Counted(ldap)]
            for scoped in (False, True):
                found.append(Measured(engine, people, scoped, *ask_in_turn(sides, questions, scoped=scoped)))
            print(table([row for one in found[-2:] for row in one.rows()]), flush=True)
            close_store()
            shutil.rmtree(folder / engine)
    finally:
        close_store()
        if ldap is not None:
            ldap.close()
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    return found


def measure(
    sizes: Sequence[int] = SIZES, engines: Sequence[str] = ENGINES, detail: bool = False
) -> list[Outcome]:
    """The benchmark's lines."""
    found = []
    for people in sizes:
        made = measure_size(people, engines)
        if detail:
            print("\n".join(one.detail() for one in made), flush=True)
        found += made
    outcomes = [row for one in found for row in one.rows()]
    return outcomes + [_growth(found, engine) for engine in engines if len(sizes) > 1]


def _growth(found: Sequence[Measured], engine: str) -> Outcome:
    """How much longer one character takes among the most people than among the fewest."""
    whole = [one for one in found if one.engine == engine and not one.scoped]
    few, many = (one.ours.quantile(0.5, KINDS[0]) for one in (whole[0], whole[-1]))
    what = f"one character, p50, {whole[-1].people:,} people, {engine}"
    return Row(what, many, "ms", GROWTH, few, f"with {whole[0].people:,}")


def main() -> None:
    """Measure what the arguments ask for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--engine", choices=list(ENGINES), nargs="+", default=list(ENGINES))
    parser.add_argument("--detail", action="store_true", help="every kind of question by itself")
    asked = parser.parse_args()
    print(table(measure(asked.people, asked.engine, asked.detail)))


if __name__ == "__main__":
    main()
