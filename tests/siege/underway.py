"""What is under way before anybody attacks, by people who attack nobody: in each book something of every
sort that an attacker could lay hands on, from a report to a case that is decided, from a joiner who is
waited for to somebody who left. A sort of which nothing comes about fails (`SORTS`)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pyotp

from auth import sessions
from auth.codes import digest_of
from auth.enrolment import Enrolment
from auth.signin import SignIn
from db.desk import Desk, Invalid, Refused, SessionOver, open_desk
from db.desk.authority.permissions import policy_of
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.cases import Cases
from db.desk.cases.praise import Praise
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.desk.editions.editions import Editions
from db.desk.entry.naming import OPERATOR
from db.desk.entry.record import apply_values, create_entry, reindex_entry
from db.desk.entry.units import create_unit
from db.desk.importing.importing import Source
from db.desk.lifecycle.forms import JoinAsked, LeaveAsked
from db.desk.refusal import Pending
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.reviews import Reviews
from db.desk.training.trainings import Trainings
from db.policy.loader import REGULATIONS
from db.store import clock as store_clock
from db.store.engine import database
from db.store.tables import (
    AccessGrant,
    Account,
    Campaign,
    CaseFile,
    CaseParty,
    EntryField,
    EntryTag,
    Request,
)
from db.store.transactions import writing
from tests.wider_world import USUAL
from tests.world import World
from tui.host import operator

DENIED = (Refused, Invalid, SessionOver)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PHASES = (
    "triaged", "investigating", "investigated", "judged", "heard", "proposed", "decided", "appealed",
)  # fmt: skip
"""How far cases of each book are taken, one case each, as far as there is somebody for the next step."""
ENROLLED = ("staff", "class", "wecom", "group")
"""Books of which somebody came in for the first time, so that others are asked whether they know them."""
SORTS = {
    "cases that are judged": "SELECT id FROM case_file WHERE state = 'judged'",
    "cases in which somebody spoke": "SELECT id FROM case_party WHERE stated_at IS NOT NULL",
    "cases that wait for a second person": "SELECT id FROM case_file WHERE state = 'proposed'",
    "cases that are decided": "SELECT id FROM case_file WHERE state = 'decided'",
    "appeals": "SELECT id FROM case_appeal",
    "cases decided about who has no account": "SELECT f.id FROM case_file f JOIN case_party p "
    "ON p.case_id = f.id JOIN entry e ON e.id = p.entry_id WHERE f.state = 'decided' "
    "AND NOT EXISTS (SELECT 1 FROM account a WHERE a.person_id = e.person_id)",
    "findings": "SELECT id FROM finding",
    "consents that are asked for": "SELECT id FROM consent WHERE state = 'asked'",
    "consents that were given": "SELECT id FROM consent WHERE state = 'given'",
    "copies that were kept": "SELECT id FROM edition_copy WHERE account_id IS NULL",
    "accounts to be confirmed": "SELECT id FROM notice WHERE kind = 'account-confirm'",
    "other rules of a book to come": "SELECT book_id FROM book_rules WHERE from_day > '2026-11-30'",
    "commendations": "SELECT id FROM commendation",
    "filings": "SELECT id FROM task WHERE kind = 'filing'",
    "requests that were returned": "SELECT id FROM request WHERE state = 'returned'",
    "accounts that nobody enrolled": "SELECT id FROM account WHERE activation IS NOT NULL",
    "accounts that are shut": "SELECT id FROM account WHERE state = 'disabled'",
    "archives": "SELECT id FROM archive",
    "copies to be handed back": "SELECT id FROM hand_back",
    "days off": "SELECT day FROM calendar_day",
    "rights to a copy": "SELECT id FROM copy_grant",
    "resets": "SELECT id FROM activation",
    "delegations": "SELECT id FROM delegation",
    "sheets to sign": "SELECT id FROM paper",
    "trainings that two people were at": "SELECT id FROM trained WHERE source = ''",
    "scans of signed sheets": "SELECT id FROM paper_scan",
    "rules to come": "SELECT version FROM regulation_text WHERE from_day > '2026-11-30'",
}
"""What has to have come about, each with where it would be."""


def get_more_under_way(world: World, run_duties: Callable[[], None], forward: Callable[[int], None]) -> None:
    """Let everybody work for two days. ``forward`` lets so many days pass."""
    newcomers = _hire(world)
    for step in (
        _cases, _findings, _consents, _returned, _joined, _expected, _resets, _copies, _days_off,
        _rules_to_come, _book_backup, _review_decided, _trained, _papers, _imports,
    ):  # fmt: skip
        step(world)
    _unreached(world, newcomers)
    _accounts(world, newcomers)
    _leavers(world, newcomers)
    run_duties()
    forward(1)
    run_duties()
    _sent_back(world)
    _praised(world)
    lacking = [name for name, sql in SORTS.items() if not database.execute_sql(sql).fetchall()]
    assert not lacking, f"nothing came about of: {lacking}"


def books_of(world: World) -> list[str]:
    """Every book."""
    return sorted({book for book, _path in world.units})


def staff_of(world: World, book: str) -> list[str]:
    """Logins of those who have an entry or an office in ``book``, offices first."""
    rows = database.execute_sql(
        'SELECT DISTINCT a.login, 0 FROM account a JOIN "grant" g ON g.account_id = a.id '
        f"OR g.person_id = a.person_id WHERE g.book_id = {database.param} UNION "
        "SELECT a.login, 1 FROM account a JOIN entry e ON e.person_id = a.person_id "
        f"WHERE e.book_id = {database.param} AND e.state = 'active' ORDER BY 2, 1",
        (book, book),
    ).fetchall()
    return [login for login in dict.fromkeys(str(row[0]) for row in rows) if login in world.accounts]


def by_anybody(world: World, book: str, act: Callable[[Desk], object], *, besides: str = "") -> object | None:
    """Do ``act`` as the first of ``book`` who may; None where nobody may."""
    for login in staff_of(world, book):
        if login != besides:
            try:
                return act(world.desk(login)) or True
            except Pending as pending:
                decided(world, pending.request)
                return True
            except DENIED:
                continue
    return None


def decided(world: World, request: int, *, returned: bool = False) -> None:
    """Approve each step of ``request`` by the first who may, or return it at the first step."""
    row = Request.get_by_id(request)

    def one_step(desk: Desk) -> object:
        digest = desk.queue.one(request).digest
        if returned:
            return desk.queue.return_(request, digest, "请补正") or True
        return desk.queue.approve(request, digest, "同意") or True

    while Request.get_by_id(request).state == "open":
        asker = Account.get_by_id(row.requester_id).login
        if by_anybody(world, str(row.book_id), one_step, besides=asker) is None or returned:
            return


def _some_of(world: World, book: str) -> list[str]:
    """Two with an office and two without one, of those who have an entry in ``book``."""
    every = [login for login in staff_of(world, book) if (book, login) in world.entries]
    return list(dict.fromkeys([*every[:2], *every[-2:]]))


def _hire(world: World) -> dict[str, list[int]]:
    """Four people in every book, in the first unit below the root: their entries."""
    found: dict[str, list[int]] = {}
    for number, book in enumerate(books_of(world)):
        policy = policy_of(book)
        kind = next(kind for kind in policy.kinds if kind.side == "internal")
        known = {rule.name for rule in policy.fields}
        unit = next(unit for (of, path), unit in world.units.items() if of == book and path)
        tagged = "outside-contact" in {rule.id for rule in policy.tags}
        for which in range(4):
            values = {
                "name": "冯" + "甲乙丙丁戊己庚辛壬癸子丑"[number] + "一二三四"[which], "position": "职员",
                "extension": f"77{number:02d}", "mobile": f"+86136{number:04d}{which:04d}",
                "email": f"more{number}.{which}@huaxing.example",
                "student_number": f"2028{number:02d}{which:02d}", **USUAL.get(kind.id, {}),
            }  # fmt: skip
            with writing():
                made = create_entry(
                    book, unit, kind.id, {name: (value,) for name, value in values.items() if name in known},
                    joined="2025-03-01",
                )  # fmt: skip
            if which in ((0,) if book == "controlled" else (0, 3)) and tagged:
                with writing():
                    EntryTag.create(entry=made, tag="outside-contact")
                    reindex_entry(made)
            found.setdefault(book, []).append(made)
    return found


def _cases(world: World) -> None:
    for book in books_of(world):
        kinds = [rule.id for rule in policy_of(book).cases]
        plain = [login for login in staff_of(world, book) if (book, login) in world.entries]
        for phase in PHASES if len(plain) > 1 else ():
            reporter, concerned = plain[-1], plain[-2]
            desk = world.desk(reporter)
            with suppress(*DENIED):
                case = Cases(desk).report(book, f"有人外传通讯录（{phase}）", kinds[0])
                _taken_to(world, int(case), phase, kinds[0], world.entries[book, concerned])


def _unreached(world: World, newcomers: dict[str, list[int]]) -> None:
    """Of every book a decided case about somebody without an account."""
    for book, entries in newcomers.items():
        kinds = [rule.id for rule in policy_of(book).cases]
        reporter = [login for login in staff_of(world, book) if (book, login) in world.entries][-1]
        with suppress(*DENIED):
            case = Cases(world.desk(reporter)).report(book, "有人外传通讯录（纸质）", kinds[0])
            _taken_to(world, int(case), "decided", kinds[0], entries[3])


def _taken_to(world: World, case: int, phase: str, kind: str, concerned: int) -> None:
    """Take a case step by step to ``phase``; no further than there is somebody to do the step."""
    steps: dict[str, Callable[[Desk], object]] = {
        "reported": lambda desk: CaseWork(desk).triage(case, kind, "可以立案"),
        "triaged": lambda desk: CaseWork(desk).investigate(case, "开始调查"),
        "investigating": lambda desk: CaseWork(desk).conclude(case, "调查结束"),
        "investigated": lambda desk: CaseWork(desk).judge(case, "breach", "属实"),
        "judged": lambda desk: _sentenced(desk, case, gravest=phase == "proposed"),
        "proposed": lambda desk: CaseWork(desk).confirm(case, True, "同意"),
    }
    logins = database.execute_sql(
        "SELECT a.login FROM account a JOIN entry e ON e.person_id = a.person_id "
        f"WHERE e.id = {database.param}",
        (concerned,),
    ).fetchall()
    for _step in range(12):
        row = CaseFile.get_by_id(case)
        waiting = CaseRoles().waiting(row)
        if waiting and row.state == "investigating":
            _involved(world.desk(Account.get_by_id(waiting[0].account).login), case, concerned)
        if row.state == "judged" != phase:
            with suppress(*DENIED):
                _heard(world, case, waiting[0].account if waiting else 0, [login for (login,) in logins])
        if row.state in (phase, "decided") or (row.state, phase) == ("judged", "heard") or not waiting:
            break
        steps[row.state](world.desk(Account.get_by_id(waiting[0].account).login))
    if phase == "appealed" and CaseFile.get_by_id(case).state == "decided":
        with suppress(*DENIED):
            Cases(world.desk(logins[0][0])).appeal(case, "名单是按要求发送的")


def _heard(world: World, case: int, handler: int, logins: list[str]) -> None:
    """Say as the person concerned what is to be said, or write it down for who has no account."""
    if logins:
        Cases(world.desk(logins[0])).state(case, "名单是按要求发送的")
    elif handler:
        party = CaseParty.get(CaseParty.case == case).id
        CaseWork(world.desk(Account.get_by_id(handler).login)).statement(case, party, "名单是按要求发送的")


def _involved(desk: Desk, case: int, concerned: int) -> None:
    if not CaseParty.select().where(CaseParty.case == case).exists():
        CaseWork(desk).involve(case, f"entry:{concerned}")


def _sentenced(desk: Desk, case: int, *, gravest: bool) -> None:
    ladder = [rule.id for rule in policy_of(CaseFile.get_by_id(case).book_id).ladder]
    chosen = ladder[-1:] if gravest else ladder[:1]
    parties = [row.id for row in CaseParty.select().where(CaseParty.case == case)]
    CaseWork(desk).decide(case, "属实", [Sentence(one, tuple(chosen), 1) for one in parties])


def _findings(world: World) -> None:
    """Two findings in every inspection, one of them answered."""
    rows = Campaign.select().where((Campaign.kind == "inspection") & Campaign.closed_at.is_null())
    for campaign in list(rows.order_by(Campaign.id)):
        book = str(campaign.book_id)

        def find(desk: Desk, number: int = campaign.id) -> object:
            owners = Inspections(desk).owners(number)
            return [
                Inspections(desk).find(number, "未收回", one.account, "2026-12-11")
                for one in (owners[0], owners[-1])
            ]

        found = by_anybody(world, book, find)
        if isinstance(found, list):
            by_anybody(world, book, lambda desk, number=found[0]: Inspections(desk).answer(number, "已收回"))  # type: ignore[misc]


def _consents(world: World) -> None:
    for login, book, people, to in (
        ("dingyi", "safety", "牛二", "一车间"),
        ("zhangwei", "staff", "单宏", "研发中心/研发一部"),
        ("majun", "group", "张伟", "财务中心/会计部"),
    ):
        asked = {"people": people, "what": "all", "to": str(world.unit(book, to)), "days": "7"}
        with suppress(*DENIED):
            world.desk(login).asking.ask("disclosure", book, asked, "联合演练")
    to = str(world.unit("staff", "研发中心/研发一部"))
    asked = {"people": "刘洋", "what": "all", "to": to, "days": "7"}
    returned = world.desk("zhangwei").asking.ask("disclosure", "staff", asked, "联合演练")
    decided(world, returned, returned=True)
    desk = world.desk("shanhong")
    desk.consents.answer(desk.consents.mine()[0].id, "yes")


def _returned(world: World) -> None:
    """Of some of every book, a change and a wish for a copy that were returned; and a joiner."""
    for book, login in [(one, login) for one in books_of(world) for login in _some_of(world, one)]:
        entry = world.entries[book, login]
        desk = world.desk(login)
        with suppress(*DENIED):
            form = desk.changes.form(entry)
            asked = {"parent_phones" if book == "class" else "mobile": "139 0000 3133"}
            evidence = desk.evidence.add("受理单.pdf", PDF).id
            decided(
                world,
                desk.changes.submit(form.entry, form.version, asked, "换号", [evidence]),
                returned=True,
            )
        with suppress(*DENIED):
            asked = {"unit": str(world.unit(book)), "what": "work"}
            decided(world, desk.asking.ask("copy", book, asked, "对接"), returned=True)
    for book in books_of(world):
        made = _handed_in(world, book, "褚新")
        if made is not None:
            decided(world, made, returned=True)


def _joined(world: World) -> None:
    """Somebody joins three books; in one of them a department that the safety officers have too."""
    with writing():
        workshop = create_unit("staff", "一车间", world.unit("staff"))
    for book, unit in (("staff", workshop), ("class", None), ("wecom", None)):
        made = _handed_in(world, book, "卫来", unit)
        if made is not None:
            decided(world, made)


def _imports(world: World) -> None:
    """A file with one newcomer of every book, submitted by the first who may and decided on by nobody."""
    waiting = []
    for number, book in enumerate(books_of(world)):
        given = _newcomer(book, "陶新", f"138 1234 57{number:02d}")
        headings = {rule.name: rule.label.zh for rule in policy_of(book).fields}
        unit = next(path for (of, path) in world.units if of == book and path)
        rows = [["部门", *(headings[name] for name in given)], [unit, *given.values()]]
        for login in staff_of(world, book):
            try:
                world.desk(login).importing.submit_file(book, rows, Source("新.csv", f"{number:064d}"))
            except Pending as pending:
                waiting.append(pending.request)
                break
            except DENIED:
                continue
    assert waiting, "no import waits for a second keeper"


def _newcomer(book: str, name: str, mobile: str = "138 1234 5688") -> dict[str, str]:
    """What the fields of ``book`` hold of somebody new."""
    known = {rule.name for rule in policy_of(book).fields}
    values = {
        "name": name, "position": "职员", "office_phone": "010 6234 5699", "mobile": mobile,
        "email": "chu@huaxing.example", "student_number": "20269977", "sex": "女", "wechat": "wx_9977",
        **USUAL.get(policy_of(book).kinds[0].id, {}),
    }  # fmt: skip
    return {field: value for field, value in values.items() if field in known}


def _handed_in(world: World, book: str, name: str, place: int | None = None) -> int | None:
    """The request by which ``name`` joins ``book``."""
    unit = place or next(unit for (of, path), unit in world.units.items() if of == book and path)
    kind, given = policy_of(book).kinds[0].id, _newcomer(book, name)

    def join(desk: Desk) -> object:
        evidence = [desk.evidence.add("受理单.pdf", PDF).id]
        return desk.lifecycle.join(JoinAsked(book, kind, unit, "2026-11-23", given, "入职", evidence))

    made = by_anybody(world, book, join)
    return made if isinstance(made, int) else None


def _expected(world: World) -> None:
    for book in books_of(world):
        unit = next(unit for (of, path), unit in world.units.items() if of == book and path)
        kind = policy_of(book).kinds[0].id
        asked = JoinAsked(book, kind, unit, "2026-11-25", {"name": "蒋待"}, "入职")
        by_anybody(world, book, lambda desk, asked=asked: desk.lifecycle.expect(asked))  # type: ignore[misc]


def _resets(world: World) -> None:
    """One that waits for somebody who vouches, and one of which the halves wait to be shown."""
    for login, book, whom, agree in (
        ("liuyang", "staff", "zhangwen", True),
        ("guotao", "staff", "shanhong", False),
        ("fuhr", "secured", "qinyu", True),
        ("huanghr", "wecom", "caiming", True),
    ):
        with suppress(*DENIED):
            request = world.desk(login).asking.ask("reset", book, {"whom": whom}, "忘记密码")
            if agree:
                decided(world, request)


def _copies(world: World) -> None:
    for book in books_of(world):
        for login in staff_of(world, book)[-2:]:
            with suppress(*DENIED):
                asked = {"unit": str(world.unit(book)), "what": "work"}
                decided(world, world.desk(login).asking.ask("copy", book, asked, "大会接待"))


def host_desk() -> Desk:
    """The host's operator at a desk."""
    with writing():
        if Account.get_or_none(Account.login == OPERATOR) is None:
            operator.found_operator()
    desk = open_desk(sessions.resume(operator._operator_session()))
    for due in desk.me.undertakings():
        desk.me.accept(due.policy, due.version)
    return desk


