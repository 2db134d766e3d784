"""An import as its rows: what each brings or what is wrong with it, and submitting it to a second keeper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from db.desk.importing.columns import LOGINS, head_key
from db.desk.importing.importing import ImportWishes
from db.desk.importing.outcome import ImportLine, ImportReport, ImportView, RowState
from db.desk.notation.media import TABLES
from db.language import Message, Text, _, _n, listed
from tui.sheets.asks import At, Flag, Number, OfferedAnswer, OneOf, Typed
from tui.sheets.cell import Fact, Styled, Tone
from tui.sheets.files import TableAsk
from tui.sheets.leavers import BOOK
from tui.sheets.sheet import Column, Question, Sheet, Verb

FILE: Final = TableAsk("file", _("A file in your tray; `evidence` lists them."))
REST: Final = Flag("leave-rest", _("Leave out every column that the directory has no place for."))
ALIKE: Final = Flag("alike", _("People whose names look like another's are two people."))
NEW_UNITS: Final = Typed(
    "new-unit",
    _("Departments that are new though they look like others; several with ; between."),
    required=False,
)
MATCH: Final = Typed(
    "match",
    _("By what people are known whose name may be another: login, email …; kept for such files."),
    required=False,
)
EVIDENCE: Final = OneOf(
    "evidence",
    _("The file of your tray that proves the changes."),
    title=_("What proves these changes?"),
    choices=lambda at: [
        OfferedAnswer(one.id, one.name, note=one.id)
        for one in at.desk.evidence.tray()
        if one.media_type not in TABLES and one.id != at[FILE].evidence
    ],
    nothing=_(
        "A workbook or a table is no evidence. Put a PDF, picture or text into your tray first (i in Files)."
    ),
)
WHY: Final = Typed("reason", _("Reason"), title=_("Why are these entries to be changed?"))
REQUEST: Final = Number("request", _("The request that asks for the import."))
STATES: Final[Mapping[RowState, Message]] = {
    "new": _("comes in"),
    "wrong": _("problem"),
    "passed": _("nobody"),
    "changed": _("differs"),
    "same": _("is there"),
    "gone": _("is missing"),
}
TONES: Final[Mapping[RowState, Tone]] = {
    "new": "good", "wrong": "bad", "passed": "dim", "changed": "warn", "same": "dim", "gone": "warn",
}  # fmt: skip
STAYING: Final[Mapping[RowState, Message]] = {
    "changed": _("Differ: {count}; they stay as they are."),
    "gone": _("Missing in this file: {count}."),
    "same": _("Already there: {count}."),
}
"""What is said of people in the directory whom an import leaves as they are."""
VIEW: Final = "view"
"""Where a place keeps what was read of its file: the list and the words above it rest on one reading."""


def wishes_of(at: At[Any]) -> ImportWishes:
    """Return the answers about an import as its wishes."""
    units = tuple(filter(None, map(str.strip, at[NEW_UNITS].replace("；", ";").split(";"))))
    return ImportWishes(alike=at[ALIKE], new_units=units, without_rest=at[REST], match=at[MATCH])


def view_at(at: At[Any]) -> ImportView:
    """Return the preview of the file's import, read once for the same answers. Imports nothing."""
    if VIEW not in at.answers:
        table = at[FILE]
        at.answers[VIEW] = at.desk.importing.view(at[BOOK], table.rows, wishes_of(at), table.source.hidden)
    view: ImportView = at.answers[VIEW]
    return view


def _requested_import(at: At[Any]) -> ImportView:
    if VIEW not in at.answers:
        at.answers[VIEW] = at.desk.importing.asked(at[REQUEST] or 0)
    view: ImportView = at.answers[VIEW]
    return view


def unread_sheets(sheets: Sequence[str]) -> Message:
    return _("Not read: sheet {names}. Send each as a file of its own, or put all people on one.",
             names=listed(sheets))  # fmt: skip


def describe_file(view: ImportView, sheets: Sequence[str] = ()) -> Text:
    """Return sentences on what an import of the file would do and needs; ``sheets`` of it hold people and are
    not read."""
    found: list[Text] = [_("To be imported: {count}.", count=view.count("new"))]
    if sheets:
        found.append(unread_sheets(sheets))
    if wrong := view.count("wrong"):
        found.append(_("Problems: {count}; all must be mended.", count=wrong))
    if noted := sum(1 for line in view.lines if line.state == "new" and line.problems):
        found.append(_("To check: {count}.", count=noted))
    if view.matched_by:
        found.append(_("Matched by {key}.", key=view.matched_by))
    for state, words in STAYING.items():
        if count := view.count(state):
            found.append(Message(words.text, {"count": count}))
    if view.units:
        found.append(_("New departments: {units}.", units=listed(view.units)))
    if meant := (*view.passed.guessed, *view.matched):
        pairs = listed(_("{text} is {unit}", text=text, unit=unit) for text, unit in meant)
        found.append(_("Taken as meant: {pairs}.", pairs=pairs))
    if view.passed.headings:
        found.append(_("Not taken: {names}.", names=listed(view.passed.headings)))
    if {head_key(heading) for heading in view.passed.headings} & set(map(head_key, LOGINS)):
        found.append(_("A directory keeps no logins: whoever makes accounts takes them from the same list."))
    return _sentences(found)


def columns_of(view: ImportView) -> list[Fact]:
    """Return each column of the file as a fact, with the field it is taken for."""
    guessed = {heading for heading, _label in view.passed.guessed}
    return [
        (
            heading,
            Styled(_("{column}: a guess by what its cells hold", column=label), "warn")
            if heading in guessed
            else Styled(label, "strong")
            if label
            else Styled(_("not taken"), "dim"),
        )
        for heading, label in view.columns
    ]


