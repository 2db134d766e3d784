"""One act of a siege: an operation by somebody, coming in by a code, time that passes, or a command of the
host.

What it is done with is plain data: numbers of rows are written as `Ref`, so that a walk can be done again
from the beginning, and be kept as a file (`tests/siege/corpus`) that holds however the rows are numbered.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import pyotp

from auth import sessions
from auth.codes import digest_of
from auth.delays import TooEarly
from auth.enrolment import Enrolment
from auth.signin import SignIn
from db.desk import Actor, Desk, Invalid, Refused, SessionOver, open_desk
from db.desk.audit.audit import AuditFilter
from db.desk.cases.sentencing import Sentence
from db.desk.editions.tracing import TracedFile
from db.desk.frame import METHODS
from db.desk.importing.importing import Source
from db.desk.lifecycle.forms import JoinAsked, LeaveAsked, MoveAsked
from db.desk.refusal import Pending
from db.desk.requests.queue import QueueFilter
from db.desk.today.waiting import WaitingFilter
from db.language import Label
from db.policy.regulation import PolicyError
from db.store import clock
from db.store.engine import database
from tests.desk_groups import groups_of
from tests.siege.actors import Gang
from tests.siege.rows import Row
from tests.siege.stage import Stage
from tests.siege.willing import PDF

CODE = "ABCDE-FGHJK-MNPQR-STVWX-YZ2345"
HALVES = ("ABCDE-FGHJK-MNP", "QRSTV-WXYZ2-345", "STVWX-YZ234-567")
"""The whole code, and each one's half, that they have given out."""
PASSWORD = "海上生明月天涯共此时一二三四"
SOURCE = "203.0.113.9"
AS_TYPED = {
    "JoinAsked": JoinAsked, "MoveAsked": MoveAsked, "LeaveAsked": LeaveAsked, "Source": Source,
    "AuditFilter": AuditFilter, "QueueFilter": QueueFilter,
    "WaitingFilter": WaitingFilter, "TracedFile": TracedFile, "Sentence": Sentence,
    "Label": Label, "date": date.fromisoformat,
}  # fmt: skip
"""What an operation takes that is not plain data, each with what makes it."""


NOBODY = Actor(0, "", 0, "", "ssh", "full", "en")


@dataclass(frozen=True, slots=True)
class Ref:
    """A row by its table and number, or what has to be looked up: the ``digest`` of a request, the
    ``version`` of an entry, the n-th ``file`` that the actor puts into the tray just before, a ``code``
    that was given out or the ``half`` of one, a moment in so many ``hours``, a number as ``text``."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Made:
    """A value of a type of `AS_TYPED`, made of plain data when it is needed."""

    of: str
    given: Any


@dataclass(frozen=True, slots=True)
class Act:
    """``by`` is an account of the gang. ``do`` is an operation of the desk or one of those below, with what
    it is given."""

    by: int
    do: str
    given: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.by}: {self.do}({', '.join(f'{name}={value}' for name, value in self.given.items())})"


@dataclass(frozen=True, slots=True)
class Came:
    """What came of an act: done, asked (it waits for somebody, or for its day), refused, invalid, over (the
    session), or broken, with the error's words."""

    how: str
    answer: object = None
    error: str = ""


def done(stage: Stage, gang: Gang, act: Act) -> Came:
    """Do ``act``; whatever it raises is what came of it."""
    try:
        return Came("done", _do(stage, gang, act))
    except Refused as refused:
        return Came("refused", error=refused.message.text)
    except Invalid as invalid:
        return Came("invalid", error="; ".join(one.message.text for one in invalid.problems))
    except PolicyError as error:
        return Came("invalid", error=str(error)[:200])
    except Pending as pending:
        return Came("asked", pending.request)
    except SessionOver:
        return Came("over")
    except (NotIn, TooEarly) as error:
        return Came("refused", error=str(error))
    except Exception as error:  # whatever else it is, nobody is told what to do about it
        return Came("broken", error=in_short(error))


class NotIn(Exception):
    """None of the codes that were given out lets anybody in."""


def in_short(error: Exception) -> str:
    """What broke, and where."""
    at = next((f"{one.filename.rpartition('/')[2]}:{one.lineno}"
               for one in reversed(traceback.extract_tb(error.__traceback__))), "")  # fmt: skip
    return f"{type(error).__name__}: {error} ({at})"[:200]


