"""Checkpoints: the end of the audit chain at a moment, signed and kept outside the database.

The chain proves that what it holds belongs together. That it is the newest there was – no tail cut off,
no old copy put in its place, no chain forged anew with the database's key – is proved by what lies
elsewhere: a line a checkpoint in ``checkpoints.jsonl`` of each place, in the system's log if wanted, and
in every backup.
"""

from __future__ import annotations

import contextlib
import json
import os
import syslog
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TypeVar

from db.store.disk import LARGE, open_own, open_plain, read_plain
from db.store.signing import Signer, is_signed

CONTEXT = "checkpoint"
GAP = "gap"
SUCCESSION = "succession"
FILE = "checkpoints.jsonl"


class Backwards(Exception):
    """The chain ends before what was signed already, or differs from it."""


class Succeeded(Exception):
    """Another key follows the one that was to sign."""


class Forged(Exception):
    """A line of a place that the installation's key did not sign: ``file`` and ``line``."""

    def __init__(self, file: Path, line: int) -> None:
        super().__init__(f"{file}:{line}")
        self.file = file
        self.line = line


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Record ``seq`` was the chain's last at ``at``, with this hash; at ``position`` of the journal ``state``
    was the digest of the sums that prove the present (`db.store.proof`), which lines from before it lack."""

    seq: int
    hash: str
    at: str
    signature: str = ""
    position: int = 0
    state: str = ""

    def content(self) -> bytes:
        present = f" {self.position} {self.state}" if self.state else ""
        return f"{self.seq} {self.hash} {self.at}{present}".encode("ascii")

    def line(self) -> str:
        told = asdict(self)
        if not self.state:
            del told["position"], told["state"]
        return json.dumps(told, separators=(",", ":"))

    def is_signed_by(self, public: bytes) -> bool:
        return is_signed(public, CONTEXT, self.content(), self.signature)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Checkpoint:
        """Build a checkpoint from its JSON. Checks no signature. Raises KeyError or ValueError for anything
        else."""
        return cls(
            int(str(data["seq"])), str(data["hash"]), str(data["at"]), str(data["signature"]),
            int(str(data.get("position", 0))), str(data.get("state", "")),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """A restore could not bring back the records after ``after`` up to ``upto``; what was signed of them
    before no longer binds the chain. With the ``hash`` of the last of them, those behind them are there."""

    after: int
    upto: int
    at: str
    signature: str = ""
    hash: str = ""

    def content(self) -> bytes:
        return f"{self.after} {self.upto} {self.at} {self.hash}".rstrip().encode("ascii")

    def to_json(self) -> dict[str, object]:
        return {name: value for name, value in asdict(self).items() if value != "" or name != "hash"}

    def is_signed_by(self, public: bytes) -> bool:
        return is_signed(public, GAP, self.content(), self.signature)


@dataclass(frozen=True, slots=True)
class Succession:
    """From here on the key ``new`` signs in place of ``old`` (public halves, hexadecimal). Both signed it:
    the old one names its successor, and whoever trusts the new one trusts what the old one signed before."""

    old: str
    new: str
    at: str
    by_old: str = ""
    by_new: str = ""

    def content(self) -> bytes:
        return f"{self.old} {self.new} {self.at}".encode("ascii")

    def leads_to(self, public: bytes) -> bool:
        """Return whether it names ``public`` as the new key and both keys' signatures hold."""
        return (
            self.new == public.hex()
            and is_signed(public, SUCCESSION, self.content(), self.by_new)
            and is_signed(bytes.fromhex(self.old), SUCCESSION, self.content(), self.by_old)
        )


Line = TypeVar("Line", Checkpoint, Gap, Succession)


