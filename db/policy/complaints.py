"""Why a policy file can't be read, in words for somebody who doesn't program."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from db.language import Message, _
from db.policy.line_numbers import Path
from db.policy.regulation import line_of
from db.policy.rules import Fault
from db.policy.schema import PolicyFile
from db.policy.schema.base import TIME
from db.policy.schema.conduct import CURRENCY
from db.policy.schema.work import StatedNeed

_EXPECTED = {
    "string_type": _("a text in quotation marks"),
    "int_type": _("a whole number without quotation marks"),
    "bool_type": _("true or false, without quotation marks"),
    "tuple_type": _("a list in square brackets"),
    "model_type": _("a table in curly brackets"),
    "model_attributes_type": _("a table in curly brackets"),
    "dict_type": _("a table"),
    "date_type": _("a date such as 2026-01-31, without quotation marks"),
    "label": _('a text in both languages: { zh = "…", en = "…" }'),
}


Names = Mapping[str, Collection[str]]
"""The names that the catalogue knows, by the list of a policy file that they belong to."""


OF_A_LIST = 3
"""Parts of the path of a key that stands in a rule of a list: the list, the rule's number, the key."""


def form(
    problem: ValidationError,
    lines: Mapping[Path, int],
    path: str,
    model: type[BaseModel] = PolicyFile,
    names: Names | None = None,
) -> list[Fault]:
    """Return a fault for each key that isn't as ``model`` wants it, sorted by line."""
    findings = []
    untold: set[Path] = set()
    for error in problem.errors(include_url=False):
        place = tuple(part for part in error["loc"] if part != "[key]")
        if error["type"] == "missing" and place[:-1] in untold and place[-1] != "clause":
            continue
        if error["type"] == "missing" and place[-1] in ("zh", "en"):
            untold.add(place[:-1])  # of a name that it knows the catalogue would give the rest
            known = (names or {}).get(str(place[0]), ()) if len(place) == OF_A_LIST else ()
            findings.append(_unnamed(error, place, lines, path, known))
            continue
        key = ".".join(map(str, place))
        below_heading = line_of(lines, place) > line_of(lines, place[:-1])
        findings.append(Fault(line_of(lines, place), key, _reason(error, place, model, below_heading), path))
    return sorted(findings, key=lambda finding: finding.line)


FORMER = {
    "dependent_days": _(
        "Leave dependent_days out: an account counts as another person once another office has confirmed it."
    ),
    "second_person": _(
        "Leave second_person out: a second office agrees to every role. For what is changed without a "
        'request write second = { of = ["entry"], clause = "…" }.'
    ),
    "vouch": _('Write second = { by = […], clause = "…" }: the second of a reset is that of every act.'),
}
"""What to write instead of keys that there were."""


def _reason(error: ErrorDetails, place: Path, model: type[BaseModel], below_heading: bool) -> Message:
    """Return a message for one validation error. ``below_heading``: the key stands on a line of its own under
    the heading of its table."""
    kind = error["type"]
    name = str(next((part for part in reversed(place) if isinstance(part, str)), ""))
    context = error.get("ctx", {})
    known = _known_keys(model, place[:-1]) if kind == "extra_forbidden" else []
    if below_heading and name in PolicyFile.model_fields and known and not _close(name, known):
        return _(
            "This table has no key {name}. Known here: {known}. If {name} of the whole file is meant, move "
            "it above the first heading in brackets.",
            name=name,
            known=", ".join(sorted(known)),
        )
    if kind == "extra_forbidden":
        return FORMER[name] if name in FORMER and name not in known else _unknown_key(name, known)
    if kind == "missing" and name == "clause":
        return _('Which clause says so? Add clause = "…", such as clause = "V.8".')
    if kind == "missing":
        return _("{name} is missing here; it can't be left out.", name=name)
    if kind == "clause":
        return _(
            "{given} is not a clause. Write the letter of the regulation, a dot and the article, such as "
            '"V.8" or "V.13.2"; several in square brackets.',
            given=context.get("given", "") or _("This"),
        )
    if kind == "literal_error":
        return _not_one_of(str(error["input"]), re.findall(r"'([^']*)'", str(context.get("expected", ""))))
    if kind == "greater_than_equal":
        return _("{name} must be at least {least}.", name=name, least=context["ge"])
    if kind == "less_than_equal":
        return _("{name} must be at most {most}.", name=name, most=context["le"])
    if kind == "string_pattern_mismatch":
        return _pattern(str(error["input"]), str(context.get("pattern", "")))
    if kind == "tuple_type" and isinstance(error["input"], str):
        return _(
            '{name} must be a list in square brackets: {name} = ["{given}"].', name=name, given=error["input"]
        )
    if kind == "tuple_type" and isinstance(error["input"], dict):
        return _(
            "There can be several: write {name} = [{{ … }}], or the heading as [[{name}]], in double "
            "brackets.",
            name=name,
        )
    if kind == "model_type" and _table_at(model, place) is StatedNeed:
        return _("{name} must be {expected}.", name=name, expected=_EXPECTED["bool_type"])
    one_table = kind in ("model_type", "model_attributes_type") and place[-1] == name
    if one_table and isinstance(error["input"], tuple):
        return _("There is one {name}: write {name} = {{ … }}, or its heading in single brackets.", name=name)
    if kind in _EXPECTED and place[-1] != name:
        return _("Each of {name} must be {expected}.", name=name, expected=_EXPECTED[kind])
    if kind in _EXPECTED:
        return _("{name} must be {expected}.", name=name, expected=_EXPECTED[kind])
    return _("{name} can't be used as it stands ({reason}).", name=name, reason=error["msg"])


