"""Reading policy files: the built-in regulations, those on record, those of a folder, and any text."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from db.language import _
from db.policy import complaints, unreadable
from db.policy.clauses import clashing_letters
from db.policy.former_keys import rewrite_former_keys
from db.policy.line_numbers import key_lines
from db.policy.meaning import objections
from db.policy.regulation import PolicyError, Regulation
from db.policy.rules import Fault
from db.policy.schema import PolicyFile
from db.policy.schema.decisions import Decisions
from db.store.disk import read_plain
from db.store.toml import read_toml

HERE = Path(__file__).parent
REGULATIONS = HERE / "regulations"

_NAMED_BY_ID = (
    "roles", "kinds", "posts", "unit_kinds", "categories", "tags", "purposes", "cases", "training",
    "commendations", "sanctions",
)  # fmt: skip
_NAMED = {section: ("id", section) for section in _NAMED_BY_ID} | {
    "fields": ("name", "fields"),
    "unit_fields": ("name", "fields"),
}
"""The lists whose rules may leave out what the catalogue knows: the key that names a rule, and the
catalogue's list."""


def check(source: str | Path) -> list[Fault]:
    """Return what is wrong with a policy file (a Path) or a policy text (a str); empty when it can be
    used."""
    return _checked(source)[1]


def load(source: str | Path) -> Regulation:
    """Load the regulation in a file (a Path) or a text (a str). Raises PolicyError with the findings."""
    regulation, findings = _checked(source)
    if regulation is None or findings:
        raise PolicyError(tuple(findings))
    return regulation


def load_recorded(text: str) -> Regulation:
    """Load a regulation from a text on record: it was checked when it was put there, and stays in force when
    the check has learnt to object to more. Raises PolicyError where it can't be read at all."""
    regulation, findings = _understood(text, "", in_force=True)
    if regulation is None:
        raise PolicyError(tuple(findings))
    return regulation


@cache
def builtin() -> Mapping[str, Regulation]:
    """Load the regulations that come with the product, by id, each in its latest version alone; cached."""
    found = builtin_by_digest().values()
    return {one.id: one for one in sorted(found, key=lambda one: one.file.effective)}


@cache
def builtin_by_digest() -> Mapping[str, Regulation]:
    """Load the regulations that come with the product, by the digests of their texts; cached."""
    return {digest: _shipped(path) for digest, path in _shipped_files().items()}


def shipped(digest: str) -> Regulation | None:
    """Load the regulation with ``digest`` if it comes with the product, without the others; cached."""
    path = _shipped_files().get(digest)
    return _shipped(path) if path is not None else None


@cache
def _shipped_files() -> Mapping[str, Path]:
    return {digest_of(_text_in(path)): path for path in sorted(REGULATIONS.glob("*.toml"))}


@cache
def _shipped(path: Path) -> Regulation:
    regulation, findings = _read(path, in_force=True)
    if regulation is None:
        raise PolicyError(tuple(findings))
    return regulation


def text_of(regulation: Regulation) -> str:
    return _text_in(Path(regulation.path))


def _text_in(path: Path) -> str:
    return read_plain(path).decode("utf-8")


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@cache
def default() -> Regulation:
    """Load the rules that hold where every regulation is silent; cached. They may say what no regulation may:
    that no clause asks for it, and what everyone sees of whom nobody speaks."""
    regulation, findings = _read(HERE / "default.toml")
    if regulation is None:
        raise PolicyError(tuple(findings))
    return regulation


def read_decisions(decided: Mapping[str, object]) -> Decisions:
    """Read an organisation's decisions for one book. Raises PolicyError, with ``decisions`` as path."""
    try:
        return Decisions.model_validate(_frozen(dict(decided)))
    except ValidationError as problem:
        raise PolicyError(tuple(complaints.form(problem, {}, "decisions", Decisions))) from problem


