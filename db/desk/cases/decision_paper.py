"""The sheet with the decision of a case and the proof that it was served. Not an operation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.cases.appeals import has_appealed
from db.desk.cases.case_roles import DECIDED, OVER, CaseRoles, no_such_case
from db.desk.cases.case_states import OUTCOMES, case_kind_label
from db.desk.cases.case_views import CaseView, PartyView, view_of
from db.desk.cases.opening import cleaned_words, write_event
from db.desk.cases.parties import party_person, written_name
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.due_dates import Due
from db.desk.papers.sheets import Matter, PaperPage, SheetKind, SheetLine, SignedLine, number_in, number_of
from db.desk.papers.single import DAY
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.language import Message, Text, _, currency_words, listed
from db.store.tables import CaseParty, Paper, PaperScan


class Decision(SheetKind):
    """The decision of a case for one whom it is about, with the proof that it was served (C.12)."""

    id, label, secret = "decision", _("decision of a case"), True

    def find_matter(self, permissions: Permissions, about: str) -> Matter:
        """Find a party of a case in which a breach was found, written ``case-party`` or as the case alone
        where it has one, for those who handle it or decided it. Raises Invalid, or Refused."""
        case, _dash, number = about.partition("-")
        parties = list(CaseParty.select().where(CaseParty.case == number_in(case)).order_by(CaseParty.id))
        if not number and len(parties) > 1:
            known = listed(f"{case}-{one.id}" for one in parties)
            raise Invalid(Problem("of", _("There are several; say which: {known}.", known=known)))
        party = next((one for one in parties if number in ("", str(one.id))), None)
        row, case_roles = party.case if party is not None else None, CaseRoles()
        if party is None or row is None or row.book_id not in permissions.books:
            raise no_such_case()
        if not case_roles.may_read(row, permissions.account) or not (
            any(one.account == permissions.account for one in case_roles.handlers(row))
            or case_roles.has_done(row, permissions.account, DECIDED)
        ):
            raise no_such_case()
        if row.state not in OVER or row.outcome != "breach":
            raise Refused(
                _("Nothing is decided in this case that could be served."),
                row.clause,
                _("Draw the sheet up once a breach is found and decided."),
            )
        person = party_person(party)
        account = permissions.account
        view = view_of(row, account, case_roles)
        unit = party.entry.unit_id if party.entry is not None else None
        return Matter(
            row.book_id, f"{row.id}-{party.id}", party.clause or row.clause, unit, party.entry_id, person,
            row=(row, party, view),
        )  # fmt: skip

    def draw_sheet(self, matter: Matter, words: str) -> tuple[Sequence[PaperPage], Sequence[SheetLine]]:
        """Draw the decision, and on a page of its own the proof of service. The facts are ``words``, as the
        person is to read them: what was reported, and by whom, stays with those who handle the case. Raises
        Invalid."""
        row, party, view = matter.row
        facts = cleaned_words(words)
        if not facts:
            raise Invalid(Problem("words", _("Write the facts as the person is to read them.")))
        refuse_card_numbers([policy_of(matter.book)], _("Facts"), facts, "words")
        mine = next(one for one in view.parties if one.id == party.id)
        known = {"name": mine.name, "unit": mine.unit, "position": mine.position}
        shown = " ".join(f"{{{part}}}" for part, value in known.items() if value)
        whom = (_("Concerned"), Message(shown, known))  # one person, and no list
        case: tuple[Text, Text] = (_("Case no."), f"{row.id}")
        kind: tuple[Text, Text] = (_("About"), case_kind_label(policy_of(matter.book), row.sort, row.kind))
        until = None if has_appealed(party) else view.appeal_until
        title = _("Decision on a sanction") if _sanctions(mine) else _("Decision not to punish")
        decision = PaperPage(
            title,
            (whom, case, kind, (_("Decided on"), view.decided_at[:10])),
            tuple(_paragraphs(view, mine, facts, until, policy_of(matter.book).discipline.appeal_days)),
            signs=(_("Decided by (signature)"), _("Seal"), DAY),
        )
        served = PaperPage(
            _("Proof of service"),
            (whom, case, (_("Document served"), title), (_("Served by (way)"), "")),
            (_("The one to whom it is served received the decision and was told how to appeal."),),
            signs=(
                _("Received by (signature)"),
                DAY,
                _("Served by (signature)"),
                _("Witness, if refused"),
                DAY,
            ),
        )
        return [decision, served], [SheetLine(matter.person, written_name(party))]

    def count(self, paper: Paper, line: SheetLine, signed: SignedLine) -> bool:
        """Add to the case's history that the decision was served; return False if a scan shows that
        already."""
        known = PaperScan.select().join(Paper).where(
            (Paper.kind == self.id) & (Paper.about == paper.about) & PaperScan.struck_at.is_null()
        )  # fmt: skip
        if known.where(PaperScan.counted).exists():
            return False
        self._write(paper, signed, "served")
        return True

    def uncount(self, paper: Paper, line: SheetLine, signed: SignedLine) -> None:
        """Add to the case's history that the proof of service was struck."""
        self._write(paper, signed, "unserved")

    @staticmethod
    def _write(paper: Paper, signed: SignedLine, act: str) -> None:
        party = CaseParty.get_by_id(int(paper.about.partition("-")[2]))
        write_event(party.case, signed.account, act, f"{number_of(paper.id)} {signed.day}")


def _sanctions(mine: PartyView) -> list[Text]:
    return [*mine.sanctions, *([mine.further] if mine.further else [])]


def _paragraphs(view: CaseView, mine: PartyView, facts: str, until: Due | None, days: int) -> Iterator[Text]:
    yield _("Facts: {facts}", facts=facts)
    yield _("Found: {outcome} ({clause})", outcome=OUTCOMES[view.row.outcome], clause=view.row.clause)
    sanctions = _sanctions(mine)
    decided: Text = listed(sanctions) if sanctions else _("not punished")
    yield _("Sanction: {sanction} ({clause})", sanction=decided, clause=mine.clause or view.row.clause)
    if mine.amount:
        yield _(
            "Fine: {amount} {currency} in all", amount=mine.amount, currency=currency_words(mine.currency)
        )
    made = mine.appeal if mine.appeal is not None and mine.appeal.outcome else None
    if made is not None:
        slots = {"day": made.at[:10], "outcome": made.outcome_label}
        said = _("Opened again on {day}: {outcome}") if made.reopened else _("Appeal of {day}: {outcome}")
        yield Message(said.text, slots)
    if until is not None:
        yield _(
            "You may appeal until {day}, and where this is served to you later, within {days} working days "
            "of that ({clause}): in the directory under Cases, or in writing. Somebody who had no part in "
            "the case decides the appeal.",
            day=until.day,
            days=days,
            clause=SILENT,
        )
    yield _("Decided by: {who}", who=listed(view.decided_by))
