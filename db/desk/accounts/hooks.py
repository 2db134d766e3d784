"""What accounts hook in: offices that come with an entry."""

from db.desk.accounts.brought import bring_offices
from db.desk.hooks import Hooks

HOOKS = Hooks(entered=(bring_offices,))
