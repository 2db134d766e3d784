"""What editions hook in: operations, report, lists, receipt list, duties, and what they are to one person."""

from db.desk.editions.copies import Copies
from db.desk.editions.duty import due_editions, remind_unacknowledged
from db.desk.editions.editions import Editions
from db.desk.editions.issue_paper import IssueReceipts
from db.desk.editions.issuing import copies_in_hand
from db.desk.editions.outstanding import settle_all_outstanding
from db.desk.editions.people import issued_fields, owed_copies, own_editions, received_from_then
from db.desk.editions.report import EditionReports
from db.desk.editions.tagging import Sorting
from db.desk.editions.tracing import Traces
from db.desk.editions.updates import send_updates
from db.desk.hooks import Hooks
from db.language import _

HOOKS = Hooks(
    groups=(Editions, Copies, Sorting, Traces, EditionReports),
    labels={
        "editions.update_notice": _("send an update notice"),
        "edition": _("edition"), "issue": _("issue"), "sound": _("fits its digest"), "tag": _("tag"),
    },
    lists={"editions issues": "receipts", "editions copies": "receipts"},
    papers=(IssueReceipts(),),
    own_data=(own_editions,),
    issued=(issued_fields,),
    owes=(owed_copies,),
    receives=(received_from_then,),
    openers=(due_editions, remind_unacknowledged, send_updates, settle_all_outstanding),
    copies=(copies_in_hand,),
)  # fmt: skip
