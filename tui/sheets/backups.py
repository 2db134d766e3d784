"""A directory's own backups, for whoever answers for it: make one, see what is lost, put it back (D.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.desk import Invalid, Problem
from db.desk.backups.book_backups import BookBackupList
from db.desk.backups.host_backups import HostBackup, HostBackupList
from db.desk.backups.owners_backups import BookBackup, Loss
from db.desk.notation.localtime import local
from db.language import Text, _, _n, listed
from tui.sheets.asks import Ask, At, OfferedAnswer
from tui.sheets.books import book_among
from tui.sheets.cell import Cell, Fact, Styled
from tui.sheets.clauses import by_clause, clause_text
from tui.sheets.sheet import NEVER, Column, Question, Sheet, Verb
from tui.sheets.units import unit_in

NEWEST = "newest"


@dataclass(frozen=True, eq=False)
class BackupAsk(Ask[str]):
    """A backup by its name; ``newest`` is the last one."""

    def read(self, at: At[Any], word: str) -> str:
        """Return the backup's name, looking the newest one up (recorded). Raises Invalid if there is none,
        Refused if they are not the reader's."""
        if word != NEWEST:
            return word
        kept = at.desk.backups.kept(at[BOOK]).backups
        if not kept:
            raise Invalid(Problem(self.id, _("There is no backup yet.")))
        return kept[0].name


def _books(at: At[Any]) -> list[OfferedAnswer[str]]:
    """Return the books that the reader backs up as choices; if none, all of theirs, for the operation to
    refuse."""
    books, mine = at.desk.directory.books(), at.desk.backups.books()
    return [OfferedAnswer(one.id, one.title) for one in books if not mine or one.id in mine]


BOOK = book_among(_books)
BACKUP = BackupAsk("backup", _("The backup; `newest` is the last one."))


def _list_of(at: At[Any]) -> BookBackupList:
    """Return the book's backups, asked for once for rows and line, as each look is recorded."""
    found: BookBackupList = at.answers.get("backups kept") or at.desk.backups.kept(at[BOOK])
    at.answers["backups kept"] = found
    return found


def _due_words(at: At[Any]) -> Cell:
    kept = _list_of(at)
    if kept.due:
        return Styled(_("The next backup is due ({clause}).", clause=by_clause(kept.clause)), "warn")
    return [Styled(_("No backup is due yet."), "dim"), "  ", Styled(clause_text(kept.clause), "dim")]


def _lost_words(row: Loss) -> Text:
    return _("all of it") if row.gone else listed(row.fields)


def _question(at: At[Loss]) -> Question:
    title: Text = _("Ask to put {name} back as it was?", name=at.rows[0].name)
    if len(at.rows) > 1:
        title = _n("Ask to put {count} entry back?", "Ask to put {count} entries back?", count=len(at.rows))
    return Question(title, yes=_("Ask"), no=_("Leave it"))


MAKE: Verb[BookBackup] = Verb(
    id="make",
    operation="backups.make",
    key="n",
    label=_("Back up now"),
    help=_("Make a backup now, in every place."),
    on="none",
    do=lambda at: at.desk.backups.make(at[BOOK]),
    done=lambda _at, made: _n(
        "{name} is safe in {count} place.",
        "{name} is safe in {count} places.",
        name=made.name,
        count=made.places,
    ),
    example="backup make",
)
PUT_BACK: Verb[Loss] = Verb(
    id="restore",
    operation="backups.put_back",
    key="n",
    label=_("Ask to put back"),
    help=_("Ask for entries as they were in a backup; decided as any change is."),
    on="all",
    sure=_question,
    do=lambda at: at.desk.backups.put_back(at[BOOK], at[BACKUP], at.numbers),
    done=lambda _at, asked: _n(
        "{count} request was handed in, with the backup as its evidence: {numbers}",
        "{count} requests were submitted, with the backup as their evidence: {numbers}",
        count=len(asked),
        numbers=listed(map(str, asked)),
    ),
    example="backup compare restore 12 15 --backup newest",
)
BACKUPS: Sheet[BookBackup] = Sheet(
    id="backup",
    operation="backups.kept",
    title=_("Backups"),
    about=_(
        "Backups of this directory, encrypted, in every place that the host has for them. Enter on one says "
        "what is gone or different since, and from there one asks to have it put back; that is decided as "
        "any change is, and what stands now stays on record."
    ),
    help=_("List your directory's backups."),
    of=(BOOK,),
    rows=lambda at: _list_of(at).backups,
    key=lambda row: row.name,
    named="backup",
    numbered=False,
    said=_due_words,
    columns=(
        Column("made", _("Made"), lambda row: local(row.at)[:16], 18, tone="strong", data=lambda row: row.at),
        Column("places", _("Places"), lambda row: row.places, 8),
        Column("backup", _("Backup"), lambda row: row.name),
        Column("size", _("Bytes"), lambda row: row.size, from_width=NEVER),
    ),
    verbs=(MAKE,),
    empty=_("There is no backup yet."),
    example="backup",
)


