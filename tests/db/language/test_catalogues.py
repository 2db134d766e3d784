"""Both languages are complete: every text of the code has its Chinese, with the same slots."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from db.language import Label, _, _n, as_language, catalogue, language_of, say
from tests.supply.catalogues import SOURCES, read_catalogue

PROJECT = Path(__file__).parents[3]
ROOMS = ("db", "auth", "reports", "tui")


def messages_of_the_code() -> dict[str, str]:
    """Every message that the code marks, with one place where it stands."""
    found: dict[str, str] = {}
    for room in ROOMS:
        marked = extract_from_dir(PROJECT / room, [("**.py", "python")], keywords={"_": None, "_n": (2,)})
        for file, line, text, _comments, _context in marked:
            found[str(text)] = f"{room}/{file}:{line}"
    return found


def catalogued() -> Iterator[tuple[str, str]]:
    """Every text with the name of a file that has its Chinese."""
    for path in sorted(SOURCES.glob("*.po")):
        with path.open("rb") as file:
            yield from ((str(message.id), path.name) for message in read_po(file) if message.id)


def like_it(place: str, code: dict[str, str]) -> str:
    """The file that has most texts of the same module, or of its folder; of a new folder one of its own."""
    homes, folder = dict(catalogued()), Path(place).parent
    for near in (place.partition(":")[0], f"{folder}/"):
        found = Counter(homes[text] for text, at in code.items() if at.startswith(near) and text in homes)
        if found:
            return found.most_common(1)[0][0]
    return f"{folder.name}.po"


def slots(text: str) -> set[str]:
    return {name for _literal, name, _format, _conversion in Formatter().parse(text) if name}


def test_every_message_of_the_code_has_its_chinese() -> None:
    chinese, code = read_catalogue(), messages_of_the_code()
    missing = [text for text in code if text not in chinese or not chinese[text].string]
    told = [
        f"{code[text]}, at the end of db/language/zh_CN/{like_it(code[text], code)}:\n"
        f'msgid {json.dumps(text, ensure_ascii=False)}\nmsgstr "…"\n'
        for text in missing
    ]
    assert not missing, "write the Chinese; of _n(…) by its second text alone\n\n" + "\n".join(told)


def test_no_catalogue_keeps_a_message_that_the_code_has_lost() -> None:
    code = messages_of_the_code()
    lost = [message.id for message in read_catalogue() if message.id and message.id not in code]
    assert lost == [], "take these out of db/language/zh_CN/; an _n(…) stands there by its second text alone"


def test_both_languages_fill_the_same_slots() -> None:
    differing = {
        str(message.id): str(message.string)
        for message in read_catalogue()
        if message.id and slots(str(message.id)) != slots(str(message.string))
    }
    assert differing == {}


def test_a_message_stands_in_one_catalogue_only() -> None:
    files: dict[str, list[str]] = {}
    for text, name in catalogued():
        files.setdefault(text, []).append(name)
    assert {text: names for text, names in files.items() if len(names) > 1} == {}


def test_chinese_is_punctuated_in_full_width() -> None:
    narrow = [
        str(message.string)
        for message in read_catalogue()
        if message.id
        and any(
            before > "\u2e80" and mark in ",;?!:"
            for before, mark in zip(str(message.string), str(message.string)[1:], strict=False)
        )
    ]
    assert narrow == []


def test_what_leaves_as_a_file_is_exported_by_one_word() -> None:
    """It was 取出 on one screen and 导出 on the next."""
    other = [str(message.string) for message in read_catalogue() if "取出" in str(message.string)]
    assert other == []


def test_a_message_is_said_in_the_readers_language() -> None:
    message = _("Key {file} is not 64 hexadecimal digits.", file="keys/pepper")
    assert say(message, "en") == "Key keys/pepper is not 64 hexadecimal digits."
    assert say(message, "zh_CN") == catalogue("zh_CN").gettext(message.text).format(file="keys/pepper")
    assert "十六进制" in say(message, "zh_CN")


@pytest.mark.parametrize(("count", "english"), [(0, "0 calls"), (1, "1 call"), (2, "2 calls")])
def test_english_says_of_one_thing_that_it_is_one(count: int, english: str) -> None:
    message = _n("{count} call, not reached", "{count} calls, not reached", count=count)
    assert say(message, "en").startswith(f"{english},")
    assert say(message, "zh_CN") == catalogue("zh_CN").gettext(message.text).format(count=count)


def test_a_label_in_a_message_is_said_in_the_same_language() -> None:
    message = _("Choose one of: {themes}.", themes=Label("深色", "dark"))
    assert say(message, "zh_CN") == "请从以下各项中选择：深色。"
    assert say(message, "en") == "Choose one of: dark."


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh_CN.UTF-8", "zh_CN"), ("zh-Hans", "zh_CN"), ("en_GB.UTF-8", "en"), ("C", "en"), ("", "en")],
)
def test_the_clients_locale_chooses_the_language(locale: str, language: str) -> None:
    assert language_of(locale) == language


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ValueError, match="fr"):
        as_language("fr")


def test_what_is_said_of_one_thing_fills_the_same_slots() -> None:
    differing = []
    for room in ROOMS:
        for file in (PROJECT / room).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_n":
                    one, many = (str(part.value) for part in call.args if isinstance(part, ast.Constant))
                    differing += [one] if slots(one) != slots(many) else []
    assert differing == []


def test_chinese_has_no_space_behind_a_bracket_that_a_slot_ends_with() -> None:
    text = _(
        "{title}: version {version} is in force from {day}",
        title="制度（一）",
        version=2,
        day="12-01（周二）",
    )
    assert say(text, "zh_CN") == "制度（一）：版本 2 自 12-01（周二）起生效"
    assert say(text, "en") == "制度（一）: version 2 is in force from 12-01（周二）"
