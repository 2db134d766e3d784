"""What a verb asks, as dialogs one after the other; and the act, which a fault leads back from."""

from __future__ import annotations

from typing import Any, TypeVar

from db.confined.answers import SHEET
from db.confined.reading import reading
from db.confined.refusal_words import REASONS
from db.confined.why import Unreadable
from db.desk import Invalid, Refused
from db.desk.importing.outcome import BadRows
from db.desk.requests.evidence import EvidenceFile
from db.language import Text, _
from tui.kit import Pick, Styled, WorkStopped, ask_text, choose, confirm, tell_at_length, tell_facts
from tui.kit.dialogs import GO_ON
from tui.kit.keyed import Keyed
from tui.screens.evidence.pick import PickTable
from tui.screens.evidence.reading import read_of
from tui.sheets.asks import Ask, At, Flag, OneOf, Quiz, Typed, TypedLate
from tui.sheets.cell import Fact
from tui.sheets.files import FileTable, TableAsk, table_of
from tui.sheets.sheet import Question, Verb

Row = TypeVar("Row")
NAMED = 20
"""So many rows of a file are named that can't be taken in."""


class Made:
    """What a verb's act gave."""

    def __init__(self, result: Any) -> None:
        self.result = result


async def carry_out(screen: Keyed, verb: Verb[Row], at: At[Row]) -> Made | None:
    """Ask what ``verb`` asks and do it; return what it made, None if the reader went back. Raises Refused,
    Invalid."""
    written: dict[str, str] = {}
    if not (await is_sure(screen, verb, at) and await put_all(screen, verb, at, written)):
        return None
    return await perform_verb(screen, verb, at, written)


async def draw_sheet(screen: Keyed, verb: Verb[Any], at: At[Any]) -> None:
    """Do as `carry_out`, and show the facts of what was made in a box."""
    made = await carry_out(screen, verb, at)
    if made is not None:
        await tell_facts(screen, verb.done(at, made.result), verb.facts_after(at, made.result))


async def do_and_describe(screen: Keyed, verb: Verb[Row], at: At[Row]) -> Text | None:
    """Do as `carry_out`, and return the words to show; None if the reader went back."""
    made = await carry_out(screen, verb, at)
    return verb.done(at, made.result) if made is not None else None


async def is_sure(screen: Keyed, verb: Verb[Row], at: At[Row]) -> bool:
    """Ask the verb's own question, if it has one; return whether the answer was yes."""
    if verb.sure is None:
        return True
    sure, app = verb.sure, screen.app
    question = await app.work(screen, verb.label, lambda: sure(at)) if verb.lengthy else sure(at)
    if question is None:
        return True
    return await _confirm(screen, question)


async def _confirm(screen: Keyed, question: Question) -> bool:
    return await confirm(screen, question.title, text=question.text, yes=question.yes, no=question.no)


async def put_all(screen: Keyed, verb: Verb[Row], at: At[Row], written: dict[str, str]) -> bool:
    """Ask each question of ``verb`` that ``at`` does not answer; return whether all were answered and
    confirmed. Does nothing else."""
    for ask in verb.asks:
        if isinstance(ask, Flag | TypedLate):
            at.answers.setdefault(ask.id, ask.default_answer())
        elif ask.id not in at.answers and not await put_question(screen, verb, ask, at, written):
            return False
    return verb.meant is None or await _confirm(screen, verb.meant(at))


async def perform_verb(screen: Keyed, verb: Verb[Row], at: At[Row], written: dict[str, str]) -> Made | None:
    """Do ``verb`` with the answers in ``at``; return what it made, or None if the reader went back.

    A fault that names one of the questions asks it again, with the answer and what is wrong; bad rows of a
    file are listed. Raises Refused and Invalid for other faults.
    """
    while True:
        try:
            return await _do_verb(screen, verb, at) if verb.lengthy else Made(verb.do(at))
        except BadRows as bad:
            file = next(answer.source.name for answer in at.answers.values() if isinstance(answer, FileTable))
            await tell_facts(screen, _("Nothing was taken in: {file}", file=file), _rows_of(bad))
            return None
        except (Invalid, Refused) as fault:
            asked = {ask.id: ask for ask in verb.asks}
            field, words = _fault(fault)
            if field not in asked:
                raise
            if not await put_question(screen, verb, asked[field], at, written, words):
                return None


