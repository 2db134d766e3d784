"""Entries given to another department: consent, refusal, silence, taking it back, and the end (B.6.2)."""

from __future__ import annotations

import json

import pytest

from db.desk import Invalid, Refused
from db.desk.authority.permissions import policy_of
from db.desk.privacy.duties import check_erasable
from db.desk.privacy.erasing import erase_person
from db.desk.requests.payload import open_payload
from db.desk.requests.power_telling import DONE
from db.language import Text, say
from db.store.tables import AuditRecord, Consent, Disclosure, Entry, Notice, NoticeRecipient, Request, Task
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve, names, refusal
from tests.variants.setting import leaves
from tests.world import World

BOOKS_OF = {"wider": ("safety",)}


@pytest.fixture
def wider(begun: World) -> World:
    return begun


def ask(wider: World, people: str = "牛二", *, login: str = "dingyi", what: str = "all") -> int:
    """The officer of 一车间 asks for colleagues' entries, for their own unit."""
    to = str(wider.unit("safety", "一车间"))
    asked = {"people": people, "what": what, "to": to, "days": "7"}
    return wider.desk(login).asking.ask("disclosure", "safety", asked, "联合演练")


def answer(wider: World, login: str, word: str) -> None:
    desk = wider.desk(login)
    desk.consents.answer(desk.consents.mine()[0].id, word)


def digest(request: int) -> str:
    return str(Request.get_by_id(request).digest)


def seen(wider: World, login: str) -> list[tuple[str, dict[str, Text]]]:
    """What was given to the reader's department: names with values by label."""
    rows = wider.desk(login).consents.received()
    return [(row.name, {label.en: value for label, value in row.values}) for row in rows]


@pytest.mark.clause("B.6.2")
def test_the_person_is_asked_and_a_yes_opens_the_entry_to_the_department_for_a_time(
    wider: World, clock: Clock
) -> None:
    request = ask(wider)
    (asked,) = wider.desk("niuer").consents.mine()
    assert (asked.asked_by, asked.reason, asked.to, asked.days, asked.clause) == (
        "丁一", "联合演练", "一车间", 7, "B.6.2",
    )  # fmt: skip
    assert asked.due == "2026-11-26"
    assert {label.en for label in asked.protected} == {"Mobile"}
    assert Task.get(Task.kind == "consent").account_id == wider.accounts["niuer"]
    [waiting] = wider.desk("niuer").tasks.mine().rows
    assert say(waiting.about, "en") == "asked by 丁一"
    assert [notice.kind for notice in wider.desk("niuer").notices.unread()] == ["consent-asked"]
    assert names(wider.desk("panan")) == {request}

    early = refusal(wider.desk("panan"), request, digest(request))
    assert early.clause == "B.6.2"
    assert seen(wider, "weiguo") == []

    clock.forward(hours=1)
    answer(wider, "niuer", "yes")
    assert Task.get(Task.kind == "consent").state == "done"
    approve(wider, "panan", request)
    for member in ("weiguo", "dingyi", "renhe"):
        ((name, values),) = seen(wider, member)
        assert (name, values["Mobile"]) == ("牛二", "138 0000 3021")
    assert seen(wider, "kangle") == []
    assert seen(wider, "niuer") == []

    consent = Consent.get()
    assert (consent.state, str(consent.answered_at)[:13]) == ("given", "2026-11-23T02")
    (line,) = wider.desk("panan").consents.register("safety")
    assert (line.name, line.to, line.state) == ("牛二", "一车间", "given")
    assert line.until is not None
    assert line.until[:10] == "2026-11-30"
    clock.forward(days=7)
    assert seen(wider, "weiguo") == []


@pytest.mark.threat(23)
@pytest.mark.clause("B.6.2", "C.10")
def test_only_who_sees_everybody_is_told_that_a_name_is_nobody_s(wider: World) -> None:
    with pytest.raises(Invalid) as caught:
        ask(wider, "牛二; 牛不在", login="panan")
    assert "牛不在" in say(caught.value.problems[0].message, "en")
    hidden, nobody = ask(wider, "牛二"), ask(wider, "牛不在")
    seen = [wider.desk("dingyi").requests.one(request) for request in (hidden, nobody)]
    assert [say(view.lines[0].after, "en") for view in seen] == ["牛二", "牛不在"]
    assert seen[0].row.waits_for == seen[1].row.waits_for


