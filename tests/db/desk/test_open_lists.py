"""A list of contact data that its clause leaves open (等) takes a contact of another sort to its effect."""

from __future__ import annotations

import pytest

from db.desk.authority.permissions import policy_of
from db.desk.entry.record import load_entry
from db.store.tables import Request
from tests.db.desk.asking import approve, change
from tests.wider_world import build_wider_world
from tests.world import World

ASKED = "飞书 shu-2026"


@pytest.mark.clause("B.4.1", "E.4", "G.4.1")
@pytest.mark.parametrize(
    ("book", "login", "deciders", "clause"),
    [
        ("safety", "dingyi", ("panan",), "B.4.1"),
        ("group", "majun", ("huangbo", "luoyan"), "E.4"),
        ("wecom", "shuqi", ("huanghr",), "G.4.1"),
    ],
)
def test_what_the_text_does_not_name_is_asked_for_decided_and_in_force(
    world: World, book: str, login: str, deciders: tuple[str, ...], clause: str
) -> None:
    """Who decides reads what is asked for; the field is there by the clause that leaves its list open."""
    if book != "group":
        world = build_wider_world(book, beside=world)
    request = change(world, login, book, asked={"other_contact": ASKED})
    for decider in deciders:
        (line,) = world.desk(decider).queue.one(request).lines
        assert (line.field, line.after) == ("other_contact", ASKED)
        approve(world, decider, request)
    assert Request.get_by_id(request).state == "applied"
    assert load_entry(world.entry(login, book)).first("other_contact") == ASKED
    assert policy_of(book).field("other_contact").clauses == (clause,)
