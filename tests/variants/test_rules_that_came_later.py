"""A directory comes under a further regulation while people and requests are under way in it."""

from __future__ import annotations

import pytest

from db.desk.authority.permissions import policy_of
from db.desk.authority.putting_on_record import put_rules_of_book, put_shipped
from db.desk.cases.case_notices import HEARD_OF
from db.desk.cases.cases import Cases
from db.desk.cases.work import CaseWork
from db.desk.editions.duty import due_editions
from db.desk.training.trainings import Trainings
from db.language import say
from db.policy.loader import builtin, text_of
from db.store.tables import Entry, HandBack, Task
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import ask_access
from tests.db.desk.casework import decided, heard, turn
from tests.db.desk.lives import duties, take_out
from tests.rules import on_record
from tests.variants.acting import approve, join, leave
from tests.variants.registry import row, walks
from tests.variants.setting import also_in, cites, state
from tests.variants.test_changes_by_others import approvers
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}


def under(world: World, book: str, *policies: str, day: str, **decided: str) -> None:
    """Put ``book`` under ``policies`` from ``day`` on, as two had decided."""
    with writing():
        put_shipped(policies)
        put_rules_of_book(book, policies, decided, day, account=world.accounts["liuyang"])


# what was due before there was the rule is nobody's


@pytest.mark.parametrize(
    ("day", "due"),
    [
        row("2026-11-25", [], of="I.4.2.1", person="composed"),
        row("2026-11-23", ["2026-11-23", "2026-11-23"], of="I.4.2.1", person="composed"),
    ],
)
def test_no_edition_is_late_that_was_due_before_the_regulation_held(
    house: World, clock: Clock, day: str, due: list[str]
) -> None:
    """From a Wednesday on, the first one is due on the Monday after it."""
    under(house, "staff", "enterprise", "controlled-document", day=day, maintainer="hr")
    clock.set("2026-11-25T09:00+08:00")
    with writing():
        assert [task.due for task in due_editions(policy_of("staff"))] == due
    clock.set("2026-11-30T09:00+08:00")
    with writing():
        assert {task.due for task in due_editions(policy_of("staff"))} == {"2026-11-30"}


@walks("F.6.2", person="composed")
def test_a_first_training_is_due_from_the_day_on_which_the_directory_came_under_the_regulation(
    house: World, clock: Clock
) -> None:
    under(house, "group", "company", "general", day="2026-11-25")
    clock.set("2026-11-25T09:00+08:00")
    (one,) = [one for one in Trainings(house.desk("majun")).mine() if one.book == "group"]
    assert one.training.due == "2026-11-25"


@walks("F.6.2", day="after-deadline")
def test_a_new_version_puts_nobodys_first_training_off(house: World, clock: Clock) -> None:
    """Nobody who never was trained has until the new version's day."""
    shipped = builtin()["general"]
    text = text_of(shipped).replace("effective = 2026-01-01", "effective = 2026-11-25")
    on_record(text.replace(f'version = "{shipped.version}"', 'version = "9.0"'))
    clock.set("2026-11-25T09:00+08:00")
    (one,) = Trainings(house.desk("lunan")).mine()
    assert (one.topic.version, one.training.due) == ("general 9.0", "2026-01-01")


@walks("B.5.4 B.5.5", person="two-books", day="office-changed")
def test_who_joined_or_moved_before_the_safety_regulation_held_is_no_officers_to_file(
    house: World, clock: Clock
) -> None:
    under(house, "safety", "safety-officers", day="2026-11-23")
    under(house, "safety", "company", day="2026-11-24", maintainer="hr")
    under(house, "safety", "safety-officers", day="2026-12-01")
    also_in(house, "zhangwen", "renhe", "safety")
    clock.set("2026-11-24T09:00+08:00")
    approve(house, "zengqing", join(house, "liuyang", "staff", "研发中心/研发一部", "2026-11-24"))
    clock.set("2026-12-01T09:00+08:00")
    duties()
    assert not Task.select().where(Task.kind == "filing").exists()
    other = {"name": "又来", "mobile": "138 0000 8991", "email": "youlai@huaxing.example"}
    approve(house, "zengqing", join(house, "liuyang", "staff", "研发中心/研发一部", "2026-12-01", **other))
    duties()
    assert [task.due for task in Task.select().where(Task.kind == "filing")] == ["2026-12-04"]


