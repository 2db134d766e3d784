"""What each screen reads, as somebody who has just come in opens it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from math import comb
from typing import Any

from db.desk import Actor, Desk, open_desk
from db.desk.audit.audit import DIMENSIONS, AuditFilter
from db.desk.due_dates import calendar, today
from db.desk.emergency.emergencies import Emergencies
from db.desk.importing.importing import Source
from db.desk.reviews.report import ReviewReports
from db.desk.reviews.reviews import Reviews
from db.desk.tasks.duties import RunnerPlace, run
from db.desk.today.waiting import WaitingFilter
from db.store.engine import store
from db.store.tables import Account, Entry
from tests.bench.lookup_desk import BOOK
from tests.bench.scale_world import READERS, desk_of

PAGE = 24
HERE = RunnerPlace("host", "host:bench")
WAYS = len(DIMENSIONS) + 1
"""In which the audit is narrowed: by each of its dimensions, and by days."""
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass(frozen=True, slots=True)
class Screen:
    """What somebody reads to open it; ``limit`` in ms among 100,000 people, None: how it grows counts."""

    name: str
    reader: str
    limit: float | None
    read: Callable[[Desk], object]


def _today(desk: Desk) -> object:
    waiting = desk.waiting
    count, tally = waiting.count(), waiting.tally()
    mine, others = (waiting.page(whose, WaitingFilter(), 0, PAGE) for whose in ("mine", "others"))
    return (
        count.all > 0,
        tally.all,
        mine.rows,
        others.rows,
        waiting.passed(),
        desk.resets.open(),
        waiting.news(),
    )


def _directory(desk: Desk) -> object:
    found = desk.directory.books(), desk.directory.units(BOOK, None), desk.directory.list(BOOK)
    return found, desk.lifecycle.begins(BOOK), Emergencies(desk).books(), desk.backups.books()


def _queue(desk: Desk) -> object:
    counted = desk.todo.window(limit=0)
    return counted.chips, desk.todo.window(limit=PAGE).rows


def _audit(desk: Desk) -> object:
    first = desk.audit.window(AuditFilter(), 0, PAGE)
    others = (PAGE, first.total - PAGE)
    return [len(desk.audit.window(AuditFilter(upto=first.upto), offset, PAGE).rows) for offset in others]


def _ways() -> tuple[dict[str, Any], ...]:
    account = Account.get(Account.login == "employee")
    return (
        {"person": account.id},
        {"object": Entry.get(Entry.person == account.person_id).id},
        {"act": "sign-in"},
        {"outcome": "refused"},
        {"clause": "E.11"},
        {"source": "192.0.2.77"},
        {"book": BOOK},
        {"first": today() - timedelta(days=200), "last": today() - timedelta(days=190)},
    )


def _narrowed(desk: Desk) -> object:
    return [len(desk.audit.window(AuditFilter(**way), 0, PAGE).rows) for way in _ways()]


def _narrowed_twice(desk: Desk) -> object:
    pairs = list(combinations(_ways(), 2))
    return [len(desk.audit.window(AuditFilter(**one, **other), 0, PAGE).rows) for one, other in pairs]


def _facets(desk: Desk) -> object:
    return [len(desk.audit.facets(AuditFilter(), dimension)) for dimension in DIMENSIONS]


def _accounts(desk: Desk) -> object:
    return [len(desk.accounts.page(BOOK, offset, PAGE)) for offset in (0, 5_000)]


def _access(desk: Desk) -> object:
    return desk.overview.access(BOOK, None, *_month()).rows


def _month() -> tuple[date, date]:
    return today() - timedelta(days=30), today()


def _reviews(desk: Desk) -> object:
    return [len(Reviews(desk).items(one.id, "mine", 0, PAGE)) for one in Reviews(desk).campaigns()]


def _judge(desk: Desk) -> object:
    """The first that is one's own in each review, found right."""
    for review in Reviews(desk).campaigns():
        for one in Reviews(desk).items(review.id, "mine", 0, 1):
            Reviews(desk).decide(review.id, one.id, "right", one.version)
    return None


def declare(desk: Desk) -> object:
    """The next day that is worked is off: every deadline is counted anew, and whoever has one is told."""
    day = calendar(BOOK).next_working_day(today() + timedelta(days=1))
    rows = [["day", "kind", "name"], [day.isoformat(), "holiday", "founding day"]]
    return ["moved"] * desk.calendar.add(BOOK, rows, Source("days.csv", secrets.token_hex(32))).moved


@cache
def _colleague(login: str, _store: int) -> Actor:
    """Signed in once for each store."""
    return desk_of(login).actor


def _change(desk: Desk) -> object:
    own = desk.me.who().books[0].entry
    form = desk.changes.form(own or 0)
    phone = f"010 6000 0001-{secrets.randbelow(9000) + 1000}"
    evidence = desk.evidence.add("受理单.pdf", PDF)
    request = desk.changes.submit(form.entry, form.version, {"office_phone": phone}, "换号", [evidence.id])
    for login in ("head", "hr"):
        colleague = open_desk(_colleague(login, id(store())))
        colleague.queue.approve(request, colleague.queue.one(request).digest)
    return None


SCREENS = (
    *(Screen("Today", reader, 100, _today) for reader in ("employee", "head", "hr", "security")),
    Screen("Today, what one answers for", "hr", 500, lambda desk: desk.overview.outlook()),
    *(Screen("Directory", reader, 60, _directory) for reader in ("employee", "head", "hr", "security")),
    *(Screen("Queue", reader, 100, _queue) for reader in ("head", "hr")),
    Screen("Audit", "security", 50, _audit),
    Screen("Audit, narrowed in each way", "security", 50 * WAYS, _narrowed),
    Screen("Audit, narrowed in each two ways", "security", 50 * comb(WAYS, 2), _narrowed_twice),
    Screen("Audit, all that it can be narrowed to", "security", 50 * len(DIMENSIONS), _facets),
    Screen("Accounts", "it", 50, _accounts),
    Screen("Coverage", "hr", 50, lambda desk: desk.overview.coverage(BOOK).rows),
    Screen("Access", "security", 300, _access),
    *(Screen("Reviews", reader, 50, _reviews) for reader in ("employee", "head", "hr", "security")),
    *(Screen("Review, one found right in each", reader, 120, _judge) for reader in READERS[:3]),
    Screen("Duties, a run that finds nothing new", "security", 500, lambda _desk: run(HERE)),
    *(Screen("Reports", reader, 50, lambda desk: desk.overview.reports()) for reader in ("head", "hr")),
    Screen("Change, handed in, approved and applied", "employee", 3 * 40, _change),
    Screen("report: directory", "hr", 4_000, lambda desk: desk.overview.directory(BOOK).rows),
    Screen("report: names", "hr", 250, lambda desk: desk.overview.names(BOOK).rows),
    Screen("report: incomplete", "hr", 250, lambda desk: desk.overview.incomplete(BOOK).rows),
    Screen(
        "report: reviews", "hr", 250, lambda desk: ReviewReports(desk).reviews(BOOK, None, *_month()).rows
    ),
    Screen("Calendar, a day that moves all deadlines", "hr", 8_000, declare),
)  # fmt: skip
