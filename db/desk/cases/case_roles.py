"""Who does what in a case (C.12).

The roles that the policy names for its kind investigate it, each in turn; the judges say whether it was a
breach, each in turn, and what one of them finds stands; the management decides what follows, with a second
person where the policy asks for one. Nobody does a later step who did an earlier one, nobody decides what
they reported, and a person concerned sees nothing.

Where everybody of a role is concerned, or nobody holds it, the ladder of requests goes on: the maintainer,
its deputy, the supervisor. For the management nobody stands in.

An appeal is decided by one person who had no part in the case and is not below who decided. Where nobody is,
it is decided in a meeting: one office attaches the minutes, another enters what they say. A decision that
was wrong is opened again by the management, and reviewed by a second of them or by who judges.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import cache, partial

from db.approval.facts import ApprovalContext
from db.desk.act import Act
from db.desk.authority.permissions import Permissions, policy_of, root_of
from db.desk.cases.hands import JUDGED, count_filled, is_one_office, judging_roles, office_rank, steps_ahead
from db.desk.cases.naming_handlers import is_named_since
from db.desk.cases.parties import accounts_of_persons, parties_of, persons_in, speakers
from db.desk.refusal import SILENT, Refused
from db.desk.requests.approvers import ApproverResolver, NamedApprover
from db.desk.requests.independence import person_number
from db.language import _, listed
from db.policy.schema.base import cite
from db.policy.vocabulary import SECOND
from db.store.tables import CaseAppeal, CaseAttachment, CaseEvent, CaseFile, CaseNamed, CaseParty, Entry

INVESTIGATED = ("investigating", "involved", "released", "attached", "found", "investigated")
"""What whoever investigates does."""
DECIDED = (*JUDGED, "proposed", "declined", "decided")
"""What whoever judges or sanctions does."""
RULINGS = (*JUDGED, "proposed", "confirmed", "decided")
"""What was decided in it by somebody, whose office an appeal is measured by."""
Who = Callable[[], tuple[NamedApprover, ...]]


class CaseRoles:
    """Finds who takes each step of a case, and who may read it; caches within one operation."""

    def __init__(self, resolver: ApproverResolver | None = None) -> None:
        self._resolver = resolver or ApproverResolver()
        self._concerned = cache(self._those_concerned)
        self._named = cache(lambda case, account: is_named_since(CaseFile.get_by_id(case), account))
        self._persons_named = cache(_persons_named)

    def handlers(self, row: CaseFile) -> tuple[NamedApprover, ...]:
        """Return who sorts a case out and closes it: whom the policy names for its kind, or who stands in,
        but not its reporter, if anybody is."""
        return self.answerers(row) or self._of(row, roles_of(row), self._case(row))

    def investigators(self, row: CaseFile) -> tuple[NamedApprover, ...]:
        """Return who investigates now: the next of those roles, but for those that judge or sanction. Its
        reporter does only where the case would get less far by everybody else."""
        roles = investigating_roles(row)[row.concluded :][:1]
        able, others = (self._of(row, roles, case) for case in (self._case(row), self._independent(row, ())))
        if others == able:
            return able
        most = max(self._how_far(row, one) for one in able)
        return tuple(one for one in others if self._how_far(row, one) >= most) or able

    def answerers(self, row: CaseFile) -> tuple[NamedApprover, ...]:
        """Return who answers a report of an error: its handlers, but nobody who reported it."""
        return self._of(row, roles_of(row), self._independent(row, ()))

    def next_judges(self, row: CaseFile) -> tuple[NamedApprover, ...]:
        """Return the holders of the next judging role, who find now whether it was a breach."""
        return self._of(row, judging_roles(row)[:1], self._independent(row, (*INVESTIGATED, *JUDGED)))

    def judging_as(self, row: CaseFile, account: int) -> tuple[NamedApprover, ...]:
        """Return ``account`` in each office, from the next on, in which it judges: once for all its own."""
        case, found = self._independent(row, (*INVESTIGATED, *JUDGED)), list[NamedApprover]()
        for role in judging_roles(row):
            mine = next((one for one in self._of(row, (role,), case) if one.account == account), None)
            if mine is None:
                break
            found.append(mine)
        return tuple(found)

    def managers(self, row: CaseFile) -> tuple[NamedApprover, ...]:
        """Return the managers who decide on sanctions, or confirm a proposed one as the second person. Where
        possible these are such as leave another manager to decide an appeal."""
        if row.state == "proposed":
            found = self.seconds_to(row, _last(row, "proposed"))
        else:
            found = self._managers(row, self._independent(row, (*INVESTIGATED, *JUDGED)))
        return tuple(one for one in found if _leaves_another(row, one, found)) or found

    def seconds_to(self, row: CaseFile, first: CaseEvent) -> tuple[NamedApprover, ...]:
        """Return the managers who could confirm, as the second person, what ``first`` decided."""
        able = self._managers(row, self._independent(row, (*INVESTIGATED, *JUDGED), actors_of_event(first)))
        return tuple(one for one in able if not is_one_office(first, one))

    def hearers(self, row: CaseFile) -> tuple[NamedApprover, ...]:
        """Return who decides an appeal, or a decision that was opened again, by now."""
        reopening = next((one for one in open_appeals(row) if one.reopened), None)
        if reopening is not None:
            return self._reviewers(row, _last(row, REOPENED))
        able, minuted = self._uninvolved(row), minutes_of(row)
        if able or minuted is None:
            return able
        able = self._of_roles(row, _meeting(row.book_id), self._independent(row, ()))
        return self._least_involved(row, [one for one in able if self._is_other_office(minuted, one)])

    def conveners(self, row: CaseFile) -> tuple[NamedApprover, ...]:
        """Return those who attach the minutes of the meeting that decides an appeal if no one could."""
        if any(one.reopened for one in open_appeals(row)) or minutes_of(row) or self._uninvolved(row):
            return ()
        able = self._of_roles(row, _convening(row.book_id), self._independent(row, ()))
        return self._least_involved(row, able)

    def reopeners(self, row: CaseFile) -> tuple[NamedApprover, ...]:
        """Return the managers who may open a decision again because somebody else could review it."""
        able = self._managers(row, self._independent(row, ()))
        return tuple(one for one in able if self._reviewers(row, one))

    def _reviewers(self, row: CaseFile, first: CaseEvent | NamedApprover) -> tuple[NamedApprover, ...]:
        """Return those who may review what ``first`` opened again; one of the two as high as the deciders."""
        case = self._independent(row, ())
        judges = policy_of(row.book_id).discipline.judge
        able = (*self._managers(row, case), *self._of_roles(row, judges, case))
        rest = {one.account: one for one in able if self._is_other_office(first, one)}.values()
        opened = first.role if isinstance(first, NamedApprover) else first.office or ""
        enough = office_rank(row.book_id, opened) >= _least(row)
        return tuple(one for one in rest if enough or office_rank(row.book_id, one.role) >= _least(row))

    def seconds(self, row: CaseFile) -> tuple[NamedApprover, ...]:
        """Return the people of any office whom the case does not concern, of another book if need be."""
        case = ApprovalContext(row.book_id, root_of(row.book_id), None, self.persons(row))
        return self._unnamed(row, case, lambda case: self._resolver.approvers(case, SECOND))

    def can_meet(self, row: CaseFile) -> bool:
        """Return whether two offices have holders, not its reporter: one to attach minutes, and one to enter
        them."""
        able = self._of_roles(row, _meeting(row.book_id), self._independent(row, ()))
        return any(self._is_other_office(one, other) for one in able for other in able)

    def _least_involved(self, row: CaseFile, able: Sequence[NamedApprover]) -> tuple[NamedApprover, ...]:
        """Return those of ``able`` who had no part in the case, else who decided nothing in it, else all."""
        for acts in ((*INVESTIGATED, *RULINGS, "declined"), RULINGS):
            found = tuple(one for one in able if not self.has_done(row, one.account, acts))
            if found:
                return found
        return tuple(able)

    def _is_other_office(self, first: CaseEvent | NamedApprover, one: NamedApprover) -> bool:
        """Return whether ``one`` is another person than ``first``, in another office."""
        account, office = (
            (first.account, first.role)
            if isinstance(first, NamedApprover)
            else (first.account_id, first.office)
        )
        return not self.is_one_person(account, one.account) and office != one.role

    def _uninvolved(self, row: CaseFile) -> tuple[NamedApprover, ...]:
        """Return a manager or judge without a part in it, no lower than those who decided."""
        uninvolved = self._independent(row, (*INVESTIGATED, *DECIDED, "confirmed", "heard", "reviewed"))
        judges = policy_of(row.book_id).discipline.judge
        found = (*self._managers(row, uninvolved), *self._of_roles(row, judges, uninvolved))
        made, least = _rulings(row), _least(row)
        able = (one for one in found if office_rank(row.book_id, one.role) >= least)
        return tuple(
            {one.account: one for one in able if not any(is_one_office(it, one) for it in made)}.values()
        )

    def first_deciders(self, row: CaseFile) -> tuple[tuple[NamedApprover, ...], tuple[NamedApprover, ...]]:
        """Return the judges and the managers as they are while nobody had a part in the case."""
        case = self._case(row)
        return self._of(row, judging_roles(row)[:1], case), self._managers(row, case)

    def judges_beside(
        self, row: CaseFile, others: Collection[int], further: int = 0
    ) -> tuple[NamedApprover, ...]:
        """Return who would judge a case whose steps before were those of ``others``, as the next judge, or as
        one so much ``further``."""
        return self._of(row, judging_roles(row)[further:][:1], self._case(row, *others))

    def _how_far(self, row: CaseFile, one: NamedApprover) -> int:
        """Count the steps after the investigation that are left to others if ``one`` investigates."""
        before = (row.reporter_id, *_actors(row, (*INVESTIGATED, *JUDGED)), *_behind(one))
        barred = [account for account in before if account is not None]
        return count_filled(self, row, steps_ahead(self, row), barred=barred)

    def is_one_person(self, one: int, other: int) -> bool:
        """Return whether two accounts count as one person."""
        return bool(self._resolver.linked_persons(one) & self._resolver.linked_persons(other))

    def waiting_approvers(self, row: CaseFile) -> tuple[NamedApprover, ...]:
        """Return the approvers who may take the case's next step."""
        turns = self._turns(row)
        return next((turns[step]() for step in GOES_ON if step in turns), ())

    def workers(self, row: CaseFile) -> tuple[NamedApprover, ...]:
        """Return who works on the case: first those who may take its next step, then handlers and
        investigators."""
        found = (*self.waiting_approvers(row), *self.handlers(row), *self.investigators(row))
        # Backwards twice: of one account a dict keeps the last, and the first is meant.
        return tuple({one.account: one for one in reversed(found)}.values())[::-1]

    def possible_steps(self, row: CaseFile, account: int) -> frozenset[str]:
        turns = self._turns(row).items()
        found = {step for step, who in turns if any(one.account == account for one in who())}
        return frozenset(found | ({"note"} if self.handles(row, account) else set()))

    def who_does(self, row: CaseFile, step: str) -> tuple[NamedApprover, ...]:
        """Return those who may take a step that the state of the case allows; nobody for any other."""
        return self._turns(row).get(step, tuple)()

    def allowed_steps(self, row: CaseFile) -> Collection[str]:
        """Return the steps that the state of the case allows."""
        return self._turns(row).keys()

    def handles(self, row: CaseFile, account: int) -> bool:
        return any(one.account == account for one in self.workers(row))

    def may_read(self, row: CaseFile, account: int) -> bool:
        """Return whether ``account`` works on it, would but that they reported it, did before it went to
        others, or may open it again; never if the case concerns it."""
        if self.is_concerned(row, account):
            return False
        acted = CaseEvent.select().where((CaseEvent.case == row) & (CaseEvent.account == account))
        offices = () if row.reporter_id != account else (*roles_of(row), *investigating_roles(row))
        if any(one.account == account for one in self._of(row, offices, self._case(row))):
            return True
        if self.handles(row, account) or acted.where(CaseEvent.act.not_in(BY_OTHERS)).exists():
            return True
        return any(one.account == account for one in self.who_does(row, "reopen"))

    def is_concerned(self, row: CaseFile, account: int) -> bool:
        """Return whether the case is about the account's own person, or names them in their office."""
        return self._resolver.is_barred(self._case(row), account) or self._is_named(row, account)

    def persons(self, row: CaseFile) -> frozenset[int]:
        """Return the persons whom the case is about, and those named by its reporter, who get no part in
        handling it."""
        return self._concerned(row.id, row.entry_id) | self._persons_named(row.id)

    def has_done(self, row: CaseFile, account: int, acts: Iterable[str]) -> bool:
        return bool(
            self._resolver.linked_persons(account) & self._resolver.linked_persons(*_actors(row, acts))
        )

    def _turns(self, row: CaseFile) -> dict[str, Who]:
        """Return the steps that the state of the case allows, and who takes each."""
        handlers, investigators = partial(self.handlers, row), partial(self.investigators, row)
        managers, hearers = partial(self.managers, row), partial(self.hearers, row)
        gather: dict[str, Who] = dict.fromkeys(("involve", "release", "attach", "conclude"), investigators)
        turns: dict[str, dict[str, Who]] = {
            "reported": {"triage": handlers, **gather},
            "triaged": {"investigate": investigators, **gather},
            "investigating": gather | {"trail": investigators},
            "investigated": dict.fromkeys(("judge", "investigate"), partial(self.next_judges, row)),
            "judged": {"decide": managers, "put": managers},
            "proposed": {"confirm": managers},
            "decided": {"close": handlers},
            "closed": {},
        }
        if row.outcome == "breach":
            stands = any(is_standing(party) for party in parties_of(row))
            more: dict[str, Who] = {"reopen": partial(self.reopeners, row)} if stands else {}
            appealed = {one.party_id for one in appeals_in(row) if not one.reopened}
            unheard = [one for one in parties_of(row) if one.id not in appealed]
            if not all(accounts_of_persons(speakers(party)) for party in unheard):
                more["lodge"] = handlers
            turns |= {state: turns[state] | more for state in OVER}
        if row.sort == "error":
            return {"answer": partial(self.answerers, row)} if row.state == "reported" else {}
        if row.state == "judged" and any(party.stated_at is None for party in parties_of(row)):
            turns["judged"]["statement"] = managers
        if open_appeals(row):
            convened = self.conveners(row)
            return {"minutes": lambda: convened, "hear": hearers} if convened else {"hear": hearers}
        return turns[row.state]

    def _of(self, row: CaseFile, roles: Iterable[str], case: ApprovalContext) -> tuple[NamedApprover, ...]:
        """Return the holders of ``roles``, or stand-ins if none of one is able; nobody the report names."""
        asked = tuple(roles)
        return self._unnamed(
            row, case, lambda case: (one for role in asked for one in self._able(row, role, case))
        )

    def _unnamed(
        self, row: CaseFile, case: ApprovalContext, find: Callable[[ApprovalContext], Iterable[NamedApprover]]
    ) -> tuple[NamedApprover, ...]:
        """Return the accounts that ``find`` finds, barring in turn each whom the report names and each
        stand-in for one, until none of these is left."""
        while True:
            found = {one.account: one for one in find(case)}
            named = [one for who in found.values() for one in _behind(who) if self._is_named(row, one)]
            if not named:
                return tuple(found.values())
            case = replace(case, barred=case.barred | self._resolver.linked_persons(*named))

    def _is_named(self, row: CaseFile, account: int) -> bool:
        """Return whether the report of a breach names ``account``, or somebody for whom it acts, also in an
        office taken only later."""
        if row.id is None or row.sort != "incident":
            return False
        behind = self._resolver.linked_persons(account)
        return not behind.isdisjoint(self._persons_named(row.id)) or self._named(row.id, account)

    def _able(self, row: CaseFile, role: str, case: ApprovalContext) -> tuple[NamedApprover, ...]:
        discipline = policy_of(row.book_id).discipline
        approvers = self._resolver.approvers(case, role)
        if any(one.role == role for one in approvers):
            return approvers
        for other in discipline.elsewhere:
            instead = tuple(one for one in self._resolver.approvers(case, other) if one.role == other)
            if instead:
                return instead
        return approvers or self._of_management(row, case)

    def _of_roles(
        self, row: CaseFile, roles: Iterable[str], case: ApprovalContext
    ) -> tuple[NamedApprover, ...]:
        """Return the holders of ``roles``, without stand-ins."""
        asked = {policy_of(row.book_id).role_behind(role) for role in roles}
        able = self._of(row, asked, case)
        return tuple(one for one in able if one.role in asked)

    def _managers(self, row: CaseFile, case: ApprovalContext) -> tuple[NamedApprover, ...]:
        return self._unnamed(row, case, partial(self._of_management, row))

    def _of_management(self, row: CaseFile, case: ApprovalContext) -> tuple[NamedApprover, ...]:
        found: dict[int, NamedApprover] = {}
        for role in policy_of(row.book_id).discipline.management:
            for one in self._resolver.approvers(case, role):
                if one.role == role:
                    found.setdefault(one.account, one)
        return tuple(found.values())

    def _independent(self, row: CaseFile, acts: Iterable[str], others: Iterable[int] = ()) -> ApprovalContext:
        """Make the case for those who neither reported it nor did one of ``acts``, nor are in ``others``."""
        return self._case(row, row.reporter_id, *_actors(row, acts), *others)

    def _case(self, row: CaseFile, *barred: int | None) -> ApprovalContext:
        concerned, known = self._concerned(row.id, row.entry_id), [one for one in barred if one is not None]
        return ApprovalContext(
            row.book_id, row.unit_id, None, concerned | self._resolver.linked_persons(*known)
        )

    def _those_concerned(self, case: int, entry: int | None) -> frozenset[int]:
        """Return the persons whom the case is about, and whose entry is said to be wrong."""
        own = {Entry.get_by_id(entry).person_id} if entry is not None else set[int]()
        return persons_in(parties_of(case)) | own