# what is under way is finished by what holds once it is finished


@walks("H.5.4 A.10", person="leaver", day="last-day")
def test_who_leaves_while_copies_come_to_be_asked_back_hands_them_back_first(
    house: World, clock: Clock
) -> None:
    """Asked for before and approved: the list is there to be signed off, and then the entry goes."""
    take_out(house, "wangfang", "ABCD-EFGH", "staff")
    request = leave(house, "liuyang", "staff", "wangfang", "2026-11-27")
    under(house, "staff", "enterprise", "information-security", day="2026-11-25")
    clock.set("2026-11-26T09:00+08:00")
    duties()
    approve(house, "zengqing", request)
    clock.set("2026-11-28T09:00+08:00")
    house.desk("liuyang").me.who()
    assert Entry.get_by_id(house.entry("wangfang")).state == "active"
    (task,) = Task.select().where((Task.kind == "leaver") & (Task.state == "open"))
    (copy,) = HandBack.select().where((HandBack.task == task) & HandBack.signed_at.is_null())
    house.desk("helei").tasks.sign_off(copy.id, "returned")
    house.desk("liuyang").me.who()
    duties()
    assert Entry.get_by_id(house.entry("wangfang")).state == "left"
    assert Task.get_by_id(task.id).state == "done"


@walks("I.4.4.2 I.4.3.1", person="composed")
def test_a_copy_that_others_approved_before_is_taken_no_more(house: World, clock: Clock) -> None:
    """Superiors approved one and are about to approve another when the directory becomes a controlled one."""
    desk = house.desk("zhangwei")
    taken, given, asked = (desk.asking.ask("copy", "staff", {"unit": ""}, "会务") for _each in range(3))
    for request in (taken, given):
        while state(request) == "open":
            approve(house, min(approvers(request)), request)
    take_out(house, "zhangwei", "ABCD-EFGH", "staff")
    under(house, "staff", "enterprise", "controlled-document", day="2026-11-25", maintainer="hr")
    assert len(house.desk("zhangwei").overview.directory("staff").rows) > 1
    clock.set("2026-11-25T09:00+08:00")
    cites("I.4.4.2", lambda: house.desk("zhangwei").overview.directory("staff"))
    cites("I.4.4.2", lambda: take_out(house, "zhangwei", "BCDE-FGHJ", "staff"))
    cites("I.4.4.2", lambda: approve(house, "wangfang", asked))
    assert not house.desk("zhangwei").asking.copies()


@walks("B.6.2", person="composed")
def test_what_a_superior_opened_is_closed_where_consent_comes_to_be_asked(house: World, clock: Clock) -> None:
    opened = ask_access(house.desk("zhangwei"), "staff", "项目联络", name="孙丽", days=10)
    approve(house, "qianjin", opened)
    asked = ask_access(house.desk("zhangwen"), "staff", "项目联络", name="孙丽", days=10)
    under(house, "staff", "enterprise", "safety-officers", day="2026-11-25", maintainer="hr")
    assert house.desk("zhangwei").directory.search("staff", "孙丽")
    clock.set("2026-11-25T09:00+08:00")
    assert not house.desk("zhangwei").directory.search("staff", "孙丽")
    assert not house.desk("zhangwei").access.mine()
    cites("B.6.2", lambda: approve(house, "qianjin", asked))


@walks("E.17 C.12", person="oneself", day="office-changed")
def test_what_was_decided_by_an_earlier_ladder_is_read_and_appealed_against(
    house: World, clock: Clock
) -> None:
    """A demerit is none of the security regulation's, under which the directory has come since."""
    case = Cases(house.desk("zhangwei")).report("group", "有人把通讯录发给了外人", "leak")
    decided(house, case, "leak", "马军", "demerit")
    under(house, "group", "directory-security", day="2026-11-25")
    clock.set("2026-11-25T09:00+08:00")
    desk = house.desk("majun")
    (verdict,) = Cases(desk).own(case).verdicts
    assert [say(label, "zh_CN") for label in verdict.sanctions] == ["记过"]
    Cases(desk).appeal(case, "处分过重")
    hearing = turn(house, case)
    CaseWork(hearing).hear(case, verdict.id, "upheld", "维持原决定")
    assert "记过" in str(heard(desk, HEARD_OF))
