"""What one person keeps on record a day has an end; an office's day is none (threat 58)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from db.desk import Desk, Refused, quota
from db.desk.cases.cases import Cases
from db.desk.editions.editions import Editions
from db.desk.editions.tagging import Sorting
from db.desk.privacy.thinning import thin_out
from db.desk.quota import KEPT, LIMITS, ON_OTHERS, Limits
from db.desk.reviews.guiding import Guidance
from db.desk.training.trainings import Trainings
from db.language import LANGUAGES, say
from db.store import clock as store_clock
from db.store import tables
from db.store.tables import Account, AuditRecord, DayCount, Evidence, Request
from db.store.transactions import writing
from tests.conftest import Clock
from tests.wider_world import build_wider_world
from tests.world import World

pytestmark = pytest.mark.threat(58)

FOLLOWS: dict[str, str] = {
    "account": "made by offices, and told",
    "known_source": "one a source and account",
    "past_password": "bounded by the history that is asked for",
    "recovery_code": "ten an account",
    "script_token": "thirty an account",
    "sign_in_session": "bounded by the delays at the door",
    "undertaking_accepted": "one a version",
    "collection_notice": "one a version",
    "consent_withdrawn": "one a field",
    "activation": "one an account and code",
    "confirmation": "one an account and enrolment",
    "grant": "follows a decision",
    "access_grant": "follows a decision",
    "copy_grant": "follows a decision",
    "request_step": "follows its request",
    "held_act": "one a matter, for a minute at the most",
    "request_event": "follows its request; counted where it is only talked about",
    "request_evidence": "follows its request",
    "case_event": "follows its case",
    "case_party": "follows its case",
    "case_named": "follows its case",
    "finding_event": "follows its finding",
    "review_item": "follows its campaign",
    "trained": "one a person, course and day; counted where others record it",
    "paper_scan": "follows its sheet",
    "task": "opened by duties; counted where a joiner is only awaited",
    "task_proof": "follows its task",
    "duty_mark": "written by the clock",
    "notice": "follows the act",
    "notice_recipient": "follows the act",
    "audit_record": "the record itself; its reads are watched by the usage watch",
    "audit_head": "one row",
    "journal_head": "one row",
    "proof_head": "one row",
    "kept_people": "two an account",
    "subject_key": "one a person",
    "thing_key": "follows what it seals",
    "let_go": "written by the clock",
    "erasure": "one a person",
    "archive": "one a leaver",
    "hand_back": "follows a leaver",
    "book": "made by offices",
    "unit": "follows a decision",
    "unit_above": "follows its unit",
    "person": "follows a decision",
    "entry": "follows a decision",
    "entry_field": "follows its entry",
    "entry_tag": "follows its entry",
    "search_line": "made anew",
    "search_entry": "made anew",
    "calendar_day": "follows its change",
    "edition_copy": "follows its issue",
    "edition_file": "follows its issue",
    "outgoing_mail": "follows the act",
    "outside_change": "follows the entry",
    "outside_member": "one a person",
    "outside_unit": "one a unit",
    "outside_survey": "one a book",
    "outside_finding": "follows its survey",
    "failure_count": "bounded",
    "refusal_tally": "bounded",
    "pickup": "twenty an account, for a day; what its file comes to is counted as by password",
    "failed_sign_ins": "one an account",
    "day_count": "one a person and day",
    "last_day": "follows its request",
    "regulation_text": "follows a decision",
    "book_rules": "follows a decision",
    "rules_head": "one row",
    "day_basis": "one a change of the settings",
}
"""All other tables, and why their rows count nothing of themselves."""


def ask(desk: Desk, entry: int, number: int, *evidence: str) -> int:
    """Ask for another mobile."""
    form = desk.changes.form(entry)
    mobile = f"138{number:08}"
    return desk.changes.submit(form.entry, form.version, {"mobile": mobile}, "换号", evidence)


def test_every_table_is_counted_or_has_a_reason_not_to_be() -> None:
    names = {str(table._meta.table_name) for table in tables.ALL}
    told = f"name it in KEPT of {quota.__file__}, or in FOLLOWS here why its rows count nothing"
    assert KEPT | FOLLOWS.keys() == names, told
    assert not KEPT & FOLLOWS.keys()
    assert ON_OTHERS <= KEPT


def test_evidence_request_withdraw_comes_to_an_end_in_words(world: World) -> None:
    """Others are asked twenty times a day; each was withdrawn, and is kept all the same."""
    desk, entry = world.desk("zhangwei"), world.entry("zhangwei")
    for number in range(LIMITS.on_others):
        file = desk.evidence.add(f"{number}.txt", f"证明{number}".encode())
        desk.requests.withdraw(ask(desk, entry, number, file.id))
    before = Request.select().count()
    file = desk.evidence.add("last.txt", b"last")
    with pytest.raises(Refused) as refused:
        ask(desk, entry, 99, file.id)
    assert "asked others" in say(refused.value.message, "en")
    assert Request.select().count() == before, "nothing half done"
    assert refused.value.message.params == {"count": LIMITS.on_others}
    assert "tomorrow" in say(refused.value.advice, "en")
    assert all(say(refused.value.message, one) for one in LANGUAGES)
    assert AuditRecord.select().order_by(AuditRecord.seq.desc()).get().outcome == "refused"


def test_it_opens_again_the_next_day_and_what_was_counted_is_forgotten(world: World, clock: Clock) -> None:
    desk = world.desk("zhangwei")
    _add(desk, LIMITS.acts)
    with pytest.raises(Refused):
        desk.evidence.add("more.txt", b"more")
    clock.forward(days=1)
    desk.evidence.add("more.txt", b"more")
    assert [(row.acts, row.on_others) for row in DayCount.select()] == [(1, 0)]


def test_bytes_have_an_end_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "LIMITS", replace(LIMITS, size=100_000))
    desk = world.desk("zhangwei")
    desk.evidence.add("a.txt", b"x" * 40_000)
    with pytest.raises(Refused) as refused:
        desk.evidence.add("b.txt", b"x" * 40_000)
    assert "MB" in refused.value.message.text


def test_a_second_account_of_the_person_has_no_more(world: World) -> None:
    desk = world.desk("zhangwei")
    _add(desk, LIMITS.acts)
    person = Account.get_by_id(world.accounts["zhangwei"]).person_id
    second = Account.create(login="second", person=person, state="active", created_at=store_clock.now())
    world.accounts["second"] = second.id
    with pytest.raises(Refused):
        world.desk("second").evidence.add("more.txt", b"more")


@pytest.mark.clause("A.18")
def test_a_breach_is_reported_whatever_else_was_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of reports there are so many a day by themselves, and they leave the rest as it was."""
    monkeypatch.setattr(quota, "LIMITS", Limits(acts=3, on_others=3))
    desk = world.desk("zhangwei")
    _add(desk, 3)
    for _time in range(3):
        Cases(desk).report("staff", "名单外泄", "leak")
    with pytest.raises(Refused) as refusal:
        Cases(desk).report("staff", "名单外泄", "leak")
    assert "3" in say(refusal.value.message, "en")
    other = world.desk("zhangwen")
    for _time in range(3):
        Cases(other).report("staff", "名单外泄", "leak")
    assert DayCount.get(DayCount.person == f"person {world.people['zhangwen']}").on_others == 0


