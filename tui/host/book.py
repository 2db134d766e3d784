"""`mingce book create`: a directory of its own under one or several regulations."""

from __future__ import annotations

from collections.abc import Sequence
from tomllib import TOMLDecodeError

from db.language import Label, _
from db.store.toml import read_toml
from tui.host.operator import desk_for
from tui.host.owner import home_of
from tui.host.shell import WRONG_USAGE, CommandFailure, tell, tell_json
from tui.plain.words import CommandWords


def create(words: CommandWords) -> None:
    """Create a book under its regulations, with a maintainer and perhaps a deputy, recorded, and print that.
    Raises CommandFailure."""
    name, policies = words.operand(0), words.option_values("policy")
    title, title_en, root = (
        words.option_value("title"),
        words.option_value("title-en"),
        words.option_value("root"),
    )
    maintainer, deputy = words.option_value("maintainer"), words.option_value("deputy")
    decisions = decisions_of(words.option_values("decide"))
    with desk_for(home_of(words)) as desk:
        desk.policies.create_book(
            name,
            policies,
            title=Label(title or name, title_en or title or name),
            root=Label(root or title or name, root or title_en or title or name),
            decisions=decisions,
            maintainer=maintainer,
            deputy=deputy,
        )
    if words.has("json"):
        tell_json(
            {"book": name, "policies": list(policies), "maintainer": maintainer, "deputy": deputy or None}
        )
        return
    tell(_("The directory {book} is there. {login} looks after it.", book=name, login=maintainer))
    tell(_("`mingce policy show {book}` says what is in force; `mingce import` fills it.", book=name))


def decisions_of(texts: Sequence[str]) -> dict[str, object]:
    """Read ``KEY=VALUE`` as decisions, nested where a key has dots; a value is TOML, or a bare word. Raises
    CommandFailure, also for a key that is there twice or lies within another."""
    found: dict[str, object] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise CommandFailure(
                _("Write a decision as KEY=VALUE, not “{text}”.", text=text), status=WRONG_USAGE
            )
        place: object = found
        *above, last = key.strip().split(".")
        for part in above:
            place = place.setdefault(part, {}) if isinstance(place, dict) else None
        if not isinstance(place, dict) or last in place:
            twice = _("“{key}” is decided twice. Give --decide once for each key.", key=key.strip())
            raise CommandFailure(twice, status=WRONG_USAGE)
        place[last] = _value(value.strip())
    return found


def _value(text: str) -> object:
    try:
        return read_toml(f"value = {text}")["value"]
    except TOMLDecodeError:
        return text
