"""`mingce keys`: where the keys lie and how old they are, and rotating them while people work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlcipher3 import dbapi2

from db.desk.notation.localtime import local
from db.language import Message, Text, _, _n, listed
from db.store import clock
from db.store.engine import store
from db.store.keys import PROOF, SIGN_AUDIT, SIGN_EVIDENCE, SIGNING_PREFIX, signing_file
from db.store.proof.tampering_words import said_shortly
from db.store.rotation import fields, proving, signing, whole
from db.store.rotation.files import Busy, delete_key, lock_folder, must_lie_here, prepare, promote
from db.store.rotation.listing import Key, keys_in_use, list_retired_keys
from db.store.rotation.sealed import count_by_key
from db.store.settings import Home
from db.store.transactions import writing
from tui.host.finish_rotation import database_file, must_have_signing_key, settle_rotations
from tui.host.operator import opened_store, record_as_host
from tui.host.owner import home_of, must_take, path_given
from tui.host.shell import WRONG_USAGE, CommandFailure, failures_in_words, tell, tell_json
from tui.host.upgrading import must_be_current
from tui.plain.words import CommandWords

EVERY = 5000
"""Values after which the progress is told."""

NEVER: Mapping[str, Message] = {
    "search": _("what is looked up by it would not be found; it reveals nothing by itself"),
    "digest": _("the audit, requests, passwords and codes rest on digests that it made; it opens nothing"),
    "pepper": _("no password fits without it; have each account reset instead (`mingce account reset`)"),
}
"""Keys that are not rotated, and why."""


def show(words: CommandWords) -> None:
    home = home_of(words)
    with failures_in_words():
        must_be_current(home)
        for said in settle_rotations(home):
            tell(said)
    with opened_store(home, looking=True):
        found = _all_keys(home)
        lines = [_line(key) for key in found]
    if words.has("json"):
        tell_json([_as_json(key) for key in found])
    else:
        for line in lines:
            tell(line)


def rotate(words: CommandWords) -> int:
    home, what = home_of(words), words.operand(0)
    if what in NEVER:
        raise CommandFailure(
            _("The key {name} is not rotated: {reason}.", name=what, reason=NEVER[what]),
            _("What to do if it was seen by others is in the operators' guide."),
        )
    if what not in WAYS:
        said = _("There is no key {name} to rotate. Say one of: {names}.", name=what, names=listed(WAYS))
        raise CommandFailure(said, status=WRONG_USAGE)
    with opened_store(home), _lock_keys(home):
        told = WAYS[what](home, path_given(words, "signing-key"))
    if words.has("json"):
        tell_json(told)
    elif told.get("broken"):
        raise CommandFailure(
            _n(
                "{count} value does not open with any key; the others are done.",
                "{count} values do not open with any key; the others are done.",
                count=told["broken"],
            ),
            _("Put the key that is missing back; if none is, `mingce backup verify` shows what was altered."),
        )
    else:
        tell(_("The key {name} was rotated.", name=what))
    return 1 if told.get("broken") else 0


def prune(words: CommandWords) -> None:
    home = home_of(words)
    with opened_store(home), _lock_keys(home):
        useless = [key for key in _all_keys(home) if not key.is_needed]
        for key in useless:
            _record("keys.prune", {"key": key.name})
            delete_key(key.file)
    if words.has("json"):
        tell_json([key.name for key in useless])
        return
    for key in useless:
        tell(_("The retired key {name} was destroyed.", name=key.name))
    if not useless:
        tell(_("Every retired key is still needed, or there is none."))


def age_in_days(made: str) -> int:
    return (clock.utcnow() - clock.moment(made)).days


def _field(home: Home, _signing_key: Path | None) -> dict[str, object]:
    must_lie_here(home.keys, f"field-{store().keys.current}")
    with _recorded("field"):
        done = fields.rotate(home.keys, _progress())
    return {
        "key": "field", "number": done.number, "values": done.values, "broken": done.broken,
        "retired": list(done.retired), "resumed": not done.began,
    }  # fmt: skip


def _database(home: Home, _signing_key: Path | None) -> dict[str, object]:
    file = database_file(home, store().settings)
    if file is None:
        raise CommandFailure(
            _("PostgreSQL's files are not encrypted by mingce."),
            _("Rotate the key of its disk there, and `field` and `journal` here."),
        )
    must_lie_here(home.keys, "database")
    with _recorded("database"):
        try:
            size = whole.rotate(home.keys, file)
        except (whole.NotCopied, dbapi2.Error) as error:
            raise CommandFailure(
                _("The copy under the new key is no good: {reason}", reason=str(error)),
                _("The old key is in use; nothing has changed."),
            ) from error
    return {"key": "database", "bytes": size}


def _file(name: str) -> Callable[[Home, Path | None], dict[str, object]]:
    def rotate_file(home: Home, _signing_key: Path | None) -> dict[str, object]:
        must_lie_here(home.keys, name)
        with _recorded(name):
            prepare(home.keys, name)
            promote(home.keys, name)
        return {"key": name}

    return rotate_file


def _proof(home: Home, _signing_key: Path | None) -> dict[str, object]:
    must_lie_here(home.keys, PROOF)
    try:
        proving.rotate(home.keys, lambda: record_as_host("keys.rotate", {"key": PROOF, "stage": "ended"}))
    except proving.NotSound as unsound:
        raise CommandFailure(
            _("The present does not prove: {rows}", rows=said_shortly(unsound.found.findings)),
            _("`mingce audit verify` says more. The old key is in use; nothing has changed."),
        ) from None
    return {"key": PROOF}


def _signing(name: str) -> Callable[[Home, Path | None], dict[str, object]]:
    def rotate_pair(home: Home, signing_key: Path | None) -> dict[str, object]:
        public = f"{SIGNING_PREFIX}{name}.pub"
        must_lie_here(home.keys, public)
        if name == SIGN_AUDIT and signing_key is None:
            must_have_signing_key(home, store().settings)
        private = signing_key or signing_file(home.keys, name)
        must_take(private.parent)
        with _recorded(name):
            signing.rotate(home.keys, private, name, home.checkpoint_places(store().settings))
        return {"key": name}

    return rotate_pair


WAYS: Mapping[str, Callable[[Home, Path | None], dict[str, object]]] = {
    "field": _field,
    "database": _database,
    "backup": _file("backup"),
    "journal": _file("journal"),
    PROOF: _proof,
    "audit": _signing(SIGN_AUDIT),
    "evidence": _signing(SIGN_EVIDENCE),
}


@contextmanager
def _lock_keys(home: Home) -> Iterator[None]:
    try:
        with lock_folder(home.keys):
            yield
    except Busy:
        raise CommandFailure(
            _("Another rotation runs on these keys."), _("Wait until it has ended.")
        ) from None


@contextmanager
def _recorded(key: str) -> Iterator[None]:
    """Record the beginning of a rotation, run the body, and record its end. A rotation whose beginning can't
    be recorded does not begin."""
    _record("keys.rotate", {"key": key, "stage": "begun"})
    yield
    _record("keys.rotate", {"key": key, "stage": "ended"})


def _record(act: str, detail: Mapping[str, object]) -> None:
    with writing():
        record_as_host(act, detail)


def _progress() -> fields.Progress:
    told = 0

    def tell_of(done: int, total: int) -> None:
        nonlocal told
        if done - told >= EVERY:
            told = done
            tell(_("{done} of {total} values", done=done, total=total))

    return tell_of


def _all_keys(home: Home) -> list[Key]:
    settings = store().settings
    old = list_retired_keys(
        home.keys, home.backups_to(settings), home.journal_place(settings), count_by_key()
    )
    return [*keys_in_use(home.keys), *old]


def _line(key: Key) -> Text:
    if not key.made:
        return _("{name}: not here ({file})", name=key.name, file=str(key.file))
    since = _n(
        "{file}, made {day}, {days} day old",
        "{file}, made {day}, {days} days old",
        file=str(key.file),
        day=local(key.made)[:10],
        days=age_in_days(key.made),
    )
    said = _("{name}: {value}", name=key.name, value=since)
    return _("{said}; {more}", said=said, more=_needs(key)) if key.retired else said


def _needs(key: Key) -> Text:
    if key.for_good:
        return _("retired, kept to check what it signed")
    if not key.is_needed:
        return _("retired, needed by nothing: `mingce keys prune` destroys it")
    return _(
        "retired; needed by values: {values}, backups: {backups}, days of the journal: {days}",
        values=key.values,
        backups=key.backups,
        days=key.days,
    )


def _as_json(key: Key) -> dict[str, object]:
    return {
        "name": key.name, "file": str(key.file), "made": key.made or None, "retired": key.retired or None,
        "days": age_in_days(key.made) if key.made else None, "needed": key.is_needed, "values": key.values,
        "backups": key.backups, "journal_days": key.days,
    }  # fmt: skip
