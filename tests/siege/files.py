"""What is handed in as a file or as a list: days, rules, lists of who attended, sentences of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from db.desk import Desk
from db.policy.loader import REGULATIONS
from db.store.engine import database
from tests.siege.acts import Made

if TYPE_CHECKING:
    from tests.siege.arguments import Drawer

Given = dict[str, Any]


def days_off(draw: Drawer, _desk: Desk) -> Given:
    """A file with one day, for the organisation or a book."""
    rows = [["日期", "类型"], [draw.day(), draw.chance.choice(("放假", "上班"))]]
    return {
        "book": draw.chance.choice(("", draw.book())),
        "rows": rows,
        "source": Made("Source", {"name": "校历.csv", "digest": "0" * 64}),
    }


def taken_out(draw: Drawer, _desk: Desk) -> Given:
    """A day that was declared."""
    days = [str(one) for (one,) in database.execute_sql("SELECT day FROM calendar_day").fetchall()]
    return {"book": draw.chance.choice(("", draw.book())), "days": [draw.chance.choice(days or [draw.day()])]}


def new_book(draw: Drawer, _desk: Desk) -> Given:
    """A book under a regulation that there is."""
    label = Made("Label", {"zh": "新", "en": "New"})
    return {
        "book": "new", "policies": ["company"], "title": label, "root": label, "decisions": {},
        "maintainer": draw.login(),
    }  # fmt: skip


def regulation(_draw: Drawer, _desk: Desk) -> Given:
    """A new version of a regulation."""
    text = (REGULATIONS / "company.toml").read_text("utf-8")
    return {"text": text.replace('version = "1.1"', 'version = "9"', 1)}


def trained(draw: Drawer, _desk: Desk) -> Given:
    """A list of one who attended."""
    book = draw.book()
    return {
        "book": book, "topic": draw.word("training", book), "rows": [["登录名"], [draw.login()]],
        "source": Made("Source", {"name": "签到.csv", "digest": "0" * 64}),
    }  # fmt: skip


def sentence(draw: Drawer, desk: Desk) -> Given:
    """What is decided about somebody concerned by a case."""
    case = draw.row("case_file", desk)
    given = {
        "entry": draw.row("entry"),
        "sanctions": [draw.word("ladder", draw.gang.holder.book)],
        "occurrences": 1,
    }
    return {"case": case, "word": "属实", "sentences": [Made("Sentence", given)]}
