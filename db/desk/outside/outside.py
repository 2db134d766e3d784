"""The system outside, for those who keep a book: how far the two differ, what waits, and setting it right."""

from __future__ import annotations

from db.desk.authority.office_names import title_of
from db.desk.authority.permissions import policy_of
from db.desk.authority.whom_to_ask import FOR_IT, ask_office
from db.desk.entry.noting import queue_change
from db.desk.entry.systems import is_connected, rule_of
from db.desk.frame import OperationGroup, operation
from db.desk.outside.drift_views import Drift, drift_of, findings_of, survey_of
from db.desk.outside.people import OutsidePerson, outside_people
from db.desk.outside.survey import ask_survey
from db.desk.power.declaration import LOOKS
from db.desk.refusal import SILENT, Refused
from db.language import Label, _
from db.store.audit import TAKEN_OUT
from db.store.tables import Entry, OutsideChange


class Outside(OperationGroup):
    """Operations on the system that books are kept in step with (G.4)."""

    @operation(
        "outside.books", label=_("list the directories kept in step with WeCom"), recorded=False, power=LOOKS
    )
    def books(self) -> tuple[tuple[str, Label], ...]:
        found = []
        for book in self.permissions.books:
            if rule_of(book) is not None and self.permissions.keeps_book(book):
                found.append((book, title_of(book)))
        return tuple(found)

    @operation("outside.drift", label=_("look at the differences from WeCom"), recorded=True, power=LOOKS)
    def drift(self, book: str) -> Drift:
        """Return who is missing on which side and which fields differ, as the last comparison found it.
        Raises Refused for those who do not keep the book."""
        found = drift_of(book, self._admit(book))
        self.act.note_facts(rows=len(found.rows))
        return found

    @operation("outside.compare", label=_("have WeCom compared"), recorded=True, power=LOOKS)
    def compare(self, book: str) -> None:
        """Mark the book to be compared at the next run of the duties. Raises Refused for those who do not
        keep it, or where the outside system can't be reached."""
        self._admit(book, reaching=True)
        ask_survey(book)

    @operation("outside.push", label=_("have WeCom set right"), recorded=True, power=LOOKS)
    def push(self, book: str, finding: int | None = None) -> int:
        """Queue everybody who differs from the outside system for the next run of the duties, or the one of
        ``finding`` (an id; nobody for another book's); return how many, those queued already included.
        Without ``finding``, all that were given up are queued again. People whom only the outside system
        knows are not touched, unless they left this book. Raises Refused where the book may not be copied
        (I.4.4.2)."""
        self._admit(book, reaching=True)
        self._let_out(book)
        entries = {
            one.entry_id
            for one in findings_of(survey_of(book))
            if one.entry_id is not None and finding in (None, one.id)
        }
        stuck = (OutsideChange.book == book) & (OutsideChange.state == "dead")
        if finding is None:
            entries |= {one.entry_id for one in OutsideChange.select().where(stuck)}
        OutsideChange.update(state="done").where(stuck & OutsideChange.entry.in_(list(entries))).execute()
        waiting = OutsideChange.select(OutsideChange.entry).where(OutsideChange.state == "waiting")
        for entry in Entry.select().where(Entry.id.in_(list(entries)) & Entry.id.not_in(waiting)):
            queue_change(entry, "leave" if entry.state == "left" else "change")
        self.act.note_facts(entries=len(entries))
        return len(entries)

    @operation(
        "outside.members", label=_("read everybody for WeCom's import file"), recorded=True, power=LOOKS
    )
    def members(self, book: str) -> tuple[OutsidePerson, ...]:
        """Return everybody in the form that the outside system takes; recorded. Raises Refused where the book
        may not be copied (A.12)."""
        clause = self._admit(book)
        self._let_out(book)
        found = tuple(outside_people(book))
        self.act.note_facts(rows=len(found), clause=clause)
        return found

    @operation("outside.export", label=_("take WeCom's import file"), recorded=True, power=LOOKS)
    def export(self, book: str, *, sha256: str, size: int, rows: int, mark: str) -> None:
        """Record that the import file leaves: a copy like every other, traced and handed back by the digest
        of its content and its mark (A.12, C.9.1, H.5.4). Refused where the book may not be copied."""
        self._admit(book)
        self._let_out(book)
        self.act.called = TAKEN_OUT
        self.act.note_facts(report="wecom", format="xlsx", sha256=sha256, size=size, rows=rows, mark=mark)

    def _let_out(self, book: str) -> None:
        """Raise Refused where nobody may take a copy of the book out."""
        policy = policy_of(book)
        banned = policy.kept_in(policy.maintainer.role)
        if banned is not None:
            raise Refused(
                _("The regulations let nobody take a copy out of this directory."),
                banned,
                _("Enter people there one by one, and tick the step off on the task."),
            )

    def _admit(self, book: str, *, reaching: bool = False) -> str:
        """Return the clause that has the book kept in step; ``reaching``: if connected. Raises Refused."""
        self.permissions.check_book(book)
        policy, rule = policy_of(book), rule_of(book)
        self.act.note_facts(book=book, clause=rule.clause if rule is not None else SILENT)
        if rule is None:
            raise Refused(
                _("The regulations of this directory ask for no WeCom."),
                SILENT,
                _("Choose another directory."),
            )
        if not self.permissions.keeps_book(book):
            raise Refused(
                _("Only those who keep the whole directory keep WeCom in step."),
                policy.maintainer.clause,
                ask_office(policy, (policy.maintainer.role,), FOR_IT),
            )
        if reaching and not is_connected():
            raise Refused(
                _("WeCom is not connected here."),
                rule.clause,
                _("Take the import file instead, and tick the steps off on the tasks."),
            )
        return rule.clause
