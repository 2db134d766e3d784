"""Operations on one of several things that belong together: a copy and its issue, an item and its review,
somebody and the case that concerns them, a course and its answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from db.desk import Desk, Invalid, Refused, SessionOver
from db.desk.authority.permissions import policy_of
from db.desk.cases.cases import Cases
from db.desk.cases.praise import Praise
from db.desk.cases.work import CaseWork
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.reviews import Reviews
from db.desk.training.trainings import Trainings
from db.policy.lessons import questions
from db.policy.loader import REGULATIONS, builtin
from db.store.engine import database
from tests.siege.acts import Made, Ref
from tests.siege.files import Given

if TYPE_CHECKING:
    from tests.siege.arguments import Drawer


class CannotAsk(Exception):
    """The form of what would be asked is not opened to the actor, or there is nothing to name."""


def opened(ask: Callable[[], Any]) -> Any:
    """A form or a list, where the desk opens it to the actor."""
    try:
        return ask()
    except (Refused, Invalid, SessionOver) as error:
        raise CannotAsk(str(error)) from error


def one_of(draw: Drawer, found: Any) -> Any:
    """Any of ``found``. Raises CannotAsk where there is none."""
    every = list(found)
    if not every:
        raise CannotAsk("nothing to name")
    return draw.chance.choice(every)


def _rows(sql: str, *given: object) -> list[Any]:
    return list(database.execute_sql(sql, given or None).fetchall())


def _copy_of(draw: Drawer, issue: Ref) -> str:
    found = _rows(f"SELECT ord FROM edition_copy WHERE issue_id = {database.param}", issue.id)
    return f"C{issue.id:04d}-{one_of(draw, found)[0]:03d}"


def _issue(draw: Drawer, desk: Desk, *receipts: str) -> tuple[Ref, str]:
    """An issue and a copy of it; mostly one that the actor's own list shows as one of ``receipts``."""
    key = desk.actor.account, "copies"
    if key not in draw.stage.listed:
        draw.stage.listed[key] = found = []
        for (issue,) in _rows("SELECT id FROM edition_issue ORDER BY id"):
            with suppress(CannotAsk):
                found += [(issue, row) for row in opened(partial(Editions(desk).copies, issue))]
    listed = draw.stage.listed[key]
    shown = [(Ref("edition_issue", issue), row.number) for issue, row in listed if row.receipt in receipts]
    if shown and draw.chance.random() < 0.8:
        return draw.chance.choice(shown)
    issue = draw.row("edition_issue", desk)
    return issue, _copy_of(draw, issue)


def _handed_out(draw: Drawer, desk: Desk) -> Given:
    issue, number = _issue(draw, desk, "not-issued")
    return {"issue": issue, "number": number}


def _recalled(draw: Drawer, desk: Desk) -> Given:
    issue = draw.row("edition_issue", desk)
    given = {"issue": issue, "reason": "作废"}
    return given | ({"number": _copy_of(draw, issue)} if draw.chance.random() < 0.5 else {})


def _closed_copies(draw: Drawer, desk: Desk) -> Given:
    issue, number = _issue(draw, desk, "no-account", "left")
    return {"": [issue, "未开户"], "*": [number]}


def _own_copy(draw: Drawer, desk: Desk) -> str:
    own = [row.number for row in opened(Copies(desk).mine)]
    every = [f"C{issue:04d}-{place:03d}" for issue, place in _rows("SELECT issue_id, ord FROM edition_copy")]
    return str(one_of(draw, own if own and draw.chance.random() < 0.8 else every))


def _opened_copy(draw: Drawer, desk: Desk) -> Given:
    return {"number": _own_copy(draw, desk)}


def _fetched(draw: Drawer, desk: Desk) -> Given:
    return {"number": _own_copy(draw, desk), "sha256": "0" * 64, "size": 1}


def _item(draw: Drawer, desk: Desk) -> Given:
    campaign = draw.row("campaign", desk)
    items = opened(lambda: Reviews(desk).items(campaign.id))
    return {"campaign": campaign, "item": Ref("review_item", one_of(draw, items).id)}


