"""Reading the journal back: what was committed after a position, in order."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db.store.journal import frames
from db.store.journal.frames import COMMITTED, LAST, TAKEN_BACK, Hosts, hosts_in

Row = dict[str, Any]
DAY = len("2026-11-23-")
"""How much of a file's name is the day; the rest is the host."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row of a table, before and after."""

    table: str
    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """``seq`` and ``hash``: the audit chain's end after it; ``hosts``: who journaled by then."""

    position: int
    at: str
    seq: int
    hash: str
    changes: tuple[RowChange, ...] = field(repr=False)
    hosts: Hosts = field(default_factory=dict)

    @property
    def follows(self) -> str:
        """The hash of the audit chain's end before it."""
        for change in self.changes:
            if change.table == "audit_record" and change.before is None and change.after is not None:
                return str(change.after["prev"])
        return self.hash


@dataclass(frozen=True, slots=True)
class Hole:
    """Transactions that the journal has lost between others, the ``first`` to the ``last`` position, because
    a file is damaged or missing. ``since`` and ``until``: when those before and behind them were written;
    empty where there are none."""

    first: int
    last: int
    since: str = ""
    until: str = ""


@dataclass(slots=True)
class _Written:
    """A transaction as ``host`` wrote it, and whether it then said that it was not committed."""

    host: str
    transaction: Transaction
    taken_back: bool = False


def transactions(
    folders: Sequence[Path], keys: Sequence[bytes], after: int | None, *, beyond: bool = False
) -> Iterator[Transaction]:
    """Yield the transactions in ``folders`` from the position after ``after`` on, up to the first gap, or
    past gaps with ``beyond``; with None, from the first there is. ``keys``: the journal's and its
    predecessors.

    Where a position was used more than once, because what was written first was not committed, the one counts
    that the next position follows on: neither the order of two hosts' clocks nor what a host believed when
    its connection broke tells for certain.
    """
    found: dict[int, list[_Written]] = {}
    for file in _files(folders):
        host = file.name[DAY:]
        parts: dict[int, list[bytes]] = {}
        for frame in frames.read(file, keys):
            if after is not None and frame.position <= after:
                continue
            if frame.kind == COMMITTED:
                continue
            written = found.setdefault(frame.position, [])
            if frame.kind == TAKEN_BACK:
                for own in [one for one in written if one.host == host][-1:]:
                    own.taken_back = True
                continue
            held = parts.setdefault(frame.position, [])
            del held[frame.part :]
            if len(held) != frame.part:
                continue
            held.append(frame.content)
            if frame.kind == LAST:
                written.append(_Written(host, _transaction(frame.position, parts.pop(frame.position))))
    after = min(found, default=1) - 1 if after is None else after
    while found:
        chosen = _chosen(found.pop(after := after + 1, []), found.get(after + 1, []))
        if chosen is not None:
            yield chosen
        elif not beyond:
            return
        elif found:
            after = min(found) - 1


def missing_positions(
    folders: Sequence[Path], keys: Sequence[bytes], after: int, upto: int
) -> tuple[Hole, ...]:
    """Read every file, and return the holes in the positions after ``after`` up to ``upto``, and between
    later ones."""
    there = {after: "", max(after, upto) + 1: ""}
    for file in _files(folders):
        parts: dict[int, int] = {}
        for frame in frames.read(file, keys):
            if frame.kind in (COMMITTED, TAKEN_BACK) or frame.position <= after:
                continue
            if frame.part not in (0, parts.get(frame.position)):
                continue
            parts[frame.position] = frame.part + 1
            if frame.kind == LAST:
                there[frame.position] = str(json.loads(frame.content.partition(b"\n")[0])["at"])
    order = sorted(there)
    return tuple(
        Hole(before + 1, behind - 1, there[before], there[behind])
        for before, behind in itertools.pairwise(order)
        if behind > before + 1
    )


def count_ahead(folder: Path, keys: Sequence[bytes], position: Callable[[], int]) -> int:
    """Count the journaled transactions in ``folder`` that the database lost. ``position`` returns its own
    last one; it is called last, so that what others write meanwhile is not counted. A last one that nobody
    says was committed counts as none."""
    hosts: dict[str, Path] = {}
    for file in sorted(folder.glob(f"*{frames.SUFFIX}")):
        hosts[file.name[DAY:]] = file
    last, committed = max((frames.last_position(file, keys) for file in hosts.values()), default=(0, False))
    lost = max(0, last - position())
    return 0 if lost == 1 and not committed else lost


def known_to(
    folders: Sequence[Path], keys: Sequence[bytes], has: Callable[[int, str], bool]
) -> tuple[int, int]:
    """Return the last position in ``folders`` whose chain end the database ``has``, and that record; (0, 0)
    for none."""
    best = (0, 0)
    for files in _by_host(folders).values():
        for position, seq, hashed in (end for file in files for end in _ends_in(file, keys)):
            if position <= best[0]:
                break
            if has(seq, hashed):
                best = (position, seq)
                break
    return best


