"""What the running transaction has moved, by the rows that it changed, held against what its act declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from db.store.engine import store
from db.store.journal import capture
from db.store.moves import Moves
from db.store.tables import ALL

MOVING = {
    table._meta.table_name: (
        {table._meta.fields[name].column_name: moves for name, moves in table.moves.items()}
        if isinstance(table.moves, Mapping)
        else table.moves
    )
    for table in ALL
    if table.moves is not None
}
"""Of each table of power what all its rows move, or what each of its columns does."""


class UndeclaredPower(RuntimeError):
    """An operation moves what it does not declare, a mistake of the program's. It is undone whole."""


def last_change() -> int:
    """Return the number of the last captured change, from which the changes of an act that begins now are
    counted."""
    return capture.last_change(store().database)


def moves_anything(after: int) -> bool:
    """Return whether the transaction changed a table of power since ``after``; True too while changes are not
    captured, as nothing is known of them then."""
    changed = capture.changed_tables(store().database, after)
    return capture.is_paused() or any(table in MOVING for table in changed)


def check_declared(operation: str, after: int, declared: Set[Moves]) -> None:
    """Raise UndeclaredPower if ``operation`` moved since ``after`` what is not ``declared``."""
    moved = ", ".join(f"{moves} ({table})" for table, moves in _undeclared(after, declared))
    if moved:
        raise UndeclaredPower(f"{operation} moves what it does not declare: {moved}")


def _undeclared(after: int, declared: Set[Moves]) -> Iterator[tuple[str, Moves]]:
    for table in capture.changed_tables(store().database, after):
        moving = MOVING.get(table)
        if isinstance(moving, Moves):
            if moving not in declared:
                yield table, moving
        elif moving is not None:
            # Rows are read only where that decides: an import declares all, and changes a hundred thousand.
            in_question = [column for column, moves in moving.items() if moves not in declared]
            if in_question:
                changed = capture.changed_columns(store().database, after, table, in_question)
                yield from ((f"{table}.{column}", moving[column]) for column in changed)
