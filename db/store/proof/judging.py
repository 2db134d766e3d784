"""Whether what stands in the tables is what the program wrote there, and if not, which row is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from peewee import PeeweeException

from db.store import audit
from db.store.engine import database, errors_as_peewee, store
from db.store.proof import naming, searching
from db.store.proof.head import ChainHead, is_kept, making_of, sealed_head, unseal_head
from db.store.proof.making_sums import recorded_ends
from db.store.proof.scanning import KeyRange, one_view, tables, total
from db.store.proof.sums import PRIME, Sum

EDITED, INSERTED, DELETED = "edited", "inserted", "deleted"
CHANGED = "changed"
"""Some rows of the table are not what they were; which is not known."""
UNREADABLE, GONE, FORGED, PUT_BACK, ELSEWHERE = "unreadable", "gone", "forged", "put back", "elsewhere"
"""Of the sealed head or another table: it can't be read, is not there, does not open, is an older one, or its
end is not that of the chain or the journal."""
REWRITTEN = "rewritten"
"""The sums are not those that were signed at this very position of the journal."""
MOST = 20
"""Rows of a table that are named, at the most."""


@dataclass(frozen=True, slots=True)
class Tampering:
    """``what`` is one of the words above; ``row``: the key of the row, empty if unknown."""

    table: str
    what: str
    row: str = ""


@dataclass(frozen=True, slots=True)
class Present:
    """What a scan found. ``rows`` were looked at; ``end`` is the chain's last record and the journal's
    position, and ``state`` the digest of all sums then, empty where the head does not open."""

    rows: int
    findings: tuple[Tampering, ...]
    end: tuple[int, int] = (0, 0)
    state: str = ""

    @property
    def sound(self) -> bool:
        return not self.findings

    def hold_against(self, signed: Mapping[tuple[int, int], str]) -> Present:
        """Return this result with a finding added if its state differs from the one ``signed`` for the same
        end: those who have the proving key can't mend signatures. A state of an earlier making of the sums is
        ignored."""
        then = signed.get(self.end, "")
        if self.state and then != self.state and making_of(then) == making_of(self.state):
            return replace(self, findings=(*self.findings, Tampering("proof_head", REWRITTEN)))
        return self


@dataclass(frozen=True, slots=True)
class OpenedHead:
    """The sums on record, as the open database view has them, and the key that they are made with."""

    head: ChainHead
    key: bytes


def open_head() -> OpenedHead | Tampering:
    """Read and decrypt the head of the table sums, or return the finding that it is gone or forged. Raises
    KeyRingError."""
    if not store().database.table_exists("proof_head"):
        return Tampering("proof_head", GONE)
    sealed = sealed_head(store().database)
    if sealed is None:
        return Tampering("proof_head", GONE)
    found = unseal_head(store().keys.proving(), sealed)
    return Tampering("proof_head", FORGED) if found is None else OpenedHead(*found)


def present_end() -> tuple[int, str, int, str]:
    """Return what a checkpoint signs: the chain's last record and its hash, the journal position, and the
    state of all sums. Without a usable head, 0 and "" for the last two."""
    if not is_kept(store().database):
        return *audit.head(), 0, ""
    with one_view():
        position, seq, hashed = recorded_ends()
        found = open_head()
    if not isinstance(found, OpenedHead) or (found.head.position, found.head.seq) != (position, seq):
        return seq, hashed, 0, ""
    return seq, hashed, position, found.head.state(found.key)


def judge_tables() -> Present:
    """Recompute the sums of every table and check all search keys, in one view and this process; return the
    findings. Changes nothing. Raises KeyRingError."""
    with one_view():
        found = open_head()
        if isinstance(found, Tampering):
            return Present(0, (found,))
        sums = {table: sum_ranges(found.key, [KeyRange(table)]) for table in tables()}
        return judge_sums(found, sums, searching.differing_entries())


def sum_ranges(key: bytes, some: Iterable[KeyRange]) -> Sum | None:
    """Return the total over ``some`` ranges of a table; None if a row can't be read as text."""
    found = Sum()
    try:
        with errors_as_peewee():
            for part in some:
                found = found.plus(total(key, part))
    # Whoever edited the file may have left what no row is made of.
    except PeeweeException:
        return None
    return found


def judge_sums(opened: OpenedHead, sums: Mapping[str, Sum | None], lost: Iterable[int]) -> Present:
    """Compare ``sums`` with the head and return the findings, naming up to `MOST` rows of a table that
    differs, for which it reads table and journal. ``lost``: entries whose search keys differ."""
    head = opened.head
    findings = list(_of_the_head(head))
    for table in sorted({*head.tables, *sums}):
        expected, found = head.sum_of(table), sums.get(table, Sum())
        if found is None:
            findings.append(Tampering(table, UNREADABLE))
        elif (expected.rows, expected.plain) != (found.rows, found.plain % PRIME):
            there = table in sums
            findings += (
                [Tampering(table, *one) for one in naming.rows(opened.key, table, expected)[:MOST]]
                if there
                else [Tampering(table, GONE)]
            )
    findings += [Tampering("search_key", EDITED, str(entry)) for entry in sorted(lost)[:MOST]]
    rows = sum(one.rows for one in sums.values() if one is not None)
    return Present(rows, tuple(findings), (head.seq, head.position), head.state(opened.key))


def _of_the_head(head: ChainHead) -> Iterable[Tampering]:
    position, seq, hashed = recorded_ends()
    if head.is_put_back:
        yield Tampering("proof_head", PUT_BACK)
    if (head.seq, head.hash) != (seq, hashed):
        yield Tampering("audit_head", ELSEWHERE)
    if head.position != position:
        yield Tampering("journal_head", ELSEWHERE)
    for name in ("audit_head", "journal_head", "proof_head"):
        (rows,) = database.execute_sql(f'SELECT COUNT(*) FROM "{name}"').fetchone()
        if rows != 1:
            yield Tampering(name, INSERTED if rows else GONE)
