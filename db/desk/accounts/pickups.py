"""Pick-up codes: one plain command, typed on one's own machine, with a short code in place of password and
one-time code.

A code is made inside a session, for its account and source, and lives for minutes, as long as that session
does. What is kept of it is a digest, and the command, sealed: the file itself is made when it is fetched, by
the rights and the regulations of then, and put on record as it is by password. The door (`auth.pickups`) lets
a code in for that one command alone.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from db.desk.authority.permissions import Permissions
from db.desk.frame import OperationGroup, operation
from db.desk.power.declaration import LOOKS
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.language import LANGUAGES, Label, Language, Text, _, as_language, say
from db.store import clock
from db.store.addresses import source_of
from db.store.binding import binding_digest, place_of
from db.store.engine import store
from db.store.sealing import seal, unseal
from db.store.sql import for_update
from db.store.tables import Pickup, SignInSession

LASTS: Final = timedelta(minutes=5)
MOST: Final = 3
"""Codes of one account that are open at one time; the oldest ends for a new one."""
TRIES: Final = 3
KEPT: Final = timedelta(days=1)
KEPT_MOST: Final = 20
"""For so long somebody is told what became of a code, and of so many."""


@dataclass(frozen=True, slots=True)
class PickupView:
    """One code, without it. ``file`` is empty where the file is still to be named by whoever sends it;
    ``refused`` says why the last one that was sent was not taken."""

    number: str
    file: str
    coming: bool
    source: str
    until: str
    taken_at: str | None
    is_open: bool
    refused: Text = ""


def open_pickups(account: int) -> Any:
    """Build the query for usable codes: in time, unused, not guessed at, of a running session."""
    running = SignInSession.select(SignInSession.id).where(SignInSession.ended_at.is_null())
    return (
        Pickup.select()
        .where(Pickup.account == account, Pickup.used_at.is_null(), Pickup.ended_at.is_null())
        .where(Pickup.tries < TRIES, Pickup.until > clock.now(), Pickup.made_at <= clock.now())
        .where(Pickup.session.in_(running))
        .order_by(Pickup.made_at, Pickup.id)
    )


def redeem_pickup(account: int, source: str, digest: str) -> str | None:
    """Use up, within the running transaction, the open code of ``account`` that was made for ``source`` and
    has ``digest``, and return its number; of two attempts at once one gets it. Where no code has it, count a
    wrong try against each of that source, and return None."""
    rows = list(open_pickups(account).where(Pickup.source == source))
    for row in rows:
        if hmac.compare_digest(row.code, _code_of(account, source, row.until, digest)):
            return row.id if _use(row.id, None) else None
    Pickup.update(tries=Pickup.tries + 1).where(Pickup.id.in_([row.id for row in rows])).execute()
    return None


def note_session(number: str, session: int) -> None:
    """Store, within the running transaction, that the code began ``session``."""
    Pickup.update(used=session).where(Pickup.id == number).execute()


def reopen_pickup(session: int) -> None:
    """Make the code that began ``session`` usable again, within the running transaction, where the session
    ended before its command was taken or its file came. Counts a try."""
    for row in Pickup.select().where((Pickup.used == session) & Pickup.taken_at.is_null()):
        _reopen(row, _("The last try brought no file. Send it again."))


class Pickups(OperationGroup):
    """Operations on the actor's own pick-up codes."""

    @operation("pickups.offered", label=_("ask for pick-up codes"), recorded=False, power=LOOKS)
    def offered(self) -> bool:
        """Return whether the actor may have codes: from an address, and not forbidden by a regulation."""
        return self._has_address() and not _forbidden(self.permissions)

    @operation("pickups.make", label=_("make a pick-up code"), recorded=True, power=LOOKS)
    def make(
        self, digest: str, words: Sequence[str], file: str, *, coming: bool = False, instead: str = ""
    ) -> PickupView:
        """Seal and store the command that the code with ``digest`` runs once, from the actor's source, in
        place of the code numbered ``instead``. Delete codes of another day and beyond `KEPT_MOST`; end the
        oldest open ones beyond `MOST`. Raises Refused where a regulation forbids codes, or the actor sits at
        the host."""
        self._check()
        account, now = self.permissions.account, clock.utcnow()
        kept = Pickup.select(Pickup.id).where(Pickup.account == account).order_by(Pickup.made_at.desc())
        many = [row.id for row in kept][KEPT_MOST - 1 :]
        old = Pickup.made_at <= clock.stamp(now - KEPT)
        Pickup.delete().where(old | Pickup.id.in_(many)).execute()
        mine = [row.id for row in open_pickups(account) if row.id != instead]
        self._end([*mine[: max(len(mine) + 1 - MOST, 0)], *([instead] if instead else [])])
        number, source = secrets.token_hex(5), source_of(self.act.actor.source)
        until = clock.stamp(now + LASTS)
        row = Pickup.create(
            id=number,
            session=self.act.actor.session,
            account=account,
            source=source,
            code=_code_of(account, source, until, digest),
            words=_sealed(number, [self.act.actor.language, file, *words]),
            coming=coming,
            made_at=clock.stamp(now),
            until=until,
        )
        self.act.note_facts(pickup=number)
        return _view(row, is_open=True)

    @operation("pickups.mine", label=_("list own pick-up codes"), recorded=False, power=LOOKS)
    def mine(self) -> tuple[PickupView, ...]:
        """List the actor's codes of the last day, the newest first."""
        account = self.permissions.account
        is_open = {row.id for row in open_pickups(account)}
        since = clock.stamp(clock.utcnow() - KEPT)
        rows = Pickup.select().where((Pickup.account == account) & (Pickup.made_at > since))
        return tuple(
            _view(row, is_open=row.id in is_open) for row in rows.order_by(Pickup.made_at.desc(), Pickup.id)
        )

    @operation("pickups.end", label=_("end a pick-up code"), recorded=True, power=LOOKS)
    def end(self, number: str) -> None:
        """End an open code of the actor's own. Raises Refused where none of that number is open."""
        if number not in [row.id for row in open_pickups(self.permissions.account)]:
            raise _nothing_waits()
        self._end([number])
        self.act.note_facts(pickup=number)

    @operation("pickups.take", label=_("use a pick-up code"), recorded=True, power=LOOKS)
    def take(self, number: str = "", *, coming: bool = False) -> tuple[Language, tuple[str, ...]] | None:
        """Lock a waiting command, mark it as taken, and return it with the language of the screen: the one
        whose code began this session, or after a sign-in by password the actor's only one, or the one
        numbered ``number``. ``coming``: a command that takes a file in, which is marked only once its file
        has come; None after a sign-in by password. Raises Refused for another command than the code's, where
        regulations forbid codes by now, and where nothing waits; Invalid where several do."""
        mine = SignInSession.get_by_id(self.act.actor.session)
        is_by_code = mine.strength == "pickup"
        began = for_update(Pickup.select().where(Pickup.used == mine))
        row = began.get_or_none() if is_by_code else None
        if coming and not is_by_code:
            return None
        self._check()
        if row is None and is_by_code:
            raise _another_file()
        row = row or self._only(number)
        if row.coming != coming or row.taken_at is not None or number not in ("", row.id):
            raise _another_file()
        if row.session.ended_at is not None:
            raise _nothing_waits()
        if not coming:
            Pickup.update(taken_at=clock.now()).where(Pickup.id == row.id).execute()
        self.act.note_facts(pickup=row.id)
        language, _file, *words = _packed(row)
        return as_language(language), tuple(words)

    @operation("pickups.renew", label=_("make a pick-up code good again"), recorded=True, power=LOOKS)
    def renew(self, why: Text) -> int:
        """Lock the code that began this session and make it usable again until its end, as its file was
        refused: count a try, and store ``why``, encrypted, in both languages. Return the tries that are left.
        Raises Refused where no file is to come by it."""
        mine = (Pickup.used == self.act.actor.session) & Pickup.coming & Pickup.taken_at.is_null()
        row = for_update(Pickup.select().where(mine)).first()
        if row is None:
            raise _nothing_waits()
        _reopen(row, why)
        self.act.note_facts(pickup=row.id)
        return TRIES - int(row.tries) - 1

    def _only(self, number: str) -> Pickup:
        rows = [
            row
            for row in open_pickups(self.permissions.account).where(~Pickup.coming)
            if number in ("", row.id)
        ]
        if len(rows) > 1:
            waiting = "; ".join(f"get {row.id} > {_packed(row)[1]}" for row in rows)
            raise Invalid(Problem("number", _("Several files wait. Say which: {waiting}", waiting=waiting)))
        row: Pickup | None = rows[0] if rows else None
        if row is None or not _use(row.id, self.act.actor.session):
            raise _nothing_waits()
        return row

    def _check(self) -> None:
        clause = _forbidden(self.permissions)
        if clause or not self._has_address():
            raise Refused(
                _("Files come and go by password and code here."),
                clause or SILENT,
                _("Sign in with both for the command; `help` lists the commands."),
            )

    def _has_address(self) -> bool:
        return any(mark in self.act.actor.source for mark in ".:") and self.act.actor.front != "host"

    @staticmethod
    def _end(numbers: Sequence[str]) -> None:
        Pickup.update(ended_at=clock.now()).where(
            Pickup.id.in_(list(numbers)) & Pickup.ended_at.is_null()
        ).execute()


