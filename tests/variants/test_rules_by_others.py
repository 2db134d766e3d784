"""Who revises, explains and is trained in the rules, or gives rights, when the office is another's."""

from __future__ import annotations

from contextlib import suppress

import pytest

from db.desk import Refused, SessionOver
from db.desk.authority.permissions import policy_of
from db.desk.training.trainings import Trainings
from db.language import say
from db.policy.loader import builtin
from db.store.tables import Grant, UndertakingAccepted
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import refusal
from tests.db.desk.test_policies import revision
from tests.rules import issue, put_under
from tests.variants.acting import approve, leave, stored
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, also_in, cites, deputise, state, succeed
from tests.variants.test_changes_by_others import approvers
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}
REVISED = [
    ("B.8", "safety", "safety-officers", "panan", "niuer", "safety"),
    ("E.15", "group", "company", "luoyan", "majun", "hr"),
    ("G.9", "wecom", "wecom", "huanghr", "caiming", "hr"),
    ("H.8.1", "secured", "information-security", "xinan", "shibu", "security"),
]


@pytest.mark.parametrize(
    ("clause", "book", "name", "former", "new", "role", "acts"),
    [row(*values, False, of=values[0], person="successor", day="office-changed") for values in REVISED]
    + [row(*values, True, of=values[0], person="acting", day="spring-festival") for values in REVISED],
)
def test_a_regulation_is_revised_by_who_interprets_it_now(
    house: World,
    clock: Clock,
    clause: str,
    book: str,
    name: str,
    former: str,
    new: str,
    role: str,
    acts: bool,
) -> None:
    """Whoever interpreted it until yesterday revises nothing."""
    books = (
        [one for one in ("secured", "partners", book) if name in PLANS[one].policies]
        if book in PLANS
        else [book]
    )
    for each in dict.fromkeys(books):
        (act_for if acts else succeed)(house, new, role, each, instead_of=former)
    clock.set("2027-02-08T10:00+08:00" if acts else "2026-11-24T10:00+08:00")
    text = revision(name, "2", "2027-03-01")
    cites(clause, lambda: house.desk(former).policies.add(text))
    assert book in issue(house, new, text)[0]
    assert policy_of(book).policies[0].version == builtin()[name].version, "from its day on"


BEGUN = [
    ("B.8", "safety", "safety-officers", "panan", "renhe"),
    ("E.16", "group", "company", "luoyan", "majun"),
    ("H.8.2", "secured", "information-security", "xinan", "qinyu"),
    ("G.9", "wecom", "wecom", "huanghr", "shuqi"),
]


@pytest.mark.parametrize(
    ("clause", "book", "name", "interpreter", "reader"),
    [row(*values, of=values[0], day="spring-festival") for values in BEGUN],
)
def test_a_version_is_in_force_from_its_day_though_that_is_a_holiday(
    house: World, clock: Clock, clause: str, book: str, name: str, interpreter: str, reader: str
) -> None:
    """Issued in January for New Year's Day; to midnight the former one holds."""
    clock.set("2027-01-25T10:00+08:00")
    issue(house, interpreter, revision(name, "2", "2027-02-06"))
    clock.set("2027-02-05T23:59+08:00")
    assert policy_of(book).policies[0].version == builtin()[name].version
    clock.set("2027-02-06T00:00+08:00")
    assert policy_of(book).policies[0].version == "2"
    rules = house.desk(reader).policies.rules(book)
    assert [(one.version, one.effective) for one in rules.regulations] == [("2", "2027-02-06")]
    if clause != "G.9":
        assert clause in {line.clause for line in rules.lines} | {one.clause for one in rules.interpreters}


@pytest.mark.parametrize(
    ("clause", "book", "reader", "other"),
    [
        row("E.15", "group", "zhangwei", "staff", of="E.15 E.16", person="two-books"),
        row("H.8.1", "secured", "shibu", "partners", of="H.8.1 H.8.2", person="two-books"),
    ],
)
def test_who_is_in_two_books_reads_of_each_who_explains_it(
    house: World, clause: str, book: str, reader: str, other: str
) -> None:
    rules = house.desk(reader).policies.rules(book)
    assert clause in {one.clause for one in rules.interpreters}
    assert house.desk(reader).policies.rules(other).interpreters
    with pytest.raises(Refused):
        house.desk(reader).policies.rules("controlled")


