"""What a reader sees of a notice: its words, names and days, and what they may open from it (A.8, A.9)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.desk.accounts.appointing import person_of
from db.desk.authority.permissions import Permissions
from db.desk.entry.naming import by_number, with_names
from db.desk.extracts.granted import open_copies
from db.desk.notifications.notices import DECLINED, OUTCOME
from db.desk.requests.objecting import undone_by
from db.desk.requests.payload import lines_of as asked_in
from db.desk.requests.power_lines import act_and_rest, lines_of, office_words
from db.desk.requests.power_telling import ASKED, DONE
from db.desk.requests.putting_off import PUTTING_OFF
from db.desk.requests.request_kinds import label_in
from db.desk.tasks.task_kinds import kind_of
from db.language import Label, Text, _, listed
from db.store.tables import Book, Entry, Grant, Notice, NoticeRecipient, Request, RequestStep, Task, Unit

OF_A_DECISION = frozenset({OUTCOME, DECLINED})
"""Kinds that tell what became of a request, which opens from there."""


@dataclass(frozen=True, slots=True)
class NoticeToMe:
    """An announcement to the actor: whose entry changed, in which fields; never the values."""

    id: int
    kind: str
    book: Label
    entry: int | None
    name: str
    unit: str
    fields: tuple[Text, ...]
    clause: str
    at: str
    task: Text = ""
    """What has to be done, where the notice is about a duty or a decision."""
    due: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    """Whatever else a kind of announcement tells, in that kind's own shape."""
    acknowledge: bool = False
    """Whether it is read only once it was acknowledged (G.9)."""
    own: bool = False
    """Whether it is about the reader's own entry."""
    hands_out: str = ""
    """The book of which the reader may open what they see from here (A.8)."""
    takes: bool = False
    """Whether a copy of it is theirs to take still."""
    matter: tuple[bool, int] | None = None
    """Of what is late, whether that is a task, and the number of the task or request."""
    became: str = ""
    """What became of the request that it tells of: its state where that is decided."""
    lasting: bool = False
    """Whether it tells of an act that no one act takes back."""
    request: int | None = None
    """The request that was decided, of a kind in `OF_A_DECISION`."""
    ended: tuple[Text, ...] = ()
    """Offices that the reader lost by what was done."""
    twins: tuple[int, ...] = ()
    """Earlier announcements of the same that are unread too."""
    alike: tuple[Mapping[str, object], ...] = ()
    """Tells what each one said, where one stands for all of its kind (`TOGETHER`), or of the first that are
    folded."""
    folded: int = 0
    """How many acts it stands for that were done alike; `Notices.unread` has each."""


def views_of(notices: Iterable[Notice], permissions: Permissions) -> tuple[NoticeToMe, ...]:
    """Return ``notices`` in their order as the account sees them; a fixed number of statements for all."""
    rows = list(notices)
    titles = {book.id: book.title for book in Book.select()} if rows else {}
    entries = _by_id(Entry.select(Entry.id, Entry.name, Entry.person), [row.entry_id for row in rows])
    units = _by_id(Unit.select(Unit.id, Unit.name), [row.unit_id for row in rows])
    opening = NoticeRecipient.select(NoticeRecipient.notice).where(
        (NoticeRecipient.account == permissions.account) & (NoticeRecipient.opens != "")
    )
    handed = {one.notice_id for one in opening.where(NoticeRecipient.notice.in_([row.id for row in rows]))}
    copies = {copy.book for copy in open_copies(permissions.account)} if handed else set[str]()
    asked = [row.request_id for row in rows if row.kind == ASKED]
    requests = _by_id(Request.select(Request.id, Request.state, Request.due), asked)
    undecided = RequestStep.select(RequestStep.request).where(RequestStep.state.in_(("open", "waiting")))
    seconds = _by_request(undecided, asked)
    found = []
    for row in rows:
        told = json.loads(row.detail)
        labels = {rule.name: rule.label for rule in permissions.recorded_books[row.book_id].policy.fields}
        detail = with_names(told)
        fields: list[str] = detail.get("fields", [])
        entry, unit = entries.get(row.entry_id), units.get(row.unit_id)
        request = requests.get(row.request_id)
        is_open = request is not None and request.state == "open"
        waits_till = request.due if request is not None and is_open and request.id not in seconds else None
        found.append(
            NoticeToMe(
                id=row.id,
                kind=row.kind,
                book=titles[row.book_id],
                entry=row.entry_id,
                name=entry.name if entry is not None else "",
                unit=unit.name if unit is not None else "",
                fields=tuple(labels.get(name, name) for name in fields),
                clause=row.clause,
                at=row.at,
                task=_what(row, detail, permissions.account),
                due=waits_till or detail.get("due", ""),
                detail=detail,
                acknowledge=row.acknowledge,
                own=_is_own(entry, told, permissions.person),
                hands_out=row.book_id if row.id in handed and row.book_id in permissions.books else "",
                takes=row.id in handed and row.book_id in copies,
                became=request.state if request is not None and not is_open else "",
                request=row.request_id if row.kind in OF_A_DECISION else None,
                lasting=row.kind == DONE and undone_by(told) is None,
                ended=_ended(told, permissions.person, row.at) if row.kind == DONE else (),
            )
        )
    return tuple(found)


