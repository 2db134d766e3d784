"""The keys of one installation, kept outside the database.

Each key is a file of hex digits, mode 0400, in the state folder's ``keys/`` or in the directory that
systemd names in ``CREDENTIALS_DIRECTORY``. They never reach argv, the environment, a log or the database.
A line after the digits says when the key was made, and one more when it was retired; ``keys/retired``
holds keys that seal nothing new and still open what was sealed before (`db.store.rotation`).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from db.language import MessageError, _
from db.store import clock
from db.store.disk import read_plain, sync_folder
from db.store.signing import Signer
from db.store.unavailable import system_reason

KEY_BYTES = 32
SINGLE_KEYS = ("database", "search", "pepper", "digest", "journal")
BACKUP = "backup"
"""The key that encrypts backups. It is read where one is made or opened, and never by a session's start."""
LATER_KEYS = ("journal", BACKUP)
PROOF = "proof"
"""The key that proves the present (`db.store.proof`). A new installation has it from the beginning, an older
one makes it in the step of its database that first needs it."""
FIELD_KEY_PREFIX = "field-"
SIGNING_PREFIX = "sign-"
PUBLIC = ".pub"
SIGN_AUDIT = "audit"
"""Name of the pair that signs checkpoints of the audit chain (`db.store.signing`)."""
SIGN_EVIDENCE = "evidence"
"""Name of the pair that signs evidence packs (C.13)."""
SIGNING_KEYS = (SIGN_AUDIT, SIGN_EVIDENCE)
RETIRED = "retired"
"""The folder within ``keys/`` of keys that only open what is old."""
NEXT = ".next"
"""Ends the name of a key that is about to take its predecessor's place."""


class KeyRingError(MessageError):
    """A key is missing or can't be trusted; ``message`` says which and what to do."""


@dataclass(slots=True)
class KeyRing:
    """All keys, 256 bits each. ``fields`` maps key numbers to keys; the highest number seals.

    A ring that was read from ``folder`` takes up what is rotated there while the process goes on. ``home`` is
    the installation's own folder of keys, where systemd holds the others.
    """

    database: bytes = field(repr=False)
    search: bytes = field(repr=False)
    pepper: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    journal: bytes = field(repr=False)
    fields: dict[int, bytes] = field(repr=False)
    proof: bytes | None = field(default=None, repr=False)
    folder: Path | None = None
    home: Path | None = None
    _seen: int = field(default=0, repr=False, compare=False)

    @property
    def current(self) -> int:
        """Number of the field key that seals new values."""
        return max(self.fields)

    def field_key(self, number: int) -> bytes | None:
        """Return the field key ``number``, reading it from the folder, retired keys included, if unknown;
        None if it is gone."""
        if number not in self.fields and self.folder is not None:
            name = f"{FIELD_KEY_PREFIX}{number}"
            for folder in (self.folder, self.folder / RETIRED):
                with contextlib.suppress(KeyRingError):
                    self.fields[number] = read_key(folder / name)
                    break
        return self.fields.get(number)

    def refresh(self) -> KeyRing:
        """Read field and journal keys made since, if the folder changed; return the ring itself. Ignores
        unreadable ones."""
        if self.folder is not None:
            with contextlib.suppress(OSError, KeyRingError):
                seen = self.folder.stat().st_mtime_ns
                if seen != self._seen:
                    self.fields.update(_field_keys(self.folder))
                    self.journal = read_key(self.folder / "journal")
                    self._seen = seen
        return self

    def proving(self) -> Iterator[bytes]:
        """Yield the proving key; to a caller who goes on because it does not fit, those that lie in the
        folder by now. Keeps what it read. Raises KeyRingError if there is none."""
        known = self.proof
        if known is not None:
            yield known
        for file in self._proof_files():
            try:
                self.proof = read_key(file)
            except KeyRingError:
                if known is None:
                    raise
                continue
            yield self.proof

    def _proof_files(self) -> list[Path]:
        """Return the files to read the proving key from: its own, that of the coming one, and its own again,
        as a rotation may put the one in the place of the other meanwhile."""
        if self.home is None:
            return []
        file, coming = proof_file(self.home), first_proof_file(self.home)
        there = [one for one in (file, coming) if one.exists()]
        return [*there, file] if there != [coming] else there


