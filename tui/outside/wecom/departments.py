"""The departments there that stand for our units."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.outside.people import UnitPlace
from tui.outside.wecom.client import DEPARTMENT_EXISTS, MAY_NOT_READ, NO_PLACE, Client, WeComError


class WeComDepartments:
    """Departments below ``root``, read once and kept up with what is made here.

    Where the secret may not read them, those that were made from here are known by their numbers alone.
    """

    def __init__(self, client: Client, root: int) -> None:
        self._client, self._root = client, root
        self._new: dict[int, int] = {}
        self._read()

    def ensure(self, places: Sequence[UnitPlace]) -> tuple[int, dict[int, int]]:
        """Create in WeCom what is missing of the departments ``places``, and rename or move those known by
        another name or place. Return the number of the last, and the numbers of all by unit. Raises
        WeComError, NotNow."""
        parent, numbers = self._root, {}
        for place in places:
            number = self._new.get(place.number, place.number) if place.number is not None else None
            if number is None or (number not in self._known and self._reads):
                number = self._below(parent, place.name) or self._make_department(place.name, parent)
            elif self._known.get(number, (place.name, parent)) != (place.name, parent):
                self._client.update_department(number, place.name, parent)
                self._known[number] = (place.name, parent)
            numbers[place.unit] = number
            parent = number
        return parent, numbers

    def mend(self, places: Sequence[UnitPlace]) -> None:
        """Create again those of ``places`` that were deleted in WeCom, after it said that one is missing.
        Renames each with a number to its present name: a secret that may not read has no other way to ask.
        Raises WeComError, NotNow."""
        self._read()
        parent = self._root
        for place in places:
            number = self._new.get(place.number, place.number) if place.number is not None else None
            if number is not None and not (self._reads and number not in self._known):
                try:
                    self._client.update_department(number, place.name, parent)
                except WeComError as problem:
                    if problem.code not in NO_PLACE:
                        raise
                    self._known.pop(number, None)
                    self._new[number] = number = self._make_department(place.name, parent)
            elif number is not None:
                self._new[number] = number = self._below(parent, place.name) or self._make_department(
                    place.name, parent
                )
            else:
                return
            parent = number

    def has(self, places: Sequence[UnitPlace]) -> bool:
        """Return whether the department for the last of ``places`` was there when departments were read. Asks
        nothing."""
        parent: int | None = self._root
        for place in places:
            parent = self._below(parent, place.name) if parent is not None else None
        return parent is not None

    def path(self, number: int) -> tuple[str, ...]:
        """Return the names from below the root down to a department, as read."""
        found: list[str] = []
        above = dict(self._known)  # a department is passed once, whatever is said to be above it
        while number != self._root and number in above:
            name, number = above.pop(number)
            found.insert(0, name)
        return tuple(found)

    def _make_department(self, name: str, parent: int) -> int:
        try:
            number = self._client.create_department(name, parent)
        except WeComError as error:
            if error.code != DEPARTMENT_EXISTS:
                raise
            self._read()  # another host was faster
            found = self._below(parent, name)
            if found is None:
                raise
            return found
        self._known[number] = (name, parent)
        return number

    def _below(self, parent: int, name: str) -> int | None:
        return next((number for number, known in self._known.items() if known == (name, parent)), None)

    def _read(self) -> None:
        self._known: dict[int, tuple[str, int]] = {}
        self._reads = True
        try:
            for row in self._client.departments():
                self._known[row["id"]] = (row["name"], row["parentid"])
        except WeComError as problem:
            if problem.code not in MAY_NOT_READ:
                raise
            self._reads = False