def _persons_named(case: int) -> frozenset[int]:
    """Return by id the persons named by the report as it was stored; minus the account's id for one without a
    person."""
    return frozenset(
        person_number(one.account_id) for one in CaseNamed.select().where(CaseNamed.case == case)
    )


GOES_ON = (
    "triage", "judge", "investigate", "conclude", "decide", "confirm", "close", "answer", "minutes", "hear",
)  # fmt: skip
"""The step that a case waits for, the first of those that its state allows."""
OVER = ("decided", "closed")
REOPENED, MINUTED = "reopened", "minuted"
BY_OTHERS = ("reported", "named", "appealed", "stated")
"""What is done with a case by who does not work on it."""


def roles_of(row: CaseFile) -> tuple[str, ...]:
    """Return the roles that handle a case of this kind."""
    policy = policy_of(row.book_id)
    rule = policy.case(row.kind)
    named = rule.to if rule is not None else policy.reporting_of(row.sort).to
    return tuple(map(policy.role_behind, named))


def investigating_roles(row: CaseFile) -> tuple[str, ...]:
    """Return the roles that investigate, in turn; the technical role if all judge; none for an error."""
    if row.sort == "error":
        return ()
    policy = policy_of(row.book_id)
    later = {*policy.discipline.judge, *policy.discipline.management}
    return tuple(role for role in roles_of(row) if role not in later) or (policy.technical.role,)


