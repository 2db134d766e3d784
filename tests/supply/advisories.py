"""Asks an advisory database about every package that is locked.

The database is that of the index which pip installs from (its JSON API lists the known holes of each
version), or any that answers like it. What could not be asked is never taken for "none known".
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import httpx
from pip._internal.commands import create_command

from tests.supply.reading import DEVELOPMENT, RUNTIME, Pin, pins

NONE_KNOWN, KNOWN, NOT_ASKED = 0, 1, 3
"""Exit statuses. Where holes are known and something could not be asked, they are what counts."""
PATIENCE = 20.0
AT_ONCE = 8
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Hole:
    """A hole that is known: its numbers, the versions that mend it, and a line on what it is."""

    ids: tuple[str, ...]
    mended_in: tuple[str, ...]
    summary: str


class NotAsked(Exception):
    """The database said nothing of a package; why not."""


class Database:
    """One that answers at ``address``."""

    def __init__(self, address: str, certificates: str | None = None) -> None:
        trusted = ssl.create_default_context(cafile=certificates)
        self._client = httpx.Client(base_url=address, timeout=PATIENCE, follow_redirects=True, verify=trusted)
        self.name = httpx.URL(address).host or address
        self._away = Event()

    def holes(self, pin: Pin) -> tuple[Hole, ...]:
        """The holes known of ``pin``. Raises NotAsked; once nothing answers, at once."""
        if self._away.is_set():
            raise NotAsked("it does not answer")
        try:
            response = self._client.get(f"pypi/{pin.name}/{pin.version}/json")
        except httpx.HTTPError as error:
            self._away.set()
            raise NotAsked(f"it does not answer ({type(error).__name__})") from None
        if response.status_code != httpx.codes.OK:
            raise NotAsked(f"it answers with {response.status_code}")
        try:
            return tuple(_hole(one) for one in response.json()["vulnerabilities"] if not one.get("withdrawn"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise NotAsked("its answer lists no advisories") from None


def of_pip() -> Database:
    """The database of the index that pip is set to."""
    values = create_command("download").parser.get_default_values()
    return Database(values.index_url.rstrip("/").removesuffix("/simple"), values.cert)


def check(database: Database, locks: Sequence[Path] = (RUNTIME, DEVELOPMENT)) -> int:
    """Print what ``database`` knows of everything in ``locks``; the exit status."""
    asked = [(lock, pin) for lock in locks for pin in pins(lock)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda one: _answer(database, one[1]), asked))
    known, missing = 0, []
    for (lock, pin), answer in zip(asked, answers, strict=True):
        if isinstance(answer, NotAsked):
            missing.append(f"{pin.name} {pin.version}: {answer}")
            continue
        known += len(answer)
        for line in _lines(answer):
            print(f"{lock.name}: {pin.name} {pin.version}: {line}")
    if known:
        print(f"{known} known: `make lock` takes newer versions, `make check` tries them.")
    if missing:
        share = f"{len(missing)} of {len(asked)} packages"
        print(f"{database.name} could not be asked about {share} ({missing[0]}).")
        print("Whether these have known holes is not known.")
    if not known and not missing:
        print(f"{database.name} knows of no hole in any of {len(asked)} packages.")
    return KNOWN if known else NOT_ASKED if missing else NONE_KNOWN


def _answer(database: Database, pin: Pin) -> tuple[Hole, ...] | NotAsked:
    try:
        return database.holes(pin)
    except NotAsked as reason:
        return reason


def _hole(said: dict[str, object]) -> Hole:
    """``said`` is one of the index's `vulnerabilities`."""
    ids = (said["id"], *_list(said.get("aliases")))
    summary = said.get("summary") or said.get("details") or ""
    return Hole(
        tuple(_plain(one) for one in ids),
        tuple(_plain(one) for one in _list(said.get("fixed_in"))),
        _plain(summary),
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _plain(value: object) -> str:
    """The text on one line, without what a terminal would act on."""
    text = "".join(char if char.isprintable() else " " for char in str(value)[:LONGEST])
    return " ".join(text.split())


def _lines(holes: Sequence[Hole]) -> Iterator[str]:
    for hole in holes:
        mended = f"mended in {', '.join(hole.mended_in)}" if hole.mended_in else "not mended yet"
        yield f"{', '.join(hole.ids)}; {mended}. {hole.summary}".rstrip()
