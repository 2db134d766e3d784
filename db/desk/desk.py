"""The desk itself, with all its subjects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from db.desk.accounts.accounts import Accounts
from db.desk.accounts.appointing import Appointments
from db.desk.accounts.pickups import Pickups
from db.desk.accounts.reset_desk import Resets
from db.desk.accounts.tokens import Tokens
from db.desk.act import Act
from db.desk.asking.asking import Asking
from db.desk.asking.consent_desk import Consents
from db.desk.audit.audit import Audit
from db.desk.authority.actor import Actor, Strength
from db.desk.authority.kept import Kept
from db.desk.authority.permissions import Permissions
from db.desk.authority.terms import PROTECTING, is_host
from db.desk.backups.book_backups import BookBackups
from db.desk.calendars.calendars import Calendars
from db.desk.change_signal import Pulse
from db.desk.directory.directory import Directory
from db.desk.directory.office_list import Offices
from db.desk.directory.revealed import Revealed
from db.desk.hooks import hooks
from db.desk.importing.importing import Importing
from db.desk.lifecycle.last_day import clause_of_last_day, end_due
from db.desk.lifecycle.lifecycle import Lifecycle
from db.desk.listed import Listings
from db.desk.me import Me, UndertakingDue, undertakings_due
from db.desk.overview.overview import Overview
from db.desk.papers.papers import Papers
from db.desk.policies.policies import Policies
from db.desk.privacy.collection import notices_due
from db.desk.privacy.privacy import Privacy
from db.desk.refusal import SILENT, Pending
from db.desk.requests.access import Access
from db.desk.requests.changes import Changes
from db.desk.requests.delegation import Delegations
from db.desk.requests.drafts import Drafts
from db.desk.requests.evidence import EvidenceTray
from db.desk.requests.holding import Held, HeldDecisions, apply_held, hold_act
from db.desk.requests.objecting import Objections
from db.desk.requests.own_requests import Requests
from db.desk.requests.power_telling import tell_of
from db.desk.requests.putting_off import put_off
from db.desk.requests.queue import Queue
from db.desk.requests.story import Story
from db.desk.tasks.tasks import Tasks
from db.desk.today.notices import Notices
from db.desk.today.todo import Todo
from db.desk.today.waiting import Waiting
from db.language import Language, Message


class Desk:
    """All subjects, for one actor. Not to be shared between threads."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.kept = Kept(actor)
        self.pulse = Pulse(actor)
        self.listed = Listings()
        self.revealed = Revealed()
        self.running: Act | None = None
        self.left_over: list[Callable[[], None]] = []
        """What an act that did not wait for its turn left to be written by the next one."""
        self.holding = HeldDecisions()
        self.access = Access(self)
        self.backups = BookBackups(self)
        self.calendar = Calendars(self)
        self.changes = Changes(self)
        self.delegation = Delegations(self)
        self.drafts = Drafts(self)
        self.evidence = EvidenceTray(self)
        self.held = Held(self)
        self.me = Me(self)
        self.directory = Directory(self)
        self.offices = Offices(self)
        self.notices = Notices(self)
        self.objections = Objections(self)
        self.queue = Queue(self)
        self.requests = Requests(self)
        self.story = Story(self)
        self.accounts = Accounts(self)
        self.appointments = Appointments(self)
        self.resets = Resets(self)
        self.asking = Asking(self)
        self.consents = Consents(self)
        self.policies = Policies(self)
        self.audit = Audit(self)
        self.importing = Importing(self)
        self.lifecycle = Lifecycle(self)
        self.overview = Overview(self)
        self.papers = Papers(self)
        self.pickups = Pickups(self)
        self.privacy = Privacy(self)
        self.tasks = Tasks(self)
        self.todo = Todo(self)
        self.tokens = Tokens(self)
        self.waiting = Waiting(self)

    def speak(self, language: Language) -> None:
        """Use ``language`` from now on for what the actor has drawn up or sent."""
        self.actor = replace(self.actor, language=language)

    @staticmethod
    def end_last_days() -> None:
        """End the access of everybody whose last day is over (A.10), with all effects of `last_day.end_due`,
        in transactions of its own."""
        end_due()

    def undertakings_due(self, permissions: Permissions) -> tuple[UndertakingDue, ...]:
        """Return undertakings due before anything else (A.17); none where the host protects an account."""
        if self.running is not None and self.running.operation.name in PROTECTING and is_host(self.actor):
            return ()
        return undertakings_due(permissions)

    @staticmethod
    def is_notice_due(permissions: Permissions) -> bool:
        """Return whether a notice at collection waits to be accepted (PIPL 17)."""
        return bool(notices_due(permissions))

    def put_off(self, act: Act, run: Callable[[], object]) -> Pending | None:
        """Submit a request for an act that takes two people or time, and notify those whom it concerns
        (`putting_off.put_off`); None, with nothing done, if it may be done now."""
        return put_off(act, run)

    def hold(self, act: Act, run: Callable[[], object]) -> bool:
        """Store the running act to be done later (`holding.hold_act`); False, with nothing done, where it is
        done now."""
        return hold_act(act, run)

    def apply_held(self) -> list[Message]:
        """Carry out the actor's held decisions that are due, each recorded; return the messages of those that
        failed, which are recorded and notified too."""
        return apply_held(self.actor.account)

    def tell_of(self, act: Act) -> None:
        """Notify those whom the running act concerns and the watchers, by notice and mail
        (`power_telling.tell_of`)."""
        tell_of(act)

    def entry_clause(self, strength: Strength) -> str:
        """Return the clause under which an incomplete sign-in is held up."""
        from db.desk.me import password_clause

        if strength == "leaving":
            return clause_of_last_day(self.actor.account)
        return password_clause(self.actor) if strength == "expired" else SILENT


hooks()  # whoever loads the desk loads every subject


def open_desk(actor: Actor) -> Desk:
    """Open a desk for ``actor``. The process's store must be open."""
    return Desk(actor)
