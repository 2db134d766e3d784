"""Which department a path in a spreadsheet means, where it is not written as on record.

A path whose last names fit one department alone is that department, also one with hyphens in the place of
slashes. What would be a new department and looks like another one is asked about, and never made quietly.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from db.desk.entry.alike import name_outline
from db.desk.importing.rows import UnitPath
from db.language import Message, Text, _, listed
from db.store.searchkeys import pinyin_of

_HYPHENS = re.compile(r"\s*[-–—]\s*")
_NUMERALS = str.maketrans("一二三四五六七八九", "123456789")
_ENDINGS = re.compile(r"(部门|部|办公室|科|处|所|组|室|中心|department|dept|team)$", re.IGNORECASE)
_COMMA = re.compile("[,，]")
_MARKS = re.compile(r"[\W_]+")
SHOWN = 3


class ImportDepartments:
    """Departments ``known`` on record by their paths below ``roots``; ``new``: said to be new ones."""

    def __init__(
        self, known: Collection[UnitPath], roots: Collection[str] = (), new: Collection[str] = ()
    ) -> None:
        self.known = known
        self.roots = roots
        self.new = new
        self.matched: dict[str, UnitPath] = {}
        """What was taken for a department that is written otherwise, and for which."""
        self._by_last: Mapping[str, list[UnitPath]] = _grouped(known, lambda path: path[-1])
        self._by_look: Mapping[str, list[UnitPath]] = _grouped(known, lambda path: _loosely(path[-1]))
        self._by_sound: Mapping[str, list[UnitPath]] = _grouped(known, lambda path: _sound(path[-1]))

    def meant(self, path: UnitPath, *, whole: bool, beside: Collection[UnitPath] = ()) -> UnitPath | Message:
        """Return the path on record that ``path`` means, and note it in ``matched`` where it is another;
        ``path`` itself for a new unit; or the message that asks what is meant. ``whole``: it leaves nothing
        out; ``beside``: the single names in the same file."""
        if not path or path in self.known or "/".join(path) in self.new:
            return path
        ways = [path] if whole else [path, *self._parted(path)]
        for way in ways:
            fits = [way] if way in self.known else [] if whole else self._fitting(way)
            if len(fits) > 1:
                return _("Several departments are called that: {units}.", units=_list_paths(fits))
            if fits:
                self.matched["/".join(path)] = fits[0]
                return fits[0]
        if not whole and (
            parted := next((way for way in ways[1:] if self._is_below(way, path[0], beside)), None)
        ):
            self.matched["/".join(path)] = path = parted
        return self._resembled(path) or self._several(path) or path

    def _parted(self, path: UnitPath) -> Iterable[UnitPath]:
        """Yield ``path`` with hyphens taken for slashes, where there are some."""
        if len(path) == 1 and len(parts := tuple(filter(None, _HYPHENS.split(path[0])))) > 1:
            yield parts[1:] if parts[0] in self.roots else parts

    def _is_below(self, way: UnitPath, text: str, beside: Collection[UnitPath]) -> bool:
        """Return whether ``way``, parted from ``text``, begins with one on record or with the book's own."""
        return way[:1] in (*self.known, *beside) or _HYPHENS.split(text)[0] in self.roots

    def _fitting(self, path: UnitPath) -> list[UnitPath]:
        """Return the departments of that last name whose path holds the others in this order."""
        return [one for one in self._by_last.get(path[-1], ()) if _is_part(path, one)]

    def _resembled(self, path: UnitPath) -> Message | None:
        """Return what to ask of the first new department of ``path`` that looks like one on record."""
        for length in range(1, len(path) + 1):
            new = path[:length]
            if new in self.known:
                continue
            alike = self._by_look.get(_loosely(new[-1]), []) + self._by_sound.get(_sound(new[-1]), [])
            like = {one for one in alike if len(path) == 1 or one[:-1] == new[:-1]}
            if like:
                return _("It is not on record, and looks like {units}.", units=_list_paths(sorted(like)))
        return None

    def _several(self, path: UnitPath) -> Message | None:
        """Return what to ask of a new department that may be more than one, as DingTalk writes them."""
        named = [name for end, name in enumerate(path, 1) if path[:end] not in self.known]
        if any(_COMMA.search(name) for name in named):
            return _("It may name several departments, and an entry stands in one.")
        return None

    def doubtful(self, paths: Iterable[UnitPath], whole: Collection[UnitPath]) -> Mapping[UnitPath, Message]:
        """Return the messages for those new ``paths`` of one file that look like another one of them. Those
        in ``whole`` are compared only with others below the same parents."""
        found: dict[UnitPath, Message] = {}
        ordered = sorted(set(paths), key=lambda path: (-len(path), path))
        by_last = _grouped(ordered, lambda path: path[-1])
        by_look = _grouped(ordered, lambda path: "/".join((*path[:-1], _strictly(path[-1]))))
        for path in ordered:
            if path in self.known or "/".join(path) in self.new:
                continue
            like = [one for one in by_look["/".join((*path[:-1], _strictly(path[-1])))] if one < path]
            if len(path) == 1 and path not in whole:
                like += [one for one in by_last[path[-1]] if len(one) > 1]
            if like:
                found[path] = _("It looks like another one in this file: {units}.", units=_list_paths(like))
        return found


def _grouped(paths: Iterable[UnitPath], key: Callable[[UnitPath], str]) -> Mapping[str, list[UnitPath]]:
    found: dict[str, list[UnitPath]] = defaultdict(list)
    for path in paths:
        if path:
            found[key(path)].append(path)
    return found


def _is_part(path: UnitPath, whole: UnitPath) -> bool:
    """Return whether ``whole`` holds the names of ``path`` in this order."""
    rest = iter(whole)
    return all(name in rest for name in path)


def _strictly(name: str) -> str:
    """Return a key that is the same for names that differ in case, width, marks and the kind of numerals."""
    return _MARKS.sub("", name_outline(name)).translate(_NUMERALS)


def _loosely(name: str) -> str:
    """Return the key of `_strictly`, without the word that says what kind of department it is."""
    plain = _MARKS.sub("", name)
    return _strictly(_ENDINGS.sub("", plain) or plain)


def _sound(name: str) -> str:
    """Return the reading of a name: names that input methods mistake have the same."""
    return pinyin_of(name.translate(_NUMERALS))[0]


def _list_paths(paths: Collection[UnitPath]) -> Text:
    said = ["/".join(path) for path in paths]
    return listed(said[:SHOWN] if len(said) <= SHOWN else [*said[:SHOWN], "…"])
