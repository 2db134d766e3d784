"""One case: all that is known, and the next step of who handles it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from db.desk.cases.case_roles import OVER
from db.desk.cases.case_states import HEARD
from db.desk.cases.case_views import CaseView, PartyView
from db.desk.cases.cases import Cases
from db.desk.cases.parties import PartyFound
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.desk.refusal import Invalid, Problem
from db.language import Text, _
from tui.kit import (
    Location,
    Pick,
    ScreenCommand,
    ask_text,
    by_clause,
    choose,
    clause_text,
)
from tui.screens.cases.sentence import ask_sentence
from tui.screens.cases.trail import CaseTrail
from tui.screens.evidence.pick import pick_evidence
from tui.screens.pickup import take_out
from tui.screens.sheets.asking import draw_sheet
from tui.screens.sheets.card import FactCard
from tui.screens.sheets.list import command_of
from tui.sheets.asks import At
from tui.sheets.case_facts import MyCase, facts
from tui.sheets.case_work import (
    ANSWER,
    APPELLANT,
    CAME_OF_IT,
    CLOSE,
    CONCLUDE,
    CONFIRM,
    DECIDE,
    FILE,
    FOUND,
    HEAR,
    INVESTIGATE,
    INVOLVE,
    JUDGE,
    LODGE,
    MINUTES,
    NAME,
    NOTE,
    PERSON,
    PUT,
    REASON,
    RELEASE,
    REOPEN,
    SHEET,
    STATEMENT,
    TRIAGE,
    WORK,
    decided_told,
    place_of,
)
from tui.sheets.cell import Fact


class CaseCard(FactCard):
    """The case with its history, and the keys that its state allows."""

    CSS_PATH = "card.tcss"
    NAME = _("Case")
    ABOUT = _(
        "A report is sorted out, investigated, judged, decided and closed, each with a word and each by "
        "somebody else. Who investigates names who is concerned, looks through the audit within the "
        "case, and attaches records and copies by number. The management decides by the directory's own "
        "ladder, fines counted for each time. Nobody decides what they reported. A report of an error is "
        "answered, and its reporter hears it."
    )
    KEYS = (
        command_of(TRIAGE, "enter"),
        command_of(INVESTIGATE, "enter"),
        command_of(CONCLUDE, "enter"),
        command_of(JUDGE, "enter"),
        ScreenCommand("again", "b", _("Investigate more"), INVESTIGATE.help),
        command_of(STATEMENT, "c"),
        command_of(PUT, "c"),
        ScreenCommand(
            "decide", "enter", DECIDE.label, _("Decide it, by the directory's ladder for each person.")
        ),
        command_of(CONFIRM, "enter"),
        command_of(LODGE, "n"),
        command_of(MINUTES, "n"),
        ScreenCommand("hear", "enter", HEAR.label, HEAR.help),
        command_of(REOPEN, "b"),
        command_of(ANSWER, "c"),
        command_of(CLOSE, "x"),
        command_of(INVOLVE, "n"),
        command_of(RELEASE, "x", footer=False),
        ScreenCommand("audit", "v", _("Audit"), _("The audit within the case; attach records from there.")),
        ScreenCommand("copy", "i", _("Copy"), _("Attach a traced copy by its number."), footer=False),
        ScreenCommand("file", "i", _("File"), _("Attach a file of your evidence tray."), footer=False),
        command_of(NOTE, "c"),
        command_of(SHEET, "o"),
        ScreenCommand("pack", "o", _("Evidence pack"), _("How to take the signed evidence pack.")),
        ScreenCommand("back", "escape", _("Back"), _("Back to the list.")),
    )
    VERBS = (
        TRIAGE, INVESTIGATE, NOTE, CONCLUDE, JUDGE, STATEMENT, PUT, CONFIRM, LODGE, REOPEN, ANSWER, CLOSE,
    )  # fmt: skip

    def __init__(self, view: CaseView) -> None:
        super().__init__()
        self._view = view
        self._grounds = ""
        """What was typed last for a decision, which may have been refused."""
        self._written: dict[int, str] = {}
        """The same of sanctions beyond the ladder, by party."""
        self._trail = False
        """Whether the audit was opened over it."""

    def where(self) -> Location:
        row = self._view.row
        return Location(_("Case {number}", number=row.id), (row.book_label, clause_text(row.clause)))

    def facts(self) -> Sequence[Fact]:
        return facts(At(self.app.desk), self._view)

    def place(self) -> At[MyCase]:
        row = self._view.row
        return At(self.app.desk, (row.id,), lambda: (MyCase(row, "handler"),))

    def show_result(self, said: Text) -> None:
        self._again()
        self.app.call_later(self.app.tell, said)

    def come_back(self) -> None:
        """Open the case again, recorded, if records were attached from the audit; not after a question over
        the case."""
        if self._trail:
            self._trail = False
            self._again()

    def can(self, command_id: str) -> bool:
        """Return whether the case's state and sort allow the reader this command."""
        steps = self._view.steps
        attaching = dict.fromkeys(("copy", "file"), "attach" in steps)
        taken = {verb.id: verb.operation.partition(".")[2] in steps for verb in WORK} | attaching
        taken[PUT.id] = PUT.id in steps
        taken["again"] = {"judge", "investigate"} <= steps
        taken[INVESTIGATE.id] = "investigate" in steps and not taken["again"]
        taken["audit"] = "trail" in steps
        taken["pack"] = self._view.row.handles
        taken[SHEET.id] = self._view.row.state in OVER and self._view.row.outcome == "breach"
        return taken.get(command_id, True)

    def why_not(self, command: ScreenCommand) -> Text:
        """Return that no step is the reader's for Enter, which does the next step; else as any screen."""
        if command.key == "enter":
            return _("No step of this case is yours at the moment.")
        return super().why_not(command)

    def _again(self) -> None:
        """Open the case again, recorded, and count what waits; close the card if the case has gone to
        others."""
        if self._view.row.id in {row.id for row in Cases(self.app.desk).queue()}:
            self._view = Cases(self.app.desk).one(self._view.row.id)
            self.redraw_facts()
            self.refresh_top()
        else:
            self.finish()
        self.app.recount()

    async def _word(self, title: Text, label: Text, yes: Text) -> str | None:
        return await ask_text(self, title, label, required=True, yes=yes)

    async def do_again(self) -> None:
        await self.do_verb(INVESTIGATE, self.place())

    async def do_person(self) -> None:
        case, work = self._view.row.id, CaseWork(self.app.desk)
        found: Sequence[PartyFound] = ()

        def look(typed: str) -> None:
            nonlocal found
            found = work.people(case, typed)
            if not found:
                nobody = FOUND.nothing
                raise Invalid(Problem("person", nobody))

        typed = await ask_text(self, _("Person concerned"), NAME.label, required=True, check=look)
        if typed is None:
            return
        options = [Pick(one.whom, one.name, note=place_of(one)) for one in found]
        chosen = await choose(self, FOUND.title, options, decides=True)
        if chosen is not None:
            await self.do_verb(INVOLVE, replace(self.place(), answers={NAME.id: typed, FOUND.id: chosen}))

    async def do_release(self) -> None:
        options = [Pick(str(one.id), one.name, note=one.unit) for one in self._view.parties]
        chosen = await choose(self, _("Who is not concerned?"), options)
        if chosen is not None:
            await self.do_verb(RELEASE, replace(self.place(), answers={PERSON.id: int(chosen)}))

    def do_audit(self) -> None:
        self._trail = True
        self.app.push_screen(CaseTrail(self._view))

    async def do_copy(self) -> None:
        typed = await self._word(_("Traced copy"), _("Number on the copy"), _("Attach"))
        if typed is not None:
            CaseWork(self.app.desk).attach(self._view.row.id, "copy", typed)
            self._again()

    async def do_file(self) -> None:
        chosen = await pick_evidence(self, ())
        for file in chosen or ():
            CaseWork(self.app.desk).attach(self._view.row.id, "file", file.id)
        if chosen:
            self._again()

    async def do_decide(self) -> None:
        if self._view.not_yet is not None:
            raise self._view.not_yet
        sentences = await self._sentences()
        if sentences is None:
            return
        label = _("The grounds of the decision")
        said = await ask_text(self, _("Decide"), label, value=self._grounds, required=True, yes=DECIDE.label)
        if said is not None:
            self._grounds = said
            unreached = CaseWork(self.app.desk).decide(self._view.row.id, said, sentences)
            self._again()
            self.app.tell(decided_told(unreached))

    async def do_minutes(self) -> None:
        for file in (await pick_evidence(self, ()) or ())[:1]:
            await self.do_verb(MINUTES, replace(self.place(), answers={FILE.id: file.id}))

    async def do_hear(self) -> None:
        """Ask whose appeal, its outcome, the new sanction and the reason; then decide it, recorded, and show
        that."""
        waiting = [one for one in self._view.parties if one.appeal is not None and not one.appeal.outcome]
        options = [Pick(str(one.id), one.name, note=one.unit) for one in waiting]
        chosen = options[0].id if len(options) == 1 else await choose(self, APPELLANT.title, options)
        if chosen is None:
            return
        one = next(one for one in waiting if one.id == int(chosen))
        outcomes = [Pick(outcome, label) for outcome, label in HEARD.items() if outcome]
        outcome = await choose(self, CAME_OF_IT.title, outcomes)
        sentence = await self._sentence(one) if outcome == "changed" else None
        if outcome is None or (outcome == "changed" and sentence is None):
            return
        said = await self._word(HEAR.label, REASON.label, HEAR.label)
        if said is not None:
            CaseWork(self.app.desk).hear(self._view.row.id, one.id, outcome, said, sentence)
            self._again()
            self.app.tell(_("Decided; whoever it is about hears it."))

    async def _sentences(self) -> tuple[Sentence, ...] | None:
        found = []
        parties: tuple[PartyView, ...] = self._view.parties
        for one in parties:
            sentence = await self._sentence(one)
            if sentence is None:
                return None
            found.append(sentence)
        return tuple(found)

    async def _sentence(self, one: PartyView) -> Sentence | None:
        return await ask_sentence(self, self._view, one, self._written)

    async def do_sheet(self) -> None:
        await draw_sheet(self, SHEET, self.place())

    async def do_pack(self) -> None:
        case = self._view.row.id
        about = _(
            "One archive with the case as text, the records of the audit with their proof, the copies traced "
            "and the files, signed. README.txt in it says how anybody can check it. Taking it is recorded "
            "({clause}).",
            clause=by_clause(self._view.pack_clause),
        )
        file = f"case-{case}.zip{'.pdf' if self._view.pack_encrypted else ''}"
        await take_out(self, ("case", "pack", str(case)), file, about)