def _found(draw: Drawer, desk: Desk) -> Given:
    campaign = draw.row("campaign", desk)
    owner = one_of(draw, opened(lambda: Inspections(desk).owners(campaign.id)))
    return {
        "campaign": campaign,
        "what": "未收回",
        "owner": Ref("account", owner.account),
        "due": draw.coming_day(),
    }


def _settled(draw: Drawer, desk: Desk) -> Given:
    finding = one_of(draw, opened(Inspections(desk).findings))
    verdict = "close" if draw.chance.random() < 0.7 else "reopen"
    return {"finding": Ref("finding", finding.id), "verdict": verdict, "word": "已核对"}


def _passed_on(draw: Drawer, desk: Desk) -> Given:
    finding = draw.row("finding", desk)
    found = _rows(f"SELECT campaign_id FROM finding WHERE id = {database.param}", finding.id)
    owner = one_of(draw, opened(lambda: Inspections(desk).owners(found[0][0], finding.id)))
    return {"finding": finding, "owner": Ref("account", owner.account), "due": draw.coming_day()}


def _course(draw: Drawer, desk: Desk) -> Given:
    book = draw.book()
    course = opened(lambda: Trainings(desk).course(book, draw.word("training", book)))
    rule = next(rule for rule in policy_of(book).training if rule.id == course.topic.id)
    right = [one.right + 1 for one in questions(policy_of(book), rule.questions)]
    return {"book": book, "topic": course.topic.id, "version": course.topic.version, "answers": right}


def _objected(draw: Drawer, desk: Desk) -> Given:
    rows = [row for row in opened(desk.notices.unread) if row.kind in ("power-asked", "power-done")]
    return {"notice": Ref("notice", one_of(draw, rows).id)}


def _acknowledged(draw: Drawer, desk: Desk) -> Given:
    rows = [row.id for row in opened(desk.notices.unread)]
    asking = [one for (one,) in _rows("SELECT id FROM notice WHERE acknowledge") if one in rows]
    return {"notice": Ref("notice", one_of(draw, asking or rows))}


def _case(draw: Drawer, desk: Desk, step: str) -> Ref:
    """A case; mostly one with which the actor may take ``step``, as their own list says."""
    key = desk.actor.account, "cases"
    if key not in draw.stage.listed:
        draw.stage.listed[key] = found = []
        for row in opened(Cases(desk).queue):
            with suppress(CannotAsk):
                found.append((row.id, opened(partial(Cases(desk).one, row.id)).steps))
    mine = draw.stage.listed[key] if draw.chance.random() < 0.8 else ()
    waiting = [case for case, steps in mine if step in steps]
    return Ref("case_file", draw.chance.choice(waiting)) if waiting else draw.row("case_file", desk)


def _step(step: str) -> Callable[[Drawer, Desk], Given]:
    def take(draw: Drawer, desk: Desk) -> Given:
        return {"case": _case(draw, desk, step), "word": "已核实"}

    return take


def _triaged(draw: Drawer, desk: Desk) -> Given:
    given = _step("triage")(draw, desk)
    ((book,),) = _rows(f"SELECT book_id FROM case_file WHERE id = {database.param}", given["case"].id)
    return {"kind": draw.word("cases", book), **given}


def _confirmed(draw: Drawer, desk: Desk) -> Given:
    return {"agreed": draw.chance.random() < 0.5, **_step("confirm")(draw, desk)}


def _judged(draw: Drawer, desk: Desk) -> Given:
    return {"outcome": draw.chance.choice(("breach", "unfounded")), **_step("judge")(draw, desk)}


def _answered(draw: Drawer, desk: Desk) -> Given:
    return {"outcome": draw.chance.choice(("right", "corrected")), **_step("answer")(draw, desk)}


def _involved(draw: Drawer, desk: Desk) -> Given:
    case = _case(draw, desk, "involve")
    found = opened(lambda: CaseWork(desk).people(case.id, draw.name()[:1]))
    return {"case": case, "whom": one_of(draw, found).whom}


