"""Two who do something at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from db.store.transactions import writing

Act = Callable[[], object]


def second_of_two(first: Act, second: Act) -> object:
    """What comes of ``second``, which begins while ``first`` is not committed yet and has to wait for it:
    what it returns, or the error that it ends with."""
    came: list[object] = []

    def meanwhile() -> None:
        try:
            with writing():
                came.append(second())
        except Exception as error:
            came.append(error)

    other = Thread(target=meanwhile)
    with writing():
        first()
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join()
    return came[-1]
