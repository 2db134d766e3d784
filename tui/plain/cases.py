"""``cases`` and ``case …``: reporting, the own reports, and working on a case, without the screen."""

from __future__ import annotations

import hashlib

from db.desk.audit.act_names import clause_words
from db.desk.cases.case_views import CaseRow, CaseView
from db.desk.cases.sentencing import Sentence
from db.language import Text, _, listed
from reports.evidence.pack import evidence_pack
from tui.plain.command import BOOK, JSON, Command, WrongUsage, number
from tui.plain.own_case import row_data, show_own
from tui.plain.places import no_such_book
from tui.plain.room import Room
from tui.plain.words import Option, Words

ATTACH = ("audit", "copy", "file")


def cases(room: Room, words: Words) -> int:
    """Cases to handle, then own reports."""
    queue, mine = room.desk.cases.queue(), room.desk.cases.mine()
    if words.has("json"):
        room.data({"queue": [row_data(row) for row in queue], "mine": [row_data(row) for row in mine]})
        return 0
    heads = (_("No."), _("Due"), _("About"), _("Directory"), _("Concerned"), _("Stands"), _("Clause"))
    for title, rows in ((_("Cases that I handle"), queue), (_("Reported by me, or about me"), mine)):
        if rows:
            room.tell(title)
            room.table(heads, [_cells(row) for row in rows])
    if not (queue or mine):
        room.warn(_("No case waits for you."))
    return 0


def show(room: Room, words: Words) -> int:
    """One case: in full for who handles it, else as far as it is the reader's own."""
    case = _case(words)
    if case not in {row.id for row in room.desk.cases.queue()} and case in {
        row.id for row in room.desk.cases.mine()
    }:
        return show_own(room, case, as_json=words.has("json"))
    view = room.desk.cases.one(case)
    if words.has("json"):
        room.data(_view_data(view))
        return 0
    row = view.row
    room.facts(
        [
            (_("Case"), str(row.id)),
            (_("About"), row.kind_label),
            (_("Clause"), clause_words(row.clause)),
            (_("Stands"), row.outcome_label if row.outcome else row.state_label),
            (_("Reported"), f"{row.reported_at} {view.reporter}"),
            (_("In words"), view.words),
            (_("Entry"), view.entry_name),
            (_("Handled by"), listed(view.handlers)),
        ]
    )
    for party in view.parties:
        room.tell(_("Concerned"), f"#{party.entry} {party.name} {party.unit}", *party.sanctions)
        if party.amount:
            room.tell(_("Fine"), f"{party.amount} {party.currency}")
    for one in view.attached:
        room.tell(_("Attached"), one.what_label, one.number, one.told)
    for event in view.history:
        room.tell(event.at, event.who, event.act, event.word)
    return 0


def report(room: Room, words: Words) -> int:
    """Report a breach."""
    channels = room.desk.cases.channels()
    book = words.get("book")
    if book and book not in {one.book for one in channels}:
        raise no_such_book(book, [one.book for one in channels])
    if not book and len(channels) != 1:
        raise WrongUsage(
            _("Say which book with --book: {books}.", books=listed(one.book for one in channels))
        )
    made = room.desk.cases.report(
        book or channels[0].book, " ".join(words.operands), words.get("kind"), words.get("copy")
    )
    room.tell(_("Reported: case {number}", number=made))
    return 0


def error(room: Room, words: Words) -> int:
    """Report an error in an entry."""
    entry = number(words.operand(0), _("ENTRY"))
    made = room.desk.cases.error(entry, " ".join(words.operands[1:]), words.get("field"))
    room.tell(_("Reported: case {number}", number=made))
    return 0


def triage(room: Room, words: Words) -> int:
    """Sort a case out."""
    room.desk.casework.triage(_case(words), words.operand(1), " ".join(words.operands[2:]))
    return _done(room)


def investigate(room: Room, words: Words) -> int:
    """Begin the investigation."""
    room.desk.casework.investigate(_case(words), _said(words))
    return _done(room)


