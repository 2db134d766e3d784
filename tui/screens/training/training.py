"""Training: the reader's own, who of their people is due, and recording who attended (F.6.2)."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from db.confined.kinds import SHEET
from db.confined.reading import reading
from db.confined.refusal_words import REASONS
from db.confined.why import Unreadable
from db.desk.clockwork import today
from db.desk.importing.importing import Source
from db.desk.importing.outcome import BadRows
from db.desk.training.trainings import BookTopic, OwnTraining, PersonTraining
from db.language import Text, _, listed
from tui.kit import (
    Cell,
    Column,
    Command,
    DataList,
    Frame,
    Line,
    Pane,
    Styled,
    Where,
    clause_text,
    confirm,
    tell_at_length,
    tell_facts,
)
from tui.kit.facts import Fact
from tui.screens.evidence.pick import pick_evidence
from tui.screens.evidence.reading import read_of
from tui.screens.training.training_words import standing

NAMED = 20
"""So many people are named before attendance is recorded."""


class Training(Frame):
    """Topics above, the people of the one under the cursor below."""

    CSS_PATH = "training.tcss"
    NAME = _("Training")
    ABOUT = _(
        "Who was trained on which version of the rules, and who is due. Whoever keeps the directory records "
        "attendance: Space selects people, a notes that they attended today, i takes in a list from the tray "
        "(CSV with login or name, department, day)."
    )
    KEYS = (
        Command("attended", "a", _("Attended"), _("The selected people attended today.")),
        Command("mark", "space", _("Select"), _("Select or deselect the person under the cursor.")),
        Command("import", "i", _("Import"), _("Take in an attendance list from your tray.")),
        Command("switch", "tab", _("Other list"), _("Move between topics and people."), footer=False),
    )
    SHOWS_MODES = False

    def where(self) -> Where:
        """Book and clause of the topic under the cursor."""
        topic = self._topic
        details: tuple[Text, ...] = ()
        if topic is not None:
            details = (topic.book_label, clause_text(topic.topic.clause))
        return Where(self.NAME, details)

    def body(self) -> ComposeResult:
        """The own training, topics, people."""
        yield Line(id="own")
        with Pane(_("Topics"), id="topics"):
            yield DataList[BookTopic](
                [
                    Column(_("Topic"), lambda row: Styled(row.topic.label, "strong")),
                    Column(_("Book"), lambda row: row.book_label, width=16, in_english=20),
                    Column(_("Version"), lambda row: row.topic.version, width=16, from_width=100),
                    Column(_("People"), lambda row: str(row.people), width=6, right=True),
                    Column(_("Due"), _overdue, width=8, right=True),
                ],
                key=lambda row: (row.book, row.topic.id),
                empty=_("You answer for nobody's training."),
            )
        with Pane(_("People"), id="people"):
            yield DataList[PersonTraining](
                [
                    Column(_("Name"), lambda row: Styled(row.name, "strong"), width=10),
                    Column(self.app.desk.me.unit_label(), lambda row: row.unit),
                    Column(_("Trained"), lambda row: row.training.last or "–", width=10),
                    Column(_("Version"), _version, width=20, from_width=100),
                    Column(_("Stands"), lambda row: standing(row.training), width=20, in_english=22),
                ],
                key=lambda row: row.entry,
                empty=_("Nobody is to be trained."),
                multi=True,
            )

    def on_mount(self) -> None:
        """Ask for the topics."""
        mine = self.app.desk.training.mine()
        self.query_one("#own", Line).show(_own(mine))
        self._fill()

    def can(self, command_id: str) -> bool:
        """Recording, and selecting for it, is the maintainer's, and takes somebody."""
        topic = self._topic
        if command_id not in ("attended", "mark", "import"):
            return True
        if topic is None or not topic.records:
            return False
        return command_id == "import" or self._people.current is not None

    @property
    def _topic(self) -> BookTopic | None:
        row: BookTopic | None = (
            self.query_one("#topics DataList", DataList).current if self.is_mounted else None
        )
        return row

    @property
    def _people(self) -> DataList[PersonTraining]:
        people: DataList[PersonTraining] = self.query_one("#people DataList", DataList)
        return people

    def _fill(self) -> None:
        topics = self.app.desk.training.topics()
        self.query_one("#topics DataList", DataList).show(
            lambda offset, limit: topics[offset : offset + limit], total=len(topics), keep=True
        )

    @on(DataList.Moved, "#topics DataList")
    def _another(self) -> None:
        topic = self._topic
        people = self.app.desk.training.people(topic.book, topic.topic.id) if topic is not None else ()
        self._people.show(lambda offset, limit: people[offset : offset + limit], total=len(people))
        self.refresh_keys()
        self.refresh_top()

    def do_switch(self) -> None:
        """To the other list."""
        self.focus_next(DataList)

    def do_mark(self) -> None:
        """Select the person."""
        self._people.action_mark()

    async def do_attended(self) -> None:
        """Those selected, or the one under the cursor, attended today, once it was asked whether that is
        meant."""
        topic, people, day = self._topic, self._people, today().isoformat()
        marked = list(people.marked.values()) or ([people.current] if people.current else [])
        if topic is not None and marked:
            question = _("Record attendance today, {day}?", day=day)
            whom = _("{name}: {value}", name=topic.topic.label, value=_whom(marked))
            if await confirm(self, question, text=whom, yes=_("Record attendance"), no=_("Don't record")):
                entries = [one.entry for one in marked]
                count = self.app.desk.training.record(topic.book, topic.topic.id, entries, day)
                self._fill()
                self.app.tell(_("Attendance recorded: {count}", count=count))

    async def do_import(self) -> None:
        """A list from the tray, all of it or nothing."""
        topic = self._topic
        chosen = await pick_evidence(self, ())
        if topic is None or not chosen:
            return
        file = chosen[0]
        content = self.app.desk.evidence.open(file.id)
        source = Source(file.name, file.digest)
        try:
            rows = await read_of(self, file.name, lambda: reading(SHEET, content))
            if rows is None:
                return
            count = self.app.desk.training.load(topic.book, topic.topic.id, rows, source)
        except BadRows as bad:
            await tell_facts(self, _("Nothing was taken in: {file}", file=file.name), _wrong(bad))
            return
        except Unreadable as unreadable:
            await tell_at_length(
                self, _("Nothing was taken in: {file}", file=file.name), REASONS[unreadable.why]
            )
            return
        self._fill()
        self.app.tell(_("Attendance recorded: {count}", count=count))


def _whom(people: Sequence[PersonTraining]) -> Text:
    """Who is about to be recorded; of very many, as many as a dialog holds, and how many more."""
    named = listed([one.name for one in people[:NAMED]])
    more = len(people) - NAMED
    return _("{people} and {count} more", people=named, count=more) if more > 0 else named


def _wrong(bad: BadRows) -> list[Fact]:
    """What is wrong in which row and column, and what to do about it; of very many, the first."""
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


def _own(mine: tuple[OwnTraining, ...]) -> Cell:
    cell: list[Text | Styled] = []
    for one in mine:
        cell += [*([" │ "] if cell else [_("My training: ")]), one.topic.label, " ", standing(one.training)]
        cell += ["  ", Styled(clause_text(one.topic.clause), "dim")]
    return cell or Styled(_("Your directories ask for no training of yours."), "dim")


def _overdue(row: BookTopic) -> Cell:
    return Styled(str(row.overdue), "bad") if row.overdue else Styled("–", "dim")


def _version(row: PersonTraining) -> Cell:
    if row.training.older:
        return Styled(_("{version}, older", version=row.training.version), "warn")
    return row.training.version or "–"
