"""Walks as files (`tests/siege/corpus/*.toml`): rows by names, so that they hold however rows are
numbered."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.store.engine import database
from tests.siege.actors import Holder
from tests.siege.acts import Act, Made, Ref
from tests.siege.oracle import Find
from tests.siege.stage import Stage

FOLDER = Path(__file__).parent / "corpus"
BY_NAME = {
    "account": "SELECT login FROM account WHERE id = {id}",
    "entry": "SELECT book_id || '/' || name FROM entry WHERE id = {id}",
    "unit": "SELECT book_id || '/' || name FROM unit WHERE id = {id}",
    "grant": "SELECT g.book_id || '/' || coalesce(a.login, p.name) || '/' || g.role FROM \"grant\" g "
    "LEFT JOIN account a ON a.id = g.account_id LEFT JOIN person p ON p.id = g.person_id WHERE g.id = {id}",
}  # fmt: skip
"""How a row of before the attack is named; others, and all that came to be since, go by their place."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A walk on file: what was found by it, once."""

    name: str
    rule: str
    table: str
    holder: Holder
    walk: tuple[Act, ...]


def written(stage: Stage, find: Find, holder: Holder, walk: Sequence[Act], says: str) -> str:
    """The file's text. Call it within an attempt in which nothing was done yet."""
    lines = [
        f"says = {_text(says)}", f"rule = {_text(find.rule)}", f"table = {_text(find.table)}",
        f"moves = {_text(find.moves)}",
        f"holder.login = {_text(holder.login)}", f"holder.book = {_text(holder.book)}",
        f"holder.role = {_text(holder.role)}",
        *([f"holder.beside = {json.dumps(holder.beside)}"] if holder.beside else []), "",
    ]  # fmt: skip
    for act in walk:
        lines += [
            "[[walk]]", f"by = {_text(_name(stage, 'account', act.by))}", f"do = {_text(act.do)}",
            *(f"given.{_text(name)} = {_value(stage, value)}" for name, value in act.given.items()), "",
        ]  # fmt: skip
    return "\n".join(lines)


def read(stage: Stage, file: Path) -> Kept:
    """A walk from its file. Call it within an attempt in which nothing was done yet."""
    raw = tomllib.loads(file.read_text("utf-8"))
    walk = tuple(
        Act(
            _id(stage, "account", one["by"]),
            one["do"],
            {name: _read(stage, value) for name, value in one.get("given", {}).items()},
        )
        for one in raw["walk"]
    )
    return Kept(file.stem, raw["rule"], raw["table"], _holder(raw["holder"]), walk)


def _holder(raw: Mapping[str, Any]) -> Holder:
    return Holder(raw["login"], raw["book"], raw["role"], tuple(raw.get("beside", ())))


def _value(stage: Stage, value: Any) -> str:
    if isinstance(value, Ref):
        table = {"digest": "request", "version": "entry"}.get(value.kind, value.kind)
        return _text(f"@{value.kind}:{_name(stage, table, value.id)}")
    if isinstance(value, Made):
        return f'{{ "made" = {_text(value.of)}, "of" = {_value(stage, value.given)} }}'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_text(name)} = {_value(stage, one)}" for name, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(stage, one) for one in value) + "]"
    if value is None:
        return _text("@none")
    if isinstance(value, bytes):
        return _text(f"@bytes:{value.hex()}")
    return json.dumps(value) if isinstance(value, bool | int) else _text(str(value))


def _read(stage: Stage, value: Any) -> Any:
    if isinstance(value, str) and value.startswith("@"):
        kind, _colon, name = value[1:].partition(":")
        if kind == "none":
            return None
        if kind == "bytes":
            return bytes.fromhex(name)
        return Ref(kind, _id(stage, {"digest": "request", "version": "entry"}.get(kind, kind), name))
    if isinstance(value, dict):
        if set(value) == {"made", "of"}:
            return Made(value["made"], _read(stage, value["of"]))
        return {name: _read(stage, one) for name, one in value.items()}
    return [_read(stage, one) for one in value] if isinstance(value, list) else value


def _name(stage: Stage, table: str, number: int) -> str:
    last = stage.last.get(table)
    if last is None:
        return str(number)
    if number > last:
        return f"+{number - last}"
    if table not in BY_NAME:
        return f"#{number}"
    return str(database.execute_sql(BY_NAME[table].format(id=int(number))).fetchone()[0])


def _id(stage: Stage, table: str, name: str) -> int:
    if name.startswith("+"):
        return stage.last[table] + int(name[1:])
    if name.startswith("#") or name.isdigit():
        return int(name.lstrip("#"))
    return next(
        int(number) for (number,) in database.execute_sql(f'SELECT id FROM "{table}" ORDER BY id').fetchall()
        if _name(stage, table, number) == name
    )  # fmt: skip


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
