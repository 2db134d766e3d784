"""The kind of request that resets somebody's sign-in: its form; what comes of it is `accounts.resets`."""

from __future__ import annotations

from db.desk.accounts import resets
from db.desk.accounts.resets import KIND, LABEL, asks_in, place_of
from db.desk.authority.standing import Standing, own_place, policy_of
from db.desk.entry.colleagues import persons_named
from db.desk.frame import Act
from db.desk.power.declaration import moving
from db.desk.refusal import Invalid, Problem, Refused
from db.desk.requests.ask_fields import AskField
from db.desk.requests.deciding import Case, Deciding
from db.desk.requests.independence import same_person
from db.desk.requests.request_kinds import Asked, Content, Offer, Payload, RequestKind, register
from db.language import _
from db.policy.rules import Step
from db.store.moves import Moves
from db.store.tables import Account, Request


def _open_to(standing: Standing, book: str) -> bool:
    """Who may ask for one of anybody at all."""
    roles = policy_of(book).reset.ask
    own = (one for one in standing.holdings if one.book == book)
    return any(one.role in roles for one in own)


def _fields(_standing: Standing, _book: str) -> tuple[AskField, ...]:
    return (AskField("whom", _("Whose sign-in"), hint=_("login, name, or name/department")),)


def _read(act: Act, book: str, asked: Asked) -> Content:
    account = _account(act.standing, book, asked.get("whom", ""))
    if same_person(account.id, act.standing.account):
        raise Refused(
            _("You can't do this to your own account."),
            policy_of(book).reset.clause,
            _("Ask your head, or whoever looks after accounts."),
        )
    in_book = asks_in(act.standing, account)
    if in_book != book:
        raise _elsewhere(in_book)
    under_way = Request.select(Request.id).where(
        (Request.kind == KIND) & (Request.about == account) & Request.state.in_(("open", "returned"))
    )
    other = next((row.id for row in under_way if row.requester_id != act.standing.account), None)
    if other is not None:
        problem = _("A reset of this sign-in is under way: request {request}.", request=other)
        raise Invalid(Problem("whom", problem))
    entry, unit = place_of(account, book)
    _check_vouchers(act.standing.account, account, book, unit, entry)
    act.note(account=account.id)
    step = Step(resets.second_for(account.id), policy_of(book).flow(KIND).steps[0].clause)
    payload = {"account": account.id}
    return Content(unit=unit, payload=payload, entry=entry, about=account.id, steps=(step,))


def _check_vouchers(asker: int, account: Account, book: str, unit: int, entry: int | None) -> None:
    """Refuse where nobody could vouch, rather than let it wait for nobody."""
    deciding = Deciding()
    barred = deciding.barred(asker, account.id, person=account.person_id)
    if not deciding.deciders(Case(book, unit, entry, barred, asker), resets.second_for(account.id)):
        raise Refused(
            _("Nobody of another office than yours can vouch for this person."),
            policy_of(book).reset.clause,
            _("Let somebody of another office ask; where there is nobody, the host's operator can help."),
        )


def _account(standing: Standing, book: str, text: str) -> Account:
    """The one account that ``text`` names among those for which the actor may ask; alike for all others."""
    wanted = text.strip()
    found = list(Account.select().where(Account.login == wanted.lower()))
    if not found and wanted:
        persons = persons_named(book, wanted)
        found = list(Account.select().where(Account.person.in_(persons)))
    own = [row for row in found if same_person(row.id, standing.account)]
    able = own or [row for row in found if asks_in(standing, row) is not None]
    if len(able) == 1:
        return able[0]
    several = _("There are several of that name; write the login.")
    nobody = _("There is nobody of that name for whom you may ask.")
    raise Invalid(Problem("whom", several if able else nobody))


def _elsewhere(book: str | None) -> Invalid:
    if book is None:
        return Invalid(Problem("whom", _("There is nobody of that name for whom you may ask.")))
    elsewhere = _("Ask for it in the directory {book}: rights are held there.", book=book)
    return Invalid(Problem("whom", elsewhere))


def _typed(asks: Payload) -> Asked:
    return {"whom": Account.get_by_id(asks["account"]).login}


register(
    RequestKind(
        id=KIND,
        label=LABEL,
        power=moving(Moves.CODE),
        apply=resets.apply,
        current=resets.current,
        lines=resets.lines,
        concerned_may_decide=False,
        handed_in=resets.handed_in,
        offers=(
            Offer(
                KIND,
                LABEL,
                _("Bring somebody back who lost password or phone; a second office vouches."),
                _open_to,
                _fields,
                _read,
                _typed,
                own_place,
            ),
        ),
    )
)
