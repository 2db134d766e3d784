"""What siege knows of single arguments: which are numbers of rows and how these are found, which are words
of a book's rules, and what is typed for the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from db.desk import Desk
from db.desk.cases.cases import Cases
from db.desk.directory.contact_copy import FORMS
from db.desk.importing.begun import SUBMIT
from db.desk.requests.payload import open_payload
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.reviews import Reviews
from db.store.engine import database
from db.store.tables import Request
from tests.siege.acts import Made, Ref

if TYPE_CHECKING:
    from tests.siege.arguments import Drawer

Special = Callable[["Drawer", Mapping[str, Any], Desk], Any]


SKIPPED = frozenset({"progress", "limit", "offset", "after", "upto"})
ROWS = {
    "account": "SELECT a.id FROM account a WHERE a.id > {last} OR EXISTS "
    "(SELECT 1 FROM entry e WHERE e.person_id = a.person_id AND e.book_id {books})",
    "entry": "SELECT id FROM entry WHERE book_id {books}",
    "person": "SELECT person_id FROM entry WHERE book_id {books} AND state = 'active'",
    "unit": "SELECT id FROM unit WHERE book_id {books}",
    "grant": 'SELECT id FROM "grant" WHERE book_id {books} AND revoked_at IS NULL',
    "request": "SELECT id FROM request WHERE book_id {books} AND state IN ('open', 'returned')",
    "task": "SELECT id FROM task WHERE book_id {books} AND state = 'open'",
    "campaign": "SELECT id FROM campaign WHERE book_id {books} AND closed_at IS NULL",
    "review_item": "SELECT i.id FROM review_item i JOIN campaign c ON c.id = i.campaign_id "
    "WHERE c.book_id {books} AND i.verdict IS NULL",
    "paper": "SELECT id FROM paper WHERE book_id {books}",
    "case_file": "SELECT id FROM case_file WHERE book_id {books} AND closed_at IS NULL",
    "edition_issue": "SELECT id FROM edition_issue WHERE book_id {books}",
    "archive": "SELECT id FROM archive WHERE book_id {books}",
    "delegation": "SELECT id FROM delegation WHERE book_id {books} AND revoked_at IS NULL",
    "notice": "SELECT id FROM notice WHERE book_id {books}",
    "commendation": "SELECT id FROM commendation WHERE book_id {books}",
    "trained": "SELECT id FROM trained WHERE book_id {books} AND struck_at IS NULL",
}  # fmt: skip
"""How rows are found that are of some books; of other tables all are taken."""
OF_ROWS = {
    "account": "account", "to": "account", "owner": "account", "entry": "entry", "entries": "*entry",
    "unit": "unit", "parent": "unit", "grant": "grant", "request": "request", "task": "task",
    "campaign": "campaign",
    "item": "review_item", "case": "case_file", "issue": "edition_issue", "archive": "archive",
    "delegation": "delegation", "notices": "*notice", "notice": "notice", "folded_with": "notice",
    "consent": "consent",
    "finding": "finding", "commendation": "commendation", "trained": "*trained",
    "copy": "hand_back", "amends": "request", "expected": "entry", "records": "*audit_record",
    "seq": "audit_record",
    "person": "person", "next_deputy": "person", "party": "case_party",
}  # fmt: skip
"""Parameters that are numbers of rows; ``*``: some of them."""
TEXTS = {
    "reason": ("工作需要", ""), "comment": ("请补充", "同意"), "word": ("已核对", ""),
    "words": ("群里见到通讯录",), "whom": ("entry:1", "office:hr", "unit:2", "孙工", ""),
    "text": ("今晚维护", "张", "王"), "source": (), "what": ("未收回",), "name": ("受理单.pdf",),
    "region": ("华东", ""), "language": ("en", "zh_CN"), "theme": ("dark", "light"), "format": ("csv",),
    "drawing": ("plain", "drawn"),
    "sha256": ("0" * 64,), "mark": ("ABCD-EFGH",), "version": ("1",), "title": (), "deputy": ("",),
    "sheet": ("reviews", "tasks"), "report": ("directory", "changes"), "dimension": ("act", "book", "person"),
}  # fmt: skip
WORDS = {
    "topic": "training",
    "edition": "editions",
    "purpose": "purposes",
    "tag": "tags",
    "field": "fields",
    "role": "roles",
}
"""Parameters that are the book's own words, each with the rules that have them."""
LITERALS = {
    "about": ("nobody", "somebody", "handlers"),
    "side": ("internal", "external"), "which": ("mine", "undecided", "all"),
    "whose": ("mine", "others"),
    "emergency.note.outcome": ("reached", "wrong", "mistaken"),
    "tasks.sign_off.outcome": ("returned", "lost"),
    "reviews.decide.verdict": ("right", "corrected", "removed"),
    "directory.copy.form": FORMS,
    "consents.answer.answer": ("yes", "no"),
}  # fmt: skip
DAYS = (-40, -3, 0, 1, 4, 20)