def person(room: Room, words: Words) -> int:
    """Name a person concerned; list those who fit where there are several."""
    found = room.desk.casework.people(_case(words), words.operand(1))
    wanted = words.get("entry")
    fit = [one for one in found if not wanted or str(one.entry) == wanted]
    if len(fit) == 1:
        room.desk.casework.involve(_case(words), fit[0].entry)
        return _done(room)
    heads = (_("No."), _("Name"), room.desk.me.unit_label(), _("Position"))
    room.table(heads, [(str(one.entry), one.name, one.unit, one.position) for one in fit])
    room.warn(_("Say which of {count} with --entry NUMBER.", count=len(fit)))
    return 1


def release(room: Room, words: Words) -> int:
    """Take a person off."""
    entry = number(words.operand(1), _("ENTRY"))
    room.desk.casework.release(_case(words), entry, " ".join(words.operands[2:]))
    return _done(room)


def trail(room: Room, words: Words) -> int:
    """The audit within a case."""
    rows = room.desk.casework.trail(_case(words), limit=200)
    if words.has("json"):
        room.data([{"seq": row.seq, "at": row.at, "who": row.who, "act": row.act, "clause": row.clause}
                   for row in rows])  # fmt: skip
        return 0
    heads = (_("Record"), _("When"), _("Who"), _("What"), _("About whom"), _("Clause"))
    room.table(
        heads,
        [(str(row.seq), row.at, row.who, row.label, row.whom, clause_words(row.clause)) for row in rows],
    )
    return 0


def attach(room: Room, words: Words) -> int:
    """Attach a record, a copy or a file."""
    if words.operand(1) not in ATTACH:
        raise WrongUsage(_("Attach one of: {kinds}.", kinds=listed(ATTACH)))
    room.desk.casework.attach(_case(words), words.operand(1), words.operand(2))
    return _done(room)


def note(room: Room, words: Words) -> int:
    """Write something down."""
    room.desk.casework.note(_case(words), _said(words))
    return _done(room)


def decide(room: Room, words: Words) -> int:
    """Decide a case; the same for each person concerned."""
    case, outcome = _case(words), words.operand(1)
    sanctions = tuple(one for one in words.get("sanction").split(",") if one)
    times = number(words.get("times", "1"), _("--times"))
    amount = number(words.get("fine", "0"), _("--fine"))
    said = " ".join(words.operands[2:])
    sentences: list[Sentence] = []
    if outcome == "unfounded":
        words.only()
    if outcome == "breach":
        parties = room.desk.cases.one(case).parties
        sentences = [Sentence(party.entry, sanctions, times, amount) for party in parties]
    room.desk.casework.decide(case, outcome, said, sentences)
    return _done(room)


def answer(room: Room, words: Words) -> int:
    """Answer a report of an error."""
    room.desk.casework.answer(_case(words), words.operand(1), " ".join(words.operands[2:]))
    return _done(room)


def close(room: Room, words: Words) -> int:
    """Close a case."""
    room.desk.casework.close(_case(words), _said(words))
    return _done(room)


def pack(room: Room, words: Words) -> int:
    """The signed evidence pack on standard output."""
    content = evidence_pack(room.desk, _case(words))
    room.stdout.write(content)
    room.stdout.flush()
    room.warn(_("Evidence pack, SHA-256 {digest}: recorded.", digest=hashlib.sha256(content).hexdigest()))
    return 0


def _case(words: Words) -> int:
    return number(words.operand(0), _("NUMBER"))


def _said(words: Words) -> str:
    return " ".join(words.operands[1:])


def _done(room: Room) -> int:
    room.tell(_("Done."))
    return 0


def _cells(row: CaseRow) -> tuple[Text, ...]:
    return (
        str(row.id),
        row.due.day if row.due is not None else "",
        row.kind_label,
        row.book_label,
        listed(row.concerned),
        row.outcome_label if row.outcome else row.state_label,
        row.clause,
    )