@walks("G.9", person="leaver", day="last-day")
def test_who_left_before_acknowledging_is_missed_by_nobody(house: World, clock: Clock) -> None:
    issue(house, "huanghr", revision("wecom", "2", "2026-12-07"))
    assert "舒琪" in house.desk("xuhr").policies.revisions("wecom")[0].missing
    leave(house, "huanghr", "wecom", "shuqi", "2026-11-27")
    clock.set("2026-11-30T09:00+08:00")
    with pytest.raises(SessionOver):
        house.desk("shuqi").notices.unread()
    assert "舒琪" not in house.desk("xuhr").policies.revisions("wecom")[0].missing


@walks("A.17", person="successor", day="office-changed")
def test_a_new_office_holder_undertakes_before_the_first_use(house: World, clock: Clock) -> None:
    succeed(house, "zhangwen", "hr", "staff", instead_of="liuyang")
    with writing():
        UndertakingAccepted.delete().where(
            UndertakingAccepted.account == house.accounts["zhangwen"]
        ).execute()
    clock.forward(days=1)
    desk = house.desk("zhangwen", accepted=False)
    cites("A.17", lambda: desk.directory.card(house.entry("zhangwei")))
    cites("A.17", lambda: desk.lifecycle.join_form("staff"))
    (due,) = desk.me.undertakings()
    desk.me.accept(due.policy, due.version)
    assert desk.directory.card(house.entry("zhangwei")).name == "张伟"


@walks("A.17", person="two-books")
def test_who_is_in_two_books_undertakes_for_the_one_that_asks(house: World) -> None:
    """The group's regulation asks for none; the staff's is asked for before anything of either."""
    with writing():
        UndertakingAccepted.delete().where(
            UndertakingAccepted.account == house.accounts["zhangwei"]
        ).execute()
    desk = house.desk("zhangwei", accepted=False)
    (due,) = desk.me.undertakings()
    assert (due.policy, due.clause) == ("enterprise", "A.17")
    cites("A.17", lambda: desk.directory.search("staff", "张文"))


TOPICS = [
    ("F.6.2", "general", "directory-rules", "jinhr", "lunan", "hr", "dubei"),
    ("G.7.3", "wecom", "malware-awareness", "huanghr", "caiming", "hr", "shuqi"),
]


@pytest.mark.parametrize(
    ("clause", "book", "topic", "former", "new", "role", "learner"),
    [row(*values, of=values[0], person="successor", day="office-changed") for values in TOPICS],
)
def test_attendance_is_recorded_by_the_keeper_of_today(
    house: World, clock: Clock, clause: str, book: str, topic: str, former: str, new: str, role: str,
    learner: str,
) -> None:  # fmt: skip
    succeed(house, new, role, book, instead_of=former)
    clock.forward(days=1)
    entries = [house.entry(learner, book)]
    cites(clause, lambda: Trainings(house.desk(former)).record(book, topic, entries))
    assert Trainings(house.desk(new)).record(book, topic, entries) == 1


@pytest.mark.parametrize(
    ("clause", "book", "topic", "learner", "other"),
    [
        row("F.6.2", "general", "directory-rules", "dubei", "shuqi", of="F.6.2", person="two-books"),
        row("G.7.3", "wecom", "malware-awareness", "shuqi", "lunan", of="G.7.3", person="two-books"),
    ],
)
def test_who_is_in_two_books_is_trained_in_the_topics_of_both(
    house: World, clause: str, book: str, topic: str, learner: str, other: str
) -> None:
    also_in(house, learner, other, "wecom" if book == "general" else "general")
    topics = {own.topic.id for own in Trainings(house.desk(learner)).mine()}
    assert topics == {"directory-rules", "malware-awareness"}
    keeper = {"general": "jinhr", "wecom": "huanghr"}[book]
    Trainings(house.desk(keeper)).record(book, topic, [house.entry(learner, book)])
    states = {own.topic.id: own.training.state for own in Trainings(house.desk(learner)).mine()}
    assert states[topic] == "trained"
    assert len({*states.values()}) == 2, "the other is due still"


