"""What is handed in as a file or as a list: days, rules, lists of who attended, sentences of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from db.desk import Desk
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


def new_book(draw: Drawer, _desk: Desk) -> Given:
    """A book under a regulation that there is."""
    label = Made("Label", {"zh": "新", "en": "New"})
    return {
        "book": "new", "policies": ["company"], "title": label, "root": label, "decisions": {},
        "maintainer": draw.login(),
    }  # fmt: skip


def trained(draw: Drawer, _desk: Desk) -> Given:
    """A list of one who attended."""
    book = draw.book()
    found = database.execute_sql(
        "SELECT a.login FROM account a JOIN entry e ON e.person_id = a.person_id "
        f"WHERE e.book_id = {database.param} AND e.state = 'active' ORDER BY a.id",
        (book,),
    ).fetchall()
    login = draw.chance.choice([str(one) for (one,) in found]) if found else draw.login()
    return {
        "book": book, "topic": draw.word("training", book), "rows": [["登录名"], [login]],
        "source": Made("Source", {"name": "签到.csv", "digest": "0" * 64}),
    }  # fmt: skip
