"""The command line in the language of the operator's own locale (``LC_ALL``, ``LC_MESSAGES``, ``LANG``).

The language is the process's, so it is settled once, when this module is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from db.language import Language, Text, language_of, say


def language_of_environment(environment: Mapping[str, str]) -> Language:
    """Return the language by ``LC_ALL``, ``LC_MESSAGES``, ``LANG``, in POSIX's order; English if none is
    set."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return language_of(environment[name])
    return "en"


LANGUAGE: Language = language_of_environment(os.environ)


def t(text: Text) -> str:
    return say(text, LANGUAGE)
