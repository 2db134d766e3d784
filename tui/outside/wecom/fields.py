"""What our fields are called in WeCom, on the way there and back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from db.desk.outside.people import OutsidePerson
from db.store.settings import WeComSettings

NAMES: Mapping[str, str] = {
    "name": "name",
    "position": "position",
    "mobile": "mobile",
    "office_phone": "telephone",
    "email": "email",
}
"""Field of a book -> key of a member. The WeChat ID is a custom attribute, where the settings name one."""
WECHAT = "wechat"


def member_fields(
    told: OutsidePerson, account: str, department: int, settings: WeComSettings
) -> dict[str, object]:
    made: dict[str, object] = {"userid": account, "department": [department]}
    made |= {key: told.values[name] for name, key in NAMES.items() if name in told.values}
    if settings.wechat_attribute and WECHAT in told.values:
        text = {"value": told.values[WECHAT]}
        made["extattr"] = {"attrs": [{"type": 0, "name": settings.wechat_attribute, "text": text}]}
    return made


def differing_fields(
    told: OutsidePerson, there: Mapping[str, Any], path: Sequence[str], settings: WeComSettings
) -> tuple[str, ...]:
    """Return the names of the fields in which the member ``there`` differs from ``told``; ``unit`` if the
    path does. Keys that WeCom hides are skipped."""
    found = [
        name
        for name, key in NAMES.items()
        if name in told.values
        and key in there
        and _plain_number(told.values[name]) != _plain_number(str(there[key]))
    ]
    if settings.wechat_attribute and WECHAT in told.values and "extattr" in there:
        values = {
            one.get("name"): str(one.get("text", {}).get("value", one.get("value", "")))
            for one in there["extattr"].get("attrs", ())
        }
        if values.get(settings.wechat_attribute, "") != told.values[WECHAT]:
            found.append(WECHAT)
    if "department" in there and list(path) != [place.name for place in told.places]:
        found.append("unit")
    return tuple(found)


def _plain_number(text: str) -> str:
    """Return a number without blanks and signs, a Chinese mobile without 86; other text only stripped."""
    digits = re.sub(r"[\s()+-]", "", text)
    return re.sub(r"^86(?=1\d{10}$)", "", digits) if digits.isdigit() else text.strip()
