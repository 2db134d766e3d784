"""A copy shows its recipient no more than they may see, unless its edition hands the field out in words."""

from __future__ import annotations

import pytest

from db.desk.editions.content import Cell
from db.desk.editions.copy_to_make import to_make
from db.desk.editions.editions import Editions
from db.language import say
from db.policy.compose import try_compose
from db.policy.edition_content import find_withheld
from db.policy.loader import builtin, check
from db.store.engine import Store
from db.store.tables import EditionCopy
from tests.agreed import carried_through
from tests.conftest import Clock
from tests.db.desk.own_rules import BOOK, FIELDS, own_book
from tests.db.policy.texts import regulation, text

EDITION = """
[[posts]]
id = "ward"
zh = "病区主任"
en = "Ward director"
titles = ["病区主任"]
clause = "X.9"
[[posts]]
id = "guide"
zh = "导医"
en = "Guide"
titles = ["导医"]
clause = "X.9"
[[fields]]
name = "mobile"
protected = true
clause = {mobile}
[[fields]]
name = "home_address"
visible_to = ["self", "head"]
clause = {home}
[[scopes]]
role = "employee"
reach = "unit"
protected = "masked"
clause = "X.5"
[[scopes]]
role = "head"
reach = "subtree"
protected = "reveal"
clause = "X.6"
[[editions]]
id = "list"
zh = "一览"
en = "List"
include = {{ everyone = true }}
columns = ["name", "mobile", "home_address"]
order_by = ["name"]
{hands}
recipients = {{ posts = ["ward", "guide"], clause = "X.8" }}
every = "week"
due = {{ time = "08:00", clause = "X.8" }}
clause = {own}
"""
HOME = {"home_address": "文化路 8 号"}
RESTRICTED = EDITION.format(mobile='"X.3"', home='"X.4"', own='"X.7"', hands="")
CITED = EDITION.format(mobile='["X.3", "X.7"]', home='["X.4", "X.8"]', own='["X.7", "X.2"]', hands="")
"""Its fields stand under clauses of the edition, which says nowhere that it hands them out."""
SOME = 'hands_out = [{ columns = ["name", "mobile"], clause = "X.7" }]'
ALL = f'{SOME[:-1]}, {{ columns = ["home_address"], clause = "X.8" }}]'
HANDED = EDITION.format(mobile='"X.3"', home='"X.4"', own='"X.7"', hands=ALL)


def copies(body: str) -> dict[str, dict[str, tuple[Cell, ...]]]:
    """An issue under ``body``: by recipient, what their copy shows of everybody."""
    world = own_book(body, HOME)
    desk = world.desk("chenjing")
    carried_through(lambda: Editions(desk).issue(BOOK, "list"), desk)
    found = {}
    for copy in EditionCopy.select():
        rows = to_make(copy.id).content.rows
        found[str(copy.name)] = {row.name: row.cells[1:] for row in rows}
    return found


@pytest.mark.threat(18)
@pytest.mark.clause("I.4.3.1", "D.9.1")
def test_a_copy_withholds_what_its_recipient_may_not_see(store: Store, clock: Clock) -> None:
    """The head of a ward sees what heads see, a guide what employees do, and everybody their own entry. Of
    whom they may not see nothing stands there, not even that there is somebody."""
    found = copies(RESTRICTED)
    assert set(found) == {"王芳", "孙丽"}
    assert set(found["王芳"]) == {"王芳", "张伟"}
    assert "–" not in {cell for cells in found["王芳"].values() for cell in cells}
    own, others = found["孙丽"].pop("孙丽"), found["孙丽"]
    assert own == ("135 0000 8203", "文化路 8 号")
    assert others == {"陈静": ("–", "–")}


@pytest.mark.threat(18)
@pytest.mark.clause("I.4.1.2")
def test_what_is_not_handed_over_stands_in_a_copy_of_those_alone_whom_its_recipient_sees(
    store: Store, clock: Clock
) -> None:
    """The edition hands over names and mobiles; home addresses only to heads, of their own department."""
    handed = EDITION.format(mobile='"X.3"', home='"X.4"', own='"X.7"', hands=SOME)
    assert copies(handed)["王芳"] == {
        "王芳": ("138 0000 1011", "文化路 8 号"),
        "张伟": ("138 0000 2121", "文化路 8 号"),
        "陈静": ("138 0000 1001", "–"),
        "孙丽": ("135 0000 8203", "–"),
    }


