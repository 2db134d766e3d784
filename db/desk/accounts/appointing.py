"""Filling offices: a holder appointed in the place of the one before, an acting one or a deputy named for a
time, somebody relieved. It takes two, as every role does, and nobody whom it is about agrees to it; where the
regulation has the school alone replace a teacher, all of them are told at once (D.3).

It is so from its day on, and what was is kept: who held the office before is still told. A unit has one head.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, Literal

from db.approval.capacity import DEPUTY, HOLDER
from db.desk.accounts.charge import granting_holdings
from db.desk.accounts.granting import appoint
from db.desk.accounts.new_accounts import check_still_here, end_of
from db.desk.authority.offices import end_grants_on, held_now, is_single
from db.desk.authority.permissions import Permissions, is_within, policy_of, root_of
from db.desk.due_dates import today
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import day_begins
from db.desk.power.declaration import Asked, Way, power_over
from db.desk.refusal import Invalid, Problem, Refused
from db.desk.requests.independence import person_number
from db.desk.requests.power_lines import MORE, held_words
from db.desk.requests.request_kinds import DiffLine, Payload
from db.desk.requests.submitters import holds_own_role
from db.language import _
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import HEAD
from db.store import clock
from db.store.moves import Moves
from db.store.tables import Account, Entry, Grant, Request, Unit

Filling = Literal["holder", "acting", "deputy", "relieve"]
RELIEVE: Final = "relieve"
UNHELD: Final = frozenset({"employee", "inside-owner"})
"""Roles that follow from an entry."""
PUPIL: Final = "student"
"""The kind of an entry that makes a pupil of its person."""
OWN_DEPUTY: Final = _("They answer for this directory themselves, or are to; name somebody else as deputy.")
LONGEST_AHEAD: Final = 366
"""Days from today to the first day of an office, at most."""


def _way(permissions: Permissions, asked: Asked) -> Way:
    """Return TOLD for an actor whom the regulation lets fill offices alone, where the office answers for the
    book and is not to be theirs; else TWO."""
    policy = policy_of(asked["book"])
    answering = {*policy.holders("owner"), policy.role_behind("deputy"), policy.maintainer.role}
    alone = (
        policy.rights.alone and asked["role"] in answering and granting_holdings(permissions, asked["book"])
    )
    gaining = (asked["person"], asked.get("next_deputy"))
    return Way.TOLD if alone and person_number(permissions.account) not in gaining else Way.TWO


def _ousts(asked: Asked) -> frozenset[int]:
    """Return the persons who hold now what the appointment would end, with the deputy whom a next one
    replaces."""
    book, what, role = asked["book"], asked["what"], asked["role"]
    losing = list(ended_by(book, what, role, asked.get("unit"), asked["person"]))
    deputy = policy_of(book).deputy
    if deputy is not None and asked.get("next_deputy") is not None:
        losing += held_now(book, deputy.role, None, coming=True)
    return frozenset(map(person_of, losing))


class Appointments(OperationGroup):
    """Operations by which offices are filled."""

    @operation(
        "offices.fill",
        label=_("fill an office"),
        recorded=True,
        power=power_over(Moves.ROLE, Moves.CODE, way=_way, flow="right", ousts=_ousts),
    )
    def fill(
        self,
        what: Filling,
        book: str,
        role: str,
        person: int,
        unit: int | None = None,
        from_day: date | None = None,
        until: date | None = None,
        next_deputy: int | None = None,
        *,
        without_deputy: bool = False,
    ) -> None:
        """Appoint ``person`` in the office of ``role`` over ``unit`` (None: the whole ``book``), or relieve
        them, from a day (None: today) up to and with another (None: until relieved). On that day the holding
        of the holder before ends, and what the person held of the office. Voids codes that are out for the
        appointed, and tells them and the watchers.

        ``next_deputy`` becomes the book's deputy on that day; ``without_deputy`` says that there is to be
        none. May be asked for by who keeps the book, gives rights in it, or heads a unit above, and by a
        holder for a deputy of their own. Raises Refused for anybody else, for a pupil, and for a person whose
        last day is over; Invalid."""
        self.permissions.check_book(book)
        policy, permissions, first = policy_of(book), self.permissions, from_day or today()
        if role in UNHELD or role not in {rule.id for rule in policy.roles}:
            raise Invalid(Problem("role", _("Choose one from the list.")))
        place = unit if unit is not None else root_of(book)
        if Unit.get_or_none((Unit.id == place) & (Unit.book == book)) is None or (role, unit) == (HEAD, None):
            raise Invalid(Problem("unit", _("Say which unit.")))
        clause = policy.rights.clause
        if not may_fill(permissions, book, unit) and not (
            what == DEPUTY and _is_own(permissions, book, role, place)
        ):
            raise Refused(
                _(
                    "Who holds this office is asked for by whoever keeps the directory, or heads a unit "
                    "above it."
                ),
                clause,
                _("Ask them. A deputy for your own office you may ask for."),
            )
        check_fit(book, what, role, unit, person)
        problems = _unfit_days(first, until)
        if problems:
            raise Invalid(*problems)
        ending = list(ended_by(book, what, role, unit, person))
        self._keep_a_deputy(book, what, role, person, first, next_deputy, ending, without=without_deputy)
        self.act.witnesses += [one.id for grant in ending for one in _accounts(grant)]
        self.act.ended += [grant.id for grant in ending]
        self.act.needs_watcher = not policy.rights.alone
        self.act.note_facts(
            book=book, unit=decided_in(book, role, unit), clause=clause, entry=_entry(book, person)
        )
        self.act.note_facts(person=person, role=role, what=what, day=first.isoformat())
        end_grants_on(ending, first)
        if what != RELIEVE:
            self._appoint(book, role, unit, person, what, first, until)

    def _keep_a_deputy(
        self,
        book: str,
        what: Filling,
        role: str,
        person: int,
        first: date,
        following: int | None,
        ending: list[Grant],
        *,
        without: bool,
    ) -> None:
        """Make sure that a book that has to have a deputy keeps one (D.3): appoint ``following``, notifying
        them, and add the grants that end by that to ``ending``. Raises Invalid where there would be none,
        unless ``without``, or the owner would be one."""
        policy = policy_of(book)
        if policy.deputy is None or role not in (*policy.holders("owner"), policy.deputy.role):
            return
        if what == HOLDER and role == policy.deputy.role and _answers(policy, person, first, ending):
            raise Invalid(Problem("whom", OWN_DEPUTY))
        if following is not None and _answers(policy, following, first, ending):
            raise Invalid(Problem("deputy", OWN_DEPUTY))
        before = held_now(book, policy.deputy.role, None, coming=True)
        if what == HOLDER and role != policy.deputy.role:
            ending += [one for one in before if person_of(one) == person]
        left = [one for one in before if one.id not in {other.id for other in ending}]
        self.act.witnesses += [one.id for grant in left for one in _accounts(grant)]
        if following is not None:
            if following == person or not _is_known(book, following):
                raise Invalid(Problem("deputy", _("Name somebody else of this directory.")))
            check_still_here(following, book)
            check_no_pupil(policy, policy.deputy.role, following)
            ending += left
            self._appoint(book, policy.deputy.role, None, following, HOLDER, first, None)
        elif (
            not without
            and (before or what in (HOLDER, RELIEVE))
            and (what == RELIEVE or role != policy.deputy.role)
        ):
            # A handover to come that ends with this had set the day on which a deputy is one no more.
            drops = any(one.from_at > clock.now() for one in ending)
            if not any(one.until is None or not drops for one in left):
                problem = _("There would be no deputy: name the next one, or write `none`.")
                raise Invalid(Problem("deputy", problem))

    def _appoint(
        self,
        book: str,
        role: str,
        unit: int | None,
        person: int,
        capacity: str,
        first: date,
        until: date | None,
    ) -> None:
        office = Grant(
            person=person,
            role=role,
            book=book,
            unit=unit,
            capacity=capacity,
            until=end_of(until),
            alone=self.act.is_alone,
        )
        by, clause = self.permissions.account, policy_of(book).rights.clause
        appoint(office, first, by=by, clause=clause, second=self.act.agreed_by)


def _answers(policy: EffectivePolicy, person: int, first: date, ending: Sequence[Grant]) -> bool:
    """Return whether ``person`` answers for the book on the day ``first`` or later by another grant than
    those of ``ending``."""
    begins, gone = day_begins(first), {one.id for one in ending}
    held = [
        one
        for role in policy.holders("owner")
        for one in held_now(policy.book, role, None, person=person, coming=True)
    ]
    return any(one.id not in gone and (one.until is None or one.until > begins) for one in held)


def check_vacant(book: str, role: str, person: int) -> None:
    """Raise Refused for a single-holder office that is held, and for deputising for oneself (D.3)."""
    policy = policy_of(book)
    if policy.deputy is None or not is_single(policy, role):
        return
    if held_now(book, role, None, coming=True):
        raise Refused(
            _("One person holds this office already."),
            policy.deputy.clause,
            _("Have them replaced by ask office, which ends their holding it in the same act."),
        )
    if role == policy.deputy.role and _answers(policy, person, today(), ()):
        raise Refused(OWN_DEPUTY, policy.deputy.clause, _("Choose another person."))


def check_no_pupil(policy: EffectivePolicy, role: str, person: int) -> None:
    """Raise Refused for a pupil of the book in any office but a unit's head, who is authorised to nothing."""
    theirs = (Entry.book == policy.book) & (Entry.person == person) & (Entry.kind == PUPIL)
    if role != HEAD and Entry.select().where(theirs & (Entry.state == "active")).exists():
        raise Refused(
            _("A pupil of the class holds no office that answers for its directory."),
            policy.rights.clause,
            _("Choose another person."),
        )


