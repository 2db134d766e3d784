"""`mingce init`: a new installation, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from db.desk.accounts.new_accounts import check_login
from db.desk.entry.units import check_book_name
from db.desk.policies.revising import takes_the_place_of
from db.language import Label, Message, Text, _
from db.policy.clock import WorkingCalendar
from db.policy.effective import EffectivePolicy
from db.policy.loader import builtin, builtin_by_digest, digest_of, load
from db.policy.vocabulary import HEAD
from db.store.complaints import complaint
from db.store.disk import SMALL
from db.store.engine import close_store
from db.store.keys import make_keys
from db.store.migrations import migrate, stored_schema_version
from db.store.opening import open_store
from db.store.settings import Home, Settings, known_settings
from tui.host.book import decisions_of
from tui.host.founding import Colleague, Founding
from tui.host.language import t
from tui.host.owner import home_of, read_given
from tui.host.policy import name_in_findings
from tui.host.shell import (
    WRONG_USAGE,
    CommandFailure,
    failures_in_words,
    is_interactive,
    tell,
    tell_json,
    warn,
)
from tui.plain.command import MOST_PORT, number
from tui.plain.words import CommandWords

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InitWishes:
    """What `init` was told; empty where it has to ask or to fall back on a default."""

    organisation: str = ""
    privacy_contact: str = ""
    language: str = ""
    database: str = ""
    country: str = ""
    time_zone: str = ""
    host: str = ""
    port: int = 0
    book: str = ""
    title: str = ""
    policies: str = ""
    hr_login: str = ""
    hr_name: str = ""
    hr_unit: str = ""
    deputy_login: str = ""
    deputy_name: str = ""
    rights_login: str = ""
    rights_name: str = ""
    accept: bool = False
    decide: tuple[str, ...] = ()
    """What the regulations leave to the organisation, each as ``KEY=VALUE``."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """What the files among ``policies`` hold, where they were read already."""


QUESTIONS: dict[str, tuple[Message, str]] = {
    "organisation": (_("Name of the organisation"), ""),
    "privacy_contact": (
        _("Phone, e-mail or address for questions about personal information (may be left empty)"),
        "",
    ),
    "language": (_("Language where a client names none (zh_CN, en)"), "zh_CN"),
    "database": (_("Database"), "sqlite:mingce.db"),
    "country": (_("Country whose holidays count"), "CN"),
    "time_zone": (_("Time zone"), "Asia/Shanghai"),
    "host": (_("Address to listen on"), "127.0.0.1"),
    "book": (_("Id of the first directory"), "staff"),
    "title": (_("Title of the first directory"), ""),
    "policies": (_("Its regulations, ids or files of your own, separated by commas"), ""),
    "hr_login": (_("Login of who looks after the first directory: HR, or a class teacher"), ""),
    "hr_name": (_("Name of that person"), ""),
    "hr_unit": (_("That person's unit"), ""),
}

OPTIONAL = frozenset({"privacy_contact"})
BESIDE: dict[str, tuple[Message, Message]] = {
    "deputy": (
        _("Login of the deputy, who looks after the directory in the other's place ({clause})"),
        _("Name of the deputy ({clause})"),
    ),
    "rights": (
        _("Login of who gives roles in the directory, as {role} ({clause})"),
        _("Name of who gives roles in the directory, as {role} ({clause})"),
    ),
}
"""Whom some regulations ask for beside: the questions for login and name."""

PORT = 8022
UNFINISHED = ".new"
"""What an installation is made in, inside a folder that was given; left behind only by who was killed."""
SETTINGS = ("organisation", "privacy_contact", "language", "database", "country", "time_zone", "host")
"""Questions about the installation's settings."""
COLON = Label("：", ": ")


def init(words: CommandWords) -> None:
    """Ask for what is missing, create the installation's state folder, and print the first activation codes.
    Raises CommandFailure, also for a folder in use; hidden files such as `.pgpass` may lie in it."""
    wishes = wishes_of(words)
    home = home_of(words)
    if home.folder.exists() and any(not one.name.startswith(".") for one in home.folder.iterdir()):
        raise CommandFailure(
            _("{folder} is not empty; nothing is overwritten.", folder=str(home.folder)),
            _("Choose another folder with --dir."),
        )
    wishes = complete(wishes)
    settings = settings_of(wishes)
    with failures_in_words():
        founding = founding_of(wishes)
        founding = replace(founding, colleagues=colleagues_of(wishes, founding.policy()))
        founding.accept_undertakings(wishes.accept)
        founded, *beside = make_state(home, settings, founding.found_organisation)
    if words.has("json"):
        others = [{"login": one.login, "activation_code": one.code} for one in beside]
        made = {"folder": str(home.folder), "login": founded.login, "activation_code": founded.code}
        tell_json({**made, "others": others})
        return
    tell(_("mingce is ready in {folder}.", folder=str(home.folder)))
    tell(_("Start it with: mingce serve --dir {folder}", folder=str(home.folder)))
    for one in (founded, *beside):
        tell(_("First sign-in as {login}, within 72 hours; the code is shown only now:", login=one.login))
        tell(f"  {one.code}")