async def _do_verb(screen: Keyed, verb: Verb[Row], at: At[Row]) -> Made | None:
    """Do ``verb`` in a process beside the session while ``screen`` waits; decisions made there can be undone
    as usual. Raises WorkStopped if it was stopped before it was done."""
    undoing, pulse = screen.app.undoing, screen.app.desk.pulse
    before = pulse.last_record()
    try:
        made = Made(await screen.app.work(screen, verb.label, lambda: verb.do(at)))
        undoing.note_lengthy()
        return made
    except WorkStopped:
        if not (undoing.note_lengthy() or pulse.has_done(verb.operation, before)):
            raise
        screen.app.tell(_("Done before it could be stopped: {what}", what=verb.label), "warn")
        return None


def _rows_of(bad: BadRows) -> list[Fact]:
    """Return facts on the wrong rows and columns, with advice; of very many, the first."""
    found: list[Fact] = [
        (
            _("Row {row}, {column}", row=one.row, column=one.column)
            if one.column
            else _("Row {row}", row=one.row),
            [Styled(one.reason, "bad"), "  ", Styled(one.advice, "dim")],
        )
        for one in bad.errors[:NAMED]
    ]
    more = bad.count - NAMED
    return [*found, ("", _("and {count} more", count=more))] if more > 0 else found


def _fault(fault: Invalid | Refused) -> tuple[str, Text]:
    if isinstance(fault, Invalid):
        return fault.problems[0].field, fault.problems[0].message
    return fault.field, _("{text} {advice}", text=fault.with_clause(), advice=fault.advice)


async def put_question(
    screen: Keyed, verb: Verb[Any], ask: Ask[Any], at: At[Any], written: dict[str, str], wrong: Text = ""
) -> bool:
    """Ask one question in a box and set its answer in ``at``; return whether it was answered. ``written``
    keeps what was typed for next time."""
    title = ask.question_title(at) or verb.label
    if isinstance(ask, OneOf):
        found = ask.options(at)
        if not wrong and (only := ask.only(at)) is not None:
            ask.choose_answer(at, only)
            return True
        options = [Pick(str(place), one.label, note=one.note) for place, one in enumerate(found)]
        chosen = await choose(
            screen, title, options, text=wrong, selected=written.get(ask.id, ""), decides=True
        )
        if chosen is None:
            return False
        written[ask.id] = chosen
        ask.choose_answer(at, found[int(chosen)])
        return True
    if isinstance(ask, Typed):
        said = await ask_text(
            screen, title, ask.over or ask.label, value=written.get(ask.id) or ask.proposed(at),
            required=ask.required, longest=ask.longest, wrong=wrong, check=lambda text: ask.read(at, text),
            yes=verb.label if ask is verb.asks[-1] else GO_ON,
        )  # fmt: skip
        if said is None:
            return False
        written[ask.id] = said
        at.answers[ask.id] = ask.read(at, said)
        return True
    if isinstance(ask, Flag):
        at.answers[ask.id] = said_yes = await confirm(screen, title, text=wrong, yes=verb.label)
        return said_yes
    if isinstance(ask, Quiz):
        places = await _tested(screen, ask, at)
        at.answers[ask.id] = places
        return places is not None
    if isinstance(ask, TableAsk):
        table = await pick_table(screen)
        at.answers[ask.id] = table
        return table is not None
    raise TypeError(f"no dialog for {type(ask).__name__}")


async def _tested(screen: Keyed, ask: Quiz, at: At[Any]) -> tuple[int, ...] | None:
    """Ask question after question; return the places of the answers, None if the reader went back."""
    questions, places = ask.questions(at), list[int]()
    for number, (text, answers) in enumerate(questions, start=1):
        title = _("Question {number} of {count}", number=number, count=len(questions))
        options = [Pick(str(place), answer) for place, answer in enumerate(answers, start=1)]
        chosen = await choose(screen, title, options, text=text)
        if chosen is None:
            return None
        places.append(int(chosen))
    return tuple(places)


async def pick_table(screen: Keyed) -> FileTable | None:
    """Ask for a file of the tray and read it as a table; return that, None if none was chosen, or it can't be
    read, which is shown."""
    files = await screen.app.push_screen_wait(PickTable())
    return await read_table(screen, files[0]) if files else None


async def read_table(screen: Keyed, file: EvidenceFile) -> FileTable | None:
    """Open ``file``, recorded, and read it as a table in a confined process; None if the reader stopped it,
    or it can't be read, which is shown."""
    content = screen.app.desk.evidence.open(file.id)
    try:
        rows = await read_of(screen, file.name, lambda: reading(SHEET, content))
    except Unreadable as unreadable:
        title = _("Nothing was taken in: {file}", file=file.name)
        await tell_at_length(screen, title, REASONS[unreadable.why])
        return None
    return table_of(file, rows) if rows is not None else None
