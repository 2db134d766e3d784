"""Each role is judged by its own reach: two roles together show no field that neither shows alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from typing import Any

import pytest

from db.desk import Desk
from db.desk.authority.permissions import GRANTED, Holding, Permissions, Reach, RecordedBook, place_of
from db.desk.authority.reach import covering_reaches
from db.desk.authority.sight import FieldReader, Sights
from db.desk.directory.why import why_yes
from db.policy.effective import EffectivePolicy
from db.policy.loader import builtin
from db.policy.rules import FieldRule
from db.policy.vocabulary import PROTECTED, Side
from db.store.engine import Store
from db.store.tables import Entry, RulesHead
from tests.conftest import Clock
from tests.db.desk.own_rules import BOOK, CLINIC, WARD, own_book
from tests.rules import put_under
from tests.world import World

HELD_OUT = """
[[roles]]
id = "matron"
zh = "护理部"
en = "Matron"
clause = "X.4"
[[roles]]
id = "porter"
zh = "门卫"
en = "Porter"
clause = "X.4"
[[fields]]
name = "email"
clause = "X.2"
[[fields]]
name = "mobile"
protected = true
clause = "X.2"
[[fields]]
name = "home_address"
protected = true
private = true
visible_to = ["self", "maintainer", "head"]
clause = "X.3"
[[fields]]
name = "birth_date"
private = true
visible_to = ["self", "maintainer", "matron"]
clause = "X.3"
[[fields]]
name = "emergency_phone"
protected = true
visible_to = ["self", "maintainer", "matron"]
clause = "X.3"
[[fields]]
name = "qq"
visible_to = ["self", "maintainer", "unit"]
clause = "X.3"
[[scopes]]
role = "employee"
reach = "book"
protected = "masked"
clause = "X.5"
[[scopes]]
role = "head"
reach = "subtree"
protected = "shown"
propose = "subtree"
clause = "X.6"
[[scopes]]
role = "matron"
reach = "unit"
protected = "reveal"
clause = "X.7"
[[scopes]]
role = "porter"
reach = "book"
protected = "hidden"
clause = "X.8"
"""
HOME = {"home_address": "文化路 8 号", "birth_date": "1990-05-17", "qq": "123456789"}
REGULATIONS = [*sorted(builtin()), "own-rules"]
OWN, KIND = 10**6, "full-time"
"""The reader's own entry, which is none of the trial's."""
ENTRY = 10**6 + 1


@pytest.fixture
def ward(store: Store, clock: Clock) -> World:
    """The held-out regulation over a book of four; 孙丽 heads the other department."""
    return own_book(HELD_OUT, HOME)


def _standing(
    world: World, name: str, holdings: Sequence[Holding], grants: Sequence[Reach] = ()
) -> Permissions:
    units = world.units
    held = RecordedBook(BOOK, units[BOOK, ""], 0, True, json.dumps([name]), "{}", RulesHead.get().digest)
    above: dict[int, tuple[int, ...]] = {units[BOOK, ""]: (units[BOOK, ""],)}
    above |= {units[BOOK, one]: (units[BOOK, one], units[BOOK, ""]) for one in (WARD, CLINIC)}
    return Permissions(
        account=0, login="", person=None, own={BOOK: (OWN, units[BOOK, WARD])}, own_kinds={BOOK: KIND},
        holdings=tuple(holdings), stands_in=(), is_day_over=False,
        grants=tuple((BOOK, one) for one in grants), answers_for={},
        recorded_books={BOOK: held}, accepted=frozenset(), above=above, good_until="9",
    )  # fmt: skip


def _level(
    world: World, policy: EffectivePolicy, holding: Holding, rule: FieldRule, unit: int, kind: str, side: Side
) -> str | None:
    """How one holding alone sees a field, told from the regulation by hand: None where it does not."""
    scope = policy.scope(holding.role, side)
    place = place_of(holding, scope.reach, world.units[BOOK, ""], world.units[BOOK, WARD])
    if place is None or not (place[0] == unit or (place[1] and place[0] == world.units[BOOK, ""])):
        return None
    names = {holding.role}
    if holding.role == "employee":
        names |= {"unit"} if unit == world.units[BOOK, WARD] else set()
        names |= {"peer"} if kind == KIND else set()
    if rule.visible_to and names.isdisjoint(rule.visible_to):
        return None
    return None if rule.protected and scope.protected == "hidden" else scope.protected


def _look(reader: FieldReader | None, rule: FieldRule) -> str:
    return "" if reader is None or not reader.sees_field(rule) else reader.field_look(rule)


def _expected(levels: Sequence[str | None], rule: FieldRule) -> str:
    known = [PROTECTED.index(level) for level in levels if level is not None]
    if not known:
        return ""
    widest = PROTECTED[max(known)]
    return "open" if not rule.protected else {"shown": "shown", "reveal": "masked"}.get(widest, "closed")


def _pairs(world: World, policy: EffectivePolicy) -> Iterator[tuple[Holding, ...]]:
    """Every pair of roles, held in the ward, in the clinic, or throughout; an employee in the own unit."""
    places = [world.units[BOOK, one] for one in (WARD, CLINIC, "")]
    held = [
        Holding(rule.id, BOOK, place)
        for rule in policy.roles
        for place in (places if rule.id != "employee" else places[:1])
    ]
    return iter(combinations_with_replacement(held, 2))


@pytest.mark.threat(18)
@pytest.mark.clause("C.10.1", "C.10.2", "C.10.3", "D.4", "G.5.1")
@pytest.mark.parametrize("name", REGULATIONS)
def test_a_pair_of_roles_shows_what_one_of_them_shows_alone(ward: World, name: str) -> None:
    """In and out of the unit, on both sides, for each field of the regulation."""
    if name != "own-rules":
        put_under(BOOK, name)
    policy = _standing(ward, name, ()).policy(BOOK)
    sides: set[Side] = {kind.side for kind in policy.kinds}
    tried = 0
    for holdings in _pairs(ward, policy):
        permissions = _standing(ward, name, holdings)
        for side in sides:
            sights = Sights(permissions, BOOK, side)
            for unit in (ward.units[BOOK, WARD], ward.units[BOOK, CLINIC]):
                for kind in (KIND, "another"):
                    reader = sights.field_reader(ENTRY, unit, kind)
                    for rule in policy.fields:
                        levels = [_level(ward, policy, one, rule, unit, kind, side) for one in holdings]
                        assert _look(reader, rule) == _expected(levels, rule), (holdings, unit, rule.name)
                        tried += 1
    assert tried > 1000


@pytest.mark.threat(18)
def test_a_granted_request_opens_what_is_masked_and_no_field_that_is_kept_to_others(ward: World) -> None:
    """It opens to a role what that role may see, and gives none of another's (A.13)."""
    clinic = ward.units[BOOK, CLINIC]
    employee = Holding("employee", BOOK, ward.units[BOOK, WARD])
    head = Holding("head", BOOK, ward.units[BOOK, WARD])
    granted = Reach(GRANTED, "X.9", "reveal", entry=ENTRY)
    permissions = _standing(ward, "own-rules", [employee, head], [granted])
    policy = permissions.policy(BOOK)
    reader = Sights(permissions, BOOK, "internal").field_reader(ENTRY, clinic, KIND)
    assert _look(reader, policy.field("mobile")) == "masked"
    assert _look(reader, policy.field("home_address")) == ""
    without = _standing(ward, "own-rules", [employee, head])
    plain = Sights(without, BOOK, "internal").field_reader(ENTRY, clinic, KIND)
    assert _look(plain, policy.field("mobile")) == "closed"


