"""What one had typed into forms when the line was cut."""

from __future__ import annotations

from db.desk.requests.drafts import SavedForm
from db.language import _
from tui.sheets.sheet import Column, Question, Sheet, Verb

DISCARD: Verb[SavedForm] = Verb(
    id="discard",
    operation="drafts.discard",
    key="x",
    label=_("Throw away"),
    help=_("Throw away what you had typed."),
    sure=lambda at: Question(_("Throw away what you had typed?"), text=at.row.title),
    do=lambda at: at.desk.drafts.discard(at.word),
    example='drafts discard "change 17"',
)
DRAFTS: Sheet[SavedForm] = Sheet(
    id="drafts",
    operation="drafts.mine",
    title=_("Kept forms"),
    about=_(
        "What you typed and did not submit before your line was cut. Open the same form again to "
        "continue; it is deleted after seven days."
    ),
    help=_("List what you had typed into forms when your line was cut."),
    rows=lambda at: at.desk.drafts.mine(),
    key=lambda row: row.place,
    named="form",
    numbered=False,
    columns=(
        Column("title", _("Form"), lambda row: row.title, tone="strong"),
        Column("kept", _("Kept on"), lambda row: row.kept_at, 16),
    ),
    verbs=(DISCARD,),
    empty=_("Nothing is kept. A form that you leave can be kept here."),
    example="drafts",
)
