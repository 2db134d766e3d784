"""A case in full, as facts and for programs: for who handles it, and as far as it is the reader's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from db.desk.cases.case_views import CaseRow, CaseView, PartyView
from db.desk.cases.own_cases import OwnCase
from db.desk.due_dates import Due
from db.language import Label, Message, Text, _, _n, currency_words, listed
from tui.sheets.asks import At
from tui.sheets.cell import Cell, Fact, Styled, cell_words
from tui.sheets.clauses import clause_text
from tui.sheets.date_words import day, days_left, due_text

Part = Literal["handler", "reader", "reporter", "concerned"]
PARTS: Final[dict[Part, Message]] = {
    "handler": _("handler"),
    "reader": _("reader"),
    "reporter": _("reporter"),
    "concerned": _("concerned"),
}


@dataclass(frozen=True, slots=True)
class MyCase:
    """A case in the list, and what its reader is in it."""

    row: CaseRow
    part: Part


def case_state(row: CaseRow) -> Styled:
    if row.appealed:
        return Styled(_("opened again") if row.reopened else _("under appeal"), "warn")
    if row.state == "closed":
        return Styled(row.outcome_label, "dim")
    if row.outcome:
        return Styled(row.outcome_label, "accent")
    return Styled(row.state_label, "warn" if row.turn else "")


def party_cell(one: PartyView) -> Cell:
    """Return a cell with a party's name, place, decision, and earlier breaches."""
    cell: list[Text | Styled] = [Styled(one.name, "strong")]
    cell += [part for place in (one.unit, one.position) if place for part in (" ", place)]
    cell += decision_cell(one)
    if one.copies:
        cell += ["  ", _("copies traced: {count}", count=one.copies)]
    if one.earlier:
        told = _n(
            "found {count} time before, fined {amount}",
            "found {count} times before, fined {amount}",
            count=one.earlier,
            amount=str(one.earlier_amount),
        )
        cell += ["  ", Styled(told, "warn")]
    return cell


def decision_cell(one: PartyView) -> list[Text | Styled]:
    """Return the decision on a party: sanctions, fine or count, and clause, each after a gap; [] for none."""
    cell: list[Text | Styled] = []
    if one.sanctions or one.further:
        cell += ["  ", Styled(listed(_with_further(one.sanctions, one.further)), "bad")]
    elif one.unpunished:
        cell += ["  ", Styled(_("not punished"), "strong")]
    if one.amount:
        cell += ["  ", _fine(one.amount, one.currency, one.occurrences)]
    elif one.occurrences > 1:
        cell += ["  ", _("happened {times} times", times=one.occurrences)]
    if one.clause:
        cell += ["  ", Styled(clause_text(one.clause), "dim")]
    return cell


def decided_words(parties: Sequence[PartyView]) -> Text:
    """Return the parties in words, each with the decision on them."""
    cells: list[Cell] = [[one.name, *decision_cell(one)] for one in parties]
    return listed(Label(cell_words(cell, "zh_CN"), cell_words(cell, "en")) for cell in cells)


def _with_further(sanctions: Sequence[Text], further: str) -> list[Text]:
    return [*sanctions, further] if further else [*sanctions]


def _verdict(row: CaseRow, one: PartyView) -> Message:
    """Return the outcome for a party without a sanction: the appeal's if it lifted one, else the case's."""
    made = one.appeal
    return made.outcome_label if made is not None and made.outcome == "lifted" else row.outcome_label


def appeal_facts(one: PartyView) -> list[Fact]:
    """Return facts about a party's appeal and its answer; [] for none."""
    made = one.appeal
    if made is None:
        return []
    against: list[Text | Styled] = [made.at, " ", made.words]
    if made.before:
        against += ["  ", Styled(_("against: {what}", what=listed(made.before)), "dim")]
    if made.amount:
        against += [
            "  ",
            Styled(
                Message(
                    "{amount} {currency}", {"amount": made.amount, "currency": currency_words(made.currency)}
                ),
                "dim",
            ),
        ]
    found: list[Fact] = [(_("Opened again") if made.reopened else _("Appeal"), against)]
    if made.outcome:
        answer: Cell = [made.heard_at, " ", Styled(made.outcome_label, "strong"), f" “{made.reason}”"]
        found.append((_("Answer"), answer))
    return found


def _fine(amount: int, currency: str, occurrences: int) -> Message:
    return _(
        "{amount} {currency} in all, {times}×",
        amount=amount,
        currency=currency_words(currency),
        times=occurrences,
    )


def own_facts(case: OwnCase) -> list[Fact]:
    """Return the facts of one's own case: what was reported, what was decided, and when."""
    row, found = case.row, _head(case.row)
    if row.due is not None and row.mine:
        found += [(_("Due"), day(row.due.day)), (_("Workdays"), days_left(row.due))]
    if case.words:
        found.append((_("In words"), case.words))
    if case.entry_name:
        found.append((_("Entry"), [case.entry_name, " · " if case.field else "", case.field]))
    if case.hearing_until is not None:
        found.append((_("You may speak until"), _until(case.hearing_until)))
    if case.finding:
        found.append((_("Breach found because"), case.finding))
    if case.statement:
        found.append((_("You said"), case.statement))
    if case.answer:
        found.append((_("Answer"), Styled(case.answer, "strong")))
    for one in case.verdicts:
        decided: Cell = decision_cell(one)[1:] or Styled(_verdict(row, one), "strong")
        found.append((_("Decided about you"), decided))
        found += appeal_facts(one)
        if may_appeal(one) and case.appeal_until is not None:
            found.append((_("Appeal until"), _until(case.appeal_until)))
    return [*found, ("", ""), *case.steps]