def _head_of_the_clinic(ward: World) -> Desk:
    ward.grant("sunli", "matron", BOOK, CLINIC)
    return ward.desk("sunli")


@pytest.mark.threat(18)
def test_the_head_of_another_unit_reads_no_private_field(ward: World) -> None:
    """A role over the whole book and one over a single unit are not one role with the best of both."""
    zhangwei, sunli = ward.entry("zhangwei", BOOK), ward.entry("sunli", BOOK)
    ward.grant("wangfang", "porter", BOOK)
    head, matron = ward.desk("wangfang"), _head_of_the_clinic(ward)
    assert {"home_address", "mobile"} <= {one.name for one in head.directory.card(zhangwei).fields}
    there = head.directory.card(sunli)
    assert (there.field("home_address"), there.field("birth_date"), there.field("qq")) == (None, None, None)
    assert there.field("mobile") is not None
    assert there.field("mobile").look == "closed"  # type: ignore[union-attr]  # asserted above
    assert matron.directory.card(zhangwei).field("birth_date") is None
    assert matron.directory.card(sunli).own


@pytest.mark.clause("C.10.1")
def test_why_cites_what_opened_a_field_and_never_what_closes_it(ward: World) -> None:
    """The field's own rule where it names the reader, with the role's scope; for others the field's alone."""
    zhangwei, sunli = ward.entry("zhangwei", BOOK), ward.entry("sunli", BOOK)
    head = ward.desk("wangfang").directory
    shown = head.why(zhangwei, "home_address")
    assert (shown.can, [one.clause for one in shown.because]) == (True, ["X.3", "X.6"])
    hidden = head.why(sunli, "home_address")
    assert (hidden.can, [one.clause for one in hidden.because]) == (False, ["X.3"])
    closed = head.why(sunli, "mobile")
    assert (closed.can, "X.6" in [one.clause for one in closed.because]) == (False, False)
    assert [one.clause for one in head.why(zhangwei, "qq").because] == ["X.3", "X.5"], (
        "by the unit they share"
    )
    own = head.why(ward.entry("wangfang", BOOK), "home_address")
    assert own.because[0].clause == "X.3", "one sees oneself by it"


def test_every_ground_that_is_told_covers_the_entry(ward: World) -> None:
    """No clause of a role that is held elsewhere."""
    permissions: Any = None
    for login in ("wangfang", "zhangwei", "chenjing"):
        desk = ward.desk(login)
        permissions = desk.kept.permissions()
        for row in Entry.select().where(Entry.book == BOOK):
            reaches = {
                one.clause for one in covering_reaches(permissions, BOOK, "internal", row.id, row.unit_id)
            }
            for rule in permissions.policy(BOOK).fields:
                answer = why_yes(permissions, row, rule.name)
                own = {*rule.clauses, permissions.policy(BOOK).lookup.clause}
                assert {one.clause for one in answer.because} <= reaches | own
