"""What an operation is asked with: numbers of rows on record, words of the book's rules, choices of the
form that the desk itself hands out, and a few texts and days.

An attacker may type any number, so all rows of a table are candidates, the newest and those of the attacker's
books first. A parameter that nothing is known of fails a test: a new operation has to be taught.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from inspect import Parameter, signature
from typing import Any

from db.desk import Desk, Invalid, Refused, SessionOver
from db.desk.authority.standing import policy_of
from db.desk.frame import METHODS
from db.store.engine import database
from tests.siege.actors import Gang
from tests.siege.acts import Act, Made, Ref
from tests.siege.forms import COMPOSED, Untaught
from tests.siege.lists import CannotAsk
from tests.siege.stage import Stage
from tests.siege.words import DAYS, FIELDS, LISTED, LITERALS, OF_ROWS, ROWS, SKIPPED, SPECIAL, TEXTS, WORDS

__all__ = ["CannotAsk", "Drawer", "Untaught", "parameters"]


@dataclass
class Drawer:
    """Draws acts of ``gang`` by ``chance``."""

    stage: Stage
    gang: Gang
    chance: random.Random
    _words: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def act(self, by: int, operation: str) -> Act:
        """``operation`` with arguments. Raises CannotAsk."""
        desk = self.stage.desks[by]
        made = COMPOSED.get(operation)
        if made is not None:
            return Act(by, operation, made(self, desk))
        given: dict[str, Any] = {}
        for parameter in parameters(operation):
            if parameter.name in SKIPPED and parameter.default is not parameter.empty:
                continue
            if parameter.default is not parameter.empty and self.chance.random() < 0.4:
                continue
            value = self.value(operation, parameter.name, str(parameter.annotation), given, desk)
            if parameter.kind is parameter.VAR_POSITIONAL:
                given["*"] = value if isinstance(value, list) else [value]
            else:
                given[parameter.name] = value
        return Act(by, operation, _in_order(operation, given))

    def value(self, operation: str, name: str, kind: str, given: Mapping[str, Any], desk: Desk) -> Any:
        """One argument. Raises CannotAsk where there is nothing to name, Untaught where nothing is known of
        it."""
        full = f"{operation}.{name}"
        if full in SPECIAL:
            return SPECIAL[full](self, given, desk)
        if full in LITERALS or name in LITERALS:
            return self.chance.choice(LITERALS.get(full) or LITERALS[name])
        if name in ("book", "books"):
            return self.book()
        if "date" in kind and "str" not in kind:
            return Made("date", self.day())
        if name in SPECIAL:
            return SPECIAL[name](self, given, desk)
        if name in OF_ROWS and "str" not in kind.replace("int | str", ""):
            table = OF_ROWS[name]
            found = self.row(table.lstrip("*"), desk)
            return [found] if table.startswith("*") else found
        if name in WORDS:
            return self.word(WORDS[name], str(given.get("book", self.gang.holder.book)))
        if name not in TEXTS:
            raise Untaught(full)
        return self.chance.choice(TEXTS[name])

    def book(self) -> str:
        """Mostly one of the attacker's."""
        if self.chance.random() < 0.85:
            return (
                self.chance.choice(self.gang.books) if self.chance.random() < 0.3 else self.gang.holder.book
            )
        return self.chance.choice(sorted({book for book, _path in self.stage.world.units}))

    def row(self, table: str, desk: Desk | None = None) -> Ref:
        """A row of ``table``: one that the desk lists to the actor, that came to be since the beginning, of
        the attacker's books, or any."""
        if desk is not None and table in LISTED and self.chance.random() < 0.6:
            listed = self._listed(table, desk)
            if listed:
                return Ref(table, self.chance.choice(listed))
        last = self.stage.last.get(table, 0)
        if self.chance.random() < 0.5:
            found = (
                _ids(f'SELECT id FROM "{table}" WHERE id > {last} ORDER BY id DESC LIMIT 8')
                if table != "audit_record"
                else []
            )
            if found:
                return Ref(table, self.chance.choice(found))
        books = (
            self.gang.books
            if self.chance.random() < 0.9
            else sorted({one for one, _p in self.stage.world.units})
        )
        sql = ROWS.get(table, f'SELECT {"seq" if table == "audit_record" else "id"} FROM "{table}"')
        marks = "IN ('" + "', '".join(books) + "')"
        found = _ids(sql.format(books=marks, last=last))
        if not found:
            raise CannotAsk(table)
        return Ref(table, self.chance.choice(found))

    def _listed(self, table: str, desk: Desk) -> list[int]:
        key = desk.actor.account, table
        if key not in self.stage.listed:
            try:
                self.stage.listed[key] = list(LISTED[table](desk))
            except (Refused, Invalid, SessionOver):
                self.stage.listed[key] = []
        listed: list[int] = self.stage.listed[key]
        return listed

    def word(self, rules: str, book: str) -> str:
        """A word of the book's own."""
        key = (rules, book)
        if key not in self._words:
            try:
                every = getattr(policy_of(book), rules)
            except KeyError:
                every = ()
            self._words[key] = tuple(
                str(
                    getattr(one, "kind", "")
                    if rules in ("reviews", "flows")
                    else getattr(one, "id", None) or getattr(one, "name", "")
                )
                for one in every
            )
        if not self._words[key]:
            raise CannotAsk(rules)
        return self.chance.choice(self._words[key])

    def day(self) -> str:
        """A day not far from today."""
        return (self.stage.clock.now + timedelta(days=self.chance.choice(DAYS))).date().isoformat()

    def coming_day(self) -> str:
        """A day that is still to come."""
        return (self.stage.clock.now + timedelta(days=self.chance.choice((4, 20)))).date().isoformat()

    def login(self) -> str:
        """Whose login one types: anybody's in the book, or the own."""
        found = database.execute_sql(
            f"SELECT login FROM account WHERE id = {database.param}", (self.row("account").id,)
        ).fetchone()
        return str(found[0])

    def name(self) -> str:
        """A name on record."""
        found = database.execute_sql(
            f"SELECT name FROM entry WHERE id = {database.param}", (self.row("entry").id,)
        ).fetchone()
        return str(found[0])

    def typed(self, fields: Any, known: Mapping[str, Callable[[], str]] | None = None) -> dict[str, Any]:
        """What somebody types into ``fields`` of a form."""
        asked: dict[str, Any] = {}
        for one in fields:
            if not one.editable:
                continue
            asked[one.name] = self._into(one, known or {})
        return asked

    def _into(self, one: Any, known: Mapping[str, Callable[[], str]]) -> Any:
        if one.choices:
            chosen = self.chance.choice(one.choices).id
            return Ref("text", int(chosen)) if chosen.isdigit() and one.name in ("unit", "to") else chosen
        if one.name in known:
            return known[one.name]()
        if one.value and self.chance.random() < 0.5:
            return one.value
        made = FIELDS.get(one.name)
        return made(self) if made is not None else (one.value or "新")


@cache
def parameters(operation: str) -> tuple[Parameter, ...]:
    """The parameters of an operation."""
    return tuple(signature(METHODS[operation]).parameters.values())[1:]


def _in_order(operation: str, given: dict[str, Any]) -> dict[str, Any]:
    """With ``*`` what comes before it has to be given by place."""
    if "*" in given:
        before = [one.name for one in parameters(operation) if one.kind is one.POSITIONAL_OR_KEYWORD]
        return {"": [given.pop(name) for name in before if name in given], **given}
    return given


def _ids(sql: str) -> list[int]:
    return [one for (one,) in database.execute_sql(sql).fetchall()]