def may_appeal(one: PartyView) -> bool:
    """Return whether a party may still appeal: there is no appeal, or the last was reopened or lodged by
    somebody else."""
    return one.appeal is None or one.appeal.reopened or one.appeal.lodged


def _until(due: Due) -> Cell:
    until = [due_text(due)] if due.left >= 0 else [day(due.day), "  ", Styled(_("over"), "dim")]
    return [*until, "  ", Styled(clause_text(due.clause), "dim")]


def _head(row: CaseRow) -> list[Fact]:
    ended: list[Text | Styled] = ["  ", row.state_label] if row.state == "closed" and not row.appealed else []
    return [
        (_("About"), [Styled(row.kind_label, "strong"), "  ", Styled(clause_text(row.clause), "dim")]),
        (_("Status"), [case_state(row), *ended]),
    ]


def facts(at: At[Any], view: CaseView | OwnCase) -> list[Fact]:
    if isinstance(view, OwnCase):
        return own_facts(view)
    row = view.row
    found: list[Fact] = [
        *_head(row),
        (_("Reported"), f"{row.reported_at} {view.reporter}"),
        (at.desk.me.unit_label(row.book), row.unit),
        (_("In words"), view.words),
    ]
    if view.entry_name:
        found.append((_("Entry"), [view.entry_name, " · " if view.field else "", view.field]))
    found.append((_("Handled by"), listed(view.handlers) if view.handlers else "–"))
    if row.state != "closed" or view.waits_for:
        names = listed(view.waits_for) if view.waits_for else "–"
        found.append((_("Waits for"), Styled(names, "accent" if row.turn else "")))
    for number, one in enumerate(view.parties):
        found.append((_("Concerned") if number == 0 else "", party_cell(one)))
        if one.statement:
            found.append((_("Statement"), one.statement))
        if one.hearing_until is not None:
            found.append((_("May speak until"), _until(one.hearing_until)))
        found += appeal_facts(one)
    if view.unheard:
        told = _("noted {when}, not put to them; a sanction rests on it only once it is (Put to them)")
        if row.state == "proposed":
            told = _("noted {when}, not put to them; decline a sanction that rests on it")
        found.append((_("Unheard"), Styled(Message(told.text, {"when": listed(view.unheard)}), "warn")))
    for number, attached in enumerate(view.attached):
        named = attached.name if attached.what == "file" else attached.number
        shown: Cell = [attached.what_label, f" {named}  ", Styled(attached.told, "dim")]
        found.append((_("Attached") if number == 0 else "", shown))
    if view.decided_by:
        judged = row.state in ("investigated", "judged")
        by = _("Judged by") if judged else _("Judged and decided by")
        found.append((by, listed(view.decided_by)))
    if view.decided_at:
        found.append((_("Decision"), view.decided_at))
    if view.appeal_until is not None and any(may_appeal(one) for one in view.parties):
        found.append((_("Appeal until"), _until(view.appeal_until)))
    found.append(("", ""))
    for line in view.history:
        said = f" “{line.word}”" if line.word else ""
        found.append((line.at, [Message("{who} {act}", {"who": line.who, "act": line.act}), said]))
    return found


def data(view: CaseView | OwnCase) -> dict[str, object]:
    row = view.row
    found: dict[str, object] = {
        "case": row.id,
        "sort": row.sort,
        "kind": row.kind,
        "book": row.book,
        "concerned": row.concerned,
        "reported": row.reported_at,
        "state": row.state,
        "outcome": row.outcome,
        "due": row.due.day if row.due is not None else None,
        "clause": row.clause,
        "words": view.words,
    }
    if isinstance(view, OwnCase):
        history = [[at, step] for at, step in view.steps]
        return found | {
            "answer": view.answer,
            "hearing_until": _day(view.hearing_until),
            "finding": view.finding,
            "statement": view.statement,
            "decided": _decided(view.verdicts),
            "appeal_until": _day(view.appeal_until),
            "history": history,
        }
    return found | {
        "reporter": view.reporter,
        "persons": [
            {"party": one.id, "name": one.name, "statement": one.statement, **decided}
            for one, decided in zip(view.parties, _decided(view.parties), strict=True)
        ],
        "attached": [{"what": one.what, "number": one.number} for one in view.attached],
        "waits_for": view.waits_for,
        "decided_by": view.decided_by,
        "appeal_until": _day(view.appeal_until),
        "history": [[event.at, event.who, event.act, event.word] for event in view.history],
        "ladder": [rung.id for rung in view.ladder],
    }


def _decided(parties: Sequence[PartyView]) -> list[dict[str, object]]:
    return [
        {
            "sanctions": _with_further(one.sanctions, one.further),
            "unpunished": one.unpunished,
            "occurrences": one.occurrences,
            "fine": one.amount,
            "clause": one.clause,
            "appeal": _appealed(one),
        }
        for one in parties
    ]


def _appealed(one: PartyView) -> dict[str, object] | None:
    made = one.appeal
    if made is None:
        return None
    return {
        "at": made.at,
        "reopened": made.reopened,
        "words": made.words,
        "before": made.before,
        "fine_before": made.amount,
        "outcome": made.outcome,
        "reason": made.reason,
    }


def _day(due: Due | None) -> str | None:
    return due.day if due is not None else None
