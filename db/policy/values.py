"""Values that have the right form and still can't be used: what is empty, doubled, unseen, or out of all
measure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from db.language import Label, Message, _
from db.policy.line_numbers import Path
from db.policy.regulation import Regulation
from db.policy.rules import Fault

VERSION = re.compile(r"\w[\w.-]{0,63}")
"""A version is part of the name that the file is kept under."""

DAYS, YEARS = 36_500, 1_000
"""More than any rule means, and few enough to count with dates."""

MONEY, NUMBER = 10_000_000, 1_000_000
"""What a fine comes to at most, and any other number; a database keeps no number without end."""


LEFT_OUT = {
    "visible_to": _("everyone who sees the entry; of a private field it can't be left out"),
    "applies_to": _("all kinds of entry"),
    "steps": _("whoever decides by the other regulations or the safe default"),
    "submit": _("whoever may ask for changes to the entry"),
    "ask": _("those of the safe default"),
    "by": _("those of the safe default"),
    "for_units": _("all units"),
    "verdicts": _("everything that can be found"),
    "rank_by": _("timeliness and accuracy"),
    "keys": _("every rule of the file"),
}
"""What is meant where a list is left out, of those lists that could be thought to mean nobody or nothing."""


def unusable_values(regulation: Regulation) -> Iterator[Fault]:
    """Yield a fault for each value that is empty, doubled, unseen or out of all measure, and for Chinese that
    stands under ``en`` alone."""
    values = dict(_values(regulation.file, ()))
    for path, value in values.items():
        if path[-1] == "en" and _is_chinese(value) and not _is_chinese(values.get((*path[:-1], "zh"))):
            message = _("There is Chinese in en and none in zh: are the two swapped?")
            yield regulation.fault(message, *path)
        if path in regulation.lines:  # what the catalogue adds has no line
            for message in _reasons(path, value):
                yield regulation.fault(message, *path)


def _reasons(path: Path, value: object) -> Iterator[Message]:
    name = str(path[-1])
    if isinstance(value, str):
        if not value.strip():
            yield _("There is nothing between the quotation marks: write a text here.")
        elif any(map(is_unseen, value)):
            yield _("There is an invisible character here. Type the text again.")
        elif path == ("version",) and VERSION.fullmatch(value) is None:
            yield _("{given} can't be a version: use letters, digits, dots and hyphens.", given=value)
    elif isinstance(value, tuple):
        yield from _check_list(name, value)
    elif isinstance(value, int):
        most = {"years": YEARS, "amount": MONEY}.get(name, DAYS if name.endswith("days") else NUMBER)
        if value > most:
            yield _("{name} must be at most {most}.", name=name, most=most)


def _check_list(name: str, values: tuple[object, ...]) -> Iterator[Message]:
    if not values and name in LEFT_OUT:
        yield _(
            "This list is empty: does that mean nobody, or everybody? Name who or what is "
            "meant. Left out, {name} means: {meant}.",
            name=name,
            meant=LEFT_OUT[name],
        )
    elif not values:
        yield _(
            "This list is empty. Write at least one into {name}; a list that says nothing is left out.",
            name=name,
        )
    words = [value for value in values if isinstance(value, str)]
    for word in dict.fromkeys(word for at, word in enumerate(words) if word in words[:at]):
        yield _("{word} is in this list twice: keep one of the two.", word=word)


def _values(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    """Yield every single value and every list below ``value``, which stands at ``path``."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _values(getattr(value, name), (*path, name))
    elif isinstance(value, Label):
        yield from (((*path, "zh"), value.zh), ((*path, "en"), value.en))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _values(inner, (*path, key))
    elif isinstance(value, tuple):
        yield path, value
        for number, inner in enumerate(value):
            yield from _values(inner, (*path, number))
    else:
        yield path, value


def _is_chinese(text: object) -> bool:
    return isinstance(text, str) and any("\u4e00" <= sign <= "\u9fff" for sign in text)


def is_unseen(sign: str) -> bool:
    """Return whether ``sign`` controls a terminal or the direction of writing; False for line breaks and
    joiners."""
    return unicodedata.category(sign) in ("Cc", "Cf") and sign not in "\n\t\u200c\u200d"
