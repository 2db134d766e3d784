"""The two languages of the product, zh_CN and en.

A text is written once, in English, as a message: ``_("Signed in as {name}", name=...)``. It is
translated when it is drawn, because the language belongs to the reader's session and not to the
code that speaks. The Chinese catalogue is the set of ``zh_CN/*.po`` files beside this module, one a
room, which ``make`` compiles into ``zh_CN.mo``. Labels that policy files bring along carry both languages
themselves.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["zh_CN", "en"]
LANGUAGES: tuple[Language, ...] = ("zh_CN", "en")
CATALOGUES = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence that waits for its reader's language; ``params`` fill its ``{slots}``. ``singular`` is what
    English says where its number is 1; Chinese has no plural."""

    text: str
    params: Mapping[str, object] = field(default_factory=dict)
    singular: str = ""

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted((k, str(v)) for k, v in self.params.items()))))


class MessageError(Exception):
    """What can't be done or read; ``message`` says why to a person."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


@dataclass(frozen=True, slots=True)
class Label:
    """A text that data brings along in both languages; false where it is empty, as every text."""

    zh: str
    en: str

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


Text = Message | Label | str
CITED_AS = ("clause", "clauses")
"""Slots of messages that hold a citation."""


BEHIND_A_BRACKET = re.compile("(?<=）) (?=[\u4e00-\u9fff])")
"""The space behind a bracket that a parameter ends with: Chinese writes none there."""


def _(text: str, /, **params: object) -> Message:
    """Mark ``text`` for the catalogues and make it a message."""
    return Message(text, params)


NO_CLAUSE = {"default": _("safe default"), "own": _("set by this organisation")}
"""What stands in a citation and is no clause: what no regulation says, and how much of what one asks for the
organisation has set."""


def _n(singular: str, text: str, /, **params: object) -> Message:
    """Make a text as `_` does, with an English ``singular``, which is said where the only number among
    ``params`` is 1."""
    return Message(text, params, singular)


def say(text: Text, language: Language) -> str:
    """Return ``text`` in ``language``, its parameters filled in; those that are texts themselves in
    ``language`` too."""
    if isinstance(text, Label):
        return text.zh if language == "zh_CN" else text.en
    if isinstance(text, str):
        return text
    template = catalogue(language).gettext(text.text) if text.text else ""
    if text.singular and language == "en" and _is_one(text.params):
        template = text.singular
    if not text.params:
        return template
    said = template.format(**{name: _spoken(name, value, language) for name, value in text.params.items()})
    return BEHIND_A_BRACKET.sub("", said) if "） " in said else said


def listed(parts: Iterable[Text]) -> Label:
    """Join texts, with the comma of either language."""
    return _join_texts(parts, "、", ", ")


def strung(parts: Iterable[Text]) -> Label:
    """Join texts that may hold commas themselves, with the semicolon of either language."""
    return _join_texts(parts, "；", "; ")


def _join_texts(parts: Iterable[Text], zh: str, en: str) -> Label:
    several = tuple(parts)
    return Label(zh.join(say(one, "zh_CN") for one in several), en.join(say(one, "en") for one in several))


def clause_words(clauses: str) -> Text:
    """Return a citation as people read it: ``default`` and ``own`` are no clauses, and are said in words."""
    ids = clauses.split(", ")
    stated: list[Text] = [one for one in ids if one not in NO_CLAUSE]
    said = [words for word, words in NO_CLAUSE.items() if word in ids]
    return listed([*stated, *said]) if len(ids) > 1 or said else clauses


def currency_words(currency: str) -> Text:
    """Return a currency as it stands behind an amount: its code, but in Chinese the yuan's name."""
    return Label("元", currency) if currency == "CNY" else currency


def _is_one(params: Mapping[str, object]) -> bool:
    return [value for value in params.values() if isinstance(value, int)] == [1]


def _spoken(name: str, value: object, language: Language) -> object:
    if name in CITED_AS and isinstance(value, str):
        value = clause_words(value)
    return say(value, language) if isinstance(value, Message | Label) else value


@cache
def catalogue(language: Language) -> gettext.NullTranslations:
    """Load the translations of ``language``; cached. English is what the code itself says."""
    if language == "en":
        return gettext.NullTranslations()
    with CATALOGUES.joinpath(f"{language}.mo").open("rb") as compiled:
        return gettext.GNUTranslations(compiled)


def language_of(locale: str) -> Language:
    """Return the product's language for a POSIX locale name such as ``zh_CN.UTF-8`` (``LANG``)."""
    return "zh_CN" if locale.lower().replace("-", "_").startswith("zh") else "en"


def as_language(name: str) -> Language:
    """Return ``name`` as one of the two languages. Raises ValueError for any other."""
    for language in LANGUAGES:
        if name == language:
            return language
    raise ValueError(name)