@pytest.mark.clause("B.6.2")
def test_consent_may_be_narrower_than_what_was_asked(wider: World) -> None:
    request = ask(wider)
    answer(wider, "niuer", "open")
    lines = wider.desk("panan").queue.one(request).lines
    assert say(lines[0].after, "en").startswith("牛二: agrees, without Mobile")
    approve(wider, "panan", request)
    ((_name, values),) = seen(wider, "weiguo")
    assert "Mobile" not in values
    assert "E-mail" in values


@pytest.mark.clause("B.6.2")
@pytest.mark.parametrize("between", ["、", "，", ",", "；", "\n", "、 、"])
def test_each_of_a_list_is_asked_whatever_signs_are_between_the_names(wider: World, between: str) -> None:
    ask(wider, between.join(("牛二", "康乐", "牛二")))
    asked = {login: len(wider.desk(login).consents.mine()) for login in ("niuer", "kangle", "panan")}
    assert asked == {"niuer": 1, "kangle": 1, "panan": 0}


@pytest.mark.clause("B.6.2")
def test_a_refusal_denies_it(wider: World) -> None:
    request = ask(wider)
    answer(wider, "niuer", "no")
    refused = refusal(wider.desk("panan"), request, digest(request))
    assert (refused.clause, Disclosure.select().count()) == ("B.6.2", 0)
    assert "agrees" in refused.message.text
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (last.act, last.outcome, last.clause, last.request) == (
        "queue.approve", "refused", "B.6.2", request,
    )  # fmt: skip
    with pytest.raises(Refused) as caught:
        answer(wider, "niuer", "yes")
    assert caught.value.clause == "B.6.2"


@pytest.mark.clause("B.6.2")
def test_silence_past_the_due_day_denies_it(wider: World, clock: Clock) -> None:
    request = ask(wider)
    clock.set("2026-11-26T18:00+08:00")
    assert "not answered yet" in refusal(wider.desk("panan"), request, digest(request)).message.text
    clock.set("2026-11-27T00:05+08:00")
    refused = refusal(wider.desk("panan"), request, digest(request))
    assert (refused.clause, Disclosure.select().count()) == ("B.6.2", 0)
    with pytest.raises(Refused):
        answer(wider, "niuer", "yes")


@pytest.mark.clause("B.6.2")
def test_a_consent_taken_back_before_the_decision_denies_it(wider: World) -> None:
    request = ask(wider)
    answer(wider, "niuer", "yes")
    desk = wider.desk("niuer")
    desk.consents.withdraw(desk.consents.mine()[0].id)
    assert refusal(wider.desk("panan"), request, digest(request)).clause == "B.6.2"
    assert Disclosure.select().count() == 0


@pytest.mark.clause("B.6.2")
def test_a_consent_taken_back_later_closes_the_view_at_once(wider: World) -> None:
    request = ask(wider)
    answer(wider, "niuer", "yes")
    approve(wider, "panan", request)
    assert len(seen(wider, "weiguo")) == 1
    desk = wider.desk("niuer")
    (consent,) = desk.consents.mine()
    desk.consents.withdraw(consent.id)
    assert seen(wider, "weiguo") == []
    (after,) = desk.consents.mine()
    assert after.state == "withdrawn"
    assert after.withdrawn_at is not None
    assert Notice.select().where(Notice.kind == "consent-withdrawn").count() == 1
    with pytest.raises(Refused):
        desk.consents.withdraw(consent.id)


