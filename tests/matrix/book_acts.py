"""How each operation that is asked of a book is tried."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date

from db.desk import Desk, Invalid, Refused
from db.desk.audit.audit import AuditFilter
from db.desk.authority.permissions import policy_of
from db.desk.authority.rules_on_record import regulations_of
from db.desk.cases.cases import Cases
from db.desk.cases.praise import Praise
from db.desk.cases.report import CaseReports
from db.desk.cases.work import CaseWork
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.editions.report import EditionReports
from db.desk.editions.tagging import Sorting
from db.desk.editions.tracing import TracedFile, Traces
from db.desk.emergency.emergencies import Emergencies
from db.desk.importing.importing import Source
from db.desk.lifecycle.forms import JoinAsked
from db.desk.outside.outside import Outside
from db.desk.outside.report import DriftReport
from db.desk.reviews.guiding import Guidance
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.report import ReviewReports
from db.desk.reviews.reviews import Reviews
from db.desk.reviews.signs import Stale
from db.desk.training.report import TrainingReport
from db.desk.training.topics import topics_of
from db.desk.training.trainings import Trainings
from db.language import Label
from db.policy.effective import EffectivePolicy
from db.policy.lessons import questions
from db.policy.loader import REGULATIONS
from db.store import clock
from db.store.tables import Account, AuditHead, Book, Entry, ScriptToken, Trained, Unit
from db.store.transactions import writing
from tests.db.desk.asking import ask_access
from tests.matrix.cast import HERE, NEVER
from tests.wider_world import USUAL

NEW = {
    "name": "新来的", "position": "职员", "office_phone": "010 6234 5699", "mobile": "138 1234 5699",
    "email": "new@huaxing.example", "wechat": "wx_new", "student_number": "20269999", "sex": "女",
}  # fmt: skip
"""Somebody who joins; more of them in `USUAL`."""
MONTH = (date(2026, 11, 1), date(2026, 11, 30))
NO_COPY = "C9999-001"
DAY_OFF = [["日期", "类型"], ["2026-11-25", "放假"]]
OF_BOOK: dict[str, Callable[[Desk, str], object]] = {
    "overview.directory": lambda desk, book: desk.overview.directory(book),
    "overview.changes": lambda desk, book: desk.overview.changes(book, None, *MONTH),
    "overview.compliance": lambda desk, book: desk.overview.compliance(book, None, *MONTH),
    "overview.answer": lambda desk, book: desk.overview.answer("compliance", book, None, *MONTH),
    "overview.access": lambda desk, book: desk.overview.access(book, None, *MONTH),
    "overview.coverage": lambda desk, book: desk.overview.coverage(book),
    "overview.unreached": lambda desk, book: desk.overview.unreached(book),
    "overview.incomplete": lambda desk, book: desk.overview.incomplete(book),
    "overview.export": lambda desk, book: _export(desk, book),
    "overview.listed": lambda desk, book: desk.overview.listed("reviews", book),
    "overview.reviews": lambda desk, book: ReviewReports(desk).reviews(book, None, *MONTH),
    "overview.findings": lambda desk, book: ReviewReports(desk).findings(book, None, *MONTH),
    "overview.training": lambda desk, book: TrainingReport(desk).training(book),
    "overview.movements": lambda desk, book: desk.overview.movements(book, None, *MONTH),
    "overview.receipts": lambda desk, book: EditionReports(desk).receipts(book, None, *MONTH),
    "overview.disclosures": lambda desk, book: desk.overview.disclosures(book, None, *MONTH),
    "overview.names": lambda desk, book: desk.overview.names(book),
    "overview.processing": lambda desk, book: desk.overview.processing(book),
    "overview.stale": lambda desk, book: ReviewReports(desk).stale(book),
    "overview.sync": lambda desk, book: DriftReport(desk).sync(book),
    "outside.drift": lambda desk, book: Outside(desk).drift(book),
    "outside.push": lambda desk, book: Outside(desk).push(book),
    "outside.compare": lambda desk, book: Outside(desk).compare(book),
    "outside.members": lambda desk, book: Outside(desk).members(book),
    "outside.export": lambda desk, book: Outside(desk).export(
        book, sha256="0" * 64, size=1, rows=1, mark="ABCD-EFGH"
    ),
    "privacy.leavers": lambda desk, book: desk.privacy.leavers(book),
    "privacy.withdraw": lambda desk, book: desk.privacy.withdraw(book, "nothing"),
    "privacy.notice_readers": lambda desk, book: desk.privacy.notice_readers(book),
    "privacy.erase": lambda desk, book: desk.privacy.erase(book, NEVER, "本人要求"),
    "backups.kept": lambda desk, book: desk.backups.kept(book),
    "backups.make": lambda desk, book: desk.backups.make(book),
    "backups.runs": lambda desk, book: desk.backups.runs(book),
    "backups.order": lambda desk, book: desk.backups.order(book),
    "backups.verify": lambda desk, book: _verify_none(desk, book),
    "backups.compare": lambda desk, book: desk.backups.compare(book, "none"),
    "backups.put_back": lambda desk, book: desk.backups.put_back(book, "none", [NEVER]),
    "overview.cases": lambda desk, book: CaseReports(desk).cases(book, None, *MONTH),
    "overview.ranking": lambda desk, book: CaseReports(desk).ranking(book, None, *MONTH),
    "cases.report": lambda desk, book: Cases(desk).report(book, "群里见到通讯录"),
    "cases.error": lambda desk, _book: Cases(desk).error(NEVER, "分机不对"),
    "cases.one": lambda desk, _book: Cases(desk).one(NEVER),
    "cases.appeal": lambda desk, _book: Cases(desk).appeal(NEVER, "不服"),
    "cases.own": lambda desk, _book: Cases(desk).own(NEVER),
    "cases.state": lambda desk, _book: Cases(desk).state(NEVER, "并无此事"),
    "cases.gap": lambda desk, book: Cases(desk).gap(book),
    "casework.statement": lambda desk, _book: CaseWork(desk).statement(NEVER, NEVER, "承认"),
    "casework.triage": lambda desk, _book: CaseWork(desk).triage(NEVER, "leak", "立案"),
    "casework.investigate": lambda desk, _book: CaseWork(desk).investigate(NEVER, "开始"),
    "casework.people": lambda desk, _book: CaseWork(desk).people(NEVER, "林"),
    "casework.involve": lambda desk, _book: CaseWork(desk).involve(NEVER, "entry:1"),
    "casework.release": lambda desk, _book: CaseWork(desk).release(NEVER, NEVER, "无关"),
    "casework.trail": lambda desk, _book: CaseWork(desk).trail(NEVER),
    "casework.attach": lambda desk, _book: CaseWork(desk).attach(NEVER, "audit", "1"),
    "casework.note": lambda desk, _book: CaseWork(desk).note(NEVER, "记"),
    "casework.decide": lambda desk, _book: CaseWork(desk).decide(NEVER, "无据", ()),
    "casework.conclude": lambda desk, _book: CaseWork(desk).conclude(NEVER, "查毕"),
    "casework.judge": lambda desk, _book: CaseWork(desk).judge(NEVER, "unfounded", "无据"),
    "casework.confirm": lambda desk, _book: CaseWork(desk).confirm(NEVER, True, "同意"),
    "casework.hear": lambda desk, _book: CaseWork(desk).hear(NEVER, NEVER, "upheld", "维持"),
    "casework.minutes": lambda desk, _book: CaseWork(desk).minutes(NEVER, "none", "开会"),
    "casework.lodge": lambda desk, _book: CaseWork(desk).lodge(NEVER, NEVER, "不服"),
    "casework.reopen": lambda desk, _book: CaseWork(desk).reopen(NEVER, NEVER, "有误"),
    "casework.answer": lambda desk, _book: CaseWork(desk).answer(NEVER, "right", "无误"),
    "casework.close": lambda desk, _book: CaseWork(desk).close(NEVER, "归档"),
    "casework.chain": lambda desk, _book: CaseWork(desk).chain(NEVER),
    "casework.evidence": lambda desk, _book: CaseWork(desk).evidence(NEVER),
    "casework.sign": lambda desk, _book: CaseWork(desk).sign(NEVER, b""),
    "praise.ranking": lambda desk, book: Praise(desk).ranking(book, *MONTH),
    "praise.commend": lambda desk, book: Praise(desk).commend(book, *MONTH, NEVER),
    "praise.take_back": lambda desk, _book: Praise(desk).take_back(NEVER),
    "praise.list": lambda desk, book: Praise(desk).list(book),
    "stale.entries": lambda desk, book: Stale(desk).entries(book),
    "stale.report": lambda desk, _book: Stale(desk).report(NEVER, "mobile"),
    "reviews.items": lambda desk, _book: Reviews(desk).items(NEVER),
    "reviews.spread": lambda desk, _book: Reviews(desk).spread(NEVER),
    "reviews.decide_rest": lambda desk, _book: Reviews(desk).decide_rest(NEVER, [(NEVER, 1)]),
    "reviews.next_open": lambda desk, _book: Reviews(desk).next_open(NEVER),
    "reviews.one": lambda desk, _book: Reviews(desk).one(NEVER, NEVER),
    "reviews.decide": lambda desk, _book: Reviews(desk).decide(NEVER, NEVER, "right"),
    "reviews.progress": lambda desk, _book: Reviews(desk).progress(NEVER),
    "reviews.close": lambda desk, _book: Reviews(desk).close(NEVER),
    "reviews.open": lambda desk, book: Reviews(desk).open(book, _first("reviews", "kind", book), "搬迁"),
    "guidance.give": lambda desk, book: Guidance(desk).give(book, "下班前锁好纸质名单"),
    "inspections.owners": lambda desk, _book: Inspections(desk).owners(NEVER),
    "inspections.find": lambda desk, _book: Inspections(desk).find(NEVER, "未收回", NEVER, "2026-12-31"),
    "inspections.answer": lambda desk, _book: Inspections(desk).answer(NEVER, "已收回"),
    "inspections.settle": lambda desk, _book: Inspections(desk).settle(NEVER, "close", "已核对"),
    "inspections.remind": lambda desk, _book: Inspections(desk).remind(NEVER),
    "inspections.pass_on": lambda desk, _book: Inspections(desk).pass_on(NEVER, NEVER, "2026-12-31"),
    "training.people": lambda desk, book: Trainings(desk).people(book, _first("training", "id", book)),
    "training.course": lambda desk, book: Trainings(desk).course(book, _first("training", "id", book)),
    "training.take": lambda desk, book: _take_test(desk, book),
    "training.record": lambda desk, book: Trainings(desk).record(
        book, _first("training", "id", book), [_colleague(book)]
    ),
    "training.strike": lambda desk, book: Trainings(desk).strike(
        book, _first("training", "id", book), [_attended(book)], "记错了人"
    ),
    "training.load": lambda desk, book: Trainings(desk).load(
        book, _first("training", "id", book), [["登录名"], [f"employee.{book}"]], Source("签到.csv", "0" * 64)
    ),
    "importing.columns": lambda desk, book: desk.importing.columns(book),
    "importing.check": lambda desk, book: desk.importing.check(book, _rows(book)),
    "importing.view": lambda desk, book: desk.importing.view(book, _rows(book)),
    "importing.submit": lambda desk, book: desk.importing.submit_file(
        book, _rows(book), Source("新.csv", "0" * 64)
    ),
    "importing.asked": lambda desk, _book: desk.importing.asked(NEVER),
    "importing.load": lambda desk, book: desk.importing.load(book, _rows(book), Source("新.csv", "0" * 64)),
    "accounts.page": lambda desk, book: desk.accounts.page(book, 0, 50),
    "directory.as_data": lambda desk, book: desk.directory.as_data(book),
    "directory.facets": lambda desk, book: desk.directory.facets(book),
    "sorting.set_region": lambda desk, _book: Sorting(desk).set_region(NEVER, "华东"),
    "accounts.lacking": lambda desk, book: desk.accounts.lacking(book, 0, 50),
    "accounts.inside": lambda desk, book: desk.accounts.inside(book),
    "tokens.others": lambda desk, book: desk.tokens.others(book),
    "tokens.withdraw": lambda desk, book: desk.tokens.withdraw(book, _token_of(book)),
    "tokens.use": lambda desk, _book: desk.tokens.use(("whoami",)),
    "accounts.announce": lambda desk, book: desk.accounts.announce(book, "今晚维护"),
    "directory.photo": lambda desk, _book: desk.directory.photo(NEVER),
    "directory.keep": lambda desk, _book: desk.directory.toggle_favourite(NEVER),
    "directory.copy": lambda desk, _book: desk.directory.copy(NEVER, "value", "mobile", "work"),
    "directory.unit": lambda desk, book: desk.directory.unit(book, NEVER) or (),
    "directory.place": lambda desk, book: desk.directory.place(book, NEVER) or (),
    "directory.units": lambda desk, book: desk.directory.units(book),
    "directory.units_named": lambda desk, book: desk.directory.units_named(book, ""),
    "directory.purposes": lambda desk, book: desk.directory.purposes(book),
    "directory.settled": lambda desk, book: desk.directory.settled(book, "张"),
    "directory.by_value": lambda desk, book: desk.directory.by_value(book, "13800000000"),
    "asking.form(copy)": lambda desk, book: desk.asking.form("copy", book),
    "asking.way(copy)": lambda desk, book: desk.asking.way("copy", book, {"unit": ""}),
    "asking.present(copy)": lambda desk, book: desk.asking.present("copy", book, {"unit": ""}),
    "asking.check(copy)": lambda desk, book: desk.asking.check("copy", book, {"unit": ""}),
    "asking.clause": lambda desk, book: desk.asking.clause("copy", book),
    "asking.contacts": lambda desk, book: desk.asking.contacts(book),
    "calendar.days": lambda desk, book: desk.calendar.days(book),
    "calendar.status": lambda desk, book: desk.calendar.status(book),
    "calendar.history": lambda desk, book: desk.calendar.history(book),
    "calendar.add": lambda desk, book: desk.calendar.add(book, DAY_OFF, Source("校历.csv", "0" * 64)),
    "calendar.take_out": lambda desk, book: _take_out(desk, book),
    "offices.fill": lambda desk, book: _fill(desk, book),
    "offices.held": lambda desk, book: desk.offices.held(book),
    "asking.ask(copy)": lambda desk, book: desk.asking.ask("copy", book, {"unit": ""}, "对接"),
    "asking.ask(structure)": lambda desk, book: _new_unit(desk, book, None),
    "asking.ask(structure-below)": lambda desk, book: _new_unit(desk, book, HERE),
    "asking.amendment": lambda desk, _book: desk.asking.amendment(NEVER),
    "asking.amend": lambda desk, _book: desk.asking.amend(NEVER, {}, "对接"),
    "consents.answer": lambda desk, _book: desk.consents.answer(NEVER, "yes"),
    "consents.withdraw": lambda desk, _book: desk.consents.withdraw(NEVER),
    "consents.register": lambda desk, book: desk.consents.register(book),
    "policies.rules": lambda desk, book: desk.policies.rules(book),
    "policies.summary": lambda desk, book: desk.policies.summary(book),
    "policies.revisions": lambda desk, book: desk.policies.revisions(book),
    "policies.document": lambda desk, book: desk.policies.document(book, *_version(book)),
    "papers.draw_up": lambda desk, book: desk.papers.draw_up(
        "training", f"{book}/{_first('training', 'id', book)}"
    ),
    "papers.one": lambda desk, _book: desk.papers.one("P9999"),
    "papers.leave": lambda desk, _book: desk.papers.leave("P9999", sha256="0" * 64, size=1, mark="ABCD-EFGH"),
    "papers.enter": lambda desk, _book: desk.papers.enter("P9999", "none", "2026-11-23"),
    "papers.strike": lambda desk, _book: desk.papers.strike("P9999", "none"),
    "policies.add": lambda desk, _book: _add_known(desk),
    "policies.withdraw": lambda desk, _book: _known(lambda: desk.policies.withdraw("company", "1")),
    "policies.set_rules": lambda desk, book: _known(lambda: _same_rules(desk, book)),
    "policies.withdraw_rules": lambda desk, book: _known(
        lambda: desk.policies.withdraw_rules(book, "2099-01-01")
    ),
    "policies.create_book": lambda desk, _book: _make_book(desk),
    "resets.take_half": lambda desk, _book: desk.resets.take_half(NEVER, "0" * 64),
    "resets.stop": lambda desk, _book: desk.resets.stop(NEVER),
    "notices.acknowledge": lambda desk, _book: desk.notices.acknowledge(NEVER),
    "tasks.say_copy": lambda desk, _book: desk.tasks.say_copy(NEVER, "returned"),
    "objections.object": lambda desk, _book: desk.objections.object(NEVER),
    "emergency.roll": lambda desk, book: Emergencies(desk).roll(book),
    "emergency.open": lambda desk, _book: Emergencies(desk).open(NEVER),
    "emergency.note": lambda desk, _book: Emergencies(desk).note(NEVER, 1, "reached"),
    "asking.ask(access)": lambda desk, book: _ask_by_name(desk, book),
    "lifecycle.join_form": lambda desk, book: desk.lifecycle.join_form(book),
    "lifecycle.check_join": lambda desk, book: desk.lifecycle.check_join(_joiner(book)),
    "lifecycle.expect": lambda desk, book: desk.lifecycle.expect(_joiner(book)),
    "lifecycle.join": lambda desk, book: desk.lifecycle.join(_joiner(book)),
    "lifecycle.namesakes": lambda desk, book: desk.lifecycle.namesakes(book, "田同甲"),
    "delegation.candidates(head)": lambda desk, book: desk.delegation.candidates(book, "head"),
    "delegation.candidates(maintainer)": lambda desk, book: desk.delegation.candidates(
        book, _rules(book).maintainer.role
    ),
    "delegation.delegate(head)": lambda desk, book: _delegate(desk, book, "head"),
    "delegation.delegate(maintainer)": lambda desk, book: _delegate(desk, book, _rules(book).maintainer.role),
    "editions.preview": lambda desk, book: Editions(desk).preview(book, "internal"),
    "editions.issue": lambda desk, book: Editions(desk).issue(book, "internal"),
    "editions.issues": lambda desk, book: Editions(desk).issues(book, "internal"),
    "editions.one": lambda desk, _book: Editions(desk).one(NEVER),
    "editions.copies": lambda desk, _book: Editions(desk).copies(NEVER),
    "editions.record": lambda desk, _book: Editions(desk).record(NEVER),
    "editions.remind": lambda desk, _book: Editions(desk).remind(NEVER),
    "editions.recall": lambda desk, _book: Editions(desk).recall(NEVER, "作废"),
    "editions.hand_out": lambda desk, _book: Editions(desk).hand_out(NEVER, "C0001-001"),
    "editions.close": lambda desk, _book: Editions(desk).close(NEVER, "离职", "C0001-001"),
    "editions.send_again": lambda desk, _book: Editions(desk).send_again(NEVER),
    "sorting.kinds": lambda desk, book: Sorting(desk).kinds(book),
    "sorting.units": lambda desk, book: Sorting(desk).units(book),
    "sorting.set_kind": lambda desk, _book: Sorting(desk).set_kind(NEVER, ""),
    "sorting.tags": lambda desk, _book: Sorting(desk).tags(NEVER),
    "sorting.tag": lambda desk, _book: Sorting(desk).tag(NEVER, "vip", True),
    "copies.check": lambda desk, _book: Copies(desk).check(NO_COPY),
    "copies.open": lambda desk, _book: Copies(desk).open(NO_COPY),
    "copies.fetch": lambda desk, _book: Copies(desk).fetch(NO_COPY, "0" * 64, 1),
    "traces.number": lambda desk, _book: Traces(desk).number(NO_COPY),
    "traces.file": lambda desk, _book: Traces(desk).file(TracedFile("0" * 64)),
    "audit.window": lambda desk, _book: desk.audit.window(AuditFilter()),
    "audit.one": lambda desk, _book: desk.audit.one(_mine(desk)),
    "audit.facets": lambda desk, _book: desk.audit.facets(AuditFilter(), "act"),
    "audit.person": lambda desk, _book: desk.audit.person("林"),
    "audit.chain": lambda desk, _book: desk.audit.chain(),
}
"""operation -> how it is asked of a book. The audit is one for all books."""


def _token_of(book: str) -> str:
    """A token of an employee's."""
    now, account = clock.now(), Account.get_or_none(Account.login == f"employee.{book}")
    if account is None:
        return "0"
    number = f"{ScriptToken.select().count():010}"
    stored = {"account": account, "source": "203.0.113.7/32", "code": "~", "words": b"", "until": "9"}
    with writing():
        ScriptToken.create(id=number, made_at=now, **stored)
    return number