def _about_oneself(condition: str) -> Callable[[Drawer, Desk], Given]:
    """What somebody says to a case that is about themselves; mostly where it is as ``condition`` says."""

    def say(draw: Drawer, desk: Desk) -> Given:
        mine = (
            "SELECT c.case_id FROM case_party c JOIN entry e ON e.id = c.entry_id JOIN case_file f "
            f"ON f.id = c.case_id JOIN account a ON a.person_id = e.person_id WHERE a.id = {database.param}"
        )
        cases = _rows(f"{mine} AND {condition}", desk.actor.account)
        if cases and draw.chance.random() < 0.8:
            return {"case": Ref("case_file", draw.chance.choice(cases)[0]), "words": "名单是按要求发送的"}
        return {"case": draw.row("case_file", desk), "words": "名单是按要求发送的"}

    return say


def _party(draw: Drawer, desk: Desk, step: str) -> tuple[Ref, Ref]:
    case = _case(draw, desk, step)
    found = _rows(f"SELECT id FROM case_party WHERE case_id = {database.param}", case.id)
    return case, Ref("case_party", one_of(draw, found)[0])


def _released(draw: Drawer, desk: Desk) -> Given:
    case, party = _party(draw, desk, "release")
    return {"case": case, "party": party, "word": "与其无关"}


def _heard_outside(draw: Drawer, desk: Desk) -> Given:
    case, party = _party(draw, desk, "statement")
    return {"case": case, "party": party, "words": "名单是按要求发送的"}


def _sentence(draw: Drawer, case: Ref, party: Ref) -> Made:
    (book,) = _rows(f"SELECT book_id FROM case_file WHERE id = {database.param}", case.id)[0]
    ladder = [rule.id for rule in policy_of(book).ladder]
    sanctions = [draw.chance.choice(ladder)] if ladder and draw.chance.random() < 0.8 else []
    given = {"party": party, "sanctions": sanctions, "occurrences": 1, "amount": 200 * ("fine" in sanctions)}
    return Made("Sentence", given)


def _sentenced(draw: Drawer, desk: Desk) -> Given:
    """What is decided about each person concerned by a case."""
    case, _one = _party(draw, desk, "decide")
    found = _rows(f"SELECT id FROM case_party WHERE case_id = {database.param}", case.id)
    sentences = [_sentence(draw, case, Ref("case_party", one)) for (one,) in found]
    return {"case": case, "word": "属实", "sentences": sentences}


def _heard(draw: Drawer, desk: Desk) -> Given:
    case, party = _party(draw, desk, "hear")
    outcome = draw.chance.choice(("upheld", "changed", "lifted"))
    sentence = _sentence(draw, case, party) if outcome == "changed" else None
    return {"case": case, "party": party, "outcome": outcome, "word": "情有可原", "sentence": sentence}


def _minuted(draw: Drawer, desk: Desk) -> Given:
    return {"case": draw.row("case_file", desk), "file": Ref("file", 1), "word": "经理办公会与工会"}


def _reopened(draw: Drawer, desk: Desk) -> Given:
    case, party = _party(draw, desk, "reopen")
    return {"case": case, "party": party, "word": "证据有误"}


def _lodged(draw: Drawer, desk: Desk) -> Given:
    case, party = _party(draw, desk, "lodge")
    return {"case": case, "party": party, "words": "书面申诉"}


def _attached(draw: Drawer, desk: Desk) -> Given:
    case = _case(draw, desk, "attach")
    if draw.chance.random() < 0.5:
        return {"case": case, "what": "file", "number": Ref("file", 1)}
    records = opened(lambda: CaseWork(desk).trail(case.id))
    return {"case": case, "what": "audit", "number": str(one_of(draw, records).seq)}


def _half(draw: Drawer, desk: Desk) -> Given:
    reset = one_of(draw, opened(desk.resets.open))
    half = Ref("half", draw.gang.behind.get(desk.actor.account, 0))
    return {"request": Ref("request", reset.request), "digest": half}


def _stopped(draw: Drawer, desk: Desk) -> Given:
    return {"request": Ref("request", one_of(draw, opened(desk.resets.open)).request)}


def _erased(draw: Drawer, desk: Desk) -> Given:
    book = draw.book()
    leavers = opened(lambda: desk.privacy.leavers(book))
    return {"book": book, "entry": Ref("entry", one_of(draw, leavers).entry), "reason": "本人要求"}