def _days_off(world: World) -> None:
    """A day of the organisation's and one of each book's."""
    source, headings = Source("校历.csv", "0" * 64), ["日期", "类型"]
    host_desk().calendar.add("", [headings, ["2026-12-24", "放假"]], source)
    for book in books_of(world):
        rows = [headings, ["2026-12-28", "放假"]]
        by_anybody(world, book, lambda desk, book=book, rows=rows: desk.calendar.add(book, rows, source))  # type: ignore[misc]


def _rules_to_come(world: World) -> None:
    """A new version of a regulation, agreed to, that takes effect in a month."""
    text = (REGULATIONS / "company.toml").read_text("utf-8").replace('version = "1.2"', 'version = "5"', 1)
    try:
        host_desk().policies.add(text, "2026-12-23")
    except Pending as pending:
        decided(world, pending.request)
    try:
        host_desk().policies.set_rules("partners", ["company", "general"], {}, "2026-12-20")
    except Pending as pending:
        decided(world, pending.request)


def _book_backup(world: World) -> None:
    """The class's own backup, and a number that was overwritten since."""
    by_anybody(world, "class", lambda desk: desk.backups.make("class"))
    entry = world.entries["class", "luoxi"]
    if EntryField.select().where(EntryField.entry == entry).exists():
        with writing():
            apply_values(entry, {"parent_phones": ("+8613600009999",)}, source="", verifier=None)


