"""People of every book who come, get an account, and leave, before anybody attacks."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import pyotp

from auth import sessions
from auth.codes import digest_of
from auth.enrolment import Enrolment
from auth.signin import SignIn
from db.desk import Desk
from db.desk.authority.permissions import policy_of
from db.desk.editions.editions import Editions
from db.desk.entry.record import create_entry, reindex_entry
from db.desk.entry.units import create_unit
from db.desk.importing.importing import Source
from db.desk.lifecycle.forms import JoinAsked, LeaveAsked
from db.desk.refusal import Pending
from db.store import clock as store_clock
from db.store.tables import (
    AccessGrant,
    EntryTag,
    Request,
)
from db.store.transactions import writing
from tests.siege.willing import DENIED, PDF, books_of, by_anybody, decided, staff_of
from tests.wider_world import USUAL
from tests.world import World

ENROLLED = ("staff", "class", "wecom", "group")
"""Books of which somebody came in for the first time, so that others are asked whether they know them."""


def hire_newcomers(world: World) -> dict[str, list[int]]:
    """Four people in every book, of whom some are in touch with outside: their entries."""
    found = hire_without_account(world, books_of(world), "冯", 4, 7, joined="2025-03-01")
    for book, entries in found.items():
        if any(rule.id == "outside-contact" for rule in policy_of(book).tags):
            for entry in entries[:1] if book == "controlled" else entries[::3]:
                with writing():
                    EntryTag.create(entry=entry, tag="outside-contact")
                    reindex_entry(entry)
    return found


def hire_without_account(
    world: World, books: Iterable[str], surname: str, count: int, series: int, joined: str | None = None
) -> dict[str, list[int]]:
    """``count`` people of ``surname`` in the first unit below the root of each book: their entries. Their
    numbers are made of ``series``, a digit."""
    found: dict[str, list[int]] = {}
    for number, book in enumerate(books):
        policy = policy_of(book)
        kind = next(kind for kind in policy.kinds if kind.side == "internal")
        known = {rule.name for rule in policy.fields}
        unit = next(unit for (of, path), unit in world.units.items() if of == book and path)
        for which in range(count):
            values = {
                "name": surname + "甲乙丙丁戊己庚辛壬癸子丑"[number] + "一二三四"[which], "position": "职员",
                "extension": f"{series}{series}{number:02d}",
                "mobile": f"+8613{13 - series}{number:04d}{which:04d}",
                "email": f"new{series}.{number}.{which}@huaxing.example",
                "student_number": f"202{series + 1}{number:02d}{which:02d}", **USUAL.get(kind.id, {}),
            }  # fmt: skip
            given = {name: (value,) for name, value in values.items() if name in known}
            with writing():
                found.setdefault(book, []).append(create_entry(book, unit, kind.id, given, joined=joined))
    return found


def enter_joiners(world: World) -> None:
    """Somebody joins three books; in one of them a department that the safety officers have too."""
    with writing():
        workshop = create_unit("staff", "一车间", world.unit("staff"))
    for book, unit in (("staff", workshop), ("class", None), ("wecom", None)):
        made = submit_joiner(world, book, "卫来", unit)
        if made is not None:
            decided(world, made)


def import_newcomers(world: World) -> None:
    """A file with one newcomer of every book, submitted by the first who may and decided on by nobody."""
    waiting = []
    for number, book in enumerate(books_of(world)):
        given = _newcomer(book, "陶新", f"138 1234 57{number:02d}")
        headings = {rule.name: rule.label.zh for rule in policy_of(book).fields}
        unit = next(path for (of, path) in world.units if of == book and path)
        rows = [["部门", *(headings[name] for name in given)], [unit, *given.values()]]
        for login in staff_of(world, book):
            try:
                world.desk(login).importing.submit_file(book, rows, Source("新.csv", f"{number:064d}"))
            except Pending as pending:
                waiting.append(pending.request)
                break
            except DENIED:
                continue
    assert waiting, "no import waits for a second keeper"


def _newcomer(book: str, name: str, mobile: str = "138 1234 5688") -> dict[str, str]:
    """What the fields of ``book`` hold of somebody new."""
    known = {rule.name for rule in policy_of(book).fields}
    values = {
        "name": name, "position": "职员", "office_phone": "010 6234 5699", "mobile": mobile,
        "email": "chu@huaxing.example", "student_number": "20269977", "sex": "女", "wechat": "wx_9977",
        **USUAL.get(policy_of(book).kinds[0].id, {}),
    }  # fmt: skip
    return {field: value for field, value in values.items() if field in known}


def submit_joiner(world: World, book: str, name: str, place: int | None = None) -> int | None:
    """The request by which ``name`` joins ``book``."""
    unit = place or next(unit for (of, path), unit in world.units.items() if of == book and path)
    kind, given = policy_of(book).kinds[0].id, _newcomer(book, name)

    def join(desk: Desk) -> object:
        evidence = [desk.evidence.add("受理单.pdf", PDF).id]
        return desk.lifecycle.join(JoinAsked(book, kind, unit, "2026-11-23", given, "入职", evidence))

    made = by_anybody(world, book, join)
    return made if isinstance(made, int) else None


def expect_joiners(world: World) -> None:
    for book in books_of(world):
        unit = next(unit for (of, path), unit in world.units.items() if of == book and path)
        kind = policy_of(book).kinds[0].id
        asked = JoinAsked(book, kind, unit, "2026-11-25", {"name": "蒋待"}, "入职")
        by_anybody(world, book, lambda desk, asked=asked: desk.lifecycle.expect(asked))  # type: ignore[misc]


def open_accounts(world: World, newcomers: dict[str, list[int]]) -> None:
    """Of the newcomers of every book, one who has a code, and one whose account is shut again. Editions were
    issued before they had one."""
    for login in staff_of(world, "controlled") + staff_of(world, "combined"):
        desk = world.desk(login)
        for edition in Editions(desk).list():
            with suppress(*DENIED):
                Editions(desk).issue(edition.book, edition.id)
    for number, (book, entries) in enumerate(newcomers.items()):
        for which, entry in enumerate(entries[:2]):
            until = "2026-11-26T00:00:00.000000Z"
            code = digest_of("activation", f"ABCDE-FGHJK-MNPQR-STVWX-YZ77{number:02d}")

            def create(
                desk: Desk,
                entry: int = entry,
                name: str = f"feng{number}{which}",
                code: str = code,
                until: str = until,
            ) -> object:
                return desk.accounts.create(entry, name, code, until)

            made = by_anybody(world, book, create)
            if which and isinstance(made, int):
                by_anybody(world, book, lambda desk, made=made: desk.accounts.disable(made))  # type: ignore[misc]
            elif isinstance(made, int) and book in ENROLLED:
                enrolled(f"feng{number}0", f"ABCDE-FGHJK-MNPQR-STVWX-YZ77{number:02d}")


def enrolled(login: str, code: str) -> None:
    """Come in as ``login`` for the first time, and choose how to from now on."""
    signed = SignIn(login, "203.0.113.9", "ssh").answer(code, "")
    assert signed is not None
    enrolment = Enrolment(sessions.resume(signed.session))
    enrolment.choose_password("海上生明月天涯共此时一二三四", "海上生明月天涯共此时一二三四")
    enrolment.confirm(pyotp.TOTP(enrolment.secret).at(store_clock.utcnow()))
    enrolment.finish()


def enter_leavers(world: World, newcomers: dict[str, list[int]]) -> None:
    """One newcomer of every book leaves today; of the secured one somebody who took copies does too, before
    anybody has decided."""
    for book, some in newcomers.items():
        made = _leaves(world, book, some[2])
        if made is not None:
            decided(world, made)
    desk = world.desk("ganhr")
    _take_copy(desk, "ABCD-EFGH")
    undecided = _leaves(world, "secured", world.entries["secured", "ganhr"])
    _leaves(world, "secured", world.entries["secured", "shibu"], "2026-12-04")
    _take_copy(world.desk("shibu"), "ABCD-JKLM")
    with writing():
        AccessGrant.create(
            account=world.accounts["ganhr"], entry=world.entries["secured", "qinyu"], request=undecided,
            from_at=store_clock.now(), until="2026-12-22T00:00:00.000000Z",
        )  # fmt: skip


def _take_copy(desk: Desk, mark: str) -> None:
    desk.overview.export(
        "directory", "secured", None, format="csv", sha256="0" * 64, size=1, rows=1, mark=mark, parameters={}
    )


def _leaves(world: World, book: str, entry: int, day: str = "2026-11-23") -> int | None:
    """The request by which the person of ``entry`` leaves."""

    def leave(desk: Desk) -> object:
        evidence = [desk.evidence.add("通知.pdf", PDF).id]
        return desk.lifecycle.leave(LeaveAsked(entry, day, "离职", evidence))

    made = by_anybody(world, book, leave)
    return made if isinstance(made, int) else None


def return_leave(world: World) -> None:
    """Return the leave that nobody had decided before its day was over."""
    over = (Request.kind == "leave") & (Request.entry == world.entries["secured", "ganhr"])
    decided(world, Request.get(over).id, returned=True)
