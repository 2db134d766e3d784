"""What `organisation.toml` says, in types."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from db.language import Label

FILE = Path(__file__).with_name("organisation.toml")


class CastPart(BaseModel):
    """A part of a data file that allows no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(CastPart):
    """A text in both languages."""

    zh: str
    en: str

    @property
    def label(self) -> Label:
        return Label(self.zh, self.en)


class BookPlan(CastPart):
    """A book. ``units``: path, colleagues, the head's post; ``outside``: path, contacts, their kind;
    ``pupils``: a class and how many are in it. ``empty_units`` are there before anybody is."""

    id: str
    title: Title
    root: Title
    policies: tuple[str, ...]
    decisions: dict[str, str] = Field(default={})
    domain: str = ""
    exchange: str = ""
    part_timers: int = 0
    interns: int = 0
    units: tuple[tuple[str, int, str], ...] = ()
    outside: tuple[tuple[str, int, str], ...] = ()
    pupils: tuple[str, int] = ("", 0)
    empty_units: tuple[str, ...] = ()
    regions: dict[str, str] = Field(default={})


class Role(CastPart):
    """Someone with an account. ``roles`` are granted in their own book and in those of ``also``; ``places``
    are a role in a book from a unit down (the whole of it where empty). ``entries`` are the
    other books that the story gives them an entry in. Without ``unit`` they have none in their own.
    ``tries`` says what to try as them; ``accepts``: they accept the undertaking on their first day."""

    login: str
    name: str
    unit: str = ""
    position: str = ""
    kind: str = ""
    head: bool = False
    roles: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    places: tuple[tuple[str, str, str], ...] = ()
    entries: tuple[str, ...] = ()
    accepts: bool = True
    first_sign_in: bool = False
    tries: Title = Field(alias="try")

    def held_roles(self, book: str) -> dict[str, list[str]]:
        """Return the roles held in each book; ``book`` is their own."""
        own = [*(["employee"] if self.unit else []), *(["head"] if self.head else []), *self.roles]
        found = {book: own}
        for other in self.entries:
            found.setdefault(other, []).append("employee")
        for other in self.also:
            found.setdefault(other, []).extend(self.roles)
        for role, other, _unit in self.places:
            found.setdefault(other, []).append(role)
        return {where: list(dict.fromkeys(roles)) for where, roles in found.items()}


class Organisation(CastPart):
    """Books, and by book the people with an account."""

    books: tuple[BookPlan, ...]
    cast: dict[str, tuple[Role, ...]]

    def everyone(self) -> Iterator[tuple[BookPlan, Role]]:
        """Yield everybody with an account and their own book, in the order of the books."""
        for book in self.books:
            for role in self.cast.get(book.id, ()):
                yield book, role


def organisation() -> Organisation:
    return Organisation.model_validate(tomllib.loads(FILE.read_text("utf-8")))