def check_deputy_left(grant: Grant) -> None:
    """Raise Refused for the last deputy's grant, where the book has to have a deputy (D.3)."""
    policy = policy_of(str(grant.book_id))
    if policy.deputy is None or grant.role != policy.deputy.role:
        return
    if all(one.id == grant.id for one in held_now(policy.book, grant.role, None, coming=True)):
        raise Refused(
            _("There would be no deputy."),
            policy.deputy.clause,
            _("Relieve them by ask office, and name the next deputy there, or `none`."),
        )


def may_fill(permissions: Permissions, book: str, unit: int | None) -> bool:
    """Return whether the actor keeps the book, gives rights in it, or heads a unit above that one."""
    if fills_all(permissions, book):
        return True
    headed = [one.unit for one in permissions.own_holdings(HEAD, book) if one.for_account is None]
    return unit is not None and any(is_within(unit, above) and unit != above for above in headed)


def fills_all(permissions: Permissions, book: str) -> bool:
    """Return whether the actor may ask who holds any office of the book."""
    policy = policy_of(book)
    return holds_own_role(permissions, policy, (policy.rights.by, *policy.keepers), root_of(book))


def ended_by(book: str, what: str, role: str, unit: int | None, person: int) -> Iterator[Grant]:
    """Yield the grants that such an appointment would end: the holder's before (D.3), and what the person
    held of the office."""
    relieved = what == RELIEVE
    for grant in held_now(book, role, unit, coming=True):
        replaced = what == HOLDER and is_single(policy_of(book), role) and grant.capacity != DEPUTY
        if replaced or ((relieved or what == HOLDER) and person_of(grant) == person):
            yield grant