@walks("F.6.2 G.7.3", day="after-deadline")
def test_a_training_of_a_year_ago_is_due_again_the_day_after(house: World, clock: Clock) -> None:
    for book, topic, keeper, learner in (
        ("general", "directory-rules", "jinhr", "dubei"), ("wecom", "malware-awareness", "huanghr", "shuqi"),
    ):  # fmt: skip
        clock.set("2026-11-23T09:00+08:00")
        Trainings(house.desk(keeper)).record(book, topic, [house.entry(learner, book)])
        clock.set("2027-11-22T09:00+08:00")
        assert Trainings(house.desk(learner)).mine()[0].training.state == "soon"
        clock.set("2027-11-24T09:00+08:00")
        (own,) = Trainings(house.desk(learner)).mine()
        assert own.training.state == "due"
        assert own.due is not None
        assert (own.due.day, own.due.left < 0) == ("2027-11-23", True)


def ask_right(house: World, login: str, whom: str, role: str) -> int:
    """Ask that ``whom`` be given ``role`` in the WeCom book."""
    typed = {"what": "give", "whom": whom, "role": role, "until": "2026-12-31"}
    return house.desk(login).asking.ask("right", "wecom", typed, "接替离任同事")


@walks("G.3.3", person="acting", day="make-up")
def test_who_acts_in_human_resources_assigns_rights_and_not_their_own(house: World, clock: Clock) -> None:
    act_for(house, "caiming", "hr", "wecom", instead_of="huanghr")
    clock.set("2026-11-28T10:00+08:00")
    theirs = ask_right(house, "shuqi", "shuqi", "general-manager")
    assert approvers(theirs) == {"caiming", "xuhr"}
    own = ask_right(house, "caiming", "caiming", "general-manager")
    refusal(house.desk("caiming"), own, stored(own).digest)
    assert approvers(own) == {"luzong"}


@walks("G.3.3", person="leaver", day="last-day")
def test_a_right_for_somebody_who_left_meanwhile_is_given_to_nobody(house: World, clock: Clock) -> None:
    request = ask_right(house, "caiming", "shuqi", "general-manager")
    leave(house, "huanghr", "wecom", "shuqi", "2026-11-27")
    clock.set("2026-11-30T09:00+08:00")
    house.desk("xuhr").me.who()
    for _step in range(2):
        if state(request) == "open":
            with suppress(Refused):
                approve(house, min(approvers(request)), request)
    held = (Grant.account == house.accounts["shuqi"]) & (Grant.role == "general-manager") & Grant.in_force()
    assert not Grant.select().where(held).exists()
    with pytest.raises(SessionOver):
        house.desk("shuqi").me.who()


@walks("G.3.3", person="deputy")
def test_who_stands_in_for_human_resources_assigns_nothing_to_themselves(house: World) -> None:
    deputise(house, "huanghr", "caiming", "hr", "wecom")
    own = ask_right(house, "caiming", "caiming", "general-manager")
    refusal(house.desk("caiming"), own, stored(own).digest)
    assert "caiming" not in approvers(own)


@walks("G.7.1", person="composed")
def test_the_strictest_classification_holds_over_a_book_of_several(house: World) -> None:
    put_under("wecom", "wecom", "general")
    (book,) = [one for one in house.desk("shuqi").directory.books() if one.id == "wecom"]
    assert say(book.classification, "en") == "Confidential"


@walks("G.7.1", person="two-books")
def test_who_is_in_two_books_sees_each_as_it_is_classified(house: World) -> None:
    also_in(house, "zhangwei", "shuqi", "wecom")
    shown = {book.id: say(book.classification, "en") for book in house.desk("zhangwei").directory.books()}
    assert shown["wecom"] == "Confidential"
    assert shown["staff"] == "Internal"


@walks("C.3", person="successor", day="office-changed")
def test_each_part_of_the_book_names_its_owner_of_today(house: World, clock: Clock) -> None:
    succeed(house, "tangyu", "hr", "subsidiary", instead_of="fangmin")
    clock.forward(days=1)
    rules = house.desk("xuning").policies.rules("subsidiary")
    assert "C.3, C.4, C.5" in {one.clause for one in rules.owners}
    holders = {(one.holder, one.role) for one in house.desk("tangyu").offices.held("subsidiary")}
    assert ("唐雨", "hr") in holders
    assert ("方敏", "hr") not in holders


@walks("C.3", person="composed")
def test_a_book_of_several_regulations_names_all_its_owners(house: World) -> None:
    rules = house.desk("geyuan").policies.rules("combined")
    assert {one.clause for one in rules.owners} == {"C.3, C.4, C.5", "default"}
