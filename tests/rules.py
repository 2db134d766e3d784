"""Rules put on record: at once, from any day and by nobody, which is what a test begins with; or by two."""

from __future__ import annotations

import json
from collections.abc import Callable

from db.desk import Pending, Refused
from db.desk.authority.putting_on_record import put_shipped, put_text
from db.policy.loader import load_recorded
from db.store.tables import AuditRecord, Book, Request
from db.store.transactions import writing
from tests.world import World


def on_record(*texts: str) -> None:
    """Put regulations on record, each from its own day."""
    with writing():
        for text in texts:
            regulation = load_recorded(text)
            put_text(text, regulation, regulation.file.effective.isoformat())


def put_under(book: str, *policies: str, **decided: str) -> None:
    """Have ``book`` be under ``policies``, as though it had been made under them with what is ``decided``."""
    with writing():
        put_shipped(policies)
        rules = {"policies": json.dumps(policies), **({"decisions": json.dumps(decided)} if decided else {})}
        Book.update(rules).where(Book.id == book).execute()


def in_force(world: World, act: Callable[[], object]) -> None:
    """Do what puts rules in force, and where it takes two, have whoever may agree to it."""
    try:
        act()
    except Pending as pending:
        number = pending.request
    else:
        return
    for login in world.accounts:
        desk = world.desk(login)
        try:
            desk.queue.approve(number, desk.queue.one(number).digest)
        except Refused:
            continue
        assert Request.get_by_id(number).state == "applied"
        return
    raise AssertionError("nobody may agree to it")


def issue(world: World, login: str, text: str, from_day: str = "") -> tuple[tuple[str, ...], int]:
    """Have ``login`` put a version on record, and another office agree; over which books it is, and how many
    people were told."""
    in_force(world, lambda: world.desk(login).policies.add(text, from_day))
    done = (AuditRecord.act == "policies.add") & (AuditRecord.outcome == "done")
    detail = json.loads(AuditRecord.select().where(done).order_by(AuditRecord.seq.desc()).get().detail)
    return tuple(detail["books"]), detail["told"]
