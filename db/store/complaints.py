"""Why a setting can't be used, in words for whoever edits ``settings.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from db.language import Message, _

_MUST_BE = {
    "string_type": _("It must be a text in quotation marks."),
    "int_type": _("It must be a whole number without quotation marks."),
    "int_parsing": _("It must be a whole number without quotation marks."),
    "int_from_float": _("It must be a whole number without quotation marks."),
    "bool_type": _("It must be true or false, without quotation marks."),
    "bool_parsing": _("It must be true or false, without quotation marks."),
    "tuple_type": _('It must be a list in square brackets, as ["one", "two"].'),
    "model_type": _("It must be a table: its name in brackets on a line, its keys below."),
    "dict_type": _("It must be a table: its name in brackets on a line, its keys below."),
    "missing": _("It can't be left out."),
    "string_too_short": _("It can't be left empty."),
    "too_short": _("It can't be left empty."),
}


class UnusableSetting(ValueError):
    """A setting that its own rule refuses; ``message`` says what to write instead."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


def complaint(error: ErrorDetails, known: Iterable[str]) -> Message:
    """Return the fault of one setting and what to write instead; ``known`` are the names of all settings."""
    kind, context = error["type"], error.get("ctx", {})
    refused = context.get("error")
    if isinstance(refused, UnusableSetting):
        return refused.message
    if kind == "extra_forbidden":
        close = get_close_matches(str(error["loc"][-1]), list(known), n=1)
        if close:
            return _("There is no such setting. Is `{close}` meant?", close=close[0])
        return _("There is no such setting; remove the line.")
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return _("It can be: {known}.", known=", ".join(words))
    if kind == "greater_than_equal":
        return _("It must be at least {least}.", least=context["ge"])
    if kind == "less_than_equal":
        return _("It must be at most {most}.", most=context["le"])
    return _MUST_BE.get(kind) or _("It can't be used as it stands ({reason}).", reason=error["msg"])
