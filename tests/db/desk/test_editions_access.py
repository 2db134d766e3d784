"""Who may do what with the editions of a book: each role at each operation (I.3.2, I.4.3, C.6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.desk import Desk, Refused
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.editions.marks import number_of
from db.desk.editions.tagging import Sorting
from db.desk.editions.tracing import TracedFile, Traces
from db.store.engine import Store
from tests.conftest import Clock
from tests.editions_world import BOOK, assistant, build_editions_world, gets_account, without_account
from tests.world import World, build_world

Act = Callable[[Desk, int, str], object]
ACTS: dict[str, Act] = {
    "preview": lambda desk, _issue, _number: Editions(desk).preview(BOOK, "internal"),
    "issue": lambda desk, _issue, _number: Editions(desk).issue(BOOK, "external"),
    "issues": lambda desk, _issue, _number: Editions(desk).issues(BOOK, "internal"),
    "one": lambda desk, issue, _number: Editions(desk).one(issue),
    "copies": lambda desk, issue, _number: Editions(desk).copies(issue),
    "record": lambda desk, issue, _number: Editions(desk).record(issue),
    "remind": lambda desk, issue, _number: Editions(desk).remind(issue),
    "send_again": lambda desk, issue, _number: Editions(desk).send_again(issue),
    "hand_out": lambda desk, issue, _number: Editions(desk).hand_out(issue, number_of(issue, 6)),
    "close": lambda desk, issue, _number: Editions(desk).close(issue, "长期不用", number_of(issue, 7)),
    "check": lambda desk, _issue, number: Copies(desk).check(number),
    "open": lambda desk, _issue, number: Copies(desk).open(number),
    "fetch": lambda desk, _issue, number: Copies(desk).fetch(number, "0" * 64, 1),
    "trace": lambda desk, _issue, number: Traces(desk).number(number),
    "file": lambda desk, _issue, number: Traces(desk).file(TracedFile("0" * 64, (number,))),
    "recall": lambda desk, issue, _number: Editions(desk).recall(issue, "作废"),
}
"""The copy is 陶军's; calling back comes last, since it ends the others."""

ISSUING, LOOKING, OWN, TRACING = (
    ("preview", "issue", "remind", "send_again", "hand_out", "close", "recall"),
    ("issues", "one", "copies", "record"),
    ("check", "open", "fetch"),
    ("trace", "file"),
)
MAY = {
    "zhuli": (*ISSUING, *LOOKING),  # the assistant maintains the book
    "fengdir": (*LOOKING, *TRACING),  # the director owns it
    "wenmi": (*LOOKING, *TRACING),  # information security supervises it
    "taojs": OWN,  # the recipient
    "tangceo": (),  # another recipient
    "baizl": (),  # a department's assistant
    "xiepi": (),  # an employee
    "guotao": (),  # IT, of another book
}
CLAUSE = {
    **dict.fromkeys(ISSUING, "I.3.2"),
    **dict.fromkeys(("remind", "send_again", "hand_out", "close", "recall", *LOOKING), "I.4.3.1"),
    **dict.fromkeys(OWN, "I.4.3.1, I.4.3.2"),
    **dict.fromkeys(TRACING, "default"),
}
"""Who may not look is refused by the recipients' clause, who may look but not act by the maintainer's."""


@pytest.mark.threat(18)
@pytest.mark.clause("I.3.2", "I.4.3.1", "I.4.3.2", "I.4.4.1")
@pytest.mark.parametrize("login", MAY)
def test_each_role_at_each_operation(store: Store, clock: Clock, login: str) -> None:
    world = build_editions_world(beside=build_world())
    for somebody, name in (("jiyan", "纪言"), ("sunhe", "孙荷")):
        without_account(world, somebody, name)
    issue = Editions(assistant(world)).issue(BOOK, "internal").id
    gets_account(world, "jiyan", "纪言")
    number = f"C{issue:04d}-004"
    wrong = []
    for name, act in ACTS.items():
        got = asked(act, world.desk(login), issue, number)
        expected = "allowed" if name in MAY[login] else expected_clause(login, name)
        if got != expected:
            wrong.append(f"{name} by {login}: {got}, not {expected}")
    assert not wrong, "\n".join(wrong)


def expected_clause(login: str, name: str) -> str:
    """By which clause ``login`` is refused."""
    if login == "guotao":
        return "default"
    looks = "issues" in MAY[login]
    return "I.3.2" if looks and name in ISSUING else CLAUSE[name]


def asked(act: Act, desk: Desk, issue: int, number: str) -> str:
    """``allowed``, or the clause of the refusal."""
    try:
        act(desk, issue, number)
    except Refused as refused:
        return refused.clause
    return "allowed"


@pytest.mark.threat(18)
@pytest.mark.clause("I.3.2")
def test_a_maintainer_of_one_unit_issues_nothing_and_a_supervisor_of_one_traces_nothing(
    store: Store, clock: Clock
) -> None:
    world = build_editions_world()
    Editions(assistant(world)).issue(BOOK, "internal")
    world.grant("baizl", "assistant", BOOK, "技术部")
    world.grant("xiepi", "security", BOOK, "技术部")
    tried: list[tuple[str, Callable[[Desk], object]]] = [
        ("baizl", lambda desk: Editions(desk).preview(BOOK, "internal")),
        ("baizl", lambda desk: Sorting(desk).units(BOOK)),
        ("xiepi", lambda desk: Editions(desk).issues(BOOK, "internal")),
        ("xiepi", lambda desk: Traces(desk).number("C0001-001")),
    ]
    for login, act in tried:
        with pytest.raises(Refused):
            act(world.desk(login))


@pytest.mark.threat(23)
def test_a_foreign_book_answers_like_none(store: Store, clock: Clock) -> None:
    world: World = build_editions_world(beside=build_world())
    issue = Editions(assistant(world)).issue(BOOK, "internal").id
    stranger = world.desk("zhangwei")
    for act in (Editions(stranger).copies, Editions(stranger).record, Editions(stranger).remind):
        refusals = []
        for number in (issue, 9999):
            with pytest.raises(Refused) as caught:
                act(number)
            refusals.append((caught.value.clause, caught.value.message, caught.value.advice))
        assert refusals[0] == refusals[1]
    assert Editions(stranger).list() == ()
    assert not Copies(stranger).offered()
