"""What is on record of regulations, what comes with the product and is not, and files that say otherwise. Not
operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from db.desk.authority.rules_on_record import rules_on_record, today_on_record
from db.language import Message, _
from db.policy.loader import builtin_by_digest, digest_of
from db.policy.regulation import Regulation
from db.store.disk import read_plain
from db.store.tables import RegulationText

State = Literal["past", "in-force", "coming", "withdrawn"]
STATES: Mapping[State, Message] = {
    "past": _("was in force from"),
    "in-force": _("in force since"),
    "coming": _("in force from"),
    "withdrawn": _("withdrawn; was to be in force from"),
}


@dataclass(frozen=True, slots=True)
class RecordedVersion:
    """A version on record, with the day (ISO) from which it is in force and the digest of its text."""

    id: str
    version: str
    state: State
    day: str
    digest: str
    recorded_at: str
    request: int | None


def recorded_versions() -> tuple[RecordedVersion, ...]:
    known, today = rules_on_record(), today_on_record()
    rows = RegulationText.select(
        RegulationText.id, RegulationText.regulation, RegulationText.version, RegulationText.from_day,
        RegulationText.digest, RegulationText.at, RegulationText.request, RegulationText.withdrawn_at,
    )  # fmt: skip

    def state(row: RegulationText) -> State:
        if row.withdrawn_at is not None:
            return "withdrawn"
        if row.from_day > today:
            return "coming"
        now = known.version(row.regulation, today)
        return "in-force" if now is not None and now.version == row.version else "past"

    return tuple(
        RecordedVersion(
            row.regulation, row.version, state(row), row.from_day, row.digest, row.at, row.request
        )
        for row in rows.order_by(RegulationText.regulation, RegulationText.from_day, RegulationText.id)
    )


def newer_shipped() -> tuple[Regulation, ...]:
    """Return the texts that the product brings of regulations on record and that are not on record
    themselves: they change nothing before they are put there. Leaves out those in whose place the
    organisation has one of its own."""
    shipped, versions = builtin_by_digest(), rules_on_record().versions
    known = {row.digest for row in RegulationText.select(RegulationText.digest)}
    own = {
        row.regulation
        for row in RegulationText.select(RegulationText.regulation, RegulationText.account)
        if row.account_id is not None
    }
    return tuple(
        one
        for digest, one in shipped.items()
        if one.id in versions and digest not in known and one.id not in own
    )


def adoption_advice(regulation: Regulation) -> Message:
    """Return the message how a newer text that comes with the product is tried and put on record."""
    return _(
        "{id} {version} comes with this mingce and is not in force; `mingce policy try BOOK {id}` says what "
        "it changes, `mingce policy add {id} --from DAY` puts it on record",
        id=regulation.id,
        version=regulation.version,
    )


def stray_files(folder: Path) -> tuple[str, ...]:
    """Return the names of policy files in ``folder`` not on record or unreadable: they change nothing."""
    known = {row.digest for row in RegulationText.select(RegulationText.digest)}
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            text = read_plain(path).decode("utf-8")
        except (OSError, UnicodeDecodeError):
            text = ""
        if digest_of(text) not in known:
            found.append(path.name)
    return tuple(found)
