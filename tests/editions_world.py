"""The controlled book of `tests.wider_world` after a week: an issue that some acknowledged, then changes."""

from __future__ import annotations

from db.desk import Desk
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.entry.record import apply_values, create_entry, reindex_entry, remove_entry
from db.store.tables import Entry, EntryTag, Unit
from db.store.transactions import writing
from tests.conftest import Clock
from tests.wider_world import build_wider_world, employ
from tests.world import World

BOOK = "controlled"
LAST_WEEK = "2026-11-16T10:00+08:00"
THIS_WEEK = "2026-11-23T09:00+08:00"


def build_editions_world(beside: World | None = None) -> World:
    """The book with its office marked as one; nothing is issued yet."""
    return with_its_office(build_wider_world(BOOK, beside=beside))


def with_its_office(world: World) -> World:
    """The book as it was built, with its office marked as one."""
    with writing():
        Unit.update(kind="office").where(Unit.name == "上海办事处").execute()
    world.grant("wenmi", "security", BOOK)
    return world


def without_account(world: World, login: str, name: str) -> None:
    """One more assistant of a department, who receives the internal edition and has no account."""
    values = {"name": name, "position": "部门助理", "mobile": "+8613800004114", "email": "q@huaxing.example"}
    with writing():
        entry = create_entry(
            BOOK,
            world.unit(BOOK, "技术部"),
            "full-time",
            {field: (value,) for field, value in values.items()},
            joined="2026-11-02",
        )
        EntryTag.create(entry=entry, tag="outside-contact")
        reindex_entry(entry)
    world.entries[BOOK, login] = entry
    world.people[login] = int(Entry.get_by_id(entry).person_id)


def gets_account(world: World, login: str, name: str) -> None:
    """The same person is given one, and has set it up."""
    with writing():
        employ(world, login, name, BOOK, ())


def assistant(world: World) -> Desk:
    """The desk of who issues."""
    return world.desk("zhuli")


def a_week_later(world: World, clock: Clock) -> int:
    """An issue of last Monday, acknowledged by the CEO, then somebody joined, left, moved and changed.

    The clock then stands at this Monday morning. The id of last week's issue.
    """
    clock.set(LAST_WEEK)
    issue = Editions(assistant(world)).issue(BOOK, "internal").id
    Editions(assistant(world)).issue(BOOK, "external")
    clock.forward(hours=1)
    Copies(world.desk("tangceo")).open(f"C{issue:04d}-001")
    clock.set("2026-11-18T10:00+08:00")
    with writing():
        values = {
            "name": "新人",
            "position": "工程师",
            "mobile": "+8613800004199",
            "email": "x@huaxing.example",
        }
        create_entry(
            BOOK,
            world.unit(BOOK, "技术部"),
            "full-time",
            {name: (value,) for name, value in values.items()},
            joined="2026-11-18",
        )
        remove_entry(world.entry("xiepi", BOOK), "2026-11-19")
        apply_values(
            world.entry("baizl", BOOK),
            {"unit": (str(world.unit(BOOK, "总裁办")),)},
            source="test",
            verifier=None,
        )
        apply_values(world.entry("taojs", BOOK), {"extension": ("4019",)}, source="test", verifier=None)
    clock.set(THIS_WEEK)
    return issue