def appeals_in(row: CaseFile) -> list[CaseAppeal]:
    rows = CaseAppeal.select(CaseAppeal, CaseParty).join(CaseParty).where(CaseParty.case == row)
    return list(rows.order_by(CaseAppeal.id))


def open_appeals(row: CaseFile) -> list[CaseAppeal]:
    return [one for one in appeals_in(row) if not one.outcome]


def is_standing(party: CaseParty) -> bool:
    """Return whether a sanction against a party is on record: proposed or decided, and not lifted."""
    return bool(party.sanctions or party.further)


def minutes_of(row: CaseFile) -> CaseEvent | None:
    """Return who attached the minutes of the meeting on the appeals that wait now, if anybody did."""
    since = max((one.at for one in open_appeals(row)), default="")
    rows = CaseEvent.select().where((CaseEvent.case == row) & (CaseEvent.act == MINUTED))
    found: CaseEvent | None = rows.where(CaseEvent.at >= since).order_by(CaseEvent.id.desc()).first()
    return found


def _convening(book: str) -> tuple[str, ...]:
    """Return the roles that attach the minutes of a meeting: they enter what it says, and decide nothing."""
    policy = policy_of(book)
    return (policy.rights.by, *policy.keepers, policy.technical.role, policy.supervisor.role)