def _do(stage: Stage, gang: Gang, act: Act) -> object:
    if act.do == "clock":
        stage.clock.forward(days=act.given["days"])
        return None
    if act.do == "duties":
        stage.run_duties()
        return None
    if act.do == "door.enrol":
        return _enrol(stage, gang, act.given["account"].id)
    if act.do == "door.try":
        return _try(act.given["account"].id, act.given["typed"])
    stage.clock.now += timedelta(seconds=1)
    desk = stage.desks[act.by]
    subject, name = method_of(act.do)
    method = getattr(groups_of(desk)[subject], name)
    given = {name: typed(value, desk) for name, value in act.given.items()}
    rest = given.pop("*", ())
    return method(*given.pop("", ()), *rest, **given)


@cache
def method_of(operation: str) -> tuple[str, str]:
    """Where the desk has an operation: its attribute, and the method there. Raises LookupError where it has
    none, as of what is only done once somebody else has agreed."""
    subject, name = operation.split(".")
    for one in (name, f"{name}_"):
        if hasattr(groups_of(Desk(NOBODY)).get(subject), one):
            return subject, one
    return _methods()[operation]


@cache
def _methods() -> dict[str, tuple[str, str]]:
    names = {method: name for name, method in METHODS.items()}
    return {
        names[method.__wrapped__]: (attribute, name)
        for attribute, subject in groups_of(Desk(NOBODY)).items()
        for every in type(subject).__mro__
        for name, method in vars(every).items()
        if getattr(method, "__wrapped__", None) in names
    }


def typed(value: Any, desk: Desk) -> Any:
    """``value`` as the operation takes it."""
    if isinstance(value, Ref):
        return _number(value, desk)
    if isinstance(value, Made):
        given = typed(value.given, desk)
        make: Any = AS_TYPED[value.of]
        return make(**given) if isinstance(given, dict) else make(given)
    if isinstance(value, Mapping):
        return {typed(name, desk): typed(one, desk) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return tuple(typed(one, desk) for one in value)
    return value


def _number(ref: Ref, desk: Desk) -> object:
    if ref.kind == "text":
        return str(ref.id)
    if ref.kind == "code":
        return digest_of("activation", CODE)
    if ref.kind == "half":
        return digest_of("half", HALVES[ref.id % len(HALVES)])
    if ref.kind == "hours":
        return clock.stamp(clock.utcnow() + timedelta(hours=ref.id))
    if ref.kind == "file":
        return desk.evidence.add(f"受理单{ref.id}.pdf", PDF).id
    if ref.kind in ("digest", "version"):
        table, column = ("request", "digest") if ref.kind == "digest" else ("entry", "version")
        row = database.execute_sql(
            f"SELECT {column} FROM {table} WHERE id = {database.param}", (ref.id,)
        ).fetchone()
        return row[0] if row is not None else "0" * 64
    return ref.id


def _try(account: int, typed: str) -> object:
    """Sign in as ``account`` with what somebody of the gang knows."""
    login = database.execute_sql(
        f"SELECT login FROM account WHERE id = {database.param}", (account,)
    ).fetchone()[0]
    if SignIn(login, SOURCE, "ssh").answer(typed, "") is None:
        raise NotIn("neither a password nor a code of this account")
    return "in"


def _enrol(stage: Stage, gang: Gang, account: int) -> object:
    """Come in as ``account`` by a code that somebody of the gang gave out, choose password and
    authenticator, and accept what is to be accepted: from then on it is theirs."""
    login = database.execute_sql(
        f"SELECT login FROM account WHERE id = {database.param}", (account,)
    ).fetchone()[0]
    tried = (CODE, *(f"{one} {other}" for one in HALVES for other in HALVES if one < other))
    for typed_code in tried:
        signed = SignIn(login, SOURCE, "ssh").answer(typed_code, "")
        if signed is not None:
            break
        stage.clock.forward(minutes=10)
    else:
        raise NotIn("none of the codes is right")
    actor = sessions.resume(signed.session)
    enrolment = Enrolment(actor)
    enrolment.choose_password(PASSWORD, PASSWORD)
    enrolment.confirm(pyotp.TOTP(enrolment.secret).at(clock.utcnow()))
    enrolment.finish()
    stage.desks[account] = desk = open_desk(sessions.resume(signed.session))
    for notice in desk.privacy.notices_due():
        desk.privacy.accept_notice(notice.book, notice.version)
    for due in desk.me.undertakings():
        desk.me.accept(due.policy, due.version)
    return "enrolled"


def learn(stage: Stage, gang: Gang, act: Act, rows: Sequence[Row]) -> None:
    """Let the gang know what came to be by ``act``: people on record that nobody else knows, and accounts by
    which they can act from now on."""
    root = gang.behind.get(act.by, 0)
    for row in rows:
        if row.table == "person" and not row.before:
            gang.persons.setdefault(row.after["id"], root)
    if act.do == "door.enrol":
        gang.behind.setdefault(act.given["account"].id, root)
