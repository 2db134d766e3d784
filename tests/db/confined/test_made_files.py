"""Some 300 files made after published formats: the people of each come in, as their programs wrote them."""

from __future__ import annotations

import io

from db.confined import sheet
from db.confined.agreed import CELL_END, HIDDEN, ROW_END
from db.desk.importing.importing import ImportWishes
from db.desk.notation.values import display
from db.language import say
from db.store.engine import Store
from tests.db.confined.made_files import PEOPLE, every_file
from tests.db.desk.importing_world import desk_of, make_book

FEWEST = 300


def rows_of(content: bytes) -> list[list[str]]:
    """The rows of a file, read as the confined process reads it."""
    out = io.StringIO()
    sheet.write(sheet.read(content), out)
    return [line.split(CELL_END) for line in out.getvalue().split(HIDDEN)[0].split(ROW_END)]


def test_the_people_of_every_made_file_come_in(store: Store) -> None:
    desk, failed, count = desk_of("hr", make_book(), "hr"), {}, 0
    wanted = [(p[0], p[1], p[2], display("mobile", f"+86{p[4]}"), p[5]) for p in PEOPLE]
    for name, content in every_file():
        count += 1
        try:
            view = desk.importing.view("staff", rows_of(content), ImportWishes(without_rest=True))
        except Exception as error:
            failed[name] = repr(error)
            continue
        found = []
        for line in sorted(view.lines, key=lambda line: line.row):
            values = [str(value) for _label, value in line.values]
            mobile, email = (next((v for v in values if mark in v), "") for mark in ("138 ", "@"))
            if line.state != "passed":
                found.append((line.name, line.unit, line.position, mobile, email))
        if found != wanted or any(line.state == "wrong" for line in view.lines):
            problems = [say(p.reason, "en") for line in view.lines for p in line.problems]
            failed[name] = f"{found} {problems[:2]}"
    assert not failed, "\n".join(f"{name}: {why}" for name, why in failed.items())
    assert count >= FEWEST