@pytest.mark.threat(99)
@pytest.mark.clause("B.6.2")
@pytest.mark.parametrize("login", ["dingyi", "panan", "kangle"])
def test_what_was_given_is_closed_by_who_asked_who_gave_it_and_who_supervises(
    wider: World, login: str
) -> None:
    """Without its people having to take their consent back one by one."""
    wider.grant("kangle", policy_of("safety").supervisor.role, "safety")
    request = ask(wider)
    answer(wider, "niuer", "yes")
    approve(wider, "panan", request)
    with pytest.raises(Refused):
        wider.desk("weiguo").requests.withdraw(request)
    (shown,) = wider.desk(login).access.opened()
    assert (shown.request, shown.whose, shown.own) == (request, ("牛二",), login == "dingyi")
    assert wider.desk("weiguo").access.opened() == ()
    wider.desk(login).requests.withdraw(request)
    assert seen(wider, "weiguo") == []
    assert wider.desk(login).access.opened() == ()
    told = NoticeRecipient.select().join(Notice).where(Notice.kind == DONE)
    heard = {
        row.account_id for row in told if json.loads(row.notice.detail)["operation"] == "requests.withdraw"
    }
    assert wider.accounts["niuer"] in heard, "whose entry it was"
    assert (wider.accounts["kangle"] in heard) == (login != "kangle"), "who watches"


@pytest.mark.clause("B.6.2")
def test_of_several_only_those_who_agree_are_given(wider: World) -> None:
    request = ask(wider, "牛二; 康乐")
    answer(wider, "niuer", "yes")
    assert refusal(wider.desk("panan"), request, digest(request)).message.params["count"] == 1
    answer(wider, "kangle", "no")
    approve(wider, "panan", request)
    assert [name for name, _values in seen(wider, "weiguo")] == ["牛二"]


def test_a_request_that_is_over_asks_nobody_any_more(wider: World) -> None:
    request = ask(wider)
    wider.desk("dingyi").requests.withdraw(request)
    assert wider.desk("niuer").consents.mine() == ()
    assert Task.get(Task.kind == "consent").state == "cancelled"


def test_a_returned_request_asks_anew(wider: World) -> None:
    request = ask(wider)
    answer(wider, "niuer", "yes")
    head = wider.desk("panan")
    head.queue.return_(request, head.queue.one(request).digest, "期限太长")
    desk = wider.desk("dingyi")
    form = desk.asking.amendment(request)
    assert form.amends is not None
    assert (form.amends.comment, form.amends.reason) == ("期限太长", "联合演练")
    typed = {field.name: field.value for field in form.fields}
    desk.asking.amend(request, {**typed, "days": "3"}, form.amends.reason)
    assert [view.state for view in wider.desk("niuer").consents.mine()] == ["asked"]
    assert refusal(wider.desk("panan"), request, digest(request)).clause == "B.6.2"


@pytest.mark.threat(23)
@pytest.mark.clause("C.10")
def test_asking_for_somebody_out_of_reach_tells_nothing_of_whether_they_exist(wider: World) -> None:
    desk = wider.desk("renhe")
    asked = {"what": "all", "to": str(wider.unit("safety", "一车间/装配班")), "days": "7"}
    numbers = [
        desk.asking.ask("disclosure", "safety", {**asked, "people": name}, "演练")
        for name in ("牛二", "牛无此")
    ]
    answer(wider, "niuer", "yes")
    views = [desk.requests.one(number) for number in numbers]
    assert [line.after for line in views[0].lines][1:] == [line.after for line in views[1].lines][1:]
    assert [view.lines[0].after for view in views] == ["牛二", "牛无此"]
    assert views[0].row.waits_for == views[1].row.waits_for
    told = wider.desk("panan").queue.one(numbers[1]).lines[0].after
    assert "nobody" in told.params["answer"].text  # type: ignore[union-attr]


@pytest.mark.parametrize("typed", ["牛二", " 牛 二/二车间", "{number}"])
def test_what_names_an_erased_person_is_erased_with_them(wider: World, typed: str) -> None:
    """And until it is decided it keeps them on record."""
    niuer = wider.entry("niuer", "safety")
    login = "panan" if "number" in typed else "dingyi"  # who sees the entry knows its number
    request = ask(wider, f"康乐; {typed.format(number=niuer)}", login=login)
    with writing():
        Entry.update(state="left").where(Entry.id == niuer).execute()
    with pytest.raises(Refused) as refused:
        check_erasable(Entry.get_by_id(niuer))
    assert "is open" in say(refused.value.message, "en")
    wider.desk(login).requests.withdraw(request)
    with writing():
        erase_person(wider.people["niuer"])
    assert "牛" not in repr(open_payload(Request.get_by_id(request)))
    assert Request.get_by_id(request).reason == ""
    assert wider.desk(login).requests.one(request).lines