def _compared(draw: Drawer, desk: Desk) -> Given:
    book = draw.book()
    kept = opened(lambda: desk.backups.kept(book)).backups
    return {"book": book, "name": str(one_of(draw, kept).name)}


def _put_back(draw: Drawer, desk: Desk) -> Given:
    given = _compared(draw, desk)
    lost = opened(lambda: desk.backups.compare(given["book"], given["name"]))
    return {**given, "entries": [Ref("entry", one_of(draw, lost).entry)]}


def _taken_out(draw: Drawer, _desk: Desk) -> Given:
    """A day that was declared."""
    (day,) = one_of(draw, _rows("SELECT day FROM calendar_day"))
    return {"book": draw.chance.choice(("", draw.book(), draw.book())), "days": [str(day)]}


def _version(draw: Drawer, _desk: Desk) -> Given:
    """A new version of a regulation, from its own day or a later one."""
    name = draw.chance.choice(("company", "enterprise", "general", "school-class"))
    text = (REGULATIONS / f"{name}.toml").read_text("utf-8")
    later = draw.stage.clock.now + timedelta(days=draw.chance.choice((3, 40)))
    newer = text.replace(f'version = "{builtin()[name].version}"', 'version = "9"', 1)
    return {"text": newer, "from_day": later.date().isoformat()}


def _withdrawn(draw: Drawer, _desk: Desk) -> Given:
    today = draw.stage.clock.now.date().isoformat()
    every = _rows("SELECT regulation, version, from_day FROM regulation_text ORDER BY id")
    coming = [row for row in every if str(row[2]) > today]
    name, version, _day = one_of(draw, coming if draw.chance.random() < 0.8 else every)
    return {"regulation": name, "version": version}


def _rules_withdrawn(draw: Drawer, _desk: Desk) -> Given:
    book, day = one_of(draw, _rows("SELECT book_id, from_day FROM book_rules"))
    return {"book": book, "from_day": str(day)}


def _commended(draw: Drawer, desk: Desk) -> Given:
    """Praise for the days till today, mostly in a book in which the actor may."""
    offered = [one.book for one in opened(Praise(desk).offers) if one.praises]
    book = draw.chance.choice(offered) if offered and draw.chance.random() < 0.9 else draw.book()
    last = draw.stage.clock.now.date()
    first = last - timedelta(days=draw.chance.choice((30, 60, 90)))
    ranked = opened(lambda: Praise(desk).ranking(book, first, last))
    row = one_of(draw, ranked)
    given = {"book": book, "first": Made("date", first.isoformat()), "last": Made("date", last.isoformat())}
    entry = Ref("entry", row.entry) if row.entry is not None else None
    return {**given, "unit": Ref("unit", row.unit), "entry": entry, "word": "及时准确", "anyway": True}


def _review_opened(draw: Drawer, desk: Desk) -> Given:
    offered = one_of(draw, opened(Reviews(desk).offers))
    return {"book": offered.book, "kind": offered.kind, "reason": "抽查", "by": offered.by}


def _struck(draw: Drawer, desk: Desk) -> Given:
    """Attendances on record, or some that were taken back and stand after all."""
    book, stands = draw.book(), draw.chance.random() < 0.2
    back = "IS NOT NULL" if stands else "IS NULL"
    found = _rows(
        f"SELECT id, topic FROM trained WHERE book_id = {database.param} AND struck_at {back}", book
    )
    number, topic = one_of(draw, found)
    return {
        "book": book, "topic": topic, "trained": [Ref("trained", number)], "reason": "未到场",
        "stands": stands,
    }  # fmt: skip


def own_returned(draw: Drawer, desk: Desk) -> Ref:
    """A request that was returned to the actor, or any."""
    rows = [row.id for row in opened(desk.requests.mine) if row.state == "returned"]
    if rows and draw.chance.random() < 0.8:
        return Ref("request", draw.chance.choice(rows))
    return draw.row("request", desk)


def _amendment(draw: Drawer, desk: Desk) -> Given:
    return {"request": own_returned(draw, desk)}


