"""Checking an evidence pack: digests, signature, key, and each record's hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.confined.answers import ARCHIVE
from db.confined.reading import read
from db.confined.why import FileRefusal, Unreadable
from db.desk.cases.proof import CONTEXT
from db.language import Message, _
from db.store.audit import HASHED, SEALED, digest_of
from db.store.checkpoints import Forged, expected_hashes, read_lines
from db.store.record_words import TOLD, WHY, open_words
from db.store.sealing import SealBroken
from db.store.signing import is_signed
from db.store.tables import AuditRecord
from reports.evidence.pack import (
    CHECKPOINT_KEY,
    CHECKPOINTS,
    MANIFEST,
    PUBLIC_HEX,
    PUBLIC_PEM,
    RECORDS,
    SIGNATURE,
)

DAMAGED = (ArithmeticError, EOFError, LookupError, RuntimeError, TypeError, ValueError)
"""What a record raises that has not the form of one."""
UNCOVERED = {MANIFEST, SIGNATURE, PUBLIC_HEX, PUBLIC_PEM}


@dataclass(frozen=True, slots=True)
class PackCheck:
    """What checking a pack found: nothing in ``problems`` where it is sound.

    ``own``: signed by the key that was given. ``records`` are numbers and hashes of its records.
    """

    problems: tuple[Message, ...]
    files: int
    records: tuple[tuple[int, str], ...]
    public: str
    own: bool
    ends: Mapping[int, str] = field(default_factory=dict)
    """Records and hashes that were signed as the chain's end, by the key ``ends_by``."""
    ends_by: str = ""


def check(content: bytes, publics: Sequence[bytes]) -> PackCheck:
    """Check the evidence pack ``content``, read in a confined process: its files against the manifest, that
    against one of the keys ``publics``, each record against its hash and the signed checkpoints. What is
    wrong is returned, not raised."""
    files = _files(content)
    if isinstance(files, Message):
        return PackCheck((files,), 0, (), "", False)
    problems = list(_digests(files))
    key = files.get(PUBLIC_HEX, b"").decode("ascii", "replace").strip()
    signature = files.get(SIGNATURE, b"").hex()
    own = any(is_signed(one, CONTEXT, files.get(MANIFEST, b""), signature) for one in publics)
    if not own:
        problems.append(_("The signature is not that of this organisation's key."))
    ends_by = files.get(CHECKPOINT_KEY, b"").decode("ascii", "replace").strip()
    ends, forged = _checkpoints(files, ends_by)
    problems += forged
    records: list[tuple[int, str]] = []
    for line in files.get(RECORDS, b"").decode("utf-8", "replace").splitlines():
        number, sound = _record(line)
        if not sound:
            problems.append(_("Record {number} is not as it was written.", number=number))
        elif number in ends and ends[number] != _hash(line):
            problems.append(_("Record {number} is not the one that was signed.", number=number))
        records.append((number, _hash(line)))
    return PackCheck(tuple(problems), len(files), tuple(records), key, own, ends, ends_by)


def _checkpoints(files: Mapping[str, bytes], public: str) -> tuple[dict[int, str], list[Message]]:
    """Return the hashes, by record, that checkpoints signed with ``public`` state, and no problem; or none
    and a problem where a signature doesn't hold."""
    try:
        return expected_hashes(read_lines(files.get(CHECKPOINTS, b""), bytes.fromhex(public))), []
    except (ValueError, Forged):
        return {}, [_("The checkpoints are not signed with the key that stands beside them.")]


_UNREADABLE: Mapping[FileRefusal, Message] = {
    FileRefusal.TOO_LARGE: _("This archive is too large to be an evidence pack."),
    FileRefusal.TWICE: _("This archive holds a file twice."),
}


def _files(content: bytes) -> Mapping[str, bytes] | Message:
    try:
        return read(ARCHIVE, content)
    except Unreadable as unreadable:
        return _UNREADABLE.get(unreadable.why, _("This is no archive that can be read."))


def _digests(files: Mapping[str, bytes]) -> list[Message]:
    listed: dict[str, str] = {}
    for line in files.get(MANIFEST, b"").decode("ascii", "replace").splitlines():
        digest, _blank, name = line.partition("  ")
        listed[name] = digest
    found = [_("The archive has no list of digests.")] if not listed else []
    for name, digest in listed.items():
        if name not in files:
            found.append(_("{file} is missing.", file=name))
        elif hashlib.sha256(files[name]).hexdigest() != digest:
            found.append(_("{file} was changed.", file=name))
    extra = sorted(set(files) - set(listed) - UNCOVERED)
    return [*found, *(_("{file} does not belong to it.", file=name) for name in extra)]


def _record(line: str) -> tuple[int, bool]:
    """Return the number of the record in ``line``, and whether its hash and its words are those of its
    content; 0 and False where it can't be read."""
    try:
        said = json.loads(line)
        fields = {name: said["fields"][name] for name in HASHED}
        fields |= {name: said["fields"][name] for name in SEALED if name in said["fields"]}
        record = AuditRecord(**fields, prev=said["before"])
        sound = digest_of(record) == said["hash"] and _read_record(said) == said["words"]
        return int(fields["seq"]), sound
    except (*DAMAGED, SealBroken):
        return 0, False


def _read_record(said: dict[str, Any]) -> dict[str, object]:
    """Return the words of a record, its sealed ones opened with the keys beside them. Raises SealBroken."""
    fields = said["fields"]
    words: dict[str, object] = {"purpose": fields["purpose"], **json.loads(fields["detail"])}
    for what, name in ((WHY, "why"), (TOLD, "told")):
        if what in said["keys"]:
            words |= open_words(bytes.fromhex(said["keys"][what]), int(fields["seq"]), fields[name])
    return words


def _hash(line: str) -> str:
    try:
        return str(json.loads(line)["hash"])
    except DAMAGED:
        return ""