def _forbidden(permissions: Permissions) -> str:
    """Return the clause of a book of the actor's that forbids codes; empty where none does."""
    rules = (permissions.policy(book).copies for book in permissions.books)
    return next((rule.clause_of("no_pickup") for rule in rules if rule.no_pickup), "")


def _use(number: str, session: int | None) -> bool:
    unused = (Pickup.id == number) & Pickup.used_at.is_null()
    return bool(Pickup.update(used_at=clock.now(), used=session).where(unused).execute())


def _reopen(row: Pickup, why: Text) -> None:
    """Make a used code usable again and count a try; store ``why``, encrypted, for the sender of a file."""
    said = [*_packed(row)[:2], *(say(why, language) for language in LANGUAGES)]
    words = _sealed(row.id, said) if row.coming else row.words
    again = {"words": words, "tries": row.tries + 1, "used": None, "used_at": None}
    Pickup.update(again).where(Pickup.id == row.id).execute()


def _code_of(account: int, source: str, until: str, digest: str) -> str:
    return binding_digest(
        store().keys, place_of("account", account, "pickup"), f"{source}\n{until}\n{digest}"
    )


def _sealed(number: str, words: Sequence[str]) -> bytes:
    return seal(store().keys, Pickup.words.place(number), json.dumps(words, ensure_ascii=False).encode())


def _packed(row: Pickup) -> list[str]:
    """Decrypt the language of the screen, the file's name, and the words of the command; for a file that is
    to come in, why the last one was refused in place of the command, in each language."""
    packed = unseal(store().keys, Pickup.words.place(row.id), bytes(row.words))
    return [str(word) for word in json.loads(packed)]


def _view(row: Pickup, *, is_open: bool) -> PickupView:
    _language, file, *words = _packed(row)
    refused = Label(words[0], words[-1]) if row.coming and words else ""
    return PickupView(row.id, file, row.coming, row.source, row.until, row.taken_at, is_open, refused)


def _another_file() -> Refused:
    return Refused(
        _("This pick-up code is for another file."),
        SILENT,
        _("Type the command as the screen shows it, with a new code."),
    )


def _nothing_waits() -> Refused:
    return Refused(
        _("No file waits for you to fetch it."),
        SILENT,
        _("Take it out on the screen with o, and fetch it within five minutes while you are signed in."),
    )