def wishes_of(words: CommandWords) -> InitWishes:
    """Return what the command line says. Reads the files it names now, as the caller, before root gives up
    its rights. Raises WrongUsage for a port that is no number."""
    names = names_of(words.option_value("policies"))
    return InitWishes(
        **{name: words.option_value(name.replace("_", "-")) for name in QUESTIONS},
        deputy_login=words.option_value("deputy-login"),
        deputy_name=words.option_value("deputy-name"),
        rights_login=words.option_value("rights-login"),
        rights_name=words.option_value("rights-name"),
        port=number(words.option_value("port"), "--port", MOST_PORT) if words.has("port") else 0,
        accept=words.has("accept"),
        decide=words.option_values("decide"),
        texts={name: read_text(name) for name in names if is_file(name)},
    )


def names_of(policies: str) -> list[str]:
    return [name.strip() for name in policies.split(",") if name.strip()]


def is_file(name: str) -> bool:
    """Return whether ``name`` is a path to a regulation, not the id of a shipped one. Looks at no disk."""
    return os.sep in name or name.endswith(".toml")


def read_text(name: str) -> str:
    """Return the text of a policy file. Raises CommandFailure if it can't be read, or is not UTF-8."""
    try:
        return read_given(Path(name), SMALL).decode("utf-8")
    except UnicodeDecodeError:
        message = _("{file} is not UTF-8 text.", file=name)
        raise CommandFailure(message, _("Save it as UTF-8.")) from None


def complete(wishes: InitWishes) -> InitWishes:
    """Return ``wishes`` with all questions answered: asked at the terminal, else by default. Raises
    CommandFailure for one without a default."""
    answers: dict[str, str] = {}
    for name, (question, default) in QUESTIONS.items():
        if name == "policies" and not wishes.policies and is_interactive():
            tell_policies()
        answers[name] = answer_to(name, question, default, replace(wishes, **answers))  # type: ignore[arg-type]
    return replace(wishes, port=wishes.port or PORT, **answers)  # type: ignore[arg-type]  # all are texts


def answer_to(name: str, question: Message, default: str, wishes: InitWishes) -> str:
    """Return what ``wishes`` says to a question; else ask at the terminal until the answer is usable; else
    the default. If there is none, return "" for an `OPTIONAL` one. Raises CommandFailure for any other."""
    given = str(getattr(wishes, name))
    if not given and is_interactive():
        shown = f" [{default}]" if default else ""
        while True:
            given = input(f"{t(question)}{shown}{t(COLON)}").strip() or default
            wrong = problem_of(name, given, wishes)
            if wrong is None:
                break
            warn(wrong)
    if not (given or default or name in OPTIONAL):
        option = "--" + name.replace("_", "-")
        missing = _("{option} is missing: {question}.", option=option, question=question)
        raise CommandFailure(missing, "", WRONG_USAGE)
    return given or default


def colleagues_of(wishes: InitWishes, policy: EffectivePolicy) -> tuple[Colleague, ...]:
    """Return who else the book needs: a deputy where one must be named, and who gives roles where that is
    another office. Asks at the terminal for what is missing. Raises CommandFailure."""
    needed = {}
    if policy.deputy is not None and policy.deputy.required:
        needed["deputy"] = policy.deputy.role, policy.deputy.clause
    giver = policy.role_behind(policy.rights.by)
    if giver not in (HEAD, policy.maintainer.role):
        needed["rights"] = giver, policy.rights.clause
    found = []
    for who, (role, clause) in needed.items():
        said = {"role": policy.role(role).label, "clause": clause}
        login, name = (
            answer_to(f"{who}_{what}", replace(question, params=said), "", wishes)
            for what, question in zip(("login", "name"), BESIDE[who], strict=True)
        )
        found.append(Colleague(role, login, name))
    return tuple(found)


def problem_of(name: str, given: str, wishes: InitWishes) -> Text | None:
    """Return why ``given`` can't be the answer to question ``name``, beside ``wishes``; None if it can."""
    if not given and name not in OPTIONAL:
        return _("This can't be left empty.")
    if name.endswith("_name"):
        return None
    defaults = {asked: default for asked, (_question, default) in QUESTIONS.items()}
    known = {asked: str(getattr(wishes, asked)) or default for asked, default in defaults.items()}
    known[name] = given
    wishes = replace(wishes, port=wishes.port or PORT, **known)  # type: ignore[arg-type]  # all are texts
    try:
        with failures_in_words():
            if name in SETTINGS:
                settings_of(wishes)
            elif name == "policies":
                founding_of(wishes).policy()
            elif name == "book":
                check_book_name(given)
            elif name.endswith("_login"):
                check_login(given)
    except CommandFailure as failure:
        return f"{t(failure.message)}\n{t(failure.advice)}".rstrip()
    return None


