"""Looking an entry up: showing what is covered of it, and on which grounds it is seen (A.11, A.13). How the
field and the purpose are asked for is each face's own; the commands act by these."""

from __future__ import annotations

from db.desk.directory.directory_views import Card
from db.language import _
from tui.sheets.asks import Typed
from tui.sheets.sheet import Verb

FIELD = Typed("field", _("Field"), required=False)
PURPOSE = Typed("purpose", _("What you need it for; it is recorded."))
REASON = Typed("reason", _("Why, where the regulation asks for a reason."), required=False)
REVEAL: Verb[Card] = Verb(
    id="reveal",
    operation="directory.reveal",
    key="r",
    label=_("Show number"),
    help=_("Show a protected field for a purpose of work; it is recorded."),
    asks=(FIELD, PURPOSE, REASON),
    do=lambda at: at.desk.directory.reveal(at.number, at[FIELD], at[PURPOSE], at[REASON]),
    example="reveal 412 mobile --purpose meeting",
)
WHY: Verb[Card] = Verb(
    id="why",
    operation="directory.why",
    key="w",
    label=_("Why"),
    help=_("Say why you see an entry or a field, or why not; without one, how far you see."),
    asks=(FIELD,),
    do=lambda at: at.desk.directory.why(at.number, at[FIELD] or None),
    example="why 412 mobile",
)
