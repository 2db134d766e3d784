"""Which bracket, comma or quotation mark is missing or too much where a text can't be read as TOML."""

from __future__ import annotations

import re

from db.language import Message, _

_PART = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[][{}]', re.DOTALL
)
_KEY = re.compile(r"([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=")
_HEADING = re.compile(r"\[{1,2}\s*([A-Za-z0-9_.-]+)\s*\]{1,2}\s*(?:#[^\n]*)?$", re.MULTILINE)
_VALUE = re.compile(r"[ \t]*[\"'“‘0-9[{]")
_CLOSING = {"[": "]", "{": "}"}


def ended_early(text: str, at: int) -> Message | None:
    """Return the advice for a TOML text that reading broke off at ``at``, right after a quotation mark that
    was meant within a text; None for any other place."""
    if text[at - 1 : at] != '"' or not text[at : at + 1].isalnum():
        return None
    return _(
        'The text ends before this, at the second ". Within a text write “ ” or \', and " only around it.'
    )


def misplaced_bracket(text: str, at: int) -> Message | None:
    """Return the advice on the bracket or comma at which reading a TOML text broke off; None if it is no
    matter of those."""
    begin = text.rfind("\n", 0, at) + 1
    if text[begin:at].strip() in ("[", "[["):  # a heading, taken for a list in a list that is still open
        at = begin
    rest = text[at:]
    if rest[:1] == "(":
        return _("This is (. A list is written in square brackets: type [ and ].")
    open_now = _open_at(text, at)
    if open_now is None:
        if rest[:1] in ("]", "}"):
            return _("{sign} closes nothing here: take it away.", sign=rest[0])
        return behind_value(rest) if rest[:1] in (",", ";") else None
    bracket, line = open_now
    return _in_list(text, at, line) if bracket == "[" else _in_table(rest, line)


def is_open(text: str, at: int) -> bool:
    return _open_at(text, at) is not None


def behind_value(rest: str) -> Message:
    """Return the advice on a comma or the like, with which ``rest`` begins, outside every list and table."""
    if _VALUE.match(rest, 1):
        return _("Several values make a list: type [ before the first and ] behind the last.")
    return _("Nothing may follow a value on its line: take {sign} away. Each line has one key.", sign=rest[0])


def _in_list(text: str, at: int, line: int) -> Message | None:
    rest = text[at:]
    begins = not text[text.rfind("\n", 0, at) + 1 : at].strip()
    following = _KEY.match(rest) or (_HEADING.match(rest) if begins else None)
    if following is not None:
        return _(
            "The list that begins with [ on line {line} isn't closed: write ] before {next}.",
            line=line,
            next=following[1],
        )
    if not rest.strip():
        return _("The list that begins with [ on line {line} isn't closed: write ] at its end.", line=line)
    if rest[0] == "}":
        return _still_open("[", line, "}")
    return _comma(rest)


def _in_table(rest: str, line: int) -> Message | None:
    sign = rest[:1]
    if sign in ("", "\n", "#", "{"):
        return _(
            "The table that begins with {{ on line {line} isn't closed: write }} before this; "
            "a table in {{ }} is on one line.",
            line=line,
        )
    if sign == "]":
        return _still_open("{", line, "]")
    if sign == "}":
        return _("There is no comma before {sign}: take it away.", sign=sign)
    return _comma(rest)


def _comma(rest: str) -> Message | None:
    if rest[0] == ";":
        return _("This is ;. Between the parts of a list or a table type a comma.")
    if rest[0] in "{[\"'" or _KEY.match(rest):
        return _("A comma is missing before this.")
    return None


def _still_open(bracket: str, line: int, sign: str) -> Message:
    return _(
        "This is {sign}, but {bracket} of line {line} is still open: write {close} before it "
        "or in its place, or take it away.",
        sign=sign,
        bracket=bracket,
        line=line,
        close=_CLOSING[bracket],
    )


def _open_at(text: str, at: int) -> tuple[str, int] | None:
    """Return the innermost bracket that is open at offset ``at``, and its line; None where none is."""
    found: list[tuple[str, int]] = []
    for part in _PART.finditer(text, 0, at):
        if part[0] in _CLOSING:
            found.append((part[0], text.count("\n", 0, part.start()) + 1))
        elif part[0] in _CLOSING.values() and found:
            found.pop()
    return found[-1] if found else None