def _unnamed(
    error: ErrorDetails, place: Path, lines: Mapping[Path, int], path: str, known: Collection[str]
) -> Fault:
    """Return a fault for a rule without a label, which suggests the ``known`` name most like its own."""
    name = _subject(error)
    close = get_close_matches(name, known, n=1)
    message = (
        _("There is no {name} in the catalogue. Is {close} meant? Else add its text, zh = … and en = ….",
          name=name, close=close[0])
        if close
        else _(
            "Add the text in both languages, zh = … and en = …; {name} isn't a name the catalogue knows.",
            name=name,
        )
    )  # fmt: skip
    return Fault(line_of(lines, place), ".".join(map(str, place)), message, path)


def _subject(error: ErrorDetails) -> str:
    """Return the name of the incomplete rule, else its clause, else ``?``."""
    given = error["input"]
    if isinstance(given, dict):
        return str(given.get("id") or given.get("name") or given.get("clause") or "?")
    return "?"


def _unknown_key(name: str, known: list[str]) -> Message:
    close = _close(name, known)
    if close:
        return _("There is no key {name} here. Is {close} meant?", name=name, close=close[0])
    return _("There is no key {name} here. Known here: {known}.", name=name, known=", ".join(sorted(known)))


def _close(name: str, known: list[str]) -> list[str]:
    """Return the name in ``known`` that is most like ``name``, as a list of one; an empty one where none
    is."""
    return get_close_matches(name, known, n=1, cutoff=0.65)


def _not_one_of(given: str, known: list[str]) -> Message:
    close = get_close_matches(given, known, n=1)
    if close:
        return _(
            "{given} is not a word known here. Is {close} meant? It can be: {known}.",
            given=given,
            close=close[0],
            known=", ".join(known),
        )
    return _("{given} is not a word known here. It can be: {known}.", given=given, known=", ".join(known))


def _pattern(given: str, pattern: str) -> Message:
    if pattern == r"^[a-z][a-z0-9-]*$":
        return _(
            "{given} can't be an id: use small letters, digits and hyphens, a letter first.", given=given
        )
    if pattern == r"^[a-z][a-z0-9_]*$":
        return _(
            "{given} can't be a field's name: use small letters, digits and _, a letter first.", given=given
        )
    if pattern == TIME:
        return _('{given} is no time: write it as "08:00", from "00:00" to "23:59".', given=given)
    if pattern == CURRENCY:
        return _('{given} is no currency: write its three capital letters, such as "CNY".', given=given)
    if pattern.startswith("^("):
        return _not_one_of(given, pattern[2:-2].split("|"))
    return _("{given} is not written as it should be here.", given=given)


def _known_keys(model: type[BaseModel], place: Path) -> list[str]:
    table = _table_at(model, place)
    if table is None:
        return []
    return [field.alias or name for name, field in table.model_fields.items()]


def _table_at(model: type[BaseModel], place: Path) -> type[BaseModel] | None:
    """Return the model of the table at ``place`` in the schema."""
    table: object = model
    by_kind = False
    for part in place:
        if by_kind:  # flow.change: the kinds of a table of tables are no keys of its model
            by_kind = False
            continue
        if isinstance(part, str) and isinstance(table, type) and issubclass(table, BaseModel):
            field = next((f for n, f in table.model_fields.items() if part in (n, f.alias)), None)
            table = None if field is None else field.annotation
            by_kind = get_origin(table) is dict
        table = _table_in(table)
    return table if isinstance(table, type) and issubclass(table, BaseModel) else None


def _table_in(annotation: object) -> object:
    """Return the model inside ``Model | None``, ``tuple[Model, ...]``, ``dict[Kind, Model]`` or
    ``Annotated``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _table_in(arg)) is not None), None)