def _review_decided(world: World) -> None:
    """Reviews in which everything is decided, but not closed."""
    rows = Campaign.select().where((Campaign.kind == "check") & Campaign.closed_at.is_null())
    for campaign in list(rows.order_by(Campaign.id)):
        for login in staff_of(world, str(campaign.book_id)):
            desk = world.desk(login)
            with suppress(*DENIED):
                for item in Reviews(desk).items(campaign.id):
                    Reviews(desk).decide(campaign.id, item.id, "right", item.version, word="仍需要")


def _trained(world: World) -> None:
    """Of every book that trains, two who were there, on record by the first who may note that."""
    for book in books_of(world):
        entries = [world.entries[book, login] for login in _some_of(world, book)[-2:]]

        def record(desk: Desk, book: str = book, entries: list[int] = entries) -> object:
            return Trainings(desk).record(book, policy_of(book).training[0].id, entries, "2026-11-20")

        if policy_of(book).training:
            by_anybody(world, book, record)


def _praised(world: World) -> None:
    """Of every book that praises, somebody or a department commended for the last 90 days."""
    last = store_clock.utcnow().date()
    first = last - timedelta(days=90)
    for book in books_of(world):

        def commend(desk: Desk, book: str = book) -> object:
            for row in Praise(desk).ranking(book, first, last):
                with suppress(*DENIED):
                    return Praise(desk).commend(
                        book, first, last, row.unit, row.entry, "及时准确", anyway=True
                    )
            return None

        if policy_of(book).commendations:
            by_anybody(world, book, commend)


