"""The kinds of request on which regulations say who decides, and what each is called."""

from __future__ import annotations

from typing import Literal, get_args

from db.language import Message, _
from db.policy.wording import UNIT

RequestKindName = Literal[
    "change", "join", "move", "leave", "delete", "structure", "unit-contact",
    "access", "disclosure", "copy", "copy-private", "right", "reset", "power",
]  # fmt: skip
REQUEST_KINDS: tuple[RequestKindName, ...] = get_args(RequestKindName)

REQUESTS: dict[RequestKindName, Message] = {
    "change": _("change of an entry"),
    "join": _("joining"),
    "move": _("move to another unit"),
    "leave": _("leaving"),
    "delete": _("deletion"),
    "structure": _("change of the structure or of the company's contacts"),
    "unit-contact": _("change of the contacts of a {unit}", unit=UNIT),
    "access": _("access to what is out of sight"),
    "disclosure": _("disclosure to another {unit}", unit=UNIT),
    "copy": _("copy needed for work"),
    "copy-private": _("copy not needed for work"),
    "right": _("giving a right"),
    "reset": _("reset of a sign-in"),
    "power": _("second approval"),
}
