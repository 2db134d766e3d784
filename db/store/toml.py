"""TOML that people write, read so that a hostile or broken text is refused like any other wrong one."""

from __future__ import annotations

import tomllib
from typing import Any

DEEPEST = 32
"""Tables and lists inside one another; our own files have six."""


def read_toml(text: str) -> dict[str, Any]:
    """Return the tables of ``text``. Raises tomllib.TOMLDecodeError, also for nesting or numbers beyond what
    `tomllib` stands."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError("Too many brackets inside one another") from None
    except ValueError:
        raise tomllib.TOMLDecodeError("A number has too many digits") from None
    if _is_deeper(found, DEEPEST):
        raise tomllib.TOMLDecodeError("Too many tables inside one another")
    return found


def _is_deeper(value: object, most: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return most == 0 or any(_is_deeper(one, most - 1) for one in inner)