def _enabled(draw: Drawer, _desk: Desk) -> Given:
    return {
        "account": Ref("account", one_of(draw, _rows("SELECT id FROM account WHERE state = 'disabled'"))[0])
    }


def _reissued(draw: Drawer, _desk: Desk) -> Given:
    found = _rows("SELECT id FROM account WHERE activation IS NOT NULL")
    some = found if draw.chance.random() < 0.7 else _rows("SELECT id FROM account")
    given = {"activation": Ref("code", 0), "until": Ref("hours", 71)}
    return {"account": Ref("account", one_of(draw, some)[0]), **given}


def _called_off(draw: Drawer, desk: Desk) -> Given:
    rows = [row.id for row in opened(desk.tasks.mine).rows if row.kind == "joiner"]
    return {"task": Ref("task", one_of(draw, rows)), "word": "不来了"}


def _task(*kinds: str) -> Callable[[Drawer, Desk], Ref]:
    """A task of the actor's, of one of ``kinds`` where there is any."""

    def chosen(draw: Drawer, desk: Desk) -> Ref:
        rows = opened(desk.tasks.mine).rows
        some = [row.id for row in rows if row.kind in kinds]
        return Ref("task", one_of(draw, some or [row.id for row in rows]))

    return chosen


def _looked_at(draw: Drawer, desk: Desk) -> Given:
    some = ("hand-back", "leaver") if draw.chance.random() < 0.5 else ()
    return {"task": _task(*some)(draw, desk)}


def _copy_added(draw: Drawer, desk: Desk) -> Given:
    return {"task": _task("hand-back", "leaver")(draw, desk), "copy": f"纸质{draw.chance.randrange(1, 9)}"}


def _ticked(draw: Drawer, desk: Desk) -> Given:
    task = _task("joiner", "leaver", "hand-back")(draw, desk)
    return {"task": task, "what": draw.chance.choice(("sync", "receipt")), "word": "已核对"}


def _finished(draw: Drawer, desk: Desk) -> Given:
    return {
        "task": _task("filing", "officer-change", "self-report", "hand-back")(draw, desk),
        "word": "已核对",
    }


LISTED_TOGETHER: dict[str, Callable[[Drawer, Desk], Given]] = {
    "editions.hand_out": _handed_out, "editions.recall": _recalled, "editions.close": _closed_copies,
    "copies.open": _opened_copy, "copies.fetch": _fetched, "reviews.one": _item, "inspections.find": _found,
    "inspections.pass_on": _passed_on, "inspections.settle": _settled,
    "training.take": _course, "objections.object": _objected,
    "notices.acknowledge": _acknowledged, "casework.release": _released, "casework.decide": _sentenced,
    "casework.hear": _heard, "casework.minutes": _minuted, "casework.reopen": _reopened,
    "casework.lodge": _lodged,
    "casework.attach": _attached, "resets.take_half": _half, "resets.stop": _stopped,
    "privacy.erase": _erased, "backups.compare": _compared, "backups.put_back": _put_back,
    "calendar.take_out": _taken_out, "policies.add": _version, "policies.withdraw": _withdrawn,
    "policies.withdraw_rules": _rules_withdrawn, "praise.commend": _commended,
    "lifecycle.amendment": _amendment, "accounts.enable": _enabled, "accounts.issue_activation": _reissued,
    "accounts.break_glass": _reissued, "lifecycle.call_off": _called_off, "casework.triage": _triaged,
    "casework.investigate": _step("investigate"), "casework.conclude": _step("conclude"),
    "casework.close": _step("close"), "casework.confirm": _confirmed, "casework.judge": _judged,
    "casework.answer": _answered, "casework.involve": _involved, "casework.statement": _heard_outside,
    "cases.state": _about_oneself("f.state = 'judged' AND c.stated_at IS NULL"),
    "cases.appeal": _about_oneself("f.state = 'decided'"), "tasks.add_copy": _copy_added,
    "tasks.tick": _ticked, "tasks.done": _finished, "tasks.one": _looked_at,
    "reviews.open": _review_opened, "training.strike": _struck,
}  # fmt: skip
"""Operations whose arguments belong together."""
