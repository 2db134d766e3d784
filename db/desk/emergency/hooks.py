"""What calls in an emergency hook in: their operations, and what came of a call in words."""

from db.desk.emergency.calls import OUTCOMES
from db.desk.emergency.emergencies import Emergencies
from db.desk.hooks import Hooks

HOOKS = Hooks(
    groups=(Emergencies,),
    words={"result": {str(one): text for one, text in OUTCOMES.items()}},
)
