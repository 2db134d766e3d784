"""What a monitoring system reads: OpenMetrics text on a local socket, numbers alone and no personal data.

``curl --unix-socket run/metrics.sock http://localhost/metrics``; ``mingce metrics`` prints the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peewee import DatabaseError, InterfaceError, fn

from db.desk import Unavailable
from db.desk.due_dates import today
from db.store import audit, checkpoints, clock
from db.store.backups.backup_store import NotStored, manifests
from db.store.engine import store
from db.store.keys import SIGN_AUDIT, read_public
from db.store.settings import Home, Settings
from db.store.tables import OutgoingMail, Request, SignInSession, Task
from db.store.transactions import reading
from tui.front import control
from tui.front.steering import VERSION

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PATIENCE = 5.0
BROKEN_OFF = (
    OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, Unavailable,
    DatabaseError, InterfaceError,
)  # fmt: skip
"""What ends a question without an answer, which its asker notices."""


@dataclass(frozen=True, slots=True)
class Family:
    """One metric with its samples: labels, and the value."""

    name: str
    kind: str
    help: str
    samples: tuple[tuple[Mapping[str, str], float], ...]

    def lines(self) -> Iterable[str]:
        """Return the family in OpenMetrics text."""
        yield f"# TYPE {self.name} {self.kind}"
        yield f"# HELP {self.name} {self.help}"
        suffix = {"counter": "_total", "info": "_info"}.get(self.kind, "")
        for labels, value in self.samples:
            said = ",".join(f'{name}="{_escape_label(text)}"' for name, text in labels.items())
            yield f"{self.name}{suffix}{{{said}}} {value:g}" if said else f"{self.name}{suffix} {value:.17g}"


def text_of(families: Iterable[Family]) -> str:
    return "\n".join([line for family in families for line in family.lines()] + ["# EOF", ""])


def all_families(home: Home, settings: Settings, found: Sequence[Family] | None) -> list[Family]:
    """Return all metrics: those read from the database (``found``; None if it failed) and from files."""
    return [
        Family("mingce_build", "info", "Version of mingce.", (({"version": VERSION}, 1),)),
        Family(
            "mingce_database_up", "gauge", "Whether the database answers.", (({}, float(found is not None)),)
        ),
        *(found or ()),
        Family("mingce_backup_age_seconds", "gauge", "Age of the newest backup.", _backups(home, settings)),
        Family(
            "mingce_journal_age_seconds", "gauge", "Time since the journal was last written.",
            _seconds_since(newest_journal(home.journal_place(settings))),
        ),
        Family(
            "mingce_duties_age_seconds", "gauge", "Time since the duty runner last ended.",
            _seconds_since(home.duties_mark),
        ),
    ]  # fmt: skip


def known_now(home: Home) -> list[Family]:
    """Return `all_families` of the open store, without the database's if that is away."""
    found: list[Family] | None = None
    with contextlib.suppress(Unavailable, DatabaseError, InterfaceError):
        found = recorded_metrics(home)
    return all_families(home, store().settings, found)


def recorded_metrics(home: Home) -> list[Family]:
    """Count sessions, requests, tasks, mail and audit records in the open store. Raises Unavailable."""
    with reading():
        day = str(today())
        waiting = Request.select().where(Request.state == "open")
        oldest = waiting.select(fn.MIN(Request.started_at)).scalar()
        open_tasks = Task.select().where(Task.state == "open")
        fronts = (
            SignInSession.select(SignInSession.front, fn.COUNT(SignInSession.id))
            .where(SignInSession.ended_at.is_null())
            .group_by(SignInSession.front)
            .tuples()
        )
        mail = (
            OutgoingMail.select(OutgoingMail.state, fn.COUNT(OutgoingMail.id))
            .where(OutgoingMail.state != "sent")
            .group_by(OutgoingMail.state)
            .tuples()
        )
        seq, _hash = audit.head()
        return [
            Family("mingce_sessions", "gauge", "Sessions open on record.", _by_label("front", fronts)),
            Family(
                "mingce_requests_waiting", "gauge", "Requests that wait for a decision.",
                (({}, waiting.count()),),
            ),
            Family(
                "mingce_requests_overdue", "gauge", "Of these, past their due day.",
                (({}, waiting.where(Request.due < day).count()),),
            ),
            Family(
                "mingce_requests_oldest_seconds", "gauge", "Age of the oldest of them.",
                (({}, _age(oldest)),),
            ),
            Family("mingce_tasks_open", "gauge", "Tasks that are not done.", (({}, open_tasks.count()),)),
            Family(
                "mingce_tasks_overdue", "gauge", "Of these, past their due day.",
                (({}, open_tasks.where(Task.due < day).count()),),
            ),
            Family(
                "mingce_mail_unsent", "gauge", "Mail that waits, or was given up.",
                _by_label("state", mail),
            ),
            Family("mingce_audit_records", "gauge", "Length of the audit chain.", (({}, seq),)),
            Family(
                "mingce_audit_unsigned_records", "gauge", "Records after the newest checkpoint outside.",
                (({}, seq - signed_up_to(home)),),
            ),
        ]  # fmt: skip