def last_committed(folder: Path, keys: Sequence[bytes]) -> list[tuple[int, int, str]]:
    """Return each host's last transaction in ``folder`` that is known to be committed: position, and record
    and hash of the chain's end after it. Reads from the ends."""
    found = []
    for files in _by_host([folder]).values():
        committed: set[int] = set()
        frames_back = (frame for file in files for frame in frames.read_back(file, keys))
        for frame in frames_back:
            if frame.kind == COMMITTED:
                committed.add(frame.position)
            elif frame.kind == LAST and frame.position in committed:
                told = json.loads(frame.content.partition(b"\n")[0])
                found.append((frame.position, int(told["seq"]), str(told["hash"])))
                break
    return found


def told_beyond(folder: Path, keys: Sequence[bytes], position: int) -> int:
    """Return the highest chain end written in ``folder`` after ``position``; 0 for none."""
    return max(
        (
            int(json.loads(frame.content.partition(b"\n")[0])["seq"])
            for file in folder.glob(f"*{frames.SUFFIX}")
            for frame in frames.read(file, keys)
            if frame.kind == LAST and frame.position > position
        ),
        default=0,
    )


def chain_ends(folder: Path, keys: Sequence[bytes], after: int) -> dict[int, list[tuple[int, str]]]:
    """Return the chain ends (record, hash) after record ``after`` by position; two where an uncommitted
    transaction shares one. Reads from the newest file back, no further than needed."""
    found: dict[int, list[tuple[int, str]]] = {}
    for files in _by_host([folder]).values():
        for position, seq, hashed in (end for file in files for end in _ends_in(file, keys)):
            if seq <= after:
                break
            found.setdefault(position, []).append((seq, hashed))
    return found


def absent_hosts(
    folders: Sequence[Path], keys: Sequence[bytes], known: Hosts, after: int, *, whole: bool = False
) -> set[str]:
    """Return the hosts that journaled after position ``after`` and whose journal in ``folders`` does not
    reach as far as they are known to have come: by the last transaction here, else by ``known``, as of
    ``after``. ``whole``: also those that journaled elsewhere before it."""
    here: dict[str, int] = {}
    newest, told = after, known
    for host, files in _by_host(folders).items():
        ends = (frame for file in files for frame in frames.read_back(file, keys) if frame.kind == LAST)
        last = next(ends, None)
        here[host.removesuffix(frames.SUFFIX)] = last.position if last is not None else 0
        if last is not None and last.position > newest:
            end = json.loads(last.content.partition(b"\n")[0])
            newest, told = last.position, hosts_in(end["hosts"]) if "hosts" in end else known
    held = 0 if whole else after
    return {host for host, one in told.items() if host not in here or max(held, here[host]) < one.position}


def _files(folders: Sequence[Path]) -> list[Path]:
    found = (file for folder in folders for file in folder.glob(f"*{frames.SUFFIX}"))
    return sorted(found, key=lambda file: file.name)


def _by_host(folders: Sequence[Path]) -> dict[str, list[Path]]:
    hosts: dict[str, list[Path]] = {}
    for file in reversed(_files(folders)):
        hosts.setdefault(file.name[DAY:], []).append(file)
    return hosts


def _ends_in(file: Path, keys: Sequence[bytes]) -> Iterator[tuple[int, int, str]]:
    """Yield position, record and hash at the end of each transaction in ``file``, the newest first."""
    for frame in frames.read_back(file, keys):
        if frame.kind == LAST:
            told = json.loads(frame.content.partition(b"\n")[0])
            yield frame.position, int(told["seq"]), str(told["hash"])


def _chosen(written: list[_Written], following: list[_Written]) -> Transaction | None:
    """Return the one that was committed: the one that the next position follows on, else the last by order or
    clock; None for none."""
    followed = {one.transaction.follows for one in following}
    fitting = [one for one in written if one.transaction.hash in followed]
    left = fitting or [one for one in written if not one.taken_back]
    if len({one.host for one in left}) > 1:
        left.sort(key=lambda one: one.transaction.at)
    return left[-1].transaction if left else None


def _transaction(position: int, parts: list[bytes]) -> Transaction:
    end, _newline, parts[-1] = parts[-1].partition(b"\n")
    told = json.loads(end)
    lines = [line for part in parts for line in part.decode("utf-8").split("\n")]
    changes = (json.loads(line) for line in lines)
    return Transaction(
        position,
        told["at"],
        told["seq"],
        told["hash"],
        tuple(RowChange(name, _row(before), _row(after)) for name, before, after in changes),
        hosts_in(told.get("hosts", {})),
    )


def _row(text: str | None) -> Row | None:
    return None if text is None else json.loads(text)