def test_what_others_are_told_or_have_to_confirm_comes_to_an_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instructions to all heads, attendances of any past day, and issues to all recipients, else bury
    whatever they should see."""
    build_wider_world("general", "controlled", beside=world)
    issue = Editions(world.desk("zhuli")).issue
    monkeypatch.setattr(quota, "LIMITS", Limits(on_others=1))
    instruct, record = Guidance(world.desk("panlong")).give, Trainings(world.desk("jinhr")).record
    people = [world.entry("lunan", "general")]
    for time in range(1, 11):
        instruct("subsidiary", f"第 {time} 次")
        record("general", "directory-rules", people, f"2026-10-{time:02d}")
        issue("controlled", "internal")
    for once_more in (
        lambda: instruct("subsidiary", "再一次"),
        lambda: record("general", "directory-rules", people, "2026-10-31"),
        lambda: issue("controlled", "internal"),
    ):
        with pytest.raises(Refused):
            once_more()


@pytest.mark.threat(58)
def test_what_is_done_and_undone_over_and_over_comes_to_an_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time whom it concerns and who watches are told, who would find nothing else among their news."""
    wide = build_wider_world("general", beside=world)
    monkeypatch.setattr(quota, "LIMITS", Limits(on_others=1))
    keeper, tagged = Sorting(wide.desk("jinhr")), wide.entry("vipke", "general")
    unit, it = wide.unit("general", "华南区"), world.desk("guotao").accounts
    for _time in range(5):
        keeper.tag(tagged, "vip", True)
        keeper.tag(tagged, "vip", False)
    for _time in range(10):
        it.disable(world.accounts["zhangwen"])
        it.enable(world.accounts["zhangwen"])
    it.disable(world.accounts["zhangwen"])
    once_more: list[Callable[[], None]] = [
        lambda: keeper.tag(tagged, "vip", True),
        lambda: keeper.set_region(unit, "华东"),
        lambda: it.enable(world.accounts["zhangwen"]),
    ]
    for act in once_more:
        with pytest.raises(Refused):
            act()


def test_an_office_decides_three_hundred_and_asks_as_an_office_does(world: World, clock: Clock) -> None:
    """Human resources' own limit is ten times as high; what waits for it counts nothing at all."""
    hr = world.desk("zengqing")
    _add(hr, LIMITS.acts + 5)
    quota.charge_quota("queue.approve", "ssh", hr.kept.permissions(), 0)
    for name in ("queue.approve", "queue.reject_many", "reviews.decide", "importing.load"):
        before = DayCount.get().acts
        with writing():
            Evidence.update(name="x").execute()
            for _time in range(300):
                quota.charge_quota(name, "ssh", hr.kept.permissions(), 0)
        assert DayCount.get().acts == before


def test_what_a_withdrawn_request_rested_on_goes_after_30_days(world: World, clock: Clock) -> None:
    desk, entry = world.desk("zhangwei"), world.entry("zhangwei")
    kept, gone = (desk.evidence.add(f"{name}.txt", name.encode()) for name in ("kept", "gone"))
    ask(desk, entry, 1, kept.id)
    desk.requests.withdraw(ask(desk, entry, 2, gone.id, kept.id))
    for days in (29, 2):
        clock.forward(days=days - 1)
        desk.me.who()
        clock.forward(days=1)
        world.desk("zengqing").directory.list("staff", limit=1)
        with writing():
            thin_out("staff", "", "host")
        if days == 29:
            assert desk.evidence.open(gone.id) == b"gone"
    with pytest.raises(Refused):
        desk.evidence.open(gone.id)
    assert desk.evidence.open(kept.id) == b"kept"
    assert Evidence.get_by_id(gone.id).digest == gone.digest


def _add(desk: Desk, count: int) -> None:
    for number in range(count):
        file = desk.evidence.add(f"{number}.txt", f"{number}".encode())
        desk.evidence.remove(file.id)
