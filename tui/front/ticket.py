"""What a session is told when it begins, as the server writes it and the forked child reads it.

This module imports nothing of the server: every session carries it.
"""

from __future__ import annotations

import json
from codecs import lookup
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from db.language import Language, as_language, language_of

ENVIRONMENT = frozenset(
    {"TERM", "COLORTERM", "COLORFGBG", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "NO_COLOR"}
)
VALUE_LENGTH = 64
LONGEST = 61_440
"""Bytes of a ticket as it is sent, so that it goes into one message beside its head (`tui.front.warm`)."""
DEFAULT_SIZE = (80, 24)
LARGEST_SIZE = (300, 100)
UTF_8 = frozenset({"utf-8", "utf-8-sig"})


@dataclass(frozen=True, slots=True)
class Ticket:
    """One session, from the moment its account has signed in.

    ``session`` is the number of the sign-in's record; ``home`` the state folder. ``size`` is columns
    and rows. ``command`` is the plain command with its arguments, or None for the full screen.
    ``terminal`` says whether there is a pseudo-terminal; ``ssh`` begins a plain command on the client's own
    machine (`tui.front.ssh_command`).
    """

    session: int
    source: str
    home: str
    language: Language
    terminal: bool
    size: tuple[int, int] = DEFAULT_SIZE
    command: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    ssh: str = ""

    @property
    def is_on_screen(self) -> bool:
        """Whether the full screen is wanted: no command, and a terminal that can move its cursor."""
        return self.command is None and not is_dumb(self.environment)

    @property
    def charset(self) -> str:
        """The character set of plain lines to the client; UTF-8 if it names none."""
        return charset_of(self.environment) or "utf-8"

    def encode(self) -> bytes:
        """Return the ticket as JSON in UTF-8. Raises ValueError beyond `LONGEST`, or for a lone surrogate."""
        data = json.dumps(asdict(self), ensure_ascii=False).encode()
        if len(data) > LONGEST:
            raise ValueError("the ticket is too long")
        return data

    @classmethod
    def decode(cls, data: bytes) -> Ticket:
        """Read what `encode` gave. Raises ValueError for anything else."""
        try:
            said = json.loads(data)
            return cls(
                session=int(said["session"]),
                source=str(said["source"]),
                home=str(said["home"]),
                language=as_language(said["language"]),
                terminal=bool(said["terminal"]),
                size=(int(said["size"][0]), int(said["size"][1])),
                command=None if said["command"] is None else tuple(map(str, said["command"])),
                environment={str(name): str(value) for name, value in said["environment"].items()},
                ssh=str(said["ssh"]),
            )
        except (LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise ValueError("not a ticket") from error


def allowed_of(said: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a client's environment that its session may have."""
    return {name: value for name, value in said.items() if is_allowed_variable(name, value)}


def is_allowed_variable(name: str, value: str) -> bool:
    """Return whether a client may set this environment variable for its session."""
    return name in ENVIRONMENT and len(value) <= VALUE_LENGTH and value.isascii() and value.isprintable()


def is_dumb(environment: Mapping[str, str]) -> bool:
    """Return whether the terminal can only write line after line."""
    return environment.get("TERM") == "dumb"


def clamp_size(width: int, height: int) -> tuple[int, int]:
    """Return a window's size within 1×1 and 300×100; the default for 0."""
    if not width or not height:
        return DEFAULT_SIZE
    return min(width, LARGEST_SIZE[0]), min(height, LARGEST_SIZE[1])


def client_language(environment: Mapping[str, str], default: Language) -> Language:
    """Return the language of a client's locale, in POSIX's order; ``default`` if it names none."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return language_of(environment[name])
    return default


def charset_of(environment: Mapping[str, str]) -> str:
    """Return the character set of a client's locale, in POSIX's order: "" if it names none, ``ascii`` for an
    unknown one."""
    locale = locale_of(environment)
    if locale in ("C", "POSIX"):
        return "ascii"
    named = locale.partition(".")[2].partition("@")[0]
    try:
        "".encode(named or "utf-8")  # base64 is a codec too, but of no text
        return lookup(named).name if named else ""
    except (LookupError, UnicodeError):
        return "ascii"


def locale_of(environment: Mapping[str, str]) -> str:
    """Return the client's locale for its character set; "" for none."""
    return next((environment[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), "")