def make_keys(folder: Path) -> None:
    """Write a new set of keys into ``folder``, creating that. Raises FileExistsError rather than replace
    one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (*SINGLE_KEYS, BACKUP, PROOF, f"{FIELD_KEY_PREFIX}1"):
        write_key(folder / name, secrets.token_bytes(KEY_BYTES))
    for name in SIGNING_KEYS:
        make_signing_key(folder, name)


def make_signing_key(folder: Path, name: str) -> None:
    """Write a new pair: the private key ``sign-NAME``, and ``sign-NAME.pub``. Raises FileExistsError."""
    private = secrets.token_bytes(KEY_BYTES)
    write_key(folder / f"{SIGNING_PREFIX}{name}", private)
    write_key(folder / f"{SIGNING_PREFIX}{name}{PUBLIC}", Signer(private).public)


def add_missing_keys(folder: Path, used: Collection[str] = ()) -> list[str]:
    """Write the keys that an older installation lacks; return their names. A missing key that is in ``used``
    was lost, and is not replaced."""
    added = []
    for name in LATER_KEYS:
        if name not in used and not (key_folder(folder, name) / name).exists():
            write_key(folder / name, secrets.token_bytes(KEY_BYTES))
            added.append(name)
    for name in SIGNING_KEYS:
        file = f"{SIGNING_PREFIX}{name}{PUBLIC}"
        if not (key_folder(folder, file) / file).exists():
            make_signing_key(folder, name)
            added.append(f"{SIGNING_PREFIX}{name}")
    return added


def read_backup_key(folder: Path) -> bytes:
    """Return the key of new backups. Raises KeyRingError."""
    return read_key(key_folder(folder, BACKUP) / BACKUP)


def read_backup_keys(folder: Path) -> list[bytes]:
    """Return the key of new backups, then the retired ones. Raises KeyRingError."""
    return [read_backup_key(folder), *retired_keys(folder, BACKUP)]


def read_journal_keys(folder: Path) -> list[bytes]:
    """Return the key of the journal, then the retired ones. Raises KeyRingError."""
    return [read_key(key_folder(folder, "journal") / "journal"), *retired_keys(folder, "journal")]


def proof_file(folder: Path) -> Path:
    return key_folder(folder, PROOF) / PROOF


def first_proof_file(folder: Path) -> Path:
    """Return the file of the proving key that is to come into use: the first, until sums exist, or one being
    rotated to."""
    return folder / f"{PROOF}{NEXT}"


def read_proof_keys(folder: Path) -> list[bytes]:
    """Return the proving key, then the retired ones. Raises KeyRingError."""
    return [read_key(proof_file(folder)), *retired_keys(folder, PROOF)]


def retired_files(folder: Path, name: str, end: str = "") -> list[Path]:
    """Return the files of the retired keys that were called ``name``, newest first."""
    files = (folder / RETIRED).glob(f"{name}-*{end}")
    numbered = [(path.name[len(name) + 1 : len(path.name) - len(end)], path) for path in files]
    return [path for number, path in sorted(numbered, reverse=True, key=_by_number) if number.isdigit()]


def retired_keys(folder: Path, name: str, end: str = "") -> list[bytes]:
    """Return the retired keys that were called ``name``, newest first. Raises KeyRingError."""
    return [read_key(path) for path in retired_files(folder, name, end)]


def signing_file(folder: Path, name: str) -> Path:
    """Return the file of the private half of the signing key NAME."""
    file = f"{SIGNING_PREFIX}{name}"
    return key_folder(folder, file) / file


def read_signer(folder: Path, name: str) -> Signer:
    """Read the signing key NAME of ``folder``. Raises KeyRingError."""
    return Signer(read_key(signing_file(folder, name)))


def read_public(folder: Path, name: str) -> bytes:
    """Read the public half of the signing key NAME of ``folder``. Raises KeyRingError."""
    file = f"{SIGNING_PREFIX}{name}{PUBLIC}"
    return read_key(key_folder(folder, file) / file)


def database_keys(folder: Path) -> list[bytes]:
    """Return the keys of the database: the present one and, in the middle of a rotation, the coming one.
    Raises KeyRingError.

    The coming one is read first: if it takes the other's place meanwhile, it is found there.
    """
    present, coming = folder / "database", folder / f"database{NEXT}"
    found = []
    try:
        found = [read_key(coming)] if coming.exists() else []
    except KeyRingError:
        if coming.exists():
            raise
    return [*([read_key(present)] if present.exists() else []), *found]


def read_publics(folder: Path, name: str) -> list[bytes]:
    """Return the public half of the signing key NAME, then those of its predecessors. Raises KeyRingError."""
    return [read_public(folder, name), *retired_keys(folder, f"{SIGNING_PREFIX}{name}", PUBLIC)]


def write_key(path: Path, key: bytes, made: str = "", retired: str = "") -> None:
    """Write a key file with its times, readable by its owner alone (as root, the folder's owner), whole and
    on disk before this returns. Raises FileExistsError: never replaces one."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{key.hex()}\nmade {made or clock.now()}\n")
        if retired:
            file.write(f"retired {retired}\n")
        if os.geteuid() == 0:
            owner = path.parent.stat()
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    finally:
        part.unlink()
    sync_folder(path.parent)