def tell_policies() -> None:
    for name, regulation in sorted(builtin().items()):
        tell(f"  {name:<22}{t(Label(regulation.file.title.zh, regulation.file.title.en))}")


def founding_of(wishes: InitWishes) -> Founding:
    """Return the founding that ``wishes`` asks for, its own regulations loaded. Raises CommandFailure,
    PolicyError for an unfit file."""
    policies, own = [], {}
    for name in names_of(wishes.policies):
        if is_file(name):
            text = wishes.texts.get(name) or read_text(name)
            with name_in_findings(Path(name)):
                regulation = load(text)
            if regulation.id in builtin() and digest_of(text) not in builtin_by_digest():
                raise CommandFailure(takes_the_place_of(regulation.id), status=WRONG_USAGE)
            name, own[regulation.id] = regulation.id, text
        policies.append(name)
    return Founding(
        book=wishes.book,
        title=wishes.title,
        organisation=wishes.organisation,
        policies=tuple(policies),
        login=wishes.hr_login,
        name=wishes.hr_name,
        unit=wishes.hr_unit,
        decisions=decisions_of(wishes.decide),
        own=own,
    )


def settings_of(wishes: InitWishes) -> Settings:
    """Return validated settings made from ``wishes``. Raises CommandFailure."""
    try:
        WorkingCalendar(wishes.country, wishes.time_zone)
    except ValueError:
        unknown = _(
            "The country {country} or the time zone {zone} is not known.",
            country=wishes.country,
            zone=wishes.time_zone,
        )
        advice = _("Write the two letters of a country, as CN, and a zone such as Asia/Shanghai.")
        raise CommandFailure(unknown, advice, WRONG_USAGE) from None
    try:
        return Settings.model_validate(
            {
                "organisation": wishes.organisation,
                "privacy_contact": wishes.privacy_contact,
                "database": wishes.database,
                "country": wishes.country,
                "time_zone": wishes.time_zone,
                "language": wishes.language,
                "phone_region": wishes.country,
                "host": wishes.host,
                "port": wishes.port,
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        wrong = _("The setting {name} can't be “{value}”.", name=name, value=first["input"])
        raise CommandFailure(wrong, complaint(first, known_settings(first["loc"])), WRONG_USAGE) from None


def make_state(home: Home, settings: Settings, fill: Callable[[], T]) -> T:
    """Create the state folder with keys and settings, create and migrate its database, call ``fill`` with the
    store open, and move all to its place at the end; return what ``fill`` returned. Deletes everything if a
    step fails. Raises CommandFailure for a database in use.

    It is built beside its place; where an empty folder was given, inside that one: whom it belongs to need
    not be allowed to make anything beside it.
    """
    from tui.front.hostkey import NAME, write_host_key

    given = home.folder.exists()
    home.folder.parent.mkdir(parents=True, exist_ok=True)
    building = Home(home.folder / UNFINISHED if given else home.folder.with_name(f".{home.folder.name}.new"))
    if building.folder.exists():
        shutil.rmtree(building.folder)
    building.folder.mkdir(mode=0o700)
    try:
        for folder in (building.policies, building.log):
            folder.mkdir(mode=0o700)
        make_keys(building.keys)
        write_host_key(building.keys / NAME)
        write_settings(building, settings)
        open_store(building, settings)
        try:
            if stored_schema_version() > 0:
                raise CommandFailure(
                    _("This database holds an installation already."),
                    _("Name another one, or start the server with the installation's own state folder."),
                )
            migrate()
            filled = fill()
        finally:
            close_store()
        if given:
            _move_up(building, home)
        else:
            os.rename(building.folder, home.folder)
    except BaseException:
        shutil.rmtree(building.folder, ignore_errors=True)
        raise
    return filled


def _move_up(building: Home, home: Home) -> None:
    """Move the content of ``building`` into ``home``, the settings last: without them nothing starts."""
    home.folder.chmod(0o700)
    for one in sorted(building.folder.iterdir(), key=lambda one: one == building.settings_file):
        one.rename(home.folder / one.name)
    building.folder.rmdir()


def write_settings(home: Home, settings: Settings) -> None:
    """Write ``settings.toml`` with every key and its description, readable by its owner alone."""
    lines: list[str] = []
    tables: list[str] = []
    for name, setting in Settings.model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            value = value.model_dump(mode="json")
        # Tables follow the keys. One that is left out stands there as a remark; docs/operators.md shows it.
        is_table = value is None or isinstance(value, dict)
        here = tables if is_table else lines
        if setting.description:
            here.append(f"# {setting.description}")
        if is_table:
            here.append(f"[{name}]" if value else f"# [{name}]")
            here += [
                f"{key} = {json.dumps(given, ensure_ascii=False)}" for key, given in (value or {}).items()
            ]
        else:
            here.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    lines += tables
    home.settings_file.write_text("\n".join(lines) + "\n", "utf-8")
    home.settings_file.chmod(0o600)
