"""Changes to an entry: the form, its checks, and submitting them for decision (A.15, E.13.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from db.desk.authority.permissions import Permissions
from db.desk.content_filter.content import form_problems as unfit
from db.desk.content_filter.content import refuse_unfit
from db.desk.disclosure_limits import is_beyond, note_shown, was_shown
from db.desk.entry.colleagues import read_value
from db.desk.frame import OperationGroup, operation
from db.desk.notation.values import parts_of
from db.desk.power.declaration import LOOKS
from db.desk.refusal import Invalid, Overtaken, Problem, Refused
from db.desk.requests import change_kind
from db.desk.requests.change_form import ChangeForm, CheckedChange, form_of, typed_values
from db.desk.requests.change_kind import CHANGE, KIND
from db.desk.requests.flow import lock_request, no_such_request
from db.desk.requests.payload import open_payload
from db.desk.requests.photos import make_bare, photos, unfit_photos
from db.desk.requests.proposing import ProposalRight, clause_of_keeping, maintained_by, right_to_propose
from db.desk.requests.route_preview import ReturnedDraft, returned_draft
from db.desk.requests.submitting import RequestDraft, amend_request, submit_request
from db.language import _
from db.policy.rules import FieldRule
from db.policy.vocabulary import DEFAULT
from db.store.tables import Request

MOST_AT_ONCE = 1000
"""Changes of one batch: for 4 s or so nobody else writes."""

Asked = Mapping[str, str]
"""What was typed: field name -> text. Fields left out stay as they are."""


class Changes(OperationGroup):
    """Operations on changes to entries."""

    @operation("changes.form", label=_("open a change form"), recorded=True, power=LOOKS)
    def form(self, entry: int) -> ChangeForm:
        """Return the change form of an entry. Recorded as showing its protected values; beyond the hourly
        limit they are masked instead."""
        return self._form(right_to_propose(self.act, entry))

    @operation("changes.amendment", label=_("open a change request to amend it"), recorded=True, power=LOOKS)
    def amendment(self, request: int) -> ChangeForm:
        """Return the form of a returned request of the actor's own, with what was typed then. Recorded as
        showing protected values; beyond the hourly limit they are masked instead."""
        row, entry = self._own(request)
        right = right_to_propose(self.act, entry)
        asks = change_kind.read(open_payload(row))
        rules = {rule.name: rule for rule in right.fields()}
        typed_then = {
            name: typed_values(rules[name], values) for name, values in asks.after.items() if name in rules
        }
        return self._form(right, returned_draft(row, typed_then))

    @operation("changes.check", label=_("check a change"), recorded=False, power=LOOKS)
    def check(self, entry: int, asked: Asked) -> CheckedChange:
        """Return what is wrong with what was typed, and the lines that would change; protected values are
        masked unless they are the actor's own or were shown to them within the hour. Nothing is stored or
        recorded."""
        right = right_to_propose(self.act, entry)
        if not (right.own or was_shown(self.act, entry)):
            right = right.masked_right()
        after, problems = self._read(right, asked)
        lines = change_kind.lines_of(right.policy, _changed_from(right, after), after)
        lines = change_kind.as_seen(right.policy, right.reader, lines)
        return CheckedChange(unfit(right.policy, after, problems), lines)

    @operation("changes.submit", label=_("submit a change"), recorded=True, power=LOOKS)
    def submit(
        self,
        entry: int,
        version: int,
        asked: Asked,
        reason: str,
        evidence: Sequence[str] = (),
        *,
        changed_on: str = "",
        shown: Asked | None = None,
    ) -> int:
        """Submit a change and return its number. Strips hidden data from attached pictures. A change that the
        actor may make alone takes effect at once and notifies the person and the watchers. Recorded like a
        showing of protected values, which are compared. ``version`` is the form's, ``changed_on`` (ISO) the
        day since which the new values hold. ``shown``: what the form showed, by field, so that later changes
        to other fields are no conflict. Raises Invalid with everything that is wrong with the values, Refused
        where the actor may not propose it, where a reason or evidence is missing, or where the entry was
        changed since the form."""
        right = self._compared(entry)
        if shown is not None:
            version, asked = _carried_on(right, version, asked, shown)
        draft = self._draft(right, version, asked, reason, evidence, changed_on)
        return int(submit_request(self.act, draft).id)

    @operation("changes.submit_many", label=_("submit several changes"), recorded=True, power=LOOKS)
    def submit_many(
        self, asked: Mapping[int, Asked], reason: str, evidence: Sequence[str] = (), batch: str = ""
    ) -> tuple[int, ...]:
        """Submit one change of each entry in ``asked``, all of them or none, with the same reason and
        evidence, and return their numbers. Approvers are led to decide on all of a ``batch`` as one. Each is
        recorded as an act of its own. No covered value is shown or compared. Raises Invalid for unfit values
        and Refused for what the actor may not, with the name of whom it is about."""
        if not asked:
            raise Invalid(Problem("", _("Nothing would change. Change a value first.")))
        if len(asked) > MOST_AT_ONCE:
            told = _("At most {count} changes are submitted at once; mark fewer.", count=MOST_AT_ONCE)
            raise Invalid(Problem("", told))
        numbers = []
        for entry, values in asked.items():
            self.act.facts, self.act.detail, self.act.journal = {}, {}, None
            right = right_to_propose(self.act, entry).masked_right()
            whom = right.entry.first("name")
            try:
                draft = self._draft(right, right.entry.version, values, reason, evidence, "", batch)
                numbers.append(int(submit_request(self.act, draft).id))
            except Overtaken:
                raise
            except Invalid as wrong:
                raise Invalid(
                    *(
                        replace(one, message=_("{who}: {why}", who=whom, why=one.message))
                        for one in wrong.problems
                    )
                ) from None
            except Refused as denied:
                if not denied.field:
                    denied.advice = _("{who}: {why}", who=whom, why=denied.advice)
                raise
            self.act.note_facts(together=len(asked))
            self.act.record("done")
        self.act.silent = True  # each is on record by now
        return tuple(numbers)

    @operation("changes.amend", label=_("amend a change request"), recorded=True, power=LOOKS)
    def amend(
        self,
        request: int,
        version: int,
        asked: Asked,
        reason: str,
        evidence: Sequence[str] = (),
        *,
        changed_on: str = "",
    ) -> None:
        """Submit a returned change again, from the first step on. Writes, notifies, records and raises as
        `submit` does."""
        row, entry = self._own(request)
        right = self._compared(entry)
        draft = self._draft(right, version, asked, reason, evidence, changed_on)
        amend_request(self.act, row, draft)

    def _draft(
        self,
        right: ProposalRight,
        version: int,
        asked: Asked,
        reason: str,
        evidence: Sequence[str],
        changed_on: str,
        batch: str = "",
    ) -> RequestDraft:
        after, problems = self._read(right, asked)
        pictures = photos(right.policy, after)
        problems += unfit_photos(pictures, self.permissions.account)
        refuse_unfit(right.policy, after, wrong=problems)
        problems = problems or make_bare(pictures)
        if problems:
            raise Invalid(*problems)
        if not after:
            raise Invalid(Problem("", _("Nothing would change. Change a value first.")))
        if right.entry.version != version:
            raise change_kind.moved_on()
        return RequestDraft(
            kind=CHANGE.id,
            book=right.entry.book,
            unit=right.entry.unit,
            entry=right.entry.id,
            entry_version=version,
            payload=change_kind.payload(_changed_from(right, after), after, batch),
            reason=reason,
            evidence=tuple(dict.fromkeys((*evidence, *pictures.values()))),
            changed_on=changed_on.strip(),
            steps=right.steps(right.policy.flow(KIND)),
            holding=right.holding,
            reporter=right.reporter,
        )

    def _form(self, right: ProposalRight, amends: ReturnedDraft | None = None) -> ChangeForm:
        return form_of(self._showing(right), self.permissions.account, amends)

    def _compared(self, entry: int) -> ProposalRight:
        """Return what the actor may propose. Recorded like a showing of protected values, as these are
        compared, unless they were shown within the hour."""
        right = right_to_propose(self.act, entry)
        return right if was_shown(self.act, entry) else self._showing(right)

    def _showing(self, right: ProposalRight) -> ProposalRight:
        """Return ``right``, and record that its protected values are shown; return it masked beyond the
        hourly limit."""
        policy, entry = right.policy, right.entry.id
        if not right.reader.is_shown:
            return right
        if is_beyond(self.act, policy, entry):
            return right.masked_right()
        if any(rule.protected and right.entry.values.get(rule.name) for rule in right.fields()):
            note_shown(self.act, policy, entry)
        return right

    def _own(self, request: int) -> tuple[Request, int]:
        """Lock a change that the actor asked for; return it and its entry. Raises Refused for any other."""
        row = lock_request(request)
        mine = row is not None and row.requester_id == self.permissions.account and row.kind == CHANGE.id
        if row is None or row.entry_id is None or not mine:
            raise no_such_request()
        return row, row.entry_id

    def _read(
        self, right: ProposalRight, asked: Asked
    ) -> tuple[dict[str, tuple[str, ...]], tuple[Problem, ...]]:
        """Read the fields that would change, with normalised values, and every problem. Raises Refused."""
        rules = {rule.name: rule for rule in right.fields()}
        after: dict[str, tuple[str, ...]] = {}
        problems: list[Problem] = []
        for name, text in asked.items():
            rule = rules.get(name)
            if rule is None:
                problems.append(Problem(name, _("This directory has no such field for you.")))
                continue
            if _untouched(right, rule, text):
                continue
            if not right.may_edit(rule):
                raise _not_yours(right, rule)
            values = _values(self.permissions, right.entry.book, rule, text, problems)
            # Of a covered value nothing tells whether what was typed is another.
            if not right.may_show(rule) or values != tuple(right.entry.values.get(name, ())):
                after[name] = values
        wrong = {problem.field for problem in problems}
        return {name: values for name, values in after.items() if name not in wrong}, tuple(problems)


def _carried_on(right: ProposalRight, version: int, asked: Asked, shown: Asked) -> tuple[int, Asked]:
    """Return the entry's present version, with only those fields in which the input differs from the form,
    where none of these was changed since the form. Else return ``version`` and ``asked`` as they are, which
    is refused later. A covered value can't be compared."""
    rules = {rule.name: rule for rule in right.fields()}
    meant = {name: text for name, text in asked.items() if text.strip() != shown.get(name, "").strip()}
    if right.entry.version == version or not meant.keys() <= rules.keys():
        return version, asked
    for name in meant:
        now = typed_values(rules[name], right.entry.values.get(name, ()))
        if not right.may_show(rules[name]) or now.strip() != shown.get(name, "").strip():
            return version, asked
    return right.entry.version, meant


def _untouched(right: ProposalRight, rule: FieldRule, text: str) -> bool:
    """Return whether the input still is what the form put there: the value on record, or nothing where that
    is masked."""
    started = typed_values(rule, right.entry.values.get(rule.name, ())) if right.may_show(rule) else ""
    return text.strip() == started


def _values(
    permissions: Permissions, book: str, rule: FieldRule, text: str, problems: list[Problem]
) -> tuple[str, ...]:
    values: list[str] = []
    for part in parts_of(rule, text) or [""]:
        value = read_value(permissions, book, rule, part)
        if isinstance(value, Problem):
            problems.append(value)
        elif value and value not in values:
            values.append(value)
    return tuple(values)


def _changed_from(right: ProposalRight, after: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(right.entry.values.get(name, ())) for name in after}


def _not_yours(right: ProposalRight, rule: FieldRule) -> Refused:
    return Refused(
        _("{field} is maintained by {maintainer}.", field=rule.label,
          maintainer=maintained_by(right.policy)),
        clause_of_keeping(right.policy) if rule.edited_clause == DEFAULT else rule.edited_clause,
        _("Leave it as it is, and tell them what should be changed."),
    )  # fmt: skip
