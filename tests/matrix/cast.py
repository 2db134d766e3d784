"""The people of the access matrix: in each book one reader for every role, and one person to be looked at
for every relation a reader can have to an entry.

The readers sit together in one unit. ``head`` heads another unit than their own, ``head-here`` the one
they sit in; ``hr-there`` is human resources from ``head``'s unit down only; ``for-head`` and ``for-hr``
stand in for one of those; ``stranger`` is in another book only; ``keeper`` is a system administrator of
the book without an entry anywhere; ``partner`` is an outside contact who was given an account. Each reader
``answers`` for an outside contact of their own where the book keeps any.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from db.desk import Desk
from db.desk.authority.offices import set_head
from db.desk.authority.permissions import policy_of
from db.desk.entry.record import create_entry, remove_entry
from db.desk.entry.units import create_unit
from db.desk.requests.request_approvers import RequestApprovers
from db.store import clock
from db.store.engine import store
from db.store.sealing import seal
from db.store.tables import AccessGrant, Account, Delegation, Evidence, Person, Request
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import ask_access
from tests.wider_world import PLANS, USUAL
from tests.world import BOOKS, OUTSIDE, UNITS, World

GRANTED = ("hr", "security", "it", "safety", "director", "chief-executive", "assistant", "admin")
"""Roles that are granted; ``employee`` and ``head`` follow from an entry."""

READERS = (
    "employee", "head-here", "head", *GRANTED, "hr-there", "for-head", "for-hr",
    "stranger", "keeper", "partner",
)  # fmt: skip
RELATIONS = (
    "self", "unit", "below", "headed", "under", "elsewhere", "root", "granted", "lapsed",
    "outside", "answers", "left", "other-book", "never",
)  # fmt: skip
BY_ENTRY = ("employee", "head", "inside-owner")
"""Roles that follow from an entry and are granted to nobody."""
GIVEN = ("granted", "lapsed", "answers")
"""Relations that somebody gave: tried in the first three books."""
HERE, BELOW, THERE, UNDER, ELSEWHERE = "甲处", "甲处/甲组", "乙处", "乙处/乙组", "丙处"
PLACES = {
    "unit": HERE, "below": BELOW, "headed": THERE, "under": UNDER, "elsewhere": ELSEWHERE,
    "root": "", "granted": ELSEWHERE, "lapsed": ELSEWHERE, "left": HERE,
}  # fmt: skip
NAMES = {
    "unit": "田同", "below": "田下", "headed": "田管", "under": "田属", "elsewhere": "田远", "root": "田根",
    "granted": "田授", "lapsed": "田逾", "left": "田离", "outside": "田外", "other-book": "田另",
}  # fmt: skip
MORE = tuple(book for book in PLANS if book != "partners")
"""Books under the other regulations, and one under several: with a reader for every role they know."""
NEIGHBOUR = {"staff": "subsidiary", "subsidiary": "group", "group": "staff"} | dict.fromkeys(MORE, "staff")
"""The other book of each book's strangers."""
ORDER = tuple(NEIGHBOUR)
PROBES = {"class": ("student_number", "parent_phones"), "wecom": ("name", "mobile")}
"""Of an entry, a field that is not protected and a number that is, or would be first: e-mail and mobile in
all other books."""
PURPOSES = {"safety": "safety", "class": "class"}
"""For what a number may be used: for work in all other books."""
IN_A_UNIT = ("officer", "unit-assistant")
"""Roles that are given for a unit: here for the one the readers sit in."""

WHOLE = (100, 500)
"""The entries that have every field: of the first reader, and of the colleague in the same unit."""
MUCH = {
    "extension": "8123", "landline": "+861062347001", "fax": "+861062347002", "qq": "20261125",
    "wechat": "wx_tian_tong", "other_contact": "九号对讲机", "region": "华东",
    "sex": "female", "birth_date": "2011-06-07", "native_place": "云南大理", "parent_names": "家长丙",
    "home_address": "书院街 19 号", "emergency_name": "家长丁", "emergency_phone": "+8613600009876",
    "emergency_relation": "姑母",
}  # fmt: skip

NEVER = 987_654