@pytest.mark.clause("I.4.1.2")
def test_a_copy_shows_what_the_clause_of_its_edition_hands_over(store: Store, clock: Clock) -> None:
    found = copies(HANDED)
    assert found["孙丽"] == found["王芳"]
    assert found["孙丽"]["张伟"] == ("138 0000 2121", "文化路 8 号")


def test_the_check_warns_of_each_column_that_a_recipient_may_not_see() -> None:
    known = regulation(FIELDS + RESTRICTED)
    composed = try_compose("book", [known])
    assert composed.findings == ()
    said = {finding.key: say(finding.message, "en") for finding in composed.warnings}
    assert set(said) == {f"editions.0.columns.{column}" for column in range(3)}
    assert "who may not see everybody (X.5): their copies have it" in said["editions.0.columns.0"]
    for words in ("List lists Mobile for", "(X.5)", "name mobile in its hands_out"):
        assert words in said["editions.0.columns.1"]
    recipients = [say(one.message, "zh_CN") for one in composed.warnings]
    assert sum("病区主任" in one for one in recipients) == sum("导医" in one for one in recipients) == 3
    assert {finding.line for finding in composed.warnings} == {known.line("editions", 0, "columns")}
    handed = [say(one.message, "en") for one in try_compose("book", [regulation(FIELDS + HANDED)]).warnings]
    assert len(handed) == 4
    assert sum("hands out Mobile in full to" in one and "(X.5), by X.7" in one for one in handed) == 2


@pytest.mark.threat(18)
@pytest.mark.clause("I.4.1.2")
def test_a_citation_hands_nothing_out(store: Store, clock: Clock) -> None:
    """An edition whose clause stands at a field too shows what its recipients may see; the check says so."""
    assert copies(CITED)["孙丽"] == {"孙丽": ("135 0000 8203", "文化路 8 号"), "陈静": ("–", "–")}
    warned = try_compose("book", [regulation(FIELDS + CITED)]).warnings
    assert {one.key for one in warned} == {f"editions.0.columns.{column}" for column in range(3)}


def test_what_is_handed_out_is_a_column() -> None:
    body = HANDED.replace('columns = ["home_address"], clause', 'columns = ["position"], clause')
    (finding,) = check(text(FIELDS + body))
    assert finding.key == "editions.0.hands_out.1.columns"
    assert "position is none of the columns" in say(finding.message, "en")


def test_what_one_regulation_keeps_from_a_role_another_s_edition_does_not_hand_over() -> None:
    ours = regulation(FIELDS + HANDED)
    theirs = regulation(
        '[[fields]]\nname = "locker"\nzh = "柜号"\nen = "Locker"\nkind = "text"\n'
        'protected = true\nclause = "Y.1"\n'
        '[[scopes]]\nrole = "employee"\nreach = "unit"\nprotected = "hidden"\nclause = "Y.2"\n'
        '[[editions]]\nid = "posts"\nzh = "职务"\nen = "Posts"\ninclude = { everyone = true }\n'
        'columns = ["locker"]\nrecipients = { everyone = true, clause = "Z.1" }\nevery = "week"\n'
        'due = { time = "08:00", clause = "Z.1" }\nclause = "Z.1"\n',
        id="theirs",
    )
    found = find_withheld(try_compose("book", [ours, theirs]).policy, [ours, theirs])
    (warned,) = [one for one in found if "locker" in say(one.message, "en")]
    assert "Y.2): their copies leave it out" in say(warned.message, "en")


@pytest.mark.parametrize("name", sorted(builtin()))
def test_no_edition_that_comes_with_the_product_is_warned_of(name: str) -> None:
    assert try_compose("book", [builtin()[name]]).warnings == ()


def test_the_regulations_of_the_controlled_book_together_are_not_warned_of() -> None:
    """I hands its columns to its posts, whatever A and C say of who sees them (I.4.1.2)."""
    known = [builtin()[name] for name in ("enterprise", "directory-security", "controlled-document")]
    assert try_compose("book", known, {"maintainer": "hr"}).warnings == ()
