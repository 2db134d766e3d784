"""Instructions to departments, which their heads read and confirm (C.6)."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.reviews.guiding import Guidance, Instruction
from db.language import Text, _, listed
from tui.sheets.asks import Typed
from tui.sheets.books import BOOK
from tui.sheets.cell import Fact
from tui.sheets.clauses import clause_text
from tui.sheets.sheet import NEVER, Column, Sheet, Verb

TEXT = Typed("text", _("What departments are to do"))

CONFIRM: Verb[Instruction] = Verb(
    id="confirm",
    operation="notices.acknowledge",
    key="a",
    label=_("Confirm as read"),
    help=_("Confirm, as the head of a department, that you read it and act on it."),
    offered=lambda row: row.mine,
    do=lambda at: at.desk.notices.acknowledge(at.number),
    done=lambda _at, _made: _("Confirmed; it is on record."),
    example="guidance confirm 17",
)
GIVE: Verb[Instruction] = Verb(
    id="give",
    operation="guidance.give",
    key="n",
    label=_("New instruction"),
    help=_("Tell the heads of all departments what to do, for each of them to confirm."),
    on="none",
    asks=(BOOK, TEXT),
    open_to=lambda at: bool(Guidance(at.desk).offers()),
    do=lambda at: Guidance(at.desk).give(at[BOOK], at[TEXT]),
    done=lambda _at, made: _("Given: instruction {number}", number=made),
    example="guidance give --book staff --text 下班前锁好纸质名单",
)


def _state(row: Instruction) -> Text:
    if not row.missing:
        return _("confirmed by all")
    return _("{done} of {all} confirmed", done=row.departments - len(row.missing), all=row.departments)


def _facts(row: Instruction) -> Sequence[Fact]:
    found: list[Fact] = [(_("Instruction"), row.text), (_("Given by"), f"{row.by}  {row.at}")]
    if row.missing:
        found.append((_("Not confirmed"), listed(row.missing)))
    if row.awaited:
        found.append((_("Head has no account yet"), listed(_awaited_person(*one) for one in row.awaited)))
    if row.headless:
        found.append((_("Without a head"), listed(row.headless)))
    return found


def _awaited_person(unit: str, head: str, instead: Sequence[str]) -> Text:
    if not instead:
        return f"{unit} {head}"
    return _("{unit} {head} (meanwhile {who})", unit=unit, head=head, who=listed(instead))


GUIDANCE: Sheet[Instruction] = Sheet(
    id="guidance",
    operation="guidance.list",
    title=_("Instructions"),
    about=_(
        "What whoever supervises a directory instructs its departments in. The head of each reads and "
        "confirms it; a new head is asked where the one before did not."
    ),
    help=_("List instructions to departments, or show one with who has not confirmed it."),
    rows=lambda at: Guidance(at.desk).list(),
    key=lambda row: row.id,
    named="instruction",
    book=lambda _at, row: row.book,
    columns=(
        Column("at", _("When"), lambda row: row.at, 16),
        Column("text", _("Instruction"), lambda row: row.text, tone="strong"),
        Column("state", _("Status"), _state, 14, in_english=20,
               tone=lambda row: "warn" if row.missing else "good", data=lambda row: len(row.missing)),
        Column("book", _("Directory"), lambda row: row.book_label, from_width=NEVER,
               data=lambda row: row.book),
        Column("missing", _("Not confirmed"), lambda row: listed(row.missing), from_width=NEVER,
               data=lambda row: row.missing),
        Column("mine", _("Yours to confirm"), lambda row: row.mine, from_width=NEVER),
    ),
    facts=_facts,
    context=lambda row: (row.book_label, clause_text(row.clause)),
    verbs=(CONFIRM, GIVE),
    empty=_("There are no instructions for you."),
    example="guidance",
)  # fmt: skip