@dataclass(slots=True)
class Cast:
    """Everybody of one book. ``targets``: relation -> entry, the same for all readers but for ``self``."""

    world: World
    book: str
    readers: Sequence[str] = READERS
    targets: dict[str, int] = field(default_factory=dict)
    mobiles: dict[int, str] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    """reader -> the outside contact that names them as its inside owner"""

    def login(self, reader: str) -> str:
        """The account that plays ``reader``."""
        return f"{reader}.{self.book}"

    def desk(self, reader: str, *, accepted: bool = True) -> Desk:
        """A desk for ``reader``, signed in anew."""
        return self.world.desk(self.login(reader), accepted=accepted)

    def target(self, reader: str, relation: str) -> int | None:
        """The entry that stands in ``relation`` to ``reader``; None where there can't be one."""
        if relation == "answers":
            return self.answered.get(reader)
        if relation == "self":
            return self.world.entries.get((self.book, self.login(reader)))
        return self.targets.get(relation)

    def name(self, relation: str) -> str:
        """The name of who stands in ``relation``; no two in all books have the same."""
        return NAMES[relation] + "甲乙丙丁戊己庚辛壬癸"[ORDER.index(self.book)]

    @property
    def probes(self) -> tuple[str, str]:
        """A plain field and a number of this book's entries."""
        return PROBES.get(self.book, ("email", "mobile"))

    @property
    def purpose(self) -> str:
        """What a number of this book is used for."""
        return PURPOSES.get(self.book, "work")

    def unit(self, path: str) -> int:
        """A unit of this book by its path."""
        return self.world.unit(self.book, path)


def assemble(world: World, book: str, clock_: Clock) -> Cast:
    """Put the cast of ``book`` into the store: of one of the first three with stand-ins and access that was
    given, of any other with a reader for every role that its regulations know."""
    cast = Cast(world, book, READERS if book in BOOKS else readers_of(world, book))
    with writing():
        for path in (HERE, BELOW, THERE, UNDER, ELSEWHERE):
            above, _slash, name = path.rpartition("/")
            world.units[book, path] = create_unit(book, name, world.unit(book, above))
        for number, reader in enumerate(cast.readers):
            _reader(cast, reader, number)
        for number, (relation, path) in enumerate(PLACES.items()):
            if book in BOOKS or relation not in GIVEN:
                cast.targets[relation] = _entry(cast, cast.name(relation), path, 500 + number)
        _others(cast)
        remove_entry(cast.targets["left"], "2026-11-20")
        set_head(cast.unit(HERE), world.entry(cast.login("head-here"), book))
        set_head(cast.unit(THERE), world.entry(cast.login("head"), book))
        if book in BOOKS:
            _stand_ins(cast)
    if book not in BOOKS:
        return cast
    _access(cast, "lapsed", days=1)
    clock_.forward(days=2)
    _access(cast, "granted", days=30)
    return cast


def readers_of(world: World, book: str) -> tuple[str, ...]:
    """A reader for every role of a book's regulations, and those who have none there."""
    roles = [role.id for role in policy_of(book).roles if role.id not in BY_ENTRY]
    outside = ("partner",) if (book, OUTSIDE) in world.units else ()
    return ("employee", "head-here", "head", *roles, "stranger", "keeper", *outside)


def _reader(cast: Cast, reader: str, number: int) -> None:
    world, login = cast.world, cast.login(reader)
    account = Account.create(login=login, state="active", created_at=clock.now())
    world.accounts[login] = account.id
    if reader != "keeper":
        person = Person.create(name=f"林{reader}")
        world.people[login] = person.id
        Account.update(person=person).where(Account.id == account.id).execute()
    if reader == "keeper":
        world.grant(login, "admin", cast.book)
    elif reader == "stranger":
        other = NEIGHBOUR[cast.book]
        world.entries[other, login] = _entry(
            cast, f"林{reader}", "", 100 + number, book=other, person=person.id
        )
    elif reader == "partner":
        if _has_outside(cast):
            entry = _entry(cast, f"林{reader}", OUTSIDE, 100 + number, kind="partner", person=person.id)
            world.entries[cast.book, login] = entry
    else:
        entry = _entry(cast, f"林{reader}", HERE, 100 + number, person=person.id)
        world.entries[cast.book, login] = entry
        granted = GRANTED if cast.book in BOOKS else set(cast.readers) - {"employee", "head", "head-here"}
        if reader in granted:
            world.grant(login, reader, cast.book, HERE if reader in IN_A_UNIT else "")
        elif reader == "hr-there":
            world.grant(login, "hr", cast.book, THERE)


