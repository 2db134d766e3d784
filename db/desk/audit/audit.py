"""The audit as information security reads it (C.6): who, what, on whom, when, from where, by which clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from peewee import SQL, Case, Value, fn

from db.desk.audit.act_names import act_label
from db.desk.audit.record_views import AuditDetail, AuditRow, detail_of, rows_of, titles_of
from db.desk.audit.scope import (
    book_column,
    books_of,
    clause_of,
    disjoint_conditions,
    supervised_places,
    supervised_units,
    visible_records,
)
from db.desk.authority.hidden import hidden_records
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import day_begins
from db.desk.power.declaration import LOOKS
from db.desk.refusal import Invalid, Problem
from db.language import Text, _, clause_words
from db.store.audit import verify
from db.store.engine import Store, store
from db.store.tables import Account, AuditHead, AuditRecord, Entry, Person

MOST = 200
MOST_FACETS = 40
STRETCH = 1000
"""Records that one call of ``chain`` checks at the most."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to narrow the audit to; None does not narrow.

    ``person`` is an account, ``object`` an entry; ``first`` and ``last`` are days in the organisation's
    time zone, both included; ``upto`` keeps a list still while new records arrive.
    """

    person: int | None = None
    object: int | None = None
    act: str | None = None
    outcome: str | None = None
    clause: str | None = None
    source: str | None = None
    book: str | None = None
    first: date | None = None
    last: date | None = None
    upto: int | None = None

    @property
    def lacks_index(self) -> bool:
        """Return whether no index serves this filter: it is narrowed by outcome, clause or source, and by
        nothing else but the book. One index holds all of these and is read whole."""
        others = replace(self, outcome=None, clause=None, source=None, book=None, upto=None)
        return others == AuditFilter() and (self.outcome, self.clause, self.source) != (None, None, None)


@dataclass(frozen=True, slots=True)
class AuditWindow:
    """Rows of a window, newest first, and how many the whole list has. ``upto`` is its newest record."""

    rows: tuple[AuditRow, ...]
    total: int
    upto: int


@dataclass(frozen=True, slots=True)
class AuditFacet:
    """A value to narrow the audit to, and how many records that leaves; ``exact``: asked for by its name."""

    value: int | str
    label: Text
    count: int
    exact: bool = False


@dataclass(frozen=True, slots=True)
class ChainState:
    """How far the chain has been checked in this session. ``bad`` is the first record that does not fit."""

    checked: int
    records: int
    bad: int | None
    reason: str

    @property
    def sound(self) -> bool:
        """Whether nothing wrong was found so far."""
        return self.bad is None and not self.reason

    @property
    def complete(self) -> bool:
        return self.checked >= self.records


@dataclass(frozen=True, slots=True)
class _List:
    """A list looked at in parts. ``oldest``: its last record; ``begins``: offset -> newest record there."""

    narrowed: AuditFilter
    reach: tuple[object, ...]
    total: int
    oldest: int
    begins: dict[int, int]

    def before(self, offset: int) -> tuple[int, int]:
        """Return the nearest known offset at or before ``offset``, with its record."""
        near = max(known for known in self.begins if known <= offset)
        return near, self.begins[near]


_COLUMNS: Mapping[str, Any] = {
    "person": AuditRecord.account,
    "object": AuditRecord.entry,
    "act": AuditRecord.act,
    "outcome": AuditRecord.outcome,
    "clause": AuditRecord.clause,
    "source": AuditRecord.source,
    "book": AuditRecord.book,
}
DIMENSIONS = tuple(_COLUMNS)


class Audit(OperationGroup):
    """Operations on the chain. Every look at it is recorded in it."""

    _checked: int = 0
    _checked_in: Store | None = None
    _broken: ChainState | None = None
    _listed: _List | None = None

    @operation("audit.allowed", label=_("ask whether the audit is theirs"), recorded=False, power=LOOKS)
    def allowed(self) -> bool:
        return bool(supervised_units(self.permissions))

    @operation("audit.window", label=_("look at the audit"), recorded=True, power=LOOKS)
    def window(self, narrowed: AuditFilter, offset: int = 0, limit: int = 50) -> AuditWindow:
        """Return up to ``limit`` rows (at most 200) from ``offset``, newest first. Recorded, with the filter.
        Raises Refused for who supervises nothing."""
        limit, offset = max(0, min(limit, MOST)), max(offset, 0)
        upto = narrowed.upto or AuditHead.get_by_id(1).seq
        listed = self._list_of(replace(narrowed, upto=upto))
        found = self._part(listed, offset, min(limit, max(listed.total - offset, 0)))
        self._note_search(narrowed, rows=len(found), offset=offset)
        return AuditWindow(rows_of(found, books_of(self.permissions)), listed.total, upto)

    @operation("audit.one", label=_("open an audit record"), recorded=True, power=LOOKS)
    def one(self, seq: int) -> AuditDetail:
        """Decrypt one record in full; recorded. Raises Invalid alike if it is not there or out of scope."""
        record = AuditRecord.get_or_none(visible_records(self.permissions) & (AuditRecord.seq == seq))
        if record is None:
            raise Invalid(Problem("seq", _("There is no such record.")))
        self.act.note_facts(clause=clause_of(self.permissions), seq=seq)
        return detail_of(record, self.permissions)

    @operation("audit.facets", label=_("narrow the audit"), recorded=True, power=LOOKS)
    def facets(self, narrowed: AuditFilter, dimension: str) -> tuple[AuditFacet, ...]:
        """Return the values of ``dimension`` to narrow the audit to, with how many records each leaves, the
        most frequent `MOST_FACETS`. Recorded. Raises Invalid for another dimension."""
        if dimension not in DIMENSIONS:
            raise Invalid(Problem("dimension", _("The audit can't be narrowed by {word}.", word=dimension)))
        column, counted = _COLUMNS[dimension], fn.COUNT(SQL("*"))
        seen = _narrowed(
            visible_records(self.permissions, one_by_one=True, counted=True), narrowed, counted=True
        )
        in_days = narrowed.first is not None or narrowed.last is not None
        if in_days:
            listed = self._list_of(replace(narrowed, upto=narrowed.upto or AuditHead.get_by_id(1).seq))
            seen &= AuditRecord.seq.between(listed.oldest, listed.begins[0])
        if in_days or dimension == "person":  # not by an index on it, which leads to the records one by one
            column = fn.COALESCE(column, column)
        told = column.is_null(False) if dimension in ("person", "object") else column != ""
        query = (
            AuditRecord.select(column, counted)
            .where(seen & told)
            .group_by(column)
            .order_by(counted.desc(), column)
            .limit(None if dimension == "clause" else MOST_FACETS)
        )
        rows: Any = query.tuples()
        found = [(value, int(count)) for value, count in rows]
        if dimension == "clause":
            found = _each_clause(found)
        labels = _labels(dimension, [value for value, _count in found], books_of(self.permissions))
        self._note_search(narrowed, dimension=dimension)
        return tuple(AuditFacet(value, labels.get(value, str(value)), count) for value, count in found)

    @operation("audit.person", label=_("find a person in the audit"), recorded=True, power=LOOKS)
    def person(self, words: str) -> tuple[AuditFacet, ...]:
        """Return the accounts in the reader's audit whose login or name is ``words`` or begins with them,
        exact ones first; `MOST_FACETS` at the most."""
        acting = AuditRecord.select(AuditRecord.account).where(visible_records(self.permissions)).distinct()
        start = words.strip().lower()
        exact = (fn.LOWER(Account.login) == start) | (Person.name == words.strip())
        query = (
            Account.select(Account.id, Account.login, Person.name)
            .left_outer_join(Person)
            .where(
                Account.id.in_(acting)
                & (fn.LOWER(Account.login).startswith(start) | Person.name.startswith(words.strip()))
            )
            .order_by(Case(None, ((exact, 0),), 1), Account.login)
            .limit(MOST_FACETS)
        )
        self.act.note_facts(clause=clause_of(self.permissions))
        rows: Any = query.tuples()
        return tuple(
            AuditFacet(
                number,
                _name_with_login(name, login),
                0,
                exact=words.strip() == name or login.lower() == start,
            )
            for number, login, name in rows
        )

    @operation("audit.chain", label=_("check the audit chain"), recorded=False, power=LOOKS)
    def chain(self) -> ChainState:
        """Check the chain a stretch further than last time in this session and return its state; a broken one
        is not checked again. Not recorded, as it tells nothing of any act, and a check that lengthened the
        chain would never reach its end. Raises Refused for who supervises nothing."""
        visible_records(self.permissions)
        if self._checked_in is not store():
            self._checked, self._broken, self._checked_in = 0, None, store()
        if self._broken is not None:
            return self._broken
        verdict = verify(self._checked + 1, most=STRETCH)
        self._checked += verdict.records
        records = int(AuditHead.get_by_id(1).seq)
        state = ChainState(self._checked, records, verdict.bad, verdict.reason)
        if not state.sound:
            self._broken = state
        return state

    def _part(self, listed: _List, offset: int, count: int) -> list[AuditRecord]:
        """Read ``count`` records from ``offset`` of a list, counted from its nearest known place or from its
        end, and store in the list where that part ends."""
        if not count:  # behind the end, where there is nothing to count back to
            return []
        near, last = listed.before(offset)
        here = AuditRecord.seq.between(listed.oldest, last)
        seen = visible_records(self.permissions, one_by_one=True)
        rows = AuditRecord.select().where(_narrowed(seen, listed.narrowed) & here)
        beyond = listed.total - offset - count
        if beyond < offset - near:
            return list(rows.order_by(AuditRecord.seq).limit(count).offset(beyond))[::-1]
        found = list(rows.order_by(AuditRecord.seq.desc()).limit(count).offset(offset - near))
        if found:
            listed.begins[offset + len(found)] = found[-1].seq - 1
        return found

    def _list_of(self, narrowed: AuditFilter) -> _List:
        """Return the list that fits ``narrowed``, fixed at its newest record and counted; cached until the
        filter or the reader's scope changes."""
        reach = (*supervised_units(self.permissions), hidden_records(self.permissions))
        if self._listed is None or (self._listed.narrowed, self._listed.reach) != (narrowed, reach):
            seq, upto = AuditRecord.seq, narrowed.upto or 0
            all_of_it = narrowed == AuditFilter(upto=narrowed.upto)
            ends = (Value(0), Value(upto)) if all_of_it else (fn.MIN(seq), fn.MAX(seq))
            total, oldest, newest = 0, upto, 0
            for part in self._parts(narrowed, upto):
                rows: Any = AuditRecord.select(fn.COUNT(seq), *ends).where(part).tuples()
                ((count, first, last),) = rows
                if count:
                    total, oldest, newest = total + count, min(oldest, first), max(newest, last)
            self._listed = _List(narrowed, reach, total, oldest, {0: newest})
        return self._listed

    def _parts(self, narrowed: AuditFilter, upto: int) -> list[Any]:
        """Return disjoint conditions that together give the list up to the record ``upto``."""
        seq: Any = AuditRecord.seq
        if narrowed.lacks_index:  # the index that has it is read whole
            seen = visible_records(self.permissions, one_by_one=True, counted=True)
            return [_narrowed(seen, narrowed, counted=True) & (seq + 0 <= upto)]
        parts = disjoint_conditions(self.permissions, supervised_places(self.permissions), counted=True)
        return [_narrowed(part, narrowed, counted=True) & (seq <= upto) for part in parts]

    def _note_search(self, narrowed: AuditFilter, **more: int | str) -> None:
        asked = {name: str(value) for name, value in asdict(narrowed).items() if value is not None}
        asked.pop("upto", None)
        if narrowed.person is not None:
            asked["person"] = str(_labels("person", [narrowed.person]).get(narrowed.person, narrowed.person))
        self.act.note_facts(clause=clause_of(self.permissions), narrowed=asked)
        self.act.detail.update(more)