def _view_data(view: CaseView) -> dict[str, object]:
    return {
        **row_data(view.row),
        "words": view.words,
        "reporter": view.reporter,
        "persons": [
            {
                "entry": one.entry,
                "name": one.name,
                "sanctions": one.sanctions,
                "occurrences": one.occurrences,
                "fine": one.amount,
                "clause": one.clause,
            }
            for one in view.parties
        ],
        "attached": [{"what": one.what, "number": one.number} for one in view.attached],
        "history": [[event.at, event.who, event.act, event.word] for event in view.history],
        "ladder": [rung.id for rung in view.ladder],
    }


COMMANDS = (
    Command(
        "cases",
        (),
        (JSON,),
        _("List the cases that you handle, what you reported, and what was decided about you."),
        "cases",
        cases,
    ),
    Command(
        "case",
        ("NUMBER",),
        (JSON,),
        _("Show a case: in full if you handle it, else what you reported and what came of it."),
        "case 12",
        show,
    ),
    Command(
        "case report",
        ("WORDS…",),
        (
            BOOK,
            Option("kind", "KIND", _("Its kind, such as leak; left out, whoever handles it says.")),
            Option("copy", "NUMBER", _("The number on a copy that was found.")),
        ),
        _("Report a leak, a misuse or any other breach."),
        "case report the list was posted in a group --book staff --kind leak",
        report,
    ),
    Command(
        "case error",
        ("ENTRY", "WORDS…"),
        (Option("field", "FIELD", _("Which field is wrong.")),),
        _("Report that an entry is wrong; you hear what came of it."),
        "case error 4 the extension is 8013 --field extension",
        error,
    ),
    Command(
        "case triage",
        ("NUMBER", "KIND", "WORDS…"),
        (),
        _("Sort a case out: say of what kind it is."),
        "case triage 12 leak posted in public",
        triage,
    ),
    Command(
        "case investigate",
        ("NUMBER", "WORDS…"),
        (),
        _("Begin the investigation."),
        "case investigate 12 asking the group's members",
        investigate,
    ),
    Command(
        "case person",
        ("NUMBER", "NAME"),
        (Option("entry", "ENTRY", _("The entry, where several are called so.")),),
        _("Name a person concerned, by the beginning of the name or by login."),
        "case person 12 张文",
        person,
    ),
    Command(
        "case release",
        ("NUMBER", "ENTRY", "WORDS…"),
        (),
        _("Take a person off who is not concerned."),
        "case release 12 5 another of the same name",
        release,
    ),
    Command(
        "case trail",
        ("NUMBER",),
        (JSON,),
        _("Read the audit within a case, newest first."),
        "case trail 12",
        trail,
    ),
    Command(
        "case attach",
        ("NUMBER", "audit|copy|file", "REFERENCE"),
        (),
        _("Attach an audit record or a traced copy by its number, or a file of your tray."),
        "case attach 12 copy C0012-003",
        attach,
    ),
    Command("case note", ("NUMBER", "WORDS…"), (), _("Write something down."), "case note 12 heard Li", note),
    Command(
        "case decide",
        ("NUMBER", "breach|unfounded", "WORDS…"),
        (
            Option("sanction", "IDS", _("Rungs of the book's ladder, separated by commas.")),
            Option("times", "N", _("How often it happened; a fine counts for each time.")),
            Option("fine", "AMOUNT", _("One fine, where the regulation names none.")),
        ),
        _("Decide a case, for all persons concerned alike."),
        "case decide 12 breach proven by the copy --sanction fine --times 2",
        decide,
    ),
    Command(
        "case answer",
        ("NUMBER", "corrected|right", "WORDS…"),
        (),
        _("Answer a report of an error."),
        "case answer 13 corrected changed today",
        answer,
    ),
    Command(
        "case close",
        ("NUMBER", "WORDS…"),
        (),
        _("Close a case that was decided."),
        "case close 12 paid",
        close,
    ),
    Command(
        "case pack",
        ("NUMBER",),
        (),
        _("Write the signed evidence pack of a case (ZIP) to standard output."),
        "case pack 12 > case-12.zip",
        pack,
    ),
)