def _others(cast: Cast) -> None:
    other = NEIGHBOUR[cast.book]
    cast.targets["other-book"] = _entry(cast, cast.name("other-book"), UNITS[other][0], 600, book=other)
    cast.targets["never"] = NEVER
    if _has_outside(cast):
        cast.targets["outside"] = _entry(cast, cast.name("outside"), OUTSIDE, 601, kind="partner")
        for number, reader in enumerate(READERS):
            owner = cast.world.entries.get((cast.book, cast.login(reader)))
            if owner is not None and reader != "partner" and cast.book in BOOKS:
                cast.answered[reader] = _entry(
                    cast, f"石{reader}", OUTSIDE, 700 + number, kind="partner", owner=owner
                )


def _has_outside(cast: Cast) -> bool:
    return (cast.book, OUTSIDE) in cast.world.units


def _entry(
    cast: Cast,
    name: str,
    path: str,
    number: int,
    *,
    kind: str = "",
    book: str = "",
    person: int | None = None,
    owner: int | None = None,
) -> int:
    book = book or cast.book
    place = ORDER.index(cast.book)
    kind = kind or policy_of(book).kinds[0].id
    mobile = f"+8613{place}{number:08d}"
    given = {
        "name": name,
        "position": "职员",
        "office_phone": f"+86106234{place}{number:03d}",
        "mobile": mobile,
        "email": f"n{place}{number}@huaxing.example",
        "organisation": "蓝海咨询" if kind == "partner" else "",
        "inside_owner": str(owner or ""),
        **USUAL.get(kind, {}),
        "student_number": f"2026{place}{number:03d}",
        "parent_phones": mobile,
        **(MUCH if number in WHOLE else {}),
    }
    known = {rule.name for rule in policy_of(book).fields}
    entry = create_entry(
        book,
        cast.world.unit(book, path),
        kind,
        {name: (value,) for name, value in given.items() if name in known and value},
        person=person,
    )
    cast.mobiles[entry] = mobile
    return entry


def _stand_ins(cast: Cast) -> None:
    for role, absent, deputy in (("head", "head", "for-head"), ("hr", "hr", "for-hr")):
        Delegation.create(
            account=cast.world.accounts[cast.login(absent)],
            to=cast.world.accounts[cast.login(deputy)],
            book=cast.book,
            role=role,
            from_day="2026-11-01",
            until_day="2026-12-31",
            created_at=clock.now(),
        )


def _access(cast: Cast, relation: str, days: int) -> None:
    """Give every reader of the book a right to see one entry: the first as people get it (A.13), the
    others by the same request."""
    request = ask_access(cast.desk("employee"), cast.book, "对接", name=cast.name(relation), days=days)
    row = Request.get_by_id(request)
    request_approvers = RequestApprovers([row])
    (step,) = request_approvers.steps(row)
    decider = Account.get_by_id(request_approvers.approvers(row, step)[0].account)
    cast.world.desk(decider.login).queue.approve(request, row.digest)
    given = AccessGrant.get(AccessGrant.request == request)
    for reader in READERS:
        login = cast.login(reader)
        if reader != "employee" and (reader == "keeper" or (cast.book, login) in cast.world.entries):
            AccessGrant.create(
                account=cast.world.accounts[login],
                entry=given.entry,
                request=request,
                from_at=given.from_at,
                until=given.until,
            )


def evidence_of(account: int) -> str:
    """A file in the tray of ``account``, put there without asking the desk."""
    content = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    row = Evidence(
        id=secrets.token_hex(5), account=account, name="受理单.pdf", media_type="application/pdf",
        size=len(content), digest=hashlib.sha256(content).hexdigest(), added_at=clock.now(),
    )  # fmt: skip
    row.content = seal(store().keys, Evidence.content.place(row.id), content)
    row.save(force_insert=True)
    return str(row.id)
