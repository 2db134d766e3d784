"""What is under way before anybody attacks, by people who attack nobody: in each book something of every
sort that an attacker could lay hands on, from a report to a case that is decided, from a joiner who is
waited for to somebody who left. A sort of which nothing comes about fails (`SORTS`)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from db.desk import Desk
from db.desk.authority.permissions import policy_of
from db.desk.cases.praise import Praise
from db.desk.entry.record import apply_values
from db.desk.importing.importing import Source
from db.desk.refusal import Pending
from db.desk.reviews.reviews import Reviews
from db.desk.training.trainings import Trainings
from db.policy.loader import REGULATIONS
from db.store import clock as store_clock
from db.store.engine import database
from db.store.tables import (
    Campaign,
    EntryField,
)
from db.store.transactions import writing
from tests.siege.underway_cases import bring_cases, bring_unreached_cases, make_findings
from tests.siege.underway_people import (
    enter_joiners,
    enter_leavers,
    expect_joiners,
    hire_newcomers,
    import_newcomers,
    open_accounts,
    return_leave,
    submit_joiner,
)
from tests.siege.willing import DENIED, PDF, books_of, by_anybody, decided, host_desk, some_of, staff_of
from tests.world import World

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
    newcomers = hire_newcomers(world)
    for step in (
        bring_cases, make_findings, _consents, _returned, enter_joiners, expect_joiners, _resets, _copies,
        _days_off, _rules_to_come, _book_backup, _review_decided, _trained, _papers, import_newcomers,
    ):  # fmt: skip
        step(world)
    bring_unreached_cases(world, newcomers)
    open_accounts(world, newcomers)
    enter_leavers(world, newcomers)
    run_duties()
    forward(1)
    run_duties()
    return_leave(world)
    _praised(world)
    lacking = [name for name, sql in SORTS.items() if not database.execute_sql(sql).fetchall()]
    assert not lacking, f"nothing came about of: {lacking}"


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
    for book, login in [(one, login) for one in books_of(world) for login in some_of(world, one)]:
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
        made = submit_joiner(world, book, "褚新")
        if made is not None:
            decided(world, made, returned=True)


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


def _days_off(world: World) -> None:
    """A day of the organisation's and one of each book's."""
    source, headings = Source("校历.csv", "0" * 64), ["日期", "类型"]
    host_desk().calendar.add("", [headings, ["2026-12-24", "放假"]], source)
    for book in books_of(world):
        rows = [headings, ["2026-12-28", "放假"]]
        by_anybody(world, book, lambda desk, book=book, rows=rows: desk.calendar.add(book, rows, source))  # type: ignore[misc]


def _rules_to_come(world: World) -> None:
    """A new version of a regulation, agreed to, that takes effect in a month."""
    text = (REGULATIONS / "company.toml").read_text("utf-8").replace('version = "1.3"', 'version = "5"', 1)
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
        entries = [world.entries[book, login] for login in some_of(world, book)[-2:]]

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