def _papers(world: World) -> None:
    """Of every book sheets for signatures, the first line signed where whoever drew it up may enter that."""
    for book in books_of(world):
        policy = policy_of(book)
        entry = next(entry for (of, _login), entry in world.entries.items() if of == book)
        matters = [("training", f"{book}/{one.id}") for one in policy.training] + [
            ("undertaking", str(entry))
        ]

        for kind, of in matters:

            def draw_up(desk: Desk, kind: str = kind, of: str = of) -> object:
                number = desk.papers.draw_up(kind, of)
                with suppress(*DENIED):
                    file = desk.evidence.add("签字单.pdf", PDF + b"%signed").id
                    desk.papers.enter(number, file, "2026-11-23", "1")
                return number

            by_anybody(world, book, draw_up)


def _accounts(world: World, newcomers: dict[str, list[int]]) -> None:
    """Of the newcomers of every book, one who has a code, and one whose account is shut again. Editions were
    issued before they had one."""
    for login in staff_of(world, "controlled") + staff_of(world, "combined"):
        desk = world.desk(login)
        for edition in Editions(desk).list():
            with suppress(*DENIED):
                Editions(desk).issue(edition.book, edition.id)
    for number, (book, entries) in enumerate(newcomers.items()):
        for which, entry in enumerate(entries[:2]):
            until = "2026-11-26T00:00:00.000000Z"
            code = digest_of("activation", f"ABCDE-FGHJK-MNPQR-STVWX-YZ77{number:02d}")

            def create(
                desk: Desk,
                entry: int = entry,
                name: str = f"feng{number}{which}",
                code: str = code,
                until: str = until,
            ) -> object:
                return desk.accounts.create(entry, name, code, until)

            made = by_anybody(world, book, create)
            if which and isinstance(made, int):
                by_anybody(world, book, lambda desk, made=made: desk.accounts.disable(made))  # type: ignore[misc]
            elif isinstance(made, int) and book in ENROLLED:
                enrolled(f"feng{number}0", f"ABCDE-FGHJK-MNPQR-STVWX-YZ77{number:02d}")