def signed_up_to(home: Home) -> int:
    """Return the last audit record that a signed checkpoint covers; 0 for none."""
    public = read_public(home.keys, SIGN_AUDIT)
    found = 0
    for place in home.checkpoint_places(store().settings):
        with contextlib.suppress(OSError, checkpoints.Forged):
            found = max([found, *(one.seq for one in checkpoints.read(place, public))])
    return found


def newest_journal(folder: Path) -> Path | None:
    """Return the journal file in ``folder`` that was written last; None for none."""
    times = {}
    for file in folder.glob("*"):
        with contextlib.suppress(FileNotFoundError):  # a day that was removed just now
            times[file] = file.stat().st_mtime
    return max(times, key=lambda file: times[file], default=None)


class Exporter:
    """Answers at ``file``. ``gather`` makes the text, in a thread."""

    def __init__(self, file: Path, gather: Callable[[], str]) -> None:
        self._file = file
        self._gather = gather
        self._in_turn = asyncio.Lock()
        self._socket = control.listen(file)
        self._inode = file.stat().st_ino
        self._task = asyncio.create_task(self._serve())

    async def close(self) -> None:
        """Stop answering and delete the socket's file, unless another server has replaced it."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        with contextlib.suppress(FileNotFoundError):
            if self._file.stat().st_ino == self._inode:
                self._file.unlink()

    async def _serve(self) -> None:
        # start_unix_server would look for the socket by the name it was bound to, which need not lead to it
        server = await asyncio.start_server(self._answer, sock=self._socket, limit=8192)
        async with server:
            await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(*BROKEN_OFF):
            if not control.is_allowed(writer.get_extra_info("socket")):
                return
            async with asyncio.timeout(PATIENCE):
                await reader.readuntil(b"\r\n\r\n")
            async with self._in_turn:  # the threads are everybody's, and so is the database
                body = (await asyncio.to_thread(self._gather)).encode()
            head = f"HTTP/1.0 200 OK\r\nContent-Type: {CONTENT_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            async with asyncio.timeout(PATIENCE):
                await writer.drain()


def _by_label(label: str, rows: Iterable[Any]) -> tuple[tuple[Mapping[str, str], float], ...]:
    return tuple(({label: name}, count) for name, count in rows)


def _age(at: str | None) -> float:
    return max((clock.utcnow() - clock.moment(at)).total_seconds(), 0.0) if at else 0.0


def _backups(home: Home, settings: Settings) -> tuple[tuple[Mapping[str, str], float], ...]:
    found = []
    for place in home.backups_to(settings):
        with contextlib.suppress(NotStored, OSError):
            newest = next(iter(manifests(place)), None) if place.is_dir() else None
            if newest is not None:
                found.append(({"place": str(place)}, _age(newest.at)))
    return tuple(found)


def _seconds_since(file: Path | None) -> tuple[tuple[Mapping[str, str], float], ...]:
    with contextlib.suppress(FileNotFoundError):
        return (({}, max(time.time() - file.stat().st_mtime, 0.0)),) if file is not None else ()
    return ()


def _escape_label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
