"""The story acted out: every act is an operation of the desk by somebody who may, or is refused."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random

from db.desk import Desk, Pending, Refused
from db.desk.audit.audit import AuditFilter
from db.desk.importing.importing import Source
from db.store.tables import Account, Entry
from tui.host.demo.proofs import portrait, proof
from tui.host.demo.script import (
    AccessAsking,
    Declaring,
    Filling,
    Handing,
    Looking,
    Script,
    ScriptedChange,
    Trying,
)
from tui.host.demo.stage import Stage
from tui.host.demo.turns import go_on
from tui.host.demo.where import CastPlaces

LOOK_UP_DAYS = 24
LOOK_UPS = 3
"""Times that each person looks somebody up, over `LOOK_UP_DAYS` working days."""


@dataclass
class ScriptPlayer:
    """Puts the script on the stage."""

    stage: Stage
    where: CastPlaces
    random: Random

    def play_script(self, script: Script) -> None:
        alike = [asking for batch in script.batches for asking in batch.requests()]
        for asking in (*script.requests, *alike):
            self._request(asking)
        for wanted in script.access:
            self._access(wanted)
        for filling in script.offices:
            self._fill_form(filling)
        for declaring in script.calendar:
            self.stage.schedule_act(declaring.at, partial(self._declare, declaring))
        for handing in script.delegations:
            self.stage.schedule_act(handing.at, partial(self._hand_on, handing))
        for looking in script.lookups:
            self._look_up(looking)
        for trying in script.refusals:
            self.stage.schedule_act(trying.at, partial(self._play_trial, trying))

    def _request(self, asking: ScriptedChange) -> None:
        made: list[int] = []

        def submit() -> None:
            desk, entry = (
                self.stage.desk(asking.by),
                self.where.entry(asking.whose, self.where.books[asking.by]),
            )
            version = desk.changes.form(entry).version
            evidence, asked = self._evidence(desk, asking), dict(asking.asked)
            if asking.photo:
                asked["photo"] = desk.evidence.add("照片.png", portrait()).id
            made.append(desk.changes.submit(entry, version, asked, asking.reason, evidence))

        def amend(desk: Desk, word: str) -> None:
            version = desk.changes.amendment(made[0]).version
            evidence = self._evidence(desk, asking)
            desk.changes.amend(made[0], version, asking.asked, f"{asking.reason}；{word}", evidence)

        self.stage.schedule_act(asking.at, submit)
        go_on(self.stage, asking.then, made, amend)

    def _access(self, wanted: AccessAsking) -> None:
        made: list[int] = []

        asked = {"name": wanted.name, "days": str(wanted.days)}

        def ask() -> None:
            desk = self.stage.desk(wanted.by)
            made.append(desk.asking.ask("access", wanted.book, asked, wanted.reason))

        def amend(desk: Desk, word: str) -> None:
            desk.asking.amend(made[0], asked, f"{wanted.reason}；{word}")

        self.stage.schedule_act(wanted.at, ask)
        go_on(self.stage, wanted.then, made, amend)

    def _fill_form(self, filling: Filling) -> None:
        made: list[int] = []

        def asked_values() -> dict[str, str]:
            ahead = {"from": filling.begins, "until": filling.lasts}
            today = self.stage.day(0)
            days = {name: (today + timedelta(days=one)).isoformat() for name, one in ahead.items() if one}
            return filling.asked | {"whom": self._person_named(filling)} | days

        def ask() -> None:
            desk = self.stage.desk(filling.by)
            made.append(desk.asking.ask("office", filling.book, asked_values(), filling.reason))

        def amend(desk: Desk, word: str) -> None:
            desk.asking.amend(made[0], asked_values(), f"{filling.reason}；{word}")

        self.stage.schedule_act(filling.at, ask)
        go_on(self.stage, filling.then, made, amend)

    def _person_named(self, filling: Filling) -> str:
        """Return the entry's number of whoever fills a role, or the login of one without an entry in the
        book."""
        account = Account.get_or_none(Account.login == filling.whose)
        entry = Entry.get_or_none(
            (Entry.person == (account.person_id if account is not None else 0)) & (Entry.book == filling.book)
        )
        if account is not None and entry is None:
            return filling.whose
        return str(self.where.entry(filling.whose, filling.book))

    def _evidence(self, desk: Desk, asking: ScriptedChange) -> list[str]:
        if not asking.proof:
            return []
        content = proof(asking.proof, asking.reason, self.random)
        return [desk.evidence.add(asking.proof, content).id]

    def _declare(self, declaring: Declaring) -> None:
        rows = [["日期", "类别", "名称"]]
        rows += [[self.stage.ahead(days).isoformat(), kind, name] for days, kind, name in declaring.days]
        digest = hashlib.sha256(repr(rows).encode()).hexdigest()
        with suppress(Pending):  # it is done on its day, if nobody objects
            self.stage.desk(declaring.by).calendar.add("", rows, Source(declaring.file, digest))

    def _hand_on(self, handing: Handing) -> None:
        today = self.stage.day(0)
        first, last = (today + timedelta(days=days) for days in handing.days)
        to = Account.get(Account.login == handing.to).id
        with suppress(Pending):  # it is done on its day, if nobody objects
            self.stage.desk(handing.by).delegation.delegate(
                handing.role, handing.book, to, first.isoformat(), last.isoformat(), handing.reason
            )

    def _look_up(self, looking: Looking) -> None:
        """Schedule acts that search, open the first hit, and now and then reveal a number."""
        for by in looking.by:
            for _time in range(LOOK_UPS):
                ago = self.random.randrange(1, LOOK_UP_DAYS)
                hour = f"{self.random.randrange(9, 18):02d}:{self.random.randrange(60):02d}"
                text, reveals = self.random.choice(looking.texts), self.random.random() < 0.5
                self.stage.schedule_act((ago, hour), partial(self._play_look, looking, by, text, reveals))

    def _play_look(self, looking: Looking, by: str, text: str, reveals: bool) -> None:
        directory = self.stage.desk(by).directory
        found = directory.search(looking.book, text)
        directory.settled(looking.book, text)
        if found:
            directory.card(found[0].entry)
            if reveals:
                with suppress(Refused):  # of what only an access request opens; it is on record all the same
                    directory.reveal(found[0].entry, looking.reveal, looking.purpose)

    def _play_trial(self, trying: Trying) -> None:
        desk, entry = self.stage.desk(trying.by), self.where.entry(trying.whose, trying.book)
        try:
            match trying.what:
                case "edit":
                    desk.changes.form(entry)
                case "private-purpose":
                    desk.directory.reveal(entry, "mobile", "personal")
                case "no-evidence":
                    version = desk.changes.form(entry).version
                    desk.changes.submit(entry, version, {"extension": "8999"}, "分机变更")
                case "out-of-reach":
                    desk.directory.card(entry)
                case "audit":
                    desk.audit.window(AuditFilter())
        except Refused:
            return
        raise RuntimeError(f"{trying.by} was not refused: {trying.what}")