def _overseen(at: At[Any]) -> list[OfferedAnswer[str]]:
    """Return the books whose backups the reader answers for as choices; if none, all of theirs, for the
    operation to refuse."""
    books, mine = at.desk.me.who().books, at.desk.backups.overseen()
    return [OfferedAnswer(one.id, one.title) for one in books if not mine or one.id in mine]


OVERSEEN = book_among(_overseen)


def _runs(at: At[Any]) -> HostBackupList:
    found: HostBackupList = at.answers.get("runs") or at.desk.backups.runs(at[OVERSEEN])
    at.answers["runs"] = found
    return found


def _in_time(at: At[Any]) -> Cell:
    runs = _runs(at)
    clause = Styled(clause_text(runs.clause), "dim")
    told: list[Text | Styled] = [
        Styled(_("The backup is late."), "bad") if runs.late else _("In time."),
        "  ",
        clause,
    ]
    return (
        [*told, "  ", Styled(_("One was asked for; it is made within minutes."), "warn")]
        if runs.ordered
        else told
    )


ORDER: Verb[HostBackup] = Verb(
    id="order",
    operation="backups.order",
    key="n",
    label=_("Back up now"),
    help=_("Have the host make a backup of everything now; it is restored on trial and checked."),
    on="none",
    do=lambda at: at.desk.backups.order(at[OVERSEEN]),
    done=lambda _at, _made: _("Asked for. It is made within minutes and then listed here."),
    example="backup runs order",
)
VERIFY: Verb[HostBackup] = Verb(
    id="verify",
    operation="backups.verify",
    key="n",
    label=_("Verify again"),
    help=_("Have the host verify an old backup again: whole, signed here, and restored on trial."),
    offered=lambda row: row.kept and not row.doubted,
    do=lambda at: at.desk.backups.verify(at[OVERSEEN], at.number),
    done=lambda _at, _made: _("Asked for. It takes minutes; the result is then shown here."),
    example="backup runs verify 412",
)


def _anew(row: HostBackup) -> Text:
    if row.doubted:
        return _("to be verified")
    return local(row.verified)[:16] if row.verified else ""


def _run_facts(row: HostBackup) -> Sequence[Fact]:
    found: list[Fact] = [(_("Backup"), row.file)]
    found += [(_("Problem"), row.problem)] if row.problem else []
    found += [(_("Verified again"), _anew(row))] if _anew(row) else []
    found += [(_("Found then"), Styled(row.found, "bad"))] if row.found else []
    return found


RUNS: Sheet[HostBackup] = Sheet(
    id="backup runs",
    operation="backups.runs",
    title=_("The host's backups"),
    about=_(
        "Backups that the host makes of everything, each restored on trial and checked, and whether they "
        "are in time for this directory's regulations. n has one made now, or an old one verified again."
    ),
    help=_("List the host's backups, with what failed and whether they are in time."),
    of=(OVERSEEN,),
    rows=lambda at: _runs(at).backups,
    key=lambda row: row.seq,
    named="record",
    said=_in_time,
    columns=(
        Column("at", _("Made"), lambda row: local(row.at)[:16], 18, data=lambda row: row.at),
        Column(
            "state",
            _("State"),
            lambda row: _("checked") if row.is_good else _("failed"),
            10,
            tone=lambda row: "good" if row.is_good else "bad",
            few=True,
            data=lambda row: row.is_good,
        ),
        Column("verified", _("Verified again"), _anew, 18, data=lambda row: row.verified),
        Column("place", _("Stored in"), lambda row: row.place, few=True),
        Column("file", _("Backup"), lambda row: row.file, from_width=100),
        Column("problem", _("Problem"), lambda row: row.problem or row.found, from_width=NEVER),
    ),
    facts=_run_facts,
    verbs=(VERIFY, ORDER),
    empty=_("No backup is on record yet."),
    example="backup runs",
)
LOSSES: Sheet[Loss] = Sheet(
    id="backup compare",
    operation="backups.compare",
    title=_("Lost since then"),
    about=_(
        "What is gone or different since the backup. Not everything here is a loss: a change that was "
        "decided differs too. What is put back is as it was; what stands now stays on record."
    ),
    help=_("List changes since a backup (`newest`: the latest)."),
    of=(BOOK, BACKUP),
    rows=lambda at: at.desk.backups.compare(at[BOOK], at[BACKUP]),
    key=lambda row: row.entry,
    named="entry",
    columns=(
        Column("name", _("Name"), lambda row: row.name, 12, tone="strong"),
        Column("unit", unit_in(lambda at: at[BOOK]), lambda row: row.unit, 18),
        Column("lost", _("Lost"), _lost_words, few=True, tone=lambda row: "bad" if row.gone else "",
               data=lambda row: row.fields),
        Column("gone", _("all of it"), lambda row: "✓" if row.gone else "", from_width=NEVER,
               data=lambda row: row.gone),
    ),
    verbs=(PUT_BACK,),
    empty=_("Nothing is lost since then."),
    example="backup compare --backup newest",
)  # fmt: skip
