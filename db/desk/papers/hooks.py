"""What signed sheets hook in."""

from db.desk.hooks import Hooks
from db.desk.papers.papers import reads_scan
from db.desk.papers.single import bring_undertakings

HOOKS = Hooks(accounts=(bring_undertakings,), reads_evidence=(reads_scan,))
