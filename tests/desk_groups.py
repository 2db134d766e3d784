"""The groups of operations of a desk, for tests that try them all."""

from __future__ import annotations

from db.desk import Desk
from db.desk.frame import OperationGroup
from db.desk.hooks import hooks


def groups_of(desk: Desk) -> dict[str, OperationGroup]:
    """Each group by its attribute of the desk; those that subjects hook in by their class."""
    own = {name: one for name, one in vars(desk).items() if isinstance(one, OperationGroup)}
    return own | {kind.__name__: kind(desk) for kind in hooks().groups}
