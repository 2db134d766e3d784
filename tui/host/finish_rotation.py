"""What a rotation of keys left that was stopped: every command of the host ends it first and says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from db.language import Text, _
from db.store.keys import SIGN_AUDIT, SIGN_EVIDENCE, signing_file
from db.store.rotation import proving, signing, whole
from db.store.rotation.files import Busy, lock_folder
from db.store.settings import Home, Settings
from tui.host.shell import CommandFailure


def settle_rotations(home: Home) -> Iterator[Text]:
    """Complete or undo stopped rotations of keys, under the folder's lock, and yield in words which; nothing
    while one runs. Raises SettingsError, KeyRingError."""
    settings = home.settings()
    try:
        with lock_folder(home.keys):
            yield from _settle_sides(home, settings)
    except (Busy, FileNotFoundError):
        return


def _settle_sides(home: Home, settings: Settings) -> Iterator[Text]:
    file = database_file(home, settings)
    side = whole.settle_whole(home.keys, file) if file is not None else None
    if side is whole.Side.AFTER:
        yield _("A rotation of the database's key had been stopped after its end: the new key is in use.")
    elif side is whole.Side.BEFORE:
        yield _("A rotation of the database's key had been stopped before its end: the old key is in use.")
    for name in (SIGN_AUDIT, SIGN_EVIDENCE):
        private = signing_file(home.keys, name)
        if signing.is_stopped(private):
            signing.rotate(home.keys, private, name, home.checkpoint_places(settings))
            yield _("A rotation of the key {name} had been stopped; it is finished now.", name=private.name)


def settle_proof(home: Home) -> Iterator[Text]:
    """Complete or undo a stopped rotation of the proving key, under the folder's lock, and yield in words
    which; nothing while one runs. The store must be open."""
    try:
        with lock_folder(home.keys):
            side = proving.settle_proving(home.keys)
    except (Busy, FileNotFoundError):
        return
    if side is not None:
        yield (
            _("A rotation of the proving key had been stopped after its end: the new key is in use.")
            if side
            else _("A rotation of the proving key had been stopped before its end: the old key is in use.")
        )


def database_file(home: Home, settings: Settings) -> Path | None:
    scheme, _colon, rest = home.database_url(settings).partition(":")
    return Path(rest) if scheme == "sqlite" else None


def must_have_signing_key(home: Home, settings: Settings) -> None:
    """Raise CommandFailure if the audit's signing key is with a signer that has a user of its own."""
    wanted = settings.checkpoints
    if wanted is not None and wanted.signer and not signing_file(home.keys, SIGN_AUDIT).exists():
        raise CommandFailure(
            _("The key that signs the audit is with the signer, which has a user of its own."),
            _("Lend its things and say --signing-key FILE; the operators' guide says how."),
        )