def enrolled(login: str, code: str) -> None:
    """Come in as ``login`` for the first time, and choose how to from now on."""
    signed = SignIn(login, "203.0.113.9", "ssh").answer(code, "")
    assert signed is not None
    enrolment = Enrolment(sessions.resume(signed.session))
    enrolment.choose_password("海上生明月天涯共此时一二三四", "海上生明月天涯共此时一二三四")
    enrolment.confirm(pyotp.TOTP(enrolment.secret).at(store_clock.utcnow()))
    enrolment.finish()


def _leavers(world: World, newcomers: dict[str, list[int]]) -> None:
    """One newcomer of every book leaves today; of the secured one somebody who took copies does too, before
    anybody has decided."""
    for book, some in newcomers.items():
        made = _leaves(world, book, some[2])
        if made is not None:
            decided(world, made)
    desk = world.desk("ganhr")
    _take_copy(desk, "ABCD-EFGH")
    undecided = _leaves(world, "secured", world.entries["secured", "ganhr"])
    _leaves(world, "secured", world.entries["secured", "shibu"], "2026-12-04")
    _take_copy(world.desk("shibu"), "ABCD-JKLM")
    with writing():
        AccessGrant.create(
            account=world.accounts["ganhr"], entry=world.entries["secured", "qinyu"], request=undecided,
            from_at=store_clock.now(), until="2026-12-22T00:00:00.000000Z",
        )  # fmt: skip


def _take_copy(desk: Desk, mark: str) -> None:
    desk.overview.export(
        "directory", "secured", None, format="csv", sha256="0" * 64, size=1, rows=1, mark=mark, parameters={}
    )


def _leaves(world: World, book: str, entry: int, day: str = "2026-11-23") -> int | None:
    """The request by which the person of ``entry`` leaves."""

    def leave(desk: Desk) -> object:
        evidence = [desk.evidence.add("通知.pdf", PDF).id]
        return desk.lifecycle.leave(LeaveAsked(entry, day, "离职", evidence))

    made = by_anybody(world, book, leave)
    return made if isinstance(made, int) else None


def _sent_back(world: World) -> None:
    """Return the leave that nobody had decided before its day was over."""
    over = (Request.kind == "leave") & (Request.entry == world.entries["secured", "ganhr"])
    decided(world, Request.get(over).id, returned=True)