def _ending(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    """Say what ends with an appointment that is not decided yet."""
    asked = asks["arguments"]
    if request.state not in ("open", "returned"):
        return ()
    ending = ended_by(asked["book"], asked["what"], asked["role"], asked.get("unit"), asked["person"])
    words = [(one.id, held_words(one)) for one in ending]
    return tuple(DiffLine(f"ends{number}", _("what ends"), "", said, ("", said)) for number, said in words)


MORE["offices.fill"] = _ending


def decided_in(book: str, role: str, unit: int | None) -> int:
    """Return the unit whose head decides on an office in ``unit`` (None: the whole book): for its headship
    the unit above, for the root's and any other office the unit itself."""
    row = Unit.get_by_id(unit if unit is not None else root_of(book))
    return int(row.parent_id or row.id) if role == HEAD else int(row.id)


def _is_own(permissions: Permissions, book: str, role: str, place: int) -> bool:
    return any(
        one.for_account is None and one.capacity != DEPUTY and one.unit == place
        for one in permissions.own_holdings(role, book)
    )


def holds_any(book: str, role: str, unit: int | None, person: int) -> bool:
    """Return whether ``person`` holds the office or is to, also who may not sign in any more."""
    return bool(held_now(book, role, unit, person=person, coming=True))


def _is_known(book: str, person: int) -> bool:
    """Return whether somebody has an entry in the book, or an account in use, as a teacher has without an
    entry."""
    used = (Account.person == person) & (Account.state != "disabled")
    return _entry(book, person) is not None or Account.get_or_none(used) is not None


def _entry(book: str, person: int) -> int | None:
    own = (Entry.person == person) & (Entry.book == book) & (Entry.state == "active")
    row = Entry.get_or_none(own)
    return int(row.id) if row is not None else None


def _accounts(grant: Grant) -> list[Account]:
    theirs = Account.id == grant.account_id
    if grant.person_id is not None:
        theirs |= Account.person == grant.person_id
    return list(Account.select().where(theirs & (Account.state == "active")))


def person_of(grant: Grant) -> int:
    """Return the person who holds a grant, by id; minus the account's id for an account without a person."""
    return person_number(grant.account_id) if grant.account_id is not None else int(grant.person_id or 0)


def _unfit_days(first: date, last: date | None) -> list[Problem]:
    if first < today():
        return [Problem("from", _("This day is over and can't be changed."))]
    if (first - today()).days > LONGEST_AHEAD:
        return [Problem("from", _("Ask for it within a year of its first day."))]
    if last is not None and last < first:
        return [Problem("until", _("The last day is before the first."))]
    return []


def check_fit(book: str, what: Filling, role: str, unit: int | None, person: int) -> None:
    """Raise Refused or Invalid where ``person`` can't be appointed to the office in the way of ``what``, or
    doesn't hold the office of which they are to be relieved."""
    held = held_now(book, role, unit, person=person, coming=what == RELIEVE)
    if not _is_known(book, person) and not (what == RELIEVE and holds_any(book, role, unit, person)):
        raise Invalid(Problem("whom", _("There is nobody of that name in this directory.")))
    if what != RELIEVE:
        check_still_here(person, book)
        check_no_pupil(policy_of(book), role, person)
    if unit is not None and not Unit.get_by_id(unit).active:
        raise Invalid(Problem("unit", _("This unit is closed.")))
    if what == RELIEVE and not held:
        raise Invalid(Problem("whom", _("They don't hold this office.")))
    if what != RELIEVE and any(
        one.capacity == what or (what != HOLDER and one.capacity != DEPUTY) for one in held
    ):
        raise Invalid(Problem("whom", _("They hold this office already.")))
