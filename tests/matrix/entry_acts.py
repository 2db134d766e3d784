"""How each operation on an entry is tried, and what its answer is called in the table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from db.desk import Desk, Invalid, Pending, Refused
from db.desk.authority.sight import Shown
from db.desk.directory.revealed import Revealed
from db.desk.directory.why import Why
from db.desk.entry.lines import EntryLine
from db.desk.lifecycle.forms import LeaveAsked, MoveAsked
from db.language import Text, say
from db.policy.vocabulary import Side
from db.store import clock
from db.store.tables import Account, Entry, Grant
from tests.matrix.cast import NEVER, Cast, evidence_of

UNTIL = "2027-01-01T00:00:00.000000Z"
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Trial:
    """One operation by one reader on one entry (or on one that never was)."""

    desk: Desk
    cast: Cast
    entry: int
    relation: str

    @property
    def book(self) -> str:
        return self.cast.book

    @property
    def side(self) -> Side:
        """Where the entry would be looked for."""
        row = self.row()
        return "external" if row is not None and row.kind == "partner" else "internal"

    @property
    def mobile(self) -> str:
        """The last eleven digits of the entry's protected number."""
        return self.cast.mobiles.get(self.entry, "")[-11:]

    def row(self) -> Entry | None:
        """The stored entry."""
        found: Entry | None = Entry.get_or_none(Entry.id == self.entry)
        return found

    def account(self, state: str) -> int:
        """An account for the entry's person: the one there is, or a new one in ``state``."""
        row = self.row()
        if row is None:
            return NEVER
        found = Account.get_or_none(Account.person == row.person_id)
        if found is None:
            found = Account.create(
                login=f"new.{self.entry}", person=row.person_id, state=state, created_at=clock.now()
            )
        return int(found.id)

    def look(self, texts: Iterable[Text]) -> str:
        """Whether ``texts`` show the protected number."""
        return "shown" if any(_digits(str(text)) == self.mobile for text in texts) else "masked"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial; ``refusal`` in words where there was one."""

    name: str
    refusal: tuple[str, str, str] | None = None


def tried(operation: str, trial: Trial) -> Outcome:
    """Try ``operation`` as `ACTS` says. A refusal is named by its clause."""
    try:
        return Outcome(ACTS[operation](trial))
    except Refused as refused:
        words = (say(refused.message, "en"), refused.clause, say(refused.advice, "en"))
        return Outcome(refused.clause, words)
    except Invalid:
        return Outcome("invalid")
    except Pending:
        return Outcome("asked")


def _card(trial: Trial) -> str:
    card = trial.desk.directory.card(trial.entry, trial.book)
    plain, protected = (card.field(name) for name in trial.cast.probes)
    assert plain is not None or trial.cast.probes[0] == "name"  # which stands above the fields
    if plain is not None:
        assert plain.look == "open"
        assert "*" not in str(plain.text)
    return _shown(trial, protected)


def _preview(trial: Trial) -> str:
    return "placed" if trial.desk.directory.preview(trial.entry, trial.book).path else "bare"


def _reveal(trial: Trial) -> str:
    try:
        field = trial.desk.directory.reveal(
            trial.entry, trial.cast.probes[1], trial.cast.purpose, "对接", trial.book
        )
    finally:
        trial.desk.revealed = Revealed()  # what is tried next is tried by itself
    return _shown(trial, field)


def _contact(trial: Trial) -> str:
    contact = trial.desk.directory.contact(trial.entry, trial.cast.purpose, "对接", trial.book)
    return _shown(
        trial, next((field for field in contact.numbers if field.name == trial.cast.probes[1]), None)
    )


def _shown(trial: Trial, field: Shown | None) -> str:
    return "absent" if field is None else trial.look(field.texts)


def _why(trial: Trial) -> str:
    why = trial.desk.directory.why(trial.entry, book=trial.book)
    if why.can:
        return "yes"
    return "no" if why == _why_not(trial.desk, trial.book) else "gives it away"


@cache
def _why_not(desk: Desk, book: str) -> Why:
    """The answer about nobody."""
    return desk.directory.why(NEVER, book=book)


def _list(trial: Trial) -> str:
    lines = trial.desk.directory.list(trial.book, side=trial.side, limit=200)
    return "hit" if any(line.entry == trial.entry for line in lines) else "miss"


def _search(trial: Trial) -> str:
    row = trial.row()
    name = row.name if row is not None else "无此人"
    return _found(trial, _asked(trial, name))


def _by_number(trial: Trial) -> str:
    """As a person finds who called: by what is open, and by the whole of a protected number."""
    number = trial.mobile or "13999999999"
    lines = _asked(trial, number)
    if not lines:
        with suppress(Refused):  # the book is none of the reader's
            lines = [*trial.desk.directory.by_value(trial.book, number, side=trial.side).lines]
    return _found(trial, lines)


def _asked(trial: Trial, text: str) -> list[EntryLine]:
    return [*trial.desk.directory.search(trial.book, text, side=trial.side)]


def _found(trial: Trial, lines: list[EntryLine]) -> str:
    if not lines:
        return "miss"
    return "hit" if any(line.entry == trial.entry for line in lines) else "finds others"


def _form(trial: Trial) -> str:
    form = trial.desk.changes.form(trial.entry)
    field = next((field for field in form.fields if field.name == trial.cast.probes[1]), None)
    if field is None:
        return "absent"
    look = trial.look([say(field.now or "", "en")])
    assert field.covered == (look == "masked")
    return look


def _check(trial: Trial) -> str:
    """As a person does it: with the form open, by which the present values were shown (threat 43)."""
    with suppress(Refused):
        trial.desk.changes.form(trial.entry)
    checked = trial.desk.changes.check(trial.entry, {trial.cast.probes[1]: "139 0000 2121"})
    return trial.look([say(line.before, "en") for line in checked.lines])


def _submit(trial: Trial) -> str:
    evidence = evidence_of(trial.desk.actor.account)
    row = trial.row()
    version = row.version if row is not None else 1
    trial.desk.changes.submit(
        trial.entry, version, {trial.cast.probes[1]: "139 0000 2121"}, "换号", [evidence]
    )
    return "allowed"


def _submit_many(trial: Trial) -> str:
    evidence = evidence_of(trial.desk.actor.account)
    asked = {trial.entry: {trial.cast.probes[1]: "139 0000 2121"}}
    trial.desk.changes.submit_many(asked, "换号", [evidence])
    return "allowed"


def _move_form(trial: Trial) -> str:
    trial.desk.lifecycle.move_form(trial.entry)
    return "allowed"


def _move(trial: Trial) -> str:
    """To another position in the same unit."""
    row = trial.row()
    version, unit = (row.version, row.unit_id) if row is not None else (1, NEVER)
    trial.desk.lifecycle.move(MoveAsked(trial.entry, version, unit, "新职务", "2026-11-25", "调岗"))
    return "allowed"


def _leave_form(trial: Trial) -> str:
    trial.desk.lifecycle.leave_form(trial.entry)
    return "allowed"


def _leave(trial: Trial) -> str:
    trial.desk.lifecycle.leave(
        LeaveAsked(trial.entry, "2026-11-25", "离职", successor=trial.cast.name("unit"))
    )
    return "allowed"


def _create_account(trial: Trial) -> str:
    trial.desk.accounts.create(trial.entry, "somebody.new", "0" * 64, UNTIL)
    return "allowed"


def _issue_activation(trial: Trial) -> str:
    trial.desk.accounts.issue_activation(trial.account("invited"), "0" * 64, UNTIL)
    return "allowed"


def _break_glass(trial: Trial) -> str:
    trial.desk.accounts.break_glass(trial.account("active"), "0" * 64, UNTIL)
    return "allowed"


def _lift_delays(trial: Trial) -> str:
    trial.desk.accounts.lift_delays(trial.account("active"), (), "0" * 32, 0)
    return "allowed"


def _disable(trial: Trial) -> str:
    trial.desk.accounts.disable(trial.account("active"))
    return "allowed"


def _enable(trial: Trial) -> str:
    trial.desk.accounts.enable(trial.account("disabled"))
    return "allowed"


def _end_sessions(trial: Trial) -> str:
    trial.desk.accounts.end_sessions(trial.account("active"))
    return "allowed"


def _grant(trial: Trial) -> str:
    row = trial.row()
    unit = row.unit_id if row is not None else None
    trial.desk.accounts.grant(trial.account("active"), trial.book, "assistant", unit, None)
    return "allowed"


def _reset(trial: Trial) -> str:
    trial.desk.resets.reset(trial.account("active"))
    return "allowed"


def _revoke(trial: Trial) -> str:
    row, grant = trial.row(), NEVER
    if row is not None:
        made = Grant.create(
            account=trial.account("active"), role="assistant", book=row.book_id, unit=row.unit_id,
            granted_at=clock.now(),
        )  # fmt: skip
        grant = made.id
    trial.desk.accounts.revoke(grant)
    return "allowed"


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)[-11:]


ACTS: dict[str, Callable[[Trial], str]] = {
    "directory.card": _card,
    "directory.preview": _preview,
    "directory.reveal": _reveal,
    "directory.contact": _contact,
    "directory.why": _why,
    "directory.list": _list,
    "directory.search": _search,
    "directory.search(number)": _by_number,
    "changes.form": _form,
    "changes.check": _check,
    "changes.submit": _submit,
    "changes.submit_many": _submit_many,
    "lifecycle.move_form": _move_form,
    "lifecycle.move": _move,
    "lifecycle.leave_form": _leave_form,
    "lifecycle.leave": _leave,
    "accounts.create": _create_account,
    "accounts.issue_activation": _issue_activation,
    "accounts.break_glass": _break_glass,
    "accounts.lift_delays": _lift_delays,
    "accounts.disable": _disable,
    "accounts.enable": _enable,
    "accounts.end_sessions": _end_sessions,
    "accounts.reset": _reset,
    "accounts.grant": _grant,
    "accounts.revoke": _revoke,
}