LISTED: dict[str, Callable[[Desk], Any]] = {
    "request": lambda desk: [row.id for row in (*desk.queue.window().rows, *desk.requests.mine())],
    "task": lambda desk: [row.id for row in desk.tasks.mine().rows],
    "case_file": lambda desk: [row.id for row in (*Cases(desk).queue(), *Cases(desk).mine())],
    "notice": lambda desk: [row.id for row in desk.notices.unread()],
    "campaign": lambda desk: [row.id for row in Reviews(desk).campaigns()],
    "finding": lambda desk: [row.id for row in Inspections(desk).findings()],
    "delegation": lambda desk: [row.id for row in desk.delegation.mine()],
    "consent": lambda desk: [row.id for row in desk.consents.mine()],
}  # fmt: skip
"""What the desk itself lists to somebody."""

FIELDS: dict[str, Callable[[Drawer], str]] = {
    "whom": lambda draw: draw.login() if draw.chance.random() < 0.7 else draw.name(),
    "people": lambda draw: draw.name(),
    "entry": lambda draw: draw.name(),
    "name": lambda draw: draw.chance.choice(("赵新一", "钱新二", "孙新三")),
    "from": lambda draw: draw.chance.choice(("", draw.day())),
    "until": lambda draw: draw.chance.choice(("", draw.day())),
    "day": lambda draw: draw.day(),
    "joined": lambda draw: draw.day(),
    "days": lambda draw: draw.chance.choice(("", "5")),
    "mobile": lambda draw: f"1390000{draw.chance.randrange(1000, 9999)}",
    "parent_phones": lambda draw: f"1390000{draw.chance.randrange(1000, 9999)}",
    "emergency_phone": lambda draw: f"1390000{draw.chance.randrange(1000, 9999)}",
    "office_phone": lambda _draw: "010 6234 5699",
    "extension": lambda draw: str(draw.chance.randrange(1000, 9999)),
    "landline": lambda _draw: "010 6234 7001",
    "fax": lambda _draw: "010 6234 7002",
    "email": lambda draw: f"n{draw.chance.randrange(1000, 9999)}@huaxing.example",
    "wechat": lambda draw: f"wx_{draw.chance.randrange(1000, 9999)}",
    "student_number": lambda draw: f"2026{draw.chance.randrange(1000, 9999)}",
    "sex": lambda _draw: "女",
    "birth_date": lambda _draw: "2010-05-04",
    "position": lambda _draw: "职员",
    "region": lambda _draw: "华东",
    "successor": lambda draw: draw.name(),
    "inside_owner": lambda draw: draw.name(),
}
"""What is typed into a field of a form that has no choices."""


def _number_of_a_copy(draw: Drawer) -> str:
    return f"C{draw.chance.randrange(1, 5):04d}-{draw.chance.randrange(1, 8):03d}"


def _number_of_a_sheet(draw: Drawer, desk: Desk) -> str:
    listed = [one.number for one in desk.papers.list()] if draw.chance.random() < 0.7 else []
    if listed:
        return draw.chance.choice(listed)
    return f"P{draw.row('paper').id:04d}"


def _scan(draw: Drawer, given: Mapping[str, Any]) -> Any:
    """A file that shows signatures on the sheet, or any number."""
    sql = f"SELECT evidence_id FROM paper_scan WHERE paper_id = {database.param}"
    found = database.execute_sql(sql, (int(str(given["number"])[1:]),)).fetchall()
    return draw.chance.choice(found)[0] if found else "1"