def key_folder(folder: Path, name: str) -> Path:
    """Return where the key ``name`` is: systemd's credential directory if it holds it, else ``folder``."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    return Path(credentials) if credentials and (Path(credentials) / name).exists() else folder


def read_keys(folder: Path) -> KeyRing:
    """Read all keys of ``folder``, or of systemd's credential directory. Raises KeyRingError."""
    home, folder = folder, key_folder(folder, "database")
    seen = folder.stat().st_mtime_ns if folder.is_dir() else 0
    fields = _field_keys(folder)
    if not fields:
        raise KeyRingError(_("There is no field key in {folder}.", folder=str(folder)))
    single = {name: read_key(folder / name) for name in SINGLE_KEYS}
    proofs = (file for file in (proof_file(home), first_proof_file(home)) if file.exists())
    proof = next(map(read_key, proofs), None)
    return KeyRing(fields=fields, proof=proof, folder=folder, home=home, _seen=seen, **single)


def read_key(path: Path) -> bytes:
    """Return the key in ``path``. Raises KeyRingError if it is missing, malformed, or readable by others."""
    try:
        mode = path.stat().st_mode
        text = read_plain(path).decode("ascii", "replace").strip()
    except FileNotFoundError:
        raise KeyRingError(
            _("Key {file} is not there. Put it back from where the keys are kept.", file=str(path))
        ) from None
    except OSError as error:
        raise KeyRingError(
            _("Key {file} can't be read: {reason}", file=str(path), reason=system_reason(error))
        ) from None
    if stat.S_IMODE(mode) & 0o077:
        raise KeyRingError(_("Key {file} can be read by others. Run `chmod 0400` on it.", file=str(path)))
    try:
        key = bytes.fromhex(text.partition("\n")[0])
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyRingError(_("Key {file} is not 64 hexadecimal digits.", file=str(path)))
    return key


def time_in_key(path: Path, word: str) -> str:
    """Return the time in the key file ``path`` behind ``word`` (``made`` or ``retired``); "" if it has
    none."""
    for line in read_plain(path).decode("ascii", "replace").splitlines()[1:]:
        said, _blank, at = line.partition(" ")
        if said == word:
            return at
    return ""


def field_numbers(folder: Path) -> list[int]:
    """Return the numbers of the field keys in ``folder`` that are not retired."""
    names = (path.name.removeprefix(FIELD_KEY_PREFIX) for path in folder.glob(f"{FIELD_KEY_PREFIX}*"))
    return sorted(int(name) for name in names if name.isdigit())


def _field_keys(folder: Path) -> dict[int, bytes]:
    return {number: read_key(folder / f"{FIELD_KEY_PREFIX}{number}") for number in field_numbers(folder)}


def _by_number(found: tuple[str, Path]) -> tuple[int, str]:
    """Return a sort key that puts ``journal-10`` after ``journal-9``."""
    return len(found[0]), found[0]