def _take_out(desk: Desk, book: str) -> object:
    """A day that whoever keeps the calendar put in before."""
    with suppress(Refused):
        desk.calendar.add(book, DAY_OFF, Source("校历.csv", "0" * 64))
    return desk.calendar.take_out(book, ["2026-11-25"])


def _rules(book: str) -> EffectivePolicy:
    """The rules of ``book``; those of another where it is none."""
    return policy_of(book if Book.get_or_none(Book.id == book) is not None else "staff")


def _first(rules: str, key: str, book: str) -> str:
    """What the book's first rule of some sort is about."""
    found = getattr(_rules(book), rules)
    return getattr(found[0], key) if found else "none"


def _version(book: str) -> tuple[str, str]:
    """The first of the regulations that ``book`` is under, in the version in force."""
    ref = _rules(book).policies[0]
    return ref.id, ref.version


def _newcomer(book: str) -> dict[str, str]:
    policy = _rules(book)
    given = NEW | dict(USUAL.get(policy.kinds[0].id, {})) | {"parent_phones": NEW["mobile"]}
    known = {rule.name for rule in policy.fields}
    return {name: value for name, value in given.items() if name in known}


def _rows(book: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A spreadsheet with somebody who joins."""
    given, policy = _newcomer(book) | {"unit": HERE}, _rules(book)
    headings = {"unit": "部门"} | {rule.name: rule.label.zh for rule in policy.fields}
    return tuple(headings[name] for name in given), tuple(given.values())


def _joiner(book: str) -> JoinAsked:
    """Somebody who joins at the very top of the book."""
    root = Unit.get_or_none((Unit.book == book) & Unit.parent.is_null())
    kind = _rules(book).kinds[0].id
    return JoinAsked(
        book, kind, root.id if root is not None else NEVER, "2026-11-25", _newcomer(book), "入职"
    )


def _colleague(book: str) -> int:
    """The first reader's entry."""
    found = Entry.get_or_none((Entry.book == book) & (Entry.name == "林employee"))
    return found.id if found is not None else NEVER


def _attended(book: str) -> int:
    """An attendance of the first reader's, as another put it on record."""
    entry = Entry.get_or_none(Entry.id == _colleague(book))
    if entry is None:
        return NEVER
    with writing():
        made = Trained.create(
            person=entry.person_id, book=book, topic=_first("training", "id", book), version="1",
            on_day="2026-11-20", recorded_at=clock.now(), recorded_by=Account.get().id,
        )  # fmt: skip
    return int(made.id)


def _new_unit(desk: Desk, book: str, above: str | None) -> object:
    """One at the very top, or in the department ``above``."""
    place = Unit.parent.is_null() if above is None else Unit.name == above
    unit = Unit.get_or_none((Unit.book == book) & place)
    asked = {"what": "create", "to": str(unit.id) if unit is not None else "", "name": "新部"}
    return desk.asking.ask("structure", book, asked, "调整")


def _fill(desk: Desk, book: str) -> object:
    """The first reader as head of the department they sit in."""
    unit = Unit.get_or_none((Unit.book == book) & (Unit.name == HERE))
    entry = Entry.get_or_none(Entry.id == _colleague(book))
    person = entry.person_id if entry is not None else NEVER
    return desk.appointments.fill("holder", book, "head", person, unit.id if unit is not None else NEVER)


def _ask_by_name(desk: Desk, book: str) -> object:
    """Somebody of that name is there, so that who sees everybody is not told that there is nobody."""
    somebody = Entry.get_or_none((Entry.book == book) & (Entry.state == "active"))
    return ask_access(desk, book, "对接", name=somebody.name if somebody is not None else "某人")


def _take_test(desk: Desk, book: str) -> object:
    """Answered wrongly, so that nobody is trained by it."""
    policy = _rules(book)
    if not policy.training:
        return Trainings(desk).take(book, "none", "", ())
    topic, test = topics_of(policy)[0], questions(policy, policy.training[0].questions)
    return Trainings(desk).take(book, topic.id, topic.version, [len(one.answers) + 1 for one in test])


def _add_known(desk: Desk) -> object:
    """A version that is there already, so that whoever may is told so."""
    return _known(lambda: desk.policies.add((REGULATIONS / "company.toml").read_text("utf-8")))


def _same_rules(desk: Desk, book: str) -> object:
    policies, decided = [], {}
    if Book.get_or_none(Book.id == book) is not None:
        policies, decided = list(regulations_of(book).regulations), dict(regulations_of(book).decided)
    return desk.policies.set_rules(book, policies, decided, "2099-01-01")


def _known(act: Callable[[], object]) -> object:
    """What changes nothing, as whoever may is told."""
    try:
        return act()
    except Invalid:
        return "known"


def _verify_none(desk: Desk, book: str) -> object:
    """A backup that there is not, as whoever may is told."""
    try:
        return desk.backups.verify(book, NEVER)
    except Invalid:
        return "none"


def _make_book(desk: Desk) -> object:
    label = Label("新", "New")
    return desk.policies.create_book(
        "new", ["company"], title=label, root=label, decisions={}, maintainer=desk.actor.login
    )


def _export(desk: Desk, book: str) -> object:
    desk.overview.export(
        "directory",
        book,
        None,
        format="csv",
        sha256="0" * 64,
        size=1,
        rows=1,
        mark="ABCD-EFGH",
        parameters={},
        encrypted=True,
    )
    return "recorded"


def _delegate(desk: Desk, book: str, role: str) -> object:
    """To a colleague of the own unit, as far as there are any."""
    colleague = Account.get_or_none(Account.login == f"employee.{book}")
    to = colleague.id if colleague is not None else NEVER
    return desk.delegation.delegate(role, book, to, "2026-11-30", "2026-12-04")


def _mine(desk: Desk) -> int:
    """A record that any supervisor of the actor's books sees."""
    desk.me.choose_theme("dark")
    return int(AuditHead.get_by_id(1).seq)
