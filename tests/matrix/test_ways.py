"""The same expectations through the ways in: plain commands, copies that leave, and the counts of the tree
(threats 18 and 23)."""

from __future__ import annotations

import csv
import io
import json
import shlex
from dataclasses import dataclass
from typing import Any

import pikepdf
import pytest

from db.desk.audit.audit import AuditFilter
from db.desk.authority.permissions import policy_of
from db.desk.authority.reach import SIDES
from db.desk.directory.directory_views import UnitNode
from db.store import clock
from db.store.tables import Account, Entry
from tests.matrix.cast import BELOW, HERE, NEVER, ORDER, THERE, UNDER, Cast
from tests.matrix.conftest import ON_BOTH, trial
from tests.matrix.table import RAW, WHO, grid, idle, questions
from tests.tui.screens.directory_stage import Hall, drawn, names
from tests.world import BOOKS
from tui.kit import TextInput
from tui.plain.work import work

SOME = ("employee", "head-here", "head", "hr", "security", "it", "stranger", "keeper")
"""Who is tried in the first three books; in the others everybody is."""
MEANING = grid(RAW["sight"]["meaning"])
HEADED = {"head": (THERE, UNDER), "head-here": (HERE, BELOW)}
"""Of which places these take copies; all others who may, of the whole book."""
PLACES = {"unit": HERE, "below": BELOW, "headed": THERE, "under": UNDER}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a plain command gave."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@pytest.mark.threat(18, 23)
@pytest.mark.clause("C.10.1", "C.10.2", "C.10.3", "A.5")
@pytest.mark.parametrize("book", [*BOOKS, "class"])
def test_plain_commands_find_and_show_what_the_desk_does(casts: dict[str, Cast], book: str) -> None:
    cast = casts[book]
    asked = f"{cast.probes[1]} --purpose {cast.purpose}"
    as_data = "" if book == "class" else " --json"  # D.4: programs get nothing of a class in the clear
    for reader in _readers(cast):
        none = run(cast, reader, f"card {NEVER}"), run(cast, reader, f"reveal {NEVER} {asked}")
        for relation, word in grid(RAW["sight"][book])[reader].items():
            entry = cast.target(reader, relation)
            if word == "-" or entry is None or relation == "answers":
                continue
            card, found = run(cast, reader, f"card {entry}{as_data}"), _find(cast, reader, relation)
            shown = run(cast, reader, f"reveal {entry} {asked}{as_data}")
            where = f"{book}: {reader} on {relation}"
            assert bool(found) == (MEANING["directory.search"][word] == "hit"), where
            if MEANING["directory.card"][word] == "nobody":
                assert (card.status, card.out, card.err) == (1, "", none[0].err), where
                assert (shown.status, shown.out, shown.err) == (1, "", none[1].err), where
                continue
            mobile = cast.mobiles[entry][-8:]
            is_open = mobile in _digits(card.out) + _digits("".join(found))
            assert is_open == (MEANING["directory.card"][word] == "shown"), where
            assert (mobile in _digits(shown.out)) == (MEANING["directory.reveal"][word] == "shown"), where


@pytest.mark.threat(18)
@pytest.mark.clause("A.12", "B.6.1", "C.9.1", "D.4", "E.8", "F.5.1", "G.6.1", "H.6.3", "I.4.4.1")
@pytest.mark.parametrize("book", ORDER)
def test_a_copy_holds_what_its_reader_sees_and_nothing_else(casts: dict[str, Cast], book: str) -> None:
    cast = casts[book]
    copying = {reader for operation, reader, answer in questions(book, cast.readers)
               if (operation, answer) == ("overview.directory", "allowed")}  # fmt: skip
    for reader in _readers(cast):
        answer = run(cast, reader, f"report directory --book {book} --format csv")
        if reader not in copying:
            assert (answer.status, answer.out) == (2 if reader in ("stranger", "partner") else 1, ""), reader
            continue
        assert answer.status == 0, answer.err
        copied = {cell: row for row in csv.reader(io.StringIO(answer.out)) for cell in row}
        places = HEADED.get(reader)
        for relation, word in grid(RAW["sight"][book])[reader].items():
            entry = cast.target(reader, relation)
            if entry is None or relation in ("self", "answers", "never"):
                continue
            expected = MEANING["directory.search"][word] == "hit" if word != "-" else False
            if places is not None:
                expected = expected and PLACES.get(relation) in places
            row = copied.get(cast.name(relation))
            assert (row is not None) == expected, f"{book}: {reader} on {relation}"
            if row is not None:
                is_open = cast.mobiles[entry][-8:] in _digits(" ".join(row))
                assert is_open == (MEANING["directory.card"][word] == "shown"), (
                    f"{book}: {reader} on {relation}"
                )


