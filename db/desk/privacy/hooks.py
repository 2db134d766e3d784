"""What privacy hooks in: erasure at the end of its time."""

from db.desk.hooks import Hooks
from db.desk.privacy.older import seal_older
from db.desk.privacy.thinning import thin_out

HOOKS = Hooks(erases=(thin_out,), ends=(seal_older,))