def load_folder(folder: Path) -> list[Regulation]:
    """Load all ``*.toml`` of a folder, the earliest day first; of a folder that isn't there none. Raises
    PolicyError for a file that can't be read, or for two of one id and version."""
    found: dict[tuple[str, str], Regulation] = {}
    for path in sorted(folder.glob("*.toml")):
        regulation, findings = _read(path, in_force=True)
        if regulation is None:
            raise PolicyError(tuple(findings))
        other = found.get((regulation.id, regulation.version))
        if other is not None:
            message = _(
                "The id {id} is already used by {other}. Give this regulation another id or version.",
                id=regulation.id,
                other=other.path,
            )
            raise PolicyError((regulation.fault(message, "id"),))
        found[regulation.id, regulation.version] = regulation
    return sorted(found.values(), key=lambda one: one.file.effective)


def _checked(source: str | Path) -> tuple[Regulation | None, list[Fault]]:
    """Read as `_read` does; of a source that can be read, also find what is wrong with its meaning."""
    regulation, findings = _read(source)
    if regulation is not None:
        wrong = [*objections(regulation), *clashing_letters(regulation, builtin().values())]
        findings = sorted(wrong, key=lambda one: one.line)
    return regulation, findings


def _read(source: str | Path, *, in_force: bool = False) -> tuple[Regulation | None, list[Fault]]:
    """Return the regulation in ``source``, or None and why it can't be read. ``in_force``: former keys are
    read too, as it is on record. Faults of a str name no path."""
    if isinstance(source, str):
        return _understood(source, "", in_force=in_force)
    try:
        return _understood(_text_in(source), str(source), in_force=in_force)
    except UnicodeDecodeError as problem:
        return None, [unreadable.encoding(problem, str(source))]


def _understood(text: str, path: str, *, in_force: bool = False) -> tuple[Regulation | None, list[Fault]]:
    text = text.removeprefix("\ufeff")  # some editors begin UTF-8 with this mark
    try:
        raw = read_toml(text)
    except tomllib.TOMLDecodeError as problem:
        return None, [unreadable.syntax(problem, text, path)]
    try:
        content = _frozen(raw)
        file = PolicyFile.model_validate(
            _with_catalogue(rewrite_former_keys(content) if in_force else content)
        )
    except ValidationError as problem:
        names = {section: catalogue()[listed] for section, (_key, listed) in _NAMED.items()}
        return None, complaints.form(problem, key_lines(text), path, names=names)
    return Regulation(file, path, text), []


def _frozen(value: Any) -> Any:
    """Return ``value`` with tuples for lists, at any depth: strict validation takes nothing else."""
    if isinstance(value, list):
        return tuple(_frozen(single) for single in value)
    if isinstance(value, dict):
        return {key: _frozen(single) for key, single in value.items()}
    return value


@cache
def catalogue() -> dict[str, dict[str, dict[str, Any]]]:
    """Load the names that policy files share, by list and name; cached."""
    names: dict[str, dict[str, dict[str, Any]]] = _frozen(
        tomllib.loads((HERE / "catalogue.toml").read_text(encoding="utf-8"))
    )
    return names


def _with_catalogue(raw: dict[str, Any]) -> dict[str, Any]:
    """Return ``raw`` with the catalogue's content added to rules that it knows by name; rules of a wrong form
    stay."""
    filled = dict(raw)
    for section, (key, listed) in _NAMED.items():
        rules = raw.get(section)
        if isinstance(rules, tuple):
            known = catalogue()[listed]
            filled[section] = tuple(_fill_rule(rule, key, known) for rule in rules)
    if isinstance(filled.get("sanctions"), tuple):
        filled["sanctions"] = _ladder(filled["sanctions"])
    return filled


def _ladder(rungs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the ladder's rungs; one of the organisation's own gets an id from its English name and a
    severity above the one before."""
    done: list[Any] = []
    severity = 0
    for rung in rungs:
        if isinstance(rung, dict):
            if "id" not in rung and isinstance(rung.get("en"), str):
                name = re.sub(r"[^a-z0-9]+", "-", rung["en"].lower()).strip("-")
                rung = _fill_rule({**rung, "id": name}, "id", catalogue()["sanctions"])
            rung = {"severity": severity + 1, **rung}
            severity = rung["severity"] if isinstance(rung["severity"], int) else severity
        done.append(rung)
    return tuple(done)


def _fill_rule(rule: Any, key: str, known: Mapping[str, dict[str, Any]]) -> Any:
    if not isinstance(rule, dict):
        return rule
    name = rule.get(key)
    return {**known[name], **rule} if isinstance(name, str) and name in known else rule