@pytest.mark.threat(23)
@pytest.mark.clause("C.10")
@pytest.mark.parametrize("book", ORDER)
def test_the_tree_counts_what_its_reader_sees_and_nothing_else(casts: dict[str, Cast], book: str) -> None:
    cast = casts[book]
    with trial():
        for reader in _readers(cast):
            desk = cast.desk(reader)
            for side in SIDES:
                nodes: list[UnitNode] = list(desk.directory.units(book, side=side))
                for node in nodes:
                    listed = desk.directory.list(book, node.id, side, limit=200)
                    assert node.count == len(listed), f"{book}: {reader} in {node.name}"
                    nodes += desk.directory.units(book, node.id, side)


@pytest.mark.threat(18, 23)
@pytest.mark.clause("C.10.1", "C.10.2", "C.10.3")
@pytest.mark.parametrize("reader", ["employee", "head", "hr", "security"])
async def test_the_screen_draws_what_its_reader_sees(casts: dict[str, Cast], reader: str) -> None:
    cast = casts[ON_BOTH]
    with trial():
        app = Hall(cast.world, cast.login(reader))
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.press("slash")
            for relation, word in grid(RAW["sight"][cast.book])[reader].items():
                if relation in ("self", "outside", "answers", "never"):
                    continue
                app.screen.query_one(TextInput).value = cast.name(relation)
                await pilot.pause()
                is_there = cast.name(relation) in names(app)
                assert is_there == (MEANING["directory.search"][word] == "hit"), f"{reader} on {relation}"
                is_open = cast.mobiles[cast.targets[relation]][-8:] in _digits(drawn(app))
                assert not is_open or MEANING["directory.card"][word] == "shown", f"{reader} on {relation}"


def _readers(cast: Cast) -> list[str]:
    return [
        reader for reader in (SOME if cast.book in BOOKS else cast.readers) if reader not in idle(cast.book)
    ]


def run(cast: Cast, reader: str, line: str) -> Answer:
    """A plain command by ``reader``; nothing stays of it."""
    out, err = io.BytesIO(), io.BytesIO()
    with trial():
        status = work(shlex.split(line), cast.desk(reader), io.BytesIO(), out, err)
    said = err.getvalue().decode()
    return Answer(status, in_clear(out.getvalue(), said).decode("utf-8-sig"), said)


def in_clear(content: bytes, said: str) -> bytes:
    """What a command wrote; of a file under a password that which is attached to it (D.4)."""
    if not content.startswith(b"%PDF"):
        return content
    (word,) = (line.rsplit("：", 1)[-1] for line in said.splitlines() if "密码" in line)
    with pikepdf.open(io.BytesIO(content), password=word) as pdf:
        (attached,) = pdf.attachments.values()
        return bytes(attached.get_file().read_bytes())


def _find(cast: Cast, reader: str, relation: str) -> list[str]:
    """The lines of the entry itself."""
    if relation in ("self", "never"):
        name = f"林{reader}" if relation == "self" else "无此人"
    else:
        name = cast.name(relation)
    answer, entry = run(cast, reader, f"find {name}"), str(cast.target(reader, relation))
    return [line for line in answer.out.splitlines() if line.split()[:1] == [entry]]


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


@pytest.mark.threat(23)
@pytest.mark.parametrize("book", ORDER)
def test_the_audit_names_nobody_of_a_book_that_its_reader_does_not_supervise(
    casts: dict[str, Cast], book: str
) -> None:
    """A colleague tries the number of an entry of another book. The supervisor sees the try, not the name."""
    cast = casts[book]
    other = cast.targets["other-book"]
    with trial():
        for line in (f"card {other}", f"card {NEVER}"):
            out, err = io.BytesIO(), io.BytesIO()
            assert work(shlex.split(line), cast.desk("employee"), io.BytesIO(), out, err) == 1
        audit = cast.desk(WHO["supervisor"][book]).audit
        none, tried = audit.window(AuditFilter(act="directory.card"), limit=2).rows
        assert (tried.entry, tried.whom, tried.unit) == (other, "", "")
        assert (none.whom, none.unit) == ("", "")
        assert audit.one(tried.seq).row.whom == ""
        facets = audit.facets(AuditFilter(), "object")
        assert cast.name("other-book") not in {str(facet.label) for facet in facets}


@pytest.mark.threat(23)
@pytest.mark.clause("C.10")
@pytest.mark.parametrize("book", ORDER)
def test_who_may_stand_in_is_chosen_among_those_within_reach(casts: dict[str, Cast], book: str) -> None:
    cast = casts[book]
    with trial():
        for relation in ("unit", "below", "headed", "elsewhere"):
            row = Entry.get_by_id(cast.targets[relation])
            Account.create(
                login=f"new.{relation}", person=row.person_id, state="active", created_at=clock.now()
            )
        keeper = policy_of(book).maintainer.role
        for reader, role in (("head", "head"), ("head-here", "head"), (keeper, keeper), ("safety", "safety")):
            offered = {one.name for one in cast.desk(reader).delegation.candidates(book, role)}
            for relation in ("unit", "below", "headed", "elsewhere"):
                word = grid(RAW["sight"][book])[reader][relation]
                assert word != "." or cast.name(relation) not in offered, f"{reader}: {relation}"
            assert cast.name("unit") in offered