def _narrowed(condition: Any, narrowed: AuditFilter, *, counted: bool = False) -> Any:
    columns = {**_COLUMNS, "book": book_column(one_by_one=narrowed.lacks_index, counted=counted)}
    for name, column in columns.items():
        wanted = getattr(narrowed, name)
        if wanted is not None:
            condition &= _cites(wanted) if name == "clause" else column == wanted
    if narrowed.first is not None:
        condition &= AuditRecord.at >= day_begins(narrowed.first)
    if narrowed.last is not None:
        condition &= AuditRecord.at < day_begins(narrowed.last + timedelta(days=1))
    return condition


def _cites(clause: str) -> Any:
    """Return the condition on AuditRecord for those that cite ``clause``, alone or among others."""
    cited = AuditRecord.clause
    return (
        (cited == clause)
        | cited.startswith(f"{clause}, ")
        | cited.endswith(f", {clause}")
        | cited.contains(f", {clause}, ")
    )


def _each_clause(cited: Sequence[tuple[str, int]]) -> list[tuple[Any, int]]:
    """Count records by single clause, from the counts of whole citations. Return up to `MOST_FACETS`, the
    most frequent first."""
    counts: Counter[str] = Counter()
    for citation, count in cited:
        for clause in citation.split(", "):
            counts[clause] += count
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_FACETS]


def _labels(dimension: str, values: list[Any], books: Collection[str] = ()) -> Mapping[Any, Text]:
    if dimension == "act":
        return {value: act_label(value) for value in values}
    if dimension == "person":
        query = Account.select(Account.id, Account.login, Person.name).left_outer_join(Person)
        rows: Any = query.where(Account.id.in_(values)).tuples()
        return {number: _name_with_login(name, login) for number, login, name in rows}
    if dimension == "object":
        named = Entry.id.in_(values) & Entry.book.in_(list(books))
        return {row.id: row.name for row in Entry.select(Entry.id, Entry.name).where(named)}
    if dimension == "outcome":
        return {"done": _("allowed"), "refused": _("refused"), "failed": _("failed")}
    if dimension == "clause":
        return {value: clause_words(value) for value in values}
    if dimension == "book":
        return titles_of(values)
    return {}


def _name_with_login(name: str | None, login: str) -> str:
    return f"{name} ({login})" if name else login
