"""Many members at once: a file is uploaded, WeCom works through it and says of each member what came of it.

The first row of the file names its columns; WeCom adds whoever it does not know and changes of the others
these columns alone. Departments stand in it by number, so they are made before.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

from db.desk.notation.cells import one_line
from db.desk.outside.people import OutsidePerson
from db.store.settings import WeComSettings
from tui.outside.wecom.client import Client, NotNow
from tui.outside.wecom.fields import WECHAT

AT_ONCE = 5000
"""Members in one file at the most."""
FIRST_LOOK = 2.0
"""Seconds before the first look at what became of the file; each wait after it is twice as long."""
LONGEST_WAIT = 30.0
PATIENCE = 300.0
"""Seconds after which the rest is left for another time; WeCom goes on, and telling again does no harm."""

HEADINGS: Mapping[str, str] = {
    "name": "姓名",
    "mobile": "手机号",
    "email": "邮箱",
    "position": "职位",
    "office_phone": "座机",
}
ACCOUNT, DEPARTMENT = "帐号", "所在部门"


def tell_file(
    client: Client,
    people: Sequence[tuple[OutsidePerson, int]],
    settings: WeComSettings,
    sleep: Callable[[float], None],
) -> Mapping[str, int]:
    """Upload ``people``, each with a department number, as a file of members to add or change, and poll up to
    `PATIENCE` for the result. Return the errcode by account. All must have the same fields. Raises WeComError
    if WeCom takes no file, NotNow if it does not finish in time."""
    job = client.sync_members(client.upload("members.csv", write(people, settings)))
    waited, wait = 0.0, FIRST_LOOK
    while waited < PATIENCE:
        sleep(wait)
        waited += wait
        wait = min(wait * 2, LONGEST_WAIT)
        found = client.sync_result(job)
        if found is not None:
            return found
    raise NotNow("WeCom is still at work on a file")


def write(people: Sequence[tuple[OutsidePerson, int]], settings: WeComSettings) -> bytes:
    """Return ``people`` as a CSV file in WeCom's form. A field that the first of them lacks gets no column,
    so that WeCom keeps its own."""
    told = people[0][0].values
    names = [name for name in HEADINGS if name in told]
    wechat = settings.wechat_attribute if WECHAT in told else ""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow([*(HEADINGS[name] for name in names), ACCOUNT, DEPARTMENT, *([wechat] if wechat else [])])
    for one, department in people:
        values = [one_line(one.values[name]) for name in names]
        more = [one_line(one.values[WECHAT])] if wechat else []
        rows.writerow([*values, one.account, department, *more])
    return out.getvalue().encode("utf-8")
