"""A new version of a regulation: checked against every book under it, kept, and announced (G.9).

Not an operation. Requests under way go on by the rules that they began under (`requests.frozen`).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from db.desk.authority.standing import books_of
from db.desk.refusal import SILENT, Invalid, Problem
from db.desk.telling.notices import REVISION, tell
from db.language import Message, _
from db.policy.compose import compose
from db.policy.effective import EffectivePolicy
from db.policy.loader import builtin, load_versions
from db.policy.regulation import Regulation
from db.policy.schema.work import NoticeRule
from db.store.tables import Account, Book


@dataclass(frozen=True, slots=True)
class Added:
    """A regulation that was added: its file, the books that it is in force over, and how many were told."""

    id: str
    version: str
    effective: str
    file: str
    books: tuple[str, ...]
    told: int


def check_new(regulation: Regulation, folder: Path) -> None:
    """Raises Invalid where this version is known already, so that no version ever says two things."""
    known = [*builtin().values(), *load_versions(folder)]
    if any((one.id, one.version) == (regulation.id, regulation.version) for one in known):
        raise Invalid(
            Problem(
                "version",
                _(
                    "Version {version} of {id} is known already. Give a revision a version of its own.",
                    version=regulation.version,
                    id=regulation.id,
                ),
            )
        )


def takes_a_place(regulation: Regulation, folder: Path) -> bool:
    """Whether this is the organisation's first version of a regulation that comes with the product: from its
    day on it would be in force over every book under that id, in place of the one that came."""
    shipped = builtin().get(regulation.id)
    return shipped is not None and regulation.id not in {one.id for one in load_versions(folder)}


def takes_the_place_of(regulation: str) -> Message:
    """What is said of a file with the id of a regulation that comes with the product."""
    return _(
        "{id} is the id of a regulation that comes with mingce; this one would take its place in every book "
        "under it. Give a regulation of your own another id.",
        id=regulation,
    )


def books_under(regulation: str) -> list[Book]:
    """The books that a regulation is in force over."""
    rows = Book.select().order_by(Book.sort, Book.id)
    return [row for row in rows if regulation in json.loads(row.policies)]


def revised(book: Book, regulation: Regulation, known: Mapping[str, Regulation]) -> EffectivePolicy:
    """The policy that ``book`` will have. Raises PolicyError where that leaves something to decide."""
    after, decisions = {**known, regulation.id: regulation}, json.loads(book.decisions)
    return compose(book.id, [after[name] for name in json.loads(book.policies)], decisions)


def keep(text: str, regulation: Regulation, folder: Path) -> Path:
    """Write the file beside the others, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = folder / f"{regulation.id}@{regulation.version}.toml"
    handle, draft = tempfile.mkstemp(dir=folder, suffix=".draft")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(draft, 0o644)
    os.replace(draft, wanted)
    return wanted


def announce(book: str, regulation: Regulation, rule: NoticeRule | None) -> Sequence[int]:
    """Tell everybody in ``book``: their accounts. ``rule`` says whether each has to acknowledge it (G.9).

    The host's operator, who is no person and has no password, meets no announcement."""
    somebody = Account.person.is_null(False) | Account.password.is_null(False)
    everyone = [
        row.id
        for row in Account.select().where((Account.state != "disabled") & somebody).order_by(Account.id)
        if book in books_of(row.id)
    ]
    tell(
        REVISION,
        book,
        everyone,
        clause=rule.clause if rule is not None else SILENT,
        detail={
            "policy": regulation.id,
            "version": regulation.version,
            "effective": regulation.file.effective.isoformat(),
            "zh": regulation.file.title.zh,
            "en": regulation.file.title.en,
        },
        acknowledge=rule is not None and rule.acknowledge,
    )
    return everyone


def revision_rule(policies: Sequence[EffectivePolicy]) -> NoticeRule | None:
    """The rule on how a revision is made known, of the policy before or after it."""
    for policy in policies:
        for rule in policy.notices:
            if rule.about == "revision":
                return rule
    return None