class Notary:
    """Signs the chain's end and puts it in every place; never one that takes back what was signed."""

    def __init__(self, signer: Signer, places: Sequence[Path], to_syslog: bool = False) -> None:
        self._signer = signer
        self._places = places
        self._to_syslog = to_syslog
        known = [one for place in places for one in read(place, signer.public)]
        self._looked_at: dict[Path, int] = {}
        self._last = max(known, key=lambda one: (one.seq, one.position), default=None)

    def sign(self, seq: int, hash: str, at: str, position: int = 0, state: str = "") -> Checkpoint:
        """Sign a checkpoint and append it to every place, and to syslog if settings say so; return it. If
        nothing was added since the last one, return that and write nothing. Raises Backwards, Succeeded,
        OSError."""
        self.must_be_last_key()
        last = self._last
        if last is not None and (seq < last.seq or (seq == last.seq and hash != last.hash)):
            raise Backwards(f"record {seq} was offered after record {last.seq} had been signed")
        if last is not None and seq == last.seq and position <= last.position:
            return last
        made = Checkpoint(seq, hash, at, position=position, state=state)
        made = replace(made, signature=self._signer.sign(CONTEXT, made.content()))
        for place in self._places:
            _append(place, made.line())
        if self._to_syslog:
            syslog.openlog("mingce", 0, syslog.LOG_AUTH)
            syslog.syslog(syslog.LOG_NOTICE, f"checkpoint {made.line()}")
        self._last = made
        return made

    def must_be_last_key(self) -> None:
        """Read new lines of every place and raise Succeeded if one hands over to another key, as after a
        rotation."""
        for place in self._places:
            with contextlib.suppress(FileNotFoundError), open_plain(place / FILE) as file:
                seen = file.seek(self._looked_at.get(place, 0))
                content = file.read()
                self._looked_at[place] = seen + content.rfind(b"\n") + 1
                for made in _lines_in(content):
                    if not isinstance(made, Succession) or made.old != self._signer.public.hex():
                        continue
                    if made.leads_to(bytes.fromhex(made.new)):
                        raise Succeeded("another key follows this one")

    def sign_gap(self, after: int, upto: int, at: str, hashed: str = "") -> Gap:
        """Sign the gap of records ``after`` to ``upto`` and append it to every place; return it. ``hashed``
        is the hash of its last record if others follow. Only a restore may ask for one."""
        made = Gap(after, upto, at, hash=hashed)
        made = replace(made, signature=self._signer.sign(GAP, made.content()))
        for place in self._places:
            _append(place, json.dumps({"gap": made.to_json()}, separators=(",", ":")))
        self._last = None
        return made


def read(place: Path, public: bytes) -> list[Checkpoint]:
    """Return the checkpoints of ``place`` that still bind, oldest first; a last line cut off, and those that
    a later gap cancels, are left out. Raises Forged for a line not signed by ``public`` or a predecessor,
    OSError."""
    file = place / FILE
    if not file.exists():
        return []
    return read_lines(read_plain(file, LARGE), public, file)


def read_lines(content: bytes, public: bytes, file: Path = Path(FILE)) -> list[Checkpoint]:
    lines = _lines_in(content)
    keys = _keys_of(lines, public)
    found: list[Checkpoint] = []
    for number, (made, key) in enumerate(zip(lines, keys, strict=True), start=1):
        if isinstance(made, Succession):
            continue
        if made is None or not made.is_signed_by(key):
            raise Forged(file, number)
        if isinstance(made, Gap):
            found = [one for one in found if one.seq <= made.after or (made.hash and one.seq > made.upto)]
        else:
            found.append(made)
    return found


def signed_gaps(place: Path, public: bytes) -> dict[int, tuple[int, str]]:
    """Return the gaps signed in ``place`` with records behind them: record before -> last lost record, its
    hash. Raises OSError."""
    file = place / FILE
    lines = _lines(file) if file.exists() else []
    signed = zip(lines, _keys_of(lines, public), strict=True)
    return {
        made.after: (made.upto, made.hash)
        for made, key in signed
        if isinstance(made, Gap) and made.hash and made.is_signed_by(key)
    }