def _meeting(book: str) -> tuple[str, ...]:
    discipline = policy_of(book).discipline
    return (*_convening(book), *discipline.judge, *discipline.management)


def _rulings(row: CaseFile) -> list[CaseEvent]:
    return list(CaseEvent.select().where((CaseEvent.case == row) & CaseEvent.act.in_(RULINGS)))


def _least(row: CaseFile) -> int:
    """Return the rank of the highest office in which something was decided in the case; 0 for none."""
    return max((office_rank(row.book_id, one.office or "") for one in _rulings(row)), default=0)


def _actors(row: CaseFile, acts: Iterable[str]) -> list[int]:
    """Return accounts that did one of ``acts`` in the case, and those for which it was done."""
    rows = CaseEvent.select().where((CaseEvent.case == row) & CaseEvent.act.in_(list(acts)))
    return [account for one in rows for account in actors_of_event(one)]


def _last(row: CaseFile, act: str) -> CaseEvent:
    rows = CaseEvent.select().where((CaseEvent.case == row) & (CaseEvent.act == act))
    found: CaseEvent = rows.order_by(CaseEvent.id.desc()).get()
    return found


def _leaves_another(row: CaseFile, one: NamedApprover, able: Iterable[NamedApprover]) -> bool:
    """Return whether somebody else of no lower office is able, who could decide an appeal."""
    return any(
        other.account != one.account
        and office_rank(row.book_id, other.role) >= office_rank(row.book_id, one.role)
        for other in able
    )


