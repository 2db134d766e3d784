"""What `organisation.toml` says, in types."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from db.language import Label

FILE = Path(__file__).with_name("organisation.toml")


class Part(BaseModel):
    """A part of a data file that allows no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(Part):
    """A text in both languages."""

    zh: str
    en: str

    @property
    def label(self) -> Label:
        return Label(self.zh, self.en)


class BookPlan(Part):
    """A book. ``units``: path, colleagues, the head's post; ``outside``: path, contacts, their kind."""

    id: str
    title: Title
    root: Title
    policies: tuple[str, ...]
    domain: str
    exchange: str
    part_timers: int = 0
    interns: int = 0
    units: tuple[tuple[str, int, str], ...]
    outside: tuple[tuple[str, int, str], ...]


class Role(Part):
    """Someone with an account. ``roles`` are granted in their own book and in those of ``also``."""

    login: str
    name: str
    unit: str
    position: str
    head: bool = False
    roles: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    first_sign_in: bool = False


class Organisation(Part):
    """Books, and by book the people with an account."""

    books: tuple[BookPlan, ...]
    cast: dict[str, tuple[Role, ...]]


def organisation() -> Organisation:
    """The demonstration's organisation."""
    return Organisation.model_validate(tomllib.loads(FILE.read_text("utf-8")))
