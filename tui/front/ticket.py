"""What a session is told when it begins, as the server writes it and the forked child reads it.

This module imports nothing of the server: every session carries it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from db.language import Language, as_language, language_of

ENVIRONMENT = frozenset({"TERM", "COLORTERM", "COLORFGBG", "LANG", "LC_ALL", "LC_MESSAGES", "NO_COLOR"})
VALUE_LENGTH = 64
DEFAULT_SIZE = (80, 24)
LARGEST_SIZE = (300, 100)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One session, from the moment its account has signed in.

    ``session`` is the number of the sign-in's record; ``home`` the state folder. ``size`` is columns
    and rows. ``command`` is the plain command with its arguments, or None for the full screen.
    ``terminal`` says whether there is a pseudo-terminal.
    """

    session: int
    source: str
    home: str
    language: Language
    terminal: bool
    size: tuple[int, int] = DEFAULT_SIZE
    command: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """The ticket as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, text: str) -> Ticket:
        """Read what `to_json` gave. Raises KeyError, TypeError or ValueError for anything else."""
        data = json.loads(text)
        return cls(
            session=int(data["session"]),
            source=str(data["source"]),
            home=str(data["home"]),
            language=as_language(data["language"]),
            terminal=bool(data["terminal"]),
            size=(int(data["size"][0]), int(data["size"][1])),
            command=None if data["command"] is None else tuple(map(str, data["command"])),
            environment={str(name): str(value) for name, value in data["environment"].items()},
        )


def allowed(name: str, value: str) -> bool:
    """Whether a client may set this environment variable for its session."""
    return name in ENVIRONMENT and len(value) <= VALUE_LENGTH and value.isascii() and value.isprintable()


def clamp_size(width: int, height: int) -> tuple[int, int]:
    """A window's size within 1×1 and 300×100; 0 means the client did not say."""
    if not width or not height:
        return DEFAULT_SIZE
    return min(width, LARGEST_SIZE[0]), min(height, LARGEST_SIZE[1])


def client_language(environment: Mapping[str, str], default: Language) -> Language:
    """The language a client asks for, in POSIX's order of precedence."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return language_of(environment[name])
    return default