def _behind(one: NamedApprover) -> list[int]:
    return [one.account, *([one.on_behalf_of] if one.on_behalf_of is not None else [])]


def actors_of_event(event: CaseEvent) -> list[int]:
    """Return the accounts that did it and for which it was done."""
    return [one for one in (event.account_id, event.on_behalf_of_id) if one is not None]


def not_yours(row: CaseFile, account: int, step: str, case_roles: CaseRoles) -> Refused:
    """Return the refusal of a step that is not ``account``'s; it names who takes it."""
    policy = policy_of(row.book_id)
    message = _("This step of the case is not yours.")
    if step in ("judge", "decide", "confirm", "hear", "answer"):
        if row.reporter_id == account:
            message = _("Nobody decides a case that they reported.")
        elif case_roles.has_done(row, account, INVESTIGATED):
            message = _("Whoever investigated a case neither judges nor sanctions it.")
        elif case_roles.has_done(row, account, DECIDED):
            message = _("Whoever had a part in a decision does not take the next one.")
    names = listed(
        [one.name for one in case_roles.who_does(row, step) or case_roles.waiting_approvers(row)] or ["–"]
    )
    clause = cite(policy.discipline.clause, row.clause)
    return Refused(message, clause, _("It is for {who} to go on.", who=names))


def no_such_case() -> Refused:
    """Return the refusal that is the same whether a case exists or not."""
    return Refused(
        _("There is no such case for you."),
        SILENT,
        _("Look at the list of cases for those that are yours."),
    )


def reads_attached(evidence: str, permissions: Permissions, _act: Act) -> bool:
    """Return whether a case that the actor works on rests on the file."""
    rows, case_roles = CaseFile.select().join(CaseAttachment), CaseRoles()
    attached = rows.where((CaseAttachment.what == "file") & (CaseAttachment.number == evidence))
    return any(case_roles.may_read(row, permissions.account) for row in attached)