def _is_own(entry: Entry | None, told: Mapping[str, Any], person: int | None) -> bool:
    """Return whether a notice is about ``person``, who may have no entry in its book."""
    if entry is not None:
        return bool(entry.person_id == person)
    return person is not None and told.get("who") == by_number(person)


def _ended(told: Mapping[str, Any], person: int | None, at: str) -> tuple[Text, ...]:
    """Return the offices that what was ``told`` took from ``person``, future ones included."""
    lost = [
        one for one in Grant.select().where(Grant.id.in_(told.get("ended", ()))) if person_of(one) == person
    ]
    return tuple(office_words(one, at) for one in lost)


def _by_id(rows: Any, numbers: Iterable[int | None]) -> dict[int | None, Any]:
    """Return ``rows`` of one table by their ``numbers``; runs no statement without any."""
    wanted = {number for number in numbers if number is not None}
    return {row.id: row for row in rows.where(rows.model.id.in_(wanted))} if wanted else {}


def _by_request(rows: Any, numbers: Iterable[int | None]) -> set[int]:
    """Return those of the requests ``numbers`` for which there are ``rows``; runs no statement without
    numbers."""
    wanted = {number for number in numbers if number is not None}
    return {row.request_id for row in rows.where(rows.model.request.in_(wanted))} if wanted else set()


def _asked_for(row: Notice) -> Text:
    """Return what a request asked for, and about whom: to its asker only where that is somebody else."""
    request, entry = Request.get_by_id(row.request_id), row.entry
    act: Text = label_in(row.book_id, request.kind)
    about: list[Text] = []
    lines = asked_in(request) if request.kind in PUTTING_OFF else ()
    if lines:
        act, about = lines[0].after, [line.after for line in lines[1:] if line.field != "book"][:2]
    elif entry is not None and (row.kind != OUTCOME or entry.person_id != request.requester.person_id):
        about = [entry.name]
    return _("{act}, {whom}", act=act, whom=listed(about)) if about else act


def _what(row: Notice, detail: Mapping[str, Any], account: int) -> Text:
    """Return the words for what has to be done or decided, or was done, by a notice."""
    if row.kind in OF_A_DECISION:
        return _asked_for(row)
    if "operation" in detail:
        said, rest = act_and_rest(lines_of(detail["operation"], detail["arguments"]))
        for line in rest:
            value = _("{label}: {value}", label=line.label, value=line.after)
            said = _("{act}; {value}", act=said, value=value)
        return said
    if "decision" in detail:
        return label_in(row.book_id, detail["decision"])
    if "task" not in detail:
        return ""
    kind = kind_of(detail["task"])
    task = Task.get_or_none(Task.id == detail.get("number"))
    which = kind.about(task, account) if task is not None else ""
    return _("{what} “{which}”", what=kind.label, which=which) if which else kind.label
