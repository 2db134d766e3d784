"""How each operation on one's own behalf is tried."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from db.desk import Desk, Refused
from db.desk.cases.cases import Cases
from db.desk.cases.praise import Praise
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.editions.tracing import Traces
from db.desk.emergency.emergencies import Emergencies
from db.desk.outside.outside import Outside
from db.desk.reviews.guiding import Guidance
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.reviews import Reviews
from db.desk.training.trainings import Trainings
from db.store import clock
from db.store.tables import Delegation, Pickup
from db.store.transactions import writing
from tests.db.desk.asking import PDF
from tests.matrix.cast import NEVER

OWN: dict[str, Callable[[Desk], object]] = {
    "privacy.mine": lambda desk: desk.privacy.mine(),
    "privacy.under_password": lambda desk: desk.privacy.under_password(),
    "privacy.grounds": lambda desk: desk.privacy.grounds(),
    "privacy.books": lambda desk: desk.privacy.books(),
    "privacy.notices_due": lambda desk: desk.privacy.notices_due(),
    "privacy.accept_notice": lambda desk: [
        desk.privacy.accept_notice(due.book, due.version) for due in desk.privacy.notices_due()
    ],
    "privacy.notice": lambda desk: [desk.privacy.notice(one.id) for one in desk.me.who().books],
    "privacy.optional": lambda desk: desk.privacy.optional(),
    "privacy.taken": lambda desk: desk.privacy.taken(
        format="text", sha256="0" * 64, size=1, rows=1, mark="AAAA-AAAA", encrypted=True
    ),
    "me.who": lambda desk: desk.me.who(),
    "me.unit_label": lambda desk: desk.me.unit_label(),
    "me.undertakings": lambda desk: desk.me.undertakings(),
    "me.accept": lambda desk: [desk.me.accept(due.policy, due.version) for due in desk.me.undertakings()],
    "me.choose_language": lambda desk: desk.me.choose_language("en"),
    "todo.keep": lambda desk: desk.todo.toggle_filter({"due": frozenset({"overdue"})}),
    "me.choose_drawing": lambda desk: desk.me.choose_drawing("plain"),
    "me.choose_theme": lambda desk: desk.me.choose_theme("light"),
    "backups.books": lambda desk: desk.backups.books(),
    "backups.overseen": lambda desk: desk.backups.overseen(),
    "emergency.books": lambda desk: Emergencies(desk).books(),
    "notices.unread": lambda desk: desk.notices.unread(),
    "notices.mark_seen": lambda desk: desk.notices.mark_seen(1),
    "access.mine": lambda desk: desk.access.mine(),
    "access.opened": lambda desk: desk.access.opened(),
    "asking.offers": lambda desk: desk.asking.offers(),
    "asking.copies": lambda desk: desk.asking.copies(),
    "consents.mine": lambda desk: desk.consents.mine(),
    "consents.received": lambda desk: desk.consents.received(),
    "accounts.books": lambda desk: desk.accounts.books(),
    "resets.open": lambda desk: desk.resets.open(),
    "audit.allowed": lambda desk: desk.audit.allowed(),
    "evidence.add": lambda desk: desk.evidence.add("受理单.pdf", PDF),
    "evidence.tray": lambda desk: desk.evidence.tray(),
    "pickups.offered": lambda desk: desk.pickups.offered(),
    "pickups.make": lambda desk: desk.pickups.make("digest", ("me",), "me.txt"),
    "pickups.mine": lambda desk: desk.pickups.mine(),
    "pickups.end": lambda desk: desk.pickups.end(_pickup(desk)),
    "pickups.take": lambda desk: desk.pickups.take(_pickup(desk)),
    "pickups.renew": lambda desk: desk.pickups.renew(_refused_file(desk)),
    "papers.list": lambda desk: desk.papers.list(),
    "held.mine": lambda desk: desk.held.mine(),
    "held.undo": lambda desk: desk.held.undo(),
    "drafts.keep": lambda desk: desk.drafts.save_form("change 1", "Change", {"mobile": "139"}),
    "drafts.kept": lambda desk: desk.drafts.saved_form("change 1"),
    "drafts.mine": lambda desk: desk.drafts.mine(),
    "drafts.discard": lambda desk: desk.drafts.discard("change 1"),
    "delegation.roles": lambda desk: desk.delegation.roles(),
    "delegation.mine": lambda desk: desk.delegation.mine(),
    "delegation.revoke": lambda desk: _end_delegation(desk),
    "directory.books": lambda desk: desk.directory.books(),
    "directory.asks_reason": lambda desk: desk.directory.asks_reason("staff"),
    "directory.kept": lambda desk: desk.directory.kept(),
    "directory.forget": lambda desk: desk.directory.forget(),
    "overview.reports": lambda desk: desk.overview.reports(),
    "overview.offered": lambda desk: desk.overview.offered(),
    "overview.mark": lambda desk: desk.overview.mark(),
    "outside.books": lambda desk: Outside(desk).books(),
    "reviews.campaigns": lambda desk: Reviews(desk).campaigns(),
    "reviews.waiting": lambda desk: Reviews(desk).waiting(),
    "reviews.offers": lambda desk: Reviews(desk).offers(),
    "inspections.findings": lambda desk: Inspections(desk).findings(),
    "guidance.list": lambda desk: Guidance(desk).list(),
    "guidance.offers": lambda desk: Guidance(desk).offers(),
    "training.mine": lambda desk: Trainings(desk).mine(),
    "training.topics": lambda desk: Trainings(desk).topics(),
    "training.shut_out": lambda desk: Trainings(desk).shut_out(),
    "editions.list": lambda desk: Editions(desk).list(),
    "editions.offered": lambda desk: Editions(desk).offered(),
    "copies.mine": lambda desk: Copies(desk).mine(),
    "copies.offered": lambda desk: Copies(desk).offered(),
    "traces.allowed": lambda desk: Traces(desk).allowed(),
    "cases.channels": lambda desk: Cases(desk).channels(),
    "cases.queue": lambda desk: Cases(desk).queue(),
    "cases.mine": lambda desk: Cases(desk).mine(),
    "praise.offers": lambda desk: Praise(desk).offers(),
    "queue.window": lambda desk: desk.queue.window(),
    "queue.counts": lambda desk: desk.queue.counts(),
    "queue.gone": lambda desk: desk.queue.gone(NEVER),
    "requests.mine": lambda desk: desk.requests.mine(),
    "lifecycle.begins": lambda desk: desk.lifecycle.begins("staff"),
    "tasks.own_copies": lambda desk: desk.tasks.own_copies(),
    "todo.window": lambda desk: desk.todo.window(),
    "tasks.mine": lambda desk: desk.tasks.mine(),
    "waiting.mine": lambda desk: desk.waiting.mine(),
    "waiting.calendar": lambda desk: desk.waiting.calendar(),
    "waiting.count": lambda desk: desk.waiting.count(),
    "waiting.others": lambda desk: desk.waiting.others(),
    "waiting.news": lambda desk: desk.waiting.news(),
    "waiting.page": lambda desk: desk.waiting.page("mine"),
    "waiting.tally": lambda desk: desk.waiting.tally(),
    "waiting.passed": lambda desk: desk.waiting.passed(),
    "overview.outlook": lambda desk: desk.overview.outlook(),
    "overview.unusual": lambda desk: desk.overview.unusual(),
    "tokens.make": lambda desk: desk.tokens.make("digest", (("whoami",),), "203.0.113.7"),
    "tokens.mine": lambda desk: desk.tokens.mine(),
    "tokens.end": lambda desk: desk.tokens.end(_token(desk)),
}
"""operation -> how anybody does it on their own behalf."""


def _token(desk: Desk) -> str:
    """A token of the actor's own; a number of none where they may make none."""
    try:
        return desk.tokens.make("digest", (("whoami",),), "203.0.113.7").number
    except Refused:
        return "0"


def _pickup(desk: Desk) -> str:
    """A pick-up code of the actor's own; a number of none where they may make none."""
    try:
        return desk.pickups.make("digest", ("me",), "me.txt").number
    except Refused:
        return "0"


def _refused_file(desk: Desk) -> str:
    """Why a file was refused that came by a pick-up code in this session."""
    with suppress(Refused):
        made = desk.pickups.make("digest", (), "", coming=True)
        with writing():
            Pickup.update(used=desk.actor.session).where(Pickup.id == made.number).execute()
    return "refused"


def _end_delegation(desk: Desk) -> object:
    """One that the actor gave."""
    given = Delegation.create(
        account=desk.actor.account, to=1, book="staff", role="head", from_day="2026-11-01",
        until_day="2026-12-31", created_at=clock.now(),
    )  # fmt: skip
    return desk.delegation.revoke(given.id)