def covering_lines(place: Path, public: bytes, records: Iterable[int]) -> tuple[bytes, list[Checkpoint]]:
    """Return the raw lines and checkpoints of ``place`` that cover ``records``: for each the first at or
    after it, the newest of all, and all successions of keys. Raises Forged, OSError."""
    held = sorted(read(place, public), key=lambda one: one.seq)
    ends = [one.seq for one in held]
    firsts = {bisect_left(ends, record) for record in records}
    wanted = [held[number] for number in sorted({*firsts, len(held) - 1}) if 0 <= number < len(held)]
    raw = read_plain(place / FILE, LARGE).split(b"\n")[:-1] if held else []
    kept = [line for line in raw if isinstance(made := _read_line(line), Succession) or made in wanted]
    return b"".join(line + b"\n" for line in kept), wanted


def succeed(places: Iterable[Path], old: Signer, new: Signer, at: str) -> None:
    """Append to every place, once, a line signed by both keys that ``new`` signs from now on. Raises
    OSError."""
    made = Succession(old.public.hex(), new.public.hex(), at)
    made = replace(
        made,
        by_old=old.sign(SUCCESSION, made.content()),
        by_new=new.sign(SUCCESSION, made.content()),
    )
    for place in places:
        there = _lines(place / FILE) if (place / FILE).exists() else []
        if any(isinstance(line, Succession) and line.leads_to(new.public) for line in there):
            continue
        _append(place, json.dumps({"succession": asdict(made)}, separators=(",", ":")))


def _lines(file: Path) -> list[Checkpoint | Gap | Succession | None]:
    return _lines_in(read_plain(file, LARGE))


def _lines_in(content: bytes) -> list[Checkpoint | Gap | Succession | None]:
    """Parse each complete line; None for one that is nothing known."""
    return [_read_line(line) for line in content.split(b"\n")[:-1]]


def _read_line(line: bytes) -> Checkpoint | Gap | Succession | None:
    try:
        data = json.loads(line)
        if "gap" in data:
            return _plain(Gap(**data["gap"]))
        if "succession" in data:
            return _plain(Succession(**data["succession"]))
        return _plain(Checkpoint.from_json(data))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _plain(made: Line) -> Line:
    """Return ``made``. Raises ValueError if a value has another type, or is not ASCII."""
    for field in fields(made):
        value = getattr(made, field.name)
        if not isinstance(value, int if field.type == "int" else str) or not str(value).isascii():
            raise ValueError(field.name)
    return made


def _keys_of(lines: Sequence[object], public: bytes) -> list[bytes]:
    """Return the key each line must be signed with: ``public`` for the last, predecessors before."""
    keys: list[bytes] = []
    for made in reversed(lines):
        keys.append(public)
        if isinstance(made, Succession):
            # A damaged line leads to no key; the check of its signature tells.
            with contextlib.suppress(ValueError):
                if made.leads_to(public):
                    public = bytes.fromhex(made.old)
    return keys[::-1]


def expected_hashes(checkpoints: Iterable[Checkpoint]) -> dict[int, str]:
    """Return the hash that the chain must show at each signed record."""
    return {one.seq: one.hash for one in checkpoints}


def signed_states(checkpoints: Iterable[Checkpoint]) -> dict[tuple[int, int], str]:
    """Return the signed digest of the table sums by record and journal position."""
    return {(one.seq, one.position): one.state for one in checkpoints if one.state}


def _append(place: Path, line: str) -> None:
    """Append a whole line, first cutting off what a crash left half-written; on disk before this returns."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = open_own(place / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            os.ftruncate(handle, _whole(handle, size))
        os.write(handle, line.encode("ascii") + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def _whole(handle: int, size: int) -> int:
    """Count the bytes up to the last whole line."""
    return os.pread(handle, size, 0).rfind(b"\n") + 1
