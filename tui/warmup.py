"""A rehearsal: somebody who doesn't exist signs in to a store of their own and looks at the first screens.

What a session would do for the first time is so done once, before the fork: styles are parsed, regulations
composed, patterns compiled, and Python's own shortcuts taken. Nothing of the real store is read but its
books' regulations, and nothing is written to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textual.pilot import Pilot

from auth import sessions
from db.desk import Desk, open_desk
from db.desk.authority.permissions import policy_of, root_of
from db.desk.authority.putting_on_record import put_text
from db.desk.authority.rules_on_record import (
    regulations_of,
    rules_on_record,
    text_on_record,
    today_on_record,
)
from db.desk.due_dates import calendar, today
from db.desk.entry.record import create_entry
from db.desk.entry.units import create_book, create_unit
from db.desk.privacy.collection import key_of, notice_of, store_notice_text
from db.language import LANGUAGES, Label, Language
from db.policy.loader import builtin, load_recorded
from db.store import clock
from db.store.engine import close_store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, Book, Entry, UndertakingAccepted
from db.store.transactions import writing
from tui.front.code_sharing import code_gathered
from tui.kit import KitApp

BOOK = "rehearsal"
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
SIZE = (80, 24)
KEYS = ("2", "slash", "l", "i", "down", "enter", "escape", "question_mark", "escape", "1")
"""To the directory, what is found for two letters, a card, the help, and back."""


@dataclass(frozen=True, slots=True)
class WarmRules:
    """What a book is composed from: its regulations, of those on record the texts with their days, and what
    the organisation decided where they differ."""

    policies: Sequence[str]
    decisions: Mapping[str, object] = field(default_factory=dict)
    texts: Sequence[tuple[str, str]] = ()


AppFor = Callable[[Callable[[], Desk], Mapping[str, str], Language], KitApp]
"""Makes the application of a session, from its desk, its client's environment and its language."""


def rehearse(home: Home, app_for: AppFor) -> None:
    """Go through the first screens once in each language, then compose the regulations of every book of
    ``home``, whose store is the last that was open. Raises what went wrong in it."""
    with _stand_in(home, _rules(home)) as session:
        for language in LANGUAGES:
            app = app_for(lambda: open_desk(sessions.resume(session)), TERMINAL, language)
            with code_gathered() if language is LANGUAGES[0] else nullcontext():
                app.run(headless=True, size=SIZE, auto_pilot=_look_around)
            if app.crash is not None:
                raise app.crash
    _rules(home)


async def _look_around(pilot: Pilot[Any]) -> None:
    for key in KEYS:
        await pilot.press(key)
    pilot.app.exit(0)


def _rules(home: Home) -> WarmRules:
    """Return the rules of the first book with people of the inside, or where there is none yet, a regulation
    that comes with mingce. The days off of this year and the next are known then too: the library that has
    them loads hundreds of modules when asked."""
    open_store(home)
    try:
        with suppress(ValueError):  # of a country that is not known: `mingce doctor` says so
            for day in (today(), today() + timedelta(days=366)):
                calendar().is_working_day(day)
        books = list(Book.select().order_by(Book.sort, Book.id))
        inside = [book for book in books if any(kind.side == "internal" for kind in policy_of(book.id).kinds)]
        return _rules_of(inside[0].id) if inside else WarmRules(sorted(builtin())[:1])
    finally:
        close_store()


def _rules_of(book: str) -> WarmRules:
    known, under, day = rules_on_record(), regulations_of(book), today_on_record()
    versions = [one for name in under.regulations if (one := known.version(name, day)) is not None]
    return WarmRules(
        under.regulations, under.decided, [(text_on_record(one.digest), one.from_day) for one in versions]
    )


@contextmanager
def _stand_in(home: Home, rules: WarmRules) -> Iterator[int]:
    """Open a new store with one reader; yield the number of their session. It is gone afterwards."""
    with TemporaryDirectory() as folder:
        stand_in = Home(Path(folder))
        make_keys(stand_in.keys)
        open_store(stand_in, home.settings().model_copy(update={"database": "sqlite:rehearsal.db"}))
        try:
            migrate()
            yield _reader(rules)
        finally:
            close_store()


def _reader(rules: WarmRules) -> int:
    title, root = Label("Directory", "Directory"), Label("Group", "Group")
    with writing():
        for text, day in rules.texts:
            put_text(text, load_recorded(text), day)
        create_book(BOOK, title, rules.policies, root=root, decisions=rules.decisions)
        policy = policy_of(BOOK)
        kind = next(rule.id for rule in policy.kinds if rule.side == "internal")
        unit = create_unit(BOOK, "Department", root_of(BOOK))
        entry = create_entry(
            BOOK, unit, kind, {"name": ("Li Li",), "position": ("Clerk",)}, source="rehearsal"
        )
        account = Account.create(
            login=BOOK,
            person=_person_of(entry),
            state="active",
            created_at=clock.now(),
            password_set_at=clock.now(),
        )
        for rule in policy.undertakings:
            UndertakingAccepted.create(
                account=account, policy=rule.policy, version=rule.version, at=clock.now()
            )
        notice = notice_of(policy)
        store_notice_text(notice, clock.now())
        UndertakingAccepted.create(
            account=account, policy=key_of(BOOK), version=notice.version, at=clock.now()
        )
        return sessions.start(account.id, "127.0.0.1", "ssh", "full")


def _person_of(entry: int) -> int:
    return int(Entry.get_by_id(entry).person_id)