def _problem(line: ImportLine) -> Text:
    return _sentences(
        _("{column}: {reason}", **one.texts()) if one.column else one.reason for one in line.problems
    )


def _remedy(line: ImportLine) -> Text:
    return _sentences(dict.fromkeys(one.advice for one in line.problems))


def _sentences(found: Iterable[Text]) -> Text:
    parts = {f"part{number}": part for number, part in enumerate(found)}
    return Message("  ".join(f"{{{name}}}" for name in parts), parts) if parts else ""


def _facts(line: ImportLine) -> list[Fact]:
    """Return the values of a row, and its problems and remedies under the titles of their columns, which so
    stand once."""
    found: list[Fact] = [(label, value) for label, value in line.values]
    problems = (_("{column}: {reason}", **one.texts()) if one.column else one.reason for one in line.problems)
    found += [(_("Problem"), Styled(one, "bad")) for one in dict.fromkeys(problems)]
    found += [(_("Remedy"), Styled(one, "dim")) for one in dict.fromkeys(one.advice for one in line.problems)]
    return found


def _is_sure(at: At[ImportLine]) -> Question:
    view = view_at(at)
    return Question(
        _("Submit this import?"),
        text=_(
            "{count} people come in once somebody else who keeps the directory has agreed; until then "
            "nothing changes.",
            count=view.count("new"),
        ),
        yes=_("Submit"),
        no=_("Not yet"),
    )


SUBMIT: Verb[ImportLine] = Verb(
    id="submit",
    operation="importing.submit",
    key="n",
    label=_("Submit"),
    help=_("Submit the import; somebody else who keeps the directory decides on all of it."),
    on="none",
    asks=(REST, ALIKE, NEW_UNITS, MATCH),
    sure=_is_sure,
    do=lambda at: at.desk.importing.submit_file(at[BOOK], at[FILE].rows, at[FILE].source, wishes_of(at)),
    done=lambda _at, report: came_in(report),
    example="import submit --book staff --file 7f3a",
    lengthy=True,
)


PROPOSE: Verb[ImportLine] = Verb(
    id="propose",
    operation="changes.submit_many",
    key="e",
    label=_("Propose changes"),
    help=_("Propose what the file says of those marked, as one batch that is decided as one."),
    on="all",
    asks=(WHY, EVIDENCE),
    offered=lambda line: bool(line.differs),
    do=lambda at: at.desk.changes.submit_many(
        {line.entry: dict(line.differs) for line in at.rows if line.differs},
        at[WHY],
        [at[EVIDENCE]],
        at[FILE].source.digest[:16],
    ),
    done=lambda _at, numbers: _n(
        "Submitted: {count} change", "Submitted: {count} changes", count=len(numbers)
    ),
    data=lambda numbers: {"requests": list(numbers)},
    example='import propose 4 7 --book staff --file 7f3a --reason "调岗" --evidence 3f2a9c01d4',
)


def came_in(report: ImportReport) -> Text:
    return _("Imported: {count}.", count=report.entries)


COLUMNS: Final = (
    Column[ImportLine]("row", _("Row no."), lambda line: line.row if line.row > 0 else None, 5, right=True),
    Column[ImportLine]("name", _("Name"), lambda line: line.name, 12, tone="strong"),
    Column[ImportLine]("unit", _("Department"), lambda line: line.unit, 20),
    Column[ImportLine]("position", _("Position"), lambda line: line.position, 14, from_width=110),
    Column[ImportLine](
        "state", _("State"), lambda line: STATES[line.state], 10, 13, tone=lambda line: TONES[line.state],
        few=True, data=lambda line: line.state,
    ),
    Column[ImportLine]("problem", _("Problem"), _problem, tone="warn"),
    Column[ImportLine]("remedy", _("Remedy"), _remedy, from_width=120, tone="dim"),
)  # fmt: skip

IMPORT: Sheet[ImportLine] = Sheet(
    id="import",
    operation="importing.view",
    title=_("Import"),
    about=_(
        "Every row of a file of people, with what is wrong with it and what to do. Cells are mended in the "
        "file itself, which is then sent again. All rows come in or none, once somebody else who keeps the "
        "directory has looked at the same rows and agreed. Who is in the directory already is not changed by "
        "it; e proposes what the file says of those marked, with evidence, and all are decided as one."
    ),
    help=_("Look at a file of people row by row, before it comes in."),
    of=(BOOK, FILE, REST, ALIKE, NEW_UNITS, MATCH),
    rows=lambda at: view_at(at).lines,
    said=lambda at: describe_file(view_at(at), at[FILE].source.sheets),
    key=lambda line: line.row,
    named="row",
    columns=COLUMNS,
    facts=_facts,
    verbs=(SUBMIT, PROPOSE),
    empty=_("The file holds nobody."),
    example="import --book staff --file 7f3a --only state=problem",
)
ASKED: Sheet[ImportLine] = Sheet(
    id="import asked",
    operation="importing.asked",
    title=_("Import asked for"),
    about=_("The rows of an import that waits for a second keeper, as whoever asked for it saw them."),
    help=_("Look at the rows of an import that waits for you, or that you asked for."),
    of=(REQUEST,),
    rows=lambda at: _requested_import(at).lines,
    said=lambda at: describe_file(_requested_import(at)),
    key=lambda line: line.row,
    named="row",
    columns=COLUMNS,
    facts=_facts,
    empty=_("The file holds nobody."),
    example="import asked --request 12",
)