def _an_import(draw: Drawer) -> Ref:
    """A file that waits for a second keeper."""
    asked = Request.select().where(Request.kind == "power", Request.state == "open").order_by(Request.id)
    found = [row.id for row in asked if open_payload(row).get("operation") == SUBMIT]
    return Ref("request", draw.chance.choice(found)) if found else draw.row("request")


SPECIAL: dict[str, Special] = {
    "importing.asked.request": lambda draw, _given, _desk: _an_import(draw),
    "drafts.keep.place": lambda _draw, _given, _desk: "change 1",
    "drafts.kept.place": lambda _draw, _given, _desk: "change 1",
    "drafts.discard.place": lambda _draw, _given, _desk: "change 1",
    "tasks.say_copy.outcome": lambda draw, _given, _desk: draw.chance.choice(
        ("returned", "destroyed", "lost")
    ),
    "drafts.keep.title": lambda _draw, _given, _desk: "更正",
    "drafts.keep.typed": lambda _draw, _given, _desk: {"mobile": "13900001111"},
    "evidence.add.content": lambda _draw, _given, _desk: b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
    "access.opened.own": lambda draw, _given, _desk: draw.chance.random() < 0.5,
    "pickups.make.digest": lambda _draw, _given, _desk: "digest",
    "pickups.make.words": lambda _draw, _given, _desk: ("me",),
    "pickups.make.file": lambda _draw, _given, _desk: "me.txt",
    "pickups.make.instead": lambda _draw, _given, _desk: "",
    "pickups.make.coming": lambda draw, _given, _desk: draw.chance.random() < 0.5,
    "pickups.renew.why": lambda _draw, _given, _desk: "refused",
    "pickups.take.coming": lambda draw, _given, _desk: draw.chance.random() < 0.5,
    "pickups.end.number": lambda _draw, _given, desk: next((one.number for one in desk.pickups.mine()), ""),
    "pickups.take.number": lambda _draw, _given, desk: next((one.number for one in desk.pickups.mine()), ""),
    "tokens.make.digest": lambda _draw, _given, _desk: "digest",
    "tokens.make.commands": lambda _draw, _given, _desk: (("whoami",),),
    "tokens.make.source": lambda _draw, _given, _desk: "203.0.113.7",
    "tokens.make.until": lambda _draw, _given, _desk: None,
    "tokens.use.words": lambda _draw, _given, _desk: ("whoami",),
    "tokens.end.number": lambda _draw, _given, desk: next((one.number for one in desk.tokens.mine()), ""),
    "tokens.withdraw.token": lambda draw, _given, _desk: draw.row("script_token"),
    "evidence": lambda draw, _given, _desk: Ref("file", 1),
    "asked": lambda draw, _given, _desk: {"unit": ""},
    "offer": lambda draw, _given, _desk: draw.chance.choice(("copy", "access", "structure", "right")),
    "asking.clause.kind": lambda draw, given, _desk: draw.chance.choice(("change", "join", "copy")),
    "cases.report.kind": lambda draw, given, _desk: draw.word("cases", str(given["book"])),
    "sorting.set_kind.kind": lambda draw, _given, _desk: draw.word("unit_kinds", draw.gang.holder.book),
    "cases.report.copy": lambda _draw, _given, _desk: "",
    "from_day": lambda draw, _given, _desk: draw.day(),
    "until_day": lambda draw, _given, _desk: draw.day(),
    "due": lambda draw, _given, _desk: draw.day(),
    "day": lambda draw, _given, _desk: draw.day(),
    "changed_on": lambda draw, _given, _desk: draw.day(),
    "offices.fill.what": lambda draw, _given, _desk: draw.chance.choice(
        ("holder", "acting", "deputy", "relieve")
    ),
    "without_deputy": lambda draw, _given, _desk: draw.chance.random() < 0.2,
    "regulation": lambda draw, _given, _desk: draw.chance.choice(("company", "enterprise", "general")),
    "policies": lambda draw, _given, _desk: [draw.chance.choice(("company", "enterprise", "general"))],
    "decisions": lambda _draw, _given, _desk: {},
    "subjects": lambda _draw, _given, _desk: ["name"],
    "begins": lambda _draw, _given, _desk: "name",
    "step": lambda _draw, _given, _desk: 1,
    "agreed": lambda draw, _given, _desk: draw.chance.random() < 0.5,
    "on": lambda draw, _given, _desk: draw.chance.random() < 0.7,
    "casework.note.put": lambda draw, _given, _desk: draw.chance.random() < 0.5,
    "anyway": lambda draw, _given, _desk: True,
    "leaves": lambda draw, _given, _desk: True,
    "in_lines": lambda draw, _given, _desk: False,
    "stored": lambda draw, _given, _desk: True,
    "encrypted": lambda draw, _given, _desk: True,
    "again": lambda draw, _given, _desk: True,
    "only": lambda draw, _given, _desk: draw.row("sign_in_session"),
    "facets": lambda _draw, _given, _desk: [],
    "number": lambda draw, _given, _desk: _number_of_a_copy(draw),
    "numbers": lambda draw, _given, _desk: _number_of_a_copy(draw),
    "papers.draw_up.kind": lambda draw, _given, _desk: draw.chance.choice(
        ("issue", "revision", "training", "undertaking", "hand-back", "decision")
    ),
    "of": lambda draw, given, _desk: (
        f"{draw.gang.holder.book}/{draw.word('training', draw.gang.holder.book)}"
        if given["kind"] == "training"
        else str(draw.row("entry") if given["kind"] == "undertaking" else draw.chance.randrange(1, 9))
    ),
    "papers.one.number": lambda draw, _given, desk: _number_of_a_sheet(draw, desk),
    "papers.leave.number": lambda draw, _given, desk: _number_of_a_sheet(draw, desk),
    "papers.enter.number": lambda draw, _given, desk: _number_of_a_sheet(draw, desk),
    "papers.strike.number": lambda draw, _given, desk: _number_of_a_sheet(draw, desk),
    "papers.enter.day": lambda draw, _given, _desk: draw.stage.clock.now.date().isoformat(),
    "papers.strike.evidence": lambda draw, given, _desk: _scan(draw, given),
    "lines": lambda draw, _given, _desk: draw.chance.choice(("", "1", "all")),
    "casework.sign.manifest": lambda _draw, _given, _desk: b"0" * 64 + b"  pack.pdf\n",
    "sentence": lambda draw, _given, _desk: None,
    "traces.file.finding": lambda _draw, _given, _desk: Made("TracedFile", {"sha256": "0" * 64}),
    "narrowed": lambda draw, _given, _desk: Made("AuditFilter", {}),
    "waiting.page.wanted": lambda _draw, _given, _desk: Made("WaitingFilter", {}),
    "wanted": lambda draw, _given, _desk: Made("QueueFilter", {}),
    "place": lambda draw, _given, _desk: 1,
    "offset": lambda draw, _given, _desk: 0,
    "limit": lambda draw, _given, _desk: 50,
    "size": lambda draw, _given, _desk: 1,
    "rows": lambda draw, _given, _desk: 1,
    "parameters": lambda draw, _given, _desk: {},
    "answers": lambda draw, _given, _desk: [1] * 5,
    "source": lambda _draw, _given, _desk: None,
    "wishes": lambda _draw, _given, _desk: None,
    "backups.compare.name": lambda _draw, _given, _desk: "none",
    "backups.put_back.name": lambda _draw, _given, _desk: "none",
    "backup": lambda _draw, _given, _desk: 1,
    "lifecycle.namesakes.name": lambda draw, _given, _desk: draw.name(),
    "audit.person.words": lambda draw, _given, _desk: draw.name(),
    "casework.people.words": lambda draw, _given, _desk: draw.name(),
    "reviews.decide.version": lambda draw, _given, _desk: 1,
    "directory.search.near": lambda draw, _given, _desk: draw.chance.random() < 0.2,
    "directory.units.heads": lambda draw, _given, _desk: draw.chance.random() < 0.5,
    "directory.search.text": lambda draw, _given, _desk: draw.name(),
}
