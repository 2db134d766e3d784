"""The regulations on record: which text of each is in force from which day, and which stand over which book.

What composes a book is read from here, alike on all hosts. One row holds the digest of all of it and changes
with each act, so that a process knows whether what it keeps ready is still the right one, whatever other
hosts did or a transaction took back: no operation reads a text.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from db.language import _
from db.policy.compose import EffectivePolicy, compose
from db.policy.loader import digest_of, load_recorded, shipped
from db.policy.regulation import PolicyError, Regulation
from db.policy.rules import Fault
from db.store import clock
from db.store.audit import canonical
from db.store.engine import database, store
from db.store.sql import fetch

KEPT = 64
"""States of the record that are kept ready."""
COMPOSED = 1024
NOTHING = ""
"""The digest where nothing is on record."""


@dataclass(frozen=True, slots=True)
class VersionOnRecord:
    """A version of a regulation, in force from a day (ISO) on."""

    regulation: str
    version: str
    from_day: str
    digest: str


@dataclass(frozen=True, slots=True)
class RulesOfBook:
    """What a book is under, from a day (ISO) on, or as it was made: JSON, as the tables have it."""

    from_day: str
    policies: str
    decisions: str

    @property
    def regulations(self) -> tuple[str, ...]:
        """The ids, in order of precedence."""
        return tuple(json.loads(self.policies))

    @property
    def decided(self) -> Mapping[str, object]:
        decided: dict[str, object] = json.loads(self.decisions)
        return decided


@dataclass(frozen=True, slots=True)
class RulesOnRecord:
    """All that is on record and not withdrawn: by regulation its versions, and by book what it is under other
    than it was made under, each by day. What has the same digest is the same, and has no number of a row."""

    versions: Mapping[str, Sequence[VersionOnRecord]]
    books: Mapping[str, Sequence[RulesOfBook]]
    days: Sequence[str]
    digest: str

    def version(self, regulation: str, day: str) -> VersionOnRecord | None:
        """Return the version in force on ``day``, or the first to come; None where none is on record."""
        versions = self.versions.get(regulation, ())
        begun = [one for one in versions if one.from_day <= day]
        return begun[-1] if begun else next(iter(versions), None)

    def of_book(self, book: str, made: RulesOfBook, day: str) -> RulesOfBook:
        """Return what ``book`` is under on ``day``; before any change of rules, what it was ``made``
        under."""
        begun = [one for one in self.books.get(book, ()) if one.from_day <= day]
        return begun[-1] if begun else made

    def with_version(self, version: VersionOnRecord) -> RulesOnRecord:
        others = self.versions.get(version.regulation, ())
        found = sorted((*others, version), key=lambda one: one.from_day)
        return replace(self, versions={**self.versions, version.regulation: found})

    def with_rules(self, book: str, rules: RulesOfBook) -> RulesOnRecord:
        """Return a copy in which ``book`` is under other regulations from a day on."""
        found = sorted((*self.books.get(book, ()), rules), key=lambda one: one.from_day)
        return replace(self, books={**self.books, book: found})

    def since(self, day: str) -> str:
        """Return the last day up to ``day`` on which something came into force, or an empty text."""
        return max((one for one in self.days if one <= day), default="")


_kept: dict[str, RulesOnRecord] = {}


def rules_on_record(digest: str | None = None) -> RulesOnRecord:
    """Return all regulations on record, cached by ``digest``, which the caller may have read already."""
    if digest is None:
        found = fetch("SELECT digest FROM rules_head")
        digest = found[0][0] if found else NOTHING
    known = _kept.get(digest)
    if known is None:
        # Kept by its own digest: on PostgreSQL the rows may be newer than the digest that was read first.
        known = read_rules()
        if len(_kept) >= KEPT:
            _kept.clear()
        _kept[known.digest] = known
    return known


def read_rules() -> RulesOnRecord:
    """Read the regulations' versions and the books' rules, but for withdrawn ones, without the texts."""
    versions: dict[str, list[VersionOnRecord]] = defaultdict(list)
    for row in fetch(
        "SELECT regulation, version, from_day, digest FROM regulation_text"
        " WHERE withdrawn_at IS NULL ORDER BY from_day, id"
    ):
        versions[row[0]].append(VersionOnRecord(*row))
    books: dict[str, list[RulesOfBook]] = defaultdict(list)
    for book, *values in fetch(
        "SELECT book_id, from_day, policies, decisions FROM book_rules"
        " WHERE withdrawn_at IS NULL ORDER BY from_day, id"
    ):
        books[book].append(RulesOfBook(*values))
    days = sorted({one.from_day for part in (versions, books) for found in part.values() for one in found})
    said = {
        "versions": [
            [one.regulation, one.version, one.from_day, one.digest]
            for found in versions.values()
            for one in found
        ],
        "books": [
            [book, one.from_day, one.policies, one.decisions]
            for book, found in books.items()
            for one in found
        ],
    }
    digest = hashlib.sha256(canonical(said)).hexdigest() if days else NOTHING
    return RulesOnRecord(versions, books, days, digest)


def policy_in_force(book: str, policies: str, decisions: str, digest: str) -> EffectivePolicy:
    """Return today's effective policy of ``book``, which was made under these ``policies`` with these
    ``decisions``; ``digest`` is that of all rules. Raises PolicyError for what is not on record."""
    known = rules_on_record(digest)
    since = known.since(local_day(clock.now()[:16], store().settings.time_zone))
    return _in_force(book, policies, decisions, known.digest, since)


def policy_on(
    book: str,
    day: str,
    known: RulesOnRecord | None = None,
    proposed: Mapping[str, Regulation] | None = None,
) -> EffectivePolicy:
    """Compose the effective policy of ``book`` on ``day`` (ISO), by what is on record or ``known`` instead,
    of which ``proposed`` are not on record, by digest. Raises PolicyError for what is not on record."""
    known = known or rules_on_record()
    return _policy(book, known, known.of_book(book, made_under(book), day), day, proposed)


def change_days(book: str) -> list[date]:
    """Return the days on which the rules of ``book`` change after those it began with, newest first."""
    known = rules_on_record()
    taken = known.books.get(book, ())
    names = {name for one in (made_under(book), *taken) for name in one.regulations}
    later = {one.from_day for name in names for one in list(known.versions.get(name, ()))[1:]}
    return sorted(map(date.fromisoformat, later | {one.from_day for one in taken}), reverse=True)


def asked_since(book: str, asks: Callable[[EffectivePolicy], object]) -> str:
    """Return the day (ISO) since which today's rules of ``book`` have been such that ``asks`` holds of them;
    empty where they were so from the first."""
    for day in (one for one in change_days(book) if one.isoformat() <= today_on_record()):
        with suppress(PolicyError):  # what was in force then goes together no more
            if not asks(policy_on(book, (day - timedelta(days=1)).isoformat())):
                return day.isoformat()
    return ""


def regulations_of(book: str, day: str | None = None) -> RulesOfBook:
    return rules_on_record().of_book(book, made_under(book), day or today_on_record())


def made_under(book: str) -> RulesOfBook:
    ((policies, decisions),) = fetch(
        f"SELECT policies, decisions FROM book WHERE id = {database.param}", (book,)
    )
    return RulesOfBook("", policies, decisions)


def regulation_in_force(regulation: str) -> Regulation | None:
    """Return the version in force today; None if none is on record."""
    found = rules_on_record().version(regulation, today_on_record())
    return regulation_of(found.digest, found.from_day) if found is not None else None


def today_on_record() -> str:
    return local_day(clock.now()[:16], store().settings.time_zone)


@lru_cache(16)
def local_day(minute: str, zone: str) -> str:
    """Return the day in ``zone`` of a stored time's ``minute``. Cached: it is asked with every policy and
    changes once a day."""
    return clock.local_date(f"{minute}:00.000000Z", zone).isoformat()


@lru_cache(COMPOSED)
def _in_force(book: str, policies: str, decisions: str, digest: str, since: str) -> EffectivePolicy:
    known = rules_on_record(digest)
    return _policy(book, known, known.of_book(book, RulesOfBook("", policies, decisions), since), since)


def _policy(
    book: str,
    known: RulesOnRecord,
    rules: RulesOfBook,
    day: str,
    proposed: Mapping[str, Regulation] | None = None,
) -> EffectivePolicy:
    versions = []
    for name in rules.regulations:
        found = known.version(name, day)
        if found is None:
            message = _(
                "The directory {book} rests on the regulation {name}, which is not on record.",
                book=book,
                name=name,
            )
            raise PolicyError((Fault(0, "", message),))
        versions.append((found.digest, found.from_day))
    if proposed:
        regulations = [proposed.get(one[0]) or regulation_of(*one) for one in versions]
        return compose(book, regulations, rules.decided)
    return _composed(book, tuple(versions), rules.decisions)


@lru_cache(COMPOSED)
def _composed(book: str, versions: tuple[tuple[str, str], ...], decisions: str) -> EffectivePolicy:
    return compose(book, [regulation_of(*one) for one in versions], json.loads(decisions))


@lru_cache(COMPOSED)
def regulation_of(digest: str, from_day: str) -> Regulation:
    """Return the regulation with ``digest`` as it takes effect on ``from_day``; cached. Raises PolicyError if
    there is no text on record, or another one in its place."""
    day = date.fromisoformat(from_day)
    found = shipped(digest) or load_recorded(text_on_record(digest))
    if found.file.effective == day:
        return found
    return replace(found, file=found.file.model_copy(update={"effective": day}))


def text_on_record(digest: str) -> str:
    """Read the text of a regulation and check it against its ``digest``. Raises PolicyError where there is
    none, or another one in its place."""
    for name, version, text in fetch(
        f"SELECT regulation, version, text FROM regulation_text WHERE digest = {database.param}", (digest,)
    ):
        if digest_of(text) == digest:
            return str(text)
        changed = _(
            "The text of {name} {version} is not the one that was put on record.", name=name, version=version
        )
        raise PolicyError((Fault(0, "", changed),))
    raise PolicyError((Fault(0, "", _("A regulation's text is not on record.")),))
