"""What training hooks in: books that are closed until it, what waits for it, its report and receipt list."""

from db.desk.hooks import Hooks
from db.desk.training.closing import without_closed_books
from db.desk.training.receipts import TrainingReceipts
from db.desk.training.report import TrainingReport
from db.desk.training.trainings import Trainings, own_trainings, waiting_trainings
from db.language import _

HOOKS = Hooks(
    groups=(Trainings, TrainingReport),
    labels={"topic": _("topic"), "trained": _("people"), "wrong": _("wrong answers")},
    lists={"training": "training", "training people": "training"},
    papers=(TrainingReceipts(),),
    admits=(without_closed_books,),
    waits=(waiting_trainings,),
    own_data=(own_trainings,),
)
