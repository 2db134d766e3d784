"""What the stand-in for WeCom holds when the demonstration begins: the directory, not quite as it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from db.desk.outside.people import OutsidePerson
from db.store.settings import WeComSettings
from tui.host.demo.wecom import Answer, WeComMembers
from tui.outside.wecom.fields import WECHAT, member_fields

WECHAT_ATTRIBUTE = "微信号"
TOP = 1
"""The department that holds everybody."""


def drifted_members(
    people: Sequence[OutsidePerson],
    *,
    missing: Collection[int],
    strangers: Mapping[str, str],
    differing: Mapping[int, Mapping[str, str]],
) -> WeComMembers:
    """Return WeCom members made from ``people`` but for the entries ``missing``, with ``strangers`` (names by
    account), and with other values for the entries in ``differing``."""
    settings = WeComSettings(corpid="unused", wechat_attribute=WECHAT_ATTRIBUTE)
    held = WeComMembers({TOP: {"id": TOP, "name": "星云科技", "parentid": 0}})
    numbers = {told.entry: _department(held, [place.name for place in told.places]) for told in people}
    by_name = {str(one["name"]): number for number, one in held.departments.items()}
    for told in people:
        if told.entry in missing:
            continue
        made: Answer = member_fields(told, told.account, numbers[told.entry], settings)
        for key, value in differing.get(told.entry, {}).items():
            if key == "department":
                made["department"] = [by_name[value]]
            elif key == WECHAT:
                made["extattr"]["attrs"][0]["text"]["value"] = value
            else:
                made[key] = value
        held.members[told.account] = made
    for account, name in strangers.items():
        held.members[account] = {"userid": account, "name": name, "department": [TOP]}
    return held


def _department(held: WeComMembers, path: Sequence[str]) -> int:
    """Return the number of the department at ``path`` below the top, adding those that are missing."""
    number = TOP
    for name in path:
        below = (one for one in held.departments.values() if (one["name"], one["parentid"]) == (name, number))
        found = next(below, None)
        if found is None:
            found = {"id": max(held.departments) + 1, "name": name, "parentid": number}
            held.departments[found["id"]] = found
        number = int(found["id"])
    return number