@pytest.mark.threat(18)
def test_nobody_answers_or_takes_back_for_another(wider: World) -> None:
    ask(wider)
    consent = Consent.get().id
    for login in ("dingyi", "panan", "weiguo"):
        with pytest.raises(Refused):
            wider.desk(login).consents.answer(consent, "yes")
        with pytest.raises(Refused):
            wider.desk(login).consents.withdraw(consent)
    assert Consent.get().state == "asked"
    with pytest.raises(Refused):
        wider.desk("weiguo").consents.register("safety")


def test_what_is_unfit_is_said(wider: World) -> None:
    with pytest.raises(Invalid) as caught:
        wider.desk("dingyi").asking.ask("disclosure", "safety", {"people": " ", "days": "900"}, "演练")
    assert [problem.field for problem in caught.value.problems] == ["people", "days"]
    other = {"people": "牛二", "to": str(wider.unit("safety", "二车间"))}
    with pytest.raises(Invalid):
        wider.desk("dingyi").asking.ask("disclosure", "safety", other, "演练")
    fit = {"people": "牛二", "to": str(wider.unit("safety", "一车间"))}
    with pytest.raises(Refused) as refused:
        wider.desk("dingyi").asking.ask("disclosure", "safety", fit, " ")
    assert refused.value.clause == "B.6.2"


LAST, AFTER = "2026-11-24", "2026-11-25T00:00:01+08:00"


@pytest.mark.threat(23)
@pytest.mark.clause("B.6.2", "A.10")
@pytest.mark.parametrize("word", ["yes", "open", ""])
def test_a_consent_ends_with_the_last_day_of_whose_it_is(wider: World, clock: Clock, word: str) -> None:
    """Also one that was not answered by then, and while nobody has decided the leave."""
    request = ask(wider)
    if word:
        answer(wider, "niuer", word)
    leaves(wider, "panan", "niuer", LAST, "safety")
    clock.set(AFTER)
    refused = refusal(wider.desk("panan"), request, digest(request))
    assert (refused.clause, Disclosure.select().count()) == ("B.6.2", 0)
    assert "agrees" in refused.message.text
    told = [notice.kind for notice in wider.desk("dingyi").notices.unread()]
    assert told.count("consent-withdrawn") == bool(word)


@pytest.mark.threat(23)
@pytest.mark.clause("B.6.2", "A.10")
def test_what_was_given_is_shown_until_the_last_day_of_whose_it_is(wider: World, clock: Clock) -> None:
    """And again once the day turns out wrong; those who did not leave stay given."""
    request = ask(wider, "牛二; 康乐")
    for login in ("niuer", "kangle"):
        answer(wider, login, "yes")
    approve(wider, "panan", request)
    leave = leaves(wider, "panan", "niuer", LAST, "safety")
    assert [name for name, _values in seen(wider, "weiguo")] == ["牛二", "康乐"]
    clock.set(AFTER)
    assert [name for name, _values in seen(wider, "weiguo")] == ["康乐"]
    told = [notice.kind for notice in wider.desk("dingyi").notices.unread()]
    assert told.count("consent-withdrawn") == 1
    until = {line.name: str(line.until)[:10] for line in wider.desk("panan").consents.register("safety")}
    assert until == {"牛二": "2026-11-24", "康乐": "2026-11-30"}
    wider.desk("panan").requests.withdraw(leave)
    assert [name for name, _values in seen(wider, "weiguo")] == ["牛二", "康乐"]


@pytest.mark.clause("B.6.2", "A.10")
def test_of_several_the_one_who_left_is_not_given(wider: World, clock: Clock) -> None:
    request = ask(wider, "牛二; 康乐")
    for login in ("niuer", "kangle"):
        answer(wider, login, "yes")
    leaves(wider, "panan", "niuer", LAST, "safety")
    clock.set(AFTER)
    approve(wider, "panan", request)
    assert [name for name, _values in seen(wider, "weiguo")] == ["康乐"]
    left = Consent.get(Consent.entry == wider.entry("niuer", "safety"))
    assert (left.state, left.withdrawn_at is not None) == ("withdrawn", True)
